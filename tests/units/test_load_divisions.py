"""The country from the files that ship: counts, codes in time; a second run changes nothing."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from tests.factories import make_succession, make_unit
from units.divisions import load, read_country
from units.models import FormerName, Kind, Succession, Unit, topmost

pytestmark = pytest.mark.django_db
EVE, DAY = date(2025, 6, 30), date(2025, 7, 1)


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("load_divisions", *args, stdout=out)
    return out.getvalue()


def state() -> Any:
    """Everything that a second run might change."""
    return (
        set(Unit.objects.values_list("pk", "code", "name", "valid_from", "valid_to", "path")),
        set(Succession.objects.values_list("predecessor", "successor", "kind", "is_main")),
        set(FormerName.objects.values_list("unit", "name", "valid_to")),
        Event.objects.count(),
    )


def count(kind: str, day: date) -> int:
    return Unit.objects.in_force(day).filter(kind=kind).count()


def test_whole_country() -> None:
    run("--all")
    assert [count(kind, EVE) for kind in ("PROVINCE", "DISTRICT", "COMMUNE")] == [63, 696, 10_035]
    assert [count(kind, DAY) for kind in ("PROVINCE", "DISTRICT", "COMMUNE")] == [34, 0, 3_321]
    mains = Succession.objects.filter(is_main=True).values("predecessor").distinct().count()
    assert mains == Succession.objects.values("predecessor").distinct().count()
    assert Succession.objects.count() == 10_654
    assert not Unit.objects.filter(path="").exists()
    first = state()
    assert "Đơn vị cấp xã: thêm 0, đã có 13356" in run("--all")
    assert state() == first


def test_code_of_two_units_in_time() -> None:
    run("--province", "19", "--verbosity", "0")
    old, new = Unit.objects.at("05569", on=EVE), Unit.objects.at("05569", on=DAY)
    assert (old.name, new.name) == ("Thị trấn Chợ Chu", "Xã Định Hóa")
    assert old.parent is not None
    assert old.parent.kind == Kind.DISTRICT
    assert old in new.lineage()
    assert new.path.startswith(Unit.objects.at("19", on=DAY).path)


@pytest.mark.parametrize("code", ["44", "45"])
def test_province_comes_with_all_that_it_came_from(code: str) -> None:
    run("--province", code)
    names = set(Unit.objects.filter(kind=Kind.PROVINCE).values_list("code", "name", "valid_to"))
    assert names == {
        ("44", "Tỉnh Quảng Bình", EVE),
        ("45", "Tỉnh Quảng Trị", EVE),
        ("44", "Tỉnh Quảng Trị", None),
    }
    merged = Unit.objects.at("44", on=DAY)
    paths = [unit.path for unit in topmost(merged.lineage())]
    assert all(any(unit.path.startswith(path) for path in paths) for unit in Unit.objects.all())


def test_provinces_one_after_the_other_give_the_same_as_at_once() -> None:
    run("--province", "19")
    run("--province", "44", "20")
    one_by_one = set(Unit.objects.values_list("code", "name", "valid_from", "parent__code"))
    ties = Succession.objects.count()
    assert "thêm 0" in run("--province", "20", "06", "45")
    assert set(Unit.objects.values_list("code", "name", "valid_from", "parent__code")) == one_by_one
    assert Succession.objects.count() == ties


def test_unknown_code_is_refused() -> None:
    with pytest.raises(CommandError, match="Không có tỉnh nào mang mã 98, 99"):
        run("--province", "19", "99", "98")
    assert not Unit.objects.exists()


def test_renamed_provinces_keep_their_former_name() -> None:
    run("--province", "75", "22", "24")
    for code, last, old, new in (
        ("75", date(2026, 4, 29), "Tỉnh Đồng Nai", "Thành phố Đồng Nai"),
        ("22", date(2026, 8, 31), "Tỉnh Quảng Ninh", "Thành phố Quảng Ninh"),
        ("24", date(2026, 9, 19), "Tỉnh Bắc Ninh", "Thành phố Bắc Ninh"),
    ):
        unit = Unit.objects.at(code, on=last)
        assert unit.name_on(last) == old
        assert unit.name == new
        assert new in [each.name for each in Unit.objects.search(new)]
        assert unit in Unit.objects.search(old)


# --- what people changed stays ----------------------------------------------------------------


def test_corrections_survive() -> None:
    run("--province", "19")
    unit = Unit.objects.at("05569", on=DAY)
    Unit.objects.filter(pk=unit.pk).update(name="Xã Định Hoá (sửa)", valid_to=date(2027, 1, 31))
    make_unit("05569", "Xã Nối", Unit.objects.at("19", on=DAY), valid_from=date(2027, 2, 1))
    before = state()
    run("--province", "19")
    assert state() == before


def test_heirs_recorded_by_people_survive() -> None:
    run("--province", "19")
    old = Unit.objects.at("05569", on=EVE)
    other = Unit.objects.at("19", on=DAY)
    old.as_predecessor.all().delete()
    make_succession(old, other)
    said = run("--province", "19")
    assert "Thị trấn Chợ Chu: đã có đơn vị kế thừa do người dùng ghi" in said
    assert [unit.pk for unit in old.heirs()] == [other.pk]


def test_name_put_back_by_people_is_not_renamed_again() -> None:
    run("--province", "75")
    unit = Unit.objects.at("75", on=DAY)
    unit.name = "Đồng Nai"
    unit.save()
    before = state()
    run("--province", "75")
    assert state() == before


def test_code_taken_by_another_unit_is_told_and_nothing_is_loaded() -> None:
    make_unit("05569", "Phòng Lạ", kind=Kind.DIVISION)
    with pytest.raises(CommandError, match="mã này đang thuộc về Phòng Lạ"):
        run("--province", "19")
    assert Unit.objects.count() == 1


@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite limits one statement's size"
)
def test_number_of_statements_does_not_grow() -> None:
    country = read_country()
    with CaptureQueriesContext(connection) as few:
        load(country.around(["19"]))
    with CaptureQueriesContext(connection) as many:
        load(country)
    assert len(many) <= len(few) + 6  # for the three provinces that were renamed
