"""Metrics that manifests define, as sums and last values. Times are Millis; `store.metrics` writes them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.models.access import Namespace


class MetricFamily(models.Model):
    """What all series of one name share; the first run that uses a name decides.

    buckets   JSON list of a histogram's upper bounds, ascending, without infinity; "" for other types
    """

    class Type(models.TextChoices):
        COUNTER = "counter"
        GAUGE = "gauge"
        HISTOGRAM = "histogram"

    name = models.CharField(max_length=200, unique=True)
    type = models.CharField(max_length=16, choices=Type)
    help = models.TextField()
    buckets = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name


class MetricSeries(models.Model):
    """One number of one series of a namespace.

    labels    JSON list of [name, value]; `digest` stands for it in the index
    part      "" for counters and gauges; of a histogram "sum", "count" or the upper bound of a bucket, whose
              `value` counts what fell into this bucket alone
    since     of a gauge in real time: it shows the seconds from here to `until`, None for now
    run_uid   of a gauge in real time: the run at whose end it stops
    """

    family = models.ForeignKey(MetricFamily, on_delete=models.CASCADE, related_name="series", db_index=False)
    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="metrics", db_index=False)
    labels = models.TextField()
    digest = models.CharField(max_length=32)
    part = models.CharField(max_length=32, default="", blank=True)
    value = models.FloatField(default=0)
    since = models.BigIntegerField(null=True)
    until = models.BigIntegerField(null=True)
    run_uid = models.CharField(max_length=36, default="", blank=True)
    updated_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "namespace", "digest", "part"], name="metricseries_one")
        ]
        indexes = [
            models.Index(fields=["namespace"], name="metricseries_namespace"),
            models.Index(
                fields=["run_uid"],
                condition=Q(since__isnull=False, until__isnull=True),
                name="metricseries_running",
            ),
            models.Index(fields=["updated_at"], name="metricseries_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.labels} {self.part}"
