"""Annotations of ConfigMaps, which name the default artifact repository; artifacts waiting to be deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_events")]
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
    ]
