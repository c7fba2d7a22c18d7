"""What runs refer to: stored templates, schedules and configuration. Not for runs, which keep a copy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.models.access import Namespace


class Template(models.Model):
    """A stored WorkflowTemplate, ClusterWorkflowTemplate (no namespace), CronWorkflow or event binding.

    `manifest` is the JSON the engine gets, `source` the text as its author wrote it, comments included;
    both are also those of the `Revision` with the number `revision`.
    """

    class Kind(models.TextChoices):
        NAMESPACED = "WorkflowTemplate"
        CLUSTER = "ClusterWorkflowTemplate"
        CRON = "CronWorkflow"
        BINDING = "WorkflowEventBinding"

    kind = models.CharField(max_length=32, choices=Kind)
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, null=True, related_name="templates")
    name = models.CharField(max_length=253)
    manifest = models.JSONField()
    source = models.TextField()
    revision = models.IntegerField(default=0)
    labels = models.JSONField(default=dict)
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "kind", "name"], name="template_name"),
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(namespace__isnull=True), name="template_cluster_name"
            ),
            models.CheckConstraint(
                condition=Q(kind="ClusterWorkflowTemplate", namespace__isnull=True)
                | Q(
                    kind__in=["WorkflowTemplate", "CronWorkflow", "WorkflowEventBinding"],
                    namespace__isnull=False,
                ),
                name="template_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ConfigEntry(models.Model):
    """Like a Kubernetes ConfigMap: named text values that parameters and settings may be taken from."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="config_entries")
    name = models.CharField(max_length=253)
    data = models.JSONField(default=dict)
    labels = models.JSONField(default=dict)
    annotations = models.JSONField(default=dict)
    updated_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["namespace", "name"], name="configentry_name")]

    def __str__(self) -> str:
        return self.name
