"""A draft from which units were drawn stays, and the draws with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_proposals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="draw",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="draws",
                to="reports.proposal",
            ),
        ),
    ]
