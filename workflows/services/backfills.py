"""Runs for slots of the past: preview, start, cancel, and going on with those that were started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from workflows.engine.cron import Outcome, Reason
from workflows.engine.messages import Millis
from workflows.errors import NotFoundError, UserError
from workflows.models import Backfill, Schedule, Slot, Template
from workflows.services.access import Access, Actor, Right
from workflows.services.firing import SPEC_ERROR, start_slot
from workflows.services.templates import get_template
from workflows.spec.lint.cron import ScheduleError
from workflows.store import clock, schedules
from workflows.store.schedules import Cron

MAX_SLOTS = 1_000
MAX_CONCURRENCY = 100
_IN_QUERY = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slot of the range; `known` is what the ledger says of it, "" for nothing."""

    slot: Millis
    known: str

    @property
    def will_run(self) -> bool:
        return self.known not in (Outcome.RAN, Outcome.WAITING)


@dataclass(frozen=True, slots=True)
class Progress:
    """`counts`: number of slots by outcome, those that run now under "Running"."""

    backfill: Backfill
    counts: dict[str, int]


def preview(actor: Actor, namespace: str, name: str, *, first: Millis, last: Millis) -> list[Candidate]:
    """The slots from `first` to `last`, both included. Raises UserError when there are too many."""
    template = get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)
    return _candidates(schedules.load(Schedule.objects.get(template=template)), first, last)


def start(
    actor: Actor, namespace: str, name: str, *, first: Millis, last: Millis, concurrency: int = 1
) -> Backfill:
    """Have the slots of the range run that have not, oldest first. Raises UserError when there is none."""
    template = get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)
    Access(actor).require(namespace, Right.RUN_TEMPLATE)
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        raise UserError(f"concurrency is a number from 1 to {MAX_CONCURRENCY}", code="bad-concurrency")
    now = clock.now()
    with transaction.atomic():
        row = Schedule.objects.select_for_update().get(template=template)
        wanted = [one.slot for one in _candidates(schedules.load(row), first, last) if one.will_run]
        if not wanted:
            raise UserError("there is no slot to run in this range", code="nothing-to-run")
        backfill = Backfill.objects.create(
            schedule=row,
            first=first,
            last=last,
            concurrency=concurrency,
            created_at=now,
            actor=actor.get_username(),
        )
        _queue(backfill, wanted, now)
    return backfill


def cancel(actor: Actor, namespace: str, name: str, backfill_id: int) -> None:
    """Start no more of its runs; those that run go on."""
    template = get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)
    Access(actor).require(namespace, Right.OPERATE)
    with transaction.atomic():
        row = Schedule.objects.select_for_update().get(template=template)
        found = Backfill.objects.filter(schedule=row, id=backfill_id).first()
        if found is None:
            raise NotFoundError(f"{name!r} has no backfill {backfill_id}")
        if found.state == Backfill.State.RUNNING:
            found.slots.filter(outcome=Outcome.WAITING.value).update(
                outcome=Outcome.SKIPPED.value, reason=Reason.CANCELLED.value, decided_at=clock.now()
            )
            found.state = Backfill.State.CANCELLED
            found.save()


def list_backfills(actor: Actor, namespace: str, name: str, *, limit: int = 50) -> list[Progress]:
    """The newest first."""
    template = get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)
    found = list(Backfill.objects.filter(schedule__template=template).order_by("-id")[:limit])
    counts: dict[int, dict[str, int]] = {one.id: {} for one in found}
    rows = Slot.objects.filter(backfill__in=found).values_list("backfill_id", "outcome", "run_phase")
    for backfill_id, outcome, phase, count in rows.annotate(count=Count("id")):
        shown = (phase or "Running") if outcome == Outcome.RAN else outcome
        own = counts[backfill_id or 0]
        own[shown] = own.get(shown, 0) + count
    return [Progress(one, counts[one.id]) for one in found]


def advance(now: Millis) -> None:
    """Start what may start of every backfill; called again and again by every engine."""
    running = Backfill.objects.filter(state=Backfill.State.RUNNING).values_list("id", "schedule_id")
    for backfill_id, schedule_id in list(running):
        with transaction.atomic():
            row = schedules.lock(schedule_id)
            if row is not None:
                _advance(row, backfill_id, now)


def _advance(row: Schedule, backfill_id: int, now: Millis) -> None:
    backfill = Backfill.objects.get(id=backfill_id)
    if backfill.state != Backfill.State.RUNNING:
        return
    active = backfill.slots.filter(outcome=Outcome.RAN.value, run_phase="").count()
    waiting = backfill.slots.filter(outcome=Outcome.WAITING.value).order_by("slot_at")
    chosen = list(waiting[: max(backfill.concurrency - active, 0)])
    if chosen:
        try:
            cron = schedules.load(row)
        except (ScheduleError, UserError) as fault:
            row.condition, row.condition_message = SPEC_ERROR, str(fault)
            row.save()
            return
        for slot in chosen:
            slot.decided_at = now
            start_slot(cron, slot)
            slot.save()
    elif not active:
        backfill.state = Backfill.State.COMPLETED
        backfill.save()


def _candidates(cron: Cron, first: Millis, last: Millis) -> list[Candidate]:
    """Only slots that the schedule itself will not start any more."""
    stopped = cron.row.phase == Schedule.Phase.STOPPED
    until = min(last, clock.now() if stopped else cron.row.handled_until)
    slots = cron.timetable.first_slots(first - 1, until, MAX_SLOTS + 1)
    if len(slots) > MAX_SLOTS:
        raise UserError(
            f"the range has more than {MAX_SLOTS} slots: choose a shorter one", code="too-many-slots"
        )
    known = Slot.objects.filter(schedule=cron.row, slot_at__gte=first, slot_at__lte=last)
    outcomes = dict(known.values_list("slot_at", "outcome"))
    return [Candidate(slot, outcomes.get(slot, "")) for slot in slots]


def _queue(backfill: Backfill, wanted: Sequence[Millis], now: Millis) -> None:
    """Rows that were skipped or missed are taken over, the others are new."""
    fields = {"outcome": Outcome.WAITING.value, "reason": Reason.BACKFILL.value, "decided_at": now}
    for start_at in range(0, len(wanted), _IN_QUERY):
        some = wanted[start_at : start_at + _IN_QUERY]
        rows = Slot.objects.filter(schedule=backfill.schedule, slot_at__in=some)
        known = set(rows.values_list("slot_at", flat=True))
        rows.update(backfill=backfill, message="", actor=backfill.actor, **fields)
        schedules.add_slots(
            [
                Slot(
                    schedule=backfill.schedule, backfill=backfill, slot_at=at, actor=backfill.actor, **fields
                )
                for at in some
                if at not in known
            ]
        )
