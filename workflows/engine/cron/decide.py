"""What becomes of each due slot of a schedule: `decide` maps (spec, state, now) to decisions and a wake-up.

A slot noticed within `ON_TIME` of its moment is on time. A later one was missed: whether it still runs is
said by the catch-up policy and by ``startingDeadlineSeconds``. Source: Argo's page on CronWorkflows and its
cron operator; policies other than Argo's are Sluice's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from workflows.engine.cron.schedule import SECOND, Timetable
from workflows.engine.cron.variables import CronVariables, is_stopping, is_wanted
from workflows.engine.messages import Millis
from workflows.expr import ExprError
from workflows.spec.types import CronWorkflowSpec

ON_TIME: Final = 10 * SECOND
#: slots decided in one go
_BATCH: Final = 200


class CatchUp(StrEnum):
    """Which missed slots still run: none, the latest one, or all up to a number."""

    NONE = "none"
    LATEST = "latest"
    ALL = "all"


class Outcome(StrEnum):
    RAN = "Ran"
    SKIPPED = "Skipped"
    MISSED = "Missed"
    FAILED = "Failed"
    WAITING = "Waiting"


class Reason(StrEnum):
    """Why a slot did not run; NONE for one that did."""

    NONE = ""
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    WHEN = "when"
    FORBIDDEN = "concurrency-forbidden"
    REPLACED = "replaced-by-later-slot"
    DOWNTIME = "no-engine"
    DEADLINE = "deadline-passed"
    CAP = "catch-up-limit"
    ALREADY = "already-ran"
    EXPRESSION = "expression-error"
    SUBMISSION = "submission-error"
    BACKFILL = "backfill"
    CANCELLED = "backfill-cancelled"


@dataclass(frozen=True, slots=True)
class CronState:
    """What is known of a schedule; `handled_until` is the slot up to which all are decided."""

    variables: CronVariables
    handled_until: Millis
    catch_up: CatchUp
    catch_up_limit: int
    suspended: bool = False
    stopped: bool = False
    active: int = 0


@dataclass(frozen=True, slots=True)
class SlotDecision:
    """`replaces`: the runs still active are to be terminated first."""

    slot: Millis
    outcome: Outcome
    reason: Reason = Reason.NONE
    message: str = ""
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`state` is the one after the decisions; `next_due` None when there is nothing left to wait for."""

    decisions: Sequence[SlotDecision]
    state: CronState
    next_due: Millis | None


def decide(spec: CronWorkflowSpec, timetable: Timetable, state: CronState, now: Millis) -> Plan:
    """Decide the slots that are due, oldest first; `next_due` is not in the future when more are left."""
    known = timetable.first_slots(state.handled_until, now, _BATCH + state.catch_up_limit + 1)
    decisions: list[SlotDecision] = []
    for index, slot in enumerate(known[:_BATCH]):
        if state.stopped:
            break
        one, state = _decide_slot(spec, state, slot, later=len(known) - index - 1, now=now)
        decisions.append(one)
    due = None if state.stopped else timetable.next_after(state.handled_until)
    return Plan(decisions, state, due)


def _decide_slot(
    spec: CronWorkflowSpec, state: CronState, slot: Millis, *, later: int, now: Millis
) -> tuple[SlotDecision, CronState]:
    """`later` counts the due slots after this one."""
    state = replace(state, handled_until=slot)
    try:
        stopping = spec.stop_strategy is not None and is_stopping(
            spec.stop_strategy.expression, state.variables, now
        )
        state = replace(state, stopped=stopping)
        refusal = _refusal(spec, state, slot, later=later, now=now)
    except ExprError as error:
        return SlotDecision(slot, Outcome.FAILED, Reason.EXPRESSION, error.message), state
    if refusal is not None:
        return refusal, state
    replaces = spec.concurrency_policy == "Replace" and state.active > 0
    variables = replace(state.variables, last_scheduled=slot)
    after = replace(state, variables=variables, active=1 if replaces else state.active + 1)
    return SlotDecision(slot, Outcome.RAN, replaces=replaces), after


def _refusal(
    spec: CronWorkflowSpec, state: CronState, slot: Millis, *, later: int, now: Millis
) -> SlotDecision | None:
    """In Argo's order; None when the slot runs. Raises ExprError."""
    if state.suspended:
        return SlotDecision(slot, Outcome.SKIPPED, Reason.SUSPENDED)
    if state.stopped:
        return SlotDecision(slot, Outcome.SKIPPED, Reason.STOPPED)
    missed = _missed(spec, state, slot, later=later, now=now)
    if missed is not None:
        return SlotDecision(slot, Outcome.MISSED, missed)
    if not is_wanted(spec.when, state.variables, now):
        return SlotDecision(slot, Outcome.SKIPPED, Reason.WHEN)
    if spec.concurrency_policy == "Forbid" and state.active:
        return SlotDecision(slot, Outcome.SKIPPED, Reason.FORBIDDEN)
    if spec.concurrency_policy == "Replace" and later:
        return SlotDecision(slot, Outcome.SKIPPED, Reason.REPLACED)
    return None


def _missed(
    spec: CronWorkflowSpec, state: CronState, slot: Millis, *, later: int, now: Millis
) -> Reason | None:
    late = now - slot
    deadline = (spec.starting_deadline_seconds or 0) * SECOND
    if deadline and late >= deadline:
        return Reason.DEADLINE
    if late <= ON_TIME:
        return None
    if state.catch_up == CatchUp.ALL:
        return None if later < state.catch_up_limit else Reason.CAP
    if state.catch_up == CatchUp.LATEST and later == 0:
        return None
    return Reason.DOWNTIME
