"""Schedules and their ledger as rows, in the caller's transaction. Not for deciding, see `engine.cron`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from workflows.engine.cron import (
    CatchUp,
    CronState,
    CronVariables,
    Outcome,
    Timetable,
    catch_up_of,
    timetable_of,
)
from workflows.engine.messages import Millis
from workflows.models import Run, Schedule, Slot, Template
from workflows.spec import object_from_json
from workflows.spec.types import CronWorkflow

_UNFINISHED = ("", "Pending", "Running")


@dataclass(frozen=True, slots=True)
class Cron:
    """A stored CronWorkflow and its state, read together."""

    row: Schedule
    template: Template
    manifest: CronWorkflow
    timetable: Timetable
    catch_up: CatchUp
    catch_up_limit: int

    @property
    def namespace(self) -> str:
        return self.template.namespace.name if self.template.namespace else ""

    @property
    def variables(self) -> CronVariables:
        return CronVariables(
            name=self.template.name,
            namespace=self.namespace,
            labels=self.manifest.metadata.labels,
            annotations=self.manifest.metadata.annotations,
            succeeded=self.row.succeeded,
            failed=self.row.failed,
            last_scheduled=self.row.last_scheduled,
        )

    def state(self, *, active: int) -> CronState:
        return CronState(
            variables=self.variables,
            handled_until=self.row.handled_until,
            catch_up=self.catch_up,
            catch_up_limit=self.catch_up_limit,
            suspended=self.row.suspended,
            stopped=self.row.phase == Schedule.Phase.STOPPED,
            active=active,
        )


def note_stored(template: Template, *, now: Millis) -> None:
    """Begin or renew the schedule of a CronWorkflow that was just stored.

    A change of `schedules` or `timezone` begins anew from now, as with Argo; a change of `suspend` or
    `stopStrategy` takes effect, and without one what people did by hand stays. Raises ManifestError.
    """
    manifest = _manifest(template)
    spec = manifest.spec
    catch_up_of(spec, manifest.metadata.annotations)
    stop = spec.stop_strategy.expression if spec.stop_strategy else ""
    declared = {
        "schedules": list(spec.schedules),
        "timezone": spec.timezone,
        "suspend": spec.suspend,
        "stop": stop,
    }
    row = Schedule.objects.select_for_update().filter(template=template).first()
    if row is None:
        row = Schedule(template=template, anchor=now, handled_until=now, suspended=spec.suspend)
    old: dict[str, Any] = row.declared
    if any(old.get(key) != declared[key] for key in ("schedules", "timezone")):
        row.anchor = row.handled_until = now
    if old.get("suspend") != spec.suspend:
        row.suspended = spec.suspend
    if old.get("stop") != stop:
        row.phase = Schedule.Phase.ACTIVE
    row.declared = declared
    if row.phase == Schedule.Phase.ACTIVE:
        row.next_due = timetable_of(spec, anchor=row.anchor).next_after(row.handled_until)
    row.condition = row.condition_message = ""
    row.save()


def due_ids(now: Millis) -> list[int]:
    """Schedules to be looked at, the longest waiting first."""
    return list(
        Schedule.objects.filter(next_due__lte=now).order_by("next_due").values_list("id", flat=True)[:200]
    )


def next_due() -> Millis | None:
    """When the next schedule is due."""
    return (
        Schedule.objects.filter(next_due__isnull=False)
        .order_by("next_due")
        .values_list("next_due", flat=True)
        .first()
    )


def lock(schedule_id: int) -> Schedule | None:
    """The row, nobody else's until the transaction ends; None when it is gone or another engine has it."""
    rows = Schedule.objects.filter(id=schedule_id)
    # SQLite begins with the only write lock there is.
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def load(row: Schedule) -> Cron:
    """Raises ScheduleError or ManifestError when the stored manifest is no longer understood."""
    template = Template.objects.select_related("namespace", "updated_by").get(id=row.template_id)
    manifest = _manifest(template)
    policy, limit = catch_up_of(manifest.spec, manifest.metadata.annotations)
    timetable = timetable_of(manifest.spec, anchor=row.anchor)
    return Cron(row, template, manifest, timetable, policy, limit)


