"""Putting a finding right: two writers, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from findings.models import Finding
from tests.conftest import World
from tests.factories import make_finding, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(world: World) -> Finding:
    return make_finding(make_visit(make_round(world.province), world.dai_tu), code="F1")


def typed(**changes: Any) -> dict[str, Any]:
    fields = {"code": "F1", "category": "WORK_TIME", "severity": "SHORTCOMING", "version": 1}
    return {**fields, "content": "Đi muộn", **changes}


def test_change_is_saved_and_marked(staff: Client, finding: Finding) -> None:
    staff.post(f"/findings/{finding.pk}/edit/", typed(severity="VIOLATION"))
    finding.refresh_from_db()
    assert finding.severity == "VIOLATION"
    assert Event.objects.of(finding).get().changes == {"severity": ["SHORTCOMING", "VIOLATION"]}


def test_second_writer_is_told_and_writes_nothing(staff: Client, finding: Finding) -> None:
    staff.post(f"/findings/{finding.pk}/edit/", typed(content="Người thứ nhất"))
    answer = staff.post(f"/findings/{finding.pk}/edit/", typed(content="Người thứ hai"))
    finding.refresh_from_db()
    assert finding.content == "Người thứ nhất"
    assert answer.context["form"].conflict is not None
    assert "Người thứ hai" in answer.content.decode()


def test_inspected_side_may_not(inspector: Client, finding: Finding) -> None:
    assert inspector.get(f"/findings/{finding.pk}/edit/").status_code == 403
    assert inspector.post(f"/findings/{finding.pk}/edit/", typed(content="X")).status_code == 403
