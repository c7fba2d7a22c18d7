"""Annotations of ConfigMaps, which name the default artifact repository."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_events")]
    operations = [
        migrations.AddField(
            model_name="configentry", name="annotations", field=models.JSONField(default=dict)
        ),
    ]
