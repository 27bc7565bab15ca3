"""The tree of units on a day, opened level by level, as the page of units draws it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef

from congvu.access import Person, record_id
from congvu.dates import format_day, today
from units.models import Unit, UnitQuerySet

# More than these are not opened at once: an address that long is not typed by anybody.
OPEN_LIMIT = 200


@dataclass
class Node:
    """A unit in the tree: what is shown of it, whether it can be opened, and what stands under."""

    unit: Unit
    name: str
    can_open: bool
    is_open: bool = False
    toggle_url: str = ""
    children: list[Node] = field(default_factory=list)


@dataclass
class Tree:
    """Units in scope on a day. Four queries, whatever is open."""

    person: Person
    on: date
    # The address's `open`: ids joined by commas; None opens the roots.
    opened: str | None
    path: str
    roots: list[Node] = field(init=False)

    def __post_init__(self) -> None:
        units = Unit.objects.visible_to(self.person).in_force(self.on)
        roots = list(self._rows(units.filter(path__in=self.person.scope_paths)))
        if self.opened is None:
            open_ids = {unit.pk for unit in roots}
        else:
            parts = self.opened.split(",")[:OPEN_LIMIT]
            open_ids = {pk for each in parts if (pk := record_id(each)) is not None}
        below: dict[int, list[Unit]] = {}
        for unit in self._rows(units.filter(parent__in=open_ids)) if open_ids else ():
            below.setdefault(unit.parent_id or 0, []).append(unit)
        self._open_ids = open_ids & below.keys()
        self.roots = [self._node(unit, below) for unit in roots]

    def _rows(self, units: UnitQuerySet) -> UnitQuerySet:
        """With names of the day, and whether anything stands under them then."""
        children = Unit.objects.filter(parent=OuterRef("pk")).in_force(self.on)
        return (
            units.annotate(can_open=Exists(children))
            .prefetch_related("former_names")
            .order_by("sort_key", "code")
        )

    def _node(self, unit: Unit, below: dict[int, list[Unit]]) -> Node:
        is_open = unit.pk in self._open_ids
        ids = self._open_ids - {unit.pk} if is_open else self._open_ids | {unit.pk}
        query = {"open": ",".join(map(str, sorted(ids)))}
        if self.on != today():
            query["on"] = format_day(self.on)
        children = [self._node(each, below) for each in below[unit.pk]] if is_open else []
        return Node(
            unit,
            unit.name_on(self.on),
            bool(getattr(unit, "can_open", False)),
            is_open,
            f"{self.path}?{urlencode(query)}",
            children,
        )
