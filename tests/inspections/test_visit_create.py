"""Adding a unit to a round."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Round, Visit
from tests.conftest import World
from tests.factories import make_round, make_unit, make_visit

pytestmark = pytest.mark.django_db


def typed(**fields: Any) -> dict[str, Any]:
    return {"unit": "171", "visited_on": "22/5/2023", "_once": str(uuid.uuid4()), **fields}


@pytest.fixture
def round_(world: World) -> Round:
    """A running round of the province on one day."""
    return make_round(world.province, date(2023, 5, 22), status="IN_PROGRESS")


def test_visit_is_added_with_its_papers_and_a_mark(
    staff: Client, round_: Round, world: World
) -> None:
    data = typed(minutes_number="05/BB-ĐKT", conclusion_number="12/KL-SNV", concluded_on="5/6/2023")
    answer = staff.post(f"/rounds/{round_.pk}/visits/create/", data)
    visit = Visit.objects.get()
    assert answer.url == visit.get_absolute_url()  # type: ignore[attr-defined]
    assert (visit.unit, visit.minutes_number) == (world.dai_tu, "05/BB-ĐKT")
    assert Event.objects.of(visit).get().deed == "added"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"visited_on": "23/5/2023"}, "nằm ngoài cuộc"),
        ({"unit": "999999"}, "Không tìm thấy đơn vị"),
        ({"concluded_on": "21/5/2023"}, "không thể trước ngày kiểm tra"),
        ({"unit": ""}, "Hãy ghi mã hoặc tên đơn vị"),
    ],
)
def test_fault_is_told_and_nothing_is_saved(
    staff: Client, round_: Round, fields: dict[str, str], said: str
) -> None:
    answer = staff.post(f"/rounds/{round_.pk}/visits/create/", typed(**fields))
    assert said in answer.content.decode()
    assert not Visit.objects.exists()


def test_code_is_visited_once_in_a_round(staff: Client, world: World) -> None:
    round_ = make_round(world.province, date(2025, 7, 2), starts_on=date(2025, 6, 30))
    old = make_unit("C1", "Xã Cũ", world.dai_tu, kind="COMMUNE", valid_to=date(2025, 6, 30))
    make_unit("C1", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_visit(round_, old, visited_on=date(2025, 6, 30))
    answer = staff.post(
        f"/rounds/{round_.pk}/visits/create/", typed(unit="C1", visited_on="1/7/2025")
    )
    assert "đã kiểm tra đơn vị mang mã C1" in answer.content.decode()
    assert Visit.objects.count() == 1


def test_unit_not_in_force_is_refused(staff: Client, round_: Round, world: World) -> None:
    make_unit("N9", "Xã Chưa Có", world.dai_tu, kind="COMMUNE", valid_from=date(2025, 7, 1))
    answer = staff.post(f"/rounds/{round_.pk}/visits/create/", typed(unit="Xã Chưa Có (N9)"))
    assert "không có hiệu lực" in answer.content.decode() or "không có đơn vị" in (
        answer.content.decode()
    )
    assert not Visit.objects.exists()


def test_round_of_others_is_not_written(
    inspector: Client, outsider: Client, leader: Client, round_: Round
) -> None:
    url = f"/rounds/{round_.pk}/visits/create/"
    assert inspector.post(url, typed()).status_code == 404
    assert outsider.post(url, typed()).status_code == 404
    assert leader.post(url, typed()).status_code == 403
    assert not Visit.objects.exists()


def test_sent_twice_adds_one(staff: Client, round_: Round) -> None:
    data = typed()
    staff.post(f"/rounds/{round_.pk}/visits/create/", data)
    assert staff.post(f"/rounds/{round_.pk}/visits/create/", data).status_code == 302
    assert Visit.objects.count() == 1
