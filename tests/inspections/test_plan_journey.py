"""A plan's year in a browser: from last year's plan to the first item done.

Copy last year's plan → proposal → overlap shown and resolved → issue → adjust → complete a round →
progress moves.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from congvu.dates import format_day, today
from inspections.models import Plan, PlanItem, Round
from tests.browsing import SIZES, signed_in
from tests.conftest import client_of
from tests.factories import make_item, make_plan, make_round, make_user, make_visit
from units.models import Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_last_years_plan_to_the_first_item_done(browser: Any, live_server: Any) -> None:
    now = today()
    call_command("load_divisions", "--province", "19", verbosity=0)
    province = Unit.objects.at("19", now)
    communes = Unit.objects.in_force(now).filter(kind="COMMUNE", path__startswith=province.path)
    first, second, third, *_ = communes.order_by("sort_key")
    last = make_plan(province, year=now.year - 1, number="9/KH-UBND",
                     issued_on=date(now.year - 1, 12, 1))  # fmt: skip
    for unit in (first, second):
        make_item(last, unit, month=12)
    # Another body's round this year, by which a further item will overlap.
    make_visit(make_round(province, date(now.year, 1, 15), announced=True), third)
    window = signed_in(
        browser, live_server, client_of(make_user("STAFF", province)), SIZES["desktop"]
    )
    page = window.new_page()
    send = page.locator("form.record-form button.btn-primary")

    page.goto("/plans/create/")
    page.fill("[name=year]", str(now.year))
    send.click()
    page.wait_for_url("**/plans/*/")
    plan = Plan.objects.get(status="DRAFT")
    page.locator(".starts").get_by_role("link", name="Chép từ kế hoạch khác").click()
    send.click()
    page.get_by_text("Đã chép 2 mục.").first.wait_for()

    page.goto(f"/plans/{plan.pk}/proposal/")
    page.locator("tbody input[name=unit]").first.check()
    page.get_by_role("button", name="Đưa các đơn vị đã chọn vào dự thảo").click()
    page.get_by_text("Đã thêm 1 mục").first.wait_for()

    page.goto(f"/plans/{plan.pk}/items/create/")
    page.fill("[name=unit]", f"{third.name} ({third.code})")
    page.select_option("[name=month]", "12")
    send.click()
    page.get_by_text("Đơn vị đã có 1 cuộc kiểm tra hoặc mục kế hoạch khác").first.wait_for()
    assert PlanItem.objects.filter(plan=plan).count() == 3
    page.locator("[name=overlap_way][value=KEEP]").check()
    page.fill("[name=overlap_reason]", "Phúc tra kết luận đầu năm")
    send.click()
    page.wait_for_url(f"**/plans/{plan.pk}/")
    kept = PlanItem.objects.get(plan=plan, unit=third)
    assert kept.overlap_reason == "Phúc tra kết luận đầu năm"

    page.goto(f"/plans/{plan.pk}/submit/")
    send.click()
    page.wait_for_url(f"**/plans/{plan.pk}/")
    page.get_by_role("link", name="Ban hành kế hoạch").first.click()
    page.fill("[name=number]", "10/KH-UBND")
    page.fill("[name=issued_on]", format_day(date(now.year, 1, 2)))
    page.fill("[name=subject]", "Kiểm tra công vụ")
    send.click()
    page.get_by_text("Đã ban hành kế hoạch 10/KH-UBND.").first.wait_for()

    moved = PlanItem.objects.get(plan=plan, unit=second)
    page.goto(f"/items/{moved.pk}/move/")
    page.select_option("[name=month]", "11")
    page.fill("[name=reason]", "Tránh kỳ họp")
    send.click()
    page.get_by_role("link", name="Ban hành điều chỉnh").first.click()
    page.fill("[name=reason]", "Sắp xếp lại lịch")
    page.fill("[name=number]", "11/QĐ-UBND")
    page.fill("[name=issued_on]", format_day(date(now.year, 1, 3)))
    send.click()
    page.get_by_text("Điều chỉnh lần 1 đã có hiệu lực.").first.wait_for()

    page.goto(f"/plans/{plan.pk}/progress/")
    assert "0/4" in page.locator(".state-line").inner_text()
    item = PlanItem.objects.get(plan=plan, unit=first)
    page.goto(f"/items/{item.pk}/")
    page.get_by_role("link", name="Lập cuộc kiểm tra từ mục này").click()
    page.fill("[name=starts_on]", format_day(now))
    page.fill("[name=ends_on]", format_day(now))
    # The part on overlaps is drawn anew when the day changes, and moves the button.
    page.keyboard.press("Tab")
    page.locator(".overlap-clear").wait_for()
    send.click()
    page.wait_for_url("**/rounds/*/")
    round_ = Round.objects.get(items=item)
    page.goto(f"/rounds/{round_.pk}/complete/")
    send.click()
    page.wait_for_url(f"**/rounds/{round_.pk}/")
    page.goto(f"/plans/{plan.pk}/progress/")
    assert "1/4" in page.locator(".state-line").inner_text()
    assert "25%" in page.locator(".state-line").inner_text().replace(",0", "").replace(" ", "")
    window.close()
