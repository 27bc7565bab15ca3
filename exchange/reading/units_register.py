"""Units as the database has them and the workbook will leave them, both at once.

The code of a unit is read in this register (contract §3, "A unit's code"), so that rows may name
units that stand in the same file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import prefetch_related_objects

from congvu.access import Person
from exchange.analysis import NOT_YOURS
from units.divisions import renames_of
from units.models import FormerName, Succession, SuccessionKind, Unit, no_bearer

_LOT = 500
_FIELDS = ("code", "name", "kind", "parent_id", "path", "valid_from", "valid_to")


def begins(unit: Unit) -> date:
    """The unit's first day, with open beginnings first of all."""
    return unit.valid_from or date.min


def ends(unit: Unit) -> date:
    """The unit's last day, with open ends last of all."""
    return unit.valid_to or date.max


class UnitRegister:
    """Units by code and id; loads what is asked for, with all superiors, and keeps it."""

    def __init__(self, scope: Person | None) -> None:
        self._scope = scope
        self.by_id: dict[int, Unit] = {}
        self.by_code: dict[str, list[Unit]] = {}
        # Codes whose rows have faults in the days: what they denote cannot be told.
        self.suspect: set[str] = set()
        # Successions added or changed by the file: (old, new, kind, main), by both ids and the day.
        self.steps: dict[tuple[int, int, date], tuple[str, bool]] = {}
        self._asked: set[str] = set()
        self._renamed: set[int] | None = None
        self._heirs: dict[int, list[int]] | None = None
        self._lineages: dict[int, frozenset[int]] = {}

    # --- loading -----------------------------------------------------------------------------

    def load_codes(self, codes: Iterable[str | None]) -> None:
        """Fetch every bearer of these codes, whenever it bore them."""
        wanted = sorted({code for code in codes if code and code not in self._asked})
        self._asked.update(wanted)
        found: list[Unit] = []
        for first in range(0, len(wanted), _LOT):
            lot = wanted[first : first + _LOT]
            found += Unit.objects.filter(code__in=lot).only(*_FIELDS).order_by()
        self._keep(found)

    def load_ids(self, ids: Iterable[int | None]) -> None:
        """Fetch these units; the other bearers of their codes come along when asked for."""
        wanted = sorted({pk for pk in ids if pk and pk > 0 and pk not in self.by_id})
        if not wanted:
            return
        found: list[Unit] = []
        for first in range(0, len(wanted), _LOT):
            lot = wanted[first : first + _LOT]
            found += Unit.objects.filter(pk__in=lot).only(*_FIELDS).order_by()
        self._keep(found)

    def _keep(self, found: list[Unit]) -> None:
        found = [unit for unit in found if unit.pk not in self.by_id]
        if not found:
            return
        for unit in found:
            self.by_id[unit.pk] = unit
            self.by_code.setdefault(unit.code, []).append(unit)
        self.load_ids(pk for unit in found for pk in unit.ancestor_ids)
        for unit in found:
            unit.parent = self.by_id[unit.parent_id] if unit.parent_id else None

    def add(self, unit: Unit) -> None:
        """Take in a unit that the file adds."""
        self.by_id[unit.pk] = unit
        self.by_code.setdefault(unit.code, []).append(unit)

    # --- reading a code ----------------------------------------------------------------------

    def bearers(self, code: str) -> list[Unit]:
        """All that ever bore the code, oldest first."""
        return sorted(self.by_code.get(code, ()), key=begins)

    def at(self, code: str, day: date) -> Unit | None:
        """The unit that bore the code on that day."""
        for unit in self.by_code.get(code, ()):
            if unit.exists_on(day):
                return unit
        return None

    def why_not(self, code: str, day: date) -> str:
        """The sentence for a code that no unit bore on that day; tells of units in scope alone."""
        bearers = self.bearers(code)
        told = [unit for unit in bearers if self.in_scope(unit)]
        if bearers and not told:
            return f"Mã “{code}” {NOT_YOURS}"
        return no_bearer(code, day, told)

    def name_on(self, unit: Unit, day: date) -> str:
        """The name borne on that day, former names included."""
        if unit.pk < 0:
            # Its former names will be added together with it.
            renames = (each for each in renames_of(unit) if day <= each.eve)
            return next((each.old_name for each in renames), unit.name)
        if self._renamed is None:
            self._renamed = set(FormerName.objects.values_list("unit_id", flat=True).distinct())
        if unit.pk in self._renamed:
            prefetch_related_objects([unit], "former_names")  # asks once for each such unit
            return unit.name_on(day)
        return unit.name

    # --- place in the tree -------------------------------------------------------------------

    def superiors(self, unit: Unit) -> list[Unit]:
        """The unit and those above it, upwards; stops where a faulty file goes in a circle."""
        line: list[Unit] = []
        met: set[int] = set()
        step: Unit | None = unit
        while step is not None and step.pk not in met:
            met.add(step.pk)
            line.append(step)
            step = step.parent
        return line

    def in_scope(self, unit: Unit) -> bool:
        """Whether the unit is in the scope of whoever imports; a new one by its superior."""
        if self._scope is None:
            return True
        paths = self._scope.scope_paths
        return any(each.path and each.path.startswith(paths) for each in self.superiors(unit))

    def is_around(self, unit: Unit) -> bool:
        """Whether the unit stands in a province of whoever imports, as `UnitQuerySet.around`."""
        if self._scope is None:
            return True
        roots = tuple({path.split("/", 1)[0] + "/" for path in self._scope.scope_paths})
        return any(each.path and each.path.startswith(roots) for each in self.superiors(unit))

    def lineage_ids(self, unit: Unit) -> frozenset[int]:
        """Ids of the units that this one stands for (contract §4 rule 2), file included."""
        known = self._lineages.get(unit.pk)
        if known is not None:
            return known
        stood_for = self._stood_for()
        line = {unit.pk}
        waiting = [unit.pk]
        while waiting:
            for pk in stood_for.get(waiting.pop(), ()):
                if pk not in line:
                    line.add(pk)
                    waiting.append(pk)
        self._lineages[unit.pk] = frozenset(line)
        return self._lineages[unit.pk]

    def _stood_for(self) -> dict[int, list[int]]:
        """Successor → predecessors that it stands for; all successions in one query."""
        if self._heirs is None:
            steps: dict[tuple[int, int, date], tuple[str, bool]] = {
                (old, new, day): (kind, main)
                for old, new, day, kind, main in Succession.objects.values_list(
                    "predecessor_id", "successor_id", "effective_on", "kind", "is_main"
                ).order_by()
            }
            steps |= self.steps
            self._heirs = {}
            for (old, new, _), (kind, main) in steps.items():
                if main or kind != SuccessionKind.SPLIT:
                    self._heirs.setdefault(new, []).append(old)
        return self._heirs


def eve_of(day: date) -> date:
    """The day before; the first day of the calendar has none and stands for itself."""
    return day if day == date.min else day - timedelta(days=1)
