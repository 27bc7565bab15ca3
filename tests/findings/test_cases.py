"""Citizens' cases: met on the spot, given to the unit by a remedy, followed until it is done."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from findings.models import CitizenCase, Extension, Remedy
from inspections.models import Visit
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_unit, make_visit

pytestmark = pytest.mark.django_db

SUBJECT = "Cấp giấy chứng nhận từ năm 2021"


@pytest.fixture(autouse=True)
def _then() -> Any:
    with time_machine.travel("2023-06-10 08:00+07:00", tick=False):
        yield


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(make_round(world.province, code="TN1"), world.dai_tu)


def make_case(visit: Visit, **fields: Any) -> CitizenCase:
    fields = {
        "subject": SUBJECT,
        "person_name": "Bà Lý Thị Kín",
        "since": date(2021, 3, 12),
        "promised_by": date(2023, 6, 30),
        **fields,
    }
    return CitizenCase.objects.create(visit=visit, **fields)


def now(case: CitizenCase) -> int:
    return CitizenCase.objects.get(pk=case.pk).version


def hand_over(client: Client, case: CitizenCase, **changes: Any) -> Any:
    fields = {"version": now(case), "content": SUBJECT, "due_on": "30/6/2023", **changes}
    return client.post(f"/cases/{case.pk}/hand-over/", fields)


def shown(client: Client, **query: Any) -> list[str]:
    page = client.get("/cases/", query)
    assert page.status_code == 200
    return [row.record.subject for row in page.context["listing"].rows]


def test_written_down_from_the_visit(staff: Client, visit: Visit) -> None:
    page = staff.get(visit.get_absolute_url()).content.decode()
    assert f"/visits/{visit.pk}/cases/create/" in page
    fields = {
        "subject": SUBJECT, "person_name": "Bà Lý Thị Kín", "since": "12/3/2021",
        "promised_by": "30/6/2023", "settled_on": "",
    }  # fmt: skip
    answer = staff.post(f"/visits/{visit.pk}/cases/create/", fields)
    case = CitizenCase.objects.get()
    assert answer["Location"] == case.get_absolute_url()
    assert (case.visit, case.promised_by) == (visit, date(2023, 6, 30))
    assert "Vụ việc công dân (1)" in staff.get(visit.get_absolute_url()).content.decode()
    assert shown(staff, visit=visit.pk) == [SUBJECT]
    assert shown(staff, visit=visit.pk + 1) == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"since": "23/5/2023"}, "since", "sau ngày kiểm tra (22/05/2023)"),
        (
            {"since": "20/5/2023", "promised_by": "19/5/2023"},
            "promised_by",
            "trước ngày vụ việc bắt đầu",
        ),
        ({"settled_on": "11/6/2023"}, "settled_on", "sau hôm nay"),
        ({"since": "2/5/2023", "settled_on": "1/5/2023"}, "settled_on", "trước ngày vụ việc"),
        ({"subject": ""}, "subject", ""),
        ({"subject": "Bà A 019203001234"}, "subject", "Không ghi số căn cước"),
        ({"person_name": "Bà A 019203001234"}, "person_name", "Không ghi số căn cước"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    staff: Client, visit: Visit, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = staff.post(f"/visits/{visit.pk}/cases/create/", {"subject": SUBJECT, **changes})
    assert sentence in answer.context["form"].errors[field][0]
    assert not CitizenCase.objects.exists()


def test_given_to_the_unit_and_settled_with_its_remedy(
    staff: Client, reporter: Client, visit: Visit
) -> None:
    case = make_case(visit)
    page = staff.get(f"/cases/{case.pk}/hand-over/")
    assert page.context["form"]["due_on"].value() == "30/06/2023"
    assert hand_over(staff, case).status_code == 302
    case.refresh_from_db()
    remedy = Remedy.objects.get()
    assert case.remedy == remedy
    assert (remedy.kind, remedy.due_on, remedy.code) == (
        "SETTLE_CASE", date(2023, 6, 30), "TN1-KN01",
    )  # fmt: skip
    # The unit finds the way from its remedy to the case and back.
    assert case.get_absolute_url() in reporter.get(remedy.get_absolute_url()).content.decode()
    assert remedy.get_absolute_url() in reporter.get(case.get_absolute_url()).content.decode()
    assert shown(staff, state="open") == [SUBJECT]
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 9))  # type: ignore[attr-defined]
    assert shown(staff, state="settled") == [SUBJECT]
    assert shown(staff, state="open") == []
    story = reporter.get(case.get_absolute_url()).content.decode()
    assert "Đã giải quyết" in story
    assert "09/06/2023" in story
    assert CitizenCase.objects.get().settled_on is None


@pytest.mark.parametrize(
    ("fields", "remedy", "extended", "state"),
    [
        ({"promised_by": date(2023, 6, 9)}, None, None, "overdue"),
        ({"promised_by": date(2023, 6, 10)}, None, None, "open"),
        ({"promised_by": None}, None, None, "open"),
        ({"promised_by": date(2023, 6, 9), "settled_on": date(2023, 6, 10)}, None, None, "settled"),
        ({}, {"due_on": date(2023, 6, 9)}, None, "overdue"),
        ({}, {"due_on": date(2023, 6, 9)}, date(2023, 6, 20), "open"),
        ({}, {"due_on": date(2023, 6, 1)}, date(2023, 6, 9), "overdue"),
        # What the remedy says stands, whatever was promised before.
        ({"promised_by": date(2023, 6, 1)}, {"due_on": None}, None, "open"),
        ({}, {"due_on": date(2023, 6, 1), "completed_on": date(2023, 6, 2)}, None, "settled"),
    ],
)
def test_state_is_worked_out_the_same_on_page_and_in_filter(
    staff: Client,
    visit: Visit,
    fields: dict[str, Any],
    remedy: dict[str, Any] | None,
    extended: date | None,
    state: str,
) -> None:
    if remedy is not None:
        fields["remedy"] = make_remedy(visit, kind="SETTLE_CASE", **remedy)
    if extended:
        Extension.objects.create(
            remedy=fields["remedy"], decided_on=date(2023, 6, 5), due_on=extended
        )
    case = make_case(visit, **fields)
    assert case.state_at(date(2023, 6, 10)) == state
    for each in ("settled", "open", "overdue"):
        assert shown(staff, state=each) == ([SUBJECT] if each == state else [])


def test_given_once(staff: Client, visit: Visit) -> None:
    case = make_case(visit)
    stale = CitizenCase.objects.get()
    hand_over(staff, case)
    assert "Đã giao giải quyết" in hand_over(staff, case).content.decode()
    with pytest.raises(ValidationError, match="Đã giao giải quyết"):
        stale.hand_over(by=staff.user, content=SUBJECT)  # type: ignore[attr-defined]
    assert Remedy.objects.count() == 1


def test_settled_case_is_given_to_nobody(staff: Client, visit: Visit) -> None:
    case = make_case(visit, settled_on=date(2023, 6, 1))
    assert "đã giải quyết xong" in hand_over(staff, case).content.decode()
    assert not Remedy.objects.exists()


def test_locked_visit_keeps_the_facts_and_the_follow_up_goes_on(
    staff: Client, visit: Visit
) -> None:
    case = make_case(visit)
    Visit.objects.filter(pk=visit.pk).update(closed_at="2023-05-22T10:00:00+07:00")
    fields = {"version": 1, "subject": "Khác"}
    for url in (f"/cases/{case.pk}/edit/", f"/visits/{visit.pk}/cases/create/"):
        assert "khóa ngày 22/05/2023" in staff.post(url, fields).content.decode()
    answer = staff.post(f"/cases/{case.pk}/delete/", {"version": 1})
    assert "khóa ngày 22/05/2023" in answer.content.decode()
    assert CitizenCase.objects.get().subject == SUBJECT
    assert hand_over(staff, case).status_code == 302


def test_removed_remedy_lets_the_case_wait_again(staff: Client, visit: Visit) -> None:
    case = make_case(visit)
    hand_over(staff, case)
    assert "xóa kiến nghị trước" in staff.get(f"/cases/{case.pk}/delete/").content.decode()
    Remedy.objects.get().remove(staff.user)  # type: ignore[attr-defined]
    assert CitizenCase.objects.get().remedy is None
    assert staff.post(f"/cases/{case.pk}/delete/", {"version": now(case)}).status_code == 302
    assert not CitizenCase.objects.exists()


def test_citizen_is_named_to_whoever_may_see_names_alone(
    staff: Client, reporter: Client, leader: Client, visit: Visit
) -> None:
    case = make_case(visit, person_name="Bà Hai")
    fields = {"version": 1, "subject": SUBJECT, "person_name": "Bà Lý Thị Kín"}
    assert staff.post(f"/cases/{case.pk}/edit/", fields).status_code == 302
    for client, told in ((staff, True), (reporter, True), (leader, False)):
        for url in (case.get_absolute_url(), "/cases/"):
            page = client.get(url).content.decode()
            assert ("Lý Thị Kín" in page) is told
            assert "Bà Hai" not in page or client is staff
        assert "Lý Thị Kín" not in sheet(client)[1]
    assert leader.get("/cases/?export=xlsx&names=1").status_code == 403
    assert not Event.objects.filter(deed="exported").exists()
    head, rows = sheet(staff, names="1")
    assert "Họ tên công dân" in head
    assert "Lý Thị Kín" in rows
    assert Event.objects.get(deed="exported").by == staff.user  # type: ignore[attr-defined]


def sheet(client: Client, **query: Any) -> tuple[list[Any], str]:
    answer = client.get("/cases/", {**query, "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    head, *rows = book.active.values  # type: ignore[union-attr]
    return list(head), str(rows)


def test_each_sees_those_of_own_units(
    reporter: Client, outsider: Client, visit: Visit, world: World
) -> None:
    case = make_case(visit)
    make_case(make_visit(visit.round, world.justice), subject="Của sở")
    make_case(make_visit(make_round(world.province, status="SCHEDULED"), world.dai_tu))
    assert shown(reporter) == [SUBJECT]
    assert shown(outsider) == []
    assert outsider.get(case.get_absolute_url()).status_code == 404


def test_filters(staff: Client, visit: Visit, world: World) -> None:
    given = make_case(visit, subject="Đất đai")
    hand_over(staff, given)
    make_case(make_visit(visit.round, world.justice), subject="Hộ tịch", promised_by=None)
    assert shown(staff, q="dat dai") == ["Đất đai"]
    assert shown(staff, q="tu phap") == ["Hộ tịch"]
    assert shown(staff, handed="true") == ["Đất đai"]
    assert shown(staff, handed="false") == ["Hộ tịch"]
    assert shown(staff, unit="171") == ["Đất đai"]
    assert shown(staff, **{"from": "23/5/2023"}) == []
    assert shown(staff, sort="thoi-han") == ["Đất đai", "Hộ tịch"]


def test_ten_times_the_cases_cost_no_more_queries(
    staff: Client, visit: Visit, world: World
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get("/cases/")
        return len(captured)

    def fill(number: int) -> None:
        for _ in range(number):
            case = make_case(make_visit(visit.round, make_unit(parent=world.province)))
            remedy = case.hand_over(by=staff.user, content=SUBJECT)  # type: ignore[attr-defined]
            Extension.objects.create(
                remedy=remedy, decided_on=date(2023, 6, 1), due_on=date(2023, 8, 1)
            )

    fill(2)
    few = cost()
    fill(18)
    assert cost() == few <= 15
