"""Where artifacts without a location of their own go, and what a launch order says about it.

The repository is chosen when the run is submitted and kept with the run, so that it never changes.
Source: Argo's `addArchiveLocation` and `IsArchiveLogs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.texts import STRICT, render_value
from workflows.expr import compile_tree
from workflows.spec import ARTIFACT_LOCATIONS
from workflows.spec.locations import LocationError, has_location, has_location_or_key, relocated

if TYPE_CHECKING:
    from workflows.engine.node import Run
    from workflows.engine.pod import Pod
    from workflows.spec import WorkflowSpec

#: under this name `Run.memo` keeps the repository: {"location", "archiveLogs", "status"} or {"error"}
MEMO = "artifactRepository"
#: the store of a machine of its own, where nobody has configured one
FOLDER_LOCATION: JsonObject = {"plugin": {"name": "folder", "key": "{{workflow.name}}/{{pod.name}}"}}
_TAG = re.compile(r"\{\{[^}]*\}\}")


class Repository:
    """The artifact repository of one run. `location` has the key format, tags and all, as its key."""

    def __init__(self, run: Run, spec: WorkflowSpec) -> None:
        chosen = run.memo.get(MEMO) or {}
        self.error: str = chosen.get("error") or ""
        self.location: JsonObject = chosen.get("location") or FOLDER_LOCATION
        #: whether the repository archives logs, which nothing can switch off
        self._always = bool(chosen.get("archiveLogs"))
        #: whether logs are archived where a template says nothing
        self.archives_logs = self._always or spec.archive_logs is True

    def keeps_logs(self, template_location: JsonObject) -> bool:
        """Whether the logs of a template with that archiveLocation are archived in the repository."""
        wanted = template_location.get("archiveLogs")
        return self.archives_logs if self._always or wanted is None else bool(wanted)

    @cached_property
    def _tree(self) -> Any:
        return compile_tree({k: v for k, v in self.location.items() if k in ARTIFACT_LOCATIONS})

    def render(self, pod: Pod) -> JsonObject:
        """The location for one pod. Raises ExprError for variables that do not exist."""
        rendered: JsonObject = render_value(self._tree, pod.call.scope, pod.core.context, STRICT)
        return rendered


def staged(pod: Pod, template: JsonObject) -> JsonObject:
    """The rendered template with its input artifacts and the locations they and the outputs need.

    Raises EngineError, ExprError.
    """
    inputs = pod.call.artifacts
    outputs = (template.get("outputs") or {}).get("artifacts") or []
    archive = _archive_location(pod, template, [*inputs, *outputs, *_listed(template)])
    if archive:
        template = {**template, "archiveLocation": archive}
    if inputs:
        repository = archive if archive and has_location(archive) else None
        template = {**template, "inputs": {"artifacts": [_located(entry, repository) for entry in inputs]}}
    return template


def _archive_location(pod: Pod, template: JsonObject, artifacts: Iterable[JsonObject]) -> JsonObject:
    own: JsonObject = template.get("archiveLocation") or {}
    if has_location(own):
        _check_resolved(own)
        return own
    repository = pod.core.repository
    if not pod.call.template.is_pod:
        return own
    logs = repository.keeps_logs(own)
    if not logs and all(has_location(artifact) for artifact in artifacts):
        return own
    return {**repository.render(pod), "archiveLogs": logs}


def _listed(template: JsonObject) -> list[JsonObject]:
    """The artifact whose files a data template lists."""
    artifact = ((template.get("data") or {}).get("source") or {}).get("artifactPaths")
    return [artifact] if artifact else []


def _located(artifact: JsonObject, repository: JsonObject | None) -> JsonObject:
    if not has_location_or_key(artifact):
        return artifact
    try:
        return relocated(artifact, repository)
    except LocationError as error:
        raise EngineError(f"failed to load artifact '{artifact['name']}': {error.message}") from None


def _check_resolved(location: JsonObject) -> None:
    for value in _texts(location):
        open_tag = _TAG.search(value)
        if open_tag is not None:
            raise EngineError(f"failed to resolve {open_tag.group()}")


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
