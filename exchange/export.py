"""Writing what the database has in the workbook's layout, so that it can be imported elsewhere.

Contract §3: export → import into an empty installation gives the same summary. What the layout
cannot say is left out: returns that were not accepted (all in the sheet count as accepted), and a
round's plan where its number would be read as another plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

from django.db.models import Count, Q, QuerySet

from congvu.workbook import Book, Heading, Value
from exchange.analysis import Analysis
from exchange.layout import (
    EXTENSIONS,
    FINDINGS,
    PLANS,
    REMEDIES,
    RETURNS,
    ROUNDS,
    SHEETS,
    SUCCESSIONS,
    UNITS,
    VISITS,
    Sheet,
    Type,
)
from exchange.reading.desk import Desk
from exchange.reading.plans import PlanReader
from findings.models import Extension, Finding, Remedy
from inspections.models import Plan, Round, Visit
from reports.models import FIGURES, Return, ReturnStatus
from units.models import Succession, SuccessionKind, Unit, under

Target = str | Path | IO[bytes]


def headings(sheet: Sheet) -> list[Heading]:
    """The sheet's headings as the workbook writer wants them; figures and years are not grouped."""
    return [
        Heading(column.heading, column.width, "0" if column.holds is Type.COUNT else "#,##0")
        for column in sheet.columns
    ]


def export(target: Target, paths: Sequence[str] | None = None) -> dict[str, int]:
    """Write everything, or what belongs to units at or under `paths`; rows by the sheet's key.

    With `paths`, whatever the file needs to be imported again comes along: superiors, visited
    units, plans of others that rounds carry out.
    """
    extract = Extract(paths)
    with Book(target) as book:
        return {
            sheet.key: book.sheet(sheet.title, headings(sheet), extract.rows(sheet))
            for sheet in SHEETS
        }


