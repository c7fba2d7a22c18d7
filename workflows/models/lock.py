"""Locks, who holds them and who waits for them, and the limits that people set. Written by `store.locks`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from workflows.models.access import Namespace
from workflows.models.run import Run


class Lock(models.Model):
    """A mutex or semaphore that somebody asked for.

    name         Argo's: NAMESPACE/Mutex/NAME, NAMESPACE/ConfigMap/MAP/KEY or NAMESPACE/Database/KEY
    known_limit  the last limit above zero that could be read, 0 when there was none yet
    """

    name = models.CharField(max_length=600)
    mutex = models.BooleanField()
    known_limit = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "mutex"], name="lock_name")]

    def __str__(self) -> str:
        return self.name


class LockClaim(models.Model):
    """One lock of one claim. A claim is what a node, or a run as a whole, asks for: all its locks or none.

    claim   the node's row id, or the run's negated: rows with the same value belong together
    place   order of the lock within its claim
    state   Held; Queued: waits in the queue of this lock; Parked: waits in the queue of another one
    missed  how often its turn came while another of its locks was taken
    since   when it was claimed, later when it was granted
    """

    class State(models.TextChoices):
        HELD = "Held"
        QUEUED = "Queued"
        PARKED = "Parked"

    lock = models.ForeignKey(Lock, on_delete=models.CASCADE, related_name="claims", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lock_claims")
    claim = models.BigIntegerField()
    node_idx = models.IntegerField()
    node_id = models.CharField(max_length=300, default="", blank=True)
    place = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=State)
    priority = models.IntegerField()
    run_created_at = models.BigIntegerField()
    missed = models.SmallIntegerField(default=0)
    since = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "lock"], name="lockclaim_once"),
            models.CheckConstraint(
                condition=Q(state__in=["Held", "Queued", "Parked"]), name="lockclaim_state"
            ),
        ]
        indexes = [
            models.Index(
                F("lock"),
                F("priority").desc(),
                F("run_created_at"),
                F("run"),
                F("node_idx"),
                condition=Q(state="Queued"),
                name="lockclaim_queue",
            ),
            models.Index(fields=["lock", "since"], condition=Q(state="Held"), name="lockclaim_held"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.lock_id}"


class LockLimit(models.Model):
    """The limit of a database semaphore, set by people."""

    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="lock_limits")
    key = models.CharField(max_length=253)
    limit = models.IntegerField()
    updated_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "key"], name="locklimit_key"),
            models.CheckConstraint(condition=Q(limit__gte=0), name="locklimit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.limit}"
