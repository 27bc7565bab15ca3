"""Contract §3, "Refused": each item with its sheet and cell, in the file alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from congvu.fields import BLOCK_LIMIT
from exchange.layout import SHEETS
from exchange.reading import read
from exchange.writing import import_workbook
from tests.exchange.helpers import HEADINGS, Rows, book_of, faults_of, load
from units.models import Unit

pytestmark = pytest.mark.django_db

D = date

# A province of before and after 1 July 2025 whose code passed on, and a district under the old one.
UNITS: Rows = [
    ["19", "Tỉnh Thái Nguyên", "Cấp tỉnh", None, None, D(2025, 6, 30)],
    ["171", "Huyện Đại Từ", "Cấp huyện", "19", None, D(2025, 6, 30)],
    ["19", "Tỉnh Thái Nguyên mới", "Cấp tỉnh", None, D(2025, 7, 1), None],
    ["05809", "Xã Tiên Hội", "Cấp xã", "171", None, D(2025, 6, 30)],
]
PLAN: Rows = [["45/KH-UBND", D(2023, 3, 17), "19", 2023, "Kiểm tra công vụ"]]
ROUND = ["C1", None, "Đột xuất", "19", D(2023, 5, 22), D(2023, 5, 24), "Hoàn thành", None, None]
VISIT = ["C1", "171", D(2023, 5, 22), None, None, None, None]
FINDING = ["F1", "C1", "171", "Khác", "Hạn chế", "Tập thể", "Chưa niêm yết"]
REMEDY = ["R1", "C1", "171", "F1", "Nhắc nhở, rút kinh nghiệm", "Tập thể", *[None] * 7]
RETURN = ["171", D(2023, 1, 1), D(2023, 6, 30), 1, 0, 5, None]


def with_(row: list[Any], **changes: Any) -> list[Any]:
    """The row with other values: `with_(ROUND, A="C2")`, columns by their letters."""
    changed = list(row)
    for letter, value in changes.items():
        changed[ord(letter) - 65] = value
    return changed


def world(**sheets: Rows) -> dict[str, Rows]:
    """A sound workbook, with some sheets replaced."""
    titles = {
        "units": "Đơn vị", "successions": "Kế thừa", "plans": "Kế hoạch",
        "rounds": "Cuộc kiểm tra", "visits": "Lượt kiểm tra", "findings": "Tồn tại",
        "remedies": "Kiến nghị", "extensions": "Gia hạn", "returns": "Số liệu báo cáo",
    }  # fmt: skip
    sound: dict[str, Rows] = {
        "units": UNITS, "plans": PLAN, "rounds": [ROUND], "visits": [VISIT],
        "findings": [FINDING], "remedies": [REMEDY], "returns": [RETURN],
    }  # fmt: skip
    return {titles[key]: rows for key, rows in {**sound, **sheets}.items()}


def test_the_sound_workbook_has_no_fault() -> None:
    assert faults_of(world()) == {}


# What is changed → the one cell at which it is told, and a word of what is said.
CASES: dict[str, tuple[dict[str, Rows], str, str]] = {
    "unknown unit": ({"visits": [with_(VISIT, B="999")], "findings": [], "remedies": []},
                     "Lượt kiểm tra!B2", "999"),
    "unknown body": ({"rounds": [with_(ROUND, D="99")]}, "Cuộc kiểm tra!D2", "99"),
    "unknown label": ({"rounds": [with_(ROUND, C="Bất ngờ")]}, "Cuộc kiểm tra!C2", "Bất ngờ"),
    "unknown round": ({"visits": [VISIT, with_(VISIT, A="C9")]}, "Lượt kiểm tra!A3", "C9"),
    "unknown finding": ({"remedies": [with_(REMEDY, D="F9")]}, "Kiến nghị!D2", "F9"),
    "unknown remedy": ({"extensions": [["R9", D(2023, 7, 1), D(2023, 8, 1), None]]},
                       "Gia hạn!A2", "R9"),
    "unit not in force": ({"visits": [VISIT, ["C2", "171", D(2025, 7, 2), *[None] * 4]],
                           "rounds": [ROUND, with_(ROUND, A="C2", E=D(2025, 7, 1),
                                                   F=D(2025, 7, 3))]},
                          "Lượt kiểm tra!B3", "Huyện Đại Từ"),
    "body not in force": ({"rounds": [ROUND, with_(ROUND, A="C2", D="171", E=D(2025, 7, 1),
                                                   F=D(2025, 7, 3))]},
                          "Cuộc kiểm tra!D3", "171"),
    "issuer not in force": ({"plans": [["1/KH-UBND", D(2025, 8, 1), "171", 2025, None]]},
                            "Kế hoạch!C2", "171"),
    "unit after its parent": ({"units": [*UNITS, ["172", "Huyện Định Hóa", "Cấp huyện", "19", None,
                                                  D(2025, 7, 1)]]},
                              "Đơn vị!F6", "Tỉnh Thái Nguyên"),
    "undated unit under a later parent": (
        {"units": [*UNITS, ["H", "Sở mới", "Cấp tỉnh", None, D(2020, 1, 1), None],
                   ["H.1", "Phòng", "Phòng, bộ phận", "H", None, None]]},
        "Đơn vị!E7", "Sở mới"),
    "code borne twice": ({"units": [*UNITS, ["05809", "Xã khác", "Cấp xã", None, D(2025, 6, 30),
                                             None]]},
                         "Đơn vị!A6", "Xã Tiên Hội"),
    "own superior": ({"units": [*UNITS, ["S", "Sở", "Sở, ban, ngành", "S", None, None]]},
                     "Đơn vị!D6", "cấp trên của chính nó"),
    "visit outside the round": ({"visits": [with_(VISIT, C=D(2023, 5, 25))]},
                                "Lượt kiểm tra!C2", "25/05/2023"),
    "end before start": ({"rounds": [with_(ROUND, F=D(2023, 5, 21))], "visits": [],
                          "findings": [], "remedies": []},
                         "Cuộc kiểm tra!F2", "21/05/2023"),
    "unit ends before it starts": ({"units": [*UNITS, ["S", "Sở", "Sở, ban, ngành", None,
                                                       D(2024, 1, 2), D(2024, 1, 1)]]},
                                   "Đơn vị!F6", "trước"),
    "return ends before it starts": ({"returns": [with_(RETURN, C=D(2022, 12, 31))]},
                                     "Số liệu báo cáo!C2", "trước"),
    "finding not visited": ({"findings": [FINDING, with_(FINDING, A="F2", C="05809")]},
                            "Tồn tại!C3", "05809"),
    "remedy not visited": ({"remedies": [REMEDY, with_(REMEDY, A="R2", C="05809", D=None)]},
                           "Kiến nghị!C3", "05809"),
    "finding of another visit": ({"visits": [VISIT, with_(VISIT, B="05809")],
                                  "remedies": [with_(REMEDY, C="05809")]},
                                 "Kiến nghị!D2", "F1"),
    "name on a collective": ({"remedies": [with_(REMEDY, G="Nguyễn Văn A")]},
                             "Kiến nghị!G2", "tập thể"),
    "discipline of a collective": ({"remedies": [with_(REMEDY, E="Xử lý kỷ luật")]},
                                   "Kiến nghị!F2", "cá nhân"),
    "form without discipline": ({"remedies": [with_(REMEDY, F="Cá nhân", I="Khiển trách")]},
                                "Kiến nghị!I2", "Xử lý kỷ luật"),
    "form out of force": (
        {"rounds": [ROUND, with_(ROUND, A="C2", E=D(2025, 6, 30), F=D(2025, 7, 1))],
         "visits": [VISIT, ["C2", "171", D(2025, 6, 30), *[None] * 4]],
         "remedies": [["R2", "C2", "171", None, "Xử lý kỷ luật", "Cá nhân", None, None,
                       "Hạ bậc lương", *[None] * 4]]},
        "Kiến nghị!I2", "30/06/2025"),
    "return outside the unit's life": (
        {"returns": [["19", D(2025, 6, 30), D(2025, 12, 31), 1, 0, 0, None]]},
        "Số liệu báo cáo!B2", "Tỉnh Thái Nguyên mới"),
    "returns sharing a day": ({"returns": [RETURN, with_(RETURN, B=D(2023, 6, 30),
                                                         C=D(2023, 12, 31))]},
                              "Số liệu báo cáo!B3", "dòng 2"),
    "unknown plan": ({"rounds": [with_(ROUND, B="46/KH-UBND")]}, "Cuộc kiểm tra!B2", "46/KH-UBND"),
    "plan of another year": ({"rounds": [with_(ROUND, B="45/KH-UBND", E=D(2022, 12, 30),
                                               F=D(2023, 5, 24))]},
                             "Cuộc kiểm tra!B2", "2022"),
    "negative count": ({"returns": [with_(RETURN, D=-1)]}, "Số liệu báo cáo!D2", "-1"),
    "fractional count": ({"returns": [with_(RETURN, D=3.5)]}, "Số liệu báo cáo!D2", "3.5"),
    "words for a count": ({"returns": [with_(RETURN, D="ba")]}, "Số liệu báo cáo!D2", "ba"),
    "text for a date": ({"visits": [with_(VISIT, C="hôm qua")], "findings": [], "remedies": []},
                        "Lượt kiểm tra!C2", "hôm qua"),
    "no such day": ({"visits": [with_(VISIT, C="30/2/2023")], "findings": [], "remedies": []},
                    "Lượt kiểm tra!C2", "30/2/2023"),
    "number in a General cell": ({"visits": [with_(VISIT, C=45068)], "findings": [],
                                  "remedies": []}, "Lượt kiểm tra!C2", "45068"),
    "missing required cell": ({"findings": [with_(FINDING, G=None)]}, "Tồn tại!G2", "Nội dung"),
    "same identity twice": ({"findings": [FINDING, FINDING]}, "Tồn tại!A3", "dòng 2"),
    "same unit twice": ({"units": [*UNITS, UNITS[0]]}, "Đơn vị!A6", "dòng 2"),
    "unit visited twice": ({"visits": [VISIT, with_(VISIT, C=D(2023, 5, 23))]},
                           "Lượt kiểm tra!B3", "dòng 2"),
    "two heirs that are no split": (
        {"successions": [["171", "19", D(2025, 7, 1), "Nhập", None],
                         ["05809", "19", D(2025, 7, 1), "Nhập", None],
                         ["05809", "X", D(2025, 7, 1), "Chia", "x"]],
         "units": [*UNITS, ["X", "Xã X", "Cấp xã", "19", D(2025, 7, 1), None]]},
        "Kế thừa!A4", "Xã Tiên Hội"),
    "split without a main heir": (
        {"successions": [["05809", "19", D(2025, 7, 1), "Chia", None]]},
        "Kế thừa!E2", "Xã Tiên Hội"),
    "old unit not in force on the eve": (
        {"successions": [["171", "19", D(2025, 7, 2), "Nhập", None]]}, "Kế thừa!A2", "171"),
    "name too long": ({"units": [*UNITS, ["S", "S" * 301, "Cấp tỉnh", None, None, None]]},
                      "Đơn vị!B6", "300"),
    "error cell": ({"findings": [with_(FINDING, G="#N/A")]}, "Tồn tại!G2", "#N/A"),
    "formula never calculated": ({"findings": [with_(FINDING, G='="a"&"b"')]},
                                 "Tồn tại!G2", "công thức"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_is_told_at_its_cell(name: str) -> None:
    sheets, cell, word = CASES[name]
    found = faults_of(world(**sheets))
    assert list(found) == [cell]
    assert word in found[cell]


def test_a_unit_before_its_parent_is_told_at_parent_and_first_day() -> None:
    late = ["L", "Sở mới", "Sở, ban, ngành", None, D(2020, 1, 1), None]
    early = ["L.1", "Phòng", "Phòng, bộ phận", "L", D(2019, 1, 1), None]
    assert list(faults_of({"Đơn vị": [late, early]})) == ["Đơn vị!D3", "Đơn vị!E3"]


def test_superiors_in_a_circle_are_told_at_each() -> None:
    rows = [["A", "A", "Cấp tỉnh", "B", None, None], ["B", "B", "Cấp xã", "A", None, None]]
    assert list(faults_of({"Đơn vị": rows})) == ["Đơn vị!D2", "Đơn vị!D3"]


def test_a_missing_required_column_is_told_in_row_1() -> None:
    headings = {"Kế hoạch": ["Số ký hiệu", "Ngày ban hành", "Năm"]}
    found = faults_of({"Kế hoạch": [["1/KH-UBND", D(2023, 1, 1), 2023]]}, headings)
    assert list(found) == ["Kế hoạch!A1"]
    assert "Mã cơ quan ban hành" in found["Kế hoạch!A1"]


def test_a_column_that_stands_twice_is_told_at_the_second() -> None:
    headings = {"Gia hạn": ["Mã kiến nghị", "Ngày cho phép", "Hạn mới", "ngày cho PHÉP"]}
    assert list(faults_of({"Gia hạn": []}, headings)) == ["Gia hạn!D1"]


def test_what_only_follows_from_a_faulty_row_is_left_out() -> None:
    """The round's body is wrong: its visit, finding and remedy are not told as unknown."""
    found = faults_of(world(rounds=[with_(ROUND, D="99")]))
    assert list(found) == ["Cuộc kiểm tra!D2"]


