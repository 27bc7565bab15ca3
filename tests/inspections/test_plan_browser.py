"""In Chromium: a surprise inspection unticks the announcement; a registered document issues."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from directives.models import Document
from inspections.models import Plan, PlanItem
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import make_draft, make_item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [each["id"] for each in axe.run(page).response["violations"]]


def test_surprise_unticks_the_announcement_and_it_may_be_ticked_again(
    browser: Any, live_server: Any, staff: Client, world: World
) -> None:
    plan = make_draft(world.province)
    window = signed_in(browser, live_server, staff, SIZES["desktop"])
    page = window.new_page()
    page.goto(f"/plans/{plan.pk}/items/create/")
    box = page.locator("[name=announced]")
    assert box.is_checked()
    page.select_option("[name=form]", "THEMATIC")
    assert box.is_checked()
    page.select_option("[name=form]", "SURPRISE")
    assert not box.is_checked()
    box.check()
    page.fill("[name=unit]", "171")
    page.select_option("[name=month]", "5")
    page.click("button:text-is('Thêm mục')")
    page.wait_for_selector("text=Kiểm tra đột xuất nhưng có báo trước")
    assert faults_of(page) == []
    assert PlanItem.objects.get().announced
    window.close()


@pytest.mark.parametrize("size", SIZES)
def test_registered_document_issues_the_plan(
    browser: Any, live_server: Any, staff: Client, world: World, size: str
) -> None:
    plan = make_draft(world.province)
    make_item(plan, world.dai_tu)
    plan.submit(by=staff.user)  # type: ignore[attr-defined]  # see client_of
    paper = Document.objects.create(
        number="15/KH-UBND", issued_on=date(2023, 1, 15), issuer=world.province,
        kept_by=world.province, type="KH", subject="Kiểm tra công vụ",
    )  # fmt: skip
    window = signed_in(browser, live_server, staff, SIZES[size])
    page = window.new_page()
    page.goto(f"/plans/{plan.pk}/issue/")
    page.fill("[name=number]", "15/KH-UBND")
    page.fill("[name=issued_on]", "15/1/2023")
    page.fill("[name=subject]", "Kiểm tra")
    page.click("button:has-text('Ban hành kế hoạch')")
    button = page.locator("button:has-text('Dùng văn bản này')")
    button.wait_for()
    assert faults_of(page) == []
    button.click()
    page.wait_for_selector("text=Đã ban hành kế hoạch 15/KH-UBND")
    assert Plan.objects.get().paper == paper
    window.close()
