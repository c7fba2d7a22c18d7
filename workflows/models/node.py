"""Nodes of runs, written only by `store.commit`. JSON stands as text: passing it on parses nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.models.run import Run

#: `Node.id` is ``run_id << NODE_BITS | idx``: nodes of a run lie together and updates need no second index.
NODE_BITS = 24


class Node(models.Model):
    """One node, see `workflows.engine.node.Node` for the meaning of the fields."""

    id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="nodes", db_index=False)
    idx = models.IntegerField()
    seq = models.BigIntegerField()
    node_id = models.CharField(max_length=300)
    name = models.TextField()
    display_name = models.TextField()
    type = models.CharField(max_length=16)
    phase = models.CharField(max_length=16)
    boundary_id = models.CharField(max_length=300, default="", blank=True)
    parents = models.TextField(default="", blank=True)
    template_name = models.TextField(default="", blank=True)
    template_ref = models.TextField(default="", blank=True)
    template_scope = models.TextField(default="", blank=True)
    message = models.TextField(default="", blank=True)
    started_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    inputs = models.TextField(default="", blank=True)
    outputs = models.TextField(default="", blank=True)
    outbound = models.TextField(default="", blank=True)
    flag = models.TextField(default="", blank=True)
    host = models.TextField(default="", blank=True)
    attempt = models.IntegerField(default=0)
    waiting = models.TextField(default="", blank=True)
    memo = models.TextField(default="", blank=True)
    extra = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "node_id"], name="node_id"),
            models.CheckConstraint(
                condition=Q(
                    phase__in=["Pending", "Running", "Succeeded", "Skipped", "Failed", "Error", "Omitted"]
                ),
                name="node_phase",
            ),
        ]
        indexes = [models.Index(fields=["run", "seq"], name="node_changes")]

    def __str__(self) -> str:
        return self.name


class DeletedNode(models.Model):
    """A node that a manual retry took away at `seq`, so that clients holding an older graph learn of it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="deleted_nodes", db_index=False)
    idx = models.IntegerField()
    node_id = models.CharField(max_length=300)
    seq = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["run", "seq"], name="deletednode_changes")]

    def __str__(self) -> str:
        return self.node_id
