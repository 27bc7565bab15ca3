"""Export → import elsewhere: the same records, and so the same summary (contract §3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Model
from openpyxl import load_workbook

from accounts.models import User
from congvu.models import Event
from exchange.export import export
from exchange.layout import SHEETS
from exchange.reading import read
from exchange.template import template
from exchange.writing import import_workbook
from findings.models import Extension, Finding, Progress, Remedy
from inspections.models import Plan, Round, Team, Visit
from reports.models import Return
from tests.exchange.helpers import Rows, counts, faults_of, load, told
from tests.exchange.test_refused import ROUND, with_, world
from tests.factories import (
    make_finding,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import FormerName, Succession, Unit

pytestmark = pytest.mark.django_db

D = date


def exported(paths: Sequence[str] | None = None) -> BytesIO:
    """The export as a file."""
    target = BytesIO()
    export(target, paths)
    target.seek(0)
    return target


def rows_of(book: BytesIO) -> dict[str, list[tuple[Any, ...]]]:
    """Each sheet's rows, headings first."""
    return {page.title: list(page.iter_rows(values_only=True)) for page in load_workbook(book)}


def empty() -> None:
    """As in a new installation."""
    Event.objects.all()._raw_delete(Event.objects.db)  # the trail refuses delete()
    records = (Progress, Extension, Remedy, Finding, Visit, Round, Team, Plan, Return, Succession)
    for model in (*records, User):
        model._default_manager.all().delete()
    while leaves := Unit.objects.filter(children=None):
        leaves.delete()


def full() -> dict[str, Any]:
    """A world with something of everything."""
    return world(
        rounds=[with_(ROUND, B="45/KH-UBND", H="Đoàn số 1", I="một\nhai")],
        extensions=[["R1", D(2023, 7, 21), D(2023, 8, 25), "12/CV-SNV"]],
        successions=[["171", "19", D(2025, 7, 1), "Chia", "x"],
                     ["05809", "19", D(2025, 7, 1), "Nhập", None]],
    )  # fmt: skip


def test_an_export_changes_nothing_where_it_came_from() -> None:
    load(full())
    analysis = read(exported())
    assert told(analysis) == {}
    assert analysis.warnings == []
    assert {(added, changed) for added, changed, _ in counts(analysis).values()} == {(0, 0)}
    assert len(counts(analysis)) == 9


def test_an_export_makes_an_empty_installation_the_same() -> None:
    load(full())
    first = exported()
    empty()
    assert told(import_workbook(first)) == {}
    assert rows_of(exported()) == rows_of(first)
    assert Unit.objects.count() == 4


def lived_in() -> None:
    """A world as people leave it in the pages: with what no column of the layout can say."""
    last = D(2025, 6, 30)
    old = make_unit("19", "Tỉnh Thái Nguyên", valid_to=last)
    district = make_unit("171", "Huyện Đại Từ", old, valid_to=last)
    new = make_unit("19", "Tỉnh Thái Nguyên mới", valid_from=D(2025, 7, 1))
    make_succession(old, new)
    other = make_unit("20", "Tỉnh Lạng Sơn")
    # Plans that a number cannot tell, one that it can, and a round that has none.
    own, strange = (make_plan(each, number="45/KH-UBND") for each in (old, other))
    make_round(old, D(2024, 1, 5), code="NEXT-YEAR", plan=own)
    make_round(district, code="STRANGE", plan=strange)
    told = make_round(district, code="TOLD", plan=own)
    # Teams of one name, and a team that another body set up.
    first = make_team(old, name="Đoàn số 1", decision_number="1/QĐ", decided_on=D(2023, 1, 3))
    make_team(old, name="Đoàn số 1", decision_number="9/QĐ", decided_on=D(2023, 9, 3))
    joint = make_round(old, D(2023, 9, 9), code="OLDER-TEAM", team=first)
    make_round(district, D(2023, 9, 10), code="TEAM-ABOVE", team=first, form="PLANNED")
    make_round(other, code="OFF", status="CANCELLED", cancel_reason="Mưa bão")
    for round_ in (told, joint):
        visit = make_visit(round_, district)
        finding = make_finding(visit)
        remedy = make_remedy(visit, finding=finding)
        by = make_user("REPORTER", district)
        remedy.report(by=by, text="Đã xong", completed_on=D(2023, 10, 1))
    make_remedy(visit, kind="REVIEW", subject="INDIVIDUAL", person_name="Nguyễn Văn A")
    make_return(district, D(2023, 1, 1), D(2023, 12, 31), rounds_planned=7, review_people=3)
    make_return(other, D(2023, 1, 1), D(2023, 3, 31), status="SENT_BACK", reason="Thiếu")


