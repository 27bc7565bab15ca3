"""A new return: counts as people write them, named periods, rules at their fields, and who may."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from congvu.models import Event
from reports.forms import CountField
from reports.models import Return
from tests.conftest import World, client_of
from tests.factories import make_return, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then() -> Any:
    with time_machine.travel("2024-01-05 08:00+07:00", tick=False):
        yield


def typed(**changes: Any) -> dict[str, Any]:
    return {"unit": "171", "first_day": "1/1/2023", "last_day": "31/12/2023", **changes}


def faults(client: Client, **changes: Any) -> dict[str, list[str]]:
    before = Return.objects.count()
    answer = client.post("/returns/create/", typed(**changes))
    assert answer.status_code == 200
    assert Return.objects.count() == before
    found: dict[str, list[str]] = answer.context["form"].errors
    return found


def test_draft_with_counts_as_people_write_them(staff: Client, world: World) -> None:
    data = typed(rounds_planned="1.000", rounds_surprise="1 586", visits="0", review_units="")
    assert staff.post("/returns/create/", data).status_code == 302
    source = Return.objects.get()
    assert (source.unit, source.status) == (world.dai_tu, "DRAFT")
    assert (source.rounds_planned, source.rounds_surprise) == (1000, 1586)
    assert (source.visits, source.review_units) == (0, None)
    assert Event.objects.of(source).get().deed == "added"


@pytest.mark.parametrize("text", ["-1", "1.5", "1,5", "mười", "99999999999"])
def test_count_that_is_none_is_refused_and_stays(staff: Client, world: World, text: str) -> None:
    answer = staff.post("/returns/create/", typed(visits=text))
    assert answer.context["form"].errors["visits"]
    assert f'value="{text}"' in answer.content.decode()
    assert not Return.objects.exists()


def test_saved_count_is_shown_as_it_will_be_read_again() -> None:
    assert CountField().to_python(CountField().prepare_value(1586)) == 1586


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("nam.2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("nam-bc.2023", date(2022, 12, 15), date(2023, 12, 14)),
        ("6-thang-bc.2023", date(2022, 12, 15), date(2023, 6, 14)),
    ],
)
def test_period_is_one_choice_away(
    reporter: Client, world: World, preset: str, first: date, last: date
) -> None:
    data = typed(preset=preset, first_day="", last_day="")
    assert reporter.post("/returns/create/", data).status_code == 302
    source = Return.objects.get()
    assert (source.first_day, source.last_day) == (first, last)


def test_chosen_period_and_typed_days_must_agree(staff: Client, world: World) -> None:
    assert "khác" in faults(staff, preset="quy-1.2023")["preset"][0]
    assert faults(staff, first_day="", last_day="").keys() == {"first_day", "last_day"}


def test_period_outside_the_units_life(staff: Client, world: World) -> None:
    make_unit("999", "Huyện Mới", world.province, valid_from=date(2023, 7, 1))
    assert "vượt ra ngoài" in faults(staff, unit="999")["first_day"][0]


def test_shared_day_names_the_other_return(staff: Client, world: World) -> None:
    make_return(world.dai_tu, date(2022, 12, 15), date(2023, 1, 1))
    assert "từ 15/12/2022 đến 01/01/2023" in faults(staff)["first_day"][0]


def test_end_before_start(staff: Client, world: World) -> None:
    assert "trước ngày đầu" in faults(staff, last_day="31/12/2022")["last_day"][0]


def test_reporter_writes_for_its_own_unit_alone(reporter: Client, world: World) -> None:
    page = reporter.get("/returns/create/")
    assert "Huyện Đại Từ (171)" in page.content.decode()
    assert "unit" in faults(reporter, unit="05809")
    assert "unit" in faults(reporter, unit="19")
    assert reporter.post("/returns/create/", typed()).status_code == 302


def test_unit_of_another_province_is_unknown(staff: Client, world: World) -> None:
    assert "unit" in faults(staff, unit="180")


def test_code_is_read_on_the_periods_last_day(staff: Client, world: World) -> None:
    old = make_unit("05569", "Thị trấn Chợ Chu", world.province, valid_to=date(2023, 6, 30))
    make_unit("05569", "Xã Định Hóa", world.province, valid_from=date(2023, 7, 1))
    staff.post("/returns/create/", typed(unit="05569", last_day="30/6/2023"))
    assert Return.objects.get().unit == old


def test_double_click_makes_one(staff: Client, world: World) -> None:
    data = typed(_once=str(uuid.uuid4()))
    for _ in range(2):
        assert staff.post("/returns/create/", data).status_code == 302
    assert Return.objects.count() == 1


def test_who_may_not(inspector: Client, leader: Client, admin: Client) -> None:
    for client in (inspector, leader, admin):
        assert client.get("/returns/create/").status_code == 403


@pytest.fixture
def ended(world: World) -> Client:
    """REPORTER of a district that ended on 30 June 2022."""
    unit = make_unit("164", "Huyện Đồng Hỷ", world.province, valid_to=date(2022, 6, 30))
    return client_of(make_user("REPORTER", unit))


def offered(client: Client) -> set[str]:
    choices = client.get("/returns/create/").context["form"].fields["preset"].choices
    return {key for _, group in choices if isinstance(group, list) for key, _ in group}


def test_periods_of_a_unit_that_is_no_more_lie_within_its_life(
    ended: Client, staff: Client, world: World
) -> None:
    keys = offered(ended)
    assert {"nam.2021", "6-thang.2022", "quy-2.2022", "thang-6-bc.2022"} <= keys
    assert not keys & {"nam.2022", "quy-3.2022", "nam.2023", "thang-1.2024"}
    assert {"nam.2023", "thang-1.2024"} <= offered(staff)


@pytest.mark.parametrize(
    ("days", "field"),
    [({"preset": "nam.2023", "first_day": "", "last_day": ""}, "preset"), ({}, "last_day")],
)
def test_period_beyond_the_end_of_the_unit_is_told_at_the_period(
    ended: Client, staff: Client, days: dict[str, str], field: str
) -> None:
    unit = "Huyện Đồng Hỷ (164), đến 30/06/2022"
    found = faults(staff, unit=unit, **days)
    assert found.keys() == {field}
    assert "có hiệu lực đến 30/06/2022" in found[field][0]
    assert faults(ended, unit=unit).keys() == {"last_day"}


def test_period_before_the_unit_is_told_at_the_period(staff: Client, world: World) -> None:
    make_unit("999", "Huyện Mới", world.province, valid_from=date(2023, 7, 1))
    found = faults(staff, unit="999", preset="nam.2023", first_day="", last_day="")
    assert "từ 01/07/2023" in found["preset"][0]
