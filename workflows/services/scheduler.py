"""The thread that keeps schedules going, one in every engine process. What is done is in `firing`."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection

from workflows.services import backfills, firing
from workflows.store import clock, schedules

logger = logging.getLogger(__name__)

#: how often is looked for schedules that changed and runs that ended
_INTERVAL_S = 1.0
_SHORTEST_S = 0.01


class Scheduler:
    """`start` and `stop` once each."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sluice-schedules", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        self._stopping.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = _INTERVAL_S
            try:
                pause = keep_schedules()
            except DatabaseError:
                logger.warning("schedules could not be handled, it is tried again", exc_info=True)
                connection.close()
            except Exception:
                logger.exception("a defect in the handling of schedules, it is tried again")
        connection.close()


def keep_schedules() -> float:
    """One round; returns after how many seconds the next one is wanted."""
    firing.settle(clock.now())
    firing.fire_due(clock.now())
    backfills.advance(clock.now())
    due = schedules.next_due()
    if due is None:
        return _INTERVAL_S
    return min(max((due - clock.now()) / 1000, _SHORTEST_S), _INTERVAL_S)
