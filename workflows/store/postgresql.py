"""The store's statements for PostgreSQL: one round trip per kind of change, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflows.store.rows import NODE_COLUMNS, NODE_FIXED, RUN_COLUMNS, Row

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: Appended to a subquery that picks rows to claim: engines pass over what another is just claiming.
SKIP_LOCKED = "FOR UPDATE SKIP LOCKED"
#: Comparison of texts by code point whatever the collation, as indexes with pattern operators are ordered.
NOT_BEFORE, BEFORE = "~>=~", "~<~"

#: the advisory locks of those who grant locks and of those who admit runs
_LOCKS, _ADMISSION = 0x51C3_10C5, 0x51C3_AD11
_BIGINTS = frozenset({"id", "run_id", "seq", "started_at", "finished_at", "wake_at", "fence"})
_INTEGERS = frozenset({"idx", "attempt", "node_count"})


def _array(column: str) -> str:
    if column in _BIGINTS:
        return "%s::bigint[]"
    if column in _INTEGERS:
        return "%s::integer[]"
    return "%s::boolean[]" if column == "suspended" else "%s::text[]"


_NODE_CHANGES = ("id", *NODE_COLUMNS[NODE_FIXED:])
_RUN_CHANGES = (*RUN_COLUMNS, "wake_at", "id", "fence")

_COPY_NODES = f"COPY workflows_node ({', '.join(NODE_COLUMNS)}) FROM STDIN"
_UPDATE_NODES = (
    f"UPDATE workflows_node AS n SET {', '.join(f'{c} = u.{c}' for c in _NODE_CHANGES[1:])} "
    f"FROM unnest({', '.join(map(_array, _NODE_CHANGES))}) AS u ({', '.join(_NODE_CHANGES)}) "
    "WHERE n.id = u.id"
)
_UPDATE_RUNS = (
    f"UPDATE workflows_run AS r SET {', '.join(f'{c} = u.{c}' for c in _RUN_CHANGES[:-2])} "
    f"FROM unnest({', '.join(map(_array, _RUN_CHANGES))}) AS u ({', '.join(_RUN_CHANGES)}) "
    "WHERE r.id = u.id AND r.fence = u.fence RETURNING r.id"
)


def guard_locks(cursor: CursorWrapper) -> None:
    """Nobody else grants locks until the transaction ends. Taken before any row: nothing waits crosswise."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCKS])


def guard_admission(cursor: CursorWrapper) -> None:
    """Nobody else admits runs until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMISSION])


def insert_nodes(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    # Django translates the errors of execute, not those of copy.
    with cursor.db.wrap_database_errors, cursor.copy(_COPY_NODES) as copy:
        for row in rows:
            copy.write_row(row)


def update_nodes(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    changes = [(row[0], *row[NODE_FIXED:]) for row in rows]
    cursor.execute(_UPDATE_NODES, [list(column) for column in zip(*changes, strict=True)])


def update_runs(cursor: CursorWrapper, rows: Sequence[Row]) -> set[int]:
    """Rows are RUN_COLUMNS, wake_at, id, fence. Returns the ids whose fence was still the current one."""
    cursor.execute(_UPDATE_RUNS, [list(column) for column in zip(*rows, strict=True)])
    return {run_id for (run_id,) in cursor.fetchall()}


def analyze(cursor: CursorWrapper) -> None:
    """Tell the planner how large the tables are."""
    cursor.execute("ANALYZE workflows_node, workflows_run")
