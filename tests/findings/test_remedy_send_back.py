"""Sending a claimed completion back: the remedy stays open, the unit reads why."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from findings.models import Progress, Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


def test_claim_is_answered_and_the_unit_reads_why(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    remedy.report(by=reporter.user, text="Xong", completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    data = {"version": remedy.version, "reason": "Chưa có biên bản kiểm điểm"}
    assert staff.post(f"/remedies/{remedy.pk}/send-back/", data).status_code == 302
    assert not Progress.objects.get().is_waiting
    remedy.refresh_from_db()
    assert remedy.completed_on is None
    assert "Chưa có biên bản kiểm điểm" in reporter.get(remedy.get_absolute_url()).content.decode()
    assert Event.objects.of(remedy).last().note == "Chưa có biên bản kiểm điểm"  # type: ignore[union-attr]


def test_reason_is_needed(staff: Client, remedy: Remedy) -> None:
    remedy.report(by=staff.user, text="Xong", completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    answer = staff.post(f"/remedies/{remedy.pk}/send-back/", {"version": remedy.version})
    assert answer.context["form"].errors["reason"]
    assert Progress.objects.get().is_waiting


def test_without_a_claim_there_is_nothing_to_send_back(staff: Client, remedy: Remedy) -> None:
    url = f"/remedies/{remedy.pk}/send-back/"
    assert "Không có báo cáo hoàn thành" in staff.get(url).content.decode()
    answer = staff.post(url, {"version": 1, "reason": "Chưa đủ"})
    assert "Không có báo cáo hoàn thành" in answer.content.decode()


def test_asked_side_may_not(inspector: Client, remedy: Remedy) -> None:
    data = {"version": 1, "reason": "X"}
    assert inspector.post(f"/remedies/{remedy.pk}/send-back/", data).status_code == 403