def summaries(*codes: str) -> list[str]:
    """What `summary` prints for each of these units over the years of the world."""
    printed = []
    for code in codes:
        out = StringIO()
        options = ["--from", "2023-01-01", "--to", "2025-12-31", "--format", "json"]
        call_command("summary", "--unit", code, *options, stdout=out)
        printed.append(out.getvalue())
    return printed


def stored() -> dict[str, list[Any]]:
    """Every column of every record that the workbook knows."""
    kinds: list[type[Model]] = [sheet.model for sheet in SHEETS]
    kinds += [Team, Progress, FormerName]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in kinds
    }


def test_what_people_left_is_not_changed_by_its_own_export() -> None:
    lived_in()
    before = stored()
    analysis = import_workbook(exported())
    assert told(analysis) == {}
    assert {(added, changed) for added, changed, _ in counts(analysis).values()} == {(0, 0)}
    assert stored() == before


def test_what_people_left_gives_the_same_summary_elsewhere() -> None:
    lived_in()
    before, first = summaries("19", "20"), exported()
    empty()
    assert told(import_workbook(first)) == {}
    assert summaries("19", "20") == before


def test_a_blank_cell_leaves_a_plan_that_no_number_tells_and_clears_one_that_it_does() -> None:
    lived_in()
    rows = [[*row[:1], None, *row[2:]] for row in rows_of(exported())["Cuộc kiểm tra"][1:]]
    load({"Cuộc kiểm tra": rows})
    plans = dict(Round.objects.exclude(plan=None).values_list("code", "plan__issuer__code"))
    assert plans == {"NEXT-YEAR": "19", "STRANGE": "20"}


def test_a_team_of_another_name_is_the_bodys_own() -> None:
    lived_in()
    rows = rows_of(exported())["Cuộc kiểm tra"][1:]
    renamed = [[*row[:7], "Đoàn số 2", *row[8:]] for row in rows if row[0] == "TEAM-ABOVE"]
    load({"Cuộc kiểm tra": renamed})
    team = Team.objects.get(name="Đoàn số 2")
    assert (team.body.code, team.rounds.get().code) == ("171", "TEAM-ABOVE")


def test_a_renamed_province_is_called_elsewhere_as_it_was_then() -> None:
    call_command("load_divisions", "--province", "75", verbosity=0)
    before, first = summaries("75"), exported()
    assert "Tỉnh Đồng Nai" in before[0]
    empty()
    assert told(import_workbook(first)) == {}
    assert summaries("75") == before
    renamed = Unit.objects.get(code="75", valid_from=D(2025, 7, 1))
    assert {each.deed for each in Event.objects.of(renamed)} == {"imported", "renamed"}
    # Neither the file nor the country's data has anything to add.
    assert {(tally[:2]) for tally in counts(import_workbook(first)).values()} == {(0, 0)}
    call_command("load_divisions", "--province", "75", verbosity=0)
    assert FormerName.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "name", "kind", "first"),
    [
        ("75", "Thành phố Đồng Nai", "Cấp xã", D(2025, 7, 1)),
        ("75", "Thành phố Đồng Nai", "Cấp tỉnh", None),
        ("75", "Thành phố Biên Hòa", "Cấp tỉnh", D(2025, 7, 1)),
        ("76", "Thành phố Đồng Nai", "Cấp tỉnh", D(2025, 7, 1)),
    ],
)
def test_a_unit_that_is_another_gets_no_former_name(
    code: str, name: str, kind: str, first: date | None
) -> None:
    load({"Đơn vị": [[code, name, kind, None, first, None]]})
    assert not FormerName.objects.exists()


def test_a_renamed_province_is_told_by_the_name_of_the_day_when_it_is_added_too() -> None:
    headings = {"Số liệu báo cáo": ["Mã đơn vị", "Tên đơn vị", "Từ ngày", "Đến ngày"]}
    unit = ["75", "Thành phố Đồng Nai", "Cấp tỉnh", None, D(2025, 7, 1), None]
    period = [D(2025, 7, 1), D(2025, 12, 31)]

    def named(name: str) -> dict[str, Rows]:
        return {"Đơn vị": [unit], "Số liệu báo cáo": [["75", name, *period]]}

    for _ in range(2):
        assert list(faults_of(named("Thành phố Đồng Nai"), headings)) == ["Số liệu báo cáo!B2"]
        load(named("Tỉnh Đồng Nai"), headings)


def test_cells_are_what_they_should_be() -> None:
    load(full())
    book = load_workbook(exported())
    assert [page.title for page in book] == [sheet.title for sheet in SHEETS]
    units = book["Đơn vị"]
    codes = {cell.value: cell for cell in units["A"]}
    assert codes["05809"].data_type == "s"
    assert units["A1"].font.name == "Times New Roman"
    assert units.freeze_panes == "A2"
    day = book["Cuộc kiểm tra"]["E2"]
    assert day.is_date
    assert day.number_format == "dd/mm/yyyy"
    assert book["Kế hoạch"]["D2"].number_format == "0"
    assert book["Cuộc kiểm tra"]["C2"].value == "Đột xuất"


