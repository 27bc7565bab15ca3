"""The sheet `Lượt kiểm tra`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from exchange.layout import UNIT_NAME, VISITS
from exchange.reading.desk import Desk, SheetReader, lots
from exchange.reading.rounds import RoundFacts, RoundReader
from exchange.tables import Line
from inspections.models import Round, Visit
from units.models import Unit


@dataclass(slots=True)
class VisitFacts:
    """What other rows must know of a visit, as the file will leave it."""

    pk: int
    unit_id: int
    visited_on: date
    row: int = 0  # 0: not in the file


class VisitReader(SheetReader):
    """Visits by round and unit; the unit's code is read on the day of the visit."""

    sheet = VISITS
    writes = (
        "round_id",
        "unit_id",
        "visited_on",
        "minutes_number",
        "conclusion_number",
        "concluded_on",
        "strengths",
    )
    resolved = frozenset({"round", "unit"})

    def __init__(self, desk: Desk, rounds: RoundReader) -> None:
        super().__init__(desk)
        self.rounds = rounds
        # (round, unit's code) → the visit; complete for every round that was asked for.
        self.by_code: dict[tuple[int, str], VisitFacts] = {}
        self._asked: set[int] = set()
        self._scratch_round = Round()
        self._scratch = Visit()

    def load_rounds(self, ids: Iterable[int]) -> None:
        """Fetch the stored visits of these rounds."""
        wanted = sorted({pk for pk in ids if pk > 0 and pk not in self._asked})
        self._asked.update(wanted)
        for lot in lots(wanted):
            rows = Visit.objects.filter(round_id__in=lot).order_by()
            for pk, round_id, unit_id, code, day in rows.values_list(
                "pk", "round_id", "unit_id", "unit__code", "visited_on"
            ):
                self.by_code[round_id, code] = VisitFacts(pk, unit_id, day)

    def load_named(self, reader: SheetReader, lines: list[Line]) -> None:
        """Fetch the rounds that a sheet's lines name, their visits, and units to compare names."""
        codes = {line.get("round") for line in lines}
        self.rounds.load_codes(codes)
        known = (self.rounds.by_code.get(code) for code in codes if code)
        self.load_rounds(facts.pk for facts in known if facts)
        if reader.table.has(UNIT_NAME.field):
            pairs = ((self.rounds.by_code.get(line.get("round") or ""), line) for line in lines)
            found = (self.by_code.get((r.pk, line.get("unit") or "")) for r, line in pairs if r)
            self.desk.units.load_ids(visit.unit_id for visit in found if visit)

    def prepare(self, lines: list[Line]) -> None:
        """Rounds, units, and the stored visits of these rounds."""
        self.load_named(self, lines)
        self.desk.units.load_codes(line.get("unit") for line in lines)
        pairs = (
            (self.rounds.by_code.get(line.get("round") or ""), line.get("unit")) for line in lines
        )
        found = (self.by_code.get((facts.pk, code)) for facts, code in pairs if facts and code)
        ids = {visit.pk for visit in found if visit and visit.pk > 0}
        stored = Visit.objects.filter(pk__in=ids).order_by()
        self._stored = dict(self.values(stored))

    def take(self, line: Line) -> None:
        """Read the round, and the unit on the day; what is wrong besides either is told too."""
        round_code, code, day = line.get("round"), line.get("unit"), line.get("visited_on")
        facts = self.rounds.named(self, line)
        unit = self.unit_at(line, "unit", day)
        self._judge(line, facts, unit, day)
        if line.bad and round_code and code:
            self.suspect.add((round_code, code))
        if facts is None or code is None or day is None or unit is None:
            return
        known = self.by_code.get((facts.pk, code))
        if known is not None and (known.row or known.unit_id != unit.pk):
            where = f" ở dòng {known.row}" if known.row else ""
            self.fault(
                line,
                "unit",
                f"Cuộc {round_code} đã kiểm tra đơn vị mang mã {code}{where}; mỗi đơn vị chỉ ghi "
                "một lượt trong một cuộc.",
            )
            return
        old = self._stored.get(known.pk) if known else None
        if old is None and not self.desk.units.is_around(unit):
            self.fault(
                line,
                "unit",
                f"Mã “{code}” thuộc tỉnh khác; chỉ ghi được lượt kiểm tra tại đơn vị trong tỉnh.",
            )
        if known is None:
            known = self.by_code[facts.pk, code] = VisitFacts(
                self.desk.provisional_id(), unit.pk, day
            )
        known.visited_on, known.row = day, line.number
        given = {**self.given(line), "round_id": facts.pk, "unit_id": unit.pk}
        self.settle(line, known.pk, given, old)

    def _judge(
        self, line: Line, facts: RoundFacts | None, unit: Unit | None, day: date | None
    ) -> None:
        """The visit's own rules, as far as its parts are known; by days that are in doubt, none."""
        round_ = None
        if facts is not None and facts.is_sound:
            round_ = self._scratch_round
            round_.code, round_.starts_on, round_.ends_on = (
                facts.code,
                facts.starts_on,
                facts.ends_on,
            )
        self.judge(line, self._scratch, round=round_, unit=unit, visited_on=day)
        if unit is not None and day is not None:
            self.check_name(line, unit, day)

    def named(self, reader: SheetReader, line: Line) -> VisitFacts | None:
        """The visit that a finding's or remedy's line names: the round's, under the unit's code."""
        facts = self.rounds.named(reader, line)
        code = line.get("unit")
        if facts is None or code is None:
            return None
        visit = self.by_code.get((facts.pk, code))
        if visit is None:
            line.bad.add("unit")
            if (facts.code, code) not in self.suspect and not self.is_broken:
                reader.fault(
                    line, "unit", f"Cuộc {facts.code} không kiểm tra đơn vị nào mang mã “{code}”."
                )
            return None
        if line.get(UNIT_NAME.field) is not None:
            reader.check_name(line, self.desk.units.by_id[visit.unit_id], visit.visited_on)
        return visit
