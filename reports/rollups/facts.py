"""What is logged, in compact rows, for whatever needs it by body and by days of its own.

Every return has a subtree and days for which logged(U, r) is wanted (rule 7), and every body its
row in Biểu 01: counting these in Python over two queries' rows is quicker than asking for each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from django.db.models import Case, Count, TextField, Value, When

from findings.models import RemedyKind
from inspections.models import RoundForm
from reports.models import FIGURES, Return
from reports.rollups.logged import INDIVIDUAL, PERSON, Logged, zeros
from reports.rollups.returns import Reported, Vector
from units.models import Kind

_PLACES = {figure: place for place, figure in enumerate(FIGURES)}
FORM_PLACES: dict[str, int] = {
    RoundForm.PLANNED: _PLACES["rounds_planned"],
    RoundForm.SURPRISE: _PLACES["rounds_surprise"],
    RoundForm.VERIFICATION: _PLACES["rounds_verification"],
    RoundForm.THEMATIC: _PLACES["rounds_thematic"],
    RoundForm.RECHECK: _PLACES["rounds_recheck"],
}
VISITS_PLACE = _PLACES["visits"]
FINDING_UNITS_PLACE = _PLACES["finding_units"]
UNITS_PLACES: dict[str, int] = {
    RemedyKind.REVIEW: _PLACES["review_units"],
    RemedyKind.EXPLAIN_RECTIFY: _PLACES["explain_rectify_units"],
    RemedyKind.REMIND: _PLACES["remind_units"],
}
PEOPLE_PLACES: dict[str, int] = {
    RemedyKind.REVIEW: _PLACES["review_people"],
    RemedyKind.DISCIPLINE: _PLACES["discipline_people"],
}
_KINDS = sorted({*UNITS_PLACES, *PEOPLE_PLACES})


# A row whose first part is its day.
_Dated = TypeVar("_Dated", bound=tuple[Any, ...])


class _Ended(NamedTuple):
    """A round by the day on which it ended, with its form, its body's kind and its visits."""

    day: date
    form: str
    level: str
    visits: int


class Facts:
    """The logged part of the twelve figures that returns can add to, by body and last day.

    Two queries, asked when first wanted.
    """

    def __init__(self, logged: Logged) -> None:
        self._logged = logged

    @cached_property
    def bodies(self) -> list[str]:
        """Paths of the inspecting bodies, in order: a subtree is one stretch of them."""
        return sorted(self._additive)

    def counts(self) -> dict[str, int]:
        """The logged part of the figures of rounds, and of `visits.total`, by key."""
        numbers = zeros("rounds.by_form", RoundForm.values) | zeros("rounds.by_level", Kind.values)
        total = visits = 0
        for rows in self._additive.values():
            for row in rows:
                numbers[f"rounds.by_form.{row.form}"] += 1
                numbers[f"rounds.by_level.{row.level}"] += 1
                total += 1
                visits += row.visits
        return {"rounds.total": total, **numbers, "visits.total": visits}

    def under(self, path: str) -> list[str]:
        """The bodies at or under the path."""
        # Paths end in "/", the character before "0".
        start, stop = bisect_left(self.bodies, path), bisect_left(self.bodies, f"{path[:-1]}0")
        return self.bodies[start:stop]

    def numbers(
        self, bodies: Iterable[str], first: date | None = None, last: date | None = None
    ) -> Vector:
        """The twelve figures of these bodies together, in these days or in all (rules 1–5)."""
        first, last = first or self._logged.first, last or self._logged.last
        totals = [0] * len(FIGURES)
        seen: set[tuple[int, int | str]] = set()
        for body in bodies:
            for row in _between(self._additive[body], first, last):
                totals[FORM_PLACES[row.form]] += 1
                totals[VISITS_PLACE] += row.visits
            seen.update(each[1:] for each in _between(self._distinct.get(body, []), first, last))
        for place, _ in seen:
            totals[place] += 1
        return tuple(totals)

    @cached_property
    def _additive(self) -> dict[str, list[_Ended]]:
        """Rounds and visits, which may simply be added, by the body's path and in order of days."""
        by_body: dict[str, list[_Ended]] = defaultdict(list)
        rounds = self._logged.rounds().order_by().annotate(visit_count=Count("visits"))
        rows = rounds.values_list("body__path", "ends_on", "form", "body__kind", "visit_count")
        for path, *row in rows:
            by_body[path].append(_Ended(*row))
        return _in_order(by_body)

    @cached_property
    def _distinct(self) -> dict[str, list[tuple[date, int, int | str]]]:
        """Units and persons, counted once however often they occur: day, figure, who; as above.

        Equal rows are one: that is how the database spares us most of the findings.
        """
        columns = ("round_body_id", "round_ends_on", "visit_unit_id")
        # A body that has findings has rounds: its path is known, by its own id at the end.
        paths = {int(path.split("/")[-2]): path for path in self._additive}
        nothing = Value("", output_field=TextField())
        person = Case(When(INDIVIDUAL, then=PERSON), default=nothing, output_field=TextField())
        findings = self._logged.findings().order_by().values_list(*columns, nothing, nothing)
        remedies = self._logged.remedies().order_by().filter(kind__in=_KINDS)
        by_body: dict[str, list[tuple[date, int, int | str]]] = defaultdict(list)
        named = findings.union(remedies.values_list(*columns, "kind", person))
        for body, day, unit, kind, name in named:
            mine = by_body[paths[body]]
            if kind == "":
                mine.append((day, FINDING_UNITS_PLACE, unit))
            if kind in UNITS_PLACES:
                mine.append((day, UNITS_PLACES[kind], unit))
            if name and kind in PEOPLE_PLACES:
                mine.append((day, PEOPLE_PLACES[kind], name))
        return _in_order(by_body)


def _in_order(by_body: dict[str, list[_Dated]]) -> dict[str, list[_Dated]]:
    """Each body's rows in order of their days, so that a span of days is a stretch of them."""
    for rows in by_body.values():
        rows.sort(key=itemgetter(0))
    return dict(by_body)


def _between(rows: list[_Dated], first: date, last: date) -> list[_Dated]:
    """The stretch of a body's rows that lies in these days."""
    start = bisect_left(rows, first, key=itemgetter(0))
    return rows[start : bisect_right(rows, last, start, key=itemgetter(0))]


def reported_beyond(returns: Sequence[Return], facts: Facts) -> list[Reported]:
    """Each return with what it reports beyond what is logged: reported − logged(U, r), rule 7.

    logged(U, r) counts rounds conducted by U or under it, by the tree alone, in the days of the
    return; the facts hold these, since only returns that lie in the period are asked about.
    """
    return [_reported(each, facts) for each in returns]


def _reported(each: Return, facts: Facts) -> Reported:
    logged = facts.numbers(facts.under(each.unit.path), each.first_day, each.last_day)
    beyond = tuple(a - b for a, b in zip(each.figures(), logged, strict=True))
    return Reported(each.pk, each.unit_id, each.unit.path, each.first_day, each.last_day, beyond)