@pytest.mark.parametrize("text", ["=1+1", "+84", "-", "@a", "=HYPERLINK(1)", "_x0041_", "'x"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    load(world(rounds=[with_(ROUND, I="x")]))
    Round.objects.update(scope_note=text)
    book = exported()
    cell = load_workbook(book)["Cuộc kiểm tra"]["I2"]
    assert cell.data_type == "s"
    if text[0] in "=+-@":
        assert cell.quotePrefix
    assert counts(read(book))["rounds"] == (0, 0, 1)


def test_days_before_1900_survive() -> None:
    make_unit("1", "Tổng", valid_from=D(1802, 6, 1))
    make_unit("2", "Tỉnh", valid_from=D(1900, 1, 1))
    assert counts(read(exported())) == {"units": (0, 0, 2)}


def test_what_the_layout_cannot_say_is_left_out() -> None:
    body = make_unit("19", "Tỉnh")
    make_return(body, D(2023, 1, 1), D(2023, 6, 30), status="DRAFT")
    make_return(body, D(2023, 7, 1), D(2023, 12, 31), status="ACCEPTED")
    make_round(body, code="A", plan=make_plan(body, number="1/KH-UBND", year=2022))
    other = make_unit("20", "Tỉnh khác")
    plans = [make_plan(each, number="2/KH-UBND") for each in (body, other)]
    make_round(body, code="B", plan=plans[0])
    make_round(body, code="C", plan=plans[1])
    rows = rows_of(exported())
    assert len(rows["Số liệu báo cáo"]) == 2
    plans_by_round = {row[0]: row[1] for row in rows["Cuộc kiểm tra"][1:]}
    assert plans_by_round == {"A": None, "B": "2/KH-UBND", "C": None}
    assert read(exported()).is_sound


def test_a_units_export_holds_its_lineage_and_what_it_needs() -> None:
    province = make_unit("19", "Tỉnh cũ", valid_to=D(2025, 6, 30))
    district = make_unit("171", "Huyện", province, valid_to=D(2025, 6, 30))
    commune = make_unit("X", "Xã mới", make_unit("T", "Tỉnh mới", valid_from=D(2025, 7, 1)),
                        valid_from=D(2025, 7, 1))  # fmt: skip
    visited = make_unit("9.1", "Phòng", make_unit("9", "Sở nơi khác"))
    unrelated = make_unit("8", "Tỉnh khác")
    make_succession(district, commune)
    make_visit(make_round(district, code="A", plan=make_plan(province)), visited)
    make_visit(make_round(unrelated, code="B"), visited)
    paths = [unit.path for unit in commune.lineage()]
    book = exported(paths)
    rows = rows_of(book)
    assert {row[0] for row in rows["Đơn vị"][1:]} == {"T", "X", "19", "171", "9", "9.1"}
    assert [row[0] for row in rows["Cuộc kiểm tra"][1:]] == ["A"]
    assert len(rows["Kế hoạch"]) == 2
    empty()
    assert told(import_workbook(book)) == {}
    assert [unit.code for unit in Unit.objects.get(code="X").lineage()] == ["X", "171"]


def test_a_split_without_its_main_heir_is_left_out() -> None:
    old = make_unit("O", "Xã cũ", valid_to=D(2025, 6, 30))
    heirs = [make_unit(code, code, valid_from=D(2025, 7, 1)) for code in ("A", "B")]
    make_succession(old, heirs[0], kind="SPLIT", is_main=True)
    make_succession(old, heirs[1], kind="SPLIT", is_main=False)
    book = exported([old.path, heirs[1].path])
    assert len(rows_of(book)["Kế thừa"]) == 1
    assert read(book).is_sound


def test_the_template_is_empty_and_may_be_sent_back() -> None:
    target = BytesIO()
    template(target)
    target.seek(0)
    analysis = read(target)
    assert told(analysis) == {}
    assert analysis.warnings == []
    assert counts(analysis) == {}
    book = load_workbook(target)
    columns = book["Đơn vị"].column_dimensions
    assert columns["A"].number_format == "@"
    assert columns["E"].number_format == "dd/mm/yyyy"
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in book["Tồn tại"].data_validations.dataValidation
    }
    assert set(lists) == {"D2", "E2", "F2"}
    name, _, area = lists["D2"].partition("!")
    labels = [row[0].value for row in book[name.strip("'")][area.replace("$", "")]]
    assert labels == [str(label) for label in Finding.Category.labels]
