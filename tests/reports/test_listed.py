"""Biểu 02 and Biểu 04: the records behind a summary, one by one, adding up to its figures."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from findings.models import Extension, Progress
from inspections.models import Content, Round
from reports.listed import FollowedTable, VisitedTable
from reports.rollups import ask, period_of, summarize
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_visit,
)

pytestmark = pytest.mark.django_db

YEAR = {"unit": "19", "year": "2023"}


@pytest.fixture
def filled(world: World, reporter: Client) -> None:
    """The province visits two units in one round, Đại Từ one; and what does not count."""
    team = make_team(
        world.province, name="Đoàn 45", decision_number="45/QĐ-SNV", decided_on=date(2023, 5, 2)
    )
    round_ = make_round(world.province, date(2023, 5, 22), code="C1", team=team)
    round_.contents.add(Content.objects.create(code="gio", label="Thời giờ làm việc"))
    dai_tu = make_visit(
        round_, world.dai_tu, minutes_number="12/BB", conclusion_number="30/KL-SNV",
        concluded_on=date(2023, 6, 1),
    )  # fmt: skip
    justice = make_visit(round_, world.justice)
    late = make_finding(dai_tu, content="Đi muộn")
    make_finding(dai_tu, severity="VIOLATION")
    make_remedy(dai_tu, code="OVERDUE", finding=late, content="Chấm công")
    make_remedy(dai_tu, code="LATE", completed_on=date(2023, 7, 1), report_document="05/BC-UBND")
    make_remedy(dai_tu, code="ON_TIME", completed_on=date(2023, 6, 30))
    named = make_remedy(
        justice, code="OPEN", kind="REVIEW", subject="INDIVIDUAL", person_name="Nguyễn Thị Kín"
    )
    Extension.objects.create(remedy=named, decided_on=date(2023, 6, 1), due_on=date(2024, 1, 10))
    by = reporter.user  # type: ignore[attr-defined]  # see client_of
    said = Progress.objects.create(remedy=named, by=by, text="Đang làm", document="07/BC-STP")
    Progress.objects.filter(pk=said.pk).update(at="2023-08-31 23:30+07:00")
    small = make_visit(make_round(world.dai_tu, date(2023, 9, 5), code="C2"), world.tien_hoi)
    make_remedy(small, code="UNDATED", due_on=None)
    for fields in ({"status": "CANCELLED"}, {"day": date(2024, 1, 2)}):
        other = make_visit(make_round(world.province, **fields), world.dai_tu)
        make_remedy(make_finding(other).visit)
    make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), visits=9)


def rows_of(client: Client, address: str, **query: str) -> list[tuple[Any, ...]]:
    answer = client.get(address, {**YEAR, **query})
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    return [tuple(cell for cell in row) for row in sheet.values]


def test_visited_on_the_page(staff: Client, filled: None) -> None:
    context = staff.get("/reports/visited/", YEAR).context
    bodies = [(body.numeral, body.name, body.text, lines) for body, lines in context["bodies"]]
    (first, second) = bodies
    assert first[:3] == ("I", "Tỉnh Thái Nguyên", "2 lượt, 2 đơn vị, 1 cuộc")
    assert second[:3] == ("II", "Huyện Đại Từ", "1 lượt, 1 đơn vị, 1 cuộc")
    assert context["table"].total_text == "3 lượt, 3 đơn vị, 2 cuộc"
    assert first[3][0].cells == (
        "Huyện Đại Từ", "Cấp huyện", date(2023, 5, 22), "Đột xuất",
        "Đoàn 45 (QĐ 45/QĐ-SNV ngày 02/05/2023)", "Thời giờ làm việc",
        # On 31 December two of three are done.
        "1 tồn tại, 1 vi phạm; 3 kiến nghị, xong 2", "12/BB", "30/KL-SNV ngày 01/06/2023",
        "Cuộc C1",
    )  # fmt: skip
    assert [line.number for line in (*first[3], *second[3])] == [1, 2, 3]


def test_contents_are_told_with_what_was_typed_of_them(staff: Client, filled: None) -> None:
    Round.objects.filter(code="C1").update(scope_note="Kỷ cương")
    Round.objects.filter(code="C2").update(scope_note="Đạo đức công vụ")
    (_, first), (_, second) = staff.get("/reports/visited/", YEAR).context["bodies"]
    assert first[0].cells[5] == "Thời giờ làm việc; Kỷ cương"
    assert second[0].cells[5] == "Đạo đức công vụ"


def test_what_was_done_counts_as_of_the_day(staff: Client, filled: None) -> None:
    query = {**YEAR, "as_of": "2023-06-30"}
    bodies = staff.get("/reports/visited/", query).context["bodies"]
    assert "3 kiến nghị, xong 1" in bodies[0][1][0].cells[6]


def test_followed_on_the_page(staff: Client, filled: None) -> None:
    context = staff.get("/reports/followed/", YEAR).context
    (body, lines), (other, _) = context["bodies"]
    assert body.text == "4 kiến nghị: xong đúng hạn 1, xong quá hạn 1, đang thực hiện 1, quá hạn 1"
    assert other.name == "Huyện Đại Từ"
    by_state = {line.cells[7]: line.cells for line in lines}
    assert by_state["Quá hạn"] == (
        "Huyện Đại Từ", "Thời giờ làm việc: Đi muộn",
        "Nhắc nhở, rút kinh nghiệm (tập thể): Chấm công", "Kết luận 30/KL-SNV ngày 01/06/2023",
        date(2023, 6, 30), "Chưa có báo cáo", "", "Quá hạn", "quá hạn 184 ngày",
    )  # fmt: skip
    assert by_state["Đang thực hiện"][3:] == (
        "Lượt kiểm tra ngày 22/05/2023", date(2024, 1, 10), "Báo cáo tiến độ ngày 31/08/2023",
        "07/BC-STP", "Đang thực hiện", "Gia hạn 1 lần; còn 10 ngày",
    )  # fmt: skip
    assert by_state["Xong quá hạn"][5:7] == ("Hoàn thành ngày 01/07/2023", "05/BC-UBND")


def test_seen_on_an_earlier_day(staff: Client, filled: None) -> None:
    """On 30 May nothing was extended, reported or done yet, and nothing was overdue."""
    context = staff.get("/reports/followed/", {**YEAR, "as_of": "2023-05-30"}).context
    lines = [line for _, lines in context["bodies"] for line in lines]
    assert {line.cells[7] for line in lines} == {"Đang thực hiện"}
    assert {line.cells[5] for line in lines} == {"Chưa có báo cáo"}
    assert {line.cells[8] for line in lines} == {"còn 31 ngày", ""}


@pytest.mark.parametrize(
    "period",
    [(date(2023, 1, 1), date(2023, 12, 31)), (date(2022, 12, 15), date(2023, 6, 14)),
     (date(2023, 5, 22), date(2023, 5, 22)), (date(2020, 1, 1), date(2020, 1, 31))],
)  # fmt: skip
@pytest.mark.parametrize("as_of", [date(2023, 5, 30), date(2023, 6, 30), date(2024, 1, 11)])
def test_both_agree_with_the_summary(
    period: tuple[date, date], as_of: date, world: World, filled: None
) -> None:
    old = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2023, 5, 31))
    make_succession(old, world.province, date(2023, 6, 1))
    make_remedy(make_visit(make_round(old, date(2023, 5, 22)), old))
    question = ask("19", period_of(*period), as_of=as_of)
    summary = summarize(question)
    for table in (VisitedTable(question), FollowedTable(question)):
        for name, key in table.figures.items():
            assert table.total[name] == summary[key].logged, key
        lines = [line for body in table.bodies(_in_order(table)) for line in body.lines]
        assert len(lines) == next(iter(table.total.values()))
    states = [line.cells[7] for body in table.bodies(_in_order(table)) for line in body.lines]
    for state, label in (("overdue", "Quá hạn"), ("open", "Đang thực hiện")):
        assert states.count(label) == summary[f"remedies.status.{state}"].logged


def _in_order(table: Any) -> Any:
    return table.rows().order_by(*table.order.split(","))


def test_figures_lead_to_the_summary_s_lists(staff: Client, filled: None) -> None:
    for page in ("visited", "followed"):
        context = staff.get(f"/reports/{page}/", YEAR).context
        for figure in context["figures"]:
            listing = staff.get(figure.url).context["listing"]
            assert str(listing.count) == figure.text, figure


def test_as_workbooks(staff: Client, filled: None) -> None:
    rows = rows_of(staff, "/reports/visited.xlsx")
    assert rows[4][0] == "BIỂU 02. ĐƠN VỊ ĐƯỢC KIỂM TRA"
    assert rows[7] == VisitedTable.headings
    assert rows[8] == tuple(f"({place})" for place in range(1, 12))
    assert rows[9][:2] == ("I", "Tỉnh Thái Nguyên: 2 lượt, 2 đơn vị, 1 cuộc")
    assert rows[10][0] == 1
    assert rows[10][3].date() == date(2023, 5, 22)
    assert rows[14][1] == "Tổng số: 3 lượt, 3 đơn vị, 2 cuộc"
    assert rows[16][0] == "NGƯỜI LẬP BIỂU"
    assert rows[16][6] == "THỦ TRƯỞNG ĐƠN VỊ"
    followed = rows_of(staff, "/reports/followed.xlsx")
    assert followed[7] == FollowedTable.headings
    assert followed[16][1].startswith("Tổng số: 5 kiến nghị")


def test_names_only_for_whoever_sees_them_and_asks(
    staff: Client, leader: Client, filled: None
) -> None:
    def text(client: Client, address: str, **query: str) -> str:
        return str(rows_of(client, address, **query))

    page = leader.get("/reports/followed/", YEAR).content.decode()
    assert "Nguyễn Thị Kín" not in page
    assert "họ tên được che" in page
    assert "names=1" not in page
    assert leader.get("/reports/followed.xlsx", {**YEAR, "names": "1"}).status_code == 403
    permission = Permission.objects.get(codename="view_personal_data")
    leader.user.user_permissions.add(permission)  # type: ignore[attr-defined]  # see client_of
    assert "Nguyễn Thị Kín" in leader.get("/reports/followed/", YEAR).content.decode()
    assert "Nguyễn Thị Kín" not in text(leader, "/reports/followed.xlsx")
    assert not Event.objects.filter(deed="exported").exists()
    assert "Nguyễn Thị Kín" in text(leader, "/reports/followed.xlsx", names="1")
    assert Event.objects.get(deed="exported").note.startswith("Biểu 04 kèm họ tên")


def test_parameters_that_cannot_be_read(staff: Client, reporter: Client, world: World) -> None:
    for page in ("visited", "followed"):
        assert staff.get(f"/reports/{page}/", {"unit": "19", "year": "x"}).status_code == 200
        answer = staff.get(f"/reports/{page}.xlsx", {"unit": "19", "year": "x"})
        assert answer["Location"] == f"/reports/{page}/?unit=19&year=x"
        assert reporter.get(f"/reports/{page}/", {"unit": "171", "year": "2023"}).status_code == 403


def test_long_tables_come_in_pages_and_whole_as_a_file(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    for _ in range(120):
        make_remedy(visit)
    query = {**YEAR, "page": "3"}
    context = staff.get("/reports/followed/", query).context
    ((body, lines),) = context["bodies"]
    assert [line.number for line in lines] == list(range(101, 121))
    assert body.text.startswith("120 kiến nghị")
    rows = rows_of(staff, "/reports/followed.xlsx")
    assert [row[0] for row in rows if isinstance(row[0], int)] == list(range(1, 121))


@pytest.mark.parametrize("address", [f"/reports/{each}" for each in (
    "visited/", "visited.xlsx", "followed/", "followed.xlsx"
)])  # fmt: skip
def test_ten_times_the_rows_cost_no_more_queries(
    address: str, staff: Client, world: World, filled: None
) -> None:
    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(address, YEAR)
        return len(queries)

    before = asks()
    for number in range(20):
        round_ = make_round(world.province, team=make_team(world.province))
        round_.contents.add(Content.objects.create(code=f"c{number}", label=f"Nội dung {number}"))
        visit = make_visit(round_, make_unit("", "", world.province))
        Extension.objects.create(
            remedy=make_remedy(visit, finding=make_finding(visit)),
            decided_on=date(2023, 6, 1), due_on=date(2023, 8, 25),
        )  # fmt: skip
    assert asks() == before <= 15
