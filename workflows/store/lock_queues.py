"""The queues of locks: who waits in which, and to whom what is free is given.

A claim stands in the queue of one lock, the first that it could not get; a claim whose turn comes there while
another of its locks is taken moves to the queue of that one, so that those behind it pass. After MISSED such
moves it stands in all its queues and what becomes free is kept for it: it cannot starve. All queues have one
order, so two claims never keep things for each other in a circle. Not for claims and answers, see `locks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from workflows.engine.messages import LockRef, Millis
from workflows.store.lock_limits import read_limits

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

T = TypeVar("T")

#: turns a claim may miss before what it waits for is kept for it
MISSED = 3
#: waiters of one queue looked at in one go
MOST = 1000
_IN_LIMIT = 900


@dataclass(slots=True)
class Lock:
    """`known_limit` is the last one above zero before now, 0 when there was none."""

    id: int
    ref: LockRef
    limit: int
    used: int
    known_limit: int

    @property
    def free(self) -> int:
        return self.limit - self.used


@dataclass(frozen=True, slots=True)
class Waiter:
    """One queued row."""

    claim: int
    run_id: int
    node_id: str
    priority: int
    run_created_at: Millis
    node_idx: int
    missed: int


class Queues:
    """Locks as one transaction sees them. `granted` are the claims it has given their locks, in order."""

    def __init__(self, cursor: CursorWrapper, now: Millis) -> None:
        self.granted: list[Waiter] = []
        self._cursor = cursor
        self._now = now
        self._locks: dict[int, Lock] = {}

    def lock_ids(self, refs: set[LockRef]) -> dict[LockRef, int]:
        """Row ids; locks that nobody asked for before get a row."""
        ordered = sorted(refs, key=lambda ref: (ref.name, ref.mutex))
        self._cursor.executemany(
            "INSERT INTO workflows_lock (name, mutex, known_limit) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
            [(ref.name, ref.mutex) for ref in ordered],
        )
        ids: dict[LockRef, int] = {}
        for some in slices(ordered):
            names = [ref.name for ref in some]
            self._cursor.execute(
                f"SELECT id, name, mutex FROM workflows_lock WHERE name IN ({marks(names)})", names
            )
            ids |= {
                LockRef(name=name, mutex=bool(mutex)): id_ for id_, name, mutex in self._cursor.fetchall()
            }
        return ids

    def locks(self, lock_ids: Iterable[int]) -> dict[int, Lock]:
        """Locks by id, read when asked for the first time."""
        wanted = set(lock_ids)
        self._load(wanted - self._locks.keys())
        return {lock_id: self._locks[lock_id] for lock_id in wanted}

    def _load(self, lock_ids: Iterable[int]) -> None:
        """Limits and holders; a new limit is noted."""
        for some in slices(sorted(lock_ids)):
            self._cursor.execute(
                "SELECT l.id, l.name, l.mutex, l.known_limit, (SELECT COUNT(*) FROM workflows_lockclaim c "
                "WHERE c.lock_id = l.id AND c.state = 'Held') FROM workflows_lock l "
                f"WHERE l.id IN ({marks(some)})",
                some,
            )
            found = self._cursor.fetchall()
            limits = read_limits([LockRef(name=name, mutex=bool(mutex)) for _, name, mutex, _, _ in found])
            for id_, name, mutex, known, used in found:
                ref = LockRef(name=name, mutex=bool(mutex))
                limit = limits.get(ref)
                if limit and limit != known:
                    self._cursor.execute(
                        "UPDATE workflows_lock SET known_limit = %s WHERE id = %s", [limit, id_]
                    )
                self._locks[id_] = Lock(id_, ref, known if limit is None else limit, used, known)

    def grant(self, lock_ids: Iterable[int]) -> None:
        """Give what is free to whose turn it is."""
        for _, lock in sorted(self.locks(lock_ids).items()):
            self._grant_one(lock)

    def _grant_one(self, lock: Lock) -> None:
        kept_for: set[int] = set()
        while lock.free > len(kept_for):
            waiters = [w for w in self.queue(lock, lock.free) if w.claim not in kept_for]
            if not waiters:
                return
            others = self._others(lock, waiters)
            held: list[Waiter] = []
            for waiter in waiters:
                if lock.free <= len(kept_for):
                    break
                rest = others.get(waiter.claim, ())
                blocked = self._blocked_by(waiter, rest)
                if blocked is None:
                    for one in (lock, *rest):
                        one.used += 1
                    held.append(waiter)
                elif waiter.missed >= MISSED:
                    kept_for.add(waiter.claim)
                else:
                    self._move(waiter, lock, blocked)
            self._hold(held)

    def queue(self, lock: Lock, most: int) -> list[Waiter]:
        """Whose turn it is, the first ones."""
        self._cursor.execute(
            "SELECT claim, run_id, node_id, priority, run_created_at, node_idx, missed "
            "FROM workflows_lockclaim WHERE lock_id = %s AND state = 'Queued' "
            "ORDER BY priority DESC, run_created_at, run_id, node_idx LIMIT %s",
            [lock.id, min(most, MOST)],
        )
        return [Waiter(*row) for row in self._cursor.fetchall()]

    def _others(self, lock: Lock, waiters: Sequence[Waiter]) -> dict[int, list[Lock]]:
        """The other locks that each claim wants, in its own order; claims of a single lock are missing."""
        found: dict[int, list[int]] = {}
        for some in slices([waiter.claim for waiter in waiters]):
            self._cursor.execute(
                f"SELECT claim, lock_id FROM workflows_lockclaim WHERE claim IN ({marks(some)}) "
                "AND lock_id <> %s ORDER BY claim, place",
                [*some, lock.id],
            )
            for claim, lock_id in self._cursor.fetchall():
                found.setdefault(claim, []).append(lock_id)
        locks = self.locks({lock_id for ids in found.values() for lock_id in ids})
        return {claim: [locks[lock_id] for lock_id in ids] for claim, ids in found.items()}

    def _blocked_by(self, waiter: Waiter, locks: Iterable[Lock]) -> Lock | None:
        """The first lock without a free place for the claim."""
        for lock in locks:
            if lock.free <= 0 or lock.free <= self._kept_before(waiter, lock):
                return lock
        return None

    def _kept_before(self, waiter: Waiter, lock: Lock) -> int:
        """How many places of the lock are kept for claims that come before this one."""
        self._cursor.execute(
            "SELECT COUNT(*) FROM workflows_lockclaim WHERE lock_id = %s AND state = 'Queued' "
            "AND missed >= %s AND (priority > %s OR (priority = %s AND "
            "(run_created_at, run_id, node_idx) < (%s, %s, %s)))",
            [
                lock.id, MISSED, waiter.priority, waiter.priority, waiter.run_created_at, waiter.run_id,
                waiter.node_idx,
            ],
        )  # fmt: skip
        return int(self._cursor.fetchone()[0])

    def _move(self, waiter: Waiter, lock: Lock, blocked: Lock) -> None:
        """To the queue of the lock that stands in the way; for the last time, to the queues of all."""
        if waiter.missed + 1 >= MISSED:
            self._cursor.execute(
                "UPDATE workflows_lockclaim SET missed = missed + 1, state = 'Queued' WHERE claim = %s",
                [waiter.claim],
            )
            return
        self._cursor.execute(
            "UPDATE workflows_lockclaim SET missed = missed + 1, "
            "state = CASE WHEN lock_id = %s THEN 'Queued' ELSE 'Parked' END WHERE claim = %s",
            [blocked.id, waiter.claim],
        )

    def _hold(self, waiters: Sequence[Waiter]) -> None:
        for some in slices([waiter.claim for waiter in waiters]):
            self._cursor.execute(
                f"UPDATE workflows_lockclaim SET state = 'Held', since = %s WHERE claim IN ({marks(some)})",
                [self._now, *some],
            )
        self.granted += waiters


def slices(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _IN_LIMIT] for start in range(0, len(items), _IN_LIMIT))


def marks(items: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(items))
