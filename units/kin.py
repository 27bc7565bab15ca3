"""Which units are the same by lineage: what one stands for, and what stands for it.

A lineage looks back (contract §4 rule 2). Whether two inspections met the same unit must look both
ways: the commune of 2026 and the one of 2024 that became part of it are the same, two communes that
were merged into a third are not the same as each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection

from units.models import Succession, Unit

# For more units than these the whole table of successions is read: it has some ten thousand rows.
MANY = 2_000

_AROUND = """WITH RECURSIVE
    ahead(old, new) AS (
        SELECT predecessor_id, successor_id FROM units_succession
        WHERE is_main AND predecessor_id IN ({slots})
        UNION
        SELECT s.predecessor_id, s.successor_id FROM units_succession s
        JOIN ahead ON s.predecessor_id = ahead.new WHERE s.is_main),
    back(old, new) AS (
        SELECT predecessor_id, successor_id FROM units_succession
        WHERE is_main AND successor_id IN ({slots})
        UNION
        SELECT s.predecessor_id, s.successor_id FROM units_succession s
        JOIN back ON s.successor_id = back.old WHERE s.is_main)
    SELECT old, new FROM ahead UNION SELECT old, new FROM back"""


_LINES = """WITH RECURSIVE line(start, id) AS (
    SELECT id, id FROM units_unit WHERE id IN ({slots})
    UNION
    SELECT line.start, s.predecessor_id FROM units_succession s
    JOIN line ON s.successor_id = line.id
    WHERE s.kind <> 'SPLIT' OR s.is_main)
    SELECT u.*, line.start AS start FROM units_unit u JOIN line ON line.id = u.id"""


def lineages_of_each(units: Iterable[int]) -> dict[int, list[Unit]]:
    """For each of the units' ids what `Unit.lineage` finds, itself first. One query for all."""
    wanted = sorted(set(units))
    if not wanted:
        return {}
    found: dict[int, list[Unit]] = defaultdict(list)
    slots = ", ".join(["%s"] * len(wanted))  # nothing else is put into the text
    rows: Any = Unit.objects.raw(_LINES.format(slots=slots), wanted)
    for unit in rows:
        found[unit.start].append(unit)
    return {
        start: sorted(line, key=lambda each: (each.pk != start, each.sort_key))
        for start, line in found.items()
    }


def kin_of(units: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each of the units' ids the ids of all that are the same by lineage, its own among them.

    One query, however long the chains of successions.
    """
    wanted = sorted(set(units))
    return _kin(wanted, _steps(wanted))


def last_heirs(units: Iterable[int]) -> dict[int, int]:
    """For each of the units' ids the id of what it became in the end, by main heirs; else itself.

    All that became one unit are the kin of that unit, and of no other such (`kin_of`). One query.
    """
    wanted = sorted(set(units))
    heir = dict(_steps(wanted))
    return {unit: _last(unit, heir) for unit in wanted}


def _last(unit: int, heir: dict[int, int]) -> int:
    met = {unit}
    while (later := heir.get(unit)) is not None and later not in met:
        met.add(later)
        unit = later
    return unit


def kin_around(units: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each of the units' ids and of their kin, which of all these are kin to it. One query."""
    wanted = sorted(set(units))
    steps = _steps(wanted)
    own = _kin(wanted, steps)
    around = frozenset().union(*own.values())
    return {unit: kin & around for unit, kin in _kin(around, steps).items()}


def _kin(units: Iterable[int], steps: list[tuple[int, int]]) -> dict[int, frozenset[int]]:
    heir: dict[int, int] = {}
    parts: dict[int, list[int]] = defaultdict(list)
    for old, new in steps:
        heir[old] = new
        parts[new].append(old)
    return {unit: frozenset(_around(unit, heir, parts)) for unit in units}


def _around(unit: int, heir: dict[int, int], parts: dict[int, list[int]]) -> set[int]:
    found = {unit}
    left = [unit]
    while left:
        for old in parts.get(left.pop(), ()):
            if old not in found:
                found.add(old)
                left.append(old)
    later = heir.get(unit)
    while later is not None and later not in found:
        found.add(later)
        later = heir.get(later)
    return found


def _steps(units: list[int]) -> list[tuple[int, int]]:
    """Pairs of unit and main heir, around these units; None of them twice."""
    if not units:
        return []
    if len(units) > MANY:
        return list(Succession.objects.filter(is_main=True).order_by().values_list(
            "predecessor_id", "successor_id"
        ))  # fmt: skip
    slots = ", ".join(["%s"] * len(units))  # nothing else is put into the text
    with connection.cursor() as cursor:
        cursor.execute(_AROUND.format(slots=slots), [*units, *units])
        return [(old, new) for old, new in cursor.fetchall()]
