"""Manual retry of a finished run: what it would do and why; the wish for it, which the engine carries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.engine.errors import EngineError
from workflows.engine.manual_retry import Cause, Reason, RetryPlan, plan_retry
from workflows.engine.messages import RetryRun
from workflows.engine.node import Node
from workflows.engine.phases import FAILED_OR_ERROR, SUCCEEDED
from workflows.errors import ConflictError, UserError
from workflows.services.access import Actor, Right
from workflows.services.control import send
from workflows.services.runs import get_node, get_run
from workflows.store import load
from workflows.store.read import RunRecord

_WORDS: Mapping[Reason, str] = {
    Reason.FAILED: "it failed",
    Reason.UNFINISHED: "it did not finish",
    Reason.CHOSEN: "it was chosen",
    Reason.EXIT_HANDLER: "exit handlers run again when the run ends again",
    Reason.ATTEMPT: "it is another attempt of what {} was an attempt of",
    Reason.FOLLOWS: "it came after {}",
    Reason.CONTAINS: "{} is inside",
    Reason.QUESTION: "it must be answered again",
    Reason.DAEMON: "it is a daemon that ended with {}, which needs it again",
    Reason.PARAMETERS: "it is part of {}, which new parameters may change",
}


@dataclass(frozen=True, slots=True)
class Again:
    """One node that a retry does again.

    `anew` tells that it is made anew and does not only go on, `blamed` is the display name of the node that
    the cause speaks of.
    """

    node: Node
    anew: bool
    cause: Cause
    blamed: str

    @property
    def why(self) -> str:
        """The reason in words."""
        return _WORDS[self.cause.reason].format(self.blamed)


@dataclass(frozen=True, slots=True)
class Preview:
    """Nodes in order of creation; `kept` counts those that stay as they are."""

    again: Sequence[Again]
    kept: int


def preview_retry(
    actor: Actor,
    uid: str,
    *,
    restart_successful: bool = False,
    selector: str = "",
    parameters: Mapping[str, str] | None = None,
) -> Preview:
    """What `retry` with the same wishes would do; nothing is changed. Raises what `retry` raises."""
    record = _retryable(actor, uid, restart_successful and bool(selector))
    nodes = {node.id: node for node in load.load_nodes(record.run_id)}
    found = _plan(record, nodes, _wish(actor, restart_successful, selector, parameters))
    again = [_again(nodes, node_id, found) for node_id in (*found.deleted, *found.reset)]
    again.sort(key=lambda one: one.node.idx)
    return Preview(again, kept=len(nodes) - len(again))


def retry(
    actor: Actor,
    uid: str,
    *,
    restart_successful: bool = False,
    selector: str = "",
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Do the failed nodes of a finished run again, in the same run, and with `restart_successful` those that
    `selector` names. Raises ConflictError in other phases, UserError for a selector that is none.
    """
    record = _retryable(actor, uid, restart_successful and bool(selector))
    wish = _wish(actor, restart_successful, selector, parameters)
    _plan(record, {}, wish)
    send(actor, record, wish)


def retry_node(actor: Actor, uid: str, node_id: str, *, parameters: Mapping[str, str] | None = None) -> None:
    """Do one node again, whatever became of it, and all that came after it; failed ones elsewhere, too, for
    the run could not succeed without them. Raises as `retry`, NotFoundError for an unknown node.
    """
    selector = selector_of(actor, uid, node_id)
    retry(actor, uid, restart_successful=True, selector=selector, parameters=parameters)


def selector_of(actor: Actor, uid: str, node_id: str) -> str:
    """Names one node. Raises NotFoundError when there is none."""
    return f"id={get_node(actor, uid, node_id).node.id}"


def _retryable(actor: Actor, uid: str, chosen: bool) -> RunRecord:
    record = get_run(actor, uid, Right.OPERATE)
    if record.run.phase in FAILED_OR_ERROR or (chosen and record.run.phase == SUCCEEDED):
        return record
    what = "name nodes to do again" if record.run.phase == SUCCEEDED else "only failed runs can be retried"
    raise ConflictError(
        f"run {record.run.name!r} is {record.run.phase or 'new'}: {what}", code="not-retryable"
    )


def _wish(
    actor: Actor, restart_successful: bool, selector: str, parameters: Mapping[str, str] | None
) -> RetryRun:
    return RetryRun(
        restart_successful=restart_successful,
        selector=selector,
        parameters=dict(parameters or {}),
        actor=actor.get_username(),
    )


def _plan(record: RunRecord, nodes: Mapping[str, Node], wish: RetryRun) -> RetryPlan:
    try:
        return plan_retry(record.run, nodes, wish)
    except EngineError as fault:
        raise UserError(fault.message, code="bad-selector") from fault


def _again(nodes: Mapping[str, Node], node_id: str, plan: RetryPlan) -> Again:
    cause = plan.deleted.get(node_id) or plan.reset[node_id]
    blamed = nodes[cause.blamed].display_name if cause.blamed else ""
    return Again(nodes[node_id], node_id in plan.deleted, cause, blamed)
