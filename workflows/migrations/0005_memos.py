"""memos and metrics"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0004_locks")]
    operations = [
        migrations.CreateModel(
            name="Memo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cache", models.CharField(max_length=253)),
                ("key", models.CharField(max_length=253)),
                ("outputs", models.TextField(blank=True, default="")),
                ("size", models.IntegerField(default=0)),
                ("node_id", models.CharField(max_length=300)),
                ("run_uid", models.CharField(max_length=36)),
                ("run_name", models.CharField(max_length=253)),
                ("created_at", models.BigIntegerField()),
                ("last_hit_at", models.BigIntegerField()),
                ("namespace", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="memos", to="workflows.namespace")),
            ],
            options={
                "indexes": [models.Index(fields=["namespace", "last_hit_at"], name="memo_oldest")],
                "constraints": [models.UniqueConstraint(fields=("namespace", "cache", "key"), name="memo_key")],
            },
        ),
        migrations.CreateModel(
            name="MetricFamily",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("type", models.CharField(choices=[("counter", "Counter"), ("gauge", "Gauge"), ("histogram", "Histogram")], max_length=16)),
                ("help", models.TextField()),
                ("buckets", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.CreateModel(
            name="MetricSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("labels", models.TextField()),
                ("digest", models.CharField(max_length=32)),
                ("part", models.CharField(blank=True, default="", max_length=32)),
                ("value", models.FloatField(default=0)),
                ("since", models.BigIntegerField(null=True)),
                ("until", models.BigIntegerField(null=True)),
                ("run_uid", models.CharField(blank=True, default="", max_length=36)),
                ("updated_at", models.BigIntegerField()),
                ("family", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="series", to="workflows.metricfamily")),
                ("namespace", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="metrics", to="workflows.namespace")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["namespace"], name="metricseries_namespace"),
                    models.Index(condition=models.Q(("since__isnull", False), ("until__isnull", True)), fields=["run_uid"], name="metricseries_running"),
                    models.Index(fields=["updated_at"], name="metricseries_updated"),
                ],
                "constraints": [models.UniqueConstraint(fields=("family", "namespace", "digest", "part"), name="metricseries_one")],
            },
        ),
        migrations.AddField(
            model_name="enginemember",
            name="stats",
            field=models.TextField(blank=True, default="{}"),
        ),
    ]
