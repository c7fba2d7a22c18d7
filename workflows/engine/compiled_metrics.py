"""The metrics of a template or a run, their texts parsed once. Not for when they are told: see `metrics`."""

from __future__ import annotations

from workflows.expr import Text, parse_text
from workflows.spec.template import Metrics, Prometheus

COUNTER = "counter"
GAUGE = "gauge"
HISTOGRAM = "histogram"


class CompiledMetric:
    """One entry of `metrics.prometheus`. `type` is "" when it says neither gauge, histogram nor counter."""

    __slots__ = (
        "buckets",
        "help",
        "labels",
        "name",
        "operation",
        "realtime",
        "source",
        "type",
        "value",
        "when",
    )

    def __init__(self, metric: Prometheus) -> None:
        self.source = metric.name
        self.name = parse_text(metric.name)
        self.help = parse_text(metric.help)
        self.labels: list[tuple[str, Text]] = [
            (label.key, parse_text(label.value)) for label in metric.labels
        ]
        self.when = parse_text(metric.when)
        self.operation = metric.gauge.operation if metric.gauge is not None else ""
        self.realtime = metric.gauge is not None and bool(metric.gauge.realtime)
        self.buckets = sorted(metric.histogram.buckets) if metric.histogram is not None else []
        self.type, value = _type_and_value(metric)
        self.value = parse_text(value)


class CompiledMetrics:
    """`realtime` holds those that are told from the start."""

    __slots__ = ("all", "realtime")

    def __init__(self, metrics: Metrics) -> None:
        self.all = [CompiledMetric(metric) for metric in metrics.prometheus]
        self.realtime = [metric for metric in self.all if metric.realtime]


def compile_metrics(metrics: Metrics | None) -> CompiledMetrics | None:
    """None when there are none."""
    return CompiledMetrics(metrics) if metrics is not None and metrics.prometheus else None


def _type_and_value(metric: Prometheus) -> tuple[str, str]:
    if metric.gauge is not None:
        return GAUGE, metric.gauge.value
    if metric.histogram is not None:
        return HISTOGRAM, metric.histogram.value
    if metric.counter is not None:
        return COUNTER, metric.counter.value
    return "", ""
