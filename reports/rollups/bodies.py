"""The summary taken apart by level and inspecting body: the rows of Biểu 01.

What a body reports stands in its own row with what counts at its own level (rule 7), so the
reported parts of the rows add up to the total. Distinct units and persons do not add up: a unit
that two bodies checked stands in both rows and counts once in the total.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from reports.models import FIGURES
from reports.rollups.facts import (
    FINDING_UNITS_PLACE,
    FORM_PLACES,
    PEOPLE_PLACES,
    UNITS_PLACES,
    VISITS_PLACE,
)
from reports.rollups.returns import ZERO, Vector, plus
from reports.rollups.summary import Contribution, Figure, Summary
from units.models import Kind, Unit

_ROUND_PLACES = tuple(FORM_PLACES.values())
_FIGURE_KEYS = {
    **{place: f"rounds.by_form.{form}" for form, place in FORM_PLACES.items()},
    VISITS_PLACE: "visits.total",
    FINDING_UNITS_PLACE: "findings.units",
    **{place: f"remedies.by_kind.{kind}.units" for kind, place in UNITS_PLACES.items()},
    **{place: f"remedies.by_kind.{kind}.people" for kind, place in PEOPLE_PLACES.items()},
}
# The summary's figure in each place of a row.
FIGURE_KEYS: tuple[str, ...] = tuple(_FIGURE_KEYS[place] for place in range(len(FIGURES)))


@dataclass(frozen=True)
class Row:
    """The twelve figures that returns can add to, logged and reported."""

    name: str
    logged: Vector
    unlogged: Vector
    unit: Unit | None = None

    @property
    def values(self) -> Vector:
        """Logged and reported together, in the order of `FIGURES`."""
        return plus([self.logged, self.unlogged])

    @property
    def rounds(self) -> int:
        """Rounds of all forms."""
        return sum(self.values[place] for place in _ROUND_PLACES)

    @property
    def unlogged_rounds(self) -> int:
        """Rounds of all forms that are only reported."""
        return sum(self.unlogged[place] for place in _ROUND_PLACES)


@dataclass(frozen=True)
class Level:
    """A kind of inspecting body: its own row, and those of its bodies."""

    kind: Kind
    row: Row
    bodies: tuple[Row, ...]


@dataclass(frozen=True)
class ByBody:
    """The whole table: levels in their order, those without bodies left away, and the total."""

    levels: tuple[Level, ...]
    total: Row

    @property
    def adds_up(self) -> bool:
        """Whether the bodies' rows add up to the total: not when units were checked by several."""
        rows = [row.values for level in self.levels for row in level.bodies]
        return plus(rows) == self.total.values


def by_body(summary: Summary) -> ByBody:
    """The summary by level and body. At most four queries, whatever the data."""
    facts, shares = summary.facts, _shares(summary)
    paths = {int(path.split("/")[-2]): path for path in facts.bodies}
    bodies = Unit.objects.filter(pk__in={*paths, *shares}).order_by("sort_key", "pk")
    on = summary.question.boundaries_on
    rows: dict[str, list[Row]] = defaultdict(list)
    for unit in bodies.prefetch_related("former_names"):
        row = Row(
            unit.name_on(on),
            facts.numbers([unit.path]) if unit.pk in paths else ZERO,
            shares.get(unit.pk, ZERO),
            unit,
        )
        if any(row.values):
            rows[unit.kind].append(row)
    levels = tuple(
        Level(
            kind,
            Row(
                kind.label,
                facts.numbers(
                    row.unit.path for row in rows[kind] if row.unit and row.unit.pk in paths
                ),
                plus(row.unlogged for row in rows[kind]),
            ),
            tuple(rows[kind]),
        )
        for kind in Kind
        if rows[kind]
    )
    figures = [summary[key] for key in FIGURE_KEYS]
    total = Row(
        "Tổng số",
        tuple(figure.logged for figure in figures),
        tuple(figure.unlogged for figure in figures),
    )
    return ByBody(levels, total)


def _shares(summary: Summary) -> dict[int, Vector]:
    """By id of the reporting unit: what counts at its own level."""
    vectors: dict[int, list[Vector]] = defaultdict(list)
    for source, vector in summary.own_parts:
        vectors[source.unit_id].append(vector)
    return {unit: plus(parts) for unit, parts in vectors.items()}


def figure_of(
    summary: Summary, key: str, *, body_id: int | None = None, level: str | None = None
) -> Figure:
    """One figure of one row of the table: of a body, or of a level. One query.

    Raises `KeyError` for a figure that the table does not have.
    """
    if key == "rounds.total":
        places: tuple[int, ...] = _ROUND_PLACES
    elif key in FIGURE_KEYS:
        places = (FIGURE_KEYS.index(key),)
    else:
        raise KeyError(key)
    contributions = tuple(
        Contribution(source, amount)
        for source, vector in summary.own_parts
        if body_id in (None, source.unit_id) and level in (None, source.unit.kind)
        if (amount := sum(vector[place] for place in places))
    )
    behind = replace(summary.logged, body_id=body_id, level=level)
    return Figure(key, behind.records(key).count(), contributions, behind=behind)
