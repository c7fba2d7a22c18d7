"""Metrics that a manifest defines, told at the end of a node or run, in real time from its start.

Whoever keeps them gets `RecordMetric` with everything resolved. What is wrong with one is a condition of the
run and hinders nothing. Source: Argo's `computeMetrics`, `prepareMetricScope`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from workflows.engine import phases, resources
from workflows.engine.clock import format_seconds
from workflows.engine.compiled_metrics import GAUGE, CompiledMetric, CompiledMetrics
from workflows.engine.conditions import should_execute
from workflows.engine.errors import EngineError
from workflows.engine.messages import Millis, RecordMetric, StopMetrics
from workflows.engine.scope import Scope
from workflows.engine.status_conditions import METRICS_ERROR, note
from workflows.engine.texts import STRICT, reference, render
from workflows.expr import ExprError

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core
    from workflows.engine.node import Node

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_FLOAT = re.compile(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[iI]nf|[iI]nfinity)", re.ASCII)
_LONGEST_VALUE = 1024
#: far from where sums of numbers stop being numbers
_LARGEST_SUMMAND = 1e200
_MOST_BUCKETS = 50
_MOST_LABELS = 20
#: in the run's memo: it has told real-time metrics, which must stop with it
_RUNNING = "realtime"

#: variable of a real-time metric -> when it begins, and when it ended
Spans = dict[str, tuple[Millis, Millis | None]]


class _Refused(Exception):
    """Why a metric cannot be told."""


def node_began(call: Call, node: Node) -> None:
    """Tell the real-time metrics of a node that was just made."""
    metrics = call.template.metrics
    if metrics is not None and metrics.realtime:
        _tell(call.core, metrics.realtime, _node_scope(call, node), _node_spans(call.core, node))


def node_ended(call: Call, node: Node) -> None:
    """Tell all metrics of a node that is fulfilled."""
    metrics = call.template.metrics
    if metrics is not None:
        _tell(call.core, metrics.all, _node_scope(call, node), _node_spans(call.core, node))


def run_began(core: Core, metrics: CompiledMetrics) -> None:
    if metrics.realtime:
        local = {**_DEFAULTS, "status": phases.PENDING}
        _tell(core, metrics.realtime, Scope(local, core.variables), _run_spans(core))


def run_ended(core: Core, metrics: CompiledMetrics, root: Node) -> None:
    """Tell the metrics of the run; `root` is its entry node, whose values they see."""
    spans = {**_run_spans(core), **_node_spans(core, root)}
    _tell(core, metrics.all, Scope(_node_variables(core, root), core.variables), spans)


def stop(core: Core) -> None:
    """The run has ended: what is told in real time stops."""
    if core.run.memo.pop(_RUNNING, False):
        core.record(StopMetrics(at=core.run.finished_at or core.now))


def refused(core: Core, message: str) -> None:
    """Whoever keeps the metrics would not take one."""
    note(core, METRICS_ERROR, message)


# --- variables -------------------------------------------------------------------------------------

_DEFAULTS = {"duration": "0", "status": "", "resourcesDuration.cpu": "0", "resourcesDuration.memory": "0"}


def _node_scope(call: Call, node: Node) -> Scope:
    return call.scope.with_local(_node_variables(call.core, node))


def _node_variables(core: Core, node: Node) -> dict[str, Any]:
    lasted = (node.finished_at or core.now) - (node.started_at or core.now)
    local: dict[str, Any] = {**_DEFAULTS, "status": node.phase, "duration": format_seconds(lasted)}
    children = _count_children(core, node)
    if children:
        local["retries"] = str(children - 1)
    for entry in (node.inputs or {}).get("parameters", ()):
        local[f"inputs.parameters.{entry['name']}"] = entry.get("value", "")
    outputs = node.outputs or {}
    if "result" in outputs:
        local["outputs.result"] = outputs["result"]
    if "exitCode" in outputs:
        local["exitCode"] = outputs["exitCode"]
    for entry in outputs.get("parameters", ()):
        local[f"outputs.parameters.{entry['name']}"] = entry.get("value", "")
    for name, seconds in resources.of_node(core, node).items():
        local[f"resourcesDuration.{name}"] = str(seconds)
    return local


def _count_children(core: Core, node: Node) -> int:
    """Attempts of a Retry node, first nodes inside a steps or DAG node; what follows a pod came after it."""
    if node.type in (phases.RETRY, phases.TASK_GROUP):
        return len(core.kids.get(node.id, ()))
    if node.type == phases.STEPS:
        return 1
    if node.type == phases.DAG:
        return sum(node.id in other.parents for other in core.nodes.values())
    return 0


def _node_spans(core: Core, node: Node) -> Spans:
    started = node.started_at or core.now
    return {**_run_spans(core), "duration": (started, node.finished_at if node.fulfilled else None)}


def _run_spans(core: Core) -> Spans:
    run = core.run
    return {"workflow.duration": (run.started_at or core.now, run.finished_at)}


# --- telling ---------------------------------------------------------------------------------------


def _tell(core: Core, metrics: Sequence[CompiledMetric], scope: Scope, spans: Spans) -> None:
    for metric in metrics:
        try:
            record = _record(core, metric, scope, spans)
        except _Refused as refusal:
            note(core, METRICS_ERROR, str(refusal))
            continue
        if record is not None:
            core.record(record)
            if record.since is not None and record.until is None:
                core.run.memo[_RUNNING] = True


def _record(core: Core, metric: CompiledMetric, scope: Scope, spans: Spans) -> RecordMetric | None:
    """The metric with everything resolved; None when its condition does not hold. Raises _Refused."""
    if not metric.help.source:
        raise _Refused(f"metric '{metric.source}' must contain a help string under 'help: ' field")

    def resolved(text: Any) -> str:
        try:
            return render(text, scope, core.context, STRICT)
        except ExprError as error:
            raise _Refused(
                f"unable to substitute parameters for metric '{metric.source}': {error.message}"
            ) from None

    name, labels = resolved(metric.name), {key: resolved(value) for key, value in metric.labels}
    help_text = resolved(metric.help)
    try:
        if not should_execute(resolved(metric.when)):
            return None
    except EngineError as error:
        raise _Refused(
            f"unable to compute 'when' clause for metric '{core.run.name}': {error.message}"
        ) from None
    since = until = None
    value = 0.0
    if metric.realtime:
        since, until = _span(metric, spans)
    else:
        value = _number(name, metric, resolved)
    _check(name, metric, labels)
    return RecordMetric(
        name=name,
        help=help_text,
        kind=metric.type,
        labels=sorted(labels.items()),
        operation="Add" if metric.type != GAUGE else (metric.operation or "Set"),
        value=value,
        buckets=metric.buckets,
        since=since,
        until=until,
        at=core.now,
    )


def _span(metric: CompiledMetric, spans: Spans) -> tuple[Millis, Millis | None]:
    variable = reference(metric.value)
    if variable is None:
        raise _Refused("real time metrics can only be used with metric variables")
    if variable not in spans:
        raise _Refused(f"'{variable}' is not available as a real time metric")
    return spans[variable]


def _number(name: str, metric: CompiledMetric, resolved: Callable[[Any], str]) -> float:
    text = resolved(metric.value)
    if _FLOAT.fullmatch(text) is None:
        shown = text[:100]
        raise _Refused(
            f"could not construct metric '{name}': strconv.ParseFloat: parsing \"{shown}\": invalid syntax"
        )
    number = float(text)
    sets = metric.type == GAUGE and metric.operation in ("", "Set")
    if abs(number) > _LARGEST_SUMMAND and not sets:
        raise _Refused(f"could not construct metric '{name}': {text[:100]} cannot be added up")
    return number


def _check(name: str, metric: CompiledMetric, labels: dict[str, str]) -> None:
    reason = ""
    if _NAME.fullmatch(name) is None:
        reason = "metric name is invalid: names may only contain alphanumeric characters or '_'"
    elif not metric.type:
        reason = "invalid metric spec"
    elif len(metric.buckets) > _MOST_BUCKETS:
        reason = f"a histogram may have {_MOST_BUCKETS} buckets"
    elif len(labels) > _MOST_LABELS:
        reason = f"a metric may have {_MOST_LABELS} labels"
    elif any(len(value) > _LONGEST_VALUE for value in labels.values()):
        reason = f"the value of a label may have {_LONGEST_VALUE} characters"
    else:
        bad = next((key for key in labels if _NAME.fullmatch(key) is None), None)
        if bad is not None:
            reason = f"metric label '{bad}' is invalid: keys may only contain alphanumeric characters or '_'"
    if reason:
        raise _Refused(f"could not construct metric '{name}': {reason}")
