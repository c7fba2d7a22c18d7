"""Everything Prometheus may scrape: the metrics of manifests and the engine's own, as one text.

All numbers are in the database, so any web process can tell them, whichever engine counted, and counters
outlive every process. Who may read them: see `may_scrape`.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from django.conf import settings

from workflows.engine.messages import Millis
from workflows.services.access import Access, Actor, Right
from workflows.services.own_metrics import own_families
from workflows.store.metrics import BEYOND, SUM, Family, Series, prune_series, read_metrics
from workflows.wire.exposition import Sample, family_text, histogram

#: what Argo puts before the names of custom metrics
PREFIX = "argo_workflows_"
#: the label that keeps namespaces apart; manifests cannot give it another value
NAMESPACE_LABEL = "sluice_namespace"

_DAY_MS = 86_400_000
_BATCH = 1_000


def may_scrape(actor: Actor | None, token: str) -> bool:
    """With the token of the settings, or with the right to see every namespace."""
    wanted = settings.SLUICE_METRICS_TOKEN
    if wanted and token and hmac.compare_digest(token.encode(), wanted.encode()):
        return True
    return actor is not None and Right.VIEW in Access(actor).everywhere


def exposition(now: Millis) -> str:
    """The text of a scrape."""
    texts = [_custom_family(name, family, series) for name, family, series in read_metrics(now)]
    texts += [family_text(*family) for family in own_families(now)]
    return "".join(texts)


def prune(now: Millis, *, days: int) -> int:
    """Delete series that no run told for `days`, 0 for never."""
    return prune_series(now - days * _DAY_MS, limit=_BATCH) if days else 0


def _custom_family(name: str, family: Family, series: Iterable[Series]) -> str:
    samples = (
        _histograms(family, series)
        if family.kind == "histogram"
        else [Sample(_labels(one), one.value) for one in series]
    )
    return family_text(PREFIX + name, family.kind, family.help, samples)


def _labels(series: Series) -> tuple[tuple[str, str], ...]:
    own = [(name, value) for name, value in series.labels if name != NAMESPACE_LABEL]
    return (*own, (NAMESPACE_LABEL, series.namespace))


def _histograms(family: Family, series: Iterable[Series]) -> list[Sample]:
    parts: dict[tuple[tuple[str, str], ...], dict[str, float]] = {}
    for one in series:
        parts.setdefault(_labels(one), {})[one.part] = one.value
    samples: list[Sample] = []
    for labels, values in parts.items():
        counts = [values.get(repr(bound), 0.0) for bound in family.buckets] + [values.get(BEYOND, 0.0)]
        plain = [(name, value) for name, value in labels if name != "le"]
        samples += histogram(plain, family.buckets, counts, values.get(SUM, 0.0))
    return samples
