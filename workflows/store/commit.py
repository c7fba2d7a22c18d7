"""The one transaction in which decisions about many runs become true. The only writer of nodes.

A run whose lease was lost meanwhile (its fence is no longer the current one) is left out as a whole: neither
its nodes nor its signals are touched. Not for deciding what to write, see `driver`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, transaction

from workflows.engine.messages import Millis, Record
from workflows.engine.node import Node, Run
from workflows.store import dialect, locks
from workflows.store.records import write_records
from workflows.store.rows import node_row, run_row

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

T = TypeVar("T")

#: SQLite takes at most 32,766 parameters in one statement, older builds 999.
_IN_LIMIT = 900


@dataclass(slots=True)
class RunWrite:
    """All changes of one run. Rows are made from the live values when `commit` is called.

    created, updated  nodes by idx; one that stands in `created` need not stand in `updated`
    deleted           ids of nodes whose rows go, before the created ones are written
    records           what the decisions want written besides nodes
    signals           ids of the signal rows whose effect this write records
    wake_at           see `models.Run`
    release           give up the lease with this write
    labels_changed    the label index must be renewed
    gives_up_locks    the run has ended and its locks are free
    """

    run_id: int
    fence: int
    run: Run
    created: dict[int, Node] = field(default_factory=dict)
    updated: dict[int, Node] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    wake_at: Millis | None = None
    release: bool = False
    labels_changed: bool = False
    gives_up_locks: bool = False

    @property
    def transitions(self) -> int:
        return len(self.created) + len(self.updated) + len(self.deleted)


def commit(writes: Sequence[RunWrite], answers: locks.Answers | None = None) -> set[int]:
    """Write all or nothing, but for runs whose lease was lost: their ids are returned.

    What was decided about locks is added to `answers`.
    """
    if not writes:
        return set()
    answers = answers or locks.Answers()
    changes = [change for write in writes if (change := _lock_changes(write)) is not None]
    statements = dialect.current()
    run_rows = [(*run_row(w.run), w.wake_at, w.run_id, w.fence) for w in writes]
    with transaction.atomic(), connection.cursor() as cursor:
        granting = locks.Granting(cursor, answers.fence_of) if changes else None
        held = statements.update_runs(cursor, run_rows)
        ours = [w for w in writes if w.run_id in held]
        for write in ours:
            _delete_nodes(cursor, write)
        created = [node_row(w.run_id, node) for w in ours for node in w.created.values()]
        updated = [
            node_row(w.run_id, node) for w in ours for idx, node in w.updated.items() if idx not in w.created
        ]
        if created:
            statements.insert_nodes(cursor, created)
        if updated:
            statements.update_nodes(cursor, updated)
        write_records(cursor, [(w.run_id, record) for w in ours for record in w.records])
        if granting is not None:
            leaving = frozenset(w.run_id for w in ours if w.release)
            granting.settle([change for change in changes if change.run_id in held], leaving)
        _delete_signals(cursor, [signal for w in ours for signal in w.signals])
        for write in ours:
            if write.labels_changed:
                _renew_labels(cursor, write)
        _release(cursor, [w.run_id for w in ours if w.release])
    if granting is not None:
        answers.add(granting.answers)
    return {w.run_id for w in writes} - held


def _lock_changes(write: RunWrite) -> locks.LockChanges | None:
    if not (write.records or write.gives_up_locks):
        return None
    return locks.changes_of(write.run_id, write.run, write.records, everything=write.gives_up_locks)


def _delete_nodes(cursor: CursorWrapper, write: RunWrite) -> None:
    """Rows of deleted nodes go; what stays is that they went, for clients that hold an older graph."""
    for ids in _slices(write.deleted):
        marks = ", ".join(["%s"] * len(ids))
        cursor.execute(
            "INSERT INTO workflows_deletednode (run_id, idx, node_id, seq) "
            f"SELECT run_id, idx, node_id, %s FROM workflows_node WHERE run_id = %s AND node_id IN ({marks})",
            [write.run.seq, write.run_id, *ids],
        )
        cursor.execute(
            f"DELETE FROM workflows_node WHERE run_id = %s AND node_id IN ({marks})",
            [write.run_id, *ids],
        )


def _delete_signals(cursor: CursorWrapper, ids: Sequence[int]) -> None:
    for some in _slices(ids):
        cursor.execute(f"DELETE FROM workflows_signal WHERE id IN ({', '.join(['%s'] * len(some))})", some)


def _renew_labels(cursor: CursorWrapper, write: RunWrite) -> None:
    cursor.execute("DELETE FROM workflows_runlabel WHERE run_id = %s", [write.run_id])
    insert_labels(cursor, write.run_id, write.run)


def insert_labels(cursor: CursorWrapper, run_id: int, run: Run) -> None:
    cursor.executemany(
        "INSERT INTO workflows_runlabel (run_id, key, value, created_at) VALUES (%s, %s, %s, %s)",
        [(run_id, key[:317], value[:63], run.created_at) for key, value in run.labels.items()],
    )


def _release(cursor: CursorWrapper, run_ids: Sequence[int]) -> None:
    """A signal that came in the meantime wakes the run at once; see `signals.post` for the other half."""
    for ids in _slices(run_ids):
        marks = ", ".join(["%s"] * len(ids))
        cursor.execute(f"UPDATE workflows_run SET lease_owner = '' WHERE id IN ({marks})", ids)
        cursor.execute(
            f"UPDATE workflows_run SET wake_at = 0 WHERE id IN ({marks}) "
            "AND EXISTS (SELECT 1 FROM workflows_signal s WHERE s.run_id = workflows_run.id)",
            ids,
        )


def _slices(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _IN_LIMIT] for start in range(0, len(items), _IN_LIMIT))
