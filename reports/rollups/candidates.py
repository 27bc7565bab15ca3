"""Which units a plan should inspect: candidates ranked by five criteria, with reasons in figures.

Unlike a summary this starts from what is in the person's reach: last visits, findings and overdue
remedies of any inspecting body count, as far as the person may read them (`visible_to`). Of rounds
only completed ones that ended by the day count, as in contract §4 rule 1. What happened to a unit's
predecessors happened to the unit (`units.kin`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Q

from congvu.access import Person
from findings.models import Category, Finding, Remedy, RemedyState, Severity
from inspections.models import PlanItem, RoundStatus, Visit
from reports.models import CRITERIA, Proposal
from units.kin import kin_of
from units.models import Unit, topmost, under

# A finding weighs by its severity, which rises in this order (domain notes).
GRAVITY: dict[str, int] = {severity: place for place, severity in enumerate(Severity, start=1)}
# Findings of so many years before the day count.
YEARS = 3
# A unit never visited has the whole value; one visited so many years ago or more, four fifths.
_YEAR, _LONGEST = 365, 4


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@dataclass(frozen=True)
class Facts:
    """What is known of one unit and those that it stands for, as of the day."""

    last_visit: date | None = None
    # By severity: findings of the last three years.
    findings: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0
    # Categories found at more than one visit, with the number of visits.
    repeated: Mapping[str, int] = field(default_factory=dict)
    # Units in force under it.
    size: int = 0

    @property
    def gravity(self) -> int:
        """Findings weighed by severity."""
        return sum(GRAVITY[severity] * number for severity, number in self.findings.items())


@dataclass(frozen=True)
class Highest:
    """The highest figure of each criterion: what those of the other candidates are measured by."""

    findings: int
    overdue: int
    repeated: int
    size: int


@dataclass(frozen=True)
class Candidate:
    """One unit with its facts, the value of each criterion (0 to 1) and its points."""

    unit: Unit
    facts: Facts
    values: Mapping[str, Fraction]
    points_by: Mapping[str, Fraction]
    # An item of the plan is for this unit already, or for one that is the same by lineage.
    is_planned: bool
    rank: int = 0

    @property
    def points(self) -> Fraction:
        """The sum of weight × value."""
        return sum(self.points_by.values(), Fraction(0))


@dataclass(frozen=True)
class Ranking:
    """All candidates of a proposal, the highest first."""

    proposal: Proposal
    candidates: tuple[Candidate, ...]

    @property
    def open(self) -> list[Candidate]:
        """Those that are not in the plan yet."""
        return [each for each in self.candidates if not each.is_planned]

    @property
    def pool(self) -> list[Unit]:
        """The units from which a draw is made, in the order of the ranking."""
        return [each.unit for each in self.open]

    @cached_property
    def by_unit(self) -> dict[int, Candidate]:
        """Candidates by their unit's id."""
        return {each.unit.pk: each for each in self.candidates}


def rank(proposal: Proposal, person: Person) -> Ranking:
    """Units of the chosen kinds in the issuer's scope, ranked. Eight queries, however many units.

    Points are exact; of two with the same points the first by name comes first.
    """
    units, sizes = _units(proposal, person)
    planned = set(
        PlanItem.objects.filter(plan=proposal.plan).order_by().values_list("unit", flat=True)
    )
    kin = kin_of(unit.pk for unit in units)
    facts = _facts(units, kin, sizes, proposal.as_of, person)
    highest = Highest(
        max((each.gravity for each in facts.values()), default=0),
        max((each.overdue for each in facts.values()), default=0),
        max((len(each.repeated) for each in facts.values()), default=0),
        max((each.size for each in facts.values()), default=0),
    )
    found = []
    for unit in units:
        values = _values(facts[unit.pk], highest, proposal.as_of)
        points = {name: values[name] * proposal.weights[name] for name in CRITERIA}
        known = facts[unit.pk], values, points
        found.append(Candidate(unit, *known, is_planned=not planned.isdisjoint(kin[unit.pk])))
    found.sort(key=lambda each: (-each.points, each.unit.sort_key, each.unit.code))
    ranked = (
        Candidate(each.unit, each.facts, each.values, each.points_by, each.is_planned, place)
        for place, each in enumerate(found, start=1)
    )
    return Ranking(proposal, tuple(ranked))


