"""Tells what became of attempts until it is heard, and notes that ends have been.

Not for what is told, see `flight`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from workflows.engine.messages import Fact, NodeFinished
from workflows.executors.agent.journal import Journal
from workflows.executors.base import Report

logger = logging.getLogger(__name__)

#: what could not be told is tried again after so long
AGAIN_S = 2.0

#: calls something later
After = Callable[[float, Callable[[], None]], object]


class Teller:
    """Whoever listens may have no database for a while; after a crash the next process tells the ends."""

    def __init__(self, report: Report, journal: Journal, after: After) -> None:
        self._report = report
        self._journal = journal
        self._after = after
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def tell(self, told: Mapping[str, Sequence[Fact]]) -> None:
        """Facts by the uid of their run."""
        for run_uid, facts in told.items():
            self._tell_run(run_uid, facts)

    def _tell_run(self, run_uid: str, facts: Sequence[Fact]) -> None:
        if self._closed:
            return
        try:
            self._report(run_uid, facts)
            for fact in facts:
                # A run that was deleted meanwhile is not begun again by a note about it.
                if isinstance(fact, NodeFinished) and self._journal.has(run_uid):
                    self._journal.note_told(run_uid, fact)
        except Exception:
            logger.warning("facts of run %s cannot be told yet", run_uid, exc_info=True)
            self._after(AGAIN_S, partial(self._tell_run, run_uid, facts))
