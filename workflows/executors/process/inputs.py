"""Where the input artifacts of a template go: which are files of the order, which are fetched first. Pure.

A fetched artifact is mounted at its path, or goes into the volume that its path lies in, as in Argo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.artifacts import ArtifactInvalid, clean_artifact_path
from workflows.artifacts.stores import KINDS
from workflows.engine.messages import JsonObject
from workflows.executors.process.names import container_file_name
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.volumes import check_path

_FAILED = "init: Error (exit code 64): {}"
#: fields of an artifact whose contents come along and need nothing more than to be written
_PLAIN = frozenset({"name", "path", "raw", "optional"})


@dataclass(frozen=True, slots=True)
class InputArtifact:
    """One artifact to be fetched, and its name among what is staged."""

    staged: str
    artifact: JsonObject


@dataclass(slots=True)
class Inputs:
    """`files`: path to contents. `mounts` and `placements`: messages for the shepherd, for `artifacts`."""

    files: dict[str, str] = field(default_factory=dict)
    mounts: list[JsonObject] = field(default_factory=list)
    placements: list[JsonObject] = field(default_factory=list)
    artifacts: tuple[InputArtifact, ...] = ()


def plan_inputs(template: JsonObject, mains: Sequence[JsonObject]) -> Inputs:
    """Raises CannotRunError."""
    inputs = Inputs()
    fetched: list[InputArtifact] = []
    for artifact in (template.get("inputs") or {}).get("artifacts") or ():
        if not artifact.get("path") and artifact.get("optional"):
            continue
        path = _path(artifact)
        if not _has_location(artifact):
            if artifact.get("optional"):
                continue
            raise CannotRunError(_FAILED.format(f"required artifact '{artifact['name']}' not supplied"))
        if artifact.get("raw") is not None and set(artifact) <= _PLAIN:
            inputs.files[path] = str(artifact["raw"].get("data") or "")
            continue
        staged = f"artifact-{len(fetched)}"
        fetched.append(InputArtifact(staged, artifact))
        volume = _volume_around(path, mains)
        if volume is None:
            inputs.mounts.append({"path": path, "staged": staged})
        else:
            inputs.placements.append({"staged": staged, **volume})
    inputs.artifacts = tuple(fetched)
    return inputs


def _path(artifact: JsonObject) -> str:
    name = str(artifact.get("name") or "")
    try:
        path = clean_artifact_path(str(artifact.get("path") or ""), name)
    except ArtifactInvalid as error:
        raise CannotRunError(_FAILED.format(error.message)) from error
    checked = check_path(path, f"input artifact '{name}'")
    if checked == "/":
        raise CannotRunError(f"input artifact '{name}' cannot be put at /")
    return checked


def _has_location(artifact: JsonObject) -> bool:
    """Whether there is anything to fetch; the engine has completed locations."""
    return any(value is not None for key, value in artifact.items() if key in KINDS)


def _volume_around(path: str, mains: Sequence[JsonObject]) -> JsonObject | None:
    """The volume and the place in it that `path` lies in: that of the innermost mount, if it can be written.

    Source: Argo's `FindOverlappingVolume`.
    """
    found: tuple[str, JsonObject] | None = None
    for container in mains:
        for mount in container.get("volumeMounts") or ():
            at = str(mount["mountPath"]).rstrip("/")
            if (path == at or path.startswith(f"{at}/")) and (found is None or len(at) > len(found[0])):
                found = at, mount
    if found is None:
        return None
    at, mount = found
    parts = [str(mount.get("subPath") or "").strip("/"), path[len(at) :].strip("/")]
    return {"volume": container_file_name(str(mount["name"])), "sub_path": "/".join(filter(None, parts))}
