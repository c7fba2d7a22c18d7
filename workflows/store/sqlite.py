"""The store's statements for SQLite: prepared once per batch, run row by row in C."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflows.store.rows import NODE_COLUMNS, NODE_FIXED, RUN_COLUMNS, Row

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: Appended to a subquery that picks rows to claim: SQLite has one writer, so nothing needs locking.
SKIP_LOCKED = ""
#: Comparison of texts by code point, as indexes on names are ordered.
NOT_BEFORE, BEFORE = ">=", "<"

_INSERT_NODE = (
    f"INSERT INTO workflows_node ({', '.join(NODE_COLUMNS)}) VALUES ({', '.join(['%s'] * len(NODE_COLUMNS))})"
)
_UPDATE_NODE = (
    f"UPDATE workflows_node SET {', '.join(f'{c} = %s' for c in NODE_COLUMNS[NODE_FIXED:])} WHERE id = %s"
)
_UPDATE_RUN = (
    f"UPDATE workflows_run SET {', '.join(f'{c} = %s' for c in RUN_COLUMNS)}, wake_at = %s "
    "WHERE id = %s AND fence = %s"
)


def guard_locks(cursor: CursorWrapper) -> None:
    """Nobody else grants locks until the transaction ends: SQLite has one writer."""


def guard_admission(cursor: CursorWrapper) -> None:
    """Nobody else admits runs until the transaction ends."""


def insert_nodes(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    cursor.executemany(_INSERT_NODE, rows)


def update_nodes(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    cursor.executemany(_UPDATE_NODE, [(*row[NODE_FIXED:], row[0]) for row in rows])


def update_runs(cursor: CursorWrapper, rows: Sequence[Row]) -> set[int]:
    """Rows are RUN_COLUMNS, wake_at, id, fence. Returns the ids whose fence was still the current one."""
    written: set[int] = set()
    for row in rows:
        cursor.execute(_UPDATE_RUN, row)
        if cursor.rowcount:
            written.add(row[-2])
    return written


def analyze(cursor: CursorWrapper) -> None:
    """Tell the planner how large the tables are, looking at no more than a sample."""
    cursor.execute("PRAGMA analysis_limit = 400")
    cursor.execute("ANALYZE")