def test_every_bad_cell_of_a_row_is_told() -> None:
    found = faults_of(world(findings=[with_(FINDING, D="?", E="?", G=None)]))
    assert list(found) == ["Tồn tại!D2", "Tồn tại!E2", "Tồn tại!G2"]


# Two things wrong in one row, or beside a column that is missing: neither hides the other.
INDEPENDENT: dict[str, tuple[dict[str, Rows], list[str]]] = {
    "round: body and days": (
        {"rounds": [with_(ROUND, D="99", F=D(2023, 5, 1))]},
        ["Cuộc kiểm tra!D2", "Cuộc kiểm tra!F2"]),
    "round: body and plan": (
        {"rounds": [with_(ROUND, B="46/KH-UBND", D="99")]},
        ["Cuộc kiểm tra!B2", "Cuộc kiểm tra!D2"]),
    "round: no code, and body": (
        {"rounds": [ROUND, with_(ROUND, A=None, D="99")]},
        ["Cuộc kiểm tra!A3", "Cuộc kiểm tra!D3"]),
    "round: first day and body": (
        {"rounds": [ROUND, with_(ROUND, A="C2", D="99", E="hôm qua")]},
        ["Cuộc kiểm tra!D3", "Cuộc kiểm tra!E3"]),
    "round: second of its code, and days": (
        {"rounds": [ROUND, with_(ROUND, F=D(2023, 5, 1))]},
        ["Cuộc kiểm tra!A3", "Cuộc kiểm tra!F3"]),
    "visit: unit and day": (
        {"visits": [VISIT, ["C1", "999", D(2023, 6, 1), *[None] * 4]]},
        ["Lượt kiểm tra!B3", "Lượt kiểm tra!C3"]),
    "visit: round and unit": (
        {"visits": [VISIT, ["C9", "999", D(2023, 5, 22), *[None] * 4]]},
        ["Lượt kiểm tra!A3", "Lượt kiểm tra!B3"]),
    "visit: second of its unit, and day": (
        {"visits": [VISIT, with_(VISIT, C=D(2023, 6, 1))]},
        ["Lượt kiểm tra!B3", "Lượt kiểm tra!C3"]),
    "remedy: unit, subject and name": (
        {"remedies": [with_(REMEDY, C="05809", D=None, E="Xử lý kỷ luật", G="Nguyễn Văn A")]},
        ["Kiến nghị!C2", "Kiến nghị!F2", "Kiến nghị!G2"]),
    "remedy: kind and name": (
        {"remedies": [with_(REMEDY, E="?", G="Nguyễn Văn A")]}, ["Kiến nghị!E2", "Kiến nghị!G2"]),
    "remedy: unit and a form out of force": (
        {"rounds": [with_(ROUND, E=D(2025, 6, 30), F=D(2025, 7, 1))],
         "visits": [with_(VISIT, C=D(2025, 6, 30))],
         "remedies": [["R2", "C1", "05809", None, "Xử lý kỷ luật", "Cá nhân", None, None,
                       "Giáng chức", *[None] * 4]]},
        ["Kiến nghị!C2", "Kiến nghị!I2"]),
    "remedy: second of its code, and name": (
        {"remedies": [REMEDY, with_(REMEDY, G="Nguyễn Văn A")]}, ["Kiến nghị!A3", "Kiến nghị!G3"]),
    "finding: no code, and unit": (
        {"findings": [FINDING, with_(FINDING, A=None, C="05809")]}, ["Tồn tại!A3", "Tồn tại!C3"]),
    "return: unit and days": (
        {"returns": [with_(RETURN, A="999", C=D(2022, 1, 1))]},
        ["Số liệu báo cáo!A2", "Số liệu báo cáo!C2"]),
    "plan: issuer and year": (
        {"plans": [*PLAN, ["1/KH-UBND", D(2023, 1, 1), "999", 23, None]]},
        ["Kế hoạch!C3", "Kế hoạch!D3"]),
    "unit: first day and superior": (
        {"units": [*UNITS, ["S", "Sở", "Sở, ban, ngành", "999", "hôm qua", None]]},
        ["Đơn vị!D6", "Đơn vị!E6"]),
    "unit: last day and superior": (
        {"units": [*UNITS, ["S", "Sở", "Sở, ban, ngành", "999", None, "hôm qua"]]},
        ["Đơn vị!D6", "Đơn vị!F6"]),
    "unit: no code, and days": (
        {"units": [*UNITS, [None, "Sở", "Sở, ban, ngành", "19", None, None]]},
        ["Đơn vị!A6", "Đơn vị!F6"]),
    "unit: second of its code, and superior": (
        {"units": [*UNITS, with_(list(UNITS[1]), D="999")]}, ["Đơn vị!A6", "Đơn vị!D6"]),
    "succession: day and old unit": (
        {"successions": [["999", "19", "hôm qua", "Nhập", None]]}, ["Kế thừa!A2", "Kế thừa!C2"]),
}  # fmt: skip


