"""Sending figures back: with a reason that the unit reads; they count no longer."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from reports.models import Return
from tests.conftest import World
from tests.factories import make_return

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31))


def test_unit_reads_the_reason_and_may_change_and_send_again(
    staff: Client, reporter: Client, source: Return
) -> None:
    data = {"version": 1, "reason": "Thiếu số cuộc đột xuất"}
    assert staff.post(f"/returns/{source.pk}/send-back/", data).status_code == 302
    assert not Return.objects.accepted().exists()
    page = reporter.get(source.get_absolute_url()).content.decode()
    assert "Thiếu số cuộc đột xuất" in page
    assert reporter.get(f"/returns/{source.pk}/edit/").status_code == 200
    form = reporter.get(f"/returns/{source.pk}/submit/").context["form"]
    data = {"version": form["version"].value()}
    assert reporter.post(f"/returns/{source.pk}/submit/", data).status_code == 302
    assert Event.objects.of(source).first().note == "Thiếu số cuộc đột xuất"  # type: ignore[union-attr]


def test_reason_is_needed(staff: Client, source: Return) -> None:
    answer = staff.post(f"/returns/{source.pk}/send-back/", {"version": 1})
    assert answer.context["form"].errors["reason"]
    source.refresh_from_db()
    assert source.status == "ACCEPTED"


def test_draft_is_not_sent_back(staff: Client, source: Return) -> None:
    Return.objects.update(status="DRAFT")
    answer = staff.post(f"/returns/{source.pk}/send-back/", {"version": 1, "reason": "Thiếu"})
    assert "nên không chuyển" in answer.content.decode()


def test_unit_may_not(reporter: Client, source: Return) -> None:
    data = {"version": 1, "reason": "X"}
    assert reporter.post(f"/returns/{source.pk}/send-back/", data).status_code == 403
