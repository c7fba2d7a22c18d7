"""Engine and worker as threads of the web process: what `make run` is made of."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from typing import Any

from celery.concurrency.thread import TaskPool
from celery.worker import state
from django.conf import settings

from config.celery import app
from workflows.driver import collector, options
from workflows.driver.loop import Driver
from workflows.executors import dispatch, registry
from workflows.services.housekeeping import Housekeeper
from workflows.services.scheduler import Scheduler
from workflows.store import lock

logger = logging.getLogger(__name__)

#: Celery waits two seconds for running tasks; after this long the process ends without it.
_STOP_S = 4.0


class _LoudPool(TaskPool):  # type: ignore[misc]
    """Celery's thread pool drops errors that happen outside a task's own body; this one logs them."""

    def on_apply(self, *args: Any, **kwargs: Any) -> Any:
        result = super().on_apply(*args, **kwargs)
        result.f.add_done_callback(_log_fault)
        return result


def _log_fault(future: Future[Any]) -> None:
    if not future.cancelled() and (fault := future.exception()) is not None:
        logger.error("a task could not be run", exc_info=fault)


class EmbeddedServer:
    """`start` and `stop` once each, from any thread."""

    def __init__(self) -> None:
        self.driver = Driver(
            executor=registry.current(), send=dispatch.send, options=options.from_settings(sole=True)
        )
        self._housekeeper = Housekeeper()
        self._scheduler = Scheduler()
        self._engine = threading.Thread(target=self.driver.run, name="sluice-engine", daemon=True)
        self._worker = threading.Thread(target=self._work, name="sluice-worker", daemon=True)

    def start(self) -> None:
        lock.hold(settings.SLUICE_DATA_DIR)
        collector.tune()
        state.should_stop = None
        registry.open_once(self.driver.inbox.report)
        self._worker.start()
        self._engine.start()
        self._housekeeper.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Everything unfinished goes on at the next start."""
        state.should_stop = 0
        self.driver.stop()
        self._engine.join(_STOP_S)
        self._scheduler.stop(_STOP_S)
        self._housekeeper.stop(_STOP_S)
        self._worker.join(_STOP_S)
        registry.close()

    @staticmethod
    def _work() -> None:
        """WorkController instead of Celery's Worker, which wants the main thread for its signal handlers."""
        controller = app.WorkController(
            pool_cls=_LoudPool,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            quiet=True,
        )
        try:
            controller.start()
        except Exception:
            logger.exception("the worker thread ended")
