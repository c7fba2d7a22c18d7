"""What Sluice tells Prometheus of itself: its engines as they last signed on, and what waits in the database.

Not for the metrics of manifests, see `metrics`. Numbers of engines count from the start of each; one that has
ended is no longer shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from workflows.engine.messages import Millis
from workflows.models import EngineMember, LockClaim, Memo, MetricSeries, Run, Schedule, Signal
from workflows.wire.exposition import Labels, Sample, histogram

#: name, type, help, samples
OwnFamily = tuple[str, str, str, list[Sample]]

_UNFINISHED = {"": "New", "Pending": "Pending", "Running": "Running"}


def own_families(now: Millis) -> list[OwnFamily]:
    return [*_engines(now), *_waiting(), *_kept(), *_schedules(now)]


def _engines(now: Millis) -> list[OwnFamily]:
    members = [
        ((("engine", name),), json.loads(stats))
        for name, stats in EngineMember.objects.filter(alive_until__gte=now)
        .order_by("name")
        .values_list("name", "stats")
    ]
    told = [(labels, stats) for labels, stats in members if stats]
    return [
        ("sluice_engines", "gauge", "Engines that are alive.", [Sample((), len(members))]),
        _plain("sluice_engine_transitions_total", "counter", "Nodes committed.", told, "transitions"),
        _plain("sluice_engine_runs_held", "gauge", "Runs in memory.", told, "runsHeld"),
        _plain("sluice_engine_facts_waiting", "gauge", "Facts not yet applied.", told, "factsWaiting"),
        _by("sluice_engine_orders_total", "Orders sent, by kind.", told, "orders", "kind"),
        _by("sluice_engine_runs_finished_total", "Runs finished.", told, "runsFinished", "phase"),
        _spread("sluice_engine_commit_seconds", "Time of a commit.", told, "commits"),
        _spread("sluice_engine_answer_seconds", "From an order to the first answer.", told, "answers"),
    ]


_Told = Iterable[tuple[Labels, dict[str, Any]]]


def _plain(name: str, kind: str, text: str, told: _Told, field: str) -> OwnFamily:
    return name, kind, text, [Sample(labels, stats[field]) for labels, stats in told]


def _by(name: str, text: str, told: _Told, field: str, label: str) -> OwnFamily:
    samples = [
        Sample((*labels, (label, value)), count)
        for labels, stats in told
        for value, count in sorted(stats[field].items())
    ]
    return name, "counter", text, samples


def _spread(name: str, text: str, told: _Told, field: str) -> OwnFamily:
    samples: list[Sample] = []
    for labels, stats in told:
        spread = stats[field]
        samples += histogram(labels, spread["bounds"], spread["counts"], spread["sum"])
    return name, "histogram", text, samples


def _waiting() -> list[OwnFamily]:
    # Finished runs are not counted: there may be millions of them.
    runs = Run.objects.filter(phase__in=list(_UNFINISHED)).values_list("namespace__name", "phase")
    counted = runs.annotate(count=Count("id")).order_by("namespace__name", "phase")
    phases = [
        Sample((("namespace", namespace), ("phase", _UNFINISHED[phase])), count)
        for namespace, phase, count in counted
    ]
    claims = LockClaim.objects.values_list("state").annotate(count=Count("id")).order_by("state")
    return [
        ("sluice_runs", "gauge", "Runs that have not finished.", phases),
        ("sluice_signals_waiting", "gauge", "Messages to runs not yet taken.", _count(Signal.objects.all())),
        ("sluice_lock_claims", "gauge", "Claims of locks.", [Sample((("state", s),), n) for s, n in claims]),
    ]


def _kept() -> list[OwnFamily]:
    entries = Memo.objects.values_list("namespace__name").annotate(count=Count("id"), size=Sum("size"))
    memos = list(entries.order_by("namespace__name"))
    series = MetricSeries.objects.values_list("namespace__name").annotate(count=Count("id"))
    return [
        ("sluice_memo_entries", "gauge", "Entries of memoization caches.", _of(memos, 1)),
        ("sluice_memo_bytes", "gauge", "Outputs in memoization caches.", _of(memos, 2)),
        ("sluice_metric_series", "gauge", "Rows of metrics.", _of(series.order_by("namespace__name"), 1)),
    ]


def _schedules(now: Millis) -> list[OwnFamily]:
    rows = Schedule.objects.values_list("phase").annotate(count=Count("id")).order_by("phase")
    due = Schedule.objects.aggregate(first=Min("next_due"))["first"]
    lag = max(0, now - due) / 1000 if due is not None else 0
    return [
        ("sluice_schedules", "gauge", "Schedules.", [Sample((("phase", p),), n) for p, n in rows]),
        ("sluice_schedule_lag_seconds", "gauge", "How late the longest waiting slot is.", [Sample((), lag)]),
    ]


def _count(rows: QuerySet[Any]) -> list[Sample]:
    return [Sample((), rows.count())]


def _of(rows: Iterable[tuple[Any, ...]], column: int) -> list[Sample]:
    return [Sample((("namespace", row[0]),), row[column]) for row in rows]
