"""The files of volumes that are made of Secrets, ConfigMaps and fields of the pod.

Source: Kubernetes' `secret`, `configMap`, `downwardAPI` and `projected` volumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.engine.messages import Launch
from workflows.executors.process.environment import field_value, is_known_field
from workflows.executors.process.objects import Objects
from workflows.executors.process.refusal import CannotRunError

OBJECT_KINDS = frozenset({"secret", "configMap", "downwardAPI", "projected"})
_DEFAULT_MODE = 0o644

#: relative path to contents and permission bits
Files = dict[str, tuple[bytes, int]]


def files_of(volume: Mapping[str, Any], order: Launch, objects: Objects) -> Files:
    """What a volume of one of OBJECT_KINDS holds. Raises CannotRunError."""
    kind = next(iter(OBJECT_KINDS & set(volume)))
    source = volume[kind] or {}
    mode = _mode(source.get("defaultMode"), _DEFAULT_MODE)
    files: Files = {}
    for part_kind, part in _parts(kind, source):
        found = _files_of_part(part_kind, part, order, objects, mode, str(volume["name"]))
        files |= {_checked(path, str(volume["name"])): file for path, file in found.items()}
    return files


def _parts(kind: str, source: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if kind != "projected":
        yield kind, source
        return
    for part in source.get("sources") or ():
        for part_kind, fields in part.items():
            if part_kind not in OBJECT_KINDS - {"projected"}:
                raise CannotRunError(f"local processes cannot project {part_kind} into a volume")
            yield part_kind, fields


def _files_of_part(
    kind: str, part: Mapping[str, Any], order: Launch, objects: Objects, mode: int, volume: str
) -> Files:
    if kind == "downwardAPI":
        return {str(item["path"]): (_field(order, item), mode) for item in part.get("items") or ()}
    name = str(part.get("secretName") or part.get("name") or "")
    what = "secret" if kind == "secret" else "configmap"
    found = objects.read(what, order.namespace, name)
    if found is None:
        if part.get("optional"):
            return {}
        raise CannotRunError(f'MountVolume.SetUp failed for volume "{volume}" : {what} "{name}" not found')
    items = part.get("items")
    if not items:
        return {key: (value, mode) for key, value in found.items()}
    files: Files = {}
    for item in items:
        key = str(item["key"])
        if key in found:
            files[str(item["path"])] = (found[key], _mode(item.get("mode"), mode))
        elif not part.get("optional"):
            text = f"references non-existent {what} key: {key}"
            raise CannotRunError(f'MountVolume.SetUp failed for volume "{volume}" : {text}')
    return files


def _field(order: Launch, item: Mapping[str, Any]) -> bytes:
    path = str((item.get("fieldRef") or {}).get("fieldPath") or "")
    for name, values in (("labels", order.labels), ("annotations", order.annotations)):
        if path == f"metadata.{name}":
            return "\n".join(f'{key}="{value}"' for key, value in sorted(values.items())).encode()
    if not is_known_field(path):
        raise CannotRunError(f"local processes know no field {path!r}")
    return field_value(order, path).encode()


def _checked(path: str, volume: str) -> str:
    if path.startswith("/") or "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
        raise CannotRunError(f"volume '{volume}': {path!r} is not a path inside it")
    return path


def _mode(value: Any, default: int) -> int:
    return value & 0o777 if isinstance(value, int) else default
