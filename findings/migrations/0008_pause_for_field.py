"""Visits get new columns, for which SQLite rebuilds their table: the triggers wait meanwhile."""

from django.db import migrations

from findings.copies import PauseCopies


class Migration(migrations.Migration):
    dependencies = [("findings", "0007_extension_documents")]
    run_before = [("inspections", "0008_field")]

    operations = [PauseCopies()]
