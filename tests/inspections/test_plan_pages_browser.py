"""In Chromium: the pages of planning fit both sizes, refuse in words, and work by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from directives.models import Document
from inspections.models import Adjustment, Plan, Round, Team, TeamMember
from reports.models import Draw
from tests.browsing import SIZES, signed_in
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_item,
    make_plan,
    make_round,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEND = "form.record-form button.btn-primary"


@dataclass(frozen=True)
class Desk:
    """What a planner of 2026 has before them."""

    draft: Plan
    submitted: Plan
    issued: Plan
    adjustment: Adjustment
    planned: Round
    team: Team
    document: Document


@pytest.fixture
def desk(world: World) -> Desk:
    """A draft, one submitted, an issued plan being adjusted; a planned round that overlaps."""
    here = world.province
    make_visit(make_round(here, date(2026, 6, 1), announced=True), world.tien_hoi)
    team = make_team(here, name="Đoàn Một")
    TeamMember.objects.create(team=team, name="An", group="Tổ 1")
    TeamMember.objects.create(team=make_team(here, name="Đoàn Hai"), name="Bình", group="Tổ 2")
    planned = make_round(here, date(2026, 11, 5), status="SCHEDULED", code="KH1", team=team)
    make_visit(planned, world.tien_hoi)
    for number in range(3):
        make_unit(f"0590{number}", f"Xã Số {number}", world.dai_tu, kind=Unit.Kind.COMMUNE)
    draft, submitted = (make_draft(here, year=year) for year in (2027, 2028))
    for plan in (draft, submitted):
        make_item(plan, world.justice)
    by = make_user("STAFF", here)
    submitted.submit(by)
    issued = make_plan(here, year=2026, number="9/KH-UBND", issued_on=date(2026, 1, 5))
    dropped = make_item(issued, world.justice, 11)
    make_item(issued, world.dai_tu, 12)
    adjustment = Adjustment.open_for(issued, by)
    dropped.drop(by, "Đã thanh tra")
    document = Document.objects.create(
        number="5/QĐ-UBND", issued_on=date(2026, 1, 5), issuer=here, kept_by=here, type="QD",
        subject="Lập đoàn kiểm tra",
    )  # fmt: skip
    return Desk(draft, submitted, issued, adjustment, planned, team, document)


@pytest.fixture
def window(browser: Any, live_server: Any, staff: Client) -> Callable[[str], Any]:
    """Opens a page of that size in which staff are signed in."""

    def opened(size: str) -> Any:
        page = signed_in(browser, live_server, staff, SIZES[size]).new_page()
        page.set_default_timeout(10000)
        return page

    return opened


def faults_of(page: Any) -> list[str]:
    """What axe finds wrong, and whether the page is wider than the window."""
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"wider than the window by {width} px"] if width > 0 else [])]


@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_the_window_and_have_no_fault_that_axe_finds(
    window: Callable[[str], Any], desk: Desk, size: str
) -> None:
    page = window(size)
    page.goto(f"/plans/{desk.draft.pk}/draw/")
    page.fill("[name=number]", "2")
    page.click(SEND)
    page.get_by_role("heading", name="Đơn vị được bốc").wait_for()
    draw = Draw.objects.get()
    attach = f"/rounds/{desk.planned.pk}/attach/"
    found = {
        path: faults_of(page)
        for path in (
            f"/plans/{desk.draft.pk}/proposal/",
            f"/plans/{desk.draft.pk}/draw/",
            f"/draws/{draw.pk}/?check=1",
            f"/plans/{desk.draft.pk}/items/import/",
            attach,
            f"{attach}?document={desk.document.pk}",
            f"/documents/create/?for={attach}",
            "/teams/create/",
            f"/teams/{desk.team.pk}/edit/",
            f"/rounds/{desk.planned.pk}/move/",
            f"/rounds/{desk.planned.pk}/move/?to=2026-11-09",
            f"/plans/{desk.issued.pk}/adjust/",
            f"/adjustments/{desk.adjustment.pk}/",
            f"/adjustments/{desk.adjustment.pk}/issue/",
            f"/plans/{desk.draft.pk}/submit/",
            f"/plans/{desk.submitted.pk}/send-back/",
            f"/plans/{desk.draft.pk}/send-back/",
            "/",
        )
        if page.goto(path).ok
    }
    assert len(found) == 18
    assert {path: faults for path, faults in found.items() if faults} == {}


# Address; what is typed; what is said; what stands in the fields afterwards.
WRONG: list[tuple[str, dict[str, str], str, dict[str, str]]] = [
    ("/plans/{draft}/proposal/", {"take": "99", "first_month": "3"},
     "Danh sách chỉ còn 5 đơn vị", {"take": "99", "first_month": "3"}),
    ("/plans/{draft}/draw/", {"number": "99", "seed": "72 15 08 44"},
     "chỉ có 5 đơn vị", {"number": "99", "seed": "72 15 08 44"}),
    ("/rounds/{planned}/attach/", {"q": "không có"},
     "Không có văn bản nào khớp với “không có”.", {"q": "không có"}),
    ("/documents/create/?for=/rounds/{planned}/attach/", {"number": "6/QĐ-UBND"},
     "Hãy", {"number": "6/QĐ-UBND"}),
    ("/teams/create/", {"name": "Đoàn Ba", "decided_on": "31/2/2026", "members-0-name": "An"},
     "31/2/2026", {"name": "Đoàn Ba", "decided_on": "31/2/2026", "members-0-name": "An"}),
    ("/rounds/{planned}/move/", {"to": "31/2/2026"}, "31/2/2026", {"to": "31/2/2026"}),
    ("/rounds/{planned}/move/?to=2026-11-09", {}, "Hãy ghi lý do vẫn kiểm tra",
     {"to": "09/11/2026"}),
    ("/adjustments/{adjustment}/issue/", {"reason": "Sắp xếp", "issued_on": "5/2/2026"},
     "Hãy", {"reason": "Sắp xếp", "issued_on": "5/2/2026"}),
    ("/plans/{submitted}/send-back/", {}, "Hãy", {}),
]  # fmt: skip


def test_what_is_wrong_is_said_in_words_and_what_was_typed_stays(
    window: Callable[[str], Any], desk: Desk, tmp_path: Path
) -> None:
    page = window("phone")
    records = {
        name: getattr(desk, name).pk for name in ("draft", "submitted", "adjustment", "planned")
    }
    found = {}
    for address, typed, said, kept in WRONG:
        path = address.format(**records)
        page.goto(path)
        for name, text in typed.items():
            field = page.locator(f"main [name='{name}']")
            if field.evaluate("each => each.matches('select')"):
                field.select_option(text)
            else:
                field.fill(text)
        page.locator("main form").filter(has=page.locator("button:visible")).first.evaluate(
            "form => form.requestSubmit()"
        )
        page.locator(f"main :text({said!r}) >> visible=true").first.wait_for()
        stays = {name: page.locator(f"main [name='{name}']").input_value() for name in kept}
        found[path] = [stays == kept or str(stays), *faults_of(page)]
    path = f"/plans/{desk.draft.pk}/items/import/"
    page.goto(path)
    wrong = tmp_path / "muc.xlsx"
    wrong.write_bytes(b"not a workbook")
    page.set_input_files("main [type=file]", wrong)
    page.click(SEND)
    page.get_by_text("Tệp này không phải bảng tính Excel").first.wait_for()
    found[path] = [True, *faults_of(page)]
    assert {path: told for path, told in found.items() if told != [True]} == {}
    desk.planned.refresh_from_db()
    assert desk.planned.starts_on == date(2026, 11, 5)
    assert not Draw.objects.exists()


def tab_to(page: Any, selector: str) -> None:
    """On with the Tab key until the element has the focus."""
    for _ in range(80):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not reached by the Tab key")


def test_round_is_moved_by_keys_alone(window: Callable[[str], Any], desk: Desk) -> None:
    page = window("desktop")
    page.goto(f"/rounds/{desk.planned.pk}/move/")
    tab_to(page, "[name=to]")
    page.keyboard.type("9/11/2026")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Lịch sau khi dời").wait_for()
    assert "(không bắt buộc)" not in page.locator("main").inner_text()
    tab_to(page, "[name=overlap_reason]")
    page.keyboard.type("Phúc tra")
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    page.get_by_text("Đã dời cuộc KH1").wait_for()
    desk.planned.refresh_from_db()
    assert (desk.planned.starts_on, desk.planned.overlap_reason) == (date(2026, 11, 9), "Phúc tra")


def test_team_is_set_up_by_keys_alone(window: Callable[[str], Any], desk: Desk) -> None:
    page = window("desktop")
    page.goto("/teams/create/")
    tab_to(page, "[name=name]")
    page.keyboard.type("Đoàn Ba")
    for place in range(5):
        tab_to(page, f"[name=members-{place}-name]" if place < 4 else "[data-rows-add]")
        if place == 4:
            page.keyboard.press("Enter")
            assert page.locator("[data-row] legend").last.inner_text() == "Người 5"
            tab_to(page, "[name=members-4-name]")
        page.keyboard.type(f"Người {place}")
        tab_to(page, f"[name=members-{place}-group]")
        page.keyboard.type("Tổ 1" if place < 2 else "Tổ 2")
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    page.get_by_text("Đã lập Đoàn Ba.").wait_for()
    team = Team.objects.get(name="Đoàn Ba")
    assert (team.members.count(), team.groups) == (5, ["Tổ 1", "Tổ 2"])


def test_document_is_registered_on_the_way_and_attached(
    window: Callable[[str], Any], desk: Desk
) -> None:
    page = window("phone")
    page.goto(f"/teams/{desk.team.pk}/attach/")
    page.get_by_role("link", name="Đăng ký văn bản mới").click()
    for name, text in (("number", "6/QĐ-UBND"), ("issued_on", "6/1/2026"), ("subject", "Tổ")):
        page.fill(f"[name={name}]", text)
    page.select_option("[name=type]", "QD")
    page.click(SEND)
    button = page.get_by_role("button", name="Gắn văn bản này")
    button.wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Đã gắn văn bản").wait_for()
    assert [each.number for each in desk.team.documents.all()] == ["6/QĐ-UBND"]


def test_sub_groups_suggested_follow_the_team_chosen(
    window: Callable[[str], Any], desk: Desk
) -> None:
    page = window("desktop")
    page.goto(f"/rounds/{desk.planned.pk}/edit/")
    options = "[...document.querySelectorAll('#round-groups option')].map(each => each.value)"
    found = [page.evaluate(options)]
    one, two = (f"{name} – Tỉnh Thái Nguyên" for name in ("Đoàn Một", "Đoàn Hai"))
    for team in (two, "Chưa có đoàn", one):
        page.focus("[name=team]")
        page.select_option("[name=team]", label=team)
        page.focus("[name=team_group]")
        found.append(page.evaluate(options))
    assert found == [["Tổ 1"], ["Tổ 2"], [], ["Tổ 1"]]
