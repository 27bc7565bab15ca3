"""The line from finding to proof, for a round and for a unit: each thing where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.lines import VisitLine
from findings.models import Remedy
from inspections.models import Visit
from tests.conftest import World
from tests.factories import (
    make_evidence,
    make_finding,
    make_remedy,
    make_round,
    make_succession,
    make_unit,
    make_visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_the_day")]


@pytest.fixture
def _on_the_day() -> Any:
    with time_machine.travel("2023-06-25 08:00+07:00", tick=False):
        yield


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(
        make_round(world.province, date(2023, 5, 22), code="C1"), world.dai_tu,
        conclusion_number="30/KL-SNV", concluded_on=date(2023, 6, 1),
    )  # fmt: skip


def lines(client: Client, address: str, **query: str) -> list[VisitLine]:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return [line for line, _ in answer.context["lines"]]


def steps(client: Client, remedy: Remedy) -> list[tuple[str, str, str, str]]:
    (line,) = lines(client, f"/rounds/{remedy.visit.round_id}/line/")
    (found,) = (each for strand in line.strands for each in strand.threads if each.remedy == remedy)
    return [(each.title, each.text, each.tone, each.small) for each in found.steps]


def test_all_the_way_to_proof(staff: Client, reporter: Client, world: World, visit: Visit) -> None:
    by, unit = staff.user, reporter.user  # type: ignore[attr-defined]  # see client_of
    finding = make_finding(visit)
    remedy = make_remedy(visit, finding=finding, due_on=date(2023, 6, 10))
    make_evidence(finding, by)
    remedy.extend(
        by=by, decided_on=date(2023, 6, 5), due_on=date(2023, 6, 30), document="12/SNV-CCHC"
    )
    remedy.report(by=unit, text="Đang làm")
    remedy.report(by=unit, text="Xong", completed_on=date(2023, 6, 20), document="05/BC")
    make_evidence(remedy, unit)
    make_evidence(remedy, unit)
    waiting = steps(staff, remedy)
    assert waiting[0] == (
        "Thời hạn", "30/06/2023", "info",
        "Ban đầu 10/06/2023; gia hạn đến 30/06/2023 (12/SNV-CCHC ngày 05/06/2023)",
    )  # fmt: skip
    assert waiting[1] == (
        "Đơn vị báo cáo", "2 lần, gần nhất ngày 25/06/2023", "info", "05/BC, 2 bằng chứng",
    )  # fmt: skip
    assert waiting[2] == ("Đang ở", "Đơn vị báo đã xong, chờ xác nhận", "warning", "còn 5 ngày")
    remedy.complete(by=by, completed_on=date(2023, 6, 20))
    title, text, tone, small = steps(staff, remedy)[-1]
    assert (title, text, tone) == ("Xác nhận", "Xong đúng hạn, ngày 20/06/2023", "success")
    assert str(by) in small
    (line,) = lines(staff, f"/rounds/{visit.round_id}/line/")
    assert line.paper == "kết luận 30/KL-SNV ngày 01/06/2023"
    assert [each.evidence for each in line.strands] == [1]


def test_where_it_is_stuck(staff: Client, reporter: Client, visit: Visit) -> None:
    by, unit = staff.user, reporter.user  # type: ignore[attr-defined]  # see client_of

    def last(remedy: Remedy) -> tuple[str, str, str]:
        title, text, tone, small = steps(staff, remedy)[-1]
        assert title == "Đang ở"
        return text, tone, small

    new = make_remedy(visit)
    assert last(new) == ("Đơn vị chưa tiếp nhận, chưa báo cáo", "warning", "còn 5 ngày")
    new.acknowledge(by=unit)
    assert last(new)[0] == "Đơn vị đã tiếp nhận, chưa báo cáo"
    new.report(by=unit, text="Đang làm")
    assert last(new)[0] == "Đơn vị đang thực hiện"
    new.request_extension(by=unit, until=date(2023, 8, 1), reason="Thiếu người")
    assert last(new)[:2] == ("Đơn vị xin gia hạn, chờ trả lời", "warning")
    late = make_remedy(visit, due_on=date(2023, 6, 13))
    late.report(by=unit, text="Xong", completed_on=date(2023, 6, 20))
    late.send_back(by=by, reason="Chưa đủ")
    assert last(late) == ("Báo cáo bị trả lại: Chưa đủ", "danger", "quá hạn 12 ngày")
    later = make_remedy(visit, due_on=date(2023, 12, 31))
    assert last(later)[1] == "info"


def test_findings_nobody_answered_and_demands_without_a_finding(
    staff: Client, visit: Visit
) -> None:
    bare = make_finding(visit)
    settled = make_finding(visit)
    make_remedy(visit, finding=settled, completed_on=date(2023, 6, 1))
    loose = make_remedy(visit)
    address = f"/rounds/{visit.round_id}/line/"
    (line,) = lines(staff, address)
    assert [each.finding for each in line.strands] == [bare, settled, None]
    assert [each.remedy for each in line.strands[2].threads] == [loose]
    context = staff.get(address, {"only": "stuck"}).context
    ((_, strands),) = context["lines"]
    assert [each.finding for each in strands] == [bare, None]
    assert (context["findings_count"], context["threads_count"], context["done_count"]) == (2, 2, 1)
    assert "Chưa có kiến nghị" in staff.get(address).content.decode()


def test_a_unit_s_line_goes_through_its_lineage(
    staff: Client, reporter: Client, world: World, visit: Visit
) -> None:
    heir = make_unit("05808", "Xã Đại Phúc", world.province, kind="COMMUNE")
    make_succession(world.tien_hoi, heir, date(2023, 6, 1))
    old = make_visit(make_round(world.province), world.tien_hoi)
    new = make_visit(make_round(world.province, date(2023, 6, 10)), heir)
    found = lines(staff, f"/units/{heir.pk}/line/")
    assert [each.visit for each in found] == [new, old]
    # The reporter of Đại Từ reads what was done at its own units alone.
    assert [each.visit for each in lines(reporter, f"/units/{world.tien_hoi.pk}/line/")] == [old]
    page = staff.get(heir.get_absolute_url()).content.decode()
    assert f"/units/{heir.pk}/line/" in page
    page = staff.get(visit.round.get_absolute_url()).content.decode()
    assert f"/rounds/{visit.round_id}/line/" in page


def test_in_a_joint_round_each_unit_sees_its_own(
    reporter: Client, world: World, visit: Visit
) -> None:
    make_remedy(make_visit(visit.round, world.justice), code="KHAC")
    make_remedy(visit, code="MINH")
    page = reporter.get(f"/rounds/{visit.round_id}/line/").content.decode()
    assert "MINH" in page
    assert "KHAC" not in page


def test_names_only_for_whoever_sees_them(leader: Client, visit: Visit) -> None:
    make_remedy(visit, subject="INDIVIDUAL", person_name="Nguyễn Thị Kín")
    address = f"/rounds/{visit.round_id}/line/"
    assert "Nguyễn Thị Kín" not in leader.get(address).content.decode()
    permission = Permission.objects.get(codename="view_personal_data")
    leader.user.user_permissions.add(permission)  # type: ignore[attr-defined]  # see client_of
    assert "Nguyễn Thị Kín" in leader.get(address).content.decode()


def test_a_hundred_findings_cost_no_more_queries(
    staff: Client, reporter: Client, world: World, visit: Visit
) -> None:
    by, unit = staff.user, reporter.user  # type: ignore[attr-defined]  # see client_of

    def fill(times: int) -> None:
        for _ in range(times):
            finding = make_finding(visit)
            remedy = make_remedy(visit, finding=finding)
            remedy.report(by=unit, text="Xong", completed_on=date(2023, 6, 20))
            remedy.request_extension(by=unit, until=date(2023, 8, 1), reason="Thiếu người")
            remedy.extend(by=by, decided_on=date(2023, 6, 5), due_on=date(2023, 8, 1))
            make_evidence(remedy, unit)

    def asks(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(address)
        return len(queries)

    addresses = (f"/rounds/{visit.round_id}/line/", f"/units/{world.dai_tu.pk}/line/")
    fill(1)
    before = [asks(each) for each in addresses]
    fill(99)
    assert [asks(each) for each in addresses] == before
    assert max(before) <= 15
