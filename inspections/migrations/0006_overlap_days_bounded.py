"""Days between two inspections are at most ten years; more could leave the calendar."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directives", "0003_reforms_and_signer"),
        ("inspections", "0005_plan_office"),
        ("units", "0003_reform"),
    ]

    operations = [
        migrations.AlterField(
            model_name="plan",
            name="overlap_days",
            field=models.PositiveSmallIntegerField(
                default=90,
                validators=[django.core.validators.MaxValueValidator(3650)],
                verbose_name="khoảng cách tối thiểu (ngày)",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("overlap_days__lte", 3650)), name="inspections_plan_overlap"
            ),
        ),
    ]
