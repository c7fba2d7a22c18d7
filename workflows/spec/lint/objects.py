"""Whole objects: runs, stored templates, schedules, event bindings. Not for single templates.

Source: the entry points of Argo's validator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workflows.spec import codes
from workflows.spec.arguments import Arguments
from workflows.spec.lint.arguments import check_arguments
from workflows.spec.lint.cron import check_cron
from workflows.spec.lint.expressions import check_expression
from workflows.spec.lint.holders import Holder, Stored
from workflows.spec.lint.hooks import check_hooks
from workflows.spec.lint.labels import check_labels
from workflows.spec.lint.metrics import check_metrics
from workflows.spec.lint.names import (
    LONGEST_CRON_NAME,
    LONGEST_OBJECT_NAME,
    check_names,
    check_object_name,
    holds_tag,
)
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import Globals
from workflows.spec.lint.settings import check_run_settings
from workflows.spec.lint.templates import check_template
from workflows.spec.lint.walk import Walk
from workflows.spec.load import Manifest
from workflows.spec.marks import Path
from workflows.spec.types import (
    ClusterWorkflowTemplate,
    CronWorkflow,
    ObjectMeta,
    Workflow,
    WorkflowEventBinding,
    WorkflowSpec,
    WorkflowTemplate,
)
from workflows.spec.value import JsonObject

_SCHEDULED_TIME: Final = "workflows.argoproj.io/scheduled-time"
_ALWAYS: Final = (
    "workflow.name",
    "workflow.namespace",
    "workflow.mainEntrypoint",
    "workflow.serviceAccountName",
    "workflow.uid",
    "workflow.status",
    "workflow.annotations",
    "workflow.annotations.json",
    "workflow.labels",
    "workflow.labels.json",
)


@dataclass(frozen=True, slots=True)
class _Run:
    """A spec to check as a run: where it stands and in which way."""

    spec: WorkflowSpec
    metadata: ObjectMeta
    path: Path
    values_required: bool
    stored: bool
    entrypoint_required: bool


def check_object(report: Report, manifest: Manifest, stored: Stored, *, values_required: bool) -> None:
    """Every rule for `manifest`; `values_required`: a run's arguments must have values."""
    metadata = manifest.metadata
    check_labels(report, metadata.labels, ("metadata", "labels"), required=False)
    if isinstance(manifest, Workflow):
        check_object_name(
            report, metadata.name, "Workflow", longest=LONGEST_OBJECT_NAME, argo_kind="workflow"
        )
        run = _Run(
            manifest.spec, metadata, ("spec",), values_required, stored=False, entrypoint_required=True
        )
        _check_run(report, run, stored)
    elif isinstance(manifest, WorkflowTemplate):
        cluster = isinstance(manifest, ClusterWorkflowTemplate)
        argo_kind = "cluster workflow template" if cluster else "workflow template"
        kind = "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"
        check_object_name(report, metadata.name, kind, longest=LONGEST_OBJECT_NAME, argo_kind=argo_kind)
        needed = bool(manifest.spec.entrypoint)
        run = _Run(manifest.spec, metadata, ("spec",), False, stored=True, entrypoint_required=needed)
        _check_run(report, run, stored)
    elif isinstance(manifest, CronWorkflow):
        _check_cron_workflow(report, manifest, stored)
    elif isinstance(manifest, WorkflowEventBinding):
        _check_event_binding(report, manifest, stored)


def _check_cron_workflow(report: Report, manifest: CronWorkflow, stored: Stored) -> None:
    name = manifest.metadata.name
    check_object_name(report, name, "CronWorkflow", longest=LONGEST_CRON_NAME, argo_kind="cron workflow")
    check_cron(report, manifest.spec)
    given = manifest.spec.workflow_metadata or ObjectMeta()
    annotations = {**given.annotations, _SCHEDULED_TIME: ""}
    metadata = ObjectMeta(generate_name=f"{name}-", labels=given.labels, annotations=annotations)
    run = _Run(
        manifest.spec.workflow_spec,
        metadata,
        ("spec", "workflowSpec"),
        values_required=True,
        stored=False,
        entrypoint_required=True,
    )
    with report.within("cannot validate Workflow: "):
        _check_run(report, run, stored)


