"""Recording a plan that was issued before."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Plan
from tests.conftest import World
from tests.factories import make_plan, make_unit

pytestmark = pytest.mark.django_db


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "number": "45/KH-UBND",
        "issued_on": "17/3/2023",
        "issuer": "19",
        "year": "2023",
        "overlap_days": "90",
        "_once": str(uuid.uuid4()),
        **fields,
    }


def test_plan_is_saved_with_a_mark(staff: Client, world: World) -> None:
    answer = staff.post("/plans/record/", typed(subject="Kiểm tra công vụ"))
    plan = Plan.objects.get()
    assert answer.url == plan.get_absolute_url()  # type: ignore[attr-defined]
    assert (plan.issuer, plan.issued_on) == (world.province, date(2023, 3, 17))
    assert Event.objects.of(plan).get().deed == "added"


def test_same_number_of_the_same_issuer_and_year_is_refused(staff: Client, world: World) -> None:
    make_plan(world.province, number="45/KH-UBND", year=2023)
    page = staff.post("/plans/record/", typed()).content.decode()
    assert "đã dùng số 45/KH-UBND trong năm 2023: Kế hoạch 45/KH-UBND năm 2023" in page
    assert (
        staff.post("/plans/record/", typed(year="2024", issued_on="17/3/2024")).status_code == 302
    )


def test_issuer_of_that_day_is_meant(staff: Client, world: World) -> None:
    make_unit("M1", "Sở Mới", world.province, kind="DEPARTMENT", valid_from=date(2025, 7, 1))
    answer = staff.post("/plans/record/", typed(issuer="M1"))
    assert "Ngày 17/03/2023 không có đơn vị nào mang mã" in answer.content.decode()
    assert not Plan.objects.exists()


def test_only_staff_enter_plans(inspector: Client, leader: Client, world: World) -> None:
    assert inspector.post("/plans/record/", typed()).status_code == 403
    assert leader.post("/plans/record/", typed()).status_code == 403
    assert not Plan.objects.exists()


@pytest.mark.parametrize("missing", [{}, {"issuer": ""}, {"issued_on": "hôm qua"}])
def test_year_that_is_none_is_told_at_its_field(
    staff: Client, world: World, missing: dict[str, str]
) -> None:
    form = staff.post("/plans/record/", typed(year="20", **missing)).context["form"]
    assert form.errors["year"] == ["Năm 20 không hợp lệ; hãy ghi bốn chữ số như 2023."]
    assert "__all__" not in form.errors
