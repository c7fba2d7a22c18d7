"""The inbox of runs: what people ask for and what distant workers observed, as rows read exactly once.

`post` belongs into the caller's transaction. The engine that holds the run hands the ids it has applied to
`commit`, which deletes them together with recording their effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from workflows.engine.messages import (
    Fact,
    Millis,
    Signal,
)
from workflows.models import Run
from workflows.models import Signal as SignalRow

Incoming = Fact | Signal
_DECODER: msgspec.json.Decoder[Incoming] = msgspec.json.Decoder(Incoming)
_IN_LIMIT = 900


@dataclass(frozen=True, slots=True)
class Received:
    """One row of the inbox."""

    id: int
    run_id: int
    message: Fact | Signal


def post(run_id: int, messages: Sequence[Fact | Signal], *, now: Millis, actor: str = "") -> None:
    """Add messages for a run and wake it if nobody holds it.

    The run's row is written after the rows of the inbox, whoever holds the lease: a release that runs at the
    same time either sees the messages or is followed by this wake-up.
    """
    SignalRow.objects.bulk_create(
        SignalRow(
            run_id=run_id,
            kind=type(message).__name__,
            payload=msgspec.json.encode(message).decode(),
            actor=actor,
            created_at=now,
        )
        for message in messages
    )
    Run.objects.filter(id=run_id).update(wake_at=0)


def post_facts(run_uid: str, facts: Sequence[Fact], *, now: Millis) -> None:
    """`post` for a worker that knows the run by uid only; facts of a deleted run are dropped."""
    run_id = Run.objects.filter(uid=run_uid).values_list("id", flat=True).first()
    if run_id is not None:
        post(run_id, facts, now=now)


def read(run_ids: Sequence[int]) -> list[Received]:
    """What waits for the given runs, oldest first."""
    found: list[Received] = []
    with connection.cursor() as cursor:
        for start in range(0, len(run_ids), _IN_LIMIT):
            some = run_ids[start : start + _IN_LIMIT]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"SELECT id, run_id, payload FROM workflows_signal WHERE run_id IN ({marks}) ORDER BY id",
                some,
            )
            found.extend(_received(cursor.fetchall()))
    return found


def runs_with_signals(member: str) -> list[int]:
    """Runs held by `member` that have something in their inbox: finds what a lost poke left behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT s.run_id FROM workflows_signal s JOIN workflows_run r ON r.id = s.run_id "
            "WHERE r.lease_owner = %s",
            [member],
        )
        return [run_id for (run_id,) in cursor.fetchall()]


def _received(rows: Iterable[tuple[int, int, str]]) -> Iterable[Received]:
    return (Received(id_, run_id, _DECODER.decode(payload)) for id_, run_id, payload in rows)
