"""locks"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_backfills")]
    operations = []
