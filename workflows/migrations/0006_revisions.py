"""revisions"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def begin_histories(apps, schema_editor):
    """What is stored already becomes the first revision of each."""
    templates = apps.get_model("workflows", "Template").objects.select_related("updated_by")
    revision = apps.get_model("workflows", "Revision")
    for template in templates.filter(revision=0):
        author = template.updated_by
        revision.objects.create(
            kind=template.kind,
            namespace_id=template.namespace_id,
            name=template.name,
            number=1,
            manifest=template.manifest,
            source=template.source,
            created_at=template.updated_at,
            author=author,
            author_name=author.username if author else "",
        )
    templates.filter(revision=0).update(revision=1)


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0005_memos"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="runmanifest", name="revisions", field=models.TextField(default="[]")
        ),
        migrations.AddField(
            model_name="template", name="revision", field=models.IntegerField(default=0)
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=253)),
                ("number", models.IntegerField()),
                ("manifest", models.JSONField()),
                ("source", models.TextField()),
                ("created_at", models.BigIntegerField()),
                ("author_name", models.CharField(blank=True, default="", max_length=150)),
                ("message", models.CharField(blank=True, default="", max_length=500)),
                ("restored_from", models.IntegerField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "namespace",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="workflows.namespace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("namespace", "kind", "name", "number"), name="revision_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("namespace__isnull", True)),
                        fields=("kind", "name", "number"),
                        name="revision_cluster_number",
                    ),
                ],
            },
        ),
        migrations.RunPython(begin_histories, migrations.RunPython.noop, elidable=True),
    ]
