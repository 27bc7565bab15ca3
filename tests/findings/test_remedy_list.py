"""The list of remedies: state on a day, filters, names only for who may see them, and its cost."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from findings.models import Extension, Progress, Remedy
from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit

pytestmark = pytest.mark.django_db


def codes(client: Client, **query: Any) -> list[str]:
    response = client.get("/remedies/", query)
    assert response.status_code == 200
    return [row.record.code for row in response.context["listing"].rows]


def sheet(client: Client, **query: Any) -> tuple[list[Any], list[Any]]:
    answer = client.get("/remedies/", {**query, "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    head, *rows = book.active.values  # type: ignore[union-attr]
    return list(head), rows


@pytest.fixture
def four(world: World) -> None:
    """One remedy in each state on 1 July 2023, all due 30 June but the open one."""
    visit = make_visit(make_round(world.province, date(2023, 5, 22)), world.dai_tu)
    make_remedy(visit, code="ON_TIME", completed_on=date(2023, 6, 30))
    make_remedy(visit, code="LATE", completed_on=date(2023, 7, 1))
    make_remedy(visit, code="OVERDUE")
    open_ = make_remedy(visit, code="OPEN", kind="REVIEW", subject="INDIVIDUAL")
    Extension.objects.create(remedy=open_, decided_on=date(2023, 6, 1), due_on=date(2023, 8, 25))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "done_on_time"}, {"ON_TIME"}),
        ({"state": "done_late"}, {"LATE"}),
        ({"state": "overdue"}, {"OVERDUE"}),
        ({"state": "open"}, {"OPEN"}),
        ({"state": "overdue", "as_of": "1/9/2023"}, {"OVERDUE", "OPEN"}),
        ({"state": "open", "as_of": "30/6/2023"}, {"OPEN", "OVERDUE", "LATE"}),
        ({"due_from": "1/7/2023"}, {"OPEN"}),
        ({"due_to": "30/6/2023"}, {"ON_TIME", "LATE", "OVERDUE"}),
        ({"kind": "REVIEW"}, {"OPEN"}),
        ({"subject": "COLLECTIVE"}, {"ON_TIME", "LATE", "OVERDUE"}),
        ({"unit": "171", "q": "over"}, {"OVERDUE"}),
        ({"unit": "05809"}, set()),
        ({"body": "19", "year": "2023"}, {"ON_TIME", "LATE", "OVERDUE", "OPEN"}),
    ],
)
@time_machine.travel("2023-07-01 08:00+07:00", tick=False)
def test_filter(staff: Client, four: None, query: dict[str, str], found: set[str]) -> None:
    assert set(codes(staff, **query)) == found


@pytest.mark.parametrize("as_of", [date(2023, 6, 15), date(2023, 7, 1), date(2023, 9, 1)])
def test_filter_by_state_agrees_with_the_state_shown(four: None, as_of: date) -> None:
    for state in Remedy.State.values:
        rows = set(Remedy.objects.standing(as_of).in_state(state, as_of))
        assert rows == {each for each in Remedy.objects.all() if each.state_at(as_of) == state}
        annotated: QuerySet[Any] = Remedy.objects.standing(as_of)
        assert rows == set(annotated.filter(state=state))


@time_machine.travel("2023-07-12 08:00+07:00", tick=False)
def test_due_day_in_force_is_said_in_days(staff: Client, four: None) -> None:
    page = staff.get("/remedies/?state=overdue").content.decode()
    assert "30/06/2023" in page
    assert "quá hạn 12 ngày" in page
    assert "còn 44 ngày" in staff.get("/remedies/?state=open").content.decode()


@time_machine.travel("2023-07-01 08:00+07:00", tick=False)
def test_sorted_by_the_due_day_in_force(staff: Client, four: None) -> None:
    assert codes(staff, sort="thoi-han")[-1] == "OPEN"
    assert codes(staff, sort="-thoi-han")[0] == "OPEN"


def test_what_hangs_on_a_round_not_completed_is_in_no_state(staff: Client, world: World) -> None:
    for status in ("IN_PROGRESS", "CANCELLED"):
        visit = make_visit(make_round(world.province, status=status), world.dai_tu)
        remedy = make_remedy(visit)
        by = staff.user  # type: ignore[attr-defined]
        claimed = {"text": "Xong", "claimed_on": date(2023, 6, 1)}
        Progress.objects.create(remedy=remedy, by=by, **claimed)
    assert codes(staff, state="overdue") == []
    assert codes(staff, claimed="true") == []
    page = staff.get("/remedies/").content.decode()
    assert "Cuộc chưa hoàn thành" in page
    assert "Cuộc đã hủy" in page
    assert not re.search(r"quá hạn \d", page)


def test_claims_that_wait(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    waiting, answered = make_remedy(visit, code="CHO"), make_remedy(visit, code="DA_TRA")
    for remedy in (waiting, answered):
        remedy.report(by=staff.user, text="Xong", completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    answered.send_back(by=staff.user, reason="Chưa đủ")  # type: ignore[attr-defined]
    make_remedy(visit, code="CHUA")
    make_remedy(visit, code="XONG", completed_on=date(2023, 6, 1))
    assert codes(staff, claimed="true") == ["CHO"]
    assert set(codes(staff, claimed="false")) == {"DA_TRA", "CHUA"}
    assert codes(staff, claimed="returned") == ["DA_TRA"]
    assert "Quá hạn – đã báo, chờ xác nhận" in staff.get("/remedies/?q=cho").content.decode()
    # Reported anew, it waits; what was said to the earlier claim is history.
    answered.report(by=staff.user, text="Đủ", completed_on=date(2023, 6, 2))  # type: ignore[attr-defined]
    assert codes(staff, claimed="returned") == []
    assert set(codes(staff, claimed="true")) == {"CHO", "DA_TRA"}


def test_reader_is_offered_only_statuses_that_can_be_met(
    staff: Client, reporter: Client, world: World
) -> None:
    for path in ("/rounds/", "/findings/", "/remedies/"):
        forms = [client.get(path).context["listing"].filter_form for client in (staff, reporter)]
        offered = [[code for code, _ in form.fields["status"].choices] for form in forms]
        assert len(offered[0]) == 5
        assert offered[1] == ["", "COMPLETED"]
    assert "due" in staff.get("/rounds/").context["listing"].filter_form.fields
    assert "due" not in reporter.get("/rounds/?due=now").context["listing"].filter_form.fields


# --- names -----------------------------------------------------------------------------------


@pytest.fixture
def named(world: World) -> Remedy:
    visit = make_visit(make_round(world.province), world.dai_tu)
    return make_remedy(
        visit, kind="REVIEW", subject="INDIVIDUAL", person_name="Nguyễn Văn Khuất",
        person_post="Phó trưởng phòng Bí mật",
    )  # fmt: skip


def test_name_is_shown_and_found_by_who_may_see_it(staff: Client, named: Remedy) -> None:
    assert codes(staff, q="khuat") == [named.code]
    assert "Khuất" in staff.get("/remedies/").content.decode()


def test_leader_without_permission_finds_no_name_anywhere(leader: Client, named: Remedy) -> None:
    assert codes(leader, q="khuat") == []
    page = leader.get("/remedies/").content.decode()
    assert "Khuất" not in page
    assert "kèm họ tên" not in page
    assert "Khuất" not in str(sheet(leader))
    assert leader.get("/remedies/?export=xlsx&names=1").status_code == 403


def test_leader_with_permission_sees_names(leader: Client, named: Remedy) -> None:
    allowed = Permission.objects.get(codename="view_personal_data")
    leader.user.user_permissions.add(allowed)  # type: ignore[attr-defined]
    assert "Khuất" in leader.get("/remedies/").content.decode()


def test_export_has_names_only_when_asked_and_then_leaves_a_mark(
    staff: Client, named: Remedy
) -> None:
    head, rows = sheet(staff)
    assert "Khuất" not in str(rows)
    assert "Bí mật" not in str(rows)
    assert "Số quyết định kỷ luật" not in head
    assert not Event.objects.filter(deed="exported").exists()
    head, rows = sheet(staff, names="1", kind="REVIEW")
    assert rows[0][head.index("Họ tên")] == "Nguyễn Văn Khuất"
    assert "Số quyết định kỷ luật" in head
    mark = Event.objects.get(deed="exported")
    assert mark.by == staff.user  # type: ignore[attr-defined]
    assert "kind=REVIEW" in mark.note


# --- scope and cost --------------------------------------------------------------------------


def test_reporter_sees_what_is_asked_of_its_unit(reporter: Client, world: World) -> None:
    make_remedy(make_visit(make_round(world.province), world.dai_tu), code="CUA_TA")
    make_remedy(make_visit(make_round(world.province), world.justice), code="CUA_HO")
    assert codes(reporter) == ["CUA_TA"]


def test_administrator_has_no_remedies(admin: Client) -> None:
    assert admin.get("/remedies/").status_code == 403


def test_ten_times_the_rows_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            visit = make_visit(make_round(world.province), world.dai_tu)
            remedy = make_remedy(visit, finding=make_finding(visit))
            Extension.objects.create(
                remedy=remedy, decided_on=date(2023, 6, 1), due_on=date(2023, 8, 25)
            )

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get("/remedies/?state=overdue&sort=thoi-han")
        return len(captured)

    fill(2)
    cost()
    few = cost()
    fill(18)
    assert cost() == few <= 15


def test_counting_does_not_work_out_the_state(staff: Client, four: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        staff.get("/remedies/")
    reading = [each["sql"] for each in captured if "findings_extension" in each["sql"]]
    assert len(reading) == 1, "extensions are fetched for the rows shown, and not looked at before"
