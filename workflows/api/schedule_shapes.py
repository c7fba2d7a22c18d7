"""Schedules and their ledger in the API: queries it takes, answers it gives, rows turned into them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.api.requests import MillisField
from workflows.models import Slot
from workflows.services.backfills import MAX_CONCURRENCY, Candidate, Progress
from workflows.services.schedules import ScheduleStatus
from workflows.wire import rfc3339

OUTCOMES = ("Ran", "Skipped", "Missed", "Failed", "Waiting")


class SlotQuery(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=OUTCOMES, required=False, default="")
    before = serializers.IntegerField(required=False, min_value=1, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=500, default=100)


class SlotEntry(serializers.Serializer[Any]):
    """One due slot and what became of it."""

    id = serializers.IntegerField()
    slot = serializers.DateTimeField(allow_null=True, help_text="null for a run started out of turn")
    decidedAt = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    reason = serializers.CharField(help_text="why it did not run, empty for one that did")
    message = serializers.CharField()
    actor = serializers.CharField(help_text="who started it out of turn")
    runUid = serializers.CharField()
    runName = serializers.CharField()
    runPhase = serializers.CharField(help_text="empty until the run has ended")


class SlotPage(serializers.Serializer[Any]):
    items = SlotEntry(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`before` of the next page, null on the last")


class CronStatus(serializers.Serializer[Any]):
    """Argo's CronWorkflowStatus, and when the schedule is due next."""

    active = serializers.ListField(child=serializers.CharField(), help_text="uids of unfinished runs")
    lastScheduledTime = serializers.DateTimeField(allow_null=True)
    phase = serializers.ChoiceField(choices=["Active", "Stopped"])
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    conditions = serializers.ListField(child=serializers.DictField())
    suspended = serializers.BooleanField()
    nextSlots = serializers.ListField(child=serializers.DateTimeField())
    catchUp = serializers.ChoiceField(choices=["none", "latest", "all"])


class Triggered(serializers.Serializer[Any]):
    uid = serializers.CharField()
    name = serializers.CharField()


class RangeBody(serializers.Serializer[Any]):
    first = MillisField(help_text="RFC 3339 time, that moment included")
    last = MillisField(help_text="RFC 3339 time, that moment included")


class BackfillBody(RangeBody):
    concurrency = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_CONCURRENCY, default=1, help_text="runs at once"
    )


class BackfillSlot(serializers.Serializer[Any]):
    slot = serializers.DateTimeField()
    outcome = serializers.CharField(help_text="what the ledger says of it, empty for nothing")
    willRun = serializers.BooleanField()


class BackfillPreview(serializers.Serializer[Any]):
    items = BackfillSlot(many=True)


class BackfillEntry(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    first = serializers.DateTimeField()
    last = serializers.DateTimeField()
    concurrency = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["Running", "Completed", "Cancelled"])
    actor = serializers.CharField()
    createdAt = serializers.DateTimeField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="slots by how they stand")


class Backfills(serializers.Serializer[Any]):
    items = BackfillEntry(many=True)


class NewBackfill(serializers.Serializer[Any]):
    id = serializers.IntegerField()


def show_candidate(candidate: Candidate) -> dict[str, Any]:
    return {"slot": rfc3339(candidate.slot), "outcome": candidate.known, "willRun": candidate.will_run}


def show_backfill(progress: Progress) -> dict[str, Any]:
    row = progress.backfill
    return {
        "id": row.id,
        "first": rfc3339(row.first),
        "last": rfc3339(row.last),
        "concurrency": row.concurrency,
        "state": row.state,
        "actor": row.actor,
        "createdAt": rfc3339(row.created_at),
        "counts": progress.counts,
    }


def show_status(status: ScheduleStatus) -> dict[str, Any]:
    row = status.cron.row
    fault = {"type": row.condition, "status": "True", "message": row.condition_message}
    return {
        "active": list(status.active),
        "lastScheduledTime": rfc3339(row.last_scheduled),
        "phase": row.phase,
        "succeeded": row.succeeded,
        "failed": row.failed,
        "conditions": [fault] if row.condition else [],
        "suspended": row.suspended,
        "nextSlots": [rfc3339(slot) for slot in status.next_slots],
        "catchUp": status.cron.catch_up.value,
    }


def show_slot(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "slot": rfc3339(slot.slot_at),
        "decidedAt": rfc3339(slot.decided_at),
        "outcome": slot.outcome,
        "reason": slot.reason,
        "message": slot.message,
        "actor": slot.actor,
        "runUid": slot.run_uid,
        "runName": slot.run_name,
        "runPhase": slot.run_phase,
    }
