"""Adding, putting right, renaming, closing, splitting, continuing and taking back, on the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from congvu.dates import today
from congvu.models import Event
from tests.conftest import World, client_of
from tests.factories import make_remedy, make_round, make_unit, make_user, make_visit
from tests.units.test_unit_merge import seal
from units.models import FormerName, Kind, Succession, Unit

pytestmark = pytest.mark.django_db
DAY, EVE = date(2026, 3, 1), date(2026, 2, 28)


def text(response: Any) -> str:
    html: str = response.content.decode()
    return html


# --- adding -----------------------------------------------------------------------------------


def new_unit(**changes: str) -> dict[str, str]:
    return {
        "name": "Phòng Mới",
        "code": "171.PM",
        "kind": "DIVISION",
        "parent": "171",
        "valid_from": "1/3/2026",
        **changes,
    }


def test_create_a_unit(staff: Client, world: World) -> None:
    response = staff.post("/units/create/", new_unit(identifier="H55.242"))
    made = Unit.objects.get(code="171.PM")
    assert response.headers["Location"] == f"/units/{made.pk}/"
    assert made.parent == world.dai_tu
    assert made.path == f"{world.dai_tu.path}{made.pk}/"
    assert [each.deed for each in Event.objects.of(made)] == ["added"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": "05809"}, "Mã 05809 đang thuộc về Xã Tiên Hội"),
        ({"parent": "180"}, "trong phạm vi của bạn"),
        ({"parent": ""}, "Hãy ghi mã hoặc tên đơn vị"),
        ({"identifier": "H55..2"}, "nối bằng dấu chấm"),
        ({"name": ""}, "Tên đơn vị"),
        ({"valid_from": "31/2/2026"}, "không có trong lịch"),
    ],
)
def test_create_refused(staff: Client, world: World, changes: dict[str, str], why: str) -> None:
    html = text(staff.post("/units/create/", new_unit(**changes)))
    assert "Chưa lưu được" in html
    assert why in html
    assert not Unit.objects.filter(name="Phòng Mới").exists()


def test_create_before_the_parent_is_refused(staff: Client, world: World) -> None:
    make_unit("Q1", "Xã Trẻ", world.dai_tu, valid_from=DAY)
    html = text(staff.post("/units/create/", new_unit(parent="Q1", valid_from="")))
    assert "không thể có trước cấp trên" in html


def test_create_offers_the_parent_it_was_opened_from(staff: Client, world: World) -> None:
    html = text(staff.get(f"/units/create/?parent={world.dai_tu.pk}"))
    assert 'value="Huyện Đại Từ (171)"' in html
    assert "Tràng Định" not in text(
        staff.get(f"/units/create/?parent={world.elsewhere_district.pk}")
    )


# --- putting right and renaming ---------------------------------------------------------------


def test_edit_puts_names_right(staff: Client, world: World) -> None:
    former = FormerName.objects.create(unit=world.dai_tu, name="Châu Đai Từ", valid_to=EVE)
    typed = {
        "name": "Huyện Đại Từ 2",
        "identifier": "",
        "legal_basis": "",
        f"former_{former.pk}": "Châu Đại Từ",
        "version": "1",
    }
    assert staff.post(f"/units/{world.dai_tu.pk}/edit/", typed).status_code == 302
    unit = Unit.objects.get(pk=world.dai_tu.pk)
    assert unit.name == "Huyện Đại Từ 2"
    assert unit.former_names.get().name == "Châu Đại Từ"
    assert [each.deed for each in Event.objects.of(unit)] == ["changed", "changed"]


def test_edit_notices_a_second_writer(staff: Client, world: World) -> None:
    world.dai_tu.rename(None, "Huyện Khác", date(2024, 1, 1))
    typed = {"name": "Huyện Sai", "identifier": "", "legal_basis": "", "version": "1"}
    html = text(staff.post(f"/units/{world.dai_tu.pk}/edit/", typed))
    assert "đã lưu hồ sơ này trong lúc bạn đang sửa" in html
    assert 'value="Huyện Sai"' in html
    assert Unit.objects.get(pk=world.dai_tu.pk).name == "Huyện Khác"


def test_rename_from_a_day(staff: Client, world: World) -> None:
    typed = {"name": "Thị xã Đại Từ", "on": "1/5/2024", "legal_basis": "NQ 5"}
    assert staff.post(f"/units/{world.dai_tu.pk}/rename/", typed).status_code == 302
    unit = Unit.objects.get(pk=world.dai_tu.pk)
    assert unit.name_on(date(2024, 4, 30)) == "Huyện Đại Từ"
    again = text(staff.post(f"/units/{world.dai_tu.pk}/rename/", typed))
    assert "hãy ghi tên khác" in again
    assert 'value="1/5/2024"' in again


# --- closing, splitting, continuing -----------------------------------------------------------


def go(client: Client, unit: Unit, verb: str, typed: dict[str, Any]) -> Any:
    """Preview, and confirm what it shows."""
    address = f"/units/{unit.pk}/{verb}/"
    before = Unit.objects.count(), Succession.objects.count()
    html = text(client.post(address, typed))
    assert "Xác nhận" in html, html
    assert (Unit.objects.count(), Succession.objects.count()) == before
    return client.post(address, {**typed, "seal": seal(html)})


def test_close(staff: Client, world: World) -> None:
    typed = {"last_day": "28/2/2026", "legal_basis": "QĐ 1", "below": "forbid"}
    assert go(staff, world.tien_hoi, "close", typed).status_code == 302
    assert Unit.objects.get(pk=world.tien_hoi.pk).valid_to == EVE


def test_close_with_units_below(staff: Client, world: World) -> None:
    typed = {"last_day": "28/2/2026", "legal_basis": "QĐ 1", "below": "forbid"}
    html = text(staff.post(f"/units/{world.dai_tu.pk}/close/", typed))
    assert "Còn 1 đơn vị trực thuộc có hiệu lực sau ngày 28/02/2026: Xã Tiên Hội (05809)" in html
    go(staff, world.dai_tu, "close", {**typed, "below": "close"})
    assert Unit.objects.get(pk=world.tien_hoi.pk).valid_to == EVE


def test_close_while_rounds_are_planned(staff: Client, world: World) -> None:
    round_ = make_round(world.province, date(2026, 5, 1), code="K1", status="SCHEDULED")
    make_visit(round_, world.tien_hoi)
    typed = {"last_day": "28/2/2026", "legal_basis": "QĐ 1", "below": "forbid"}
    html = text(staff.post(f"/units/{world.tien_hoi.pk}/close/", typed))
    assert "cuộc K1 ngày 01/05/2026" in html
    assert Unit.objects.get(pk=world.tien_hoi.pk).valid_to is None


def split_data(**changes: str) -> dict[str, str]:
    return {
        "on": "1/3/2026",
        "legal_basis": "NQ 2",
        "part_1_name": "Xã Đông",
        "part_1_code": "05809",
        "part_2_name": "Xã Tây",
        "part_2_code": "05810",
        "main": "2",
        "kind": "COMMUNE",
        "parent": "171",
        "below": "move",
        "rows": "4",
        **changes,
    }


def test_split(staff: Client, world: World) -> None:
    assert go(staff, world.tien_hoi, "split", split_data()).status_code == 302
    east, west = Unit.objects.at("05809", on=DAY), Unit.objects.at("05810", on=DAY)
    assert east.lineage() == [east]
    assert west.lineage() == [west, Unit.objects.get(pk=world.tien_hoi.pk)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"main": "3"}, "Phần 3 đang để trống"),
        ({"main": ""}, "Đơn vị kế thừa chính"),
        ({"part_2_code": ""}, "cần cả tên và mã"),
        ({"part_2_name": "", "part_2_code": ""}, "Phần 2 đang để trống"),
        ({"part_2_code": "05809"}, "Mã 05809 được ghi cho 2 đơn vị mới"),
        ({"part_1_unit": "171"}, "chỉ ghi đơn vị mới hoặc đơn vị đã có"),
    ],
)
def test_split_refused(staff: Client, world: World, changes: dict[str, str], why: str) -> None:
    html = text(staff.post(f"/units/{world.tien_hoi.pk}/split/", split_data(**changes)))
    assert "Chưa lưu được" in html
    assert why in html
    assert Unit.objects.get(pk=world.tien_hoi.pk).valid_to is None


def test_continue_under_another_parent(staff: Client, world: World) -> None:
    typed = {
        "on": "1/3/2026",
        "legal_basis": "NQ 3",
        "name": "Xã Tiên Hội",
        "code": "05809",
        "kind": "COMMUNE",
        "parent": "19",
        "below": "move",
    }
    assert go(staff, world.tien_hoi, "continue", typed).status_code == 302
    moved = Unit.objects.at("05809", on=DAY)
    assert moved.parent == world.province
    assert moved.kind == Kind.COMMUNE


# --- taking back ------------------------------------------------------------------------------


def test_undo_on_the_page(staff: Client, world: World) -> None:
    go(staff, world.tien_hoi, "split", split_data())
    address = f"/units/{world.tien_hoi.pk}/undo/"
    shown = text(staff.get(address))
    assert "Xóa đơn vị Xã Đông (05809)" in shown
    assert staff.post(address).status_code == 302
    assert Unit.objects.get(pk=world.tien_hoi.pk).valid_to is None
    assert not Unit.objects.filter(code="05810").exists()
    assert staff.get(address).status_code == 403


def test_undo_refused_says_why(staff: Client, world: World) -> None:
    go(staff, world.tien_hoi, "split", split_data())
    west = Unit.objects.at("05810", on=DAY)
    make_visit(make_round(world.province, DAY), west)
    response = staff.post(f"/units/{west.pk}/undo/")
    assert "1 lượt kiểm tra" in text(response)
    assert Unit.objects.filter(pk=west.pk).exists()


def test_undo_tells_the_unit_of_no_inspection_to_come(staff: Client, world: World) -> None:
    """Whoever added a unit below the own one learns nothing of a round that awaits it."""
    ward = client_of(make_user("STAFF", world.tien_hoi, "xa"))
    ward.post("/units/create/", new_unit(code="05809.1", parent="05809"))
    sub = Unit.objects.get(code="05809.1")
    address = f"/units/{sub.pk}/undo/"
    before = text(ward.get(address))
    ahead = make_visit(make_round(world.province, today(), status="SCHEDULED"), sub)
    make_remedy(ahead)
    after = text(ward.get(address))
    assert "lượt kiểm tra" not in after
    assert "Không hoàn tác được" not in before + after
    refused = text(ward.post(address))
    assert "kiểm tra tại" not in refused
    assert "không hoàn tác được nữa" in refused
    assert Unit.objects.filter(pk=sub.pk).exists()


def test_unit_under_one_that_ended_is_refused_in_words(staff: Client, world: World) -> None:
    """The form has no field for the fault: it stands above them, and is no error of ours."""
    Unit.objects.filter(pk=world.dai_tu.pk).update(valid_to=date(2025, 6, 30))
    page = staff.post("/units/create/", new_unit(parent="171", valid_from="1/1/2020"))
    assert page.status_code == 200
    assert page.context["form"].errors


def test_undo_is_not_for_the_unit_itself(staff: Client, world: World) -> None:
    make_user("STAFF", world.tien_hoi, "xa")
    go(staff, world.tien_hoi, "split", split_data())
    own = client_of(User.objects.get(username="xa"))
    response = own.get(f"/units/{world.tien_hoi.pk}/undo/")
    assert response.status_code == 403
    assert "do cấp trên thực hiện" in text(response)


@pytest.mark.parametrize("day", ["1/1/0001", "31/12/9999"])
def test_years_beyond_reason_are_refused(staff: Client, world: World, day: str) -> None:
    base = f"/units/{world.tien_hoi.pk}"
    closing = {"last_day": day, "legal_basis": "QĐ 1", "below": "forbid"}
    assert "Năm phải từ 1900" in text(staff.post(f"{base}/close/", closing))
    assert "Năm phải từ 1900" in text(staff.post(f"{base}/split/", split_data(on=day)))
    renaming = {"name": "Xã Khác", "on": day, "legal_basis": "QĐ 1"}
    assert "Năm phải từ 1900" in text(staff.post(f"{base}/rename/", renaming))
    assert "Năm phải từ 1900" in text(staff.post("/units/create/", new_unit(valid_from=day)))
