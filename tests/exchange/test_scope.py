"""An import by a person touches what is in that person's scope and nothing else (contract §5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exchange.reading import read
from inspections.models import Round
from tests.conftest import World
from tests.exchange.helpers import book_of, counts, faults_of, load
from tests.exchange.test_refused import with_
from tests.factories import (
    make_finding,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db

D = date
DAY = D(2023, 5, 22)


@pytest.fixture
def person(staff: Any) -> Any:
    """STAFF of Thái Nguyên."""
    return staff.user


def _round(code: str, body: str) -> list[Any]:
    return [code, None, "Đột xuất", body, DAY, DAY, "Hoàn thành", None, None]


def test_units_are_added_under_ones_own(person: Any) -> None:
    inside = ["19.X", "Phòng X", "Phòng, bộ phận", "171", None, None]
    assert faults_of({"Đơn vị": [inside]}, scope=person) == {}
    for parent in ("20", None):
        outside = ["19.X", "Phòng X", "Phòng, bộ phận", parent, None, None]
        assert list(faults_of({"Đơn vị": [outside]}, scope=person)) == ["Đơn vị!D2"]


def test_units_of_others_are_not_changed_nor_taken(person: Any) -> None:
    renamed = ["180", "Tên mới", "Cấp huyện", "20", None, None]
    assert list(faults_of({"Đơn vị": [renamed]}, scope=person)) == ["Đơn vị!A2"]
    taken = ["180", "Huyện Tràng Định", "Cấp huyện", "19", None, None]
    assert list(faults_of({"Đơn vị": [taken]}, scope=person)) == ["Đơn vị!A2"]
    # As it stands it may be in the file: the export of a lower unit holds its superiors.
    same = ["180", "Huyện Tràng Định", "Cấp huyện", "20", None, None]
    assert counts(read(book_of({"Đơn vị": [same]}), person)) == {"units": (0, 0, 1)}


def test_nobody_inherits_a_unit_of_others(person: Any) -> None:
    """Whoever stands for a unit may see all that hangs on it."""
    last = D(2025, 6, 30)
    province = ["20", "Tỉnh Lạng Sơn", "Cấp tỉnh", None, None, last]
    district = ["180", "Huyện Tràng Định", "Cấp huyện", "20", None, last]
    load({"Đơn vị": [province, district]})
    step = ["20", "19", D(2025, 7, 1), "Nhập", None]
    assert list(faults_of({"Kế thừa": [step]}, scope=person)) == ["Kế thừa!A2"]


def test_rounds_and_returns_and_plans_are_those_of_ones_own(person: Any) -> None:
    plan = ["1/KH-UBND", D(2023, 1, 1), "20", 2023, None]
    figures = ["20", D(2023, 1, 1), D(2023, 12, 31), 1, 1, 1, None]
    found = faults_of(
        {
            "Kế hoạch": [plan],
            "Cuộc kiểm tra": [_round("A", "20"), _round("B", "171")],
            "Số liệu báo cáo": [figures],
        },
        scope=person,
    )
    assert list(found) == ["Kế hoạch!C2", "Cuộc kiểm tra!D2", "Số liệu báo cáo!A2"]


def test_records_of_others_are_not_told(world: World, person: Any) -> None:
    visit = make_visit(make_round(world.elsewhere, code="LS-1"), world.elsewhere_district)
    make_finding(visit, code="LS-F1")
    make_remedy(visit, code="LS-R1")
    make_return(world.elsewhere, D(2023, 1, 1), D(2023, 12, 31))
    found = faults_of(
        {
            "Cuộc kiểm tra": [_round("LS-1", "19"), _round("TN-1", "19")],
            "Lượt kiểm tra": [["LS-1", "180", DAY, None, None, None, None],
                              ["TN-1", "171", DAY, None, None, None, None]],
            "Tồn tại": [["LS-F1", "TN-1", "171", "Khác", "Hạn chế", None, "x"]],
            "Kiến nghị": [["LS-R1", "TN-1", "171", None, "Phê bình", "Tập thể", *[None] * 7]],
            "Gia hạn": [["LS-R1", DAY, DAY, None]],
        },
        scope=person,
    )  # fmt: skip
    assert list(found) == [
        "Cuộc kiểm tra!A2", "Lượt kiểm tra!A2", "Tồn tại!A2", "Kiến nghị!A2", "Gia hạn!A2",
    ]  # fmt: skip
    assert not [message for message in found.values() if "Lạng Sơn" in message]


def test_plans_of_others_are_neither_taken_nor_named(world: World, person: Any) -> None:
    rounds = [with_(_round("A", "171"), B="77/KH-UBND")]
    for issuer in (world.elsewhere, world.elsewhere_district):
        make_plan(issuer, number="77/KH-UBND")
        make_plan(issuer, number="77/KH-UBND", year=2022)
        found = faults_of({"Cuộc kiểm tra": rounds}, scope=person)
        assert found == {"Cuộc kiểm tra!B2": "Không có kế hoạch số “77/KH-UBND” của năm 2023."}
        # Where the body is unknown too, nothing is said of the number.
        unknown = [with_(rounds[0], D="99")]
        assert list(faults_of({"Cuộc kiểm tra": unknown}, scope=person)) == ["Cuộc kiểm tra!D2"]
    own = make_plan(world.province, number="77/KH-UBND")
    load({"Cuộc kiểm tra": rounds}, scope=person)
    assert Round.objects.get().plan == own


def test_a_superiors_plan_is_meant_though_out_of_scope(world: World) -> None:
    inspector = make_user("INSPECTOR", world.dai_tu)
    plan = make_plan(world.province, number="77/KH-UBND")
    make_plan(world.elsewhere, number="77/KH-UBND")
    load({"Cuộc kiểm tra": [with_(_round("A", "171"), B="77/KH-UBND")]}, scope=inspector)
    assert Round.objects.get().plan == plan


def test_a_round_keeps_the_plan_of_others_that_it_has(world: World, person: Any) -> None:
    plan = make_plan(world.elsewhere, number="77/KH-UBND")
    make_round(world.dai_tu, DAY, code="A", plan=plan)
    rows = {"Cuộc kiểm tra": [with_(_round("A", "171"), B="77/KH-UBND")]}
    assert counts(read(book_of(rows), person)) == {"rounds": (0, 0, 1)}


def test_a_code_of_others_is_not_told_by_its_bearer(person: Any) -> None:
    load({"Đơn vị": [["180", "Huyện Tràng Định", "Cấp huyện", "20", None, D(2022, 1, 1)]]})
    message = faults_of({"Cuộc kiểm tra": [_round("A", "180")]}, scope=person)["Cuộc kiểm tra!D2"]
    assert "Tràng Định" not in message


def test_the_own_unit_does_not_end_by_its_own_hand(world: World) -> None:
    """As on the page: whoever stands above does that."""
    ward = make_user("STAFF", world.tien_hoi)
    ended = ["05809", "Xã Tiên Hội", "Cấp xã", "171", None, D(2026, 11, 30)]
    assert list(faults_of({"Đơn vị": [ended]}, scope=ward)) == ["Đơn vị!F2"]
    other = ["05809", "Xã Tiên Hội", "Phòng, bộ phận", "171", None, None]
    assert list(faults_of({"Đơn vị": [other]}, scope=ward)) == ["Đơn vị!C2"]
    # From above it may.
    assert faults_of({"Đơn vị": [ended]}, scope=make_user("STAFF", world.dai_tu)) == {}


def test_units_of_other_provinces_are_not_visited(person: Any, world: World) -> None:
    """The form offers none either: else it would read of an inspection that nobody held."""
    sheets = {
        "Cuộc kiểm tra": [_round("A", "19")],
        "Lượt kiểm tra": [["A", "180", DAY, None, None, None, None]],
    }
    assert list(faults_of(sheets, scope=person)) == ["Lượt kiểm tra!B2"]
    sheets["Lượt kiểm tra"] = [["A", "171", DAY, None, None, None, None]]
    assert faults_of(sheets, scope=make_user("STAFF", world.province)) == {}
