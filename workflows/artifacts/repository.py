"""Artifact repositories: the store that artifacts without a location of their own go to, and its key format.

Reads the format of Argo's `artifact-repositories` config map. Not for finding the config map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.artifacts.errors import ArtifactInvalid
from workflows.artifacts.location import Location, read_store
from workflows.artifacts.stores import Plugin
from workflows.spec.locations import join_keys

DEFAULT_KEY_FORMAT = "{{workflow.name}}/{{pod.name}}"
#: the config map looked for when a workflow names none
DEFAULT_CONFIG_MAP = "artifact-repositories"
#: the annotation of that config map that names its default key
DEFAULT_KEY_ANNOTATION = "workflows.argoproj.io/default-artifact-repository"
#: the name of Sluice's own folder store among plugins
FOLDER = "folder"

#: kinds a repository may be of, in the order Argo looks, each with the field that holds its key format
_KEY_FORMATS = {
    "artifactory": "keyFormat",
    "azure": "blobNameFormat",
    "gcs": "keyFormat",
    "hdfs": "pathFormat",
    "oss": "keyFormat",
    "plugin": "keyFormat",
    "s3": "keyFormat",
}


@dataclass(frozen=True, slots=True)
class ArtifactRepository:
    """`location` has the key format, tags and all, as its key."""

    location: Location
    archive_logs: bool = False


def folder_repository(
    key_format: str = DEFAULT_KEY_FORMAT, *, archive_logs: bool = True
) -> ArtifactRepository:
    """The default of a machine of its own: Sluice's folder."""
    return ArtifactRepository(Location("plugin", Plugin(name=FOLDER, key=key_format)), archive_logs)


def read_repository(config: Mapping[str, object]) -> ArtifactRepository:
    """One value of the config map, parsed. Raises ArtifactInvalid naming what cannot be."""
    archive_logs = config.get("archiveLogs")
    if archive_logs is not None and not isinstance(archive_logs, bool):
        raise ArtifactInvalid("archiveLogs of the artifact repository must be true or false")
    unknown = sorted(name for name in config if name not in _KEY_FORMATS and name != "archiveLogs")
    if unknown:
        raise ArtifactInvalid(f"unknown fields of the artifact repository: {', '.join(unknown)}")
    kind = next((kind for kind in _KEY_FORMATS if config.get(kind) is not None), None)
    if kind is None:
        raise ArtifactInvalid("the artifact repository names no store")
    fields = config[kind]
    if not isinstance(fields, Mapping):
        raise ArtifactInvalid(f"{kind} of the artifact repository must be an object")
    return ArtifactRepository(_read_location(kind, dict(fields)), bool(archive_logs))


def _read_location(kind: str, fields: dict[str, object]) -> Location:
    key_format = _text(fields.pop(_KEY_FORMATS[kind], None), f"{kind}.{_KEY_FORMATS[kind]}")
    prefix = _text(fields.pop("keyPrefix", None), "s3.keyPrefix") if kind == "s3" else ""
    key = key_format or join_keys(prefix, DEFAULT_KEY_FORMAT)
    if kind == "artifactory":
        base = _text(fields.pop("repoURL", None), "artifactory.repoURL")
        # Put together as text: the tags of the key format are resolved before anything reads it as a URL.
        fields["url"] = base + ("" if base.endswith("/") else "/") + key
        return Location(kind, read_store(kind, fields))
    return Location(kind, read_store(kind, fields)).with_key(key)


def _text(value: object, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ArtifactInvalid(f"{field} of the artifact repository must be text")
    return value


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """A workflow's `artifactRepositoryRef`. An empty key means the one the config map's annotation names."""

    config_map: str = DEFAULT_CONFIG_MAP
    key: str = ""


def read_repository_ref(fields: Mapping[str, object]) -> RepositoryRef:
    config_map = _text(fields.get("configMap"), "artifactRepositoryRef.configMap")
    return RepositoryRef(
        config_map or DEFAULT_CONFIG_MAP, _text(fields.get("key"), "artifactRepositoryRef.key")
    )
