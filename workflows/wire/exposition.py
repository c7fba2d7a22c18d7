"""Metrics as the text that Prometheus scrapes (exposition format 0.0.4). Not for collecting them.

Names stay exactly as they are given: unlike client libraries this adds no ``_total`` to counters, for the
custom metrics of manifests must have the names they would have with Argo.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One line. `suffix` is appended to the name of the family, as in ``_bucket``."""

    labels: Labels
    value: float
    suffix: str = ""


def family_text(name: str, kind: str, help_text: str, samples: Iterable[Sample]) -> str:
    """All lines of one family; "" when there are no samples."""
    lines = [f"{name}{one.suffix}{_labels(one.labels)} {number(one.value)}\n" for one in samples]
    if not lines:
        return ""
    escaped = help_text.replace("\\", r"\\").replace("\n", r"\n").replace("\r", " ")
    return f"# HELP {name} {escaped}\n# TYPE {name} {kind}\n{''.join(lines)}"


def histogram(labels: Labels, bounds: Sequence[float], counts: Sequence[float], total: float) -> list[Sample]:
    """The lines of one histogram. `counts` are those of each bucket alone, one more than `bounds`."""
    samples = []
    below = 0.0
    for bound, count in zip((*bounds, math.inf), counts, strict=True):
        below += count
        samples.append(Sample((*labels, ("le", number(bound))), below, "_bucket"))
    return [*samples, Sample(labels, total, "_sum"), Sample(labels, below, "_count")]


def number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"").replace("\r", " ")
