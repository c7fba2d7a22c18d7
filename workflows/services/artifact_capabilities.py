"""Artifacts in stores this server has no driver for, told at submit. Not for what executors cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from workflows.artifacts.repository import FOLDER
from workflows.spec.locations import has_location, location_kind

Path = tuple[str | int, ...]

_WITHOUT_DRIVER: Final = frozenset({"hdfs", "oss"})
#: fields that are one artifact, or say where artifacts go
_SINGLE: Final = ("archiveLocation", "artifactPaths")


def unsupported_stores(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Place and name of each, anywhere in a spec. A key alone is no fault: the repository has the store."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from unsupported_stores(member, (*path, index))
    elif isinstance(value, dict):
        for key, member in value.items():
            if key == "artifacts" and isinstance(member, list):
                for index, artifact in enumerate(member):
                    yield from _in_artifact(artifact, (*path, key, index))
            elif key in _SINGLE:
                yield from _in_artifact(member, (*path, key))
            else:
                yield from unsupported_stores(member, (*path, key))


def _in_artifact(artifact: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(artifact, dict):
        return
    kind = location_kind(artifact)
    store = artifact.get(kind)
    if isinstance(store, dict) and has_location(artifact):
        missing = _missing(kind, store)
        if missing:
            yield (*path, kind), missing


def _missing(kind: str, store: Mapping[str, Any]) -> str:
    if kind in _WITHOUT_DRIVER:
        return f"{kind} artifacts"
    if kind == "plugin" and store.get("name") != FOLDER:
        return f"artifact plugin {store.get('name')}"
    return "azure with useSDKCreds" if kind == "azure" and store.get("useSDKCreds") else ""
