"""Locks with who holds them and who waits, for people to see. Nothing is decided here, see `locks`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from workflows.engine.messages import LockRef, Millis
from workflows.store.lock_limits import read_limits


@dataclass(frozen=True, slots=True)
class LockSummary:
    """`limit` is None when there is none to be read now; then the last known one counts."""

    id: int
    ref: LockRef
    limit: int | None
    used: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One holder or waiter; `node_id` and `node_name` are "" for a run as a whole. `position` counts from 1,
    None for holders and for who waits in the queue of another lock first.
    """

    run_uid: str
    run_name: str
    namespace: str
    node_id: str
    node_name: str
    priority: int
    since: Millis
    position: int | None


_SUMMARY = (
    "SELECT l.id, l.name, l.mutex, "
    "(SELECT COUNT(*) FROM workflows_lockclaim c WHERE c.lock_id = l.id AND c.state = 'Held'), "
    "(SELECT COUNT(*) FROM workflows_lockclaim c WHERE c.lock_id = l.id AND c.state <> 'Held') "
    "FROM workflows_lock l WHERE l.name LIKE %s AND l.name > %s"
)
_CLAIMS = (
    "SELECT r.uid, r.name, s.name, c.node_id, n.display_name, c.priority, c.since "
    "FROM workflows_lockclaim c JOIN workflows_run r ON r.id = c.run_id "
    "JOIN workflows_namespace s ON s.id = r.namespace_id "
    "LEFT JOIN workflows_node n ON n.id = c.claim "
)


def list_locks(namespace: str, *, after: str, limit: int, in_use: bool) -> list[LockSummary]:
    """Locks of a namespace by name, beginning after the name `after`; `in_use` leaves out idle ones."""
    use = " AND EXISTS (SELECT 1 FROM workflows_lockclaim c WHERE c.lock_id = l.id)" if in_use else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SUMMARY}{use} ORDER BY l.name, l.mutex LIMIT %s", [f"{namespace}/%", after, limit])
        return _summaries(cursor.fetchall())


def holders(lock_id: int, *, limit: int) -> list[ClaimRecord]:
    """Who holds it longest comes first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_CLAIMS} WHERE c.lock_id = %s AND c.state = 'Held' ORDER BY c.since, c.id LIMIT %s",
            [lock_id, limit],
        )
        return [_claim(row, None) for row in cursor.fetchall()]


def waiters(lock_id: int, *, limit: int) -> list[ClaimRecord]:
    """In the order of the queue, then those who stand in the queue of another lock first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_CLAIMS} WHERE c.lock_id = %s AND c.state = 'Queued' "
            "ORDER BY c.priority DESC, c.run_created_at, c.run_id, c.node_idx LIMIT %s",
            [lock_id, limit],
        )
        found = [_claim(row, place) for place, row in enumerate(cursor.fetchall(), 1)]
        if len(found) < limit:
            cursor.execute(
                f"{_CLAIMS} WHERE c.lock_id = %s AND c.state = 'Parked' ORDER BY c.id LIMIT %s",
                [lock_id, limit - len(found)],
            )
            found += [_claim(row, None) for row in cursor.fetchall()]
    return found


def _summaries(rows: Sequence[tuple[int, str, bool, int, int]]) -> list[LockSummary]:
    refs = {id_: LockRef(name=name, mutex=bool(mutex)) for id_, name, mutex, _, _ in rows}
    limits = read_limits(list(refs.values()))
    return [
        LockSummary(id=id_, ref=refs[id_], limit=limits.get(refs[id_]), used=used, waiting=waiting)
        for id_, _, _, used, waiting in rows
    ]


def _claim(row: Sequence[object], position: int | None) -> ClaimRecord:
    uid, run_name, namespace, node_id, node_name, priority, since = row
    return ClaimRecord(
        run_uid=str(uid),
        run_name=str(run_name),
        namespace=str(namespace),
        node_id=str(node_id),
        node_name=str(node_name or ""),
        priority=int(str(priority)),
        since=int(str(since)),
        position=position,
    )
