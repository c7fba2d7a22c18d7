"""Entries of memoization caches. Times are Millis; what may be kept and for how long is decided elsewhere."""

from __future__ import annotations

from django.db import models

from workflows.models.access import Namespace


class Memo(models.Model):
    """What one key of one cache of a namespace stands for: the outputs of a node that succeeded.

    cache        the name that manifests write under `cache.configMap`; no ConfigMap belongs to it
    outputs      JSON text, "" for a node without outputs
    size         bytes of `outputs`, for the limit of the namespace
    node_id, run_uid, run_name   which node filled it; the run may be gone
    last_hit_at  when it was used last, else when it was made: the oldest go first
    """

    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="memos", db_index=False)
    cache = models.CharField(max_length=253)
    key = models.CharField(max_length=253)
    outputs = models.TextField(default="", blank=True)
    size = models.IntegerField(default=0)
    node_id = models.CharField(max_length=300)
    run_uid = models.CharField(max_length=36)
    run_name = models.CharField(max_length=253)
    created_at = models.BigIntegerField()
    last_hit_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["namespace", "cache", "key"], name="memo_key")]
        indexes = [models.Index(fields=["namespace", "last_hit_at"], name="memo_oldest")]

    def __str__(self) -> str:
        return f"{self.cache}/{self.key}"
