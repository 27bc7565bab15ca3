"""The page of a return: its figures beside what is logged, and the deeds of each side."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from reports.models import Return
from tests.conftest import World
from tests.factories import make_remedy, make_return, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(
        world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="SUBMITTED",
        rounds_surprise=5, remind_units=1200,
    )  # fmt: skip


def deeds(client: Client, source: Return) -> list[str]:
    """Labels of the deeds that may be done now."""
    page = client.get(source.get_absolute_url())
    return [action.label for action in page.context["actions"] if not action.why_not]


def test_figures_stand_beside_what_is_logged(staff: Client, world: World, source: Return) -> None:
    visit = make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_remedy(visit)
    make_visit(make_round(world.province), world.tien_hoi)
    page = staff.get(source.get_absolute_url())
    rows = {row.label: (row.reported, row.logged) for row in page.context["rows"]}
    assert rows["Số cuộc đột xuất"] == (5, 1)
    assert rows["Số lượt đơn vị"] == (None, 1)
    assert rows["Số đơn vị nhắc nhở"] == (1200, 1)
    assert "1.200" in page.content.decode()


def test_deeds_of_each_side(
    staff: Client, reporter: Client, inspector: Client, leader: Client, source: Return
) -> None:
    assert deeds(staff, source) == ["Chấp nhận", "Trả lại đơn vị", "Sửa số liệu"]
    assert deeds(reporter, source) == []
    Return.objects.update(status="DRAFT")
    assert deeds(reporter, source) == ["Gửi số liệu", "Sửa số liệu", "Xóa số liệu"]
    assert deeds(inspector, source) == deeds(leader, source) == []


def test_outsider_gets_404(outsider: Client, source: Return) -> None:
    assert outsider.get(source.get_absolute_url()).status_code == 404


def test_trail_is_for_staff_and_the_own_reporter(
    staff: Client, reporter: Client, leader: Client, world: World, source: Return
) -> None:
    unit = reporter.user.unit  # type: ignore[attr-defined]
    own = make_return(unit, date(2022, 1, 1), date(2022, 12, 31), status="SUBMITTED")
    assert staff.get(own.get_absolute_url()).context["events"] is not None
    assert reporter.get(own.get_absolute_url()).context["events"] is not None
    assert leader.get(own.get_absolute_url()).context["events"] is None
