"""What people do to a run while it lives: stop, terminate, suspend, resume, set a node, retry.

Nothing is changed here: the wish goes into the run's inbox, and the engine that holds the run carries it out.
A wish that cannot have any effect is refused at once with ConflictError.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from workflows.engine.messages import ResumeRun, RetryRun, SetNode, Signal, Stop, SuspendRun, Terminate
from workflows.engine.phases import FAILED_OR_ERROR, RUN_FINISHED, SUCCEEDED
from workflows.errors import ConflictError
from workflows.services.access import Actor, Right
from workflows.services.runs import get_run
from workflows.store import bus, clock, signals
from workflows.store.read import RunRecord


def stop(actor: Actor, uid: str, *, selector: str = "", message: str = "") -> None:
    """End the run, exit handlers still run. With a selector only the matching suspend nodes fail."""
    record = _unfinished(actor, uid)
    _send(actor, record, Stop(selector=selector, message=message, actor=actor.get_username()))


def terminate(actor: Actor, uid: str) -> None:
    """End the run without exit handlers."""
    _send(actor, _unfinished(actor, uid), Terminate(actor=actor.get_username()))


def suspend(actor: Actor, uid: str) -> None:
    """Start no new nodes until the run is resumed."""
    _send(actor, _unfinished(actor, uid), SuspendRun(actor=actor.get_username()))


def resume(
    actor: Actor, uid: str, *, selector: str = "", values: Mapping[str, str] | None = None, message: str = ""
) -> None:
    """Resume the run, or only the suspend nodes that match; `values` answer their supplied outputs."""
    record = _unfinished(actor, uid)
    wish = ResumeRun(
        selector=selector, values=dict(values or {}), message=message, actor=actor.get_username()
    )
    _send(actor, record, wish)


def set_node(
    actor: Actor,
    uid: str,
    *,
    selector: str,
    phase: str = "",
    message: str = "",
    values: Mapping[str, str] | None = None,
) -> None:
    """Set phase, message or supplied outputs of the waiting suspend nodes that match."""
    record = _unfinished(actor, uid)
    wish = SetNode(
        selector=selector,
        phase=phase,
        message=message,
        values=dict(values or {}),
        actor=actor.get_username(),
    )
    _send(actor, record, wish)


def retry(
    actor: Actor,
    uid: str,
    *,
    restart_successful: bool = False,
    selector: str = "",
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Do the failed nodes of a finished run again, in the same run. Raises ConflictError in other phases."""
    record = get_run(actor, uid, Right.OPERATE)
    allowed = FAILED_OR_ERROR | ({SUCCEEDED} if restart_successful and selector else set())
    if record.run.phase not in allowed:
        raise ConflictError(
            f"run {record.run.name!r} is {record.run.phase or 'new'}: only failed runs can be retried",
            code="not-retryable",
        )
    wish = RetryRun(
        restart_successful=restart_successful,
        selector=selector,
        parameters=dict(parameters or {}),
        actor=actor.get_username(),
    )
    _send(actor, record, wish)


def _unfinished(actor: Actor, uid: str) -> RunRecord:
    record = get_run(actor, uid, Right.OPERATE)
    if record.run.phase in RUN_FINISHED:
        raise ConflictError(
            f"run {record.run.name!r} has already finished: {record.run.phase}", code="finished"
        )
    return record


def _send(actor: Actor, record: RunRecord, wish: Signal) -> None:
    with transaction.atomic():
        signals.post(record.run_id, [wish], now=clock.now(), actor=actor.get_username())
        transaction.on_commit(lambda: bus.current().wake(record.run.uid))
