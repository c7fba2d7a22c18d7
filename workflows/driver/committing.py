"""One commit for many runs in which a single bad run cannot spoil the others."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import InterfaceError, OperationalError

from workflows.store.commit import RunWrite, commit


class Outcome:
    """`lost` are runs that another engine has taken over, `failed` runs whose rows no database accepts."""

    __slots__ = ("failed", "lost")

    def __init__(self) -> None:
        self.lost: set[int] = set()
        self.failed: dict[int, Exception] = {}

    @property
    def unwritten(self) -> set[int]:
        return self.lost | self.failed.keys()


def commit_all(writes: Sequence[RunWrite]) -> Outcome:
    """Commit together; if that cannot be, in halves, until what cannot be written stands alone.

    Raises OperationalError or InterfaceError when the database is away or busy: nothing is known then.
    """
    outcome = Outcome()
    _commit(writes, outcome)
    return outcome


def _commit(writes: Sequence[RunWrite], outcome: Outcome) -> None:
    try:
        outcome.lost |= commit(writes)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns the runs in this batch only
        if len(writes) == 1:
            outcome.failed[writes[0].run_id] = fault
            return
        middle = len(writes) // 2
        _commit(writes[:middle], outcome)
        _commit(writes[middle:], outcome)
