"""The board of remedies: its figures by hand, each leading to exactly the records it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.models import Extension, Remedy
from tests.conftest import World
from tests.factories import (
    make_remedy,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_user,
    make_visit,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("_on_the_day"),
]


@pytest.fixture
def _on_the_day() -> Any:
    with time_machine.travel("2023-07-12 08:00+07:00", tick=False):
        yield


def figures(client: Client, **query: Any) -> dict[str, list[int]]:
    """The board's rows in their order, with overdue, returned, claimed, soon, open and left."""
    answer = client.get("/remedies/board/", query)
    assert answer.status_code == 200
    board = answer.context["board"]
    return {line.name: [each.number for each in line.figures] for line in board.lines}


@pytest.fixture
def asked(world: World, staff: Client, reporter: Client) -> dict[str, Remedy]:
    """On 12 July 2023: Đại Từ and Tư pháp were asked, and what does not count."""
    keeper = make_user("STAFF", world.province, full_name="Trần Thị Theo")
    team = make_team(world.province)
    round_ = make_round(world.province, date(2023, 5, 22), team=team)
    dai_tu, justice = make_visit(round_, world.dai_tu), make_visit(round_, world.justice)
    by = reporter.user  # type: ignore[attr-defined]  # see client_of
    made = {
        "OVERDUE": make_remedy(dai_tu, code="OVERDUE", keeper=keeper),
        # Said to be done, though late: overdue and waiting.
        "CLAIMED": make_remedy(dai_tu, code="CLAIMED", keeper=keeper),
        # Sent back: overdue and returned.
        "RETURNED": make_remedy(dai_tu, code="RETURNED", kind="REVIEW"),
        # 19 July is the seventh day from the 12th, the 20th is the eighth.
        "SOON": make_remedy(dai_tu, code="SOON", due_on=date(2023, 7, 19)),
        "LATER": make_remedy(justice, code="LATER", due_on=date(2023, 7, 20)),
        "UNDATED": make_remedy(justice, code="UNDATED", due_on=None, kind="REVIEW"),
        # Given time until today.
        "EXTENDED": make_remedy(justice, code="EXTENDED"),
        "DONE": make_remedy(justice, code="DONE", completed_on=date(2023, 6, 1)),
    }
    Extension.objects.create(
        remedy=made["EXTENDED"], decided_on=date(2023, 6, 1), due_on=date(2023, 7, 12)
    )
    for code in ("CLAIMED", "RETURNED"):
        made[code].report(by=by, text="Xong", completed_on=date(2023, 7, 10))
    made["RETURNED"].send_back(by=staff.user, reason="Chưa đủ")  # type: ignore[attr-defined]
    running = make_round(world.province, date(2023, 5, 1), status="IN_PROGRESS")
    make_remedy(make_visit(running, world.dai_tu), code="RUNNING")
    return made


DAI_TU, JUSTICE = [3, 1, 1, 1, 1, 4], [0, 0, 0, 1, 3, 3]


def test_by_unit_the_worst_first(staff: Client, asked: dict[str, Remedy]) -> None:
    assert figures(staff) == {"Huyện Đại Từ": DAI_TU, "Sở Tư pháp": JUSTICE}
    assert list(figures(staff)) == ["Huyện Đại Từ", "Sở Tư pháp"]


def test_by_kind_and_by_keeper(staff: Client, asked: dict[str, Remedy]) -> None:
    assert figures(staff, by="kind") == {
        "Nhắc nhở, rút kinh nghiệm": [2, 0, 1, 2, 3, 5],
        "Kiểm điểm trách nhiệm": [1, 1, 0, 0, 1, 2],
    }
    assert figures(staff, by="keeper") == {
        "Trần Thị Theo": [2, 0, 1, 0, 0, 2],
        "Chưa giao người theo dõi": [1, 1, 0, 2, 4, 5],
    }


