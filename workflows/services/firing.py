"""Starts what schedules say, and counts how it ended. Called by `scheduler` again and again, by every engine.

One transaction per schedule holds its row, the ledger's rows and the new runs: after a crash either all of it
is there or nothing, and two engines cannot both have the row.
"""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, transaction

from workflows.engine.cron import Outcome, Plan, Reason, SlotDecision, child_name, decide, is_stopping
from workflows.engine.messages import Millis, Terminate
from workflows.errors import ConflictError, SluiceError, UserError
from workflows.expr import ExprError
from workflows.models import Schedule, Slot
from workflows.services.retention import delete_found
from workflows.services.submit import submit_slot
from workflows.spec.lint.cron import ScheduleError
from workflows.store import bus, schedules, signals
from workflows.store.schedules import Cron

logger = logging.getLogger(__name__)

SUBMISSION_ERROR, SPEC_ERROR = "SubmissionError", "SpecError"
#: a schedule that cannot be handled is looked at again after so long
_AGAIN_MS = 60_000
_ENDED_BATCH = 200
_KEEP_SUCCEEDED, _KEEP_FAILED = 3, 1


def fire_due(now: Millis) -> None:
    """Handle every schedule that is due; a defect in one does not keep the others from running."""
    for schedule_id in schedules.due_ids(now):
        try:
            with transaction.atomic():
                _handle(schedule_id, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            logger.exception("schedule %s cannot be handled", schedule_id)
            _put_off(schedule_id, fault, now)


def settle(now: Millis) -> None:
    """Count the runs that ended, stop schedules whose condition is met, delete runs beyond the limits."""
    ended: dict[int, list[tuple[int, str, bool]]] = {}
    for slot_id, schedule_id, phase, counts in schedules.ended_slots(limit=_ENDED_BATCH):
        ended.setdefault(schedule_id, []).append((slot_id, phase, counts))
    for schedule_id, slots in ended.items():
        with transaction.atomic():
            row = schedules.lock(schedule_id)
            cron = _count(row, slots, now) if row is not None else None
        if cron is not None:
            _enforce_history(cron)


def _handle(schedule_id: int, now: Millis) -> None:
    row = schedules.lock(schedule_id)
    if row is None or row.next_due is None or row.next_due > now:
        return
    try:
        cron = schedules.load(row)
    except (ScheduleError, UserError) as fault:
        _report(row, SPEC_ERROR, str(fault))
        row.next_due = now + _AGAIN_MS
        row.save()
        return
    active = schedules.active_runs(cron.template)
    plan = decide(cron.manifest.spec, cron.timetable, cron.state(active=len(active)), now)
    slots = [_carry_out(cron, decision, active, now) for decision in plan.decisions]
    schedules.add_slots(slots)
    _remember(cron, plan, slots)


def _carry_out(cron: Cron, decision: SlotDecision, active: list[tuple[int, str]], now: Millis) -> Slot:
    slot = Slot(
        schedule=cron.row,
        slot_at=decision.slot,
        decided_at=now,
        outcome=decision.outcome.value,
        reason=decision.reason.value,
        message=decision.message,
    )
    if decision.outcome is Outcome.FAILED:
        _report(cron.row, SUBMISSION_ERROR, f"run policy error: {decision.message}")
    if decision.outcome is Outcome.RAN and start_slot(cron, slot) and decision.replaces:
        _terminate(active, now)
    if slot.reason == Reason.SUBMISSION.value:
        _report(cron.row, SUBMISSION_ERROR, f"Failed to submit Workflow: {slot.message}")
    return slot


def start_slot(cron: Cron, slot: Slot) -> bool:
    """Create the run of a slot in the caller's transaction and note it in `slot`, or why there is none."""
    at = slot.slot_at or 0
    try:
        with transaction.atomic():
            run = submit_slot(cron.template, name=child_name(cron.template.name, at), scheduled_at=at)
    except ConflictError as fault:
        slot.outcome, slot.reason, slot.message = Outcome.SKIPPED.value, Reason.ALREADY.value, fault.message
        return False
    except SluiceError as fault:
        slot.outcome, slot.reason, slot.message = Outcome.FAILED.value, Reason.SUBMISSION.value, fault.message
        return False
    slot.outcome, slot.run_uid, slot.run_name = Outcome.RAN.value, run.uid, run.name
    return True


def _terminate(active: list[tuple[int, str]], now: Millis) -> None:
    for run_id, uid in active:
        signals.post(run_id, [Terminate(actor="")], now=now)
        transaction.on_commit(lambda uid=uid: bus.current().wake(uid))  # type: ignore[misc]
    active.clear()


def _remember(cron: Cron, plan: Plan, slots: list[Slot]) -> None:
    row = cron.row
    ran = [slot.slot_at for slot in slots if slot.outcome == Outcome.RAN.value]
    if ran:
        row.last_scheduled = ran[-1]
    if slots and slots[-1].outcome == Outcome.RAN.value:
        row.condition = row.condition_message = ""
    row.failed += sum(slot.outcome == Outcome.FAILED.value for slot in slots)
    row.handled_until = plan.state.handled_until
    row.next_due = plan.next_due
    if plan.state.stopped:
        row.phase = Schedule.Phase.STOPPED
    row.save()


def _count(row: Schedule, slots: list[tuple[int, str, bool]], now: Millis) -> Cron | None:
    for slot_id, phase, counts in slots:
        if Slot.objects.filter(id=slot_id, run_phase="").update(run_phase=phase) and counts:
            row.succeeded += phase == "Succeeded"
            row.failed += phase in ("Failed", "Error")
    row.save()
    try:
        cron = schedules.load(row)
        strategy = cron.manifest.spec.stop_strategy
        if strategy is not None and is_stopping(strategy.expression, cron.variables, now):
            row.phase, row.next_due = Schedule.Phase.STOPPED, None
    except (ScheduleError, UserError, ExprError) as fault:
        _report(row, SPEC_ERROR, str(fault))
        cron = None
    row.save()
    return cron


def _enforce_history(cron: Cron) -> None:
    """Source: Argo's ``successfulJobsHistoryLimit``, ``failedJobsHistoryLimit``; negative is the default."""
    spec = cron.manifest.spec
    limits = (
        (("Succeeded",), spec.successful_jobs_history_limit, _KEEP_SUCCEEDED),
        (("Failed", "Error"), spec.failed_jobs_history_limit, _KEEP_FAILED),
    )
    for phases, wanted, default in limits:
        keep = default if wanted is None or wanted < 0 else wanted
        delete_found(schedules.surplus_runs(cron.template, phases, keep))


def _report(row: Schedule, condition: str, message: str) -> None:
    row.condition, row.condition_message = condition, message


def _put_off(schedule_id: int, fault: Exception, now: Millis) -> None:
    with transaction.atomic():
        row = schedules.lock(schedule_id)
        if row is not None:
            _report(row, SPEC_ERROR, f"{type(fault).__name__}: {fault}")
            row.next_due = now + _AGAIN_MS
            row.save()
