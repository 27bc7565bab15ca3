"""Migrations that change what a column is worked out from also refill the rows that are there."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from directives.models import Document
from exchange.models import ImportJob
from findings.models import Progress
from inspections.models import TeamMember
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_team, make_user, make_visit


def refill(app: str, name: str) -> None:
    """Do again what the migration does to rows, with the models of its time."""
    loader = MigrationLoader(connection)
    apps = loader.project_state((app, name)).apps
    with connection.schema_editor() as editor:
        for operation in loader.get_migration(app, name).operations:
            if isinstance(operation, RunPython):
                operation.code(apps, editor)


@pytest.mark.django_db(transaction=True)
def test_existing_rows_are_refilled(world: World) -> None:
    document = Document.objects.create(
        number="45/KH-BNV",
        issued_on=date(2023, 3, 17),
        issuer_name="Bộ Nội vụ",
        kept_by=world.province,
        type="KH",
        subject="Kiểm tra",
    )
    member = TeamMember.objects.create(team=make_team(world.province), name="Đỗ Thị Ánh")
    Document.objects.update(folded="")
    TeamMember.objects.update(folded="")
    refill("directives", "0002_folded_issuer")
    refill("inspections", "0003_member_folded")
    document.refresh_from_db()
    member.refresh_from_db()
    assert "bo noi vu" in document.folded
    assert member.folded == "do thi anh"


@pytest.mark.django_db(transaction=True)
def test_claims_of_completed_remedies_are_answered(world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    by = make_user("REPORTER", world.dai_tu)
    day = date(2023, 6, 1)
    done, left = (
        Progress.objects.create(
            remedy=make_remedy(visit, completed_on=completed_on), by=by, text="x", claimed_on=day
        )
        for completed_on in (day, None)
    )
    refill("findings", "0002_claims_answered")
    assert list(Progress.objects.waiting()) == [left]
    assert Progress.objects.exclude(answered_at=None).get() == done


@pytest.mark.django_db(transaction=True)
def test_uploads_that_would_change_nothing_are_closed(world: World) -> None:
    by = make_user("STAFF", world.province)
    waiting, idle = (
        ImportJob.objects.create(
            by=by, name="a.xlsx", state="READY",
            sheets=[{"key": "units", "added": added, "changed": 0, "unchanged": 1}],
        )
        for added in (1, 0)
    )  # fmt: skip
    refill("exchange", "0002_nothing_to_write")
    for job, state in ((waiting, "READY"), (idle, "NOTHING")):
        job.refresh_from_db()
        assert job.state == state
