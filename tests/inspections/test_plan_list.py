"""The list of plans."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import World
from tests.factories import make_plan, make_round

pytestmark = pytest.mark.django_db


def numbers(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/plans/{query}")
    assert response.status_code == 200
    return [row.record.number for row in response.context["listing"].rows]


def test_latest_year_first_with_counts_of_rounds(staff: Client, world: World) -> None:
    make_plan(world.province, number="1/KH-UBND", year=2022)
    plan = make_plan(world.province, number="2/KH-UBND", year=2023)
    make_round(world.province, plan=plan)
    make_round(world.province, plan=plan, status="SCHEDULED")
    response = staff.get("/plans/")
    assert numbers(staff) == ["2/KH-UBND", "1/KH-UBND"]
    first = response.context["listing"].rows[0]
    assert [cell.text for cell in first.cells][-2:] == ["2", "1"]


def test_filters_by_words_year_and_issuer(staff: Client, world: World) -> None:
    make_plan(world.province, number="1/KH-UBND", subject="Kiểm tra công vụ", year=2022)
    make_plan(world.justice, number="2/KH-STP", subject="Việc khác", year=2023)
    assert numbers(staff, "?q=cong+vu") == ["1/KH-UBND"]
    assert numbers(staff, "?year=2023") == ["2/KH-STP"]
    assert numbers(staff, "?issuer=19.STP") == ["2/KH-STP"]


def test_district_sees_the_plan_that_it_carries_out_and_counts_its_own_rounds(
    inspector: Client, outsider: Client, world: World
) -> None:
    plan = make_plan(world.province, number="1/KH-UBND")
    make_plan(world.province, number="2/KH-UBND")
    make_round(world.province, plan=plan, status="SCHEDULED")
    make_round(world.dai_tu, plan=plan)
    response = inspector.get("/plans/")
    rows = response.context["listing"].rows
    assert [row.record.number for row in rows] == ["1/KH-UBND"]
    assert [cell.text for cell in rows[0].cells][-2:] == ["1", "1"]
    assert numbers(outsider) == []


def test_reporter_and_admin_are_refused(reporter: Client, admin: Client) -> None:
    assert reporter.get("/plans/").status_code == 403
    assert admin.get("/plans/").status_code == 403


def test_ten_times_the_plans_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            make_round(world.province, plan=make_plan(world.province))

    fill(2)
    staff.get("/plans/")
    with CaptureQueriesContext(connection) as few:
        staff.get("/plans/")
    fill(18)
    with CaptureQueriesContext(connection) as many:
        staff.get("/plans/")
    assert len(many) == len(few) <= 15
