"""Custom metrics of runs and templates. Source: Argo's `metrics` package and `validateTemplate`."""

from __future__ import annotations

import re
from typing import Final

from workflows.spec import codes
from workflows.spec.lint.expressions import check_condition
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.template import Metrics, Prometheus

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_OPERATIONS: Final = ("", "Set", "Add", "Sub")


def check_metrics(
    report: Report, metrics: Metrics | None, path: Path, argo: str, *, required: bool = True
) -> None:
    """`argo` is Argo's name of the place, as in ``templates.main``.

    Metrics of a run are not `required` to be right: Argo runs it and only notes what is wrong with them.
    """
    for index, metric in enumerate(metrics.prometheus if metrics is not None else ()):
        _check_metric(report, metric, (*path, "metrics", "prometheus", index), argo, required)


def _check_metric(report: Report, metric: Prometheus, path: Path, argo: str, required: bool) -> None:
    name = metric.name
    if not _NAME.match(name):
        rule = "Metric names must contain alphanumeric characters or '_'"
        said = f"{argo} metric name '{name}' is invalid. {rule}"
        message = f"{name[:80]!r} is not a valid metric name: use letters, digits and '_'"
        report.add(codes.BAD_NAME, message, (*path, "name"), argo=said, required=required)
    for index, label in enumerate(metric.labels):
        if not _NAME.match(label.key):
            said = (
                f"metric label '{label.key}' is invalid: keys may only contain alphanumeric characters or '_'"
            )
            message = f"{label.key[:80]!r} is not a valid label: use letters, digits and '_'"
            report.add(codes.BAD_NAME, message, (*path, "labels", index, "key"), argo=said, required=required)
    if not metric.help:
        said = f"{argo} metric '{name}' must contain a help string under 'help: ' field"
        report.add(
            codes.MISSING_FIELD, f"the metric {name!r} needs `help`", path, argo=said, required=required
        )
    check_condition(report, metric.when, (*path, "when"))
    _check_value(report, metric, path, f"{argo} metric '{name}' error: ", required)


def _check_value(report: Report, metric: Prometheus, path: Path, argo: str, required: bool) -> None:
    given = [name for name in ("gauge", "histogram", "counter") if getattr(metric, name) is not None]
    if len(given) != 1:
        message = f"the metric {metric.name!r} must be one of gauge, histogram and counter"
        report.warning(codes.EXCLUSIVE_FIELDS, message, path)
    for name in given:
        if not getattr(metric, name).value:
            message = f"`{name}` needs a `value`"
            report.add(
                codes.MISSING_FIELD,
                message,
                (*path, name),
                argo=f"{argo}missing {name}.value",
                required=required,
            )
    gauge = metric.gauge
    if gauge is not None and gauge.realtime and "resourcesDuration." in gauge.value:
        said = f"{argo}'resourcesDuration.*' metrics cannot be used in real-time"
        message = "resourcesDuration is only known at the end, so it cannot be used in real time"
        report.add(codes.NOT_ALLOWED_HERE, message, (*path, "gauge", "value"), argo=said, required=required)
    if gauge is not None and gauge.operation not in _OPERATIONS:
        message = f"{gauge.operation[:40]!r} is no operation of a gauge"
        report.add(
            codes.BAD_CHOICE,
            message,
            (*path, "gauge", "operation"),
            remedy="use Set, Add or Sub",
            required=required,
        )
