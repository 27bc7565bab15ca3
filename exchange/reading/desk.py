"""The desk at which a workbook is read: what every sheet's reader shares.

Nothing here writes. Each lot of rows costs a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db import models

from congvu.access import Person
from congvu.dates import format_day
from congvu.rules import Ruled
from congvu.text import fold
from exchange.analysis import NOT_YOURS, Analysis, Change
from exchange.layout import UNIT_NAME, Sheet, Type
from exchange.reading.units_register import UnitRegister
from exchange.tables import Line, Table
from units.models import Unit

# How many values one query asks for at most: SQLite bounds the parameters of a statement.
LOT = 500

Item = TypeVar("Item")

# Told after each lot of rows: the sheet's title, and how many of how many rows are done in all.
Progress = Callable[[str, int, int], None]


def lots(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items, `LOT` at a time."""
    every = list(items)
    for first in range(0, len(every), LOT):
        yield every[first : first + LOT]


class Desk:
    """What is known so far: the analysis, units, and the readers of the sheets by their keys."""

    def __init__(
        self,
        analysis: Analysis,
        scope: Person | None = None,
        *,
        locking: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.analysis = analysis
        self.scope = scope
        self.locking = locking
        self._progress = progress
        self.row_count = 0
        self._rows_done = 0
        self.units = UnitRegister(scope)
        self.tables: dict[str, Table] = {}
        self._last_provisional = 0

    def passed(self, title: str, rows: int) -> None:
        """Tell that some more rows of a sheet are done."""
        self._rows_done += rows
        if self._progress is not None:
            self._progress(title, min(self._rows_done, self.row_count), self.row_count)

    def provisional_id(self) -> int:
        """A negative number that stands for a record until it is written."""
        self._last_provisional -= 1
        return self._last_provisional

    def locked(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Rows that will be compared and perhaps changed: held until the import has ended."""
        return rows.select_for_update(of=("self",)) if self.locking else rows

    def is_broken(self, key: str) -> bool:
        """Whether the sheet is there but lacks a column: what follows from that is not told."""
        table = self.tables.get(key)
        return table is not None and table.is_broken

    def in_scope(self, path: str) -> bool:
        """Whether a stored unit's path is in the scope of whoever imports."""
        return self.scope is None or path.startswith(self.scope.scope_paths)


class SheetReader:
    """Reads one sheet: takes its lines, finds faults, and collects changes.

    `writes` names the columns of the model that a `Change` holds, in order.
    """

    sheet: ClassVar[Sheet]
    writes: ClassVar[tuple[str, ...]]
    # Fields of the layout that are resolved to other records and not written as they stand.
    resolved: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.changes = desk.analysis.changes.setdefault(self.sheet.key, [])
        self._seen: dict[Any, int] = {}
        # Identities named in rows that have faults: what refers to them is not told again.
        self.suspect: set[Any] = set()
        self._plain = [column for column in self.sheet.columns if column.field not in self.resolved]

    @property
    def table(self) -> Table:
        """The sheet in the uploaded workbook."""
        return self.desk.tables[self.sheet.key]

    @property
    def is_broken(self) -> bool:
        """Whether the sheet is there but lacks a column: what follows from that is not told."""
        return self.desk.is_broken(self.sheet.key)

    def read(self) -> None:
        """Read the sheet, lot by lot."""
        self.desk.analysis.tally(self.sheet)
        for lines in self.table.chunks():
            self.prepare(lines)
            for line in lines:
                self.take(line)
            self.desk.passed(self.table.title, len(lines))

    def prepare(self, lines: list[Line]) -> None:
        """Fetch whatever the lines name, in a fixed number of queries."""

    def take(self, line: Line) -> None:
        """Deal with one line."""
        raise NotImplementedError

    def fault(self, line: Line, field: str, message: str) -> None:
        """Note a fault at the line's cell of a field."""
        line.bad.add(field)
        self.table.fault(line.number, field, message)

    def is_second(self, line: Line, identity: Any, field: str, said: str) -> bool:
        """Whether the identity stood in an earlier row; then that is a fault at this one."""
        first = self._seen.setdefault(identity, line.number)
        if first == line.number:
            return False
        self.fault(line, field, f"{said} đã có ở dòng {first}; mỗi hồ sơ chỉ ghi một dòng.")
        return True

    def given(self, line: Line) -> dict[str, Any]:
        """The plain columns' values as the database keeps them; absent columns are left out."""
        found: dict[str, Any] = {}
        for column in self._plain:
            if column.field in line.values:
                value = line.values[column.field]
                if value is None and column.holds in (Type.CODE, Type.LINE, Type.BLOCK, Type.LABEL):
                    value = ""
                found[column.field] = value
        return found

    def unit_at(self, line: Line, field: str, day: date | None) -> Unit | None:
        """The unit that bore the line's code on that day; told where there is none."""
        code = line.get(field)
        if code is None:
            return None
        units = self.desk.units
        unit = units.at(code, day) if day else None
        # A code that nobody ever bore is wrong on whatever day.
        if unit is None and (day or not units.bearers(code)):
            line.bad.add(field)
            if code not in units.suspect and not self.desk.is_broken("units"):
                self.fault(line, field, units.why_not(code, day or date.min))
        return unit

    def judge(self, line: Line, record: Ruled, **known: Any) -> None:
        """Tell what the record's own rules find wrong with these values; None: not known.

        What is wrong at a cell that was told before only follows from that.
        """
        for name, value in known.items():
            setattr(record, name, value)
        told = frozenset(line.bad)
        for field, message in record.faults():
            if field not in told:
                self.fault(line, field, message)

    def check_scope(self, line: Line, field: str, unit: Unit) -> bool:
        """Whether the unit is in the scope of whoever imports; told where it is not."""
        within = self.desk.units.in_scope(unit)
        if not within:
            self.fault(line, field, f"Mã “{unit.code}” {NOT_YOURS}")
        return within

    def check_name(self, line: Line, unit: Unit, day: date) -> None:
        """`Tên đơn vị`, where it is filled, is the unit's name on that day (contract §3)."""
        written = line.get(UNIT_NAME.field)
        if written is None:
            return
        name = self.desk.units.name_on(unit, day)
        # A unit whose own row is faulty may have no name yet.
        if name and fold(written) != fold(name):
            self.fault(
                line,
                UNIT_NAME.field,
                f"Ngày {format_day(day)} mã “{unit.code}” là của {name}, không phải {written}; hãy "
                "xem lại mã, tên hoặc ngày.",
            )

    def settle(
        self, line: Line, pk: int, given: dict[str, Any], old: tuple[Any, ...] | None
    ) -> None:
        """Note what the line adds or changes, or that it changes nothing."""
        tally = self.desk.analysis.tally(self.sheet)
        if line.bad:
            return
        if old is None:
            tally.added += 1
            new = tuple(
                given[name] if name in given else self._default(name) for name in self.writes
            )
            self.changes.append(Change(line.number, pk, new))
            return
        new = tuple(given.get(name, before) for name, before in zip(self.writes, old, strict=True))
        if new == old:
            tally.unchanged += 1
        else:
            tally.changed += 1
            self.changes.append(Change(line.number, pk, new, old))

    def _default(self, name: str) -> Any:
        field = self.sheet.model._meta.get_field(name)
        return None if field.is_relation else field.get_default()  # type: ignore[union-attr]  # only concrete columns are named

    def values(self, rows: models.QuerySet[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Stored rows as (id, columns as `writes` names them), locked for an import."""
        for pk, *columns in self.desk.locked(rows).values_list("pk", *self.writes):
            yield pk, tuple(columns)
