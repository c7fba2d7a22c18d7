"""Schedules of CronWorkflows and the ledger of their slots. Times are Millis; rules are in `engine.cron`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.models.library import Template


class Schedule(models.Model):
    """The state of one CronWorkflow.

    anchor         since when its schedules hold: slots of ``@every`` count from here
    handled_until  every slot up to here is in the ledger
    next_due       when the schedule must be looked at, None when it has stopped
    declared       schedules, zone and suspension of the manifest last stored, to notice what an edit changed
    condition      kind and text of the last fault, "" for none
    """

    class Phase(models.TextChoices):
        ACTIVE = "Active"
        STOPPED = "Stopped"

    template = models.OneToOneField(Template, on_delete=models.CASCADE, related_name="schedule")
    phase = models.CharField(max_length=16, choices=Phase, default=Phase.ACTIVE)
    suspended = models.BooleanField(default=False)
    anchor = models.BigIntegerField()
    handled_until = models.BigIntegerField()
    last_scheduled = models.BigIntegerField(null=True)
    next_due = models.BigIntegerField(null=True)
    succeeded = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    declared = models.JSONField(default=dict)
    condition = models.CharField(max_length=32, default="", blank=True)
    condition_message = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_due"], condition=Q(next_due__isnull=False), name="schedule_due"),
        ]

    def __str__(self) -> str:
        return f"schedule of template {self.template_id}"


class Backfill(models.Model):
    """Slots of the past to be run, `concurrency` at a time; what became of each stands in the ledger."""

    class State(models.TextChoices):
        RUNNING = "Running"
        COMPLETED = "Completed"
        CANCELLED = "Cancelled"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="backfills")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    concurrency = models.IntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    created_at = models.BigIntegerField()
    actor = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(concurrency__gte=1), name="backfill_concurrency"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="Running"), name="backfill_running"),
        ]

    def __str__(self) -> str:
        return f"backfill {self.pk} of schedule {self.schedule_id}"


class Slot(models.Model):
    """One due slot and what became of it; `slot_at` is None for a run started out of turn.

    `run_phase` is "" until the run has ended and was counted.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="slots", db_index=False)
    backfill = models.ForeignKey(Backfill, on_delete=models.SET_NULL, null=True, related_name="slots")
    slot_at = models.BigIntegerField(null=True)
    decided_at = models.BigIntegerField()
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=32, default="", blank=True)
    message = models.TextField(default="", blank=True)
    actor = models.CharField(max_length=150, default="", blank=True)
    run_uid = models.CharField(max_length=36, default="", blank=True)
    run_name = models.CharField(max_length=253, default="", blank=True)
    run_phase = models.CharField(max_length=16, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "slot_at"], name="slot_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["Ran", "Skipped", "Missed", "Failed", "Waiting"]),
                name="slot_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["schedule", "id"], name="slot_ledger"),
            models.Index(fields=["schedule"], condition=Q(outcome="Ran", run_phase=""), name="slot_open"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.slot_at}"
