"""Which artifact repository a run uses: the one it asks for, its namespace's, or the installation's.

Chosen once, at submit, and kept with the run. Not for opening stores, see `artifact_stores`.
Source: Argo's `artifactrepositories.Resolve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from workflows.artifacts import ArtifactInvalid, read_repository, read_repository_ref
from workflows.artifacts.repository import DEFAULT_KEY_ANNOTATION
from workflows.engine.artifact_repository import MEMO
from workflows.engine.messages import JsonObject
from workflows.models import ConfigEntry
from workflows.spec.yaml import Limits, parse

_LIMITS = Limits(bytes=2**20, documents=1, depth=20, nodes=2_000, aliased=100)


def repository_memo(namespace: str, reference: Mapping[str, Any] | None) -> JsonObject:
    """What the run keeps of its repository, see `engine.artifact_repository`; {} for the local folder.

    `reference` is the `artifactRepositoryRef` of its spec. One that leads nowhere is kept as the error the
    run will end with.
    """
    try:
        chosen = _referred(namespace, reference) if reference is not None else _default(namespace)
    except ArtifactInvalid as error:
        chosen = {"error": error.message}
    return {MEMO: chosen} if chosen else {}


def _referred(namespace: str, reference: Mapping[str, Any]) -> JsonObject:
    wanted = read_repository_ref(reference)
    found = _in_config_map(namespace, wanted.config_map, wanted.key)
    if found is None:
        shown = f"{reference.get('configMap') or ''}#{reference.get('key') or ''}"
        raise ArtifactInvalid(f'failed to find any artifact repository for artifact repository ref "{shown}"')
    return found


def _default(namespace: str) -> JsonObject:
    found = _in_config_map(namespace, read_repository_ref({}).config_map, "")
    if found is not None or not settings.SLUICE_ARTIFACT_REPOSITORY:
        return found or {}
    return _chosen(settings.SLUICE_ARTIFACT_REPOSITORY, {"default": True})


def _in_config_map(namespace: str, name: str, key: str) -> JsonObject | None:
    """The repository under `key`, or under the key the annotation names; None when there is none."""
    entries = ConfigEntry.objects.filter(namespace__name=namespace, name=name)
    entry = entries.values_list("data", "annotations").first()
    if entry is None:
        return None
    data, annotations = entry
    key = key or annotations.get(DEFAULT_KEY_ANNOTATION, "")
    if key not in data:
        return None
    try:
        return _chosen(data[key], {"configMap": name, "key": key, "namespace": namespace})
    except ArtifactInvalid as error:
        place = f'"{namespace}/{name}#{key}"'
        raise ArtifactInvalid(
            f"error getting config map for artifact repository ref {place}: {error.message}"
        ) from None


def _chosen(text: str, status: JsonObject) -> JsonObject:
    config = _parsed(text)
    repository = read_repository(config)
    return {
        "location": repository.location.to_json(),
        "archiveLogs": repository.archive_logs,
        "status": {**status, "artifactRepository": config},
    }


def _parsed(text: str) -> JsonObject:
    parsed = next(parse(text, limits=_LIMITS), None)
    if parsed is None or parsed.problems:
        raise ArtifactInvalid(parsed.problems[0].message if parsed else "the artifact repository is empty")
    if not isinstance(parsed.value, dict):
        raise ArtifactInvalid("the artifact repository must be an object")
    return parsed.value