@pytest.mark.parametrize("by", ["unit", "kind", "keeper"])
@pytest.mark.parametrize("query", [{}, {"year": "2023", "unit": "171"}, {"body": "19"}])
def test_each_figure_leads_to_exactly_its_records(
    by: str, query: dict[str, str], staff: Client, asked: dict[str, Remedy]
) -> None:
    board = staff.get("/remedies/board/", {"by": by, **query}).context["board"]
    assert board.lines
    seen = 0
    for line in [*board.lines, board.total]:
        for each in line.figures:
            listing = staff.get(each.url).context["listing"]
            assert not listing.filter_form.errors
            assert listing.count == each.number, (line.name, each.label, each.url)
            seen += each.number
    assert seen


def test_filters_narrow_and_the_tabs_keep_them(staff: Client, asked: dict[str, Remedy]) -> None:
    assert figures(staff, year="2022") == {}
    assert figures(staff, unit="171") == {"Huyện Đại Từ": DAI_TU}
    answer = staff.get("/remedies/board/?unit=171&year=2023&by=kind")
    addresses = {tab.label: tab.url for tab in answer.context["tabs"]}
    assert "unit=171" in addresses["Theo đơn vị"]
    assert "by=unit" in addresses["Theo đơn vị"]
    assert [tab.is_chosen for tab in answer.context["tabs"]] == [False, True, False]
    wrong = staff.get("/remedies/board/?year=abc")
    assert "chưa được lọc" in wrong.content.decode()
    assert wrong.context["board"].total.figures[-1].number == 7


def test_what_was_merged_stands_with_its_heir(
    staff: Client, world: World, asked: dict[str, Remedy]
) -> None:
    heir = make_unit("05808", "Xã Đại Phúc", world.province, kind="COMMUNE")
    make_succession(world.tien_hoi, heir, date(2023, 7, 1))
    round_ = make_round(world.province)
    for unit in (world.tien_hoi, heir):
        make_remedy(make_visit(round_, unit))
    assert figures(staff)["Xã Đại Phúc"] == [2, 0, 0, 0, 0, 2]
    line = next(
        each
        for each in staff.get("/remedies/board/").context["board"].lines
        if each.name == "Xã Đại Phúc"
    )
    answer = staff.get(line.figures[0].url)
    assert answer.context["listing"].count == 2
    assert "Nay là đơn vị: <b>Xã Đại Phúc (05808)</b>" in answer.content.decode()


def test_each_sees_its_own(
    reporter: Client, leader: Client, outsider: Client, admin: Client, asked: dict[str, Remedy]
) -> None:
    assert figures(reporter) == {"Huyện Đại Từ": DAI_TU}
    # Who follows them is the inspecting side's business.
    assert list(figures(reporter, by="keeper")) == ["Huyện Đại Từ"]
    assert figures(leader)["Sở Tư pháp"] == JUSTICE
    assert figures(outsider) == {}
    assert admin.get("/remedies/board/").status_code == 403


@pytest.mark.parametrize("by", ["unit", "kind", "keeper"])
def test_ten_times_the_rows_cost_no_more_queries(
    by: str, staff: Client, world: World, asked: dict[str, Remedy]
) -> None:
    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get("/remedies/board/", {"by": by})
        return len(queries)

    before = asks()
    round_ = make_round(world.province)
    for number in range(10):
        unit = make_unit(f"X{number}", "", world.province)
        make_remedy(
            make_visit(round_, unit), keeper=make_user("STAFF", world.province), kind="CRITICIZE"
        )
    assert asks() == before <= 15


@pytest.mark.parametrize(
    "query",
    ["became=abc", "became=999999999", f"became={'9' * 30}", "keeper=abc", "keeper=99999", "by=x"],
)
def test_addresses_that_cannot_be_read_break_nothing(query: str, staff: Client) -> None:
    assert staff.get(f"/remedies/?{query}").status_code == 200
    assert staff.get(f"/remedies/board/?{query}").status_code == 200
