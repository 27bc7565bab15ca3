"""The summary of a unit for a period: every figure of contract §4, and where it comes from.

`summarize` is the one way to it; page, sheet, JSON and text all draw from the same
`Summary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from findings.models import Category, RemedyKind, RemedyState, Severity
from inspections.models import RoundForm
from reports.models import Return, ReturnStatus
from reports.rollups.facts import (
    FINDING_UNITS_PLACE,
    FORM_PLACES,
    PEOPLE_PLACES,
    UNITS_PLACES,
    VISITS_PLACE,
    Facts,
    reported_beyond,
)
from reports.rollups.labels import label_of
from reports.rollups.leftout import LeftOut, left_out
from reports.rollups.logged import Logged
from reports.rollups.question import Question
from reports.rollups.returns import Returns, Vector
from units.models import Kind, Unit, under


@dataclass(frozen=True)
class Contribution:
    """What one return adds to one figure, beyond what is logged and what others report."""

    source: Return
    amount: int

    @property
    def unit_name(self) -> str:
        """The name that the reporting unit bore at the end of the return's period."""
        return self.source.unit.name_on(self.source.last_day)


@dataclass(frozen=True)
class Figure:
    """One figure, and where it comes from: logged records and returns."""

    key: str
    logged: int
    contributions: tuple[Contribution, ...] = ()
    # The logged records that `records` picks from.
    behind: Logged = field(repr=False, kw_only=True)

    @property
    def unlogged(self) -> int:
        """The part that is only reported (rule 7)."""
        return sum(each.amount for each in self.contributions)

    @property
    def value(self) -> int:
        """Logged and reported together."""
        return self.logged + self.unlogged

    @property
    def label(self) -> str:
        """What the figure counts, in Vietnamese."""
        return label_of(self.key)

    def records(self) -> QuerySet[Any]:
        """The records behind the logged part: as many rows as `logged` says.

        Rounds, visits, units, findings or remedies; for people, one remedy for each person.
        """
        return self.behind.records(self.key)


@dataclass(frozen=True)
class Summary:
    """The figures of one question, by key, with what was left out and the unit's heirs."""

    question: Question
    logged: Logged
    facts: Facts
    # By key of the figure: the returns that add to it.
    contributions: Mapping[str, tuple[Contribution, ...]]
    # Returns in scope that share a day with the period and add nothing, with the reason.
    left_out: tuple[LeftOut, ...]
    # Where the unit ended within or before the period: whom it passed to (rule 9).
    heirs: tuple[Unit, ...]
    # Each return with its part of what counts at its unit's own level (rule 7, "By level").
    own_parts: tuple[tuple[Return, Vector], ...]

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure, by key. Five queries when first asked for, whatever the data."""
        counts = {**self.facts.counts(), **self.logged.counts()}
        return {key: self._figure(key, number) for key, number in counts.items()}

    def figure(self, key: str) -> Figure:
        """One figure, without counting the others: one query. `KeyError` for an unknown key."""
        label_of(key)
        return self._figure(key, self.logged.records(key).count())

    def _figure(self, key: str, number: int) -> Figure:
        return Figure(key, number, self.contributions.get(key, ()), behind=self.logged)

    def __getitem__(self, key: str) -> Figure:
        return self.figures[key]

    def value(self, key: str) -> int:
        """The figure's number."""
        return self.figures[key].value


def summarize(question: Question) -> Summary:
    """Answer the question. At most nine queries beyond those of `ask`, whatever the data."""
    logged = Logged(question.paths, question.period.first, question.period.last, question.as_of)
    first, last = question.period.first, question.period.last
    found = list(
        Return.objects.filter(under(question.paths, "unit__"))
        .sharing_a_day(first, last)
        .select_related("unit")
        .order_by("unit__sort_key", "unit_id", "first_day")
    )
    # All of them are called by the names of their days.
    prefetch_related_objects([question.unit, *(each.unit for each in found)], "former_names")
    usable = [
        each
        for each in found
        if each.status == ReturnStatus.ACCEPTED
        and first <= each.first_day
        and each.last_day <= last
    ]
    facts = Facts(logged)
    beyond = reported_beyond(usable, facts)
    returns = Returns(beyond)
    contributions = returns.contributions()
    by_level = returns.contributions_by_level()
    sources = {each.pk: each for each in usable}
    return Summary(
        question,
        logged,
        facts,
        _parts(sources, contributions, by_level),
        left_out(question, found, beyond, contributions, returns.inside()),
        tuple(question.unit.heirs()) if question.has_ended else (),
        tuple((sources[pk], vector) for pk, vector in by_level.items()),
    )


def _parts(
    sources: Mapping[int, Return],
    contributions: Mapping[int, Vector],
    by_level: Mapping[int, Vector],
) -> dict[str, tuple[Contribution, ...]]:
    """By key of the figure: the returns that add to it, in the order of `sources`."""
    forms = tuple(FORM_PLACES.values())
    single = {
        "visits.total": VISITS_PLACE,
        "findings.units": FINDING_UNITS_PLACE,
        **{f"rounds.by_form.{form}": place for form, place in FORM_PLACES.items()},
        **{f"remedies.by_kind.{kind}.units": place for kind, place in UNITS_PLACES.items()},
        **{f"remedies.by_kind.{kind}.people": place for kind, place in PEOPLE_PLACES.items()},
    }
    found: dict[str, list[Contribution]] = {}

    def add(key: str, source: Return, amount: int) -> None:
        if amount:
            found.setdefault(key, []).append(Contribution(source, amount))

    for pk, source in sources.items():
        if vector := contributions.get(pk):
            for key, place in single.items():
                add(key, source, vector[place])
            add("rounds.total", source, sum(vector[place] for place in forms))
        if level := by_level.get(pk):
            level_key = f"rounds.by_level.{source.unit.kind}"
            add(level_key, source, sum(level[place] for place in forms))
    return {key: tuple(parts) for key, parts in found.items()}


def as_json(summary: Summary) -> dict[str, Any]:
    """The keys of contract §4, in its order; every code of each set, zero or not."""
    question = summary.question
    rounds, visits = summary["rounds.total"], summary["visits.total"]

    def codes(prefix: str, values: list[str]) -> dict[str, int]:
        return {code: summary.value(f"{prefix}.{code}") for code in values}

    return {
        "unit": {"code": question.unit.code, "name": question.unit_name},
        "period": {
            "from": question.period.first.isoformat(),
            "to": question.period.last.isoformat(),
            "as_of": question.as_of.isoformat(),
            "boundaries_on": question.boundaries_on.isoformat(),
        },
        "rounds": {
            **_split(rounds),
            "by_form": codes("rounds.by_form", RoundForm.values),
            "by_level": codes("rounds.by_level", Kind.values),
        },
        "visits": {**_split(visits), "units": summary.value("visits.units")},
        "findings": {
            "total": summary.value("findings.total"),
            "by_category": codes("findings.by_category", Category.values),
            "by_severity": codes("findings.by_severity", Severity.values),
            "units": summary.value("findings.units"),
        },
        "remedies": {
            "total": summary.value("remedies.total"),
            "by_kind": {
                kind: codes(f"remedies.by_kind.{kind}", ["count", "units", "people"])
                for kind in RemedyKind.values
            },
            "status": codes("remedies.status", RemedyState.values),
        },
    }


def _split(figure: Figure) -> dict[str, int]:
    return {"total": figure.value, "logged": figure.logged, "unlogged": figure.unlogged}
