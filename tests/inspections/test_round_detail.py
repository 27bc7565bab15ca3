"""The story of a round: what it tells, to whom, and what it keeps to itself."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.trail import mark
from directives.models import Document
from inspections.models import Round
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_plan,
    make_remedy,
    make_round,
    make_team,
    make_visit,
)

pytestmark = pytest.mark.django_db


def page(client: Client, round_: Round) -> str:
    response = client.get(f"/rounds/{round_.pk}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def joint(world: World) -> Round:
    """A completed round of the province that visited a commune of Đại Từ and Sở Tư pháp."""
    round_ = make_round(
        world.province,
        code="TN23-T001",
        plan=make_plan(world.province, number="45/KH-UBND"),
        team=make_team(world.province, name="Đoàn số 1"),
        scope_note="Giờ giấc làm việc",
    )
    ours = make_visit(round_, world.tien_hoi, minutes_number="05/BB-ĐKT")
    other = make_visit(round_, world.justice)
    make_finding(ours, code="TT-XA", content="Đi muộn")
    make_remedy(ours, code="KN-XA", due_on=date(2023, 6, 30))
    make_finding(other, code="TT-SO")
    return round_


def test_whole_story_is_told_to_the_side_that_inspects(
    staff: Client, leader: Client, joint: Round
) -> None:
    for client in (staff, leader):
        text = page(client, joint)
        assert "<title>Cuộc TN23-T001 – Tỉnh Thái Nguyên" in text
        for part in (
            "45/KH-UBND", "Đoàn số 1", "Giờ giấc làm việc", "Xã Tiên Hội", "Sở Tư pháp",
            "05/BB-ĐKT", "TT-XA", "Đi muộn", "KN-XA", "hạn 30/06/2023", "Quá hạn", "TT-SO",
        ):  # fmt: skip
            assert part in text


def test_district_sees_only_its_own_visit_of_a_joint_round(
    inspector: Client, reporter: Client, joint: Round, world: World
) -> None:
    mark(None, joint, "removed", note="Lượt kiểm tra Sở Tư pháp")
    joint.documents.add(
        Document.objects.create(
            number="9/QĐ-UBND", issued_on=date(2023, 1, 1), issuer=world.province,
            kept_by=world.province, type="QD", subject="Kiểm tra Sở Tư pháp",
        )
    )  # fmt: skip
    for client in (inspector, reporter):
        text = page(client, joint)
        assert "Xã Tiên Hội" in text
        assert "TT-XA" in text
        assert "Sở Tư pháp" not in text
        assert "TT-SO" not in text
        assert "Nhật ký" not in text


@pytest.mark.parametrize("status", ["SCHEDULED", "IN_PROGRESS", "CANCELLED"])
def test_round_on_us_answers_404_until_completed(
    inspector: Client, reporter: Client, joint: Round, status: str
) -> None:
    Round.objects.filter(pk=joint.pk).update(status=status)
    for client in (inspector, reporter):
        assert client.get(f"/rounds/{joint.pk}/").status_code == 404


def test_outsider_gets_404(outsider: Client, admin: Client, joint: Round) -> None:
    assert outsider.get(f"/rounds/{joint.pk}/").status_code == 404
    assert admin.get(f"/rounds/{joint.pk}/").status_code == 404


def test_trail_tells_of_the_round_its_visits_and_their_remedies(
    staff: Client, joint: Round
) -> None:
    visit = joint.visits.first()
    assert visit is not None
    remedy = visit.remedies.get()
    mark(None, joint, "completed", {"status": ("Đang kiểm tra", "Hoàn thành")})
    mark(None, visit, "changed", {"minutes_number": ("", "05/BB-ĐKT")})
    mark(None, remedy, "extended", {"due_on": ("2023-06-30", "2023-08-25")})
    text = page(staff, joint)
    trail = text[text.index("Nhật ký") :]
    assert trail.index("Hoàn thành") < trail.index("05/BB-ĐKT") < trail.index("25/08/2023")
    assert "Kiến nghị KN-XA" in trail


def test_trail_keeps_names_from_a_leader_without_the_permission(
    staff: Client, leader: Client, joint: Round
) -> None:
    visit = joint.visits.first()
    assert visit is not None
    change = {"person_name": ("", "Nguyễn Văn Tèo"), "person_post": ("", "Công chức")}
    mark(None, visit.remedies.get(), "changed", change)
    assert "Nguyễn Văn Tèo" in page(staff, joint)
    assert "Nguyễn Văn Tèo" not in page(leader, joint)


def test_who_only_reads_is_offered_no_deed(
    leader: Client, inspector: Client, staff: Client, joint: Round
) -> None:
    edit = f"/rounds/{joint.pk}/edit/"
    assert edit in page(staff, joint)
    assert edit not in page(leader, joint)
    assert edit not in page(inspector, joint)


def test_deed_that_may_not_be_done_says_why(staff: Client, world: World) -> None:
    text = page(staff, make_round(world.province, status="IN_PROGRESS"))
    assert "chưa có lượt kiểm tra nào" in text


def test_ten_times_the_visits_cost_no_more_queries(staff: Client, world: World) -> None:
    def cost(round_: Round) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(staff, round_)
        return len(queries)

    def filled(number: int) -> Round:
        round_ = make_round(world.province)
        for _ in range(number):
            unit = type(world.dai_tu).objects.get(pk=world.dai_tu.pk)
            unit.pk, unit.code = None, f"C{round_.pk}-{_}"
            unit.save(force_insert=True)
            visit = make_visit(round_, unit)
            make_remedy(visit, finding=make_finding(visit))
        return round_

    few, many = filled(2), filled(20)
    page(staff, few)
    assert cost(many) == cost(few) <= 23
