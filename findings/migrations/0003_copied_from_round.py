"""Findings and remedies carry copies of their round's facts, kept true by triggers."""

from django.db import migrations, models

from findings.copies import CopyFromRound


def _unit():
    return models.ForeignKey(
        "units.unit",
        models.DO_NOTHING,
        related_name="+",
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
    )


def _columns(model):
    for name, field in (
        ("round_body", _unit()),
        ("round_ends_on", models.DateField(editable=False, null=True)),
        ("round_status", models.CharField(editable=False, max_length=15, null=True)),
        ("visit_unit", _unit()),
    ):
        yield migrations.AddField(model_name=model, name=name, field=field)
    yield migrations.AddIndex(
        model_name=model,
        index=models.Index(
            fields=["round_status", "round_ends_on"], name=f"findings_{model}_counted"
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0002_claims_answered"),
        ("inspections", "0003_member_folded"),
        ("units", "0003_reform"),
    ]

    operations = [*_columns("finding"), *_columns("remedy"), CopyFromRound()]
