"""What is told of locks besides grants: news to those who wait, and a run's holdings in Argo's shape.

Nothing is decided here, see `locks`.
"""

from __future__ import annotations

from django.db import connection, transaction

from workflows.engine.messages import JsonObject, LockRef, LocksWaiting
from workflows.store import dialect
from workflows.store.lock_limits import read_limits
from workflows.store.locks import holder_names

#: locks and waiters of each that get news at once: those at the head of the queues
_LOCKS, _WAITERS = 100, 50
#: entries shown of one run
_SHOWN = 1000


def waiting_news() -> list[tuple[int, LocksWaiting]]:
    """How it stands for those at the heads of the queues, with the row id of their runs."""
    news: list[tuple[int, LocksWaiting]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.name, l.mutex, l.known_limit, (SELECT COUNT(*) FROM workflows_lockclaim h "
            "WHERE h.lock_id = l.id AND h.state = 'Held') FROM workflows_lock l WHERE l.id IN "
            "(SELECT c.lock_id FROM workflows_lockclaim c WHERE c.state = 'Queued') LIMIT %s",
            [_LOCKS],
        )
        found = cursor.fetchall()
        limits = read_limits([LockRef(name=name, mutex=bool(mutex)) for _, name, mutex, _, _ in found])
        for lock_id, name, mutex, known, used in found:
            ref = LockRef(name=name, mutex=bool(mutex))
            holders = holder_names(cursor, lock_id)
            cursor.execute(
                "SELECT run_id, node_id FROM workflows_lockclaim WHERE lock_id = %s AND state = 'Queued' "
                "ORDER BY priority DESC, run_created_at, run_id, node_idx LIMIT %s",
                [lock_id, _WAITERS],
            )
            news += (
                (
                    run_id,
                    LocksWaiting(
                        node_id=node_id,
                        lock=ref,
                        used=used,
                        limit=limits.get(ref, known),
                        holders=holders,
                        position=place,
                    ),
                )
                for place, (run_id, node_id) in enumerate(cursor.fetchall(), 1)
            )
    return news


def synchronization_of(run_id: int, run_key: str) -> JsonObject:
    """Argo's `status.synchronization` of a run, {} when it neither holds nor wants anything.

    `run_key` is NAMESPACE/RUN.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.name, l.mutex, c.state, c.node_id FROM workflows_lockclaim c "
            "JOIN workflows_lock l ON l.id = c.lock_id WHERE c.run_id = %s AND c.state <> 'Parked' "
            "ORDER BY c.id LIMIT %s",
            [run_id, _SHOWN],
        )
        rows = cursor.fetchall()
        holders = {
            lock_id: holder_names(cursor, lock_id) for lock_id, *_, state, _ in rows if state != "Held"
        }
    mutex: dict[str, list[JsonObject]] = {}
    semaphore: dict[str, dict[str, list[str]]] = {}
    for lock_id, name, is_mutex, state, node_id in rows:
        word = "holding" if state == "Held" else "waiting"
        names = ["/".join(filter(None, (run_key, node_id)))] if state == "Held" else holders[lock_id]
        if is_mutex:
            entry = {"mutex": name, "holder": names[0] if names else ""}
            entries = mutex.setdefault(word, [])
            if entry not in entries:
                entries.append(entry)
        else:
            kept = semaphore.setdefault(word, {}).setdefault(name, [])
            kept += [one for one in names if one not in kept]
    shown: JsonObject = {}
    if semaphore:
        shown["semaphore"] = {
            word: [{"semaphore": name, "holders": names} for name, names in found.items()]
            for word, found in semaphore.items()
        }
    if mutex:
        shown["mutex"] = mutex
    return shown


def forget_idle() -> None:
    """Locks that nobody holds or wants need no row; names made of parameters would pile up."""
    with transaction.atomic(), connection.cursor() as cursor:
        dialect.current().guard_locks(cursor)
        cursor.execute(
            "DELETE FROM workflows_lock WHERE NOT EXISTS "
            "(SELECT 1 FROM workflows_lockclaim c WHERE c.lock_id = workflows_lock.id)"
        )
