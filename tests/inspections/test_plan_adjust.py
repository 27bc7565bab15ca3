"""Adjusting an issued plan: items added, moved and dropped by a numbered document."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from congvu.models import Event
from directives.models import Document
from inspections.models import Adjustment, Plan, PlanItem, span_of
from tests.conftest import World, client_of
from tests.factories import (
    make_draft,
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def user_of(client: Client) -> User:
    return client.user  # type: ignore[attr-defined,no-any-return]  # see client_of


def moved(item: PlanItem, month: int, **fields: Any) -> dict[str, Any]:
    """What the form sends to move the item to another month."""
    return {
        "unit": f"#{item.unit_id}", "body": f"#{item.body_id}", "schedule": "MONTH",
        "month": month, "form": item.form, "announced": "on", "reason": "Trùng đoàn khác",
        "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


def issuing(adjustment: Adjustment, client: Client, **fields: Any) -> dict[str, Any]:
    """What the form of issuing sends, sealed as the page is shown now."""
    page = client.get(f"/adjustments/{adjustment.pk}/issue/")
    return {
        "reason": "Sắp xếp đơn vị", "number": "60/QĐ-UBND", "issued_on": "1/6/2023",
        "type": "QD", "subject": "Điều chỉnh", "seal": page.context["form"].initial["seal"],
        "_once": str(uuid.uuid4()), **fields,
    }  # fmt: skip


@pytest.fixture
def plan(world: World) -> Plan:
    """An issued plan of three items in May."""
    plan = make_plan(world.province, number="45/KH-UBND", issued_on=date(2023, 3, 17))
    for unit in (world.dai_tu, world.justice, world.tien_hoi):
        make_item(plan, unit)
    return plan


def texts(items: Any) -> list[str]:
    return [str(item) for item in items]


def test_as_issued_as_adjusted_and_what_changed(staff: Client, plan: Plan, world: World) -> None:
    first, second, third = plan.items.all()
    assert staff.post(f"/items/{first.pk}/move/", moved(first, 9)).status_code == 302
    staff.post(
        f"/items/{second.pk}/drop/", {"version": str(second.version), "reason": "Đã giải thể"}
    )
    data = moved(third, 10, unit=f"#{world.province.pk}")
    assert staff.post(f"/plans/{plan.pk}/items/create/", data).status_code == 302
    adjustment = Adjustment.objects.get()
    before = ["Mục 1: Huyện Đại Từ, tháng 5/2023", "Mục 2: Sở Tư pháp, tháng 5/2023",
              "Mục 3: Xã Tiên Hội, tháng 5/2023"]  # fmt: skip
    assert texts(plan.items.in_force()) == before, "what is being prepared changes nothing"
    answer = staff.post(f"/adjustments/{adjustment.pk}/issue/", issuing(adjustment, staff))
    assert answer.status_code == 302, answer.context["form"].errors
    assert texts(plan.items.as_issued()) == before
    assert texts(plan.items.in_force()) == [
        "Mục 1: Huyện Đại Từ, tháng 9/2023",
        "Mục 3: Xã Tiên Hội, tháng 5/2023",
        "Mục 4: Tỉnh Thái Nguyên, tháng 10/2023",
    ]
    assert Document.objects.get().number == "60/QĐ-UBND"
    page = staff.get(f"/plans/{plan.pk}/?view=changes").content.decode()
    for said in ("60/QĐ-UBND", "Trùng đoàn khác", "Đã giải thể", "tháng 5/2023", "tháng 9/2023"):
        assert said in page
    assert "thêm 1, dời 1, bỏ 1 mục" in Event.objects.of(plan).last().note  # type: ignore[union-attr]
    assert "Sở Tư pháp" in staff.get(f"/plans/{plan.pk}/?view=issued").content.decode()


def test_issued_item_is_never_edited_in_place(staff: Client, plan: Plan) -> None:
    item = plan.items.first()
    assert item is not None
    answer = staff.post(f"/items/{item.pk}/edit/", {**moved(item, 9), "version": item.version})
    assert "hãy điều chỉnh kế hoạch" in answer.content.decode()
    item.refresh_from_db()
    assert item.first_day == date(2023, 5, 1)
    with pytest.raises(ValidationError):
        item.remove(by=user_of(staff))


def test_rounds_follow_the_item_that_was_moved(staff: Client, plan: Plan, world: World) -> None:
    item = plan.items.first()
    assert item is not None
    round_ = make_round(world.province, status="SCHEDULED")
    round_.items.add(item)
    staff.post(f"/items/{item.pk}/move/", moved(item, 9))
    adjustment = Adjustment.objects.get()
    assert list(round_.items.all()) == [item]
    staff.post(f"/adjustments/{adjustment.pk}/issue/", issuing(adjustment, staff))
    new = plan.items.in_force().first()
    assert list(round_.items.all()) == [new]
    assert new is not None
    assert new.line == item.line


def test_adjustment_dated_before_the_plan_is_refused(staff: Client, plan: Plan) -> None:
    item = plan.items.first()
    assert item is not None
    item.drop(by=user_of(staff), reason="Thử")
    adjustment = Adjustment.objects.get()
    data = issuing(adjustment, staff, issued_on="16/3/2023")
    answer = staff.post(f"/adjustments/{adjustment.pk}/issue/", data)
    assert "trước ngày ban hành kế hoạch (17/03/2023)" in str(answer.context["form"].errors)
    assert not Document.objects.exists()
    assert plan.items.in_force().count() == 3


def test_adjustments_follow_each_other_in_time(staff: Client, plan: Plan) -> None:
    for day, ok in (("1/6/2023", True), ("31/5/2023", False), ("1/6/2023", True)):
        item = plan.items.in_force().filter(dropped_in__isnull=True).first()
        if item is not None and not Adjustment.objects.filter(status="DRAFT").exists():
            item.drop(by=user_of(staff), reason="Thử")
        adjustment = Adjustment.objects.get(status="DRAFT")
        number = f"{60 + adjustment.position}/QĐ-UBND"
        data = issuing(adjustment, staff, issued_on=day, number=number)
        answer = staff.post(f"/adjustments/{adjustment.pk}/issue/", data)
        assert (answer.status_code == 302) is ok
        if not ok:
            assert "Điều chỉnh lần 1 đã ban hành ngày 01/06/2023" in answer.content.decode()


def test_adjustment_that_changes_nothing_is_not_issued(staff: Client, plan: Plan) -> None:
    adjustment = Adjustment.open_for(plan, by=user_of(staff))
    page = staff.get(f"/adjustments/{adjustment.pk}/issue/").content.decode()
    assert "chưa thay đổi mục nào" in page


def test_two_planners_work_on_one_adjustment(staff: Client, plan: Plan, world: World) -> None:
    """The second who moves an item is told; both changes of different items are kept."""
    colleague = client_of(make_user("STAFF", world.province, "dongnghiep"))
    first, second, _ = plan.items.all()
    assert staff.get(f"/items/{first.pk}/move/").status_code == 200
    assert staff.post(f"/items/{first.pk}/move/", moved(first, 9)).status_code == 302
    answer = colleague.post(f"/items/{first.pk}/move/", moved(first, 10))
    assert "đã được dời hoặc bỏ ở điều chỉnh lần 1" in answer.content.decode()
    assert 'value="10" selected' in answer.content.decode(), "what was typed stays"
    assert colleague.post(f"/items/{second.pk}/move/", moved(second, 10)).status_code == 302
    adjustment = Adjustment.objects.get()
    assert [item.first_day.month for item in adjustment.added.all()] == [9, 10]


def test_what_a_colleague_added_meanwhile_is_not_issued_unseen(
    staff: Client, plan: Plan, world: World
) -> None:
    colleague = make_user("STAFF", world.province)
    first, second, _ = plan.items.all()
    first.drop(by=user_of(staff), reason="Thử")
    adjustment = Adjustment.objects.get()
    data = issuing(adjustment, staff)
    second.drop(by=colleague, reason="Thử")
    answer = staff.post(f"/adjustments/{adjustment.pk}/issue/", data)
    assert "vừa được người khác sửa" in answer.content.decode()
    assert plan.items.in_force().count() == 3
    again = issuing(adjustment, staff)
    assert staff.post(f"/adjustments/{adjustment.pk}/issue/", again).status_code == 302
    assert plan.items.in_force().count() == 1
    assert "đã được ban hành" in staff.get(f"/adjustments/{adjustment.pk}/issue/").content.decode()


def test_database_knows_one_adjustment_in_preparation(plan: Plan) -> None:
    Adjustment.objects.create(plan=plan, position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.create(plan=plan, position=2)


def test_item_can_be_kept_and_the_whole_adjustment_given_up(staff: Client, plan: Plan) -> None:
    first, second, _ = plan.items.all()
    staff.post(f"/items/{first.pk}/move/", moved(first, 9))
    second.drop(by=user_of(staff), reason="Thử")
    first.refresh_from_db()
    staff.post(f"/items/{first.pk}/keep/", {"version": str(first.version)})
    assert plan.items.count() == 3
    first.refresh_from_db()
    assert first.dropped_in is None
    adjustment = Adjustment.objects.get()
    adjustment.discard(by=user_of(staff))
    second.refresh_from_db()
    assert (second.dropped_in, second.drop_reason) == (None, "")
    assert not Adjustment.objects.exists()


def test_item_moved_twice_keeps_its_history(staff: Client, plan: Plan) -> None:
    item = plan.items.first()
    for month, number in ((9, "61/QĐ-UBND"), (10, "62/QĐ-UBND")):
        assert item is not None
        assert staff.post(f"/items/{item.pk}/move/", moved(item, month)).status_code == 302
        adjustment = Adjustment.objects.get(status="DRAFT")
        staff.post(
            f"/adjustments/{adjustment.pk}/issue/", issuing(adjustment, staff, number=number)
        )
        item = plan.items.in_force().first()
    assert item is not None
    page = staff.get(f"/items/{item.pk}/").content.decode()
    for said in ("Khi ban hành", "tháng 5/2023", "tháng 9/2023", "tháng 10/2023"):
        assert said in page
    assert plan.items.in_force().count() == 3


def test_unit_not_in_force_in_its_month_is_refused_with_its_successor(
    staff: Client, world: World
) -> None:
    old = make_unit("05569", "Thị trấn Chợ Chu", world.province, kind="COMMUNE",
                    valid_to=date(2025, 6, 30))  # fmt: skip
    new = make_unit("05570", "Xã Định Hóa", world.province, kind="COMMUNE",
                    valid_from=date(2025, 7, 1))  # fmt: skip
    make_succession(old, new)
    plan = make_draft(world.province, year=2025)
    data = {
        "unit": "Thị trấn Chợ Chu", "body": "19", "schedule": "MONTH", "month": 8,
        "form": "PLANNED", "_once": str(uuid.uuid4()),
    }  # fmt: skip
    answer = staff.post(f"/plans/{plan.pk}/items/create/", data)
    fault = str(answer.context["form"].errors["unit"])
    assert "Ngày 01/08/2025 không có đơn vị “Thị trấn Chợ Chu”" in fault
    assert "Đơn vị kế tiếp: Xã Định Hóa (05570)" in fault
    # A quarter that the unit does not live through.
    answer = staff.post(
        f"/plans/{plan.pk}/items/create/",
        {**data, "schedule": "DAYS", "first_day": "30/6/2025", "last_day": "2/7/2025"},
    )
    fault = str(answer.context["form"].errors["unit"])
    assert "không có hiệu lực suốt thời gian của mục" in fault
    assert "Đơn vị kế tiếp: Xã Định Hóa (05570)" in fault
    assert not PlanItem.objects.exists()
    assert staff.post(
        f"/plans/{plan.pk}/items/create/", {**data, "month": 6, "_once": str(uuid.uuid4())}
    ).status_code == 302  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"schedule": "QUARTER", "first_day": date(2023, 5, 1)}, "schedule"),
        ({"first_day": date(2024, 5, 1), "last_day": date(2024, 5, 31)}, "first_day"),
        ({"first_day": date(2023, 5, 31), "last_day": date(2023, 5, 1)}, "last_day"),
        # Only the last day is beyond the plan's year: there it is to be mended.
        ({"schedule": "DAYS", "last_day": date(2025, 3, 2)}, "last_day"),
    ],
)
def test_days_say_what_the_schedule_says(plan: Plan, fields: dict[str, Any], field: str) -> None:
    item = plan.items.first()
    assert item is not None
    for name, value in fields.items():
        setattr(item, name, value)
    assert field in {fault.field for fault in item.faults()}


def test_form_keeps_the_rules_of_the_model(staff: Client, world: World) -> None:
    plan = make_draft(world.province)
    team = make_team(world.justice)
    data = {
        "unit": "171", "body": "19", "schedule": "DAYS", "first_day": "30/12/2023",
        "last_day": "2/1/2024", "form": "PLANNED", "team": team.pk, "_once": str(uuid.uuid4()),
    }  # fmt: skip
    answer = staff.post(f"/plans/{plan.pk}/items/create/", data)
    assert set(answer.context["form"].errors) == {"last_day", "team"}
    assert not PlanItem.objects.exists()


def test_span_of_month_and_quarter() -> None:
    assert span_of(2024, month=2) == (date(2024, 2, 1), date(2024, 2, 29))
    assert span_of(2023, quarter=4) == (date(2023, 10, 1), date(2023, 12, 31))


def test_unit_that_ended_since_stops_the_adjustment(
    staff: Client, plan: Plan, world: World
) -> None:
    item = plan.items.first()
    assert item is not None
    assert staff.post(f"/items/{item.pk}/move/", moved(item, 9)).status_code == 302
    world.dai_tu.valid_to = date(2023, 6, 30)
    world.dai_tu.save()
    adjustment = Adjustment.objects.get()
    said = "Mục 1: Đơn vị Huyện Đại Từ không có hiệu lực suốt tháng 9/2023"
    assert said in adjustment.why_not_issued()
    answer = staff.post(f"/adjustments/{adjustment.pk}/issue/", issuing(adjustment, staff))
    assert said in answer.content.decode()
    assert not Document.objects.exists()


def test_framework_item_added_later_names_its_programme(
    staff: Client, plan: Plan, world: World
) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_framework=True)
    item = plan.items.first()
    assert item is not None
    staff.post(f"/items/{item.pk}/move/", moved(item, 9))
    assert "mục 1 chưa ghi chương trình" in Adjustment.objects.get().why_not_issued()