class Extract:
    """The rows of each sheet, read as a stream."""

    def __init__(self, paths: Sequence[str] | None) -> None:
        self._paths = None if paths is None else list(paths)
        # Units outside of the paths that the file needs all the same.
        self._also: set[int] | None = None
        self._labels: dict[Sheet, dict[str, dict[str, str]]] = {
            sheet: {
                column.field: dict(column.choices.choices)
                for column in sheet.columns
                if column.choices is not None
            }
            for sheet in SHEETS
        }

    def rows(self, sheet: Sheet) -> Iterator[Sequence[Value]]:
        """The sheet's rows, in the order of its columns, labels instead of codes."""
        rows = {
            UNITS: self._units,
            SUCCESSIONS: self._successions,
            PLANS: self._plans,
            ROUNDS: self._rounds,
            VISITS: self._visits,
            FINDINGS: self._findings,
            REMEDIES: self._remedies,
            EXTENSIONS: self._extensions,
            RETURNS: self._returns,
        }[sheet]()
        labels = [self._labels[sheet].get(column.field) for column in sheet.columns]
        for row in rows:
            yield [
                value if names is None or not value else names[value]
                for value, names in zip(row, labels, strict=True)
            ]

    # --- what belongs to it ------------------------------------------------------------------

    def _of(self, prefix: str) -> Q:
        return Q() if self._paths is None else under(self._paths, prefix)

    def _chosen_units(self) -> QuerySet[Unit]:
        """Units to write: those asked for, those that their records name, and all superiors."""
        if self._paths is None:
            return Unit.objects.all()
        if self._also is None:
            visited = Visit.objects.filter(self._of("round__body__"))
            named = set(visited.values_list("unit__path", flat=True).distinct().order_by())
            named |= set(self._chosen_plans().values_list("issuer__path", flat=True))
            outside = {path for path in named if not path.startswith(tuple(self._paths))}
            outside.update(self._paths)
            self._also = {int(step) for path in outside for step in path.split("/")[:-1]}
        return Unit.objects.filter(self._of("") | Q(pk__in=self._also))

    def _chosen_plans(self) -> QuerySet[Plan]:
        if self._paths is None:
            return Plan.objects.issued()
        carried_out = Round.objects.filter(self._of("body__")).values("plan_id")
        return Plan.objects.issued().filter(self._of("issuer__") | Q(pk__in=carried_out))

    # --- sheets ------------------------------------------------------------------------------

    def _units(self) -> Iterator[tuple[Any, ...]]:
        rows = (
            self._chosen_units()
            .order_by("path")
            .values_list("code", "name", "kind", "parent__code", "valid_from", "valid_to")
        )
        yield from rows.iterator()

    def _successions(self) -> Iterator[tuple[Any, ...]]:
        steps = Succession.objects.all()
        if self._paths is not None:
            units = self._chosen_units().values("pk")
            # A part of a split without its main heir could not be imported.
            main = Succession.objects.filter(is_main=True, successor__in=units)
            steps = steps.filter(
                predecessor__in=units,
                successor__in=units,
                predecessor_id__in=main.values("predecessor_id"),
            )
        rows = steps.order_by("effective_on", "pk").values_list(
            "predecessor__code", "successor__code", "effective_on", "kind", "is_main"
        )
        for *row, kind, is_main in rows.iterator():
            yield (*row, kind, "x" if is_main and kind == SuccessionKind.SPLIT else "")

    def _plans(self) -> Iterator[tuple[Any, ...]]:
        rows = (
            self._chosen_plans()
            .order_by("year", "pk")
            .values_list("number", "issued_on", "issuer__code", "year", "subject")
        )
        yield from rows.iterator()

    def _rounds(self) -> Iterator[tuple[Any, ...]]:
        meant = _PlansMeant()
        rows = (
            Round.objects.filter(self._of("body__"))
            .order_by("starts_on", "pk")
            .values_list(
                "code",
                "plan__number",
                "form",
                "body__code",
                "starts_on",
                "ends_on",
                "status",
                "team__name",
                "scope_note",
                "plan_id",
                "plan__year",
                "body_id",
            )
        )
        for code, number, *row, plan_id, year, body_id in rows.iterator():
            told = number and meant.is_told(plan_id, number, year, cast(date, row[2]), body_id)
            yield (code, number if told else "", *row)

    def _visits(self) -> Iterator[tuple[Any, ...]]:
        rows = (
            Visit.objects.filter(self._of("round__body__"))
            .order_by("pk")
            .values_list(
                "round__code",
                "unit__code",
                "visited_on",
                "minutes_number",
                "conclusion_number",
                "concluded_on",
                "strengths",
            )
        )
        yield from rows.iterator()

    def _findings(self) -> Iterator[tuple[Any, ...]]:
        rows = Finding.objects.filter(self._of("round_body__")).order_by("pk")
        yield from rows.values_list(
            "code",
            "visit__round__code",
            "visit__unit__code",
            "category",
            "severity",
            "subject",
            "content",
        ).iterator()

    def _remedies(self) -> Iterator[tuple[Any, ...]]:
        rows = Remedy.objects.filter(self._of("round_body__")).order_by("pk")
        yield from rows.values_list(
            "code",
            "visit__round__code",
            "visit__unit__code",
            "finding__code",
            "kind",
            "subject",
            "person_name",
            "person_post",
            "discipline_form",
            "due_on",
            "completed_on",
            "report_document",
            "content",
        ).iterator()

    def _extensions(self) -> Iterator[tuple[Any, ...]]:
        rows = Extension.objects.filter(self._of("remedy__round_body__")).order_by("pk")
        yield from rows.values_list("remedy__code", "decided_on", "due_on", "document").iterator()

    def _returns(self) -> Iterator[tuple[Any, ...]]:
        rows = Return.objects.filter(self._of("unit__"), status=ReturnStatus.ACCEPTED)
        yield from (
            rows.order_by("pk")
            .values_list("unit__code", "first_day", "last_day", *FIGURES, "sent_on")
            .iterator()
        )


class _PlansMeant:
    """Whether the number of a round's plan would be read as that plan again (contract §3)."""

    def __init__(self) -> None:
        self._desk = Desk(Analysis())
        self._plans = PlanReader(self._desk)
        shared = Plan.objects.values("number", "year").annotate(bodies=Count("pk")).order_by()
        self._shared = set(shared.filter(bodies__gt=1).values_list("number", "year"))

    def is_told(self, plan_id: int, number: str, year: int, starts_on: date, body_id: int) -> bool:
        """Whether number, year and body lead to the plan; most are told without a look."""
        if year != starts_on.year or (number, year) not in self._shared:
            return year == starts_on.year
        self._plans.load_numbers([number])
        self._desk.units.load_ids([body_id])
        return self._plans.is_told(plan_id, number, self._desk.units.by_id[body_id], starts_on)
