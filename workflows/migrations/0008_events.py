"""events"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0007_secrets")]
    operations = []
