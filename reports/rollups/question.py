"""What is asked: of which unit, for which days, seen on which day, within whose scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from congvu.access import Person
from congvu.dates import Period, period_between
from units.models import Unit, UnitQuerySet, topmost


class QuestionError(ValueError):
    """What was asked has no answer; the message is a sentence for whoever asked."""


@dataclass(frozen=True)
class Question:
    """A unit's summary of one period (contract §4)."""

    unit: Unit
    period: Period
    as_of: date
    boundaries_on: date
    # Paths of what is summed: the topmost members of the unit's lineage (rule 2), cut down to the
    # scope of whoever asks. None of them begins with another.
    paths: tuple[str, ...]
    # The units that the unit stands for, itself first.
    lineage: tuple[Unit, ...]

    @property
    def unit_name(self) -> str:
        """The name that the unit bore on `boundaries_on` (domain notes, "Government in time")."""
        return self.unit.name_on(self.boundaries_on)

    @property
    def has_ended(self) -> bool:
        """Whether the unit ended within or before the period (rule 9)."""
        return self.unit.valid_to is not None and self.unit.valid_to <= self.period.last


def period_of(first: date, last: date) -> Period:
    """The period of these days; `QuestionError` when it ends before it begins."""
    try:
        return period_between(first, last)
    except ValueError as error:
        raise QuestionError(str(error)) from None


def ask(
    code: str,
    period: Period,
    *,
    as_of: date | None = None,
    boundaries_on: date | None = None,
    person: Person | None = None,
) -> Question:
    """The question about the unit that bore the code on `boundaries_on`. Two queries.

    `as_of` and `boundaries_on` default to the period's last day (contract §1). Without a person
    nothing is cut off: for commands on the server. Raises `Unit.DoesNotExist` with the periods in
    which the code was borne, as far as they are in scope (rule 9).
    """
    on = boundaries_on or period.last
    units: UnitQuerySet = Unit.objects.all()
    if person is not None:
        units = units.visible_to(person)
    return question_of(units.at(code, on), period, as_of=as_of, boundaries_on=on, person=person)


def question_of(
    unit: Unit,
    period: Period,
    *,
    as_of: date | None = None,
    boundaries_on: date,
    person: Person | None = None,
) -> Question:
    """The question about a unit in the person's scope that is in force on `boundaries_on`.

    One query; defaults and scope as `ask` has them.
    """
    lineage = unit.lineage()
    paths = [each.path for each in topmost(lineage)]
    if person is not None:
        paths = common_paths(paths, person.scope_paths)
    return Question(unit, period, as_of or period.last, boundaries_on, tuple(paths), tuple(lineage))


def common_paths(ours: list[str], theirs: tuple[str, ...]) -> list[str]:
    """What lies under a path of both lists; neither list holds a path under another of its own."""
    within = {path for path in ours if any(path.startswith(other) for other in theirs)}
    above = {other for other in theirs if any(other.startswith(path) for path in ours)}
    return sorted(within | above)
