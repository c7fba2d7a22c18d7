"""Work that nobody asks for: deleting what is over, repeating what failed. One thread beside the engine."""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection

from workflows.services import artifact_gc, events, memos, metrics, retention, uploads
from workflows.store import clock, lock_news, schedules

logger = logging.getLogger(__name__)

_INTERVAL_S = 5.0
_HOUR_MS = 3_600_000
_FORGET_INTERVAL_S = 600.0
_DAY_MS = 86_400_000


class Housekeeper:
    """`start` and `stop` once each."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sluice-housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        self._stopping.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        forget_at = 0.0
        while not self._stopping.wait(_INTERVAL_S):
            try:
                keep_house()
                if time.monotonic() >= forget_at:
                    forget_old()
                    forget_at = time.monotonic() + _FORGET_INTERVAL_S
            except DatabaseError:
                logger.warning("housekeeping failed, it is tried again", exc_info=True)
                connection.close()
            except Exception:
                logger.exception("a defect in housekeeping, it is tried again")
        connection.close()


def keep_house() -> None:
    """One round."""
    now = clock.now()
    retention.delete_expired(now)
    if settings.SLUICE_KEEP_RUNS:
        retention.delete_beyond(settings.SLUICE_KEEP_RUNS)
    if settings.SLUICE_KEEP_FOLDERS_HOURS:
        retention.free_folders(now - settings.SLUICE_KEEP_FOLDERS_HOURS * _HOUR_MS)
    artifact_gc.hand_out(now)
    uploads.sweep(now)
    uploads.sweep_incoming(now)
    events.retry_due(now)


def forget_old() -> None:
    """Drop records of what happened long ago."""
    now = clock.now()
    memos.prune(now, days=settings.SLUICE_MEMO_DAYS, megabytes=settings.SLUICE_MEMO_MEGABYTES)
    lock_news.forget_idle()
    metrics.prune(now, days=settings.SLUICE_METRIC_DAYS)
    if settings.SLUICE_KEEP_EVENTS_DAYS:
        events.delete_old(now - settings.SLUICE_KEEP_EVENTS_DAYS * _DAY_MS)
    schedules.forget_slots(
        keep=settings.SLUICE_KEEP_SLOTS, before=now - settings.SLUICE_KEEP_SLOTS_DAYS * _DAY_MS
    )
