"""What people see of schedules and do to them: status, ledger, suspend, resume, start one now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from workflows.engine.messages import Millis
from workflows.models import Schedule, Slot, Template
from workflows.services.access import Access, Actor, Right
from workflows.services.new_runs import SubmittedRun
from workflows.services.submit import submit_from_template
from workflows.services.templates import get_template
from workflows.store import clock
from workflows.store import schedules as rows
from workflows.store.schedules import Cron

NEXT_SHOWN = 5
#: how far ahead is looked for the next slots
_AHEAD_MS = 5 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """`next_slots` is empty for a schedule that is stopped; a suspended one would skip them."""

    cron: Cron
    active: Sequence[str]
    next_slots: Sequence[Millis]


def get_status(actor: Actor, namespace: str, name: str) -> ScheduleStatus:
    """Raises NotFoundError."""
    cron = rows.load(_schedule(get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)))
    now = clock.now()
    stopped = cron.row.phase == Schedule.Phase.STOPPED
    upcoming = [] if stopped else cron.timetable.first_slots(now, now + _AHEAD_MS, NEXT_SHOWN)
    return ScheduleStatus(cron, [uid for _, uid in rows.active_runs(cron.template)], upcoming)


def list_slots(
    actor: Actor, namespace: str, name: str, *, before: int | None = None, outcome: str = "", limit: int = 100
) -> list[Slot]:
    """The ledger, what was decided last first; `before` is the id of the last row of the page before."""
    template = get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)
    found = Slot.objects.filter(schedule__template=template).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    if outcome:
        found = found.filter(outcome=outcome)
    return list(found[:limit])


def suspend(actor: Actor, namespace: str, name: str) -> None:
    """Slots are skipped, and said to be, until the schedule is resumed."""
    _change(actor, namespace, name, suspended=True)


def resume(actor: Actor, namespace: str, name: str) -> None:
    """Goes on with the next slot. One that its stopStrategy stopped begins to count anew."""
    _change(actor, namespace, name, suspended=False)


def trigger(actor: Actor, namespace: str, name: str) -> SubmittedRun:
    """Start a run now, out of turn: `when`, suspension and concurrencyPolicy are not asked."""
    return submit_from_template(actor, namespace=namespace, template=name, kind=Template.Kind.CRON)


def _change(actor: Actor, namespace: str, name: str, *, suspended: bool) -> None:
    template = get_template(actor, kind=Template.Kind.CRON, name=name, namespace=namespace)
    Access(actor).require(namespace, Right.OPERATE)
    with transaction.atomic():
        row = Schedule.objects.select_for_update().get(template=template)
        row.suspended = suspended
        if not suspended and row.phase == Schedule.Phase.STOPPED:
            row.phase, row.succeeded, row.failed = Schedule.Phase.ACTIVE, 0, 0
            row.handled_until = clock.now()
            row.next_due = rows.load(row).timetable.next_after(row.handled_until)
        row.save()


def _schedule(template: Template) -> Schedule:
    return Schedule.objects.get(template=template)
