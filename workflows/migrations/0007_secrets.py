"""secrets"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0006_revisions")]
    operations = []
