"""Deleting a plan that was entered by mistake."""

from __future__ import annotations

import pytest
from django.test import Client

from congvu.models import Event
from inspections.models import Plan, seal_of
from tests.conftest import World
from tests.factories import make_plan, make_round

pytestmark = pytest.mark.django_db


def sealed(plan: Plan) -> dict[str, str]:
    return {"version": f"{plan.version}.{seal_of(plan.items.all())}"}


def test_plan_without_rounds_goes_and_leaves_a_mark(staff: Client, world: World) -> None:
    plan = make_plan(world.province, number="9/KH-UBND")
    assert f"/plans/{plan.pk}/delete/" in staff.get(f"/plans/{plan.pk}/").content.decode()
    answer = staff.post(f"/plans/{plan.pk}/delete/", sealed(plan))
    assert answer.url == "/plans/"  # type: ignore[attr-defined]
    assert not Plan.objects.exists()
    event = Event.objects.get(deed="removed")
    assert (event.record_id, event.label) == (plan.pk, "Kế hoạch 9/KH-UBND năm 2023")


def test_plan_that_a_round_carries_out_stays(staff: Client, world: World) -> None:
    plan = make_plan(world.province)
    make_round(world.province, plan=plan)
    answer = staff.post(f"/plans/{plan.pk}/delete/", sealed(plan))
    assert "đang được gắn với hồ sơ khác nên không xóa được" in answer.content.decode()
    assert f"/plans/{plan.pk}/delete/" not in staff.get(f"/plans/{plan.pk}/").content.decode()
    assert Plan.objects.exists()
    assert not Event.objects.filter(deed="removed").exists()
