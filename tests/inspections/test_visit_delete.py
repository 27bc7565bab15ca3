"""Taking away a visit that was entered by mistake."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from congvu.models import Event
from inspections.models import Round, Visit
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db


def test_bare_visit_goes_and_the_round_keeps_the_mark(staff: Client, world: World) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    visit = make_visit(round_, world.dai_tu)
    answer = staff.post(f"/visits/{visit.pk}/delete/", {"version": round_.version})
    assert answer.url == round_.get_absolute_url()  # type: ignore[attr-defined]
    assert not Visit.objects.exists()
    event = Event.objects.of(round_).get()
    assert event.deed == "removed"
    assert "Huyện Đại Từ" in event.note


@pytest.mark.parametrize("make", [make_finding, make_remedy])
def test_visit_on_which_something_hangs_stays(staff: Client, world: World, make: object) -> None:
    round_ = make_round(world.province, status="IN_PROGRESS")
    visit = make_visit(round_, world.dai_tu)
    make(visit)  # type: ignore[operator]  # a factory
    answer = staff.post(f"/visits/{visit.pk}/delete/", {"version": round_.version})
    assert "đã có tồn tại hoặc kiến nghị" in answer.content.decode()
    assert Visit.objects.exists()
    assert not Event.objects.of(round_).exists()


def test_completed_round_keeps_its_last_visit(staff: Client, world: World) -> None:
    round_ = make_round(world.province)
    visit = make_visit(round_, world.dai_tu)
    answer = staff.post(f"/visits/{visit.pk}/delete/", {"version": round_.version})
    assert "phải còn ít nhất một lượt" in answer.content.decode()
    assert Visit.objects.exists()


def test_visited_side_gets_403_and_outsider_404(
    inspector: Client, outsider: Client, world: World
) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    assert inspector.post(f"/visits/{visit.pk}/delete/").status_code == 403
    assert outsider.post(f"/visits/{visit.pk}/delete/").status_code == 404
    assert Visit.objects.exists()


def test_last_visit_of_a_round_completed_meanwhile_stays(world: World) -> None:
    visit = make_visit(make_round(world.province, status="IN_PROGRESS"), world.dai_tu)
    Round.objects.update(status="COMPLETED")
    with pytest.raises(ValidationError, match="phải còn ít nhất một lượt"):
        visit.remove(by=make_user("STAFF", world.province))
    assert Visit.objects.exists()
