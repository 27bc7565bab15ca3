"""What findings and remedies copy from their round is true however the round is written to."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F, Q

from findings.models import Finding, Remedy
from inspections.models import Round, Visit
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_user, make_visit


def assert_true() -> None:
    """Every copy is what the round and the visit say, and none is missing."""
    for model in (Finding, Remedy):
        rows = model.objects.all()
        wrong = rows.exclude(
            round_body=F("visit__round__body"),
            round_status=F("visit__round__status"),
            round_ends_on=F("visit__round__ends_on"),
            visit_unit=F("visit__unit"),
        )
        missing = rows.filter(Q(round_body=None) | Q(visit_unit=None) | Q(round_ends_on=None))
        assert rows.exists()
        assert not wrong.exists()
        assert not missing.exists()


@pytest.fixture
def visit(world: World) -> Visit:
    """A visit with a finding and a remedy, in a round still ahead."""
    found = make_visit(
        make_round(world.province, date(2023, 5, 22), status="SCHEDULED"), world.dai_tu
    )
    make_remedy(found, finding=make_finding(found))
    other = make_visit(make_round(world.justice, date(2023, 6, 1)), world.tien_hoi)
    make_remedy(other, finding=make_finding(other))
    return found


def test_new_records_have_them(visit: Visit, world: World) -> None:
    Finding.objects.bulk_create(
        [
            Finding(
                code=f"T{n}", visit=visit, category="OTHER", severity="VIOLATION", content="Trễ hẹn"
            )
            for n in range(3)
        ]
    )
    assert_true()
    remedy = Remedy.objects.get(visit=visit)
    assert (remedy.round_body, remedy.visit_unit) == (world.province, world.dai_tu)
    assert (remedy.round_status, remedy.round_ends_on) == ("SCHEDULED", date(2023, 5, 22))


def test_deeds_on_the_round_reach_them(visit: Visit, world: World) -> None:
    staff = make_user("STAFF", world.province)
    round_ = visit.round
    for deed in (lambda: round_.complete(staff), lambda: round_.reopen(staff, "Ghi nhầm")):
        deed()
        assert_true()
    assert Finding.objects.get(visit=visit).round_status == "IN_PROGRESS"


def test_writing_many_at_once_reaches_them(visit: Visit, world: World) -> None:
    Round.objects.update(ends_on=date(2023, 7, 1), body=world.justice)
    assert_true()
    rounds = list(Round.objects.all())
    for round_ in rounds:
        round_.status = "CANCELLED"
    Round.objects.bulk_update(rounds, ["status"])
    assert_true()
    visit.unit = world.tien_hoi
    Visit.objects.bulk_update([visit], ["unit"])
    assert_true()


def test_visit_in_another_round_and_record_on_another_visit(visit: Visit) -> None:
    other = Round.objects.exclude(pk=visit.round_id).get()
    Visit.objects.filter(pk=visit.pk).update(round=other)
    assert_true()
    Finding.objects.filter(visit=visit).update(visit=other.visits.exclude(pk=visit.pk).get())
    Remedy.objects.filter(visit=visit).update(visit=other.visits.exclude(pk=visit.pk).get())
    assert_true()


def test_nobody_can_write_something_else(visit: Visit, world: World) -> None:
    """Neither by mistake nor by saving a record that was read before its round changed."""
    stale = Finding.objects.get(visit=visit)
    Round.objects.filter(pk=visit.round_id).update(status="COMPLETED")
    stale.save()
    assert_true()
    Remedy.objects.update(round_status="COMPLETED", round_body=world.tien_hoi, visit_unit=None)
    assert_true()
