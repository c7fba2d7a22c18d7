"""Who gets which lock: claims in, releases out, grants to whose turn it is, all in the commit's transaction.

A claim is granted as a whole or not at all. Only one transaction grants at a time (`dialect.guard_locks`).
Not for what follows from a grant, see `engine.locks`; nor for whose turn it is, see `lock_queues`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

from workflows.engine.messages import (
    RUN_IDX,
    AcquireLocks,
    Fact,
    LockRef,
    LocksGranted,
    LocksRefused,
    LocksWaiting,
    Record,
    ReleaseLocks,
)
from workflows.engine.node import Run
from workflows.store import clock, dialect, signals
from workflows.store.lock_queues import MOST, Lock, Queues, marks, slices
from workflows.store.rows import node_key

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: holders named to those who wait
_HOLDERS = 5

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
        dialect.current().guard_locks(cursor)
        self._queues = Queues(cursor, self._now)

    def settle(self, changes: Sequence[LockChanges], leaving: frozenset[int]) -> None:
        """Take in what changes for each run and grant what became possible.

        `leaving` are runs that this process gives up with this transaction.
        """
        touched = self._release(changes)
        asked = self._claim(changes, touched)
        self._queues.grant(touched)
        self._answer(asked)
        self._tell_granted(leaving)

    def look_again(self, lock_ids: Iterable[int]) -> None:
        """Grant what a new limit allows."""
        self._queues.grant(set(lock_ids))
        self._tell_granted(frozenset())

    # --- giving up and asking ------------------------------------------------------------------------

    def _release(self, changes: Sequence[LockChanges]) -> set[int]:
        keys = [claim_key(change.run_id, idx) for change in changes for idx in change.releases]
        touched = self._delete("claim", keys)
        return touched | self._delete("run_id", [change.run_id for change in changes if change.everything])

    def _delete(self, column: str, values: Sequence[int]) -> set[int]:
        touched: set[int] = set()
        for some in slices(values):
            self._cursor.execute(
                f"DELETE FROM workflows_lockclaim WHERE {column} IN ({marks(some)}) RETURNING lock_id", some
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
        ids = self._queues.lock_ids({ref for _, claim in asked.values() for ref in claim.locks})
        locks = self._queues.locks(ids.values())
        rows: list[tuple[int | str, ...]] = []
        for key, (change, claim) in list(asked.items()):
            if key in known:
                continue
            refusal = _refusal([locks[ids[ref]] for ref in claim.locks])
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
        for some in slices(keys):
            self._cursor.execute(
                f"SELECT claim FROM workflows_lockclaim WHERE claim IN ({marks(some)})", some
            )
            known.update(key for (key,) in self._cursor.fetchall())
        return known

    def _rows(
        self, key: int, change: LockChanges, claim: AcquireLocks, ids: dict[LockRef, int]
    ) -> Iterable[tuple[int | str, ...]]:
        for place, ref in enumerate(claim.locks):
            state = "Parked" if place else "Queued"
            yield (
                ids[ref], change.run_id, key, claim.node_idx, claim.node_id, place, state, claim.priority,
                change.run.created_at, 0, self._now,
            )  # fmt: skip

    # --- answers -------------------------------------------------------------------------------------

    def _answer(self, asked: dict[int, _Asked]) -> None:
        """Tell those who asked and did not get how it stands, and those who had it before that they do."""
        granted = {waiter.claim for waiter in self._queues.granted}
        waiting: dict[int, list[int]] = {}
        for some in slices([key for key in asked if key not in granted]):
            self._cursor.execute(
                f"SELECT claim, lock_id, state FROM workflows_lockclaim WHERE claim IN ({marks(some)}) "
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
        lock = self._queues.locks([lock_id])[lock_id]
        holders = holder_names(self._cursor, lock_id)
        places = {waiter.claim: place for place, waiter in enumerate(self._queues.queue(lock, MOST), 1)}
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
        for waiter in self._queues.granted:
            by_run.setdefault(waiter.run_id, []).append(LocksGranted(node_id=waiter.node_id))
        for some in slices(list(by_run)):
            self._cursor.execute(
                f"SELECT id, uid, fence, lease_owner FROM workflows_run WHERE id IN ({marks(some)})", some
            )
            for run_id, uid, fence, owner in self._cursor.fetchall():
                ours = owner and self._fence_of(run_id) == fence and run_id not in leaving
                if ours:
                    self.answers.facts.setdefault(run_id, []).extend(by_run[run_id])
                else:
                    signals.post(run_id, by_run[run_id], now=self._now)
                    self.answers.woken.append(uid)


def _refusal(locks: Sequence[Lock]) -> str:
    """Why a claim of these locks can never be granted, in Argo's words."""
    for lock in locks:
        if lock.limit <= 0 and not lock.used and not lock.known_limit:
            return f"failed to initialize semaphore {lock.ref.name} with limit"
    return ""


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
