"""Single settings with a fixed form: durations, numbers, choices. Not for relations between fields.

Argo mostly finds their faults when they are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from workflows.spec import codes
from workflows.spec.durations import DurationError, is_whole_number, parse_duration, parse_go_duration
from workflows.spec.lint.expressions import check_expression
from workflows.spec.lint.locks import check_locks
from workflows.spec.lint.loops import is_number_or_tag
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.template import RetryStrategy
from workflows.spec.types import WorkflowSpec
from workflows.spec.value import JsonObject

RETRY_POLICIES: Final = ("", "Always", "OnFailure", "OnError", "OnTransientError")
POD_GC_STRATEGIES: Final = (
    "",
    "OnPodCompletion",
    "OnPodSuccess",
    "OnWorkflowCompletion",
    "OnWorkflowSuccess",
)
_VOLUME_GC_STRATEGIES: Final = ("", "OnWorkflowCompletion", "OnWorkflowSuccess")
ARTIFACT_GC_STRATEGIES: Final = ("", "OnWorkflowCompletion", "OnWorkflowDeletion", "Never")
_SHUTDOWNS: Final = ("", "Stop", "Terminate")
_POD_RESOURCE = re.compile(r"cpu\Z|memory\Z|hugepages-")
_OPERATORS: Final = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


def check_duration(report: Report, text: str, path: Path, *, bare_numbers: bool = True) -> None:
    """`text` is empty, a duration, or holds tags. Without `bare_numbers` every number needs a unit."""
    if not text or "{{" in text:
        return
    read: Callable[[str], int] = parse_duration if bare_numbers else parse_go_duration
    try:
        read(text)
    except DurationError as fault:
        report.error(codes.BAD_DURATION, fault.message, path, remedy="use for instance 30s, 5m or 1h30m")


def check_choice(
    report: Report, value: str, allowed: tuple[str, ...], path: Path, *, argo: str = "", tags: bool = False
) -> None:
    """`tags`: the field is substituted before it is used."""
    if value not in allowed and not (tags and "{{" in value):
        message = f"{value[:60]!r} is not possible here"
        remedy = f"use one of {', '.join(filter(None, allowed))}"
        report.error(codes.BAD_CHOICE, message, path, argo=argo, remedy=remedy)


def check_retry_strategy(report: Report, retry: RetryStrategy | None, path: Path) -> None:
    if retry is None:
        return
    said = f"{retry.retry_policy} is not a valid RetryPolicy"
    check_choice(report, retry.retry_policy, RETRY_POLICIES, (*path, "retryPolicy"), argo=said)
    if retry.limit is not None and not is_number_or_tag(retry.limit):
        message = f"`limit` must be an integer or a tag, not {str(retry.limit)[:60]!r}"
        report.error(codes.BAD_NUMBER, message, (*path, "limit"))
    check_expression(report, retry.expression, (*path, "expression"))
    backoff = retry.backoff
    if backoff is None:
        return
    at = (*path, "backoff")
    check_duration(report, backoff.duration, (*at, "duration"))
    check_duration(report, backoff.max_duration, (*at, "maxDuration"))
    check_duration(report, backoff.cap, (*at, "cap"))
    if not backoff.duration:
        report.error(codes.MISSING_FIELD, "`backoff` needs a `duration`", at)
    if backoff.factor is not None and not is_number_or_tag(backoff.factor):
        message = f"`factor` must be an integer or a tag, not {str(backoff.factor)[:60]!r}"
        report.error(codes.BAD_NUMBER, message, (*at, "factor"))


def check_pod_resources(report: Report, resources: JsonObject | None, path: Path, argo: str) -> None:
    """Source: Argo's `validatePodResources`; `argo` names the field in Argo's texts."""
    if resources is None:
        return
    if resources.get("claims"):
        message = "`claims` is not possible for a whole pod"
        said = f"{argo}.claims is not supported for pod-level resources"
        report.error(codes.NOT_ALLOWED_HERE, message, (*path, "claims"), argo=said)
    for field in ("limits", "requests"):
        for name in resources.get(field) or ():
            if not _POD_RESOURCE.match(name):
                said = (
                    f'{argo}: "{name}" is not a valid pod-level resource, only cpu, memory and hugepages-*'
                    " are supported"
                )
                message = f"{name[:60]!r} is no resource of a whole pod"
                remedy = "use cpu, memory or hugepages-SIZE"
                report.error(codes.BAD_CHOICE, message, (*path, field, name), argo=said, remedy=remedy)


def check_run_settings(report: Report, spec: WorkflowSpec, path: Path) -> None:
    """Settings of a whole run, in Argo's order."""
    pod_gc = spec.pod_gc
    if pod_gc is not None:
        said = f"podGC.strategy unknown strategy '{pod_gc.strategy}'"
        check_choice(report, pod_gc.strategy, POD_GC_STRATEGIES, (*path, "podGC", "strategy"), argo=said)
        _check_selector(report, pod_gc.label_selector, (*path, "podGC", "labelSelector"))
        check_duration(report, pod_gc.delete_delay_duration, (*path, "podGC", "deleteDelayDuration"))
    check_pod_resources(report, spec.pod_resources, (*path, "podResources"), "spec.podResources")
    check_choice(report, spec.shutdown, _SHUTDOWNS, (*path, "shutdown"), tags=True)
    if spec.volume_claim_gc is not None:
        at = (*path, "volumeClaimGC", "strategy")
        check_choice(report, spec.volume_claim_gc.strategy, _VOLUME_GC_STRATEGIES, at, tags=True)
    if spec.artifact_gc is not None:
        at = (*path, "artifactGC", "strategy")
        check_choice(report, spec.artifact_gc.strategy, ARTIFACT_GC_STRATEGIES, at, tags=True)
    check_locks(report, spec.synchronization, path)
    check_retry_strategy(report, spec.retry_strategy, (*path, "retryStrategy"))
    if spec.parallelism is not None and spec.parallelism < 1:
        report.error(codes.BAD_NUMBER, "`parallelism` must be at least 1", (*path, "parallelism"))
    if spec.workflow_metadata is not None:
        for name, source in spec.workflow_metadata.labels_from.items():
            at = (*path, "workflowMetadata", "labelsFrom", name, "expression")
            check_expression(report, source.expression, at)


def _check_selector(report: Report, selector: JsonObject | None, path: Path) -> None:
    """Source: Kubernetes' `LabelSelectorAsSelector`."""
    for index, requirement in enumerate((selector or {}).get("matchExpressions") or ()):
        operator, values = str(requirement.get("operator", "")), requirement.get("values") or []
        at = (*path, "matchExpressions", index)
        if operator not in _OPERATORS:
            said = f'podGC.labelSelector invalid: "{operator}" is not a valid label selector operator'
            check_choice(report, operator, tuple(_OPERATORS), (*at, "operator"), argo=said)
        elif bool(values) != _OPERATORS[operator]:
            wanted = "values" if _OPERATORS[operator] else "no values"
            said = f"podGC.labelSelector invalid: values: Invalid value: {values}"
            report.error(
                codes.BAD_CHOICE, f"the operator {operator} needs {wanted}", (*at, "values"), argo=said
            )


def timeout_fault(text: str) -> str:
    """Why a template's `timeout` cannot be used, "" when it can: Argo wants a unit."""
    if not text or "{{" in text:
        return ""
    if is_whole_number(text):
        return "has invalid duration format in timeout"
    try:
        parse_duration(text)
    except DurationError as fault:
        return fault.message
    return ""