def _values(facts: Facts, highest: Highest, as_of: date) -> dict[str, Fraction]:
    """Each criterion from 0 to 1; nothing is divided where the highest is 0."""

    def share(part: int, whole: int) -> Fraction:
        return Fraction(part, whole) if whole else Fraction(0)

    time = Fraction(1)
    if facts.last_visit is not None:
        days = (as_of - facts.last_visit).days
        time = Fraction(min(days, _LONGEST * _YEAR), (_LONGEST + 1) * _YEAR)
    return {
        "time": time,
        "findings": share(facts.gravity, highest.findings),
        "overdue": share(facts.overdue, highest.overdue),
        "repeated": share(len(facts.repeated), highest.repeated),
        "size": share(facts.size, highest.size),
    }


def _units(proposal: Proposal, person: Person) -> tuple[list[Unit], dict[int, int]]:
    """The candidates, and how many units in force stand under each unit of the scope."""
    paths = [unit.path for unit in topmost(proposal.plan.issuer.lineage())]
    units = Unit.objects.visible_to(person).filter(under(paths)).in_force(proposal.starts_on)
    below: dict[int, int] = defaultdict(int)
    chosen = []
    for unit in units.prefetch_related("former_names"):
        for above in unit.ancestor_ids:
            below[above] += 1
        if unit.kind in proposal.kinds and unit.pk != proposal.plan.issuer_id:
            chosen.append(unit)
    return chosen, below


def _facts(
    units: Sequence[Unit],
    kin: Mapping[int, Iterable[int]],
    sizes: Mapping[int, int],
    as_of: date,
    person: Person,
) -> dict[int, Facts]:
    last, overdue = _last_visits(as_of, person), _overdue(as_of, person)
    findings, visits = _findings(as_of, person)
    found = {}
    for unit in units:
        same = list(kin[unit.pk])
        days = [last[each] for each in same if each in last]
        number: dict[str, int] = defaultdict(int)
        often: dict[str, int] = defaultdict(int)
        for each in same:
            for severity, count in findings[each].items():
                number[severity] += count
            for category, count in visits[each].items():
                often[category] += count
        found[unit.pk] = Facts(
            max(days, default=None),
            {severity: number[severity] for severity in Severity if number[severity]},
            sum(overdue.get(each, 0) for each in same),
            {category: often[category] for category in Category if often[category] > 1},
            sizes.get(unit.pk, 0),
        )
    return found


def _last_visits(as_of: date, person: Person) -> dict[int, date]:
    """By unit: the day of the last visit of a completed round that ended by the day."""
    visits = Visit.objects.visible_to(person).filter(
        round__status=RoundStatus.COMPLETED, round__ends_on__lte=as_of
    )
    rows: Any = visits.order_by().values_list("unit").annotate(last=Max("visited_on"))
    return dict(rows)


def _findings(
    as_of: date, person: Person
) -> tuple[dict[int, dict[str, int]], dict[int, dict[str, int]]]:
    """By unit: recent findings by severity; and by category, at how many visits it was found."""
    recent = Q(round_ends_on__gt=years_before(as_of, YEARS))
    rows: Any = (
        Finding.objects.visible_to(person)
        .filter(round_status=RoundStatus.COMPLETED, round_ends_on__lte=as_of)
        .order_by()
        .values_list("visit_unit_id", "category")
        .annotate(
            visits=Count("visit", distinct=True),
            **{
                severity.lower(): Count("pk", filter=recent & Q(severity=severity))
                for severity in Severity.values
            },
        )
    )
    by_severity: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_category: dict[int, dict[str, int]] = defaultdict(dict)
    for unit, category, visits, *numbers in rows:
        by_category[unit][category] = visits
        for severity, number in zip(Severity.values, numbers, strict=True):
            by_severity[unit][severity] += number
    return by_severity, by_category


def _overdue(as_of: date, person: Person) -> dict[int, int]:
    """By unit: remedies overdue on the day (contract §4 rule 6), of rounds that ended by it."""
    remedies = Remedy.objects.visible_to(person).standing(as_of).followed()
    rows: Any = (
        remedies.in_state(RemedyState.OVERDUE, as_of)
        .filter(round_ends_on__lte=as_of)
        .order_by()
        .values_list("visit_unit_id")
        .annotate(number=Count("pk"))
    )
    return dict(rows)
