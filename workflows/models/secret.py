"""Secrets at rest. Values are sealed by `store.cipher`; nothing outside `store` opens them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workflows.models.access import Namespace


class Secret(models.Model):
    """Like a Kubernetes Secret. `data` maps each key to its sealed value; keys and name are in the clear."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="secrets")
    name = models.CharField(max_length=253)
    type = models.CharField(max_length=253, default="Opaque", blank=True)
    data = models.JSONField(default=dict)
    labels = models.JSONField(default=dict)
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["namespace", "name"], name="secret_name")]

    def __str__(self) -> str:
        return self.name
