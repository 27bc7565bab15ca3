"""Teams sort in Vietnamese order; two who change one entry of the catalogue are noticed."""

from django.db import migrations, models

import congvu.fields


def refill(apps, schema_editor):
    """Work the column out for rows that are there: saving it is enough."""
    for each in apps.get_model("inspections", "Team").objects.iterator():
        each.save(update_fields=["sort_key"])


class Migration(migrations.Migration):
    dependencies = [("inspections", "0003_member_folded")]

    operations = [
        migrations.AlterModelOptions(
            name="team",
            options={
                "ordering": ("sort_key", "pk"),
                "verbose_name": "đoàn kiểm tra",
                "verbose_name_plural": "đoàn kiểm tra",
            },
        ),
        migrations.AddField(
            model_name="team",
            name="sort_key",
            field=congvu.fields.SortKeyField(default="", editable=False, source=("name",)),
        ),
        migrations.RunPython(refill, migrations.RunPython.noop),
        migrations.AddField(
            model_name="content",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="phiên bản"),
        ),
    ]
