"""Artifacts that are to be deleted from their stores. Not for artifacts themselves: nodes have them."""

from __future__ import annotations

from django.db import models


class ArtifactCollection(models.Model):
    """One collection that is due or under way; the row goes when it is done or hopeless.

    run_id     the finished run whose artifacts are meant; None when the run itself is gone
    artifacts  JSON text of the artifacts of a run that is gone, "" otherwise
    due_at     when it is to be tried; pushed on while somebody tries, so that whatever is lost is tried again
    tries      how often it was begun
    """

    run_id = models.BigIntegerField(null=True, unique=True)
    namespace = models.CharField(max_length=63)
    artifacts = models.TextField(default="", blank=True)
    due_at = models.BigIntegerField()
    tries = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="artifactcollection_due")]

    def __str__(self) -> str:
        return f"artifacts of run {self.run_id}" if self.run_id else f"artifacts in {self.namespace}"
