"""The page of all units: the tree on a day, search, filters, export, scope."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import World
from tests.factories import make_unit
from units.models import FormerName, Kind

pytestmark = pytest.mark.django_db
EVE, DAY = date(2025, 6, 30), date(2025, 7, 1)


def page(client: Client, **query: Any) -> str:
    response = client.get("/units/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_tree_opens_the_root_and_then_what_is_asked(staff: Client, world: World) -> None:
    first = page(staff)
    assert "Tỉnh Thái Nguyên" in first
    assert "Huyện Đại Từ" in first
    assert "Xã Tiên Hội" not in first
    deeper = page(staff, open=f"{world.province.pk},{world.dai_tu.pk}")
    assert "Xã Tiên Hội" in deeper
    assert 'aria-label="Thu gọn Huyện Đại Từ"' in deeper
    closed = page(staff, open="0")
    assert "Huyện Đại Từ" not in closed


def test_toggle_addresses_lead_from_one_state_to_the_next(staff: Client, world: World) -> None:
    start = page(staff)
    target = f"/units/?open={world.province.pk}%2C{world.dai_tu.pk}"
    assert f'href="{target}"' in start
    assert "Xã Tiên Hội" in staff.get(target).content.decode()


def test_tree_is_that_of_the_day(staff: Client, world: World) -> None:
    make_unit("N1", "Xã Mới Lập", world.province, valid_from=DAY, kind=Kind.COMMUNE)
    make_unit("N2", "Xã Đã Hết", world.province, valid_to=EVE, kind=Kind.COMMUNE)
    before, after = page(staff, on="30/6/2025"), page(staff, on="2025-07-01")
    assert "Xã Đã Hết" in before
    assert "Xã Mới Lập" not in before
    assert "Xã Mới Lập" in after
    assert "Xã Đã Hết" not in after


def test_name_in_the_tree_is_that_of_the_day(staff: Client, world: World) -> None:
    FormerName.objects.create(unit=world.dai_tu, name="Châu Đại Từ", valid_to=EVE)
    assert "Châu Đại Từ" in page(staff, on="30/6/2025")
    assert "Châu Đại Từ" not in page(staff, on="1/7/2025")


def test_outsider_sees_nothing_of_it(outsider: Client, world: World) -> None:
    for html in (page(outsider), page(outsider, q="dai tu"), page(outsider, kind="DISTRICT")):
        assert "Đại Từ" not in html.replace('value="Đại Từ"', "")
    everything = page(outsider, open=f"{world.province.pk},{world.dai_tu.pk}")
    assert "Tiên Hội" not in everything


def test_search_ignores_marks_and_finds_former_names_and_ended_units(
    staff: Client, world: World
) -> None:
    make_unit("05569", "Thị trấn Chợ Chu", world.dai_tu, valid_to=EVE, kind=Kind.COMMUNE)
    FormerName.objects.create(unit=world.tien_hoi, name="Xã Hùng Sơn", valid_to=EVE)
    assert "Thị trấn Chợ Chu" in page(staff, q="cho chu")
    assert "đến 30/06/2025" in page(staff, q="05569")
    assert "Thị trấn Chợ Chu" not in page(staff, q="cho chu", on="1/7/2025")
    former = page(staff, q="hung son")
    assert "Xã Tiên Hội" in former
    assert "tên cũ: Xã Hùng Sơn" in former
    assert "Huyện Đại Từ, Tỉnh Thái Nguyên" in former


def test_best_match_comes_first(staff: Client, world: World) -> None:
    make_unit("X1", "Xã An Đại Từ Hạ", world.dai_tu, kind=Kind.COMMUNE)
    html = page(staff, q="đại từ")
    assert html.index("Huyện Đại Từ</a>") < html.index("Xã An Đại Từ Hạ</a>")


def test_kind_filter_and_vietnamese_order(staff: Client, world: World) -> None:
    for name in ("Xã Ôn Lương", "Xã Đắc Sơn", "Xã An Khánh", "Xã Ăn"):
        make_unit("", name, world.dai_tu, kind=Kind.COMMUNE)
    html = page(staff, kind="COMMUNE")
    order = [
        html.index(name + "</a>")
        for name in ("Xã An Khánh", "Xã Ăn", "Xã Đắc Sơn", "Xã Ôn")
        if name + "</a>" in html
    ]
    assert order == sorted(order)
    assert "Sở Tư pháp" not in html


def test_pages_of_fifty(staff: Client, world: World) -> None:
    for place in range(60):
        make_unit(f"p{place:03}", f"Xã Trang {place}", world.dai_tu, kind=Kind.COMMUNE)
    assert "Trang 1/2" in page(staff, q="xa trang")
    assert "Xã Trang 59" in page(staff, q="xa trang", page=2)


def test_export_holds_what_the_filters_leave(staff: Client, world: World) -> None:
    response = staff.get("/units/", {"kind": "COMMUNE", "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    rows = list(book.worksheets[0].values)
    assert rows[0][:3] == ("Tên đơn vị", "Mã", "Loại")
    assert [row[:2] for row in rows[1:]] == [("Xã Tiên Hội", "05809")]
    whole = staff.get("/units/", {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(whole.streaming_content)))  # type: ignore[attr-defined]
    assert book.worksheets[0].max_row == 1 + 4


def test_unit_that_is_no_more_shows_the_way(inspector: Client, world: World) -> None:
    world.tien_hoi.valid_to = world.dai_tu.valid_to = EVE
    world.tien_hoi.save()
    world.dai_tu.save()
    html = page(inspector)
    assert "không có đơn vị nào trong phạm vi của bạn" in html
    assert "on=30/06/2025" in html
    assert "Huyện Đại Từ" in page(inspector, on="30/6/2025")


def test_a_day_that_cannot_be_read_is_told(staff: Client) -> None:
    assert "không phải ngày" in page(staff, on="hôm qua")


@pytest.mark.parametrize("query", [{}, {"q": "xa"}, {"kind": "COMMUNE"}, {"q": "xa", "sort": "ma"}])
def test_ten_times_the_units_cost_no_more_queries(
    staff: Client, world: World, query: dict[str, str]
) -> None:
    counts = []
    for group in range(2):
        for place in range(2 + 30 * group):
            unit = make_unit(f"{group}x{place}", f"Xã {place}", world.province, kind=Kind.COMMUNE)
            FormerName.objects.create(unit=unit, name="Xã Cũ", valid_to=EVE)
        with CaptureQueriesContext(connection) as queries:
            page(staff, **query)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


@pytest.mark.parametrize("fault", [{"on": "abc"}, {"kind": "FOO"}])
def test_search_with_a_filter_that_cannot_be_read(staff: Client, fault: dict[str, str]) -> None:
    assert "Huyện Đại Từ" in page(staff, q="dai", **fault)
