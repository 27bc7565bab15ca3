"""The sheet `Số liệu báo cáo`: figures that units report, accepted as they stand here."""

from __future__ import annotations

from datetime import date
from typing import Any

from congvu.dates import format_day
from exchange.layout import RETURNS
from exchange.reading.desk import Desk, SheetReader, lots
from exchange.tables import Line
from reports.models import FIGURES, Return, ReturnStatus


class ReturnReader(SheetReader):
    """Returns by unit and period; the unit's code is read on the period's last day."""

    sheet = RETURNS
    writes = ("unit_id", "first_day", "last_day", "status", "reason", *FIGURES, "sent_on")
    resolved = frozenset({"unit"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._scratch = Return()
        # By unit: each period with its row, 0 for a stored one; complete once asked for.
        self._periods: dict[int, dict[tuple[date, date], int]] = {}

    def prepare(self, lines: list[Line]) -> None:
        """Units, and all returns stored for them."""
        units = self.desk.units
        units.load_codes(line.get("unit") for line in lines)
        codes = {line.get("unit") for line in lines}
        ids = {unit.pk for code in codes if code for unit in units.bearers(code)}
        self._stored: dict[tuple[Any, ...], tuple[int, tuple[Any, ...]]] = {}
        for lot in lots(sorted(pk for pk in ids if pk > 0)):
            stored = Return.objects.filter(unit_id__in=lot).order_by()
            self._stored |= {old[:3]: (pk, old) for pk, old in self.values(stored)}
        for unit_id, first, last in self._stored:
            self._periods.setdefault(unit_id, {}).setdefault((first, last), 0)

    def take(self, line: Line) -> None:
        """Read the unit on the last day, then the figures."""
        first, last = line.get("first_day"), line.get("last_day")
        unit = self.unit_at(line, "unit", last)
        if unit is not None and not self.check_scope(line, "unit", unit):
            unit = None
        if unit is not None and last is not None:
            self.check_name(line, unit, last)
        self.judge(line, self._scratch, first_day=first, last_day=last, unit=unit)
        if first is None or last is None or unit is None:
            return
        identity = (unit.pk, first, last)
        period = f"từ {format_day(first)} đến {format_day(last)}"
        if self.is_second(line, identity, "unit", f"Số liệu của {unit.name} {period}"):
            return
        if first <= last:
            self._judge_period(line, unit.pk, unit.name, (first, last))
        pk, old = self._stored.get(identity) or (self.desk.provisional_id(), None)
        # Accepted: why an earlier version was sent back is answered.
        accepted = {"status": ReturnStatus.ACCEPTED.value, "reason": ""}
        self.settle(line, pk, {**self.given(line), "unit_id": unit.pk, **accepted}, old)

    def _judge_period(self, line: Line, unit_id: int, name: str, period: tuple[date, date]) -> None:
        """No other return of the unit shares a day (contract §3); told at the second row."""
        others = self._periods.setdefault(unit_id, {})
        for (first, last), row in others.items():
            if (first, last) != period and first <= period[1] and period[0] <= last:
                where = f"ở dòng {row}" if row else "đã có trong hệ thống"
                self.fault(
                    line,
                    "first_day",
                    f"Kỳ này trùng ngày với số liệu của {name} {where}: từ {format_day(first)} đến "
                    f"{format_day(last)}.",
                )
                break
        others[period] = line.number
