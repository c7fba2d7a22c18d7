"""What an actor may do with a run as it stands, and why not. Not the check itself: services make it again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from workflows.engine.messages import JsonObject
from workflows.engine.node import Run
from workflows.engine.phases import FAILED_OR_ERROR, RUN_FINISHED

#: Code to the reason shown with it.
REASONS: Mapping[str, str] = {
    "missing-right": "you do not have the right to {right} in this namespace",
    "finished": "the run has finished",
    "not-finished": "the run has not finished; stop or terminate it first",
    "not-failed": "only a run that failed can be retried",
    "already-suspended": "the run is suspended already",
    "already-stopping": "the run is being stopped already",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """`refuse` names the reason against it, "" for none."""

    right: str
    refuse: Callable[[Run], str]


def _unfinished(run: Run) -> str:
    return "finished" if run.phase in RUN_FINISHED else ""


def _stop(run: Run) -> str:
    return _unfinished(run) or ("already-stopping" if run.shutdown else "")


def _terminate(run: Run) -> str:
    return _unfinished(run) or ("already-stopping" if run.shutdown == "Terminate" else "")


def _suspend(run: Run) -> str:
    return _unfinished(run) or ("already-suspended" if run.suspended else "")


def _retry(run: Run) -> str:
    return "" if run.phase in FAILED_OR_ERROR else "not-failed"


def _delete(run: Run) -> str:
    return "" if run.phase in RUN_FINISHED else "not-finished"


def _always(_run: Run) -> str:
    return ""


_RULES: Mapping[str, _Rule] = {
    "stop": _Rule("operate", _stop),
    "terminate": _Rule("operate", _terminate),
    "suspend": _Rule("operate", _suspend),
    "resume": _Rule("operate", _unfinished),
    "set": _Rule("operate", _unfinished),
    "retry": _Rule("operate", _retry),
    "resubmit": _Rule("run-template", _always),
    "delete": _Rule("delete", _delete),
}

ACTIONS = tuple(_RULES)


def allowed_actions(run: Run, rights: Collection[str]) -> dict[str, JsonObject]:
    """Each action to {"allowed": True}, or {"allowed": False, "code": …, "reason": …}.

    `rights` are the actor's in the run's namespace. A missing right outweighs the state of the run.
    """
    return {action: _verdict(rule, run, rights) for action, rule in _RULES.items()}


def _verdict(rule: _Rule, run: Run, rights: Collection[str]) -> JsonObject:
    code = rule.refuse(run) if rule.right in rights else "missing-right"
    if not code:
        return {"allowed": True}
    return {"allowed": False, "code": code, "reason": REASONS[code].format(right=rule.right)}
