"""What is logged round by round: the records behind each figure, and their numbers.

Contract §4 rules 1–6. A figure's key is its place in the JSON of contract §4, joined by dots, such
as `remedies.by_kind.REVIEW.units`; `Logged.records` gives for every key the query whose number of
rows is the figure's logged part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import (
    Case,
    Count,
    F,
    Min,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from findings.models import (
    Category,
    Finding,
    FindingQuerySet,
    Remedy,
    RemedyKind,
    RemedyQuerySet,
    RemedyState,
    Severity,
    Subject,
)
from inspections.models import Round, RoundQuerySet, RoundStatus, Visit, VisitQuerySet
from units.models import Unit, UnitQuerySet, under

Q_ = TypeVar("Q_", bound=QuerySet[Any])

# Rule 5: who a remedy on an individual names: the same unit and name is one person, a remedy
# without a name is a person of its own. No unit's id begins with "#", so the two never meet.
_TEXT: TextField[str, str] = TextField()
PERSON = Case(
    When(person_folded="", then=Concat(Value("#"), Cast("pk", _TEXT), output_field=_TEXT)),
    default=Concat(
        Cast("visit_unit_id", _TEXT), Value(":"), Cast("person_folded", _TEXT), output_field=_TEXT
    ),
    output_field=_TEXT,
)
INDIVIDUAL = Q(subject=Subject.INDIVIDUAL)

# What is counted of each kind of remedy.
_PARTS = ("count", "units", "people")


def counted(queryset: Q_, paths: tuple[str, ...], first: date, last: date, prefix: str = "") -> Q_:
    """Rows of completed rounds that end in these days and were conducted under these paths.

    Rules 1, 2 and 4; `prefix` leads from the row to its round, such as `round__`.
    """
    condition = Q(
        **{
            f"{prefix}status": RoundStatus.COMPLETED,
            f"{prefix}ends_on__range": (first, last),
        }
    )
    return queryset.filter(condition & under(paths, f"{prefix}body__"))


@dataclass(frozen=True)
class Logged:
    """The completed rounds conducted under some paths in some days, and what hangs on them."""

    paths: tuple[str, ...]
    first: date
    last: date
    as_of: date
    # Only rounds conducted by this very body, or by bodies of this kind.
    body_id: int | None = None
    level: str | None = None

    def _of(self, queryset: Q_, prefix: str = "") -> Q_:
        found = counted(queryset, self.paths, self.first, self.last, prefix)
        if self.body_id is not None:
            found = found.filter(**{f"{prefix}body": self.body_id})
        if self.level is not None:
            found = found.filter(**{f"{prefix}body__kind": self.level})
        return found

    def rounds(self) -> RoundQuerySet:
        """The rounds (rules 1 and 2)."""
        return self._of(Round.objects.all())

    def visits(self) -> VisitQuerySet:
        """Their visits (rule 4)."""
        return self._of(Visit.objects.all(), "round__")

    def findings(self) -> FindingQuerySet:
        """Findings of those visits (rule 4)."""
        return self._of(Finding.objects.all(), "round_")

    def remedies(self) -> RemedyQuerySet:
        """Remedies of those visits (rule 4)."""
        return self._of(Remedy.objects.all(), "round_")

    def standing(self) -> QuerySet[Any, Any]:
        """The remedies with `due_in_force` and `state` as they are on `as_of` (rule 6)."""
        return self.remedies().standing(self.as_of)

    def people(self, kind: str) -> RemedyQuerySet:
        """One remedy for each person asked for `kind`: the first that names him or her (rule 5)."""
        asked = self.remedies().filter(INDIVIDUAL, kind=kind)
        firsts = asked.order_by().annotate(person=PERSON).values("person").annotate(one=Min("pk"))
        return Remedy.objects.filter(pk__in=firsts.values("one"))

    def records(self, key: str) -> QuerySet[Any]:
        """The rows behind the logged part of a figure: rounds, visits, units, findings or remedies.

        For figures of people, one remedy for each person. Raises `KeyError` for an unknown key.
        """
        match key.split("."):
            case ["rounds", "total"]:
                return self.rounds()
            case ["rounds", "by_form", form]:
                return self.rounds().filter(form=form)
            case ["rounds", "by_level", kind]:
                return self.rounds().filter(body__kind=kind)
            case ["visits", "total"]:
                return self.visits()
            case ["visits", "units"]:
                return _units(self.visits(), "unit_id")
            case ["findings", "total"]:
                return self.findings()
            case ["findings", "units"]:
                return _units(self.findings(), "visit_unit_id")
            case ["findings", "by_category", category]:
                return self.findings().filter(category=category)
            case ["findings", "by_severity", severity]:
                return self.findings().filter(severity=severity)
            case ["remedies", "total"]:
                return self.remedies()
            case ["remedies", "by_kind", kind, "count"]:
                return self.remedies().filter(kind=kind)
            case ["remedies", "by_kind", kind, "units"]:
                return _units(self.remedies().filter(kind=kind), "visit_unit_id")
            case ["remedies", "by_kind", kind, "people"]:
                return self.people(kind)
            case ["remedies", "status", state]:
                return self.remedies().standing(self.as_of).in_state(state, self.as_of)
        raise KeyError(key)

    def counts(self) -> dict[str, int]:
        """The logged part of every figure that is no mere sum (`Facts.counts`), by key.

        Three queries, whatever the data.
        """
        return {**self._count_units(), **self._count_findings(), **self._count_remedies()}

    def _count_units(self) -> dict[str, int]:
        return self.visits().aggregate(**{"visits.units": Count("unit", distinct=True)})

    def _count_findings(self) -> dict[str, int]:
        numbers = zeros("findings.by_category", Category.values)
        numbers |= zeros("findings.by_severity", Severity.values)
        rows = self.findings().order_by().values_list("category", "severity", "visit_unit_id")
        total = 0
        units = set()
        for category, severity, unit, number in rows.annotate(number=Count("pk")):
            numbers[f"findings.by_category.{category}"] += number
            numbers[f"findings.by_severity.{severity}"] += number
            total += number
            units.add(unit)
        return {"findings.total": total, "findings.units": len(units), **numbers}

    def _count_remedies(self) -> dict[str, int]:
        # Late or overdue is whatever was due before the day up to which extensions count.
        done, late = Q(completed_on__lte=self.as_of), Q(due_in_force__lt=F("due_until"))
        left = Q(completed_on__isnull=True) | Q(completed_on__gt=self.as_of)
        kinds = self.standing().order_by().values_list("kind")
        kinds = kinds.annotate(
            count=Count("pk"),
            units=Count("visit_unit_id", distinct=True),
            people=Count(PERSON, distinct=True, filter=INDIVIDUAL),
            done=Count("pk", filter=done),
            done_late=Count("pk", filter=done & late),
            overdue=Count("pk", filter=Q(left, late)),
        )
        numbers = {
            f"remedies.by_kind.{kind}.{part}": 0 for kind in RemedyKind.values for part in _PARTS
        }
        totals = [0, 0, 0, 0]
        for kind, count, units, people, *states in kinds:
            parts = zip(_PARTS, (count, units, people), strict=True)
            numbers |= {f"remedies.by_kind.{kind}.{part}": number for part, number in parts}
            totals = [a + b for a, b in zip(totals, (count, *states), strict=True)]
        whole, settled, settled_late, overdue = totals
        states = {
            RemedyState.DONE_ON_TIME: settled - settled_late,
            RemedyState.DONE_LATE: settled_late,
            RemedyState.OPEN: whole - settled - overdue,
            RemedyState.OVERDUE: overdue,
        }
        return {
            "remedies.total": whole,
            **numbers,
            **{f"remedies.status.{state}": number for state, number in states.items()},
        }


def zeros(prefix: str, codes: list[str]) -> dict[str, int]:
    """Every code of a set appears, zero or not (contract §4)."""
    return {f"{prefix}.{code}": 0 for code in codes}


def _units(rows: QuerySet[Any, Any], column: str) -> UnitQuerySet:
    """The distinct units that the rows' column names."""
    return Unit.objects.filter(pk__in=rows.order_by().values(column))
