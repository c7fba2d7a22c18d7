"""artifacts"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_events")]
    operations = []
