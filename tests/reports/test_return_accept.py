"""Accepting figures: staff alone, and only what was sent; then they count."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from reports.models import Return
from tests.conftest import World
from tests.factories import make_return, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="SUBMITTED")


def shown_at(client: Client, source: Return) -> str:
    """What the page has the person confirm: the return's version and what is logged beside it."""
    form = client.get(f"/returns/{source.pk}/accept/").context["form"]
    return str(form["version"].value())


def test_accepted_figures_count(staff: Client, source: Return) -> None:
    data = {"version": shown_at(staff, source)}
    assert staff.post(f"/returns/{source.pk}/accept/", data).status_code == 302
    assert list(Return.objects.accepted()) == [source]
    assert Event.objects.of(source).get().deed == "accepted"


@pytest.mark.parametrize("status", ["DRAFT", "SENT_BACK", "ACCEPTED"])
def test_only_what_was_sent_is_accepted(staff: Client, source: Return, status: str) -> None:
    Return.objects.update(status=status, reason="Thiếu")
    assert "nên không chuyển" in staff.get(f"/returns/{source.pk}/accept/").content.decode()
    data = {"version": shown_at(staff, source)}
    answer = staff.post(f"/returns/{source.pk}/accept/", data)
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


def test_page_shows_what_is_reported_what_is_logged_and_what_goes_beyond(
    staff: Client, world: World, source: Return
) -> None:
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    Return.objects.update(visits=5, rounds_surprise=1, finding_units=6)
    answer = staff.get(f"/returns/{source.pk}/accept/")
    rows = {row.label: (row.reported, row.logged, row.more) for row in answer.context["rows"]}
    assert rows["Số lượt đơn vị"] == (5, 1, 4)
    assert rows["Số cuộc đột xuất"] == (1, 1, 0)
    assert rows["Số cuộc theo kế hoạch"] == (None, 0, 0)
    assert "Lưu ý: số đơn vị có tồn tại (6)" in answer.content.decode()


def test_what_was_logged_meanwhile_is_looked_at_again(
    staff: Client, world: World, source: Return
) -> None:
    data = {"version": shown_at(staff, source)}
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    answer = staff.post(f"/returns/{source.pk}/accept/", data)
    assert "vừa được người khác sửa" in answer.content.decode()
    assert not Return.objects.accepted().exists()
