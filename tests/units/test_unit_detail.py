"""The page of one unit: names by day, lineage, what stands under it, what may be done."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import World
from tests.factories import make_succession, make_unit
from units.models import FormerName, Kind, Unit

pytestmark = pytest.mark.django_db
EVE, DAY = date(2025, 6, 30), date(2025, 7, 1)


def page(client: Client, unit: Unit, **query: Any) -> str:
    response = client.get(f"/units/{unit.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def dinh_hoa(world: World) -> tuple[Unit, Unit]:
    """Thị trấn Chợ Chu and xã Định Hóa, which took over its code."""
    old = make_unit("05569", "Thị trấn Chợ Chu", world.dai_tu, kind=Kind.COMMUNE, valid_to=EVE)
    new = make_unit("05569", "Xã Định Hóa", world.province, kind=Kind.COMMUNE, valid_from=DAY)
    make_succession(old, new)
    return old, new


def test_outsider_gets_404(outsider: Client, world: World) -> None:
    assert outsider.get(f"/units/{world.dai_tu.pk}/").status_code == 404
    assert outsider.get("/units/999999/").status_code == 404


def test_predecessor_and_successor_are_linked(staff: Client, dinh_hoa: tuple[Unit, Unit]) -> None:
    old, new = dinh_hoa
    assert f'<a href="/units/{old.pk}/">Thị trấn Chợ Chu</a>' in page(staff, new)
    html = page(staff, old)
    assert f'<a href="/units/{new.pk}/">Xã Định Hóa</a>' in html
    assert "Đã kết thúc" in html


def test_what_is_outside_scope_is_plain_text(
    inspector: Client, world: World, dinh_hoa: tuple[Unit, Unit]
) -> None:
    old, new = dinh_hoa
    html = page(inspector, old)
    assert "Xã Định Hóa" in html
    assert f'href="/units/{new.pk}/"' not in html
    assert "Tỉnh Thái Nguyên" in html
    assert f'href="/units/{world.province.pk}/"' not in html


def test_name_on_a_chosen_day(staff: Client, world: World) -> None:
    FormerName.objects.create(unit=world.dai_tu, name="Châu Đại Từ", valid_to=EVE)
    assert "<h1>Châu Đại Từ" in page(staff, world.dai_tu, on="30/6/2025")
    now = page(staff, world.dai_tu)
    assert "<h1>Huyện Đại Từ" in now
    assert "đến 30/06/2025" in now


def test_day_outside_its_life_is_told(staff: Client, dinh_hoa: tuple[Unit, Unit]) -> None:
    html = page(staff, dinh_hoa[0], on="1/1/2026")
    assert "Ngày 01/01/2026 đơn vị này không có hiệu lực" in html


def test_what_stands_under_it_by_day(
    staff: Client, world: World, dinh_hoa: tuple[Unit, Unit]
) -> None:
    before = page(staff, world.dai_tu, on="30/6/2025")
    after = page(staff, world.dai_tu, on="1/7/2025")
    assert "Thị trấn Chợ Chu</a>" in before
    assert "Thị trấn Chợ Chu</a>" not in after
    assert "Thị trấn Chợ Chu</a>" in page(staff, world.dai_tu, on="1/7/2025", all="1")


def test_records_are_linked_by_code_and_day(staff: Client, dinh_hoa: tuple[Unit, Unit]) -> None:
    assert "?unit=05569&amp;on=30%2F06%2F2025" in page(staff, dinh_hoa[0])


def test_deeds_by_role(staff: Client, leader: Client, admin: Client, world: World) -> None:
    for client in (staff, admin):
        html = page(client, world.dai_tu)
        assert f"/units/{world.dai_tu.pk}/merge/" in html
        top = page(client, world.province)
        assert "việc này do cấp trên thực hiện" in top
    html = page(leader, world.dai_tu)
    assert "Vai trò của bạn chỉ được xem đơn vị." in html
    assert "/merge/" not in html


def test_trail_is_shown(staff: Client, world: World) -> None:
    world.dai_tu.rename(None, "Huyện Đại Từ Mới", date(2024, 1, 1), "QĐ 1")
    html = page(staff, world.dai_tu)
    assert "Đổi tên" in html
    assert "Căn cứ: QĐ 1." in html


def test_ten_times_the_units_cost_no_more_queries(staff: Client, world: World) -> None:
    counts = []
    for group in range(2):
        for place in range(2 + 20 * group):
            old = make_unit(f"{group}o{place}", "Xã Cũ", world.dai_tu, valid_to=EVE)
            make_succession(old, world.tien_hoi)
            make_unit(f"{group}c{place}", "Thôn", world.tien_hoi)
        with CaptureQueriesContext(connection) as queries:
            page(staff, world.tien_hoi)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_unit_link_costs_no_query(staff: Client, world: World, rf: Any) -> None:
    request = rf.get("/")
    request.user = staff.user  # type: ignore[attr-defined]
    assert request.user.in_scope(world.dai_tu)
    template = Template("{% load units_tags %}{% for u in units %}{% unit_link u %};{% endfor %}")
    units = [world.dai_tu, world.elsewhere, None]
    with CaptureQueriesContext(connection) as queries:
        html = template.render(Context({"request": request, "units": units}))
    assert html == f'<a href="/units/{world.dai_tu.pk}/">Huyện Đại Từ</a>;Tỉnh Lạng Sơn;;'
    assert len(queries) == 0


def test_trail_is_for_whoever_may_change_units(
    staff: Client, inspector: Client, world: World
) -> None:
    assert staff.get(f"/units/{world.dai_tu.pk}/").context["events"] is not None
    assert inspector.get(f"/units/{world.dai_tu.pk}/").context["events"] is None
