"""Files that people send to be taken as input artifacts, until a run keeps them. Not for other artifacts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.models.access import Namespace


class Upload(models.Model):
    """One file. The row is there before the file is, and goes after it: nothing in a store is forgotten.

    uid         names it to its owner, who alone may use it
    state       receiving while the file is stored; doomed once nobody may use it any more
    location    JSON text of where it is, as a field of Argo's artifact
    expires_at  when it goes unless a run uses it
    """

    class State(models.TextChoices):
        RECEIVING = "receiving"
        STORED = "stored"
        DOOMED = "doomed"

    uid = models.CharField(max_length=36, unique=True)
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="uploads")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    location = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVING)
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "stored", "doomed"]), name="upload_state"
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_expiry")]

    def __str__(self) -> str:
        return self.name


class UploadUse(models.Model):
    """A run that takes the upload in. It outlives the run: whether that exists is asked when it matters."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="uses")
    run_uid = models.CharField(max_length=36)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "run_uid"], name="uploaduse_once")]

    def __str__(self) -> str:
        return self.run_uid
