"""Changing a visit."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world: World) -> Visit:
    """A visit of the province to Đại Từ."""
    return make_visit(make_round(world.province, date(2023, 5, 22)), world.dai_tu)


def typed(visit: Visit, **fields: Any) -> dict[str, Any]:
    return {
        "unit": "171",
        "visited_on": "22/5/2023",
        "version": visit.version,
        "_once": str(uuid.uuid4()),
        **fields,
    }


def test_change_leaves_a_mark(staff: Client, visit: Visit) -> None:
    answer = staff.post(f"/visits/{visit.pk}/edit/", typed(visit, minutes_number="7/BB-ĐKT"))
    assert answer.status_code == 302
    assert Event.objects.of(visit).get().changes == {"minutes_number": ["", "7/BB-ĐKT"]}


def test_second_writer_is_told(staff: Client, visit: Visit) -> None:
    url = f"/visits/{visit.pk}/edit/"
    stale = typed(visit, minutes_number="Của tôi")
    staff.post(url, typed(visit, minutes_number="7/BB-ĐKT"))
    text = staff.post(url, stale).content.decode()
    assert "đã lưu hồ sơ này" in text
    assert "Của tôi" in text
    visit.refresh_from_db()
    assert visit.minutes_number == "7/BB-ĐKT"


def test_day_outside_the_round_is_refused(staff: Client, visit: Visit) -> None:
    answer = staff.post(f"/visits/{visit.pk}/edit/", typed(visit, visited_on="1/6/2023"))
    assert "nằm ngoài cuộc" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.visited_on == date(2023, 5, 22)


def test_visited_side_gets_403_and_outsider_404(
    inspector: Client, outsider: Client, visit: Visit
) -> None:
    assert inspector.post(f"/visits/{visit.pk}/edit/", typed(visit)).status_code == 403
    assert outsider.post(f"/visits/{visit.pk}/edit/", typed(visit)).status_code == 404


def test_unit_does_not_change_under_what_was_asked_of_it(staff: Client, visit: Visit) -> None:
    """Else whoever must act moves the visit to another unit, settles, and moves it back."""
    make_remedy(visit)
    answer = staff.post(f"/visits/{visit.pk}/edit/", typed(visit, unit="05809"))
    assert "đã có kiến nghị" in str(answer.context["form"].errors["unit"])
    assert staff.post(f"/visits/{visit.pk}/edit/", typed(visit, strengths="Tốt")).status_code == 302
