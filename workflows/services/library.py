"""The stored templates that manifests of one namespace may refer to, for linting and for a run's copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.engine.messages import JsonObject
from workflows.models import Template
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
from workflows.store.rows import LibrarySnapshot

NAMESPACED, CLUSTER = "namespaced", "cluster"


@dataclass
class StoredLibrary:
    """Templates sent along with a manifest come before stored ones of the same name."""

    namespace: str
    sent_along: LibrarySnapshot = field(default_factory=dict)
    _read: dict[tuple[str, str], JsonObject | None] = field(default_factory=dict)

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
        """All templates the workflow can come to use; every one when a reference is made up as it runs."""
        references = all_references(workflow, self)
        specs = [workflow.spec]
        for reference in references:
            stored = self.template(reference.name, cluster=reference.cluster)
            specs += [stored.spec] if stored is not None else []
        if any(_is_dynamic(spec) for spec in specs):
            return self._everything()
        keys = [(CLUSTER if cluster else NAMESPACED, name) for name, cluster in references]
        return {key: raw for key in keys if (raw := self.raw(*key)) is not None}

    def _find(self, scope: str, name: str) -> JsonObject | None:
        rows = Template.objects.filter(kind=Template.Kind.CLUSTER, name=name)
        if scope == NAMESPACED:
            rows = Template.objects.filter(
                kind=Template.Kind.NAMESPACED, namespace__name=self.namespace, name=name
            )
        found: JsonObject | None = rows.values_list("manifest", flat=True).first()
        return found

    def _everything(self) -> LibrarySnapshot:
        cluster = Template.objects.filter(kind=Template.Kind.CLUSTER)
        namespaced = Template.objects.filter(kind=Template.Kind.NAMESPACED, namespace__name=self.namespace)
        stored = {(CLUSTER, name): raw for name, raw in cluster.values_list("name", "manifest")}
        stored |= {(NAMESPACED, name): raw for name, raw in namespaced.values_list("name", "manifest")}
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