def _check_event_binding(report: Report, manifest: WorkflowEventBinding, stored: Stored) -> None:
    """Argo looks at these only when an event arrives."""
    check_expression(report, manifest.spec.event.selector, ("spec", "event", "selector"))
    submit = manifest.spec.submit
    if submit is None:
        return
    reference = submit.workflow_template_ref
    at = ("spec", "submit", "workflowTemplateRef")
    if not reference.name:
        report.error(codes.MISSING_FIELD, "`workflowTemplateRef` needs a `name`", at)
    elif stored.holder(reference.name, cluster=reference.cluster_scope) is None:
        message = f"there is no {_kind(reference.cluster_scope)} named {reference.name!r}"
        report.warning(codes.UNKNOWN_REFERENCE, message, (*at, "name"))
    for index, parameter in enumerate((submit.arguments or Arguments()).parameters):
        if parameter.value_from is not None:
            place = ("spec", "submit", "arguments", "parameters", index, "valueFrom", "event")
            check_expression(report, parameter.value_from.event, place)


def _check_run(report: Report, run: _Run, stored: Stored) -> None:
    spec, path = run.spec, run.path
    holder = _holder(report, run, stored)
    if holder is None:
        return
    check_names(
        report,
        [template.name for template in spec.templates],
        (*path, "templates"),
        "spec.templates",
        parameters=False,
    )
    _check_executor_plugins(report, spec, path)
    if spec.workflow_metadata is not None:
        at = (*path, "workflowMetadata", "labels")
        check_labels(report, spec.workflow_metadata.labels, at, required=True)
    arguments = _arguments(spec, holder)
    required = run.values_required and not run.stored
    check_arguments(report, arguments, (*path, "arguments"), "spec.arguments.", values_required=required)
    known = _globals(run, holder, arguments)
    walk = Walk(report, stored, known, check_template)
    _check_entrypoint(walk, run, holder, arguments)
    _check_exit(walk, run, holder, arguments)
    check_hooks(walk, spec.hooks, holder, path, "hooks")
    check_run_settings(report, spec, path)
    check_metrics(report, spec.metrics, path, "", required=False)
    walk.visit_all(holder, (*path, "workflowTemplateRef"))


def _holder(report: Report, run: _Run, stored: Stored) -> Holder | None:
    """Where the run's templates are: in itself or in the stored template it names."""
    spec, reference = run.spec, run.spec.workflow_template_ref
    if reference is None:
        return Holder("local/", spec, run.path)
    at = (*run.path, "workflowTemplateRef")
    plural = "clusterworkflowtemplates" if reference.cluster_scope else "workflowtemplates"
    if spec.templates:
        said = "Templates is invalid field in spec if workflow referred WorkflowTemplate reference"
        message = "a run with `workflowTemplateRef` cannot have `templates` of its own"
        report.error(codes.EXCLUSIVE_FIELDS, message, (*run.path, "templates"), argo=said)
    if not reference.name:
        said = f'{plural}.argoproj.io "" not found'
        report.error(codes.MISSING_FIELD, "`workflowTemplateRef` needs a `name`", at, argo=said)
        return None
    holder = stored.holder(reference.name, cluster=reference.cluster_scope)
    if holder is None:
        said = f'{plural}.argoproj.io "{reference.name}" not found'
        message = f"there is no {_kind(reference.cluster_scope)} named {reference.name!r}"
        report.error(codes.UNKNOWN_REFERENCE, message, (*at, "name"), argo=said)
    return holder


def _kind(cluster: bool) -> str:
    return "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"


