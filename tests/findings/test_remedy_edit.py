"""Putting a remedy right: old forms of discipline stay, extensions stay, two writers are told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from findings.models import Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu), code="KN1")


def typed(**changes: Any) -> dict[str, Any]:
    fields = {"code": "KN1", "kind": "REMIND", "subject": "COLLECTIVE", "due_on": "30/06/2023"}
    return {**fields, "version": 1, **changes}


def test_change_is_saved(staff: Client, remedy: Remedy) -> None:
    staff.post(f"/remedies/{remedy.pk}/edit/", typed(content="Nhắc nhở toàn đơn vị"))
    remedy.refresh_from_db()
    assert remedy.content == "Nhắc nhở toàn đơn vị"


def test_completion_is_not_touched(staff: Client, remedy: Remedy) -> None:
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    staff.post(f"/remedies/{remedy.pk}/edit/", typed(version=2, completed_on=""))
    remedy.refresh_from_db()
    assert remedy.completed_on == date(2023, 6, 1)


def test_second_writer_is_told(staff: Client, remedy: Remedy) -> None:
    staff.post(f"/remedies/{remedy.pk}/edit/", typed(content="Một"))
    answer = staff.post(f"/remedies/{remedy.pk}/edit/", typed(content="Hai"))
    assert answer.context["form"].conflict is not None
    remedy.refresh_from_db()
    assert remedy.content == "Một"


def test_asked_side_may_not(inspector: Client, reporter: Client, remedy: Remedy) -> None:
    for client in (inspector, reporter):
        assert client.post(f"/remedies/{remedy.pk}/edit/", typed()).status_code == 403
