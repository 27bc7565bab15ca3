"""The sheet `Đơn vị`: units by code and first day, their superiors, and no code borne twice."""

from __future__ import annotations

from datetime import date
from typing import Any

from congvu.dates import format_day
from exchange.analysis import NOT_YOURS
from exchange.layout import UNITS
from exchange.reading.desk import SheetReader
from exchange.reading.units_register import begins, ends
from exchange.tables import Line
from units.models import Unit

_OWN_SUPERIOR = "Một đơn vị không thể là cấp trên của chính nó."


class UnitReader(SheetReader):
    """Takes the whole sheet before it judges: a superior may stand below its subordinate."""

    sheet = UNITS
    writes = ("code", "name", "kind", "parent_id", "valid_from", "valid_to")
    resolved = frozenset({"parent"})

    def read(self) -> None:
        """First all units as they will be, then their superiors, then the rules."""
        self.desk.analysis.tally(self.sheet)
        self.entries: list[tuple[Line, Unit, tuple[Any, ...] | None]] = []
        # Rows that tell of no unit, for want of a code or days, or because another row has both.
        self.apart: list[Line] = []
        # By the unit's id, for faults that concern a unit and not one line.
        self.line_of: dict[int, Line] = {}
        for lines in self.table.chunks():
            self.desk.units.load_codes(line.get("code") for line in lines)
            self.desk.units.load_codes(line.get("parent") for line in lines)
            for line in lines:
                self.take(line)
            self.desk.passed(self.table.title, len(lines))
        for line, unit, _ in self.entries:
            self._place(line, unit)
        for line, unit, _ in self.entries:
            self._judge(line, unit)
        for line in self.apart:
            self._judge_apart(line)
        self._judge_codes()
        for line, unit, old in self.entries:
            self._judge_scope(line, unit, old)
            self.settle(line, unit.pk, self._state(unit), old)

    def take(self, line: Line) -> None:
        """Put the unit as it will be into the register."""
        code, first = line.get("code"), line.get("valid_from")
        if code is None or {"valid_from", "valid_to"} & line.bad:
            if code is not None:
                self.desk.units.suspect.add(code)
            self.apart.append(line)
            return
        since = f"có từ {format_day(first)}" if first else "không ghi ngày bắt đầu"
        if self.is_second(line, (code, first), "code", f"Đơn vị mã “{code}” {since}"):
            self.apart.append(line)
            return
        unit = self._borne_from(code, first)
        old = None
        if unit is None:
            unit = Unit(pk=self.desk.provisional_id(), code=code, valid_from=first)
            unit.parent = None
            self.desk.units.add(unit)
        else:
            old = self._values(unit)
        if line.get("name") is not None:
            unit.name = line.get("name")
        if line.get("kind") is not None:
            unit.kind = line.get("kind")
        if self.table.has("valid_to"):
            unit.valid_to = line.get("valid_to")
        self.entries.append((line, unit, old))
        self.line_of[unit.pk] = line

    def _borne_from(self, code: str, first: date | None) -> Unit | None:
        """The unit of that identity, stored or in the file."""
        found = self.desk.units.by_code.get(code, ())
        return next((unit for unit in found if unit.valid_from == first), None)

    def _values(self, unit: Unit) -> tuple[Any, ...]:
        return tuple(getattr(unit, name) for name in self.writes)

    def _state(self, unit: Unit) -> dict[str, Any]:
        return dict(zip(self.writes, self._values(unit), strict=True))

    def _place(self, line: Line, unit: Unit) -> None:
        """Find the superior: on the unit's first day, or the oldest unit of that code."""
        if not self.table.has("parent") or "parent" in line.bad:
            return
        code = line.get("parent")
        if code is None:
            unit.parent = None
            return
        units = self.desk.units
        bearers = units.bearers(code)
        if unit.valid_from is None:
            parent = bearers[0] if bearers else None
        else:
            parent = units.at(code, unit.valid_from)
        if parent is not None:
            unit.parent = parent
        elif code in units.suspect or (self.is_broken and not bearers):
            line.bad.add("parent")
        elif bearers and unit.valid_from and begins(bearers[0]) > unit.valid_from:
            self.fault(line, "parent", units.why_not(code, unit.valid_from))
            self.fault(
                line,
                "valid_from",
                f"Đơn vị không thể có trước cấp trên của nó: {bearers[0].name} có hiệu lực "
                f"{bearers[0].span_text}.",
            )
        else:
            self.fault(line, "parent", units.why_not(code, unit.valid_from or date.min))

    def _judge(self, line: Line, unit: Unit) -> None:
        """The model's own rules; a circle of superiors comes first."""
        if unit.parent is not None and self._is_circular(unit):
            self.fault(line, "parent", _OWN_SUPERIOR)
            return
        parent = unit.parent
        if parent and ends(parent) < begins(parent):
            return  # told at the parent's own row
        self.judge(line, unit)

    def _judge_apart(self, line: Line) -> None:
        """What can be told of a row's superior and days though it tells of no unit."""
        code, first, last = line.get("code") or "", line.get("valid_from"), line.get("valid_to")
        if "valid_from" in line.bad:
            if not self.desk.units.bearers(line.get("parent") or ""):
                # Nobody ever bore the superior's code: wrong from whatever day.
                self._place(line, Unit())
            return
        same = self._borne_from(code, first)
        if same is not None and not self.table.has("valid_to"):
            last = same.valid_to
        unit = Unit(pk=same.pk if same else None, code=code, valid_from=first, valid_to=last)
        unit.parent = None
        self._place(line, unit)
        if unit.parent is None or begins(unit.parent) <= ends(unit.parent):
            self.judge(line, unit)

    def _is_circular(self, unit: Unit) -> bool:
        above = unit.parent
        met: set[int] = set()
        while above is not None and above.pk not in met:
            if above.pk == unit.pk:
                return True
            met.add(above.pk)
            above = above.parent
        return False

    def _judge_codes(self) -> None:
        """No two units bear one code on one day; told at the later row."""
        units = self.desk.units
        for code in sorted({unit.code for _, unit, _ in self.entries}):
            bearers = units.bearers(code)
            if code in units.suspect:
                # A row in doubt may change a stored unit: only those of the file are compared.
                bearers = [unit for unit in bearers if unit.pk in self.line_of]
            latest = bearers[0]
            for unit in bearers[1:]:
                if begins(unit) <= ends(latest):
                    self._told_twice(latest, unit)
                if ends(unit) > ends(latest):
                    latest = unit

    def _told_twice(self, one: Unit, other: Unit) -> None:
        lines = [(self.line_of[u.pk], u) for u in (one, other) if u.pk in self.line_of]
        if not lines:
            return  # a stored pair that the file does not name
        line, unit = max(lines, key=lambda pair: pair[0].number)
        rival = other if unit is one else one
        if line.bad & {"valid_from", "valid_to"}:
            return  # days out of order already told
        self.fault(
            line,
            "code",
            f"Mã “{unit.code}” đã thuộc về {rival.name} ({rival.span_text}); một mã không thể "
            "thuộc về hai đơn vị trong cùng một ngày.",
        )

    def _judge_own(self, line: Line, unit: Unit, old: tuple[Any, ...]) -> None:
        """The person's own unit does not begin, end or change its kind by its own hand."""
        for field in ("kind", "valid_from", "valid_to"):
            if old[self.writes.index(field)] != getattr(unit, field):
                self.fault(
                    line,
                    field,
                    f"{unit.name} là đơn vị cao nhất trong phạm vi của bạn; việc này do cấp trên "
                    "thực hiện.",
                )

    def _judge_scope(self, line: Line, unit: Unit, old: tuple[Any, ...] | None) -> None:
        """What is added or changed must lie in the scope of whoever imports."""
        if self.desk.scope is None or line.bad or old == self._values(unit):
            return
        if old is not None and not self.desk.in_scope(unit.path):
            self.fault(line, "code", f"Mã “{unit.code}” {NOT_YOURS}")
            return
        if old is not None and unit.path in self.desk.scope.scope_paths:
            self._judge_own(line, unit, old)
        moved = old is None or old[self.writes.index("parent_id")] != unit.parent_id
        if moved and (unit.parent is None or not self.desk.units.in_scope(unit.parent)):
            field = "parent" if self.table.has("parent") else "code"
            self.fault(line, field, "Đơn vị phải thuộc một cấp trên trong phạm vi của bạn.")
