"""Metrics of manifests as rows: added up in the transaction of the node that tells them, read for a scrape.

Not for what may be told and how much of it, see `driver.metrics`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from workflows.engine.messages import Millis, RecordMetric, StopMetrics
from workflows.models import MetricFamily, MetricSeries
from workflows.store.rows import clean, dump, parse

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: the part of a histogram that counts what lies above every bound, and the part that sums up
BEYOND = "+Inf"
SUM = "sum"

_IN_LIMIT = 400
_UPSERT = (
    "INSERT INTO workflows_metricseries "
    "(family_id, namespace_id, digest, part, labels, value, since, until, run_uid, updated_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (family_id, namespace_id, digest, part) DO UPDATE SET "
)
_ADD = _UPSERT + "value = workflows_metricseries.value + excluded.value, updated_at = excluded.updated_at"
_SET = (
    _UPSERT + "value = excluded.value, since = excluded.since, until = excluded.until, "
    "run_uid = excluded.run_uid, updated_at = excluded.updated_at"
)


@dataclass(frozen=True, slots=True)
class Family:
    """What all series of a name share."""

    kind: str
    help: str
    buckets: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One number as it is shown; see `models.MetricSeries`."""

    namespace: str
    labels: Sequence[tuple[str, str]]
    part: str
    value: float


@dataclass(slots=True)
class _Change:
    """What is to be done to one row: values that are added, or set and perhaps added to."""

    value: float
    sets: bool
    labels: str
    at: Millis
    since: Millis | None = None
    until: Millis | None = None
    run_uid: str = ""


#: family id, namespace id, digest, part
_Key = tuple[int, int, str, str]


def digest(labels: Sequence[tuple[str, str]]) -> str:
    """Stands for the labels where they would be too long."""
    return hashlib.blake2b(dump(labels).encode(), digest_size=16).hexdigest()


# --- families --------------------------------------------------------------------------------------


def claim_family(name: str, wanted: Family) -> Family:
    """The family of that name; made as it is wanted when there is none."""
    row, _ = MetricFamily.objects.get_or_create(
        name=name,
        defaults={
            "type": wanted.kind,
            "help": clean(wanted.help),
            "buckets": dump(list(wanted.buckets)) if wanted.buckets else "",
        },
    )
    return Family(row.type, row.help, _buckets(row.buckets))


def series_of(namespace: str) -> set[tuple[str, str]]:
    """The series of a namespace: name and digest of the labels."""
    rows = MetricSeries.objects.filter(namespace__name=namespace).values_list("family__name", "digest")
    return set(rows.distinct())


def _buckets(text: str) -> tuple[float, ...]:
    return tuple(parse(text)) if text else ()


# --- writing ---------------------------------------------------------------------------------------


def write_metrics(cursor: CursorWrapper, records: Iterable[tuple[int, RecordMetric | StopMetrics]]) -> None:
    """Records come with the row id of their run. Rows are written in one order: no two writers deadlock."""
    told = list(records)
    runs = _runs(cursor, {run_id for run_id, _ in told})
    families = _families(cursor, {record.name for _, record in told if isinstance(record, RecordMetric)})
    changes: dict[_Key, _Change] = {}
    stops: dict[str, Millis] = {}
    for run_id, record in told:
        namespace_id, uid = runs[run_id]
        if isinstance(record, StopMetrics):
            stops[uid] = record.at
            continue
        family_id, family = families.get(record.name, (0, None))
        if family is not None and family.kind == record.kind:
            _fold(changes, (family_id, namespace_id), family, record, uid)
    _write(cursor, changes)
    for uid, at in sorted(stops.items()):
        cursor.execute(
            "UPDATE workflows_metricseries SET until = %s, updated_at = %s "
            "WHERE run_uid = %s AND since IS NOT NULL AND until IS NULL",
            [at, at, uid],
        )


