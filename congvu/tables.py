"""Lists: columns as data, filters, order, pages and export of exactly what is seen.

    COLUMNS = (
        Column("Mã cuộc", lambda each: each.code, sort="code", link=True, width=14),
        Column("Đến ngày", lambda each: each.ends_on, sort="ends_on"),
    )

A column is one line, so heading and value cannot drift apart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Choices, F, QuerySet
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from congvu.dates import format_day
from congvu.filters import ListFilter
from congvu.text import fold
from congvu.workbook import Book, Heading

PAGE_SIZE = 50


@dataclass(frozen=True)
class Badge:
    """A state: a word in a tone, never colour alone. Its sign is drawn by the template."""

    text: str
    tone: str  # danger, warning, success, info, secondary


@dataclass(frozen=True)
class Column:
    """One column of a list: heading, value of a row, and how it is shown, sorted and exported."""

    heading: str
    value: Callable[[Any], Any]
    # The database column or expression to order by; None: cannot be sorted.
    sort: str | None = None
    # The cell that leads to the record; True: to its own page.
    link: bool | Callable[[Any], str | None] = False
    width: int = 16
    # A second, smaller line under the value; not exported.
    small: Callable[[Any], str] | None = None
    on_screen: bool = True
    in_export: bool = True
    number_format: str = "#,##0"
    align: str = "start"

    def export(self, row: Any) -> Any:
        """The value as a cell of a workbook."""
        value = self.value(row)
        if isinstance(value, Badge):
            return value.text
        return value


@dataclass(frozen=True)
class Cell:
    """A value ready to be drawn."""

    label: str
    text: str
    url: str | None = None
    tone: str = ""
    align: str = "start"
    small: str = ""


@dataclass(frozen=True)
class Head:
    """A heading ready to be drawn, with the address that sorts by it."""

    heading: str
    align: str
    is_main: bool
    sort_url: str | None
    sort_state: str


@dataclass(frozen=True)
class Row:
    """A row ready to be drawn."""

    cells: tuple[Cell, ...]
    url: str | None
    record: Any
    # Whether another group of rows begins here; a line parts it from the one above.
    parted: bool = False


@dataclass(frozen=True)
class Chip:
    """An active filter: what it is, and the address without it."""

    label: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class Pager:
    """Where the page stands among the pages; a missing address means there is none."""

    number: int
    pages: int
    first_url: str | None
    previous_url: str | None
    next_url: str | None
    last_url: str | None


def is_export(request: HttpRequest) -> bool:
    """Whether the list is asked for as a file: all of it, and only the columns of the file."""
    return request.GET.get("export") == "xlsx"


def label_of(choices: type[Choices], path: str) -> Callable[[Any], str]:
    """What a column shows of a code: its label. `path` leads to it, such as `visit.round.status`.

    Says the same as `get_…_display`, which lists the choices anew for every cell of an export.
    """
    labels = {str(code): str(label) for code, label in choices.choices}
    read = attrgetter(path)
    return lambda record: labels.get(read(record), read(record))


def show(value: Any) -> str:
    """A value as text on a page."""
    if value is None or value == "":
        return ""
    if isinstance(value, Badge):
        return value.text
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return format_day(value)
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, Decimal | float):
        return f"{value:,}".translate(str.maketrans(",.", ".,"))
    return str(value)


@dataclass
class Listing:
    """A list as one person sees it: the address carries filters, order and page.

    `queryset` is scoped already. `order` names the default order. A fixed number of queries: one to
    count, one for the page, and those that the queryset prefetches.
    """

    request: HttpRequest
    title: str
    queryset: QuerySet[Any]
    shape: Sequence[Column]
    filterset: type[ListFilter] | None = None
    order: str = "-pk"
    count_noun: str = ""
    empty_title: str = "Chưa có gì ở đây"
    empty_hint: str = ""
    # The name of the exported file, without its ending.
    file_name: str = "danh-sach"
    can_export: bool = True
    # How many records there are, where that was counted already; only without filters.
    known_count: int | None = None
    # The id of the form to which rows that are ticked belong; empty: rows cannot be ticked.
    picks: str = ""
    filters: ListFilter | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.filterset is not None:
            self.filters = self.filterset(self.request.GET, self.queryset, self.request)
        self._shown = [column for column in self.shape if column.on_screen]
        self._page: Page[Any] | None = None

    # --- what is in the list ---------------------------------------------------------------

    @property
    def records(self) -> QuerySet[Any]:
        """Every record of the list, filtered and in order."""
        rows = self.queryset
        if self.filters is not None:
            rows = self.filters.qs if self.filters.is_valid() else self.queryset
        name = self._sort.lstrip("-")
        column = next((each for each in self.shape if each.sort and self._key(each) == name), None)
        if column is None:
            return rows.order_by(*self._default_order())
        by = F(column.sort or "pk")
        down = self._sort.startswith("-")
        step = by.desc(nulls_last=True) if down else by.asc(nulls_last=True)
        return rows.order_by(step, "-pk" if down else "pk")

    def _default_order(self) -> list[str]:
        names = [name.strip() for name in self.order.split(",")]
        last = names[-1]
        return names if last.lstrip("-") == "pk" else [*names, "-pk" if last[0] == "-" else "pk"]

    @property
    def _sort(self) -> str:
        return self.request.GET.get("sort", "")

    @staticmethod
    def _key(column: Column) -> str:
        return fold(column.heading).replace(" ", "-")

    @property
    def records_of_page(self) -> Page[Any]:
        """The page asked for; a page beyond the last is the last."""
        if self._page is None:
            paginator = Paginator(self.records, PAGE_SIZE)
            if self.known_count is not None:
                paginator.__dict__["count"] = self.known_count
            self._page = paginator.get_page(self.request.GET.get("page"))
        return self._page

    @property
    def count(self) -> int:
        """Number of records in the whole list."""
        return self.records_of_page.paginator.count

    @property
    def start(self) -> int:
        """Place of the page's first record, from 1."""
        return self.records_of_page.start_index()

    @property
    def end(self) -> int:
        """Place of the page's last record."""
        return self.records_of_page.end_index()

    # --- how it is drawn -------------------------------------------------------------------

    def url(self, **changes: str | None) -> str:
        """The address of this list with some parameters changed; None takes one away."""
        query = self.request.GET.copy()
        query.pop("export", None)
        if "page" not in changes:
            query.pop("page", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @property
    def columns(self) -> list[Head]:
        """Headings with the addresses that sort by them."""
        heads = []
        for place, column in enumerate(self._shown):
            key = self._key(column)
            state = {key: "ascending", f"-{key}": "descending"}.get(self._sort, "")
            target = f"-{key}" if state == "ascending" else key
            heads.append(
                Head(
                    column.heading,
                    column.align,
                    place == 0,
                    self.url(sort=target) if column.sort else None,
                    state,
                )
            )
        return heads

    @property
    def rows(self) -> list[Row]:
        """The page's rows."""
        return [self._row(record) for record in self.records_of_page]

    def _row(self, record: Any) -> Row:
        cells = tuple(self._cell(column, record) for column in self._shown)
        return Row(cells, next((cell.url for cell in cells if cell.url), None), record)

    @staticmethod
    def _cell(column: Column, record: Any) -> Cell:
        value = column.value(record)
        if callable(column.link):
            url = column.link(record)
        else:
            url = record.get_absolute_url() if column.link else None
        return Cell(
            column.heading,
            show(value),
            url,
            value.tone if isinstance(value, Badge) else "",
            column.align,
            column.small(record) if column.small else "",
        )

    @property
    def page(self) -> Pager:
        """Addresses of the first, previous, next and last page."""
        page = self.records_of_page
        last = page.paginator.num_pages
        back, on = page.has_previous(), page.has_next()
        return Pager(
            page.number,
            last,
            self.url(page="1") if back else None,
            self.url(page=str(page.number - 1)) if back else None,
            self.url(page=str(page.number + 1)) if on else None,
            self.url(page=str(last)) if on else None,
        )

    @property
    def filter_form(self) -> Any:
        """The bound form of the filters."""
        return self.filters.form if self.filters is not None else None

    @property
    def active_filters(self) -> list[Chip]:
        """Filters at work, each with the address without it; one that cannot be read stops all."""
        if self.filters is None or not self.filters.is_valid():
            return []
        found = []
        for name, field_ in self.filters.form.fields.items():
            raw = self.request.GET.getlist(name)
            texts = [_choice_label(field_, text) for text in raw if text]
            if texts:
                label = str(field_.label or name)
                found.append(Chip(label, ", ".join(texts), self.url(**{name: None})))
        return found

    @property
    def clear_url(self) -> str:
        """The list without any filter, in the same order."""
        return f"{self.request.path}?sort={self._sort}" if self._sort else self.request.path

    @property
    def export_url(self) -> str | None:
        """The address of the workbook of exactly what is seen."""
        return self.url(export="xlsx") if self.can_export else None

    # --- answers ---------------------------------------------------------------------------

    def respond(self, template: str, context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The page, or with `export=xlsx` the workbook of all that the filters leave."""
        if self.can_export and is_export(self.request):
            if self.filters is not None and not self.filters.is_valid():
                # What cannot be read filters nothing: the page says so, a file could not.
                return redirect(self.url())
            return self.export()
        return render(self.request, template, {**(context or {}), "listing": self})

    def export(self) -> FileResponse:
        """Every record that the filters leave, in the order seen, as a workbook.

        The answer begins when the file is whole. A workbook is a zip file which begins with nothing
        that could be sent before, and whatever fails must be an error, not half a file.
        """
        columns = [column for column in self.shape if column.in_export]
        # The response closes the file, and closing removes it.
        target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  # closed by the response
        with Book(target) as book:
            headings = [Heading(c.heading, c.width, c.number_format) for c in columns]
            book.sheet(self.title, headings, self._export_rows(columns))
        target.seek(0)
        stamp = timezone.localdate().isoformat()
        return FileResponse(target, as_attachment=True, filename=f"{self.file_name}-{stamp}.xlsx")

    def _export_rows(self, columns: Sequence[Column]) -> Iterator[list[Any]]:
        cells = [column.export for column in columns]
        for record in self.records.iterator(chunk_size=2000):
            yield [cell(record) for cell in cells]


def _choice_label(form_field: Any, text: str) -> str:
    """What a person reads for the parameter: a choice by its label, everything else as typed."""
    for value, label in getattr(form_field, "choices", ()):
        if str(value) == text:
            return str(label)
    return text
