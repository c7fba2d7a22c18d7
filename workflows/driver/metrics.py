"""Decides which metrics of manifests may be kept: no name may mean two things, no namespace flood the rest.

Not for adding them up: they travel as records of the run's write, see `store.metrics`.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflows.engine.messages import Millis, Record, RecordMetric
from workflows.store.metrics import Family, claim_family, digest, series_of
from workflows.store.rows import clean

#: how long what was read of a namespace is believed when it says that there is no room
_BELIEVED_MS = 10_000


class Metrics:
    """`most_series` is how many series a namespace may have. Families are remembered as they were claimed."""

    def __init__(self, most_series: int) -> None:
        self._most_series = most_series
        self._families: dict[str, Family] = {}
        self._series: dict[str, set[tuple[str, str]]] = {}
        self._read_at: dict[str, Millis] = {}

    def refusals(self, namespace: str, records: Sequence[Record]) -> list[tuple[RecordMetric, str]]:
        """The metrics that cannot be kept, each with the reason. Raises what the database raises."""
        told = [record for record in records if isinstance(record, RecordMetric)]
        judged = [(record, self._refusal(namespace, record)) for record in told]
        return [
            (record, f"could not construct metric '{record.name}': {why}") for record, why in judged if why
        ]

    def forget(self) -> None:
        """What was to be written never was."""
        self._series.clear()

    def _refusal(self, namespace: str, record: RecordMetric) -> str:
        key = (record.name, digest(record.labels))
        known = self._known(namespace, record.at, key)
        if key not in known and len(known) >= self._most_series:
            return f"namespace {namespace} has reached the limit of {self._most_series} series"
        family = self._families.get(record.name)
        if family is None:
            wanted = Family(record.kind, record.help, tuple(record.buckets))
            family = self._families[record.name] = claim_family(record.name, wanted)
        if family.help != clean(record.help):
            return f"help for metric {record.name} is already set to {family.help}, it cannot be changed"
        if family.kind != record.kind:
            return f"found existing {family.kind} for custom metric {record.name} of type {record.kind}"
        known.add(key)
        return ""

    def _known(self, namespace: str, now: Millis, key: tuple[str, str]) -> set[tuple[str, str]]:
        known = self._series.get(namespace)
        if known is not None and (key in known or len(known) < self._most_series):
            return known
        if known is None or now - self._read_at.get(namespace, 0) > _BELIEVED_MS:
            known = self._series[namespace] = series_of(namespace)
            self._read_at[namespace] = now
        return known
