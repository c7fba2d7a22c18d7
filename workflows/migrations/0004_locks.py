"""Locks, limits, and who may begin: claims of runs and nodes, priority and admission of runs."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def admit_what_has_begun(apps, schema_editor):
    apps.get_model("workflows", "Run").objects.exclude(phase="").update(admitted=True)


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_backfills")]
    operations = [
        migrations.CreateModel(
            name="Lock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=600)),
                ("mutex", models.BooleanField()),
                ("known_limit", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "mutex"), name="lock_name")],
            },
        ),
        migrations.CreateModel(
            name="LockClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claim", models.BigIntegerField()),
                ("node_idx", models.IntegerField()),
                ("node_id", models.CharField(blank=True, default="", max_length=300)),
                ("place", models.SmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("Held", "Held"), ("Queued", "Queued"), ("Parked", "Parked")], max_length=8
                    ),
                ),
                ("priority", models.IntegerField()),
                ("run_created_at", models.BigIntegerField()),
                ("missed", models.SmallIntegerField(default=0)),
                ("since", models.BigIntegerField()),
                (
                    "lock",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="workflows.lock",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lock_claims",
                        to="workflows.run",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        F("lock"),
                        F("priority").desc(),
                        F("run_created_at"),
                        F("run"),
                        F("node_idx"),
                        condition=Q(state="Queued"),
                        name="lockclaim_queue",
                    ),
                    models.Index(fields=["lock", "since"], condition=Q(state="Held"), name="lockclaim_held"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "lock"), name="lockclaim_once"),
                    models.CheckConstraint(
                        condition=Q(state__in=["Held", "Queued", "Parked"]), name="lockclaim_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LockLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=253)),
                ("limit", models.IntegerField()),
                ("updated_at", models.BigIntegerField()),
                (
                    "namespace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lock_limits",
                        to="workflows.namespace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("namespace", "key"), name="locklimit_key"),
                    models.CheckConstraint(condition=Q(limit__gte=0), name="locklimit_positive"),
                ],
            },
        ),
        migrations.AddField(
            model_name="namespace",
            name="parallelism",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(model_name="run", name="admitted", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="run", name="priority", field=models.IntegerField(default=0)),
        migrations.RunPython(admit_what_has_begun, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="run", name="run_wanted"),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=Q(lease_owner="", admitted=True, wake_at__isnull=False),
                fields=["wake_at"],
                name="run_wanted",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                F("namespace"),
                F("priority").desc(),
                F("created_at"),
                F("id"),
                condition=Q(admitted=False),
                name="run_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=Q(admitted=True, finished_at__isnull=True), fields=["namespace"], name="run_active"
            ),
        ),
    ]
