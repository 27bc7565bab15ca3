"""Persons sort by their given name; SQLite rebuilds the table for that, so triggers come anew."""

from django.db import migrations

import congvu.fields
from findings.copies import CopyFromRound, PauseCopies


def refill(apps, schema_editor):
    """Work the column out for rows that are there: saving it is enough."""
    named = apps.get_model("findings", "Remedy").objects.exclude(person_name="")
    for each in named.iterator():
        each.save(update_fields=["person_sort_key"])


class Migration(migrations.Migration):
    dependencies = [("findings", "0003_copied_from_round")]

    operations = [
        PauseCopies(),
        migrations.AddField(
            model_name="remedy",
            name="person_sort_key",
            field=congvu.fields.NameSortKeyField(
                default="", editable=False, source=("person_name",)
            ),
        ),
        migrations.RunPython(refill, migrations.RunPython.noop),
        CopyFromRound(),
    ]
