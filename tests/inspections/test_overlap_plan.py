"""Overlaps of one plan: the page of the year narrowed to it, and where the plan's pages tell them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.conftest import World
from tests.factories import make_item, make_plan

pytestmark = pytest.mark.django_db


def test_an_item_is_told_whose_plan_another_issued_than_inspects(
    world: World, staff: Client
) -> None:
    plan = make_plan(world.province)
    for month in (5, 8):
        make_item(plan, world.tien_hoi, month, body=world.justice, overlap_reason="Đơn mới")
    rows = staff.get("/overlaps/", {"year": "2023"}).context["listing"].rows
    assert [row.cells[2].text for row in rows] == ["Sở Tư pháp", "Sở Tư pháp"]
    assert [row.cells[-1].text for row in rows] == ["Đơn mới", "Đơn mới"]
