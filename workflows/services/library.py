"""The stored templates that manifests of one namespace may refer to, for linting and for a run's copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.engine.messages import JsonObject
from workflows.engine.program import DEFAULTS
from workflows.errors import NotFoundError
from workflows.models import Template
from workflows.services.workflow_defaults import Defaults, defaults_for
from workflows.spec import (
    ClusterWorkflowTemplate,
    LifecycleHook,
    Workflow,
    WorkflowSpec,
    WorkflowStep,
    WorkflowTemplate,
    all_references,
    calls,
    object_from_json,
)
from workflows.store.revisions import revisions_of
from workflows.store.rows import LibrarySnapshot, RevisionNumbers

NAMESPACED, CLUSTER, CRON, BINDING = "namespaced", "cluster", "cron", "event-binding"
SCOPES: Mapping[str, str] = {
    Template.Kind.NAMESPACED: NAMESPACED,
    Template.Kind.CLUSTER: CLUSTER,
    Template.Kind.CRON: CRON,
    Template.Kind.BINDING: BINDING,
}
KINDS = {scope: kind for kind, scope in SCOPES.items()}


@dataclass
class StoredLibrary:
    """What is sent along with a manifest comes before what is stored under the same name.

    pinned      templates to be used in an older state: their revisions' numbers
    revisions   numbers of the templates that were read; those sent along are noted once they are stored
    """

    namespace: str
    sent_along: LibrarySnapshot = field(default_factory=dict)
    pinned: RevisionNumbers = field(default_factory=dict)
    revisions: RevisionNumbers = field(default_factory=dict)
    _read: dict[tuple[str, str], JsonObject | None] = field(default_factory=dict)

    @cached_property
    def defaults(self) -> Defaults:
        """What runs of the namespace get that do not say otherwise. Raises ManifestError."""
        return defaults_for(self.namespace)

    def template(self, name: str, *, cluster: bool) -> WorkflowTemplate | ClusterWorkflowTemplate | None:
        """See `spec.Library`."""
        raw = self.raw(CLUSTER if cluster else NAMESPACED, name)
        value = None if raw is None else object_from_json(raw)
        return value if isinstance(value, WorkflowTemplate) else None

    def raw(self, scope: str, name: str) -> JsonObject | None:
        key = (scope, name)
        if key in self.sent_along:
            return self.sent_along[key]
        if key not in self._read:
            self._read[key] = self._find(scope, name)
        return self._read[key]

    def snapshot(self, workflow: Workflow) -> LibrarySnapshot:
        """All templates the workflow can come to use; every one when a reference is made up as it runs.

        For one that runs a stored template as a whole, the defaults as well.
        """
        snapshot = self._templates_of(workflow)
        if workflow.spec.workflow_template_ref is not None and self.defaults.spec:
            snapshot[DEFAULTS] = {"spec": self.defaults.spec}
        return snapshot

    def _templates_of(self, workflow: Workflow) -> LibrarySnapshot:
        references = all_references(workflow, self)
        specs = [workflow.spec]
        for reference in references:
            stored = self.template(reference.name, cluster=reference.cluster)
            specs += [stored.spec] if stored is not None else []
        if any(_is_dynamic(spec) for spec in specs):
            return self._everything()
        keys = [(CLUSTER if cluster else NAMESPACED, name) for name, cluster in references]
        return {key: raw for key in keys if (raw := self.raw(*key)) is not None}

    def note_stored(self, template: Template) -> None:
        """Remember the revision that a template sent along was stored as."""
        self.revisions[SCOPES[template.kind], template.name] = template.revision

    def _find(self, scope: str, name: str) -> JsonObject | None:
        if (scope, name) in self.pinned:
            return self._find_pinned(scope, name)
        rows = Template.objects.filter(kind=KINDS[scope], name=name)
        if scope != CLUSTER:
            rows = rows.filter(namespace__name=self.namespace)
        found = rows.values_list("manifest", "revision").first()
        if found is None:
            return None
        self.revisions[scope, name] = found[1]
        manifest: JsonObject = found[0]
        return manifest

    def _find_pinned(self, scope: str, name: str) -> JsonObject:
        number = self.pinned[scope, name]
        rows = revisions_of(KINDS[scope], name, self.namespace).filter(number=number)
        manifest: JsonObject | None = rows.values_list("manifest", flat=True).first()
        if manifest is None:
            raise NotFoundError(f"there is no revision {number} of {KINDS[scope]} {name!r}")
        self.revisions[scope, name] = number
        return manifest

    def _everything(self) -> LibrarySnapshot:
        stored: LibrarySnapshot = {}
        for scope in (CLUSTER, NAMESPACED):
            rows = Template.objects.filter(kind=KINDS[scope])
            if scope == NAMESPACED:
                rows = rows.filter(namespace__name=self.namespace)
            for name, manifest, revision in rows.values_list("name", "manifest", "revision"):
                stored[scope, name] = manifest
                self.revisions[scope, name] = revision
        for key in self.pinned:
            stored[key] = self._find_pinned(*key)
        return stored | self.sent_along


def _is_dynamic(spec: WorkflowSpec) -> bool:
    return any("{{" in name for name in _reference_names(spec))


def _reference_names(spec: WorkflowSpec) -> Iterator[str]:
    waiting = [*spec.templates]
    while waiting:
        for call in calls(waiting.pop()):
            holders: list[WorkflowStep | LifecycleHook] = [call, *call.hooks.values()]
            yield from (holder.template_ref.name for holder in holders if holder.template_ref is not None)
            if call.inline is not None:
                waiting.append(call.inline)
    yield from (hook.template_ref.name for hook in spec.hooks.values() if hook.template_ref is not None)
