"""What Celery workers do: carry out orders with the executor of their process.

Orders are self-contained; no task reads the state of a run. An order that fails becomes a fact, never an
exception, because nobody looks at the results of tasks.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec
from celery import shared_task
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from django.db import close_old_connections, transaction

from workflows.engine.messages import Cleanup, Fact, Kill, Launch
from workflows.executors import dispatch, registry
from workflows.executors.base import Executor
from workflows.services import artifact_gc
from workflows.services.health import HealthServer
from workflows.store import bus, clock, signals

logger = logging.getLogger(__name__)

_LAUNCHES = msgspec.json.Decoder(list[Launch])
_KILLS = msgspec.json.Decoder(list[Kill])
_CLEANUPS = msgspec.json.Decoder(list[Cleanup])


@shared_task(name="sluice.launch", ignore_result=True)
def launch(orders: str) -> None:
    launches = _LAUNCHES.decode(orders)
    try:
        _executor().launch(launches)
    except Exception as fault:
        logger.exception("%d nodes could not be started", len(launches))
        for order in launches:
            registry.report(order.run_uid, [dispatch.not_started(order, fault)])


@shared_task(name="sluice.kill", ignore_result=True)
def kill(orders: str) -> None:
    try:
        _executor().kill(_KILLS.decode(orders))
    except Exception:
        logger.exception("nodes could not be ended, the engine will order it again")


@shared_task(name="sluice.cleanup", ignore_result=True)
def cleanup(orders: str) -> None:
    try:
        _executor().cleanup(_CLEANUPS.decode(orders))
    except Exception:
        logger.exception("what deleted runs left behind could not be removed")


@shared_task(name=artifact_gc.TASK, ignore_result=True)
def collect_artifacts(collection_id: int) -> None:
    close_old_connections()
    try:
        artifact_gc.collect(collection_id)
    except Exception:
        logger.exception("artifacts could not be collected, this is tried again")


@worker_ready.connect
def _open_executor(**_: object) -> None:
    """What ended while no worker was there is reported at once, not with the next order."""
    _executor()
    _answer_probes()


def _answer_probes() -> None:
    """A worker that is there is well; whether orders reach it is for the broker to tell."""
    if settings.SLUICE_HEALTH_ADDRESS and not settings.SLUICE_EMBEDDED:
        HealthServer(settings.SLUICE_HEALTH_ADDRESS, healthy=lambda: "", ready=lambda: "").start()


@worker_shutdown.connect
def _close_executor(**_: object) -> None:
    registry.close()


def _executor() -> Executor:
    """In the embedded server the engine has opened it; elsewhere this process reports through the inbox."""
    return registry.open_once(report_to_inbox)


def report_to_inbox(run_uid: str, facts: Sequence[Fact]) -> None:
    """Facts from a process without an engine become rows of the run's inbox, and the engine gets a hint."""
    close_old_connections()
    with transaction.atomic():
        signals.post_facts(run_uid, facts, now=clock.now())
        transaction.on_commit(lambda: bus.current().wake(run_uid))
