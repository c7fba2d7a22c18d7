"""Work that nobody asks for: deleting runs and artifacts whose time is over. One thread beside the engine."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db import DatabaseError, connection

from workflows.services import artifact_gc, retention, uploads
from workflows.store import clock

logger = logging.getLogger(__name__)

_INTERVAL_S = 5.0


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
        while not self._stopping.wait(_INTERVAL_S):
            try:
                keep_house()
            except DatabaseError:
                logger.warning("housekeeping failed, it is tried again", exc_info=True)
                connection.close()
        connection.close()


def keep_house() -> None:
    """One round."""
    now = clock.now()
    retention.delete_expired(now)
    if settings.SLUICE_KEEP_RUNS:
        retention.delete_beyond(settings.SLUICE_KEEP_RUNS)
    artifact_gc.hand_out(now)
    uploads.sweep(now)
    uploads.sweep_incoming(now)
