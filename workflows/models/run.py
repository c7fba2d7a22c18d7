"""Runs. The row is small and written at every commit; what is written once stands beside it in `RunManifest`.

Fields that hold JSON as text are the engine's: `store.rows` turns them into values and back.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflows.models.access import Namespace


class Run(models.Model):
    """One run, see `workflows.engine.node.Run` for the engine's fields.

    lease_owner   the engine member that holds the run, "" for none; only it may write the engine's fields
    fence         raised with every new lease; a writer must name the fence it was given
    wake_at       when an engine must take up a run nobody holds, None when there is nothing left to do
    priority      Argo's spec.priority: who goes first where not all can
    admitted      an engine may begin it: not yet so while too many runs are active
    cleaned_attempt  the manual attempt after which the executor's folders were removed, -1 for never
    ttl_*         seconds after which the finished run is deleted (Argo's ttlStrategy), None for never
    """

    uid = models.CharField(max_length=36, unique=True)
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="runs", db_index=False)
    name = models.CharField(max_length=253)
    created_at = models.BigIntegerField()
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False
    )
    creator_name = models.CharField(max_length=150, default="", blank=True)
    template_kind = models.CharField(max_length=32, default="", blank=True)
    template_name = models.CharField(max_length=253, default="", blank=True)
    priority = models.IntegerField(default=0)
    admitted = models.BooleanField(default=False)
    ttl_success = models.BigIntegerField(null=True)
    ttl_failure = models.BigIntegerField(null=True)

    phase = models.CharField(max_length=16, default="", blank=True)
    message = models.TextField(default="", blank=True)
    started_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    labels = models.TextField(default="{}")
    annotations = models.TextField(default="{}")
    arguments = models.TextField(default="{}")
    outputs = models.TextField(default="", blank=True)
    suspended = models.BooleanField(default=False)
    shutdown = models.CharField(max_length=16, default="", blank=True)
    attempt = models.IntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    node_count = models.IntegerField(default=0)
    phase_counts = models.TextField(default="{}")
    memo = models.TextField(default="{}")
    cleaned_attempt = models.IntegerField(default=-1)

    lease_owner = models.CharField(max_length=64, default="", blank=True)
    fence = models.BigIntegerField(default=0)
    wake_at = models.BigIntegerField(null=True, default=0)

    class Meta:
        constraints = [
            # The operator classes let PostgreSQL find names by prefix.
            models.UniqueConstraint(
                fields=["namespace", "name"], opclasses=["int8_ops", "varchar_pattern_ops"], name="run_name"
            ),
            models.CheckConstraint(
                condition=Q(phase__in=["", "Pending", "Running", "Succeeded", "Failed", "Error"]),
                name="run_phase",
            ),
            models.CheckConstraint(condition=Q(shutdown__in=["", "Stop", "Terminate"]), name="run_shutdown"),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="run_recent"),
            models.Index(fields=["namespace", "created_at", "id"], name="run_namespace"),
            models.Index(fields=["phase", "created_at", "id"], name="run_phase_recent"),
            models.Index(fields=["namespace", "phase", "created_at", "id"], name="run_namespace_phase"),
            models.Index(
                fields=["template_name", "created_at", "id"],
                condition=~Q(template_name=""),
                name="run_template",
            ),
            models.Index(
                fields=["wake_at"],
                condition=Q(lease_owner="", admitted=True, wake_at__isnull=False),
                name="run_wanted",
            ),
            models.Index(
                F("namespace"),
                F("priority").desc(),
                F("created_at"),
                F("id"),
                condition=Q(admitted=False),
                name="run_queue",
            ),
            models.Index(
                fields=["namespace"], condition=Q(admitted=True, finished_at__isnull=True), name="run_active"
            ),
            models.Index(fields=["lease_owner"], condition=~Q(lease_owner=""), name="run_lease"),
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False, cleaned_attempt__lt=F("attempt")),
                name="run_folders",
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False)
                & (Q(ttl_success__isnull=False) | Q(ttl_failure__isnull=False)),
                name="run_expiry",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RunManifest(models.Model):
    """What a run was made from, written once.

    text      the submitted document as its author wrote it
    workflow  JSON text of the Workflow object that the engine runs
    library   JSON text of the stored templates it may refer to: [[scope, name, manifest], …]
    revisions JSON text of which revisions those are: [[scope, name, number], …]
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="manifest")
    text = models.TextField()
    workflow = models.TextField()
    library = models.TextField(default="[]")
    revisions = models.TextField(default="[]")

    def __str__(self) -> str:
        return f"manifest of run {self.run_id}"


class RunLabel(models.Model):
    """One label of one run, for filtered lists. `created_at` repeats the run's: the index gives the order."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="label_rows")
    key = models.CharField(max_length=317)
    value = models.CharField(max_length=63)
    created_at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "value", "created_at", "run"], name="runlabel_recent")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
