"""What all templates share: one kind, well-formed inputs, limits that fit the kind.

Source: Argo's `validateTemplate`. Not for what is particular to steps, DAGs and leaves.
"""

from __future__ import annotations

from workflows.spec import codes
from workflows.spec.lint.artifacts import check_location
from workflows.spec.lint.containers import check_init_containers
from workflows.spec.lint.dag import check_dag
from workflows.spec.lint.interface import KIND_NAMES, LEAF_KINDS, POD_KINDS, interface_of
from workflows.spec.lint.leaves import check_leaf, is_agent_kind
from workflows.spec.lint.locks import check_locks
from workflows.spec.lint.metrics import check_metrics
from workflows.spec.lint.outputs import check_inputs, check_outputs
from workflows.spec.lint.settings import (
    check_duration,
    check_pod_resources,
    check_retry_strategy,
    timeout_fault,
)
from workflows.spec.lint.steps import check_steps
from workflows.spec.lint.walk import Resolved, Visit, Walk
from workflows.spec.template import TEMPLATE_KINDS
from workflows.spec.value import argo_name

_CHOICE = "container, containerSet, steps, script, resource, dag, suspend, template, template ref"
_OURS = ", ".join(map(argo_name, TEMPLATE_KINDS))


def check_template(walk: Walk, visit: Visit) -> None:
    """Everything about one template, in Argo's order."""
    if not _check_kind(walk, visit):
        return
    _check_before_body(walk, visit)
    template = visit.template
    if template.kind == "steps":
        check_steps(walk, visit)
    elif template.kind == "dag":
        check_dag(walk, visit)
    else:
        check_leaf(walk, visit)
    check_outputs(walk, visit)
    if template.archive_location is not None:
        argo = f"templates.{template.name}.archiveLocation"
        check_location(walk.report, template.archive_location, (*visit.path, "archiveLocation"), argo)
    check_metrics(walk.report, template.metrics, visit.path, f"templates.{template.name}")


def _check_kind(walk: Walk, visit: Visit) -> bool:
    template = visit.template
    given = [argo_name(name) for name in TEMPLATE_KINDS if getattr(template, name) is not None]
    if not given:
        said = f"template '{template.name}' type is unknown"
        message = f"the template {template.name!r} does not say what it does"
        remedy = f"give one of {_OURS}"
        walk.report.error(codes.NO_TEMPLATE_KIND, message, visit.path, argo=said, remedy=remedy)
    elif len(given) > 1:
        said = f"templates.{template.name} multiple template types specified. choose one of: {_CHOICE}"
        message = f"the template {template.name!r} is {' and '.join(given)} at once"
        walk.report.error(codes.EXCLUSIVE_FIELDS, message, visit.path, argo=said, remedy="keep one of them")
    return bool(given)


def _check_before_body(walk: Walk, visit: Visit) -> None:
    report, template, path = walk.report, visit.template, visit.path
    check_retry_strategy(report, template.retry_strategy, (*path, "retryStrategy"))
    _check_pod_fields(walk, visit)
    check_inputs(report, visit)
    check_init_containers(report, template, path)
    if visit.arguments is not None:
        walk.check_call(Resolved(template, interface_of(template)), visit.arguments, visit.anchor)
    _check_timeouts(walk, visit)
    if template.suspend is not None:
        check_duration(report, template.suspend.duration, (*path, "suspend", "duration"))
    if template.memoize is not None:
        check_duration(report, template.memoize.max_age, (*path, "memoize", "maxAge"), bare_numbers=False)
        if template.memoize.cache is None:
            report.error(codes.MISSING_FIELD, "`memoize` needs a `cache`", (*path, "memoize"))
    check_locks(report, template.synchronization, path)
    if template.parallelism is not None and template.parallelism < 1:
        report.error(codes.BAD_NUMBER, "`parallelism` must be at least 1", (*path, "parallelism"))


def _check_pod_fields(walk: Walk, visit: Visit) -> None:
    report, template = walk.report, visit.template
    kind, place = KIND_NAMES[template.kind], f"templates.{template.name}"
    if template.pod_resources is not None:
        at = (*visit.path, "podResources")
        if is_agent_kind(template):
            said = f"{place}.podResources is not supported for {kind} templates"
            message = f"{kind} templates make no pod of their own"
            report.error(codes.NOT_ALLOWED_HERE, message, at, argo=said)
        else:
            check_pod_resources(report, template.pod_resources, at, f"{place}.podResources")
    if template.resource_claims and template.kind not in POD_KINDS:
        said = f"{place}.resourceClaims is not supported for {kind} templates, which do not create a pod"
        message = f"{kind} templates make no pod of their own"
        report.error(codes.NOT_ALLOWED_HERE, message, (*visit.path, "resourceClaims"), argo=said)


def _check_timeouts(walk: Walk, visit: Visit) -> None:
    report, template = walk.report, visit.template
    kind = KIND_NAMES[template.kind]
    for field, value in (("timeout", template.timeout), ("pendingTimeout", template.pending_timeout)):
        if value and template.kind not in LEAF_KINDS:
            said = f"{kind} template doesn't support {field} field"
            message = f"`{field}` is not possible in {kind} templates"
            report.error(codes.NOT_ALLOWED_HERE, message, (*visit.path, field), argo=said)
    fault = timeout_fault(template.timeout) if template.kind in LEAF_KINDS else ""
    if fault:
        said = f"{template.name} {fault}" if fault.startswith("has ") else ""
        message = f"{template.timeout[:60]!r} cannot be used as `timeout`"
        remedy = "give a number with a unit, for instance 30s"
        report.error(codes.BAD_DURATION, message, (*visit.path, "timeout"), argo=said, remedy=remedy)
    check_duration(report, template.pending_timeout, (*visit.path, "pendingTimeout"))
