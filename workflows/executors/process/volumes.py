"""Which folders appear where in the view of an attempt: `volumeMounts` over volumes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from workflows.engine.messages import JsonObject, Launch
from workflows.executors.process.claims import KIND, Claims
from workflows.executors.process.names import container_file_name
from workflows.executors.process.object_volumes import OBJECT_KINDS
from workflows.executors.process.refusal import CannotRunError

#: no control characters, nothing that UTF-8 cannot say
_PATH = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_SUPPORTED_KINDS = frozenset({"emptyDir", KIND}) | OBJECT_KINDS


def build_mounts(
    order: Launch, containers: Sequence[JsonObject], folders: Mapping[str, str]
) -> list[JsonObject]:
    """The `Mount` messages of all containers, which share one view. `folders` is what `claim_folders` gives.

    Raises CannotRunError.
    """
    volumes = volumes_of(order)
    mounts: dict[str, JsonObject] = {}
    for container in containers:
        for mount in container.get("volumeMounts") or ():
            built = _mount(mount, volumes, folders)
            if mounts.setdefault(built["path"], built) != built:
                path = built["path"]
                raise CannotRunError(
                    f"containers mount different volumes at {path}, which local processes cannot"
                )
    return list(mounts.values())


def volumes_of(order: Launch) -> dict[str, JsonObject]:
    """Volumes by name; those of the template win over those of the run."""
    volumes = (*(order.pod.get("volumes") or ()), *(order.template.get("volumes") or ()))
    return {str(volume["name"]): volume for volume in volumes}


def claim_folders(order: Launch, containers: Sequence[JsonObject], claims: Claims) -> dict[str, str]:
    """Of each mounted volume that is a claim, by the volume's name. Raises CannotRunError."""
    mounted = {str(mount["name"]) for each in containers for mount in each.get("volumeMounts") or ()}
    return {
        container_file_name(name): claims.folder_of(volume, order)
        for name, volume in volumes_of(order).items()
        if KIND in volume and name in mounted
    }


def staged_name(volume: str) -> str:
    """Under which the files of a volume of objects are staged."""
    return f"volume-{container_file_name(volume)}"


def unsupported_kind(volume: JsonObject) -> str:
    """The kind of volume when it cannot be given here, else empty. A volume of no kind is an `emptyDir`."""
    kinds = sorted(set(volume) - {"name"} - _SUPPORTED_KINDS)
    return kinds[0] if kinds else ""


def check_path(path: str, what: str) -> str:
    """The path in its shortest form. Raises CannotRunError for one that is relative or leads upwards."""
    if not path.startswith("/") or ".." in path.split("/") or not _PATH.fullmatch(path):
        raise CannotRunError(f"{what}: {path!r} is not an absolute path")
    return posixpath.normpath("/" + path.lstrip("/"))


def _mount(mount: JsonObject, volumes: Mapping[str, JsonObject], folders: Mapping[str, str]) -> JsonObject:
    name = str(mount["name"])
    if name not in volumes:
        raise CannotRunError(f"volume '{name}' is mounted but not declared")
    kind = unsupported_kind(volumes[name])
    if kind:
        raise CannotRunError(f"volume '{name}': local processes cannot mount {kind}")
    path = check_path(str(mount["mountPath"]), f"volume '{name}'")
    if path == "/":
        raise CannotRunError(f"volume '{name}' cannot be mounted at /")
    sub_path = str(mount.get("subPath") or "")
    if sub_path:
        sub_path = check_path(f"/{sub_path}", f"subPath of volume '{name}'")[1:]
    if OBJECT_KINDS & set(volumes[name]):
        staged = f"{staged_name(name)}/{sub_path}" if sub_path else staged_name(name)
        return {"path": path, "staged": staged, "read_only": True}
    built: JsonObject = {
        "path": path,
        "volume": container_file_name(name),
        "sub_path": sub_path,
        "read_only": bool(mount.get("readOnly")),
    }
    if KIND in volumes[name]:
        built["claim"] = folders[built["volume"]]
        built["read_only"] |= bool((volumes[name][KIND] or {}).get("readOnly"))
    return built
