"""Sending figures: from then on the unit cannot change them."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client

from congvu.models import Event
from reports.models import Return
from tests.conftest import World
from tests.factories import make_return, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), status="DRAFT")


def shown_at(client: Client, source: Return, step: str = "submit") -> str:
    """What the page has the person confirm: the return's version and what is logged beside it."""
    form = client.get(f"/returns/{source.pk}/{step}/").context["form"]
    return str(form["version"].value())


@time_machine.travel("2024-01-05 23:30+07:00", tick=False)
def test_sent_with_the_day_and_a_mark(reporter: Client, source: Return) -> None:
    data = {"version": shown_at(reporter, source)}
    assert reporter.post(f"/returns/{source.pk}/submit/", data).status_code == 302
    source.refresh_from_db()
    assert (source.status, source.sent_on) == ("SUBMITTED", date(2024, 1, 5))
    assert Event.objects.of(source).get().deed == "submitted"
    assert reporter.get(f"/returns/{source.pk}/edit/").status_code == 403


def test_page_says_what_will_happen_and_sends_nothing(reporter: Client, source: Return) -> None:
    page = reporter.get(f"/returns/{source.pk}/submit/").content.decode()
    assert "không sửa được số liệu này nữa" in page
    source.refresh_from_db()
    assert source.status == "DRAFT"


def test_figures_changed_meanwhile_are_looked_at_again(reporter: Client, source: Return) -> None:
    data = {"version": shown_at(reporter, source)}
    Return.objects.update(version=2)
    answer = reporter.post(f"/returns/{source.pk}/submit/", data)
    assert "vừa được người khác sửa" in answer.content.decode()
    source.refresh_from_db()
    assert source.status == "DRAFT"


def test_accepted_return_is_not_sent_again(staff: Client, source: Return) -> None:
    Return.objects.update(status="ACCEPTED")
    data = {"version": shown_at(staff, source)}
    answer = staff.post(f"/returns/{source.pk}/submit/", data)
    assert "“Đã chấp nhận”" in answer.content.decode()


def test_inspector_may_not(inspector: Client, source: Return) -> None:
    assert inspector.post(f"/returns/{source.pk}/submit/", {"version": 1}).status_code == 403


def test_figures_that_can_hardly_be_right_are_questioned_and_can_be_sent(
    reporter: Client, world: World, source: Return
) -> None:
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    Return.objects.update(finding_units=9, visits=2, rounds_planned=1, rounds_surprise=0)
    said = reporter.get(f"/returns/{source.pk}/submit/").context["consequences"]
    assert [each for each in said if each.startswith("Lưu ý: ")] == [
        "Lưu ý: số đơn vị có tồn tại (9) lớn hơn số lượt đơn vị (2).",
        "Lưu ý: số cuộc đột xuất báo cáo 0, thấp hơn 1 đã ghi từng cuộc trong cùng kỳ.",
    ]
    Return.objects.update(rounds_surprise=2)
    page = reporter.get(f"/returns/{source.pk}/submit/").content.decode()
    assert "số cuộc (3) lớn hơn số lượt đơn vị (2)" in page
    data = {"version": shown_at(reporter, source)}
    assert reporter.post(f"/returns/{source.pk}/submit/", data).status_code == 302


def test_figures_that_fit_are_not_questioned(reporter: Client, source: Return) -> None:
    Return.objects.update(finding_units=2, visits=2, rounds_planned=2)
    said = reporter.get(f"/returns/{source.pk}/submit/").context["consequences"]
    assert not any(each.startswith("Lưu ý") for each in said)
