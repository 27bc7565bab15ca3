"""A unit typed into a form: by code, name or suggestion, on a day, within scope."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.forms import DayField
from tests.conftest import World
from tests.factories import make_unit
from units.forms import UnitField, offer
from units.models import FormerName, Unit

pytestmark = pytest.mark.django_db
EVE, DAY = date(2025, 6, 30), date(2025, 7, 1)


def resolve(text: Any, on: date | None = None, queryset: Any = None) -> Unit | None:
    field = UnitField(queryset=Unit.objects.all() if queryset is None else queryset, on=on)
    unit: Unit | None = field.clean(text)
    return unit


def refusal(text: str, **kwargs: Any) -> str:
    with pytest.raises(forms.ValidationError) as caught:
        resolve(text, **kwargs)
    return " ".join(caught.value.messages)


@pytest.fixture
def two() -> tuple[Unit, Unit]:
    """Thị trấn Chợ Chu and xã Định Hóa: one code after the other."""
    old = make_unit("05569", "Thị trấn Chợ Chu", valid_to=EVE, kind="COMMUNE")
    return old, make_unit("05569", "Xã Định Hóa", valid_from=DAY, kind="COMMUNE")


def test_code_is_read_on_the_day(two: tuple[Unit, Unit]) -> None:
    old, new = two
    assert resolve("05569", on=EVE) == old
    assert resolve("05569", on=DAY) == new
    assert resolve("05569") == new  # without a day: today's


@pytest.mark.parametrize("text", ["xã định hóa", "xa dinh hoa", "Xã Định Hoá", "XÃ  ĐỊNH HÓA"])
def test_name_is_read_without_case_and_marks(two: tuple[Unit, Unit], text: str) -> None:
    assert resolve(text) == two[1]


def test_label_of_each_unit_resolves_to_it(two: tuple[Unit, Unit]) -> None:
    for on in (EVE, DAY, None):
        for unit in two:
            if on is None or unit.exists_on(on):
                assert resolve(unit.label(on or date(2026, 11, 22)), on=on) == unit


def test_label_tells_units_of_one_name_and_code_apart() -> None:
    old = make_unit("19", "Tỉnh Thái Nguyên", valid_to=EVE)
    new = make_unit("19", "Tỉnh Thái Nguyên", valid_from=DAY)
    assert resolve("Tỉnh Thái Nguyên (19)") == new
    assert resolve("Tỉnh Thái Nguyên (19), đến 30/06/2025") == old


def test_bare_number_is_a_code_and_never_an_id(two: tuple[Unit, Unit]) -> None:
    assert "Không tìm thấy" in refusal(str(two[1].pk))
    assert resolve(f"#{two[1].pk}") == two[1]


def test_former_name_leads_to_the_unit() -> None:
    unit = make_unit("75", "Thành phố Đồng Nai")
    FormerName.objects.create(unit=unit, name="Tỉnh Đồng Nai", valid_to=date(2026, 4, 29))
    assert resolve("tinh dong nai") == unit
    assert UnitField(on=date(2023, 1, 1)).prepare_value(unit) == "Tỉnh Đồng Nai (75)"


def test_ambiguous_name_lists_the_choices() -> None:
    make_unit("A1", "Xã Tân Lập")
    make_unit("A2", "Xã Tân Lập")
    said = refusal("xa tan lap")
    assert "Xã Tân Lập (A1)" in said
    assert "Xã Tân Lập (A2)" in said


def test_part_of_a_name_is_refused_with_what_comes_near(two: tuple[Unit, Unit]) -> None:
    assert "Có phải là: Xã Định Hóa (05569)?" in refusal("xa dinh")
    assert "Có phải là: Xã Định Hóa (05569)?" in refusal("hoa")


def test_name_is_read_without_the_kind_of_unit() -> None:
    district = make_unit("171", "Huyện Đại Từ", valid_to=EVE)
    commune = make_unit("05776", "Xã Đại Từ", valid_from=DAY, kind="COMMUNE")
    make_unit("05777", "Xã Quân Đại Từ", kind="COMMUNE")
    assert resolve("dai tu", on=EVE) == district
    assert resolve("Đại Từ", on=DAY) == commune
    assert resolve("dai tu") == commune


def test_name_without_its_kind_that_fits_several_units_names_them() -> None:
    make_unit("169", "Huyện Phú Lương")
    make_unit("05611", "Xã Phú Lương", kind="COMMUNE")
    said = refusal("phu luong", on=EVE)
    assert "Huyện Phú Lương (169)" in said
    assert "Xã Phú Lương (05611)" in said


def test_unit_not_in_force_says_when_the_code_was_borne(two: tuple[Unit, Unit]) -> None:
    two[1].delete()
    said = refusal("05569", on=DAY)
    assert "Thị trấn Chợ Chu (đến 30/06/2025)" in said


def test_unit_outside_scope_is_told_like_an_unknown_one(world: World) -> None:
    scope = Unit.objects.filter(path__startswith=world.province.path)
    assert refusal("20", queryset=scope) == refusal("99", queryset=scope).replace("99", "20")
    assert "Lạng Sơn" not in refusal("Tỉnh Lạng Sơn", queryset=scope).replace("“Tỉnh Lạng Sơn”", "")


def test_required_and_optional() -> None:
    assert "Hãy ghi" in refusal("")
    assert UnitField(queryset=Unit.objects.all(), required=False).clean("") is None


class DatedForm(forms.Form):
    day = DayField()
    unit = UnitField(day_field="day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, Unit.objects.all(), "unit")


def test_day_comes_from_the_other_field(two: tuple[Unit, Unit]) -> None:
    for day, unit in (("30/6/2025", two[0]), ("1/7/2025", two[1])):
        form = DatedForm({"day": day, "unit": "05569"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["unit"] == unit


def test_initial_id_shows_the_label_and_is_no_change(two: tuple[Unit, Unit]) -> None:
    form = DatedForm(
        {"day": "2025-07-01", "unit": "Xã Định Hóa (05569)"},
        initial={"day": DAY, "unit": two[1].pk},
    )
    assert form.is_valid()
    assert "unit" not in form.changed_data
    empty = DatedForm(initial={"day": DAY, "unit": two[1].pk})
    html = str(empty["unit"])
    assert 'value="Xã Định Hóa (05569)"' in html
    assert 'data-day-field="id_day"' in html


def test_what_was_typed_stays() -> None:
    form = DatedForm({"day": "2025-07-01", "unit": "sai <tên>"})
    assert not form.is_valid()
    assert "sai &lt;tên&gt;" in str(form["unit"])


# --- suggestions ------------------------------------------------------------------------------


def test_suggestions_are_of_the_scope_and_the_day(staff: Client, world: World) -> None:
    page = staff.get("/units/choices/", {"q": "dai tu"}).content.decode()
    assert "Huyện Đại Từ (171)" in page
    assert "thuộc Tỉnh Thái Nguyên" in page
    assert "Tràng Định" not in staff.get("/units/choices/", {"q": "trang dinh"}).content.decode()
    world.tien_hoi.valid_to = EVE
    world.tien_hoi.save()
    on = {"q": "tien hoi", "on": "1/7/2025"}
    assert "Tiên Hội (05809)" not in staff.get("/units/choices/", on).content.decode()
    on["on"] = "30/6/2025"
    assert "Tiên Hội (05809)" in staff.get("/units/choices/", on).content.decode()


def test_suggestions_cost_no_more_with_more_units(staff: Client, world: World) -> None:
    counts = []
    for group in range(2):
        for place in range(2 + 20 * group):
            unit = make_unit(f"x{group}{place}", f"Xã Thử {group} {place}", world.dai_tu)
            FormerName.objects.create(unit=unit, name="Tên cũ", valid_to=EVE)
        with CaptureQueriesContext(connection) as queries:
            page = staff.get("/units/choices/", {"q": f"xa thu {group}"}).content.decode()
        counts.append(len(queries))
    assert "Còn nữa" in page
    assert counts[1] <= counts[0]
