"""A document issues one plan, or one adjustment, and no second."""

from django.db import migrations, models

_HAS_PAPER = models.Q(("paper__isnull", False))


class Migration(migrations.Migration):
    dependencies = [
        ("directives", "0003_reforms_and_signer"),
        ("inspections", "0006_overlap_days_bounded"),
        ("units", "0003_reform"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=_HAS_PAPER, fields=("paper",), name="inspections_adjustment_paper"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=_HAS_PAPER, fields=("paper",), name="inspections_plan_paper"
            ),
        ),
    ]
