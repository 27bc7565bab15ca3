"""The summary page, its workbook and the lists behind its figures."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from congvu.models import Event
from findings.models import RemedyKind
from reports.rollups import ask, period_of, summarize
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_unit,
    make_visit,
)
from units.models import Unit

PAGE = "/reports/summary/"
YEAR = {"unit": "19", "year": "2023"}
JAN_1, DEC_31 = date(2023, 1, 1), date(2023, 12, 31)


def fill(world: World) -> None:
    """Two rounds with findings and remedies, and three returns, of which two add."""
    for body, unit in ((world.province, world.justice), (world.dai_tu, world.tien_hoi)):
        visit = make_visit(make_round(body), unit)
        make_finding(visit)
        for kind in (RemedyKind.REVIEW, RemedyKind.DISCIPLINE, RemedyKind.REMIND):
            make_remedy(visit, kind=kind, subject="INDIVIDUAL", person_name="Nguyễn Thị Kín")
            make_remedy(visit, kind=kind, subject="INDIVIDUAL")
    make_return(world.dai_tu, JAN_1, DEC_31, rounds_planned=4, visits=9, review_people=7)
    make_return(world.tien_hoi, JAN_1, DEC_31, rounds_planned=5, finding_units=2)
    make_return(world.justice, JAN_1, date(2024, 1, 31), visits=5)


def page(client: Client, path: str = PAGE, **query: str) -> str:
    """The page as text; it has to be there."""
    response = client.get(path, query or YEAR)
    assert response.status_code == 200
    return unescape(response.content.decode())


def figure_links(text: str) -> set[str]:
    """Addresses of all figures on the page."""
    return set(re.findall(r'href="(/reports/summary/[^"/]+/\?[^"]+)"', text))


# --- Who may, and of what --------------------------------------------------------------------


def test_unit_outside_the_scope_is_not_there(staff: Client, outsider: Client, world: World) -> None:
    fill(world)
    for path in (PAGE, "/reports/summary.xlsx", f"{PAGE}rounds.total/"):
        for code in ("20", "180", "nowhere1"):
            assert staff.get(path, {**YEAR, "unit": code}).status_code == 404
        assert outsider.get(path, YEAR).status_code == 404
        assert staff.get(path, YEAR).status_code == 200


def test_role_without_summaries_is_refused_after_the_unit_was_found(
    reporter: Client, admin: Client, world: World
) -> None:
    for path in (PAGE, "/reports/summary.xlsx", f"{PAGE}rounds.total/"):
        assert reporter.get(path, {**YEAR, "unit": "171"}).status_code == 403
        assert reporter.get(path, {**YEAR, "unit": "19"}).status_code == 404
        assert admin.get(path, YEAR).status_code == 403


def test_whoever_is_not_signed_in_is_sent_to_the_login_page(client: Client, db: Any) -> None:
    response = client.get(PAGE, YEAR)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_inspector_sees_the_district_alone(inspector: Client, world: World) -> None:
    fill(world)
    assert "Huyện Đại Từ" in page(inspector, unit="171", year="2023")
    assert inspector.get(PAGE, YEAR).status_code == 404


# --- Parameters ------------------------------------------------------------------------------


@time_machine.travel(date(2026, 11, 22))
def test_without_parameters_it_is_the_own_unit_this_year_as_of_today(
    staff: Client, world: World
) -> None:
    response = staff.get(PAGE)
    question = response.context["question"]
    assert question.unit == world.province
    assert (question.period.first, question.period.last) == (
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert question.as_of == date(2026, 11, 22)


def test_a_year_in_the_address_means_what_the_command_means(staff: Client, world: World) -> None:
    question = staff.get(PAGE, YEAR).context["question"]
    assert (question.period.first, question.period.last) == (JAN_1, DEC_31)
    assert (question.as_of, question.boundaries_on) == (DEC_31, DEC_31)


def test_all_days_may_be_named_as_people_write_them(staff: Client, world: World) -> None:
    query = {"unit": "19", "from": "15/12/2022", "to": "14/12/2023", "as_of": "28/2/2024"}
    question = staff.get(PAGE, {**query, "boundaries_on": "2023-06-01"}).context["question"]
    assert question.period.label == "Năm 2023 (15/12/2022–14/12/2023)"
    assert question.as_of == date(2024, 2, 28)
    assert question.boundaries_on == date(2023, 6, 1)


def test_the_unit_may_be_named_without_tone_marks(staff: Client, world: World) -> None:
    response = staff.get(PAGE, {"unit": "huyen dai tu", "year": "2023"})
    assert response.context["question"].unit == world.dai_tu


@pytest.mark.parametrize(
    ("query", "sentence", "kept"),
    [
        ({"from": "2023-02-30", "to": "2023-12-31"}, "không có trong lịch", "2023-02-30"),
        ({"from": "hôm qua", "to": "2023-12-31"}, "không phải ngày", "hôm qua"),
        ({"from": "2023-12-31", "to": "2023-01-01"}, "trước khi bắt đầu", "31/12/2023"),
        ({"from": "2023-01-01"}, "Hãy điền mục này", "01/01/2023"),
        ({"year": "hai nghìn"}, "không phải năm", ""),
        ({"year": "99999999999999999999"}, "không phải năm", ""),
        ({"year": "2023", "as_of": "30/2"}, "không phải ngày", "30/2"),
        ({"year": "2023", "unit": "Huyện Không Có"}, "Huyện Không Có", "Huyện Không Có"),
    ],
)
def test_bad_parameters_are_a_sentence_and_stay_as_typed(
    staff: Client, world: World, query: dict[str, str], sentence: str, kept: str
) -> None:
    text = page(staff, **{"unit": "19", **query})
    assert sentence in text
    assert kept in text
    assert "Biểu 01" not in text
    response = staff.get("/reports/summary.xlsx", {"unit": "19", **query})
    assert response.status_code == 302
    assert response["Location"].startswith(PAGE)


def test_a_code_borne_at_other_times_says_when(staff: Client, world: World) -> None:
    Unit.objects.filter(pk=world.dai_tu.pk).update(valid_to=date(2025, 6, 30))
    text = page(staff, unit="171", year="2026")
    assert "Huyện Đại Từ (đến 30/06/2025)" in text


def test_an_ended_unit_may_be_chosen_and_points_to_its_heirs(staff: Client, world: World) -> None:
    Unit.objects.filter(path__startswith=world.dai_tu.path).update(valid_to=date(2025, 6, 30))
    heir = make_unit("05001", "Xã Đại Từ", world.province, valid_from=date(2025, 7, 1))
    make_succession(world.dai_tu, heir)
    text = page(staff, unit="Huyện Đại Từ (171), đến 30/06/2025", year="2025")
    assert "đã kết thúc ngày 30/06/2025" in text
    assert "unit=05001" in text
    assert "Gồm cả số liệu của: Huyện Đại Từ" in page(staff, unit="05001", year="2025")


def test_every_kind_of_period_is_one_choice_away(staff: Client, world: World) -> None:
    text = page(staff)
    for days in (
        "from=2023-01-01&to=2023-12-31",
        "from=2022-12-15&to=2023-12-14",
        "from=2023-01-01&to=2023-06-30",
        "from=2022-12-15&to=2023-09-14",
        "from=2023-04-01&to=2023-06-30",
        "from=2023-02-01&to=2023-02-28",
        "from=2022-01-01&to=2022-12-31",
    ):
        assert f"unit=19&{days}" in text


# --- Figures ---------------------------------------------------------------------------------


def test_the_page_shows_what_the_command_prints(staff: Client, world: World) -> None:
    fill(world)
    summary = staff.get(PAGE, YEAR).context["summary"]
    printed = summarize(ask("19", period_of(JAN_1, DEC_31)))
    assert {key: each.value for key, each in summary.figures.items()} == {
        key: each.value for key, each in printed.figures.items()
    }


def test_every_figure_equals_its_list_and_the_returns_that_add(staff: Client, world: World) -> None:
    """Also those of Biểu 01, by level and by body."""
    fill(world)
    text = page(staff)
    shown = dict(re.findall(r'href="(/reports/summary/[^"/]+/\?[^"]+)">([0-9.]+)<', text))
    assert len(shown) > 83
    behind = {address: number for address, number in shown.items() if number != "0"}
    assert len(behind) > 40
    for address, number in behind.items():
        response = staff.get(address)
        listing, figure = response.context["listing"], response.context["figure"]
        whole = listing.count + sum(each.amount for each in figure.contributions)
        assert whole == int(number.replace(".", "")), address
    assert any("&body=" in address for address in shown)
    assert any("&level=DISTRICT" in address for address in shown)


def test_every_figure_of_the_summary_has_its_link(staff: Client, world: World) -> None:
    fill(world)
    response = staff.get(PAGE, YEAR)
    linked = {
        address.split("/")[3] for address in figure_links(unescape(response.content.decode()))
    }
    assert linked == set(response.context["summary"].figures)


def test_reported_parts_and_left_out_returns_are_told(staff: Client, world: World) -> None:
    fill(world)
    text = page(staff)
    assert "theo báo cáo: 5" in text
    assert "Số liệu báo cáo không được tính (1)" in text
    assert "vượt ra ngoài kỳ" in text
    listed = page(staff, f"{PAGE}rounds.total/")
    assert "Tổng số <b>7</b> = 2 đã ghi nhận + 5 theo báo cáo" in listed
    assert "Xã Tiên Hội (05809)" in listed


@pytest.mark.parametrize(
    "address",
    [
        "nothing.at.all/?",
        "rounds.total/?body=x&",
        "rounds.total/?level=X&",
        "visits.units/?body=1&",
    ],
)
def test_a_figure_that_is_none_is_not_there(staff: Client, world: World, address: str) -> None:
    assert staff.get(f"{PAGE}{address}unit=19&year=2023").status_code == 404


def test_a_body_outside_the_scope_has_nothing_here(staff: Client, world: World) -> None:
    make_visit(make_round(world.elsewhere), world.elsewhere_district)
    make_return(world.elsewhere, JAN_1, DEC_31, rounds_planned=5)
    query = {**YEAR, "body": str(world.elsewhere.pk)}
    response = staff.get(f"{PAGE}rounds.total/", query)
    assert response.context["figure"].value == 0


def test_names_are_shown_to_whoever_may_see_them(
    staff: Client, leader: Client, world: World
) -> None:
    fill(world)
    path = f"{PAGE}remedies.by_kind.REVIEW.people/"
    for each in (path, f"{PAGE}remedies.total/"):
        assert "Nguyễn Thị Kín" in page(staff, each)
        assert "Nguyễn Thị Kín" not in page(leader, each)
        for client in (staff, leader):
            sheet = workbook_of(client, each, {**YEAR, "export": "xlsx"})["Đã ghi nhận"]
            cells = [cell.value for row in sheet.iter_rows() for cell in row]
            assert "Nguyễn Thị Kín" not in cells
    leader.user.user_permissions.add(  # type: ignore[attr-defined]
        Permission.objects.get(codename="view_personal_data")
    )
    assert "Nguyễn Thị Kín" in page(leader, path)


def test_lists_are_cut_into_pages_and_exported_whole(staff: Client, world: World) -> None:
    for _ in range(60):
        make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_return(world.dai_tu, JAN_1, DEC_31, visits=100)
    response = staff.get(f"{PAGE}visits.total/", {**YEAR, "page": "2"})
    assert len(response.context["listing"].rows) == 10
    book = workbook_of(staff, f"{PAGE}visits.total/", {**YEAR, "export": "xlsx"})
    assert book["Đã ghi nhận"].max_row == 61
    assert [cell.value for cell in book["Theo báo cáo"][2]][-1] == 40


def test_queries_do_not_grow_with_the_data(
    staff: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    def more(times: int) -> None:
        for _ in range(times):
            commune = make_unit("", "", world.dai_tu, kind="COMMUNE")
            visit = make_visit(make_round(commune), commune)
            make_remedy(visit, finding=make_finding(visit), kind="REVIEW", subject="INDIVIDUAL")
            make_return(commune, JAN_1, DEC_31, rounds_planned=4, visits=9)
            make_return(commune, date(2022, 7, 1), date(2022, 12, 31), visits=9)

    addresses = [PAGE, "/reports/summary.xlsx"]
    addresses += [f"{PAGE}{key}/" for key in ("rounds.total", "visits.total", "visits.units")]
    addresses += [f"{PAGE}{key}/" for key in ("findings.total", "remedies.by_kind.REVIEW.people")]
    more(3)
    for address in addresses:
        with django_assert_max_num_queries(32):
            staff.get(address, YEAR)
    more(20)
    for address in addresses:
        with django_assert_max_num_queries(32):
            staff.get(address, YEAR)


# --- Workbook --------------------------------------------------------------------------------


def workbook_of(client: Client, path: str, query: dict[str, str]) -> Any:
    """The workbook that an address answers with."""
    response = client.get(path, query)
    assert response.status_code == 200
    content = b"".join(response) if response.streaming else response.content
    return openpyxl.load_workbook(BytesIO(content))


def rows_of(sheet: Any) -> list[list[Any]]:
    """Values of a sheet, row by row."""
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_sheet_has_the_official_layout(staff: Client, world: World) -> None:
    fill(world)
    sheet = workbook_of(staff, "/reports/summary.xlsx", YEAR)["Biểu 01"]
    rows = rows_of(sheet)
    texts = {value for row in rows for value in row if isinstance(value, str)}
    assert {
        "ỦY BAN NHÂN DÂN",
        "TỈNH THÁI NGUYÊN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Năm 2023 (từ 01/01/2023 đến 31/12/2023)",
        "NGƯỜI LẬP BIỂU",
        "THỦ TRƯỞNG ĐƠN VỊ",
    } <= texts
    head = next(place for place, row in enumerate(rows) if row[0] == "STT")
    assert rows[head][2] == "Tổng số cuộc"
    assert rows[head][-1] == "Ghi chú"
    assert rows[head + 1] == [f"({number})" for number in range(1, 17)]
    assert [row[0] for row in rows[head + 2 : head + 8]] == ["I", "1", "II", "1", "III", "1"]
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${head + 1}:${head + 2}"
    assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value} == {
        "Times New Roman"
    }


def test_the_total_row_equals_the_summary(staff: Client, world: World) -> None:
    fill(world)
    rows = rows_of(workbook_of(staff, "/reports/summary.xlsx", YEAR)["Biểu 01"])
    total = next(row for row in rows if row[1] == "Tổng số")
    summary = summarize(ask("19", period_of(JAN_1, DEC_31)))
    keys = ["rounds.total"]
    keys += [f"rounds.by_form.{form}" for form in ("PLANNED", "SURPRISE", "VERIFICATION")]
    keys += ["rounds.by_form.THEMATIC", "rounds.by_form.RECHECK", "visits.total", "findings.units"]
    kinds = ("REVIEW.units", "REVIEW.people", "DISCIPLINE.people", "EXPLAIN_RECTIFY.units")
    keys += [f"remedies.by_kind.{kind}" for kind in (*kinds, "REMIND.units")]
    assert total[2:15] == [summary.value(key) for key in keys]
    assert total[15] == "Theo báo cáo: (3) 5, (9) 8, (10) 2, (12) 5"


def test_rows_that_do_not_add_up_say_why(staff: Client, world: World) -> None:
    """Tiên Hội was found wanting by two bodies: 1 and 1, and 1 in all."""
    for body in (world.province, world.dai_tu):
        make_finding(make_visit(make_round(body), world.tien_hoi))
    rows = rows_of(workbook_of(staff, "/reports/summary.xlsx", YEAR)["Biểu 01"])
    units = {row[1]: row[9] for row in rows if row[9] is not None}
    assert units["Tỉnh Thái Nguyên"] == units["Huyện Đại Từ"] == units["Tổng số"] == 1
    assert any("chỉ tính một lần" in str(row[0]) for row in rows)


def test_text_never_becomes_a_formula(staff: Client, world: World) -> None:
    Unit.objects.filter(pk=world.dai_tu.pk).update(name="=1+1")
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    sheet = workbook_of(staff, "/reports/summary.xlsx", YEAR)["Biểu 01"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_a_department_names_its_superior(staff: Client, world: World) -> None:
    query = {"unit": "19.STP", "year": "2023"}
    rows = rows_of(workbook_of(staff, "/reports/summary.xlsx", query)["Biểu 01"])
    assert rows[0][0] == "ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN"
    assert rows[1][0] == "SỞ TƯ PHÁP"


def test_addresses_are_those_of_the_contract() -> None:
    assert reverse("reports:summary") == "/reports/summary/"
    assert reverse("reports:summary_xlsx") == "/reports/summary.xlsx"


@time_machine.travel("2026-11-25 08:00 +0700", tick=False)
@pytest.mark.parametrize(
    ("year", "beside"), [(2026, []), (2023, [2026]), (2010, [2011, 2009]), (1900, [1901])]
)
def test_the_last_ten_years_and_the_neighbours_are_one_choice_away(
    staff: Client, year: int, beside: list[int]
) -> None:
    """A choice keeps the kind of the period; the calendar ends with the first and last year."""
    response = staff.get(PAGE, {"unit": "19", "from": f"{year}-04-01", "to": f"{year}-06-30"})
    offered = {each.label: each.query for each in response.context["presets"].other_years}
    wanted = {*range(2017, 2027), *beside} - {year}
    assert list(offered) == [str(each) for each in sorted(wanted, reverse=True)]
    assert offered["2024"] == "unit=19&from=2024-04-01&to=2024-06-30"


@pytest.mark.parametrize("last", ["1899-12-31", "3000-01-01"])
def test_period_ends_in_a_year_of_the_calendar(staff: Client, last: str) -> None:
    response = staff.get(PAGE, {"unit": "19", "from": "1800-01-01", "to": last})
    assert response.context["form"].errors["to"]


def test_names_are_exported_when_asked_for_and_leave_a_mark(
    staff: Client, leader: Client, world: World
) -> None:
    fill(world)
    address = f"{PAGE}remedies.total/"
    plain = workbook_of(staff, address, {**YEAR, "export": "xlsx"})["Đã ghi nhận"]
    assert "Nguyễn Thị Kín" not in str(list(plain.values))
    assert not Event.objects.filter(deed="exported").exists()
    assert leader.get(address, {**YEAR, "export": "xlsx", "names": "1"}).status_code == 403
    named = workbook_of(staff, address, {**YEAR, "export": "xlsx", "names": "1"})["Đã ghi nhận"]
    assert "Nguyễn Thị Kín" in str(list(named.values))
    assert Event.objects.filter(deed="exported").count() == 1


def test_people_behind_a_figure_stand_by_their_given_names(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    for name in ("Trần Văn Bình", "Nguyễn Thị Ân", "Bùi Đức An", "Lê Ánh"):
        make_remedy(visit, kind="REVIEW", subject="INDIVIDUAL", person_name=name)
    address = "/reports/summary/remedies.by_kind.REVIEW.people/?unit=19&year=2023&sort=ho-ten"
    rows = staff.get(address).context["listing"].rows
    assert [row.record.person_name for row in rows] == [
        "Bùi Đức An", "Lê Ánh", "Nguyễn Thị Ân", "Trần Văn Bình",
    ]  # fmt: skip