def _runs(cursor: CursorWrapper, run_ids: set[int]) -> dict[int, tuple[int, str]]:
    marks = ", ".join(["%s"] * len(run_ids))
    cursor.execute(f"SELECT id, namespace_id, uid FROM workflows_run WHERE id IN ({marks})", list(run_ids))
    return {run_id: (namespace_id, uid) for run_id, namespace_id, uid in cursor.fetchall()}


def _families(cursor: CursorWrapper, names: set[str]) -> dict[str, tuple[int, Family]]:
    """Those that exist, kept from being deleted before this transaction ends."""
    found: dict[str, tuple[int, Family]] = {}
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    wanted = sorted(names)
    for start in range(0, len(wanted), _IN_LIMIT):
        some = wanted[start : start + _IN_LIMIT]
        cursor.execute(
            "SELECT name, id, type, help, buckets FROM workflows_metricfamily "
            f"WHERE name IN ({', '.join(['%s'] * len(some))}){lock}",
            some,
        )
        for name, family_id, kind, help_text, buckets in cursor.fetchall():
            found[name] = family_id, Family(kind, help_text, _buckets(buckets))
    return found


def _fold(
    changes: dict[_Key, _Change], place: tuple[int, int], family: Family, record: RecordMetric, uid: str
) -> None:
    labels, mark = dump(record.labels), digest(record.labels)
    for part, value in _parts(family, record):
        key = (*place, mark, part)
        change = changes.get(key)
        if record.operation == "Set" or change is None:
            sets = record.operation == "Set"
            change = changes[key] = _Change(value=0, sets=sets, labels=labels, at=record.at)
        change.value += value
        change.at = max(change.at, record.at)
        if record.since is not None:
            change.since, change.until, change.run_uid = record.since, record.until, uid


def _parts(family: Family, record: RecordMetric) -> list[tuple[str, float]]:
    if record.kind != "histogram":
        return [("", -record.value if record.operation == "Sub" else record.value)]
    bound = next((bound for bound in family.buckets if record.value <= bound), None)
    return [(BEYOND if bound is None else repr(bound), 1.0), (SUM, record.value)]


def _write(cursor: CursorWrapper, changes: Mapping[_Key, _Change]) -> None:
    for key, change in sorted(changes.items(), key=lambda item: item[0]):
        values = (change.labels, change.value, change.since, change.until, change.run_uid, change.at)
        cursor.execute(_SET if change.sets else _ADD, [*key, *values])


# --- reading and forgetting ------------------------------------------------------------------------


def read_metrics(now: Millis) -> list[tuple[str, Family, list[Series]]]:
    """Every family with its series by name; gauges in real time show the seconds up to `now`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.name, f.type, f.help, f.buckets, n.name, s.labels, s.part, s.value, s.since, s.until "
            "FROM workflows_metricseries s JOIN workflows_metricfamily f ON f.id = s.family_id "
            "JOIN workflows_namespace n ON n.id = s.namespace_id ORDER BY f.name, n.name, s.digest, s.id"
        )
        rows = cursor.fetchall()
    families: dict[str, tuple[Family, list[Series]]] = {}
    for name, kind, help_text, buckets, namespace, labels, part, value, since, until in rows:
        _, series = families.setdefault(name, (Family(kind, help_text, _buckets(buckets)), []))
        shown = value if since is None else ((now if until is None else until) - since) / 1000
        series.append(Series(namespace, [(key, text) for key, text in parse(labels)], part, shown))
    return [(name, family, series) for name, (family, series) in families.items()]


def prune_series(before: Millis, *, limit: int) -> int:
    """Delete series nobody told since `before`, unless they still run; returns how many."""
    old = MetricSeries.objects.filter(updated_at__lt=before).exclude(since__isnull=False, until__isnull=True)
    ids = list(old.order_by("updated_at").values_list("id", flat=True)[:limit])
    deleted, _ = MetricSeries.objects.filter(id__in=ids).delete()
    if deleted:
        MetricFamily.objects.filter(series__isnull=True).delete()
    return deleted
