"""Conditions of a run that somebody has to be told of, such as a metric that could not be told.

They are kept in the run's memo and shown among Argo's `status.conditions`. Not for Completed and PodRunning,
which follow from phases but for one case: see `wire.workflow`. Not for `when`: see `conditions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Run

METRICS_ERROR = "MetricsError"
#: where in the memo: type of condition -> messages
_MEMO = "conditions"
#: in the memo of a run that ended while a pod was Running
_RAN_AT_END = "podRunning"
#: a fault that repeats in each of many nodes is said once, and different ones no more often than this
_MOST_MESSAGES = 20
_LONGEST_MESSAGE = 500


def note(core: Core, type_: str, message: str) -> None:
    """Add a message to the run's condition of that type."""
    conditions: dict[str, list[str]] = core.run.memo.setdefault(_MEMO, {})
    messages = conditions.setdefault(type_, [])
    message = message[:_LONGEST_MESSAGE]
    if message not in messages and len(messages) < _MOST_MESSAGES:
        messages.append(message)
        core.touch_run()


def noted(run: Run) -> list[tuple[str, str]]:
    """Type and message of each condition, as Argo joins its messages."""
    conditions: dict[str, list[str]] = run.memo.get(_MEMO, {})
    return [(type_, ", ".join(messages)) for type_, messages in conditions.items()]


def note_pods_at_end(core: Core) -> None:
    """Remember whether the run ended in the very moment in which a pod was still Running.

    Argo tells PodRunning as it was when the controller looked last. It does not look again when the run ends
    in the same pass: because pods were cut short, or nothing waited for a daemon that had just come up.
    """
    memo = core.run.memo
    if core.saw_running_pod:
        memo[_RAN_AT_END] = True
    else:
        memo.pop(_RAN_AT_END, None)


def ran_at_end(run: Run) -> bool:
    return bool(run.memo.get(_RAN_AT_END))
