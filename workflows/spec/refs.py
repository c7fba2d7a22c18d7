"""Which stored templates a manifest refers to. Not for resolving them: the caller brings a library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from workflows.spec.template import Template, TemplateRef, WorkflowStep
from workflows.spec.types import (
    ClusterWorkflowTemplate,
    CronWorkflow,
    Workflow,
    WorkflowSpec,
    WorkflowTemplate,
)


class Library(Protocol):
    """Where stored templates come from."""

    def template(self, name: str, *, cluster: bool) -> WorkflowTemplate | ClusterWorkflowTemplate | None:
        """The WorkflowTemplate, with `cluster` the ClusterWorkflowTemplate, of that name; None if none is."""


class StoredTemplate(NamedTuple):
    """Name of a stored template; `cluster` for a ClusterWorkflowTemplate."""

    name: str
    cluster: bool


def direct_references(spec: WorkflowSpec) -> frozenset[StoredTemplate]:
    """Stored templates that `spec` itself names; names with tags are known only at run time and left out."""
    return frozenset(_references(spec))


def all_references(
    manifest: Workflow | WorkflowTemplate | ClusterWorkflowTemplate | CronWorkflow, library: Library
) -> frozenset[StoredTemplate]:
    """Stored templates `manifest` needs, directly or through others; missing ones are included."""
    spec = manifest.spec.workflow_spec if isinstance(manifest, CronWorkflow) else manifest.spec
    found: set[StoredTemplate] = set()
    waiting = list(direct_references(spec))
    while waiting:
        reference = waiting.pop()
        if reference in found:
            continue
        found.add(reference)
        stored = library.template(reference.name, cluster=reference.cluster)
        if stored is not None:
            waiting.extend(direct_references(stored.spec))
    return frozenset(found)


def calls(template: Template) -> Iterator[WorkflowStep]:
    """The steps or tasks of a template, in order, without those of inline templates."""
    for group in template.steps or ():
        yield from group
    if template.dag is not None:
        yield from template.dag.tasks


def _references(spec: WorkflowSpec) -> Iterator[StoredTemplate]:
    whole = spec.workflow_template_ref
    if whole is not None and whole.name and "{{" not in whole.name:
        yield StoredTemplate(whole.name, whole.cluster_scope)
    for hook in spec.hooks.values():
        yield from _of(hook.template_ref)
    waiting = [*spec.templates]
    while waiting:
        for call in calls(waiting.pop()):
            yield from _of(call.template_ref)
            for hook in call.hooks.values():
                yield from _of(hook.template_ref)
            if call.inline is not None:
                waiting.append(call.inline)


def _of(reference: TemplateRef | None) -> Iterator[StoredTemplate]:
    if reference is not None and reference.name and "{{" not in reference.name:
        yield StoredTemplate(reference.name, reference.cluster_scope)
