"""The story of a plan."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.conftest import World
from tests.factories import make_plan, make_round, make_visit

pytestmark = pytest.mark.django_db


def test_rounds_are_counted_by_status_and_listed(staff: Client, world: World) -> None:
    plan = make_plan(world.province, number="45/KH-UBND", subject="Kiểm tra công vụ")
    make_round(world.province, plan=plan, code="XONG")
    make_round(world.province, plan=plan, code="CHO", status="SCHEDULED")
    make_round(world.province, code="NGOAI")
    response = staff.get(f"/plans/{plan.pk}/")
    text = response.content.decode()
    counts = {status: number for status, _, number in response.context["statuses"]}
    assert counts == {"SCHEDULED": 1, "IN_PROGRESS": 0, "COMPLETED": 1, "CANCELLED": 0}
    assert "XONG" in text
    assert "CHO" in text
    assert "NGOAI" not in text
    assert f"/rounds/?plan={plan.pk}&amp;status=SCHEDULED" in text


def test_district_counts_and_reads_only_rounds_in_its_reach(
    inspector: Client, world: World
) -> None:
    plan = make_plan(world.province)
    make_round(world.dai_tu, plan=plan, code="CUATA")
    make_visit(
        make_round(world.province, plan=plan, code="BIMAT", status="SCHEDULED"), world.dai_tu
    )
    response = inspector.get(f"/plans/{plan.pk}/")
    assert "BIMAT" not in response.content.decode()
    assert sum(number for _, _, number in response.context["statuses"]) == 1
    assert f"/plans/{plan.pk}/edit/" not in response.content.decode()


def test_out_of_scope_is_404(outsider: Client, inspector: Client, world: World) -> None:
    plan = make_plan(world.province)
    assert outsider.get(f"/plans/{plan.pk}/").status_code == 404
    assert inspector.get(f"/plans/{plan.pk}/").status_code == 404


def test_empty_plan_says_what_to_do(staff: Client, world: World) -> None:
    text = staff.get(f"/plans/{make_plan(world.province).pk}/").content.decode()
    assert "Chưa có cuộc nào thực hiện kế hoạch này" in text
    assert "/rounds/create/?plan=" in text
