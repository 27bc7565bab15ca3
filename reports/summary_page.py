"""A summary as the page shows it: tables of figures, each with its link and its reported part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from congvu.numbers import number_text, percent_text, roman
from findings.models import Category, RemedyKind, RemedyState, Severity
from inspections.models import RoundForm
from reports.rollups import ByBody, Figure, Question, Summary
from reports.rollups.bodies import FIGURE_KEYS, Row
from reports.sheets import remark
from reports.summary_form import query_of
from units.models import Kind


@dataclass(frozen=True)
class Shown:
    """One figure ready to be drawn; an empty address: nothing to lead to."""

    label: str
    text: str
    url: str
    # What part is only reported; empty when nothing is.
    reported: str = ""
    share: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a table of figures."""

    label: str
    cells: tuple[Shown, ...]
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table of figures; the heading of the first column comes first."""

    title: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


class Links:
    """Addresses of the lists behind the figures of one question."""

    def __init__(self, question: Question) -> None:
        self._query = query_of(question)
        self._base = reverse("reports:summary_figure", args=["KEY"])

    def to(self, key: str, more: str = "") -> str:
        """The list behind a figure; `more` narrows it, such as `&body=12`."""
        return f"{self._base.replace('KEY', key)}?{self._query}{more}"


def reported_text(unlogged: int) -> str:
    """What stands small beside a figure of which a part is only reported."""
    return f"theo báo cáo: {number_text(unlogged)}" if unlogged else ""


class SummaryTables:
    """The parts of the page, made once from a summary."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._links = Links(summary.question)

    def _shown(self, key: str, whole: int | None = None) -> Shown:
        figure: Figure = self._summary[key]
        return Shown(
            figure.label,
            number_text(figure.value),
            self._links.to(key),
            reported_text(figure.unlogged),
            "" if whole is None else percent_text(figure.value, whole),
        )

    def headline(self) -> list[Shown]:
        """What a leader with five minutes reads."""
        keys = [f"{what}.total" for what in ("rounds", "visits", "findings", "remedies")]
        keys.insert(2, "visits.units")
        keys.insert(4, "findings.units")
        return [self._shown(key) for key in keys]

    def tables(self) -> list[Table]:
        """Every figure of the contract, in its order."""
        return [
            self._with_share("Cuộc theo hình thức", "rounds.by_form", RoundForm, "rounds.total"),
            self._with_share("Cuộc theo cấp tiến hành", "rounds.by_level", Kind, "rounds.total"),
            self._with_share(
                "Tồn tại theo mức độ", "findings.by_severity", Severity, "findings.total"
            ),
            self._with_share(
                "Tình trạng kiến nghị", "remedies.status", RemedyState, "remedies.total"
            ),
            self._with_share(
                "Tồn tại theo nhóm", "findings.by_category", Category, "findings.total"
            ),
            self._kinds(),
        ]

    def _with_share(self, title: str, prefix: str, codes: Iterable[Kind], total_key: str) -> Table:
        whole = self._summary.value(total_key)
        lines = [Line(str(code.label), (self._shown(f"{prefix}.{code}", whole),)) for code in codes]
        lines.append(Line("Tổng số", (self._shown(total_key, whole),), is_total=True))
        return Table(title, ("", "Số", "Tỷ lệ"), tuple(lines))

    def _kinds(self) -> Table:
        lines = [
            Line(
                str(kind.label),
                tuple(
                    self._shown(f"remedies.by_kind.{kind}.{part}")
                    for part in ("count", "units", "people")
                ),
            )
            for kind in RemedyKind
        ]
        headings = ("Loại kiến nghị", "Kiến nghị", "Đơn vị", "Cá nhân")
        return Table("Kiến nghị theo loại", headings, tuple(lines))


# --- Biểu 01 -------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetRow:
    """A row of Biểu 01 on the page: its mark (I, 1, or none), name and figures."""

    mark: str
    name: str
    # Text and address of each figure; an empty address: nothing behind it.
    cells: tuple[tuple[str, str], ...]
    # What part is only reported, by column.
    remark: str
    is_group: bool = False


_ROW_KEYS = ("rounds.total", *FIGURE_KEYS)


def sheet_rows(question: Question, table: ByBody) -> tuple[list[SheetRow], SheetRow]:
    """The rows of Biểu 01 with their links, and its total."""
    links = Links(question)
    rows: list[SheetRow] = []
    for number, level in enumerate(table.levels, start=1):
        numeral = roman(number)
        rows.append(_sheet_row(links, numeral, level.row, f"&level={level.kind}", is_group=True))
        for place, body in enumerate(level.bodies, start=1):
            narrowed = f"&body={body.unit.pk}" if body.unit else ""
            rows.append(_sheet_row(links, str(place), body, narrowed))
    return rows, _sheet_row(links, "", table.total, "", is_group=True)


def _sheet_row(
    links: Links, mark: str, row: Row, narrowed: str, *, is_group: bool = False
) -> SheetRow:
    cells = tuple(
        (number_text(value), links.to(key, narrowed) if value else "")
        for key, value in zip(_ROW_KEYS, (row.rounds, *row.values), strict=True)
    )
    return SheetRow(mark, row.name, cells, remark(row), is_group)
