"""revisions"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0005_memos")]
    operations = []
