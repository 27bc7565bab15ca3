"""Taking a remedy away: only while nothing hangs on it; the visit keeps the mark."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from congvu.models import Event
from findings.models import Extension, Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    visit = make_visit(make_round(world.province), world.dai_tu)
    return make_remedy(visit, code="KN1", subject="INDIVIDUAL", person_name="Nguyễn Văn Khuất")


def test_deleted_with_a_mark_without_the_name(staff: Client, remedy: Remedy) -> None:
    answer = staff.post(f"/remedies/{remedy.pk}/delete/", {"version": 1})
    assert answer["Location"] == remedy.visit.get_absolute_url()
    assert not Remedy.objects.exists()
    mark = Event.objects.of(remedy.visit).get()
    assert "KN1" in mark.note
    assert "Khuất" not in mark.note


@pytest.mark.parametrize("what", ["extension", "report", "completion"])
def test_refused_while_something_hangs_on_it(staff: Client, remedy: Remedy, what: str) -> None:
    if what == "extension":
        Extension.objects.create(
            remedy=remedy, decided_on=date(2023, 6, 1), due_on=date(2023, 8, 25)
        )
    elif what == "report":
        remedy.report(by=staff.user, text="Đang làm")  # type: ignore[attr-defined]
    else:
        Remedy.objects.update(completed_on=date(2023, 6, 1))
    answer = staff.post(f"/remedies/{remedy.pk}/delete/", {"version": remedy.version})
    assert "không xóa được" in answer.content.decode()
    assert Remedy.objects.exists()


def test_asked_side_may_not(inspector: Client, remedy: Remedy) -> None:
    assert inspector.post(f"/remedies/{remedy.pk}/delete/", {"version": 1}).status_code == 403


def test_asked_side_takes_away_no_demand_that_its_own_round_made(
    inspector: Client, staff: Client, world: World
) -> None:
    own = make_remedy(make_visit(make_round(world.dai_tu), world.dai_tu), code="KN2")
    assert inspector.get(f"/remedies/{own.pk}/delete/").status_code == 403
    assert inspector.post(f"/remedies/{own.pk}/delete/", {"version": 1}).status_code == 403
    with pytest.raises(PermissionDenied):
        own.remove(inspector.user)  # type: ignore[attr-defined]
    assert Remedy.objects.filter(pk=own.pk).exists()
    assert "không tự xóa" in inspector.get(own.get_absolute_url()).content.decode()
    assert staff.post(f"/remedies/{own.pk}/delete/", {"version": 1}).status_code == 302
