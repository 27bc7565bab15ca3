"""The list of returns: filters, scope, export, and its cost."""

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
from tests.factories import make_return

pytestmark = pytest.mark.django_db


def found(client: Client, **query: Any) -> set[str]:
    response = client.get("/returns/", query)
    assert response.status_code == 200
    return {row.record.unit.code for row in response.context["listing"].rows}


@pytest.fixture
def two(world: World) -> None:
    make_return(world.dai_tu, date(2022, 12, 15), date(2023, 12, 14), rounds_planned=1586)
    make_return(world.tien_hoi, date(2024, 1, 1), date(2024, 6, 30), status="SUBMITTED")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, {"171", "05809"}),
        ({"unit": "05809"}, {"05809"}),
        ({"unit": "171"}, {"171", "05809"}),
        ({"status": "SUBMITTED"}, {"05809"}),
        ({"year": "2023"}, {"171"}),
        ({"from": "14/12/2023", "to": "31/12/2023"}, {"171"}),
        ({"from": "15/12/2023", "to": "31/12/2023"}, set()),
    ],
)
def test_filter(staff: Client, two: None, query: dict[str, str], codes: set[str]) -> None:
    assert found(staff, **query) == codes


def test_scope(reporter: Client, outsider: Client, admin: Client, two: None, world: World) -> None:
    make_return(world.justice, date(2023, 1, 1), date(2023, 12, 31))
    assert found(reporter) == {"171", "05809"}
    assert found(outsider) == set()
    assert admin.get("/returns/").status_code == 403


def test_period_is_called_by_its_name_and_figures_are_grouped(staff: Client, two: None) -> None:
    page = staff.get("/returns/").content.decode()
    for text in ("Năm 2023 (15/12/2022–14/12/2023)", "6 tháng đầu năm 2024", "1.586"):
        assert text in page


def test_export_has_every_figure(staff: Client, two: None) -> None:
    answer = staff.get("/returns/?unit=171&year=2023&export=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    head, row = list(book.active.values)  # type: ignore[union-attr]
    assert row[head.index("Số cuộc theo kế hoạch")] == 1586
    assert row[head.index("Số cuộc đột xuất")] is None


def test_ten_times_the_rows_cost_no_more_queries(staff: Client, world: World) -> None:
    def fill(first: int, last: int) -> None:
        for year in range(first, last):
            make_return(world.dai_tu, date(year, 1, 1), date(year, 12, 31))

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get("/returns/")
        return len(captured)

    fill(2000, 2002)
    cost()
    few = cost()
    fill(2002, 2020)
    assert cost() == few <= 15
