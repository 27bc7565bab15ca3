"""Lists: the address carries filters, order and page; the export is exactly what is seen."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.http import FileResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from congvu.filters import CodeFilter, DayFilter, ListFilter, SearchFilter
from congvu.tables import Badge, Column, Listing, show
from inspections.models import Round
from tests.conftest import World
from tests.factories import make_round
from units.models import Unit

COLUMNS = (
    Column("Mã cuộc", lambda each: each.code, sort="code", link=True),
    Column("Cơ quan", lambda each: each.body.name, sort="body__sort_key"),
    Column("Đến ngày", lambda each: each.ends_on, sort="ends_on"),
    Column("Trạng thái", lambda each: Badge(each.get_status_display(), "success")),
    Column("Ghi chú", lambda each: each.scope_note, on_screen=False),
)


class Filter(ListFilter):
    """Filters for the list of these tests."""

    q = SearchFilter("folded", "body__folded")
    status = CodeFilter(choices=Round.Status.choices, label="Trạng thái")
    to = DayFilter(field_name="ends_on", lookup_expr="lte", label="Đến ngày")

    class Meta:
        model = Round
        fields = ()


def listing(query: str = "") -> Listing:
    """The list as somebody asking with this address sees it."""
    request = RequestFactory().get(f"/rounds/{query}")
    rows = Round.objects.select_related("body")
    return Listing(request, "Cuộc", rows, COLUMNS, Filter, order="-ends_on")


def codes(query: str) -> list[str]:
    return [row.cells[0].text for row in listing(query).rows]


@pytest.fixture
def rounds(world: World) -> None:
    """Rounds A to C on three days, of two bodies."""
    for place, (code, body) in enumerate(
        [("A", world.dai_tu), ("B", world.justice), ("C", world.dai_tu)]
    ):
        day = date(2023, 5, 1) + timedelta(days=place)
        make_round(body, day, code=code, scope_note="=1+1" if code == "A" else "")


def exported(query: str) -> list[tuple[Any, ...]]:
    answer = listing(f"{query}&export=xlsx").respond("none.html")
    assert isinstance(answer, FileResponse)
    content = io.BytesIO(b"".join(answer.streaming_content))  # type: ignore[arg-type]  # never asynchronous here
    answer.close()
    return list(openpyxl.load_workbook(content).active.iter_rows(values_only=True))  # type: ignore[union-attr]  # it has one sheet


def test_search_needs_no_tone_marks_and_every_word(rounds: None) -> None:
    assert codes("?q=dai tu") == ["C", "A"]
    assert codes("?q=ĐẠI TỪ c") == ["C"]
    assert codes("?q=dai lang") == []


def test_heading_sorts_up_then_down_and_names_sort_as_people_here_sort(rounds: None) -> None:
    Unit.objects.filter(code="171").update(sort_key="")
    first = listing()
    up = next(head.sort_url for head in first.columns if head.heading == "Mã cuộc")
    assert up == "/rounds/?sort=ma-cuoc"
    assert codes("?sort=ma-cuoc") == ["A", "B", "C"]
    assert codes("?sort=-ma-cuoc") == ["C", "B", "A"]
    assert codes("?sort=co-quan") == ["A", "C", "B"]
    assert codes("?sort=khong-co") == ["C", "B", "A"]


def test_filters_survive_sorting_and_paging(world: World) -> None:
    for number in range(120):
        make_round(world.dai_tu, code=f"{number:03}")
    make_round(world.dai_tu, code="X", status="CANCELLED")
    seen = listing("?status=COMPLETED&sort=ma-cuoc&page=2")
    assert (seen.count, seen.start, seen.end) == (120, 51, 100)
    assert seen.rows[0].cells[0].text == "050"
    assert seen.page.next_url == "/rounds/?status=COMPLETED&sort=ma-cuoc&page=3"
    assert seen.page.first_url == "/rounds/?status=COMPLETED&sort=ma-cuoc&page=1"
    assert (seen.page.pages, listing("?page=999").page.number) == (3, 3)


def test_active_filters_are_named_and_can_be_taken_away(rounds: None) -> None:
    chips = listing("?status=COMPLETED&q=tu&page=1").active_filters
    assert [(chip.label, chip.value) for chip in chips] == [
        ("Tìm", "tu"),
        ("Trạng thái", "Hoàn thành"),
    ]
    assert chips[0].remove_url == "/rounds/?status=COMPLETED"


def test_export_is_what_is_seen_on_all_pages(world: World) -> None:
    for number in range(60):
        make_round(world.dai_tu, code=f"{number:03}", scope_note="=1+1")
    make_round(world.justice, code="X")
    rows = exported("?q=dai tu&sort=-ma-cuoc")
    assert rows[0] == ("Mã cuộc", "Cơ quan", "Đến ngày", "Trạng thái", "Ghi chú")
    assert [row[0] for row in rows[1:]] == [f"{number:03}" for number in range(59, -1, -1)]
    assert rows[1][4] == "=1+1"


def test_a_filter_that_cannot_be_read_is_told_and_filters_nothing(rounds: None) -> None:
    seen = listing("?to=31/02/2023")
    assert seen.count == 3
    assert "31/02/2023" in str(seen.filter_form.errors["to"])


def test_queries_do_not_grow_with_rows(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert listing().rows
        return len(seen)

    make_round(world.dai_tu)
    few = queries()
    for _ in range(49):
        make_round(world.justice)
    assert queries() == few == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(1586, "1.586"), (date(2023, 3, 7), "07/03/2023"), (None, ""), (True, "Có"), (0, "0")],
)
def test_values_are_shown_as_people_here_write_them(value: Any, text: str) -> None:
    assert show(value) == text
