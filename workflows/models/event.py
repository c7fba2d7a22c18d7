"""Events that were accepted from outside, and what each event binding made of them. Times are Millis."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.models.access import Namespace


class Event(models.Model):
    """One accepted event; it is stored with its outcomes and its runs in one transaction.

    key        what the sender calls the event, "" for nothing: one that is sent twice is one event
    payload    JSON text as it came
    metadata   JSON text of the headers that bindings see
    retry_at   when bindings that failed are tried again, None for never
    """

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="events")
    discriminator = models.CharField(max_length=253, default="", blank=True)
    key = models.CharField(max_length=255, default="", blank=True)
    payload = models.TextField()
    metadata = models.TextField(default="{}")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    actor_name = models.CharField(max_length=150, default="", blank=True)
    received_at = models.BigIntegerField()
    tries = models.IntegerField(default=1)
    retry_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "discriminator", "key"], condition=~Q(key=""), name="event_once"
            ),
        ]
        indexes = [
            models.Index(fields=["namespace", "id"], name="event_recent"),
            models.Index(fields=["received_at"], name="event_age"),
            models.Index(fields=["retry_at"], condition=Q(retry_at__isnull=False), name="event_retry"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk} {self.discriminator}"


class EventOutcome(models.Model):
    """What one binding made of one event; a failure may be followed by a success, nothing follows a run."""

    class Result(models.TextChoices):
        SUBMITTED = "Submitted"
        NOT_MATCHED = "NotMatched"
        NOTHING = "NothingToSubmit"
        FAILED = "Failed"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="outcomes")
    binding = models.CharField(max_length=253)
    revision = models.IntegerField()
    result = models.CharField(max_length=16, choices=Result)
    message = models.TextField(default="", blank=True)
    decided_at = models.BigIntegerField()
    run_uid = models.CharField(max_length=36, default="", blank=True)
    run_name = models.CharField(max_length=253, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "binding"], name="eventoutcome_once")]

    def __str__(self) -> str:
        return f"{self.binding}: {self.result}"