def active_runs(template: Template) -> list[tuple[int, str]]:
    """Row ids and uids of the unfinished runs of a CronWorkflow: by schedule or hand, not by backfills."""
    rows = Run.objects.filter(
        namespace_id=template.namespace_id or 0,
        template_kind=Template.Kind.CRON,
        template_name=template.name,
        phase__in=_UNFINISHED,
    ).exclude(uid__in=_backfilled(template))
    return list(rows.order_by("id").values_list("id", "uid"))


def ended_slots(*, limit: int) -> list[tuple[int, int, str, bool]]:
    """Slot id, schedule id and phase ("Deleted" for lost runs) of runs that ended and were not noted.

    The last value tells whether the run counts: those of backfills do not.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.schedule_id, COALESCE(r.phase, 'Deleted'), "
            "s.backfill_id IS NULL FROM workflows_slot s "
            "LEFT JOIN workflows_run r ON r.uid = s.run_uid "
            "WHERE s.outcome = 'Ran' AND s.run_phase = '' "
            "AND (r.phase IS NULL OR r.phase IN ('Succeeded', 'Failed', 'Error')) ORDER BY s.id LIMIT %s",
            [limit],
        )
        return [(slot, row, phase, bool(counts)) for slot, row, phase, counts in cursor.fetchall()]


def surplus_runs(template: Template, phases: Sequence[str], keep: int) -> list[tuple[int, str, str]]:
    """Row id, uid and namespace of the runs in `phases` beyond the `keep` that finished last."""
    rows = Run.objects.filter(
        namespace_id=template.namespace_id or 0,
        template_kind=Template.Kind.CRON,
        template_name=template.name,
        phase__in=phases,
    )
    rows = rows.exclude(uid__in=_backfilled(template)).order_by("-finished_at", "-id")
    return list(rows.values_list("id", "uid", "namespace__name")[keep : keep + 100])


def _backfilled(template: Template) -> QuerySet[Slot, str]:
    return Slot.objects.filter(
        schedule__template=template, backfill__isnull=False, outcome="Ran"
    ).values_list("run_uid", flat=True)


def add_slots(slots: Sequence[Slot]) -> None:
    """Raises IntegrityError when one of them is in the ledger already."""
    Slot.objects.bulk_create(slots)


def note_triggered(template: Template, run_uid: str, run_name: str, *, actor: str, now: Millis) -> None:
    """A run that was started out of turn, in the caller's transaction."""
    Slot.objects.create(
        schedule=Schedule.objects.select_for_update().get(template=template),
        slot_at=None,
        decided_at=now,
        outcome=Outcome.RAN.value,
        reason="triggered",
        actor=actor,
        run_uid=run_uid,
        run_name=run_name,
    )


def forget_slots(*, keep: int, before: Millis, limit: int = 1000) -> int:
    """Delete settled slots beyond the `keep` newest of their schedule and those decided before a moment.

    Returns how many. Slots whose run goes on or that wait for their backfill stay.
    """
    settled = Q(outcome__in=["Skipped", "Missed", "Failed"]) | Q(outcome="Ran") & ~Q(run_phase="")
    count = 0
    for schedule_id in Schedule.objects.values_list("id", flat=True):
        rows = Slot.objects.filter(schedule_id=schedule_id).order_by("-id")
        last = rows.values_list("id", flat=True)[keep : keep + 1].first()
        surplus = Q(decided_at__lt=before) | Q(id__lte=last or 0)
        ids = rows.filter(settled & surplus).reverse().values_list("id", flat=True)[:limit]
        count += Slot.objects.filter(id__in=list(ids)).delete()[0]
    return count


def _manifest(template: Template) -> CronWorkflow:
    manifest = object_from_json(template.manifest)
    if not isinstance(manifest, CronWorkflow):
        raise TypeError(f"template {template.pk} is no CronWorkflow")
    return manifest