@pytest.mark.parametrize("name", INDEPENDENT)
def test_one_fault_hides_no_other_of_its_row(name: str) -> None:
    sheets, cells = INDEPENDENT[name]
    assert list(faults_of(world(**sheets))) == cells


def test_a_missing_column_hides_no_bad_cell_of_its_sheet() -> None:
    headings = {title: list(columns) for title, columns in HEADINGS.items()}
    rounds = [ROUND, with_(ROUND, A="C2", D="99"), with_(ROUND, A="C3", F=D(2023, 5, 1))]
    headings["Cuộc kiểm tra"][6] = "Ghi chú"  # where the status stood
    found = faults_of(world(rounds=rounds), headings)
    assert list(found) == ["Cuộc kiểm tra!A1", "Cuộc kiểm tra!D3", "Cuộc kiểm tra!F4"]


@pytest.mark.parametrize(
    ("title", "heading"),
    [(s.title, column.heading) for s in SHEETS for column in s.columns if column.required],
)
def test_what_only_follows_from_a_missing_column_is_left_out(title: str, heading: str) -> None:
    sheets = world(
        extensions=[["R1", D(2023, 7, 21), D(2023, 8, 25), None]],
        successions=[["171", "19", D(2025, 7, 1), "Chia", "x"]],
        rounds=[with_(ROUND, B="45/KH-UBND")],
    )
    headings = {name: list(columns) for name, columns in HEADINGS.items()}
    headings[title][headings[title].index(heading)] = "Ghi chú"
    assert list(faults_of(sheets, headings)) == [f"{title}!A1"]


