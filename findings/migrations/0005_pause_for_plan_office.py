"""Rounds get new columns, for which SQLite rebuilds their table: the triggers wait meanwhile."""

from django.db import migrations

from findings.copies import PauseCopies


class Migration(migrations.Migration):
    dependencies = [("findings", "0004_person_sort_key")]
    run_before = [("inspections", "0005_plan_office")]

    operations = [PauseCopies()]
