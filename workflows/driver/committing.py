"""One commit for many runs in which a single bad run cannot spoil the others."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import InterfaceError, OperationalError

from workflows.store.commit import RunWrite, commit
from workflows.store.locks import Answers


class Outcome:
    """`lost` are runs that another engine has taken over, `failed` runs whose rows no database accepts."""

    __slots__ = ("failed", "lost")

    def __init__(self) -> None:
        self.lost: set[int] = set()
        self.failed: dict[int, Exception] = {}

    @property
    def unwritten(self) -> set[int]:
        return self.lost | self.failed.keys()


def commit_all(writes: Sequence[RunWrite], answers: Answers | None = None) -> Outcome:
    """Commit together; if that cannot be, in halves, until what cannot be written stands alone.

    What was decided about locks is added to `answers`.

    Raises OperationalError or InterfaceError when the database is away or busy: nothing is known then.
    """
    outcome = Outcome()
    _commit(writes, outcome, answers or Answers())
    return outcome


def _commit(writes: Sequence[RunWrite], outcome: Outcome, answers: Answers) -> None:
    try:
        outcome.lost |= commit(writes, answers)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns the runs in this batch only
        if len(writes) == 1:
            outcome.failed[writes[0].run_id] = fault
            return
        middle = len(writes) // 2
        _commit(writes[:middle], outcome, answers)
        _commit(writes[middle:], outcome, answers)
