"""The triggers come anew on the rebuilt table of rounds."""

from django.db import migrations

from findings.copies import CopyFromRound


class Migration(migrations.Migration):
    dependencies = [("findings", "0005_pause_for_plan_office"), ("inspections", "0005_plan_office")]

    operations = [CopyFromRound()]
