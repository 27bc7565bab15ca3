"""The list of findings: what each person sees, filters, export, and its cost."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import World
from tests.factories import make_finding, make_remedy, make_round, make_visit
from units.models import FormerName

pytestmark = pytest.mark.django_db


def codes(client: Client, **query: Any) -> set[str]:
    response = client.get("/findings/", query)
    assert response.status_code == 200
    return {row.record.code for row in response.context["listing"].rows}


@pytest.fixture
def two(world: World) -> None:
    """One finding on Đại Từ by the province, one on Tiên Hội by Đại Từ."""
    ours = make_visit(make_round(world.province, date(2023, 5, 22)), world.dai_tu)
    make_finding(ours, code="A", category="ATTITUDE", severity="VIOLATION", subject="INDIVIDUAL")
    theirs = make_visit(make_round(world.dai_tu, date(2024, 3, 1)), world.tien_hoi)
    make_finding(theirs, code="B", content="Niêm yết thiếu thủ tục", subject="COLLECTIVE")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "niem yet"}, {"B"}),
        ({"q": "dai tu"}, {"A"}),
        ({"q": "05809"}, {"B"}),
        ({"category": "ATTITUDE"}, {"A"}),
        ({"severity": "SHORTCOMING"}, {"B"}),
        ({"subject": "INDIVIDUAL"}, {"A"}),
        ({"unit": "171"}, {"A", "B"}),
        ({"unit": "05809"}, {"B"}),
        ({"body": "171"}, {"B"}),
        ({"from": "1/1/2024"}, {"B"}),
        ({"to": "31/12/2023"}, {"A"}),
        ({"year": "2023"}, {"A"}),
        ({"status": "COMPLETED"}, {"A", "B"}),
        ({"status": "CANCELLED"}, set()),
    ],
)
def test_filter(staff: Client, two: None, query: dict[str, str], found: set[str]) -> None:
    assert codes(staff, **query) == found


def test_former_name_of_the_unit_finds(staff: Client, world: World, two: None) -> None:
    FormerName.objects.create(unit=world.tien_hoi, name="Xã Vạn Thọ", valid_to=date(2024, 12, 31))
    assert codes(staff, q="van tho") == {"B"}
    assert "Xã Vạn Thọ" in staff.get("/findings/").content.decode()


def test_inspected_side_sees_its_own_and_the_outsider_nothing(
    inspector: Client, outsider: Client, world: World, two: None
) -> None:
    make_finding(make_visit(make_round(world.province), world.justice), code="C")
    ahead = make_round(world.province, status="IN_PROGRESS")
    make_finding(make_visit(ahead, world.dai_tu), code="D")
    assert codes(inspector) == {"A", "B"}
    assert codes(outsider) == set()


def test_administrator_has_no_findings(admin: Client) -> None:
    assert admin.get("/findings/").status_code == 403


def test_empty_list_says_what_to_do(staff: Client, world: World) -> None:
    assert "Bấm “Ghi tồn tại”" in staff.get("/findings/").content.decode()


def test_export_has_what_the_filters_leave_in_full(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province), world.dai_tu)
    make_finding(visit, code="DAI", content="Vắng mặt " * 40, severity="VIOLATION")
    make_finding(visit, code="KHAC")
    answer = staff.get("/findings/", {"severity": "VIOLATION", "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    head, *rows = book.active.values  # type: ignore[union-attr]
    assert [row[0] for row in rows] == ["DAI"]
    assert rows[0][head.index("Nội dung đầy đủ")] == ("Vắng mặt " * 40).strip()


def test_ten_times_the_rows_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            visit = make_visit(make_round(world.province), world.dai_tu)
            make_remedy(visit, finding=make_finding(visit))

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get("/findings/")
        return len(captured)

    fill(2)
    cost()
    few = cost()
    fill(18)
    assert cost() == few <= 15