def _arguments(spec: WorkflowSpec, holder: Holder) -> Arguments:
    """The run's arguments, and those of its stored template that it does not give itself."""
    own = spec.arguments
    if holder.spec is spec:
        return own
    lower = holder.spec.arguments
    named = {item.name for item in own.parameters}
    stored_at = {item.name for item in own.artifacts}
    return Arguments(
        parameters=[*own.parameters, *(item for item in lower.parameters if item.name not in named)],
        artifacts=[*own.artifacts, *(item for item in lower.artifacts if item.name not in stored_at)],
    )


def _globals(run: _Run, holder: Holder, arguments: Arguments) -> Globals:
    values: dict[str, str | None] = dict.fromkeys(_ALWAYS)
    if arguments.parameters:
        values["workflow.parameters"] = values["workflow.parameters.json"] = None
    for parameter in arguments.parameters:
        values[f"workflow.parameters.{parameter.name}"] = parameter.value
    for source in (run.spec.workflow_metadata, holder.spec.workflow_metadata):
        if source is not None:
            _add(values, source.annotations, source.labels, source.labels_from)
    _add(values, run.metadata.annotations, run.metadata.labels)
    if run.spec.priority is not None:
        values["workflow.priority"] = str(run.spec.priority)
    return Globals(values, lenient=run.stored)


def _add(values: dict[str, str | None], annotations: Iterable[str], *labels: Iterable[str]) -> None:
    values.update((f"workflow.annotations.{name}", None) for name in annotations)
    values.update((f"workflow.labels.{name}", None) for names in labels for name in names)


def _check_entrypoint(walk: Walk, run: _Run, holder: Holder, arguments: Arguments) -> None:
    entrypoint = run.spec.entrypoint or holder.spec.entrypoint
    if not entrypoint:
        if run.entrypoint_required:
            message = "a run needs an `entrypoint`, the template it starts with"
            said = "spec.entrypoint is required"
            walk.report.error(codes.MISSING_FIELD, message, run.path, argo=said)
        return
    at = (*run.path, "entrypoint")
    walk.entry(entrypoint, holder, at, arguments if run.values_required and not run.stored else None)


def _check_exit(walk: Walk, run: _Run, holder: Holder, arguments: Arguments) -> None:
    name = run.spec.on_exit or holder.spec.on_exit
    if not name:
        return
    walk.globals.values["workflow.failures"] = None
    specs = (run.spec, holder.spec)
    if any(
        holds_tag(item.global_name) for spec in specs for t in spec.templates for item in t.outputs.artifacts
    ):
        walk.globals.any_artifact = True
    at = (*run.path, "onExit")
    resolved = walk.entry(name, holder, at, None)
    if resolved is not None and run.values_required and not run.stored:
        walk.check_call(resolved, arguments, at)


def _check_executor_plugins(report: Report, spec: WorkflowSpec, path: Path) -> None:
    for index, plugin in enumerate(spec.executor_plugins):
        sidecar = (plugin.get("spec") or {}).get("sidecar") or {}
        fault = _plugin_fault(plugin, sidecar.get("container") or {})
        if fault:
            at = (*path, "executorPlugins", index)
            report.error(
                codes.MISSING_FIELD,
                f"the plugin cannot be used: {fault}",
                at,
                argo=f"spec.executorPlugins: {fault}",
            )


def _plugin_fault(plugin: JsonObject, container: JsonObject) -> str:
    resources = container.get("resources") or {}
    for missing, fault in (
        (not (plugin.get("metadata") or {}).get("name"), "executor plugin metadata name is mandatory"),
        (not container.get("ports"), "at least one port is mandatory"),
        (resources.get("requests") is None, "resources requests are mandatory"),
        (resources.get("limits") is None, "resources limits are mandatory"),
        (container.get("securityContext") is None, "security context is mandatory"),
    ):
        if missing:
            return fault
    return ""
