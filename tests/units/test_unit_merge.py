"""Merging on the pages: a form, a page that says what will happen, and then the deed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.conftest import World
from tests.factories import make_round, make_unit, make_user, make_visit
from units.models import Kind, Reform, Unit

pytestmark = pytest.mark.django_db
DAY, EVE = date(2026, 3, 1), date(2026, 2, 28)


@pytest.fixture
def pair(world: World) -> tuple[Unit, Unit]:
    """Two communes of huyện Đại Từ."""
    return (
        make_unit("05901", "Xã Một", world.dai_tu, kind=Kind.COMMUNE),
        make_unit("05902", "Xã Hai", world.dai_tu, kind=Kind.COMMUNE),
    )


def data(**changes: Any) -> dict[str, Any]:
    return {
        "on": "1/3/2026",
        "legal_basis": "Nghị quyết 1",
        "other_1": "05902",
        "into": "",
        "name": "Xã Mới",
        "code": "05901",
        "kind": "COMMUNE",
        "parent": "171",
        "below": "move",
        "rows": "4",
        **changes,
    }


def seal(html: str) -> str:
    match = re.search(r'name="seal" value="([0-9a-f]{64})"', html)
    assert match, html
    return match[1]


def post(client: Client, unit: Unit, **changes: Any) -> Any:
    return client.post(f"/units/{unit.pk}/merge/", data(**changes))


def test_form_shows_what_is_known(staff: Client, pair: tuple[Unit, Unit]) -> None:
    html = staff.get(f"/units/{pair[0].pk}/merge/").content.decode()
    assert "Cùng nhập với Xã Một" in html
    assert 'value="Huyện Đại Từ (171)"' in html


def test_preview_writes_nothing_and_tells_all(
    staff: Client, world: World, pair: tuple[Unit, Unit]
) -> None:
    make_visit(make_round(world.province, EVE), pair[1])
    make_user("REPORTER", pair[1])
    html = post(staff, pair[0]).content.decode()
    assert "Chưa có gì được lưu" in html
    assert "2 đơn vị kết thúc; ngày cuối cùng có hiệu lực là 28/02/2026" in html
    assert "1 đơn vị mới bắt đầu từ ngày 01/03/2026" in html
    assert "1 lượt kiểm tra tại đơn vị" in html
    assert "Tài khoản của các đơn vị cũ không tự chuyển" in html
    assert "Tổng hợp của Xã Mới (05901) gồm cả số liệu các năm trước của Xã Một (05901)" in html
    assert not Reform.objects.exists()
    assert not Unit.objects.filter(name="Xã Mới").exists()
    assert not Unit.objects.filter(valid_to__isnull=False).exists()


def test_confirming_does_it(staff: Client, pair: tuple[Unit, Unit]) -> None:
    key = seal(post(staff, pair[0]).content.decode())
    response = post(staff, pair[0], seal=key)
    made = Unit.objects.at("05901", on=DAY)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/units/{made.pk}/"
    assert made.name == "Xã Mới"
    assert {unit.pk for unit in made.lineage()} == {made.pk, pair[0].pk, pair[1].pk}
    trail = staff.get(f"/units/{pair[0].pk}/").content.decode()
    assert "Nhập đơn vị" in trail
    assert "Căn cứ: Nghị quyết 1." in trail


def test_what_changed_since_the_preview_is_shown_again(
    staff: Client, pair: tuple[Unit, Unit]
) -> None:
    key = seal(post(staff, pair[0]).content.decode())
    Unit.objects.get(pk=pair[1].pk).rename(None, "Xã Hai Mới", date(2025, 1, 1))
    html = post(staff, pair[0], seal=key).content.decode()
    assert "Dữ liệu đã thay đổi" in html
    assert "Xã Hai Mới" in html
    assert not Reform.objects.exists()
    assert post(staff, pair[0], seal=seal(html)).status_code == 302


def test_confirming_checks_everything_again(
    staff: Client, world: World, pair: tuple[Unit, Unit]
) -> None:
    key = seal(post(staff, pair[0]).content.decode())
    make_visit(make_round(world.province, date(2026, 4, 1), code="K9"), pair[1])
    html = post(staff, pair[0], seal=key).content.decode()
    assert "Chưa lưu được" in html
    assert "cuộc K9 ngày 01/04/2026" in html
    assert not Reform.objects.exists()


def test_refusal_keeps_what_was_typed(staff: Client, pair: tuple[Unit, Unit]) -> None:
    html = post(staff, pair[0], other_1="khong co", code="").content.decode()
    assert 'value="khong co"' in html
    assert "Không tìm thấy đơn vị “khong co”" in html
    assert "Hãy ghi mục này cho đơn vị mới" in html


def test_going_back_and_more_lines_keep_what_was_typed(
    staff: Client, pair: tuple[Unit, Unit]
) -> None:
    html = post(staff, pair[0], back="1").content.decode()
    assert 'value="Xã Mới"' in html
    assert "Chưa lưu được" not in html
    more = post(staff, pair[0], more="1").content.decode()
    assert 'name="other_8"' in more
    assert 'value="05902"' in more


def test_merge_into_an_existing_unit(staff: Client, pair: tuple[Unit, Unit]) -> None:
    typed = {"other_1": "", "into": "05902", "name": "", "code": ""}
    key = seal(post(staff, pair[0], **typed).content.decode())
    post(staff, pair[0], **typed, seal=key)
    assert Unit.objects.get(pk=pair[1].pk).valid_to is None
    assert Unit.objects.get(pk=pair[0].pk).valid_to == EVE


def test_double_click_makes_one_merger(staff: Client, pair: tuple[Unit, Unit]) -> None:
    key = seal(post(staff, pair[0]).content.decode())
    once = "5b1f9d8e-7f63-4a3a-9d4c-0d5a3f1f2b11"
    first = post(staff, pair[0], seal=key, _once=once)
    second = post(staff, pair[0], seal=key, _once=once)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Reform.objects.count() == 1


def test_who_may(
    outsider: Client, leader: Client, inspector: Client, reporter: Client, pair: tuple[Unit, Unit]
) -> None:
    for verb in ("edit", "rename", "close", "merge", "split", "continue", "undo"):
        address = f"/units/{pair[0].pk}/{verb}/"
        assert outsider.get(address).status_code == 404
        assert outsider.post(address, data()).status_code == 404
        for reader in (leader, inspector, reporter):
            assert reader.get(address).status_code == 403
            assert reader.post(address, data()).status_code == 403
    assert leader.get("/units/create/").status_code == 403


def test_top_of_ones_scope_is_for_the_superior(admin: Client, world: World) -> None:
    for verb in ("close", "merge", "split", "continue"):
        assert admin.get(f"/units/{world.province.pk}/{verb}/").status_code == 403


def test_units_elsewhere_cannot_be_drawn_in(
    staff: Client, world: World, pair: tuple[Unit, Unit]
) -> None:
    for field in ("other_1", "into", "parent"):
        html = post(staff, pair[0], **{field: "Huyện Tràng Định (180)"}).content.decode()
        assert "trong phạm vi của bạn" in html
