"""The page of a remedy: the whole story in order, the deeds of each side, names, the trail."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from congvu import trail
from directives.models import Document
from findings.models import Extension, ExtensionRequest, Remedy
from findings.papers import REMEDY
from tests.conftest import World
from tests.factories import make_remedy, make_round, make_user, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def remedy(world: World) -> Remedy:
    visit = make_visit(make_round(world.province), world.dai_tu)
    return make_remedy(
        visit, code="KN1", subject="INDIVIDUAL", person_name="Nguyễn Văn Khuất", kind="REVIEW"
    )


def paper_of(remedy: Remedy, number: str, by: User) -> None:
    """Put a document of the inspecting body to the remedy."""
    body = remedy.visit.round.body
    paper = Document.objects.create(
        number=number, issued_on=date(2023, 6, 12), issuer=body, kept_by=body, type="QD",
        subject="Quyết định",
    )  # fmt: skip
    REMEDY.attach(remedy, paper, by)


def deeds(client: Client, remedy: Remedy) -> dict[str, str]:
    """Labels of the deeds offered, each with why it may not be done."""
    page = client.get(remedy.get_absolute_url())
    return {action.label: action.why_not for action in page.context["actions"]}


@time_machine.travel("2023-09-10 08:00+07:00", tick=False)
def test_story_tells_all_in_order(staff: Client, remedy: Remedy) -> None:
    Extension.objects.create(
        remedy=remedy, decided_on=date(2023, 6, 20), due_on=date(2023, 8, 25), document="12/CV-SNV"
    )
    remedy.report(by=staff.user, text="Đã họp kiểm điểm")  # type: ignore[attr-defined]
    remedy.complete(by=staff.user, completed_on=date(2023, 9, 9))  # type: ignore[attr-defined]
    page = staff.get(remedy.get_absolute_url())
    titles = [step.title for step in page.context["steps"]]
    assert titles == ["Kiến nghị", "Gia hạn", "Xong quá hạn", "Báo cáo tiến độ"]
    text = page.content.decode()
    for part in ("Từ 30/06/2023 thành 25/08/2023", "12/CV-SNV", "Đã họp kiểm điểm", "09/09/2023"):
        assert part in text


@time_machine.travel("2023-07-12 08:00+07:00", tick=False)
def test_state_is_told_in_days(staff: Client, remedy: Remedy) -> None:
    page = staff.get(remedy.get_absolute_url()).content.decode()
    assert "quá hạn 12 ngày" in page


def test_deeds_of_each_side(
    staff: Client, inspector: Client, reporter: Client, leader: Client, remedy: Remedy
) -> None:
    assert next(iter(deeds(staff, remedy))) == "Xác nhận hoàn thành"
    assert {"Gia hạn", "Sửa kiến nghị", "Xóa kiến nghị"} <= deeds(staff, remedy).keys()
    asked = ("Tiếp nhận kiến nghị", "Báo cáo tiến độ", "Xin gia hạn")
    assert deeds(reporter, remedy) == dict.fromkeys(asked, "")
    own = deeds(inspector, remedy)
    assert own["Báo cáo tiến độ"] == ""
    assert "không tự xác nhận" in own["Xác nhận hoàn thành"]
    assert deeds(leader, remedy) == {}


def test_what_may_not_be_done_says_why(staff: Client, remedy: Remedy) -> None:
    remedy.complete(by=staff.user, completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    refused = {label: why for label, why in deeds(staff, remedy).items() if why}
    assert refused.keys() == {"Báo cáo tiến độ", "Gia hạn", "Xóa kiến nghị"}
    assert "mở lại" in refused["Gia hạn"]


def test_waiting_claim_stands_on_top(staff: Client, remedy: Remedy) -> None:
    remedy.report(by=staff.user, text="Xong", completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
    page = staff.get(remedy.get_absolute_url())
    assert "báo đã hoàn thành ngày 01/06/2023" in page.content.decode()
    assert "Chưa chấp nhận, trả lại" in deeds(staff, remedy)


def test_leader_without_permission_sees_no_name_in_story_or_trail(
    staff: Client, leader: Client, remedy: Remedy
) -> None:
    trail.mark(None, remedy, "changed", {"person_name": ("Lê Thị Kín", "Nguyễn Văn Khuất")})
    seen = staff.get(remedy.get_absolute_url()).content.decode()
    assert "Khuất" in seen
    assert "Kín" in seen
    hidden = leader.get(remedy.get_absolute_url()).content.decode()
    assert "Khuất" not in hidden
    assert "Kín" not in hidden


def test_outsider_gets_404(outsider: Client, remedy: Remedy) -> None:
    assert outsider.get(remedy.get_absolute_url()).status_code == 404


def test_ten_times_the_story_costs_no_more_queries(staff: Client, remedy: Remedy) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(remedy.get_absolute_url())
        return len(captured)

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            Extension.objects.create(
                remedy=remedy, decided_on=date(2023, 6, number), due_on=date(2023, 8, number)
            )
            remedy.report(by=staff.user, text="Đang làm")  # type: ignore[attr-defined]
            ExtensionRequest.objects.create(
                remedy=remedy,
                by=make_user("REPORTER", remedy.visit.unit),
                until=date(2023, 9, number),
                reason="Chờ kinh phí",
                answered_at=timezone.now(),
                answered_by=staff.user,  # type: ignore[attr-defined]  # see client_of
                refusal="Đã gia hạn",
            )

    fill(1, 3)
    cost()
    few = cost()
    fill(3, 21)
    assert cost() == few <= 15


def test_who_reported_is_said(staff: Client, reporter: Client, remedy: Remedy) -> None:
    for client, unit in ((staff, "Tỉnh Thái Nguyên"), (reporter, "Huyện Đại Từ")):
        remedy.report(by=client.user, text="Xong", completed_on=date(2023, 6, 1))  # type: ignore[attr-defined]
        page = staff.get(remedy.get_absolute_url()).content.decode()
        assert f"{client.user} ({unit}) báo đã hoàn thành" in page  # type: ignore[attr-defined]
    assert "Đơn vị báo đã hoàn thành" not in page
    assert "Quá hạn – đã báo, chờ xác nhận" in page


def test_why_a_claim_was_sent_back_stands_on_top_until_it_is_made_anew(
    staff: Client, reporter: Client, remedy: Remedy
) -> None:
    by, other = reporter.user, staff.user  # type: ignore[attr-defined]
    remedy.report(by=by, text="Xong", completed_on=date(2023, 6, 1))
    remedy.send_back(by=other, reason="Thiếu biên bản họp")
    remedy.report(by=by, text="Đang bổ sung")
    page = reporter.get(remedy.get_absolute_url())
    assert page.context["refusal"].answer == "Thiếu biên bản họp"
    assert "Báo cáo hoàn thành bị trả lại ngày" in page.content.decode()
    remedy.report(by=by, text="Đủ", completed_on=date(2023, 6, 2))
    assert reporter.get(remedy.get_absolute_url()).context["refusal"] is None
    remedy.complete(by=other, completed_on=date(2023, 6, 2))
    assert reporter.get(remedy.get_absolute_url()).context["refusal"] is None


def test_who_may_not_read_a_name_is_told_that_there_is_one(leader: Client, remedy: Remedy) -> None:
    page = leader.get(remedy.get_absolute_url()).content.decode()
    assert "Cá nhân (họ tên được che)" in page
    assert "Khuất" not in page
    assert "họ tên được che" in leader.get("/remedies/").content.decode()
    Remedy.objects.update(person_name="")
    assert "được che" not in leader.get(remedy.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", ["REVIEW", "DISCIPLINE"])
def test_papers_of_a_person_and_the_day_of_the_decision_only_for_who_may_see_names(
    leader: Client, staff: Client, world: World, kind: str
) -> None:
    remedy = make_remedy(
        make_visit(make_round(world.province), world.dai_tu), kind=kind, subject="INDIVIDUAL",
        person_name="" if kind == "DISCIPLINE" else "Nguyễn Văn Khuất",
    )  # fmt: skip
    paper_of(remedy, "45/QĐ-KIN", staff.user)  # type: ignore[attr-defined]
    trail.mark(None, remedy, "changed", {"decision_on": (None, date(2023, 6, 13))})
    seen, hidden = (
        client.get(remedy.get_absolute_url()).content.decode() for client in (staff, leader)
    )
    for told in ("45/QĐ-KIN", "13/06/2023"):
        assert told in seen
        assert told not in hidden
    url = remedy.visit.round.get_absolute_url()
    seen, hidden = (client.get(url).content.decode() for client in (staff, leader))
    for told in ("45/QĐ-KIN", "13/06/2023"):
        assert told in seen
        assert told not in hidden


def test_papers_of_a_demand_of_the_collective_are_shown(
    leader: Client, staff: Client, world: World
) -> None:
    remedy = make_remedy(make_visit(make_round(world.province), world.dai_tu))
    paper_of(remedy, "45/CV-SNV", staff.user)  # type: ignore[attr-defined]
    assert "45/CV-SNV" in leader.get(remedy.get_absolute_url()).content.decode()