def test_a_cell_with_two_faults_is_told_once_and_says_both() -> None:
    rows = [["19", D(2025, 7, 1), D(2025, 9, 30), 1, 0, 0, None],
            ["19", D(2025, 6, 1), D(2025, 7, 31), 1, 0, 0, None]]  # fmt: skip
    faults = list(read(book_of(world(returns=rows))).in_order())
    assert [fault.cell for fault in faults] == ["B3"]
    assert "thời gian có hiệu lực" in faults[0].message
    assert "trùng ngày" in faults[0].message


def test_a_text_that_no_cell_of_an_export_could_hold_is_told() -> None:
    assert faults_of(world(rounds=[with_(ROUND, I="x" * BLOCK_LIMIT)])) == {}
    found = faults_of(world(rounds=[with_(ROUND, I="x" * (BLOCK_LIMIT + 1))]))
    assert list(found) == ["Cuộc kiểm tra!I2"]


def test_a_name_that_is_not_the_units_names_both() -> None:
    headings = {"Lượt kiểm tra": ["Mã cuộc", "Mã đơn vị", "Tên đơn vị", "Ngày kiểm tra"]}
    sheets = world(visits=[["C1", "171", "HUYEN DAI TU", D(2023, 5, 22)]])
    assert faults_of(sheets, headings) == {}
    sheets = world(visits=[["C1", "171", "Xã Đại Từ", D(2023, 5, 22)]])
    found = faults_of(sheets, headings)
    assert list(found) == ["Lượt kiểm tra!C2"]
    assert "Huyện Đại Từ" in found["Lượt kiểm tra!C2"]
    assert "Xã Đại Từ" in found["Lượt kiểm tra!C2"]


def test_nothing_is_written_when_one_cell_is_bad() -> None:
    analysis = import_workbook(book_of(world(returns=[with_(RETURN, D=-1)])))
    assert not analysis.is_sound
    assert not Unit.objects.exists()


def test_what_is_sound_is_written() -> None:
    load(world())
