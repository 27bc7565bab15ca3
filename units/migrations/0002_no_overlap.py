"""No two units bear one code on one day (contract §3, "Refused")."""

from django.db import migrations

from congvu.overlap import NoOverlap


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]

    operations = [NoOverlap("units_unit", "code", "valid_from", "valid_to")]
