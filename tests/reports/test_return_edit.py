"""Changing a return: who may at which status; an accepted one stays so, with the reason kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from congvu.models import Event
from reports.models import Return
from tests.conftest import World
from tests.factories import make_return

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Return:
    return make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), rounds_planned=1586)


def edit(client: Client, source: Return, **changes: Any) -> Any:
    fields = {"unit": "171", "first_day": "1/1/2023", "last_day": "31/12/2023", "version": 1}
    return client.post(f"/returns/{source.pk}/edit/", {**fields, **changes})


def test_accepted_return_stays_accepted_and_the_reason_is_marked(
    staff: Client, source: Return
) -> None:
    answer = edit(staff, source, rounds_planned="1.590", edit_reason="Huyện đính chính")
    assert answer.status_code == 302
    source.refresh_from_db()
    assert (source.status, source.rounds_planned, source.version) == ("ACCEPTED", 1590, 2)
    mark = Event.objects.of(source).get()
    assert (mark.deed, mark.note) == ("changed", "Huyện đính chính")
    assert mark.changes == {"rounds_planned": [1586, 1590]}


def test_accepted_return_is_not_changed_without_a_reason(staff: Client, source: Return) -> None:
    answer = edit(staff, source, rounds_planned="1.590")
    assert answer.context["form"].errors["edit_reason"]
    assert 'value="1.590"' in answer.content.decode()
    source.refresh_from_db()
    assert source.rounds_planned == 1586


def test_form_shows_what_was_saved(staff: Client, source: Return) -> None:
    assert 'value="1.586"' in staff.get(f"/returns/{source.pk}/edit/").content.decode()


def test_second_writer_is_told(staff: Client, source: Return) -> None:
    edit(staff, source, rounds_planned="1.590", edit_reason="Một")
    answer = edit(staff, source, rounds_planned="1.591", edit_reason="Hai")
    assert answer.context["form"].conflict is not None
    source.refresh_from_db()
    assert source.rounds_planned == 1590


@pytest.mark.parametrize(
    ("status", "code"), [("DRAFT", 302), ("SENT_BACK", 302), ("SUBMITTED", 403), ("ACCEPTED", 403)]
)
def test_unit_changes_only_what_is_open_to_it(
    reporter: Client, source: Return, status: str, code: int
) -> None:
    Return.objects.update(status=status, reason="Thiếu")
    assert edit(reporter, source, visits="3").status_code == code


def test_reporter_does_not_change_returns_of_units_below(reporter: Client, world: World) -> None:
    below = make_return(world.tien_hoi, date(2023, 1, 1), date(2023, 12, 31), status="DRAFT")
    assert reporter.get(below.get_absolute_url()).status_code == 200
    assert edit(reporter, below).status_code == 403
