"""Putting a plan right."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from congvu.models import Event
from tests.conftest import World
from tests.factories import make_plan, make_round

pytestmark = pytest.mark.django_db


def test_change_is_saved_and_marked(staff: Client, world: World) -> None:
    plan = make_plan(world.province, number="45/KH-UBND")
    data = {
        "number": "46/KH-UBND", "issued_on": "10/1/2023", "issuer": "19", "year": "2023",
        "overlap_days": "90",
        "version": plan.version, "_once": str(uuid.uuid4()),
    }  # fmt: skip
    assert staff.post(f"/plans/{plan.pk}/edit/", data).status_code == 302
    assert Event.objects.of(plan).get().changes == {"number": ["45/KH-UBND", "46/KH-UBND"]}


def test_who_carries_the_plan_out_reads_it_but_changes_nothing(
    inspector: Client, outsider: Client, world: World
) -> None:
    plan = make_plan(world.province)
    make_round(world.dai_tu, plan=plan)
    assert inspector.get(f"/plans/{plan.pk}/edit/").status_code == 403
    assert outsider.get(f"/plans/{plan.pk}/edit/").status_code == 404
