"""The ranking of candidates: points worked out by hand, reasons with their lists, one click."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from congvu.models import Event
from inspections.models import Plan, add_items
from reports.models import Proposal
from reports.proposal_page import points_text, reasons_of
from reports.rollups.candidates import Candidate, rank
from tests.conftest import World
from tests.factories import (
    make_draft,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_round,
    make_succession,
    make_unit,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db

AS_OF = date(2025, 12, 26)
WEIGHTS = {
    "weight_time": 20, "weight_findings": 30, "weight_overdue": 20, "weight_repeated": 20,
    "weight_size": 10,
}  # fmt: skip


@pytest.fixture
def plan(world: World) -> Plan:
    return make_draft(world.province, year=2026, subject="Năm 2026")


@pytest.fixture
def proposal(plan: Plan) -> Proposal:
    return Proposal.objects.create(plan=plan, as_of=AS_OF, **WEIGHTS)


@pytest.fixture
def history(world: World) -> World:
    """Sở Tư pháp was visited once, huyện Đại Từ three times, xã Tiên Hội never."""
    justice = make_visit(make_round(world.elsewhere, date(2023, 3, 12)), world.justice)
    make_finding(justice, severity="SHORTCOMING", category="PUBLICITY")
    make_finding(justice, severity="VIOLATION", category="WORK_TIME")
    # Ended exactly three years before the day: too old to weigh, not too old to be repeated.
    old = make_visit(make_round(world.province, date(2022, 12, 26)), world.dai_tu)
    make_finding(old, severity="VIOLATION", category="WORK_TIME")
    late = make_visit(make_round(world.province, date(2025, 6, 1)), world.dai_tu)
    make_finding(late, severity="LIMITATION", category="WORK_TIME")
    make_remedy(late, due_on=date(2025, 7, 1))
    make_remedy(late, due_on=date(2025, 7, 1), completed_on=date(2025, 12, 1))
    make_remedy(late, due_on=AS_OF)
    # Not completed, or ended later: as if they were not.
    for day, status in ((date(2025, 12, 1), "CANCELLED"), (date(2025, 12, 27), "COMPLETED")):
        visit = make_visit(make_round(world.province, day, status=status), world.tien_hoi)
        make_finding(visit)
        make_remedy(visit, due_on=date(2025, 12, 2))
    return world


def ranked(proposal: Proposal, user: User | None = None) -> list[Candidate]:
    return list(rank(proposal, user or make_user("STAFF", proposal.plan.issuer)).candidates)


def test_points_are_those_worked_out_by_hand(history: World, proposal: Proposal) -> None:
    """Of 20, 30, 20, 20 and 10; one share of 0.5 year is 208 of 1,825 days.

    Đại Từ: 20 × 208/1825 + 30 × 2/4 + 20 + 20 + 10 = 67,28; Sở Tư pháp: 20 × 1020/1825 + 30 × 4/4
    = 41,18; Tiên Hội was never visited: 20.
    """
    found = ranked(proposal)
    told = [(each.rank, each.unit.name, points_text(each.points)) for each in found]
    assert told == [
        (1, "Huyện Đại Từ", "67,3"), (2, "Sở Tư pháp", "41,2"), (3, "Xã Tiên Hội", "20,0"),
    ]  # fmt: skip
    reasons = [
        [f"{reason.text}: {reason.points}" for reason in reasons_of(each, proposal)]
        for each in found
    ]
    assert reasons == [
        [
            "Lần cuối 01/06/2025, cách 208 ngày: 2,3",
            "3 năm gần đây: 1 hạn chế: 15,0",
            "1 kiến nghị quá hạn: 20,0",
            "Lặp lại ở nhiều lượt: Thời giờ làm việc (2 lượt): 20,0",
            "1 đơn vị trực thuộc: 10,0",
        ],
        [
            "Lần cuối 12/03/2023, cách 1.020 ngày: 11,2",
            "3 năm gần đây: 1 tồn tại, 1 vi phạm: 30,0",
        ],
        ["Chưa kiểm tra lần nào: 20,0"],
    ]


def test_time_grows_for_four_years_and_never_is_more(world: World, proposal: Proposal) -> None:
    make_visit(make_round(world.province, date(2010, 1, 1)), world.justice)
    make_visit(make_round(world.province, date(2021, 12, 28)), world.dai_tu)
    values = {each.unit: points_text(each.points_by["time"]) for each in ranked(proposal)}
    # 1,459 of 1,825 days times 20, the most that a visited unit can have, and never.
    assert values == {world.dai_tu: "16,0", world.justice: "16,0", world.tien_hoi: "20,0"}
    exact = {each.unit: each.points_by["time"] for each in ranked(proposal)}
    assert exact[world.justice] == 16
    assert exact[world.dai_tu] < 16


def test_what_happened_to_predecessors_happened_to_the_unit(
    world: World, proposal: Proposal
) -> None:
    heir = make_unit("9", "Xã Mới", world.province, kind="COMMUNE", valid_from=date(2025, 7, 1))
    for name in ("Xã A", "Xã B"):
        old = make_unit(parent=world.dai_tu, name=name, kind="COMMUNE", valid_to=date(2025, 6, 30))
        make_succession(old, heir)
        visit = make_visit(make_round(world.province, date(2025, 3, 3)), old)
        make_finding(visit, category="PUBLICITY")
    (found,) = [each for each in ranked(proposal) if each.unit == heir]
    assert found.facts.last_visit == date(2025, 3, 3)
    assert found.facts.findings == {"SHORTCOMING": 2}
    # Found at both: one category, at two visits.
    assert found.facts.repeated == {"PUBLICITY": 2}


def test_candidates_are_in_force_on_new_years_day_of_the_kinds_and_in_scope(
    world: World, proposal: Proposal
) -> None:
    make_unit(parent=world.province, name="Huyện Cũ", valid_to=date(2025, 12, 31))
    make_unit(parent=world.province, name="Huyện Sau", valid_from=date(2026, 1, 2))
    make_unit(parent=world.province, name="Phòng", kind="DIVISION")
    last = make_unit(parent=world.province, name="Huyện Còn", valid_to=date(2026, 1, 1))
    assert {each.unit for each in ranked(proposal)} == {
        world.justice, world.dai_tu, world.tien_hoi, last
    }  # fmt: skip


def test_an_issuer_that_begins_within_the_year_ranks_from_its_first_day(world: World) -> None:
    issuer = make_unit("30", "Tỉnh Mới", valid_from=date(2026, 7, 1))
    unit = make_unit("301", "Xã Mới", issuer, kind="COMMUNE", valid_from=date(2026, 7, 1))
    found = ranked(Proposal(plan=make_draft(issuer, year=2026), as_of=AS_OF))
    assert [each.unit for each in found] == [unit]


def test_each_figure_is_that_of_its_list(history: World, proposal: Proposal, staff: Client) -> None:
    # Of the commune, not of the district above it: its list must not have it either.
    below = make_visit(make_round(history.province, date(2025, 5, 5)), history.tien_hoi)
    make_finding(below)
    make_remedy(below, due_on=date(2025, 6, 1))
    dai_tu, justice, _ = ranked(proposal)
    counts = [
        [
            staff.get(reason.url).context["listing"].count
            for reason in reasons_of(each, proposal)
            if "from" in reason.url or "rounds" in reason.url or "overdue" in reason.url
        ]
        for each in (dai_tu, justice)
    ]
    # Rounds, recent findings, overdue remedies.
    assert counts == [[2, 1, 1], [1, 2]]


def test_a_round_out_of_reach_does_not_raise_or_lower_anything(
    world: World, proposal: Proposal
) -> None:
    make_visit(make_round(world.elsewhere, date(2025, 5, 5), status="IN_PROGRESS"), world.justice)
    (found,) = [each for each in ranked(proposal) if each.unit == world.justice]
    assert found.facts.last_visit is None


# --- the page ----------------------------------------------------------------------------------


def send(client: Client, plan: Plan, **data: Any) -> Any:
    months = {"first_month": "1", "last_month": "12"}
    return client.post(f"/plans/{plan.pk}/proposal/add/", {**months, **data})


def test_weights_are_saved_with_the_plan_and_rank_anew(
    history: World, plan: Plan, staff: Client
) -> None:
    weights = {**dict.fromkeys(WEIGHTS, "0"), "weight_time": "100"}
    answer = staff.post(
        f"/plans/{plan.pk}/proposal/",
        {**weights, "kinds": ["COMMUNE", "DEPARTMENT"], "as_of": "26/12/2025"},
    )
    assert answer.status_code == 302
    proposal = Proposal.objects.get(plan=plan)
    assert proposal.weights == {
        "time": 100, "findings": 0, "overdue": 0, "repeated": 0, "size": 0,
    }  # fmt: skip
    content = staff.get(f"/plans/{plan.pk}/proposal/").content.decode()
    assert content.index("Xã Tiên Hội") < content.index("Sở Tư pháp")
    assert "Huyện Đại Từ" not in content


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"weight_time": "101"}, "Trọng số từ 0 đến 100."),
        ({"weight_time": "-1"}, "không nhỏ hơn 0"),
        (dict.fromkeys(WEIGHTS, "0"), "Ít nhất một tiêu chí"),
        ({"kinds": []}, "Hãy chọn ít nhất một loại đơn vị."),
        ({"as_of": "1/1/1900"}, "Ngày 01/01/1900 trước mọi số liệu"),
        ({"as_of": "1/1/2930"}, "Ngày 01/01/2930 chưa đến"),
    ],
)
def test_weights_that_rank_nothing_are_refused_and_stay_typed(
    plan: Plan, staff: Client, wrong: dict[str, Any], sentence: str
) -> None:
    data = {**WEIGHTS, "kinds": ["COMMUNE"], "as_of": "26/12/2025", **wrong}
    answer = staff.post(f"/plans/{plan.pk}/proposal/", data)
    assert answer.status_code == 200
    content = answer.content.decode()
    assert sentence in content
    typed = f'name="weight_time" class="form-control" value="{data["weight_time"]}"'
    assert typed in content
    assert not Proposal.objects.exists()


def test_a_day_before_everything_on_record_is_told(
    history: World, plan: Plan, proposal: Proposal, staff: Client
) -> None:
    address = f"/plans/{plan.pk}/proposal/"
    said = "chưa có cuộc hoàn thành nào của các đơn vị này"
    assert said not in staff.get(address).content.decode()
    Proposal.objects.update(as_of=date(1950, 1, 1))
    assert f"Đến ngày 01/01/1950 {said}" in staff.get(address).content.decode()


def test_page_says_how_the_first_and_the_ticked_join_and_are_spread(
    history: World, plan: Plan, staff: Client
) -> None:
    page = staff.get(f"/plans/{plan.pk}/proposal/").content.decode()
    assert "đơn vị vừa được đánh dấu vừa ở đầu danh sách chỉ tính một lần" in page
    assert "chia đều qua các tháng này theo thứ tự xếp hạng" in page


def test_two_who_set_weights_at_once_are_noticed(plan: Plan, proposal: Proposal, staff: Client):
    data = {**WEIGHTS, "kinds": ["COMMUNE"], "as_of": "26/12/2025", "version": "1"}
    url = f"/plans/{plan.pk}/proposal/"
    assert staff.post(url, data).status_code == 302
    answer = staff.post(url, {**data, "weight_size": "77"})
    assert "đã lưu hồ sơ này trong lúc bạn đang sửa" in answer.content.decode()
    assert Proposal.objects.get().weight_size == 10


def test_one_click_puts_the_first_and_the_ticked_into_the_draft(
    history: World, plan: Plan, proposal: Proposal, staff: Client
) -> None:
    make_item(plan, history.justice, month=1)
    answer = send(
        staff, plan, take="1", unit=[str(history.tien_hoi.pk)], first_month="3", last_month="4"
    )
    assert answer.status_code == 302
    added = [
        (each.line, each.unit, each.first_day, each.last_day, each.form, each.announced, each.body)
        for each in plan.items.order_by("line")[1:]
    ]
    march, april = (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))
    assert added == [
        (2, history.dai_tu, *march, "PLANNED", True, history.province),
        (3, history.tien_hoi, *april, "PLANNED", True, history.province),
    ]
    note = Event.objects.of(plan).latest("pk").note
    assert note == "Theo đề xuất: thêm 2 mục. 2. Huyện Đại Từ; 3. Xã Tiên Hội"


def test_months_are_spread_evenly_in_the_order_of_the_ranking(
    world: World, plan: Plan, staff: Client
) -> None:
    for number in range(5):
        make_unit(parent=world.province, kind="COMMUNE", name=f"Xã {number}")
    send(staff, plan, take="8", first_month="2", last_month="4")
    months = [each.first_day.month for each in plan.items.order_by("line")]
    assert months == [2, 2, 2, 3, 3, 3, 4, 4]


def test_what_the_plan_has_or_what_is_not_in_force_is_left_out_and_said(
    world: World, plan: Plan, staff: Client
) -> None:
    last = date(2026, 5, 2)
    ends = make_unit(parent=world.province, kind="COMMUNE", name="Xã Hết", valid_to=last)
    make_item(plan, world.justice)
    chosen = [str(ends.pk), str(world.justice.pk)]
    answer = staff.post(
        f"/plans/{plan.pk}/proposal/add/",
        {"unit": chosen, "first_month": "5", "last_month": "5"},
        follow=True,
    )
    assert plan.items.count() == 1
    told = [str(message) for message in answer.context["messages"]]
    assert told == [
        "Không thêm Sở Tư pháp: đã có trong kế hoạch.",
        "Không thêm Xã Hết: Đơn vị Xã Hết không có hiệu lực suốt tháng 5/2026: đơn vị này có hiệu "
        "lực đến 02/05/2026.",
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Chưa chọn đơn vị nào"),
        ({"take": "4"}, "Danh sách chỉ còn 3 đơn vị"),
        ({"take": "-1"}, "không nhỏ hơn 0"),
        ({"take": "1", "first_month": "6", "last_month": "5"}, "Tháng cuối (5) trước tháng đầu"),
        ({"take": "1", "first_month": "13"}, "Không có lựa chọn “13”"),
        ({"unit": ["99999999999999999999", "x"]}, "Chưa chọn đơn vị nào"),
    ],
)
def test_what_cannot_be_added_is_refused(
    world: World, plan: Plan, staff: Client, data: dict[str, Any], sentence: str
) -> None:
    answer = send(staff, plan, **data)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not plan.items.exists()


def test_what_was_ticked_survives_turning_the_page(world: World, plan: Plan, staff: Client) -> None:
    for number in range(60):
        make_unit(f"X{number:02}", f"Xã {number:02}", world.province, kind="COMMUNE")
    first = staff.get(f"/plans/{plan.pk}/proposal/").content.decode()
    ticked = re.findall(r'type="checkbox" name="unit" value="(\d+)"', first)
    assert len(ticked) == 50
    second = send(staff, plan, unit=ticked[:2], page="2").content.decode()
    assert re.findall(r'type="hidden" name="unit" value="(\d+)"', second) == sorted(
        ticked[:2], key=int
    )
    assert len(re.findall(r'type="checkbox" name="unit"', second)) == 13
    back = send(staff, plan, unit=ticked[:2], page="1").content.decode()
    assert len(re.findall(r'name="unit" value="\d+" id="[^"]+" checked', back)) == 2
    assert not plan.items.exists()


def test_a_plan_that_is_no_draft_is_not_added_to(world: World, staff: Client) -> None:
    plan = make_plan(world.province, year=2026)
    answer = send(staff, plan, take="1")
    assert answer.status_code == 200
    assert "đã ban hành; hãy điều chỉnh kế hoạch" in answer.content.decode()
    assert not plan.items.exists()
    with pytest.raises(ValidationError):
        add_items(plan, [(world.dai_tu, 5)], by=staff.user, why="x")  # type: ignore[attr-defined]  # see client_of


def test_ten_times_the_units_ask_no_more_queries(
    history: World, plan: Plan, proposal: Proposal, staff: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(f"/plans/{plan.pk}/proposal/").status_code == 200
        return len(queries)

    make_item(plan, history.justice)
    before = asked()
    for number in range(40):
        unit = make_unit(f"X{number:02}", f"Xã {number:02}", history.province, kind="COMMUNE")
        make_finding(make_visit(make_round(history.province), unit))
        make_item(plan, unit)
    assert asked() == before <= 15
