"""Filling a draft from another plan."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.test import Client

from congvu.models import Event
from tests.conftest import World
from tests.factories import make_draft, make_item, make_plan, make_succession, make_unit

pytestmark = pytest.mark.django_db


def test_items_move_into_the_new_year_and_units_to_their_heirs(staff: Client, world: World) -> None:
    new = make_unit("05570", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    for number in (1, 2):
        old = make_unit(f"0556{number}", f"Xã Cũ {number}", world.province, kind="COMMUNE",
                        valid_to=date(2025, 6, 30))  # fmt: skip
        make_succession(old, new)
        make_item(source := make_plan(world.province, year=2025), old, month=3)
        if number == 1:
            first = source
        else:
            source.items.update(plan=first, line=2)
    gone = make_unit("05580", "Xã Hết", world.province, kind="COMMUNE", valid_to=date(2025, 6, 30))
    make_item(first, gone, month=4)
    make_item(first, world.dai_tu, schedule="DAYS", first_day=date(2025, 5, 5),
              last_day=date(2025, 5, 6), note="ghi chú")  # fmt: skip
    draft = make_draft(world.province, year=2026)
    page = staff.get(f"/plans/{draft.pk}/copy/")
    assert page.context["form"].initial["source"] == first.pk
    staff.post(f"/plans/{draft.pk}/copy/", {"source": first.pk, "_once": str(uuid.uuid4())})
    found = [(item.unit, item.first_day, item.last_day) for item in draft.items.all()]
    # Two communes became one: it is copied once. What has no heir is named.
    assert found == [
        (new, date(2026, 3, 1), date(2026, 3, 31)),
        (world.dai_tu, date(2026, 5, 5), date(2026, 5, 6)),
    ]
    note = Event.objects.of(draft).last().note  # type: ignore[union-attr]
    assert (
        "Đã chép 2 mục. 1 mục chuyển sang đơn vị kế tiếp. 1 mục không chép vì đơn vị đã có trong "
        "dự thảo: Xã Cũ 2 (nay là Xã Mới). 1 mục" in note
    )
    assert "Xã Hết" in note
    assert Event.objects.of(draft.items.first()).get().deed == "added"  # type: ignore[arg-type]


def test_where_there_is_nothing_to_copy_the_page_says_why_and_what_else_to_do(
    staff: Client, world: World
) -> None:
    draft = make_draft(world.province, year=2026)
    other = make_plan(world.province, year=2025)
    # One of another province's is none to choose.
    make_item(make_plan(world.elsewhere, year=2025), world.elsewhere_district)
    page = staff.get(f"/plans/{draft.pk}/copy/").content.decode()
    assert "Chưa có kế hoạch nào khác có mục để chép" in page
    assert 'name="source"' not in page
    make_item(other, world.dai_tu)
    page = staff.get(f"/plans/{draft.pk}/copy/").content.decode()
    assert "Chưa có kế hoạch nào khác" not in page
    assert 'name="source"' in page


def test_only_a_draft_is_filled(staff: Client, world: World) -> None:
    source = make_plan(world.province, year=2022)
    make_item(source, world.dai_tu)
    plan = make_plan(world.province)
    answer = staff.post(f"/plans/{plan.pk}/copy/", {"source": source.pk})
    assert "không còn là dự thảo" in answer.content.decode()
    assert not plan.items.exists()
