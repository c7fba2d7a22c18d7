"""Annotations of ConfigMaps, which name the default artifact repository; artifacts waiting to be deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0008_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="configentry", name="annotations", field=models.JSONField(default=dict)
        ),
        migrations.CreateModel(
            name="ArtifactCollection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("run_id", models.BigIntegerField(null=True, unique=True)),
                ("namespace", models.CharField(max_length=63)),
                ("artifacts", models.TextField(blank=True, default="")),
                ("due_at", models.BigIntegerField()),
                ("tries", models.IntegerField(default=0)),
            ],
            options={"indexes": [models.Index(fields=["due_at"], name="artifactcollection_due")]},
        ),
        migrations.AddField(
            model_name="run", name="cleaned_attempt", field=models.IntegerField(default=-1)
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(
                    ("cleaned_attempt__lt", models.F("attempt")), ("finished_at__isnull", False)
                ),
                fields=["finished_at"],
                name="run_folders",
            ),
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=36, unique=True)),
                ("name", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("location", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("receiving", "Receiving"), ("stored", "Stored"), ("doomed", "Doomed")],
                        default="receiving",
                        max_length=16,
                    ),
                ),
                ("created_at", models.BigIntegerField()),
                ("expires_at", models.BigIntegerField()),
                (
                    "namespace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="workflows.namespace",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="upload_expiry")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["receiving", "stored", "doomed"])),
                        name="upload_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("run_uid", models.CharField(max_length=36)),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="workflows.upload",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "run_uid"), name="uploaduse_once")
                ],
            },
        ),
    ]
