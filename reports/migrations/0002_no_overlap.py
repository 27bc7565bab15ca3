"""No two returns of one unit share a day (contract §3, "Refused")."""

from django.db import migrations

from congvu.overlap import NoOverlap


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [NoOverlap("reports_return", "unit_id", "first_day", "last_day")]
