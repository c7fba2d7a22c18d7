"""How the parts reach an engine: signals for its runs, and the list of engines that are alive."""

from __future__ import annotations

from django.db import models

from workflows.models.run import Run


class Signal(models.Model):
    """One message to a run. The engine holding the run deletes it in the transaction that has its effect."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=32)
    payload = models.TextField()
    actor = models.CharField(max_length=150, default="", blank=True)
    created_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.kind


class EngineMember(models.Model):
    """An engine and until when it counts as alive. Its leases end with it: renewing them all is one write.

    stats   JSON text of what it has counted since its start, see `driver.statistics`
    """

    name = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255, default="", blank=True)
    started_at = models.BigIntegerField()
    alive_until = models.BigIntegerField()
    stats = models.TextField(default="{}", blank=True)

    def __str__(self) -> str:
        return self.name
