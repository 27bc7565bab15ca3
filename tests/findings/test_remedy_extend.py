"""Extending: a dated permission, the old day kept, and what makes no sense refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from congvu.models import Event
from findings.models import Extension, Remedy
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    return make_remedy(make_visit(make_round(world.province), world.dai_tu))


@pytest.fixture(autouse=True)
def _then() -> Any:
    with time_machine.travel("2023-06-25 08:00+07:00", tick=False):
        yield


def now(remedy: Remedy) -> int:
    return Remedy.objects.get(pk=remedy.pk).version


def extend(client: Client, remedy: Remedy, **changes: Any) -> Any:
    fields = {"decided_on": "20/6/2023", "due_on": "25/8/2023", "document": "12/SNV-CCHC"}
    return client.post(
        f"/remedies/{remedy.pk}/extend/", {"version": now(remedy), **fields, **changes}
    )


def test_both_days_stay_on_record(staff: Client, remedy: Remedy) -> None:
    assert extend(staff, remedy).status_code == 302
    remedy.refresh_from_db()
    assert remedy.due_on == date(2023, 6, 30)
    assert remedy.due_on_at(date(2023, 6, 25)) == date(2023, 8, 25)
    mark = Event.objects.of(remedy).get()
    assert (mark.deed, mark.changes) == ("extended", {"due_on": ["2023-06-30", "2023-08-25"]})
    page = staff.get(remedy.get_absolute_url()).content.decode()
    assert "Từ 30/06/2023 thành 25/08/2023" in page


def test_page_shows_the_day_in_force(staff: Client, remedy: Remedy) -> None:
    page = staff.get(f"/remedies/{remedy.pk}/extend/").content.decode()
    assert "30/06/2023 (còn 5 ngày)" in page


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"due_on": "30/6/2023"}, "due_on", "phải sau hạn đang có hiệu lực (30/06/2023)"),
        ({"decided_on": "26/6/2023"}, "decided_on", "sau hôm nay"),
        ({"decided_on": "21/5/2023"}, "decided_on", "trước ngày kiểm tra"),
        ({"due_on": ""}, "due_on", ""),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    staff: Client, remedy: Remedy, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = extend(staff, remedy, **changes)
    assert sentence in answer.context["form"].errors[field][0]
    assert not Extension.objects.exists()
    assert "12/SNV-CCHC" in answer.content.decode()


def test_next_permission_is_later_than_the_last(staff: Client, remedy: Remedy) -> None:
    extend(staff, remedy)
    answer = extend(staff, remedy, decided_on="19/6/2023", due_on="30/9/2023")
    assert "20/06/2023" in answer.context["form"].errors["decided_on"][0]
    assert extend(staff, remedy, decided_on="24/6/2023", due_on="30/9/2023").status_code == 302
    assert Extension.objects.count() == 2


def test_done_remedy_is_not_extended(staff: Client, remedy: Remedy) -> None:
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    assert "mở lại trước" in staff.get(f"/remedies/{remedy.pk}/extend/").content.decode()
    assert "mở lại trước" in extend(staff, remedy, version=2).content.decode()
    assert not Extension.objects.exists()


def test_asked_side_may_not(inspector: Client, reporter: Client, remedy: Remedy) -> None:
    for client in (inspector, reporter):
        assert extend(client, remedy).status_code == 403
