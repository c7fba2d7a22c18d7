"""events"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0007_secrets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="template", name="template_scope"),
        migrations.AlterField(
            model_name="template",
            name="kind",
            field=models.CharField(
                choices=[
                    ("WorkflowTemplate", "Namespaced"),
                    ("ClusterWorkflowTemplate", "Cluster"),
                    ("CronWorkflow", "Cron"),
                    ("WorkflowEventBinding", "Binding"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(
                condition=Q(("kind", "ClusterWorkflowTemplate"), ("namespace__isnull", True))
                | Q(
                    ("kind__in", ["WorkflowTemplate", "CronWorkflow", "WorkflowEventBinding"]),
                    ("namespace__isnull", False),
                ),
                name="template_scope",
            ),
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("discriminator", models.CharField(blank=True, default="", max_length=253)),
                ("key", models.CharField(blank=True, default="", max_length=255)),
                ("payload", models.TextField()),
                ("metadata", models.TextField(default="{}")),
                ("actor_name", models.CharField(blank=True, default="", max_length=150)),
                ("received_at", models.BigIntegerField()),
                ("tries", models.IntegerField(default=1)),
                ("retry_at", models.BigIntegerField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "namespace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="workflows.namespace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=~Q(("key", "")),
                        fields=("namespace", "discriminator", "key"),
                        name="event_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["namespace", "id"], name="event_recent"),
                    models.Index(fields=["received_at"], name="event_age"),
                    models.Index(
                        condition=Q(("retry_at__isnull", False)), fields=["retry_at"], name="event_retry"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("binding", models.CharField(max_length=253)),
                ("revision", models.IntegerField()),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("Submitted", "Submitted"),
                            ("NotMatched", "Not Matched"),
                            ("NothingToSubmit", "Nothing"),
                            ("Failed", "Failed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("message", models.TextField(blank=True, default="")),
                ("decided_at", models.BigIntegerField()),
                ("run_uid", models.CharField(blank=True, default="", max_length=36)),
                ("run_name", models.CharField(blank=True, default="", max_length=253)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="workflows.event",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "binding"), name="eventoutcome_once"),
                ],
            },
        ),
    ]
