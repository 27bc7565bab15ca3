"""Acknowledging: the asked side says, in one click, that it knows of the demand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from congvu.models import Event
from findings.models import Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


@pytest.fixture(autouse=True)
def _then() -> Any:
    with time_machine.travel("2023-06-02 08:00+07:00", tick=False):
        yield


def acknowledge(client: Client, remedy: Remedy) -> Any:
    return client.post(f"{remedy.get_absolute_url()}acknowledge/", follow=True)


def test_who_and_when_are_told_to_both_sides(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    assert "Tiếp nhận kiến nghị" in reporter.get(remedy.get_absolute_url()).content.decode()
    acknowledge(reporter, remedy)
    remedy.refresh_from_db()
    assert remedy.acknowledged_by == reporter.user  # type: ignore[attr-defined]
    assert remedy.acknowledged_at is not None
    assert timezone.localdate(remedy.acknowledged_at) == date(2023, 6, 2)
    assert Event.objects.of(remedy).get().deed == "acknowledged"
    for client in (staff, reporter):
        page = client.get(remedy.get_absolute_url()).content.decode()
        assert "Người dùng daumoi (Huyện Đại Từ)" in page
        assert 'datetime="2023-06-02">02/06/2023</time> <b>Tiếp nhận</b>' in page
        assert "Tiếp nhận kiến nghị" not in page


def test_first_to_say_so_is_kept(reporter: Client, inspector: Client, remedy: Remedy) -> None:
    acknowledge(reporter, remedy)
    assert acknowledge(inspector, remedy).status_code == 200
    remedy.refresh_from_db()
    assert remedy.acknowledged_by == reporter.user  # type: ignore[attr-defined]
    assert Event.objects.of(remedy).count() == 1


def test_side_that_inspected_knows_of_it_anyway(staff: Client, remedy: Remedy) -> None:
    assert acknowledge(staff, remedy).status_code == 403
    assert "Tiếp nhận kiến nghị" not in staff.get(remedy.get_absolute_url()).content.decode()


def test_whoever_reports_knows_of_it(staff: Client, reporter: Client, remedy: Remedy) -> None:
    remedy.report(by=staff.user, text="Đơn vị gọi điện báo đang làm")  # type: ignore[attr-defined]
    assert Remedy.objects.get().acknowledged_by is None
    Remedy.objects.get().report(by=reporter.user, text="Đang làm")  # type: ignore[attr-defined]
    assert Remedy.objects.get().acknowledged_by == reporter.user  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "sentence"), [("done", "đã được xác nhận"), ("cancelled", "đã hủy")]
)
def test_what_is_over_need_not_be_known(
    staff: Client, inspector: Client, remedy: Remedy, state: str, sentence: str
) -> None:
    if state == "done":
        remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    else:
        visit = make_visit(make_round(remedy.visit.unit), remedy.visit.unit)
        remedy = make_remedy(visit)
        visit.round.__class__.objects.filter(pk=visit.round_id).update(status="CANCELLED")
    assert sentence in acknowledge(inspector, remedy).content.decode()
    assert Remedy.objects.get(pk=remedy.pk).acknowledged_at is None
