"""Who gets which lock: claims in, releases out, grants to whose turn it is, all in the commit's transaction.

A claim is granted as a whole or not at all. It waits in the queue of one lock, the first that it could not
get; a claim whose turn comes there while another of its locks is taken moves to the queue of that one, so
that those behind it pass. After MISSED such moves it stays in all its queues and what becomes free is kept
for it: it cannot starve. Queues are ordered by priority, age of the run and place of the node, the same in
all locks, so two claims never keep things for each other in a circle.

Only one transaction grants at a time (`dialect.guard_locks`). Not for what follows from a grant: see
`engine.locks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, transaction

from workflows.engine.messages import (
    RUN_IDX,
    AcquireLocks,
    Fact,
    LockRef,
    LocksGranted,
    LocksRefused,
    LocksWaiting,
    Millis,
    Record,
    ReleaseLocks,
)
from workflows.engine.node import Run
from workflows.store import clock, dialect, signals
from workflows.store.lock_limits import read_limits
from workflows.store.rows import node_key

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: turns a claim may miss before what it waits for is kept for it
MISSED = 3
#: holders named, and places in the queue told, to those who wait
_HOLDERS, _PLACES = 5, 1000
_IN_LIMIT = 900

#: the fence under which this process holds a run, None when it does not
FenceOf = Callable[[int], int | None]


@dataclass(slots=True)
class LockChanges:
    """What one commit changes about the locks of one run: releases first, then claims by the idx of the node.

    everything   the run has ended: whatever it holds or waits for is given up
    """

    run_id: int
    run: Run
    releases: list[int] = field(default_factory=list)
    claims: dict[int, AcquireLocks] = field(default_factory=dict)
    everything: bool = False


def changes_of(run_id: int, run: Run, records: Iterable[Record], *, everything: bool) -> LockChanges | None:
    """None when nothing changes."""
    changes = LockChanges(run_id, run, everything=everything)
    for record in records:
        if isinstance(record, AcquireLocks):
            changes.claims[record.node_idx] = record
        elif isinstance(record, ReleaseLocks):
            changes.claims.pop(record.node_idx, None)
            changes.releases.append(record.node_idx)
    return changes if everything or changes.claims or changes.releases else None


@dataclass(slots=True)
class Answers:
    """What transactions decided. `facts` are for runs that this process holds, by row id; `woken` are uids of
    runs that got a signal instead.
    """

    fence_of: FenceOf = lambda _: None
    facts: dict[int, list[Fact]] = field(default_factory=dict)
    woken: list[str] = field(default_factory=list)

    def add(self, other: Answers) -> None:
        for run_id, facts in other.facts.items():
            self.facts.setdefault(run_id, []).extend(facts)
        self.woken += other.woken

    def tell(self, run_id: int, fact: Fact) -> None:
        self.facts.setdefault(run_id, []).append(fact)


@dataclass(slots=True)
class _Lock:
    id: int
    ref: LockRef
    limit: int
    used: int

    @property
    def free(self) -> int:
        return self.limit - self.used


@dataclass(frozen=True, slots=True)
class _Waiter:
    """One queued row."""

    claim: int
    run_id: int
    node_id: str
    priority: int
    run_created_at: Millis
    node_idx: int
    missed: int


def claim_key(run_id: int, node_idx: int) -> int:
    """The value of `LockClaim.claim`."""
    return -run_id if node_idx == RUN_IDX else node_key(run_id, node_idx)


#: a claim, and what else its run changes
_Asked = tuple[LockChanges, AcquireLocks]


class Granting:
    """The locks' part of one transaction. Make it before any row of a run is locked."""

    def __init__(self, cursor: CursorWrapper, fence_of: FenceOf) -> None:
        self.answers = Answers()
        self._cursor = cursor
        self._fence_of = fence_of
        self._now = clock.now()
        self._locks: dict[int, _Lock] = {}
        self._granted: list[_Waiter] = []
        dialect.current().guard_locks(cursor)

    def settle(self, changes: Sequence[LockChanges], leaving: frozenset[int]) -> None:
        """Take in what changes for each run and grant what became possible.

        `leaving` are runs that this process gives up with this transaction.
        """
        touched = self._release(changes)
        asked = self._claim(changes, touched)
        self.grant(touched)
        self._answer(asked)
        self._tell_granted(leaving)

    def look_again(self, lock_ids: Iterable[int]) -> None:
        """Grant what a new limit allows."""
        self.grant(set(lock_ids))
        self._tell_granted(frozenset())

    # --- giving up and asking ------------------------------------------------------------------------

    def _release(self, changes: Sequence[LockChanges]) -> set[int]:
        keys = [claim_key(change.run_id, idx) for change in changes for idx in change.releases]
        touched = self._delete("claim", keys)
        return touched | self._delete("run_id", [change.run_id for change in changes if change.everything])

    def _delete(self, column: str, values: Sequence[int]) -> set[int]:
        touched: set[int] = set()
        for some in _slices(values):
            self._cursor.execute(
                f"DELETE FROM workflows_lockclaim WHERE {column} IN ({_marks(some)}) RETURNING lock_id", some
            )
            touched.update(lock_id for (lock_id,) in self._cursor.fetchall())
        return touched

    def _claim(self, changes: Sequence[LockChanges], touched: set[int]) -> dict[int, _Asked]:
        """Write down new claims; returns all that were asked for and may be had, by their keys."""
        asked = {
            claim_key(change.run_id, claim.node_idx): (change, claim)
            for change in changes
            if not change.everything
            for claim in change.claims.values()
        }
        if not asked:
            return {}
        known = self._known(list(asked))
        ids = self._lock_ids({ref for _, claim in asked.values() for ref in claim.locks})
        self._load(ids.values())
        rows: list[tuple[int | str, ...]] = []
        for key, (change, claim) in list(asked.items()):
            if key in known:
                continue
            refusal = self._refusal([self._locks[ids[ref]] for ref in claim.locks])
            if refusal:
                self.answers.tell(change.run_id, LocksRefused(node_id=claim.node_id, message=refusal))
                del asked[key]
                continue
            rows += self._rows(key, change, claim, ids)
            touched.add(ids[claim.locks[0]])
        self._cursor.executemany(_INSERT, rows)
        return asked

    def _known(self, keys: Sequence[int]) -> set[int]:
        """Claims that stand in the table already, because they were asked for before a restart."""
        known: set[int] = set()
        for some in _slices(keys):
            self._cursor.execute(
                f"SELECT claim FROM workflows_lockclaim WHERE claim IN ({_marks(some)})", some
            )
            known.update(key for (key,) in self._cursor.fetchall())
        return known

    def _refusal(self, locks: Sequence[_Lock]) -> str:
        for lock in locks:
            if lock.limit <= 0 and lock.used == 0 and not self._ever_known(lock):
                return f"failed to initialize semaphore {lock.ref.name} with limit"
        return ""

    def _ever_known(self, lock: _Lock) -> bool:
        self._cursor.execute("SELECT known_limit FROM workflows_lock WHERE id = %s", [lock.id])
        row = self._cursor.fetchone()
        return row is not None and row[0] > 0

    def _rows(
        self, key: int, change: LockChanges, claim: AcquireLocks, ids: dict[LockRef, int]
    ) -> Iterable[tuple[int | str, ...]]:
        for place, ref in enumerate(claim.locks):
            state = "Parked" if place else "Queued"
            yield (
                ids[ref], change.run_id, key, claim.node_idx, claim.node_id, place, state, claim.priority,
                change.run.created_at, 0, self._now,
            )  # fmt: skip

    # --- locks ---------------------------------------------------------------------------------------

    def _lock_ids(self, refs: set[LockRef]) -> dict[LockRef, int]:
        ordered = sorted(refs, key=lambda ref: (ref.name, ref.mutex))
        self._cursor.executemany(
            "INSERT INTO workflows_lock (name, mutex, known_limit) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
            [(ref.name, ref.mutex) for ref in ordered],
        )
        ids: dict[LockRef, int] = {}
        for some in _slices(ordered):
            names = [ref.name for ref in some]
            self._cursor.execute(
                f"SELECT id, name, mutex FROM workflows_lock WHERE name IN ({_marks(names)})", names
            )
            ids |= {
                LockRef(name=name, mutex=bool(mutex)): id_ for id_, name, mutex in self._cursor.fetchall()
            }
        return ids

    def _load(self, lock_ids: Iterable[int]) -> None:
        """Limits and holders of locks that are not in memory yet; a new limit is noted."""
        wanted = sorted(set(lock_ids) - self._locks.keys())
        for some in _slices(wanted):
            marks = _marks(some)
            self._cursor.execute(
                "SELECT l.id, l.name, l.mutex, l.known_limit, (SELECT COUNT(*) FROM workflows_lockclaim c "
                f"WHERE c.lock_id = l.id AND c.state = 'Held') FROM workflows_lock l WHERE l.id IN ({marks})",
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
                self._locks[id_] = _Lock(id_, ref, known if limit is None else limit, used)

    # --- granting ------------------------------------------------------------------------------------

    def grant(self, lock_ids: Iterable[int]) -> None:
        """Give what is free to whose turn it is."""
        self._load(lock_ids)
        open_ids = sorted(lock_ids)
        while open_ids:
            self._grant_one(self._locks[open_ids.pop()], open_ids)

    def _grant_one(self, lock: _Lock, open_ids: list[int]) -> None:
        kept_for: set[int] = set()
        while lock.free > len(kept_for):
            waiters = [w for w in self._queue(lock, lock.free) if w.claim not in kept_for]
            if not waiters:
                return
            others = self._others(lock, waiters)
            held: list[_Waiter] = []
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

    def _queue(self, lock: _Lock, most: int) -> list[_Waiter]:
        self._cursor.execute(
            "SELECT claim, run_id, node_id, priority, run_created_at, node_idx, missed "
            "FROM workflows_lockclaim WHERE lock_id = %s AND state = 'Queued' "
            "ORDER BY priority DESC, run_created_at, run_id, node_idx LIMIT %s",
            [lock.id, min(most, _PLACES)],
        )
        return [_Waiter(*row) for row in self._cursor.fetchall()]

    def _others(self, lock: _Lock, waiters: Sequence[_Waiter]) -> dict[int, list[_Lock]]:
        """The other locks that each claim wants, in its own order; claims of a single lock are missing."""
        found: dict[int, list[int]] = {}
        for some in _slices([waiter.claim for waiter in waiters]):
            self._cursor.execute(
                f"SELECT claim, lock_id FROM workflows_lockclaim WHERE claim IN ({_marks(some)}) "
                "AND lock_id <> %s ORDER BY claim, place",
                [*some, lock.id],
            )
            for claim, lock_id in self._cursor.fetchall():
                found.setdefault(claim, []).append(lock_id)
        self._load({lock_id for ids in found.values() for lock_id in ids})
        return {claim: [self._locks[lock_id] for lock_id in ids] for claim, ids in found.items()}

    def _blocked_by(self, waiter: _Waiter, locks: Iterable[_Lock]) -> _Lock | None:
        """The first lock without a free place for the claim."""
        for lock in locks:
            if lock.free <= 0 or lock.free <= self._kept_before(waiter, lock):
                return lock
        return None

    def _kept_before(self, waiter: _Waiter, lock: _Lock) -> int:
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

    def _move(self, waiter: _Waiter, lock: _Lock, blocked: _Lock) -> None:
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

    def _hold(self, waiters: Sequence[_Waiter]) -> None:
        for some in _slices([waiter.claim for waiter in waiters]):
            self._cursor.execute(
                f"UPDATE workflows_lockclaim SET state = 'Held', since = %s WHERE claim IN ({_marks(some)})",
                [self._now, *some],
            )
        self._granted += waiters

    # --- answers -------------------------------------------------------------------------------------

    def _answer(self, asked: dict[int, _Asked]) -> None:
        """Tell those who asked and did not get how it stands, and those who had it before that they do."""
        granted = {waiter.claim for waiter in self._granted}
        waiting: dict[int, list[int]] = {}
        for some in _slices([key for key in asked if key not in granted]):
            self._cursor.execute(
                f"SELECT claim, lock_id, state FROM workflows_lockclaim WHERE claim IN ({_marks(some)}) "
                "AND state <> 'Parked' ORDER BY claim, place DESC",
                some,
            )
            states = {key: (lock_id, state) for key, lock_id, state in self._cursor.fetchall()}
            for key, (lock_id, state) in states.items():
                if state == "Held":
                    change, claim = asked[key]
                    self.answers.tell(change.run_id, LocksGranted(node_id=claim.node_id))
                else:
                    waiting.setdefault(lock_id, []).append(key)
        for lock_id, keys in waiting.items():
            self._tell_waiting(lock_id, {key: asked[key] for key in keys})

    def _tell_waiting(self, lock_id: int, asked: dict[int, _Asked]) -> None:
        self._load([lock_id])
        lock = self._locks[lock_id]
        holders = holder_names(self._cursor, lock_id)
        places = {waiter.claim: place for place, waiter in enumerate(self._queue(lock, _PLACES), 1)}
        for key, (change, claim) in asked.items():
            self.answers.tell(
                change.run_id,
                LocksWaiting(
                    node_id=claim.node_id,
                    lock=lock.ref,
                    used=lock.used,
                    limit=lock.limit,
                    holders=holders,
                    position=places.get(key),
                ),
            )

    def _tell_granted(self, leaving: frozenset[int]) -> None:
        """Facts for runs that this process holds, signals for all others."""
        by_run: dict[int, list[Fact]] = {}
        for waiter in self._granted:
            by_run.setdefault(waiter.run_id, []).append(LocksGranted(node_id=waiter.node_id))
        for some in _slices(list(by_run)):
            self._cursor.execute(
                f"SELECT id, uid, fence, lease_owner FROM workflows_run WHERE id IN ({_marks(some)})", some
            )
            for run_id, uid, fence, owner in self._cursor.fetchall():
                ours = owner and self._fence_of(run_id) == fence and run_id not in leaving
                if ours:
                    self.answers.facts.setdefault(run_id, []).extend(by_run[run_id])
                else:
                    signals.post(run_id, by_run[run_id], now=self._now)
                    self.answers.woken.append(uid)


_COLUMNS = (
    "lock_id", "run_id", "claim", "node_idx", "node_id", "place", "state", "priority", "run_created_at",
    "missed", "since",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO workflows_lockclaim ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
)


def holder_names(cursor: CursorWrapper, lock_id: int) -> list[str]:
    """Argo's holder keys, NAMESPACE/RUN or NAMESPACE/RUN/NODE, of a few who hold the lock."""
    cursor.execute(
        "SELECT s.name, r.name, c.node_id FROM workflows_lockclaim c JOIN workflows_run r ON r.id = c.run_id "
        "JOIN workflows_namespace s ON s.id = r.namespace_id "
        "WHERE c.lock_id = %s AND c.state = 'Held' ORDER BY c.since LIMIT %s",
        [lock_id, _HOLDERS],
    )
    return ["/".join(filter(None, row)) for row in cursor.fetchall()]


def claims_of(run_id: int) -> list[int]:
    """The idx of each node of the run that holds locks or waits for them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT node_idx FROM workflows_lockclaim WHERE run_id = %s", [run_id])
        return [idx for (idx,) in cursor.fetchall()]


def grant_more(fence_of: FenceOf) -> Answers:
    """Grant what is free although somebody waits: a limit was raised, or a run was deleted.

    Cheap when there is nothing to do. `Answers.woken` are to be told of it after the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT lock_id FROM workflows_lockclaim WHERE state = 'Queued'")
        waited_for = [lock_id for (lock_id,) in cursor.fetchall()]
    if not waited_for:
        return Answers()
    with transaction.atomic(), connection.cursor() as cursor:
        granting = Granting(cursor, fence_of)
        granting.look_again(waited_for)
    return granting.answers


T = TypeVar("T")


def _slices(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _IN_LIMIT] for start in range(0, len(items), _IN_LIMIT))


def _marks(items: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(items))
