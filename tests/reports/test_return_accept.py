"""Accepting figures: staff alone, and only what was sent; then they count."""

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
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="SUBMITTED")


def test_accepted_figures_count(staff: Client, source: Return) -> None:
    assert staff.post(f"/returns/{source.pk}/accept/", {"version": 1}).status_code == 302
    assert list(Return.objects.accepted()) == [source]
    assert Event.objects.of(source).get().deed == "accepted"


@pytest.mark.parametrize("status", ["DRAFT", "SENT_BACK", "ACCEPTED"])
def test_only_what_was_sent_is_accepted(staff: Client, source: Return, status: str) -> None:
    Return.objects.update(status=status, reason="Thiếu")
    assert "nên không chuyển" in staff.get(f"/returns/{source.pk}/accept/").content.decode()
    answer = staff.post(f"/returns/{source.pk}/accept/", {"version": 1})
    assert "nên không chuyển" in answer.content.decode()
    source.refresh_from_db()
    assert source.status == status


def test_the_unit_does_not_accept_its_own_figures(
    reporter: Client, inspector: Client, outsider: Client, source: Return
) -> None:
    codes = [
        client.post(f"/returns/{source.pk}/accept/", {"version": 1}).status_code
        for client in (reporter, inspector, outsider)
    ]
    assert codes == [403, 403, 404]
    source.refresh_from_db()
    assert source.status == "SUBMITTED"
