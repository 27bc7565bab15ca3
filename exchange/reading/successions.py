"""The sheet `Kế thừa`: which unit passed into which, and one heir or one main heir for each."""

from __future__ import annotations

from typing import Any

from congvu.dates import format_day
from exchange.layout import SUCCESSIONS
from exchange.reading.desk import SheetReader
from exchange.reading.units_register import eve_of
from exchange.tables import Line
from units.models import Succession, SuccessionKind, heirs_faults

# A row that names a step: its line, step, id, and values as they will be and as they are stored.
_Pending = tuple[Line, Succession, int, dict[str, Any], tuple[Any, ...] | None]


class SuccessionReader(SheetReader):
    """Takes all rows, then judges each old unit with all its heirs, stored ones included."""

    sheet = SUCCESSIONS
    writes = ("predecessor_id", "successor_id", "effective_on", "kind", "is_main")
    resolved = frozenset({"predecessor", "successor"})

    def read(self) -> None:
        """Rows first, heirs afterwards."""
        # The last row of each old unit, and each row's step, to judge heirs by.
        self._last_line: dict[int, Line] = {}
        self._steps: dict[tuple[Any, ...], Succession] = {}
        self._pending: list[_Pending] = []
        super().read()
        self._judge_heirs()
        for line, step, pk, given, old in self._pending:
            if old is None or tuple(given.values()) != old:
                self._judge_scope(line, step)
            self.settle(line, pk, given, old)

    def prepare(self, lines: list[Line]) -> None:
        """Units by both codes."""
        self.desk.units.load_codes(line.get("predecessor") for line in lines)
        self.desk.units.load_codes(line.get("successor") for line in lines)
        stored = Succession.objects.filter(
            predecessor__code__in=[line.get("predecessor") for line in lines]
        )
        self._stored = {old[:3]: (pk, old) for pk, old in self.values(stored)}
        self.desk.units.load_ids(pk for identity in self._stored for pk in identity[:2])
        for values in self._stored.values():
            self._keep(*values[1])

    def _keep(self, predecessor: int, successor: int, day: Any, kind: str, main: bool) -> None:
        units = self.desk.units
        self._steps.setdefault(
            (predecessor, successor, day),
            Succession(
                predecessor=units.by_id[predecessor],
                successor=units.by_id[successor],
                effective_on=day,
                kind=kind,
                is_main=main,
            ),
        )

    def take(self, line: Line) -> None:
        """Read both codes, each on its day (contract §3)."""
        day = line.get("effective_on")
        old_unit = self.unit_at(line, "predecessor", eve_of(day) if day else None)
        new_unit = self.unit_at(line, "successor", day)
        kind = line.get("kind")
        if old_unit is not None and (line.bad or kind is None):
            self.suspect.add(old_unit.pk)
        if day is None or old_unit is None or new_unit is None:
            return
        identity = (old_unit.pk, new_unit.pk, day)
        said = f"Kế thừa từ {old_unit.name} sang {new_unit.name} ngày {format_day(day)}"
        if self.is_second(line, identity, "predecessor", said):
            return
        pk, old = self._stored.get(identity, (self.desk.provisional_id(), None))
        main = bool(line.get("is_main"))
        if not self.table.has("is_main"):
            main = bool(old and old[4])
        if kind != SuccessionKind.SPLIT:
            main = True  # an only heir is the main one
        step = Succession(
            predecessor=old_unit, successor=new_unit, effective_on=day, kind=kind, is_main=main
        )
        for field, message in step.faults():
            self.fault(line, field, message)
        self._steps.pop(identity, None)  # so that it comes after the stored ones
        self._steps[identity] = step
        self.desk.units.steps[identity] = (kind or "", main)
        self._last_line[old_unit.pk] = line
        given = dict(zip(self.writes, (*identity, kind, main), strict=True))
        self._pending.append((line, step, pk, given, old))

    def _judge_scope(self, line: Line, step: Succession) -> None:
        """Both units: whoever inherits a unit may see all that hangs on it."""
        self.check_scope(line, "predecessor", step.predecessor)
        self.check_scope(line, "successor", step.successor)

    def _judge_heirs(self) -> None:
        """One heir, or a split with exactly one main heir; told at the unit's last row."""
        heirs: dict[int, list[Succession]] = {}
        for (predecessor, *_), step in self._steps.items():
            if predecessor in self._last_line:
                heirs.setdefault(predecessor, []).append(step)
        for step, message in heirs_faults(each for steps in heirs.values() for each in steps):
            predecessor = step.predecessor.pk
            if predecessor in self.suspect:
                continue
            divided = all(each.kind == SuccessionKind.SPLIT for each in heirs[predecessor])
            field = "is_main" if divided and self.table.has("is_main") else "predecessor"
            self.fault(self._last_line[predecessor], field, message)
