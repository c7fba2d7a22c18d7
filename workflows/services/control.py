"""What people do to a run while it lives: stop, terminate, suspend, resume, set a node.

For what may be done to a finished one see `retries` and `resubmit`. Nothing is changed here: the wish goes
into the run's inbox, and the engine that holds the run carries it out.
A wish that cannot have any effect is refused at once with ConflictError.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from workflows.engine.messages import ResumeRun, SetNode, Signal, Stop, SuspendRun, Terminate
from workflows.engine.phases import RUN_FINISHED
from workflows.errors import ConflictError
from workflows.services.access import Actor, Right
from workflows.services.runs import get_run
from workflows.store import bus, clock, signals
from workflows.store.read import RunRecord


def stop(actor: Actor, uid: str, *, selector: str = "", message: str = "") -> None:
    """End the run, exit handlers still run. With a selector only the matching suspend nodes fail."""
    record = _unfinished(actor, uid)
    send(actor, record, Stop(selector=selector, message=message, actor=actor.get_username()))


def terminate(actor: Actor, uid: str) -> None:
    """End the run without exit handlers."""
    send(actor, _unfinished(actor, uid), Terminate(actor=actor.get_username()))


def suspend(actor: Actor, uid: str) -> None:
    """Start no new nodes until the run is resumed."""
    send(actor, _unfinished(actor, uid), SuspendRun(actor=actor.get_username()))


def resume(
    actor: Actor, uid: str, *, selector: str = "", values: Mapping[str, str] | None = None, message: str = ""
) -> None:
    """Resume the run, or only the suspend nodes that match; `values` answer their supplied outputs."""
    record = _unfinished(actor, uid)
    wish = ResumeRun(
        selector=selector, values=dict(values or {}), message=message, actor=actor.get_username()
    )
    send(actor, record, wish)


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
    send(actor, record, wish)


def _unfinished(actor: Actor, uid: str) -> RunRecord:
    record = get_run(actor, uid, Right.OPERATE)
    if record.run.phase in RUN_FINISHED:
        raise ConflictError(
            f"run {record.run.name!r} has already finished: {record.run.phase}", code="finished"
        )
    return record


def send(actor: Actor, record: RunRecord, wish: Signal) -> None:
    """Put a wish that was found sensible into the run's inbox."""
    with transaction.atomic():
        signals.post(record.run_id, [wish], now=clock.now(), actor=actor.get_username())
        transaction.on_commit(lambda: bus.current().wake(record.run.uid))
