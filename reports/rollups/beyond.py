"""What each accepted return reports beyond what is logged: reported − logged(U, r), rule 7.

logged(U, r) counts rounds conducted by U or under it, by the tree alone, in the days of the return.
Counted in Python over compact rows, because every return has a subtree and days of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Case, Count, TextField, Value, When

from findings.models import Finding, Remedy, RemedyKind
from inspections.models import Round, RoundForm
from reports.models import FIGURES, Return
from reports.rollups.logged import INDIVIDUAL, PERSON, counted
from reports.rollups.returns import Reported, Vector

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


class _Bodies:
    """The inspecting bodies in order of path, so that a subtree is one stretch of them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(set(paths))

    def under(self, path: str) -> Sequence[str]:
        """Those at or under the path."""
        return self.paths[bisect_left(self.paths, path) : bisect_left(self.paths, f"{path[:-1]}0")]


class _Additive:
    """Rounds by form and visits, which may simply be added, by body and last day."""

    def __init__(self, rows: Iterable[tuple[str, date, str, int, int]]) -> None:
        self.by_body: dict[str, list[tuple[date, int, int]]] = defaultdict(list)
        for path, day, form, rounds, visits in rows:
            self.by_body[path] += [(day, FORM_PLACES[form], rounds), (day, VISITS_PLACE, visits)]

    def add_to(self, totals: list[int], bodies: Sequence[str], first: date, last: date) -> None:
        """Add what these bodies did in these days."""
        for body in bodies:
            for day, place, number in self.by_body[body]:
                if first <= day <= last:
                    totals[place] += number


class _Distinct:
    """What is counted once however often it occurs, by body and last day of the round."""

    def __init__(self, rows: Iterable[tuple[str, date, int, str, str]]) -> None:
        self.by_body: dict[str, list[tuple[date, int, int | str]]] = defaultdict(list)
        for path, day, unit, kind, person in rows:
            mine = self.by_body[path]
            if kind == "":
                mine.append((day, FINDING_UNITS_PLACE, unit))
            if kind in UNITS_PLACES:
                mine.append((day, UNITS_PLACES[kind], unit))
            if person and kind in PEOPLE_PLACES:
                mine.append((day, PEOPLE_PLACES[kind], person))

    def add_to(self, totals: list[int], bodies: Sequence[str], first: date, last: date) -> None:
        """Add the number of different units and persons in what these bodies did."""
        seen = {
            (place, who)
            for body in bodies
            for day, place, who in self.by_body[body]
            if first <= day <= last
        }
        for place, _ in seen:
            totals[place] += 1


def reported_beyond(returns: Sequence[Return], paths: tuple[str, ...]) -> list[Reported]:
    """Each return with what it reports beyond what is logged. Two queries; none without returns.

    `paths` are those of the whole question; the returns' units stand under them.
    """
    if not returns:
        return []
    first = min(each.first_day for each in returns)
    last = max(each.last_day for each in returns)
    additive = _Additive(_rounds(paths, first, last))
    bodies = _Bodies(additive.by_body)
    concerned = {path for each in returns for path in bodies.under(each.unit.path)}
    distinct = _Distinct(_named(paths, first, last) if concerned else ())
    found = []
    for each in returns:
        logged = [0] * len(FIGURES)
        under = bodies.under(each.unit.path)
        additive.add_to(logged, under, each.first_day, each.last_day)
        distinct.add_to(logged, under, each.first_day, each.last_day)
        found.append(_reported(each, logged))
    return found


def _reported(each: Return, logged: Sequence[int]) -> Reported:
    beyond: Vector = tuple(a - b for a, b in zip(each.figures(), logged, strict=True))
    return Reported(each.pk, each.unit_id, each.unit.path, each.first_day, each.last_day, beyond)


def _rounds(
    paths: tuple[str, ...], first: date, last: date
) -> Iterable[tuple[str, date, str, int, int]]:
    """Body's path, last day, form, number of rounds and of visits."""
    rows = counted(Round.objects.order_by(), paths, first, last)
    return rows.values_list("body__path", "ends_on", "form").annotate(
        round_count=Count("pk", distinct=True), visit_count=Count("visits")
    )


def _named(
    paths: tuple[str, ...], first: date, last: date
) -> Iterable[tuple[str, date, int, str, str]]:
    """Body's path, round's last day, unit, kind of remedy ("" for a finding) and person named.

    Equal rows are one: that is how the database spares us most of the findings.
    """
    columns = ("visit__round__body__path", "visit__round__ends_on", "visit__unit_id")
    nothing = Value("", output_field=TextField())
    person = Case(When(INDIVIDUAL, then=PERSON), default=nothing, output_field=TextField())
    findings = counted(Finding.objects.order_by(), paths, first, last, "visit__round__")
    remedies = counted(Remedy.objects.order_by(), paths, first, last, "visit__round__")
    rows = findings.values_list(*columns, nothing, nothing).union(
        remedies.filter(kind__in=_KINDS).values_list(*columns, "kind", person)
    )
    return rows.iterator()
