"""Which new runs engines may begin: not more at once than allowed, priority first, namespaces in turn.

A run is admitted once and stays so to its end, retries by hand included. Those that must wait become Pending
with Argo's message. Not for who works on a run, see `leases`.

Source: Argo's `multiThrottler`; beyond it, no namespace goes before another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.db import connection, transaction

from workflows.store import dialect
from workflows.store.bus import Change

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

POSTPONED = "Workflow processing has been postponed because too many workflows are already running"
#: runs made Pending in one go
_POSTPONE = 500
_QUEUE = "FROM workflows_run r WHERE r.namespace_id = %s AND NOT r.admitted"


@dataclass(frozen=True, slots=True)
class Limits:
    """Runs that may be active at once: in all, and in a namespace without a number of its own; 0 for any."""

    total: int = 0
    per_namespace: int = 0


@dataclass(frozen=True, slots=True)
class Admitted:
    """`more`: others could be admitted at once. `changes`: runs that were told to wait."""

    count: int = 0
    more: bool = False
    changes: Sequence[Change] = ()


def admit(limits: Limits, *, most: int, turn: int) -> Admitted:
    """Admit up to `most` runs. `turn` says which namespace is served first."""
    with connection.cursor() as cursor:
        # Looking costs no write lock, and most of the time there is nothing to admit.
        cursor.execute("SELECT 1 FROM workflows_run r WHERE NOT r.admitted LIMIT 1")
        if cursor.fetchone() is None:
            return Admitted()
    with transaction.atomic(), connection.cursor() as cursor:
        dialect.current().guard_admission(cursor)
        return _Admission(cursor, limits).admit(most, turn)


class _Admission:
    """One transaction in which runs are admitted."""

    def __init__(self, cursor: CursorWrapper, limits: Limits) -> None:
        self._cursor = cursor
        self._limits = limits

    def admit(self, most: int, turn: int) -> Admitted:
        stopped = self._stopped(most)
        self._let_in(stopped)
        queues = self._queues(turn)
        places = {namespace_id: self._places(namespace_id, limit) for namespace_id, limit in queues}
        room = self._room(most)
        waiting = [self._first(namespace_id, min(places[namespace_id], room)) for namespace_id, _ in queues]
        in_turn = [run_id for one_each in zip_longest(*waiting) for run_id in one_each if run_id is not None]
        chosen = in_turn[:room]
        self._let_in(chosen)
        more = len(chosen) == most
        changes = [] if more else [change for queue, _ in queues for change in self._postpone(queue)]
        return Admitted(len(stopped) + len(chosen), more, changes)

    def _stopped(self, most: int) -> list[int]:
        """Runs that were stopped while they wait: they need an engine to end, not a place."""
        self._cursor.execute(
            "SELECT DISTINCT s.run_id FROM workflows_signal s JOIN workflows_run r ON r.id = s.run_id "
            "WHERE s.kind IN ('Stop', 'Terminate') AND NOT r.admitted LIMIT %s",
            [most],
        )
        return [run_id for (run_id,) in self._cursor.fetchall()]

    def _queues(self, turn: int) -> list[tuple[int, int | None]]:
        """Namespaces with runs that wait, and their own limits."""
        self._cursor.execute(
            "SELECT n.id, n.parallelism FROM workflows_namespace n WHERE EXISTS "
            "(SELECT 1 FROM workflows_run r WHERE r.namespace_id = n.id AND NOT r.admitted) ORDER BY n.id"
        )
        found: list[tuple[int, int | None]] = self._cursor.fetchall()
        start = turn % len(found) if found else 0
        return [*found[start:], *found[:start]]

    def _room(self, most: int) -> int:
        if not self._limits.total:
            return most
        self._cursor.execute("SELECT COUNT(*) FROM workflows_run WHERE admitted AND finished_at IS NULL")
        return max(0, min(most, self._limits.total - int(self._cursor.fetchone()[0])))

    def _places(self, namespace_id: int, own: int | None) -> int:
        limit = self._limits.per_namespace if own is None else own
        if not limit:
            return 1 << 31
        self._cursor.execute(
            "SELECT COUNT(*) FROM workflows_run WHERE namespace_id = %s AND admitted AND finished_at IS NULL",
            [namespace_id],
        )
        return max(0, limit - int(self._cursor.fetchone()[0]))

    def _first(self, namespace_id: int, most: int) -> list[int]:
        if not most:
            return []
        self._cursor.execute(
            f"SELECT r.id {_QUEUE} ORDER BY r.priority DESC, r.created_at, r.id LIMIT %s",
            [namespace_id, most],
        )
        return [run_id for (run_id,) in self._cursor.fetchall()]

    def _let_in(self, run_ids: Sequence[int]) -> None:
        """They come before runs that are only taken up again."""
        if run_ids:
            marks = ", ".join(["%s"] * len(run_ids))
            self._cursor.execute(
                f"UPDATE workflows_run SET admitted = TRUE, wake_at = -1 WHERE id IN ({marks})", run_ids
            )

    def _postpone(self, namespace_id: int) -> list[Change]:
        """Tell those that are left, once."""
        self._cursor.execute(
            "UPDATE workflows_run SET phase = 'Pending', message = %s, seq = seq + 1 WHERE id IN "
            f"(SELECT r.id {_QUEUE} AND r.phase = '' LIMIT %s) AND lease_owner = '' "
            "RETURNING uid, seq, (SELECT n.name FROM workflows_namespace n WHERE n.id = namespace_id)",
            [POSTPONED, namespace_id, _POSTPONE],
        )
        return [Change(name, uid, seq) for uid, seq, name in self._cursor.fetchall()]
