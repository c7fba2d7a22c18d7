"""Chooses the statements for the database in use. All that differs between databases is behind this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from django.db import connection

from workflows.store import postgresql, sqlite
from workflows.store.rows import Row

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


class Dialect(Protocol):
    """What `sqlite` and `postgresql` both offer."""

    SKIP_LOCKED: str
    NOT_BEFORE: str
    BEFORE: str

    def guard_locks(self, cursor: CursorWrapper) -> None: ...

    def guard_admission(self, cursor: CursorWrapper) -> None: ...

    def insert_nodes(self, cursor: CursorWrapper, rows: Sequence[Row]) -> None: ...

    def update_nodes(self, cursor: CursorWrapper, rows: Sequence[Row]) -> None: ...

    def update_runs(self, cursor: CursorWrapper, rows: Sequence[Row]) -> set[int]: ...

    def analyze(self, cursor: CursorWrapper) -> None: ...


def current() -> Dialect:
    module = postgresql if connection.vendor == "postgresql" else sqlite
    return cast(Dialect, module)


def analyze() -> None:
    """Renew the planner's statistics; worth it once after a run of tens of thousands of nodes appeared."""
    with connection.cursor() as cursor:
        current().analyze(cursor)
