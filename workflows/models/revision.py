"""Every state that a stored template ever had. Rows are written once and outlive the template."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.models.access import Namespace


class Revision(models.Model):
    """One state of the template of this kind, namespace and name; numbers count from 1, without gaps.

    A template that is deleted and made again goes on counting, so that a number never means two things.
    `restored_from` is the number of the revision it was copied from, None for one somebody wrote.
    """

    kind = models.CharField(max_length=32)
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, null=True, related_name="revisions")
    name = models.CharField(max_length=253)
    number = models.IntegerField()
    manifest = models.JSONField()
    source = models.TextField()
    created_at = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    message = models.CharField(max_length=500, default="", blank=True)
    restored_from = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "kind", "name", "number"], name="revision_number"),
            models.UniqueConstraint(
                fields=["kind", "name", "number"],
                condition=Q(namespace__isnull=True),
                name="revision_cluster_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} revision {self.number}"
