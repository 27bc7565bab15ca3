"""Rules that break only together with what the database has and the file does not name.

A unit that ends before what hangs on it, a round whose new days leave a visit outside, a finding
that leaves its remedies behind: told at the row that causes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from congvu.dates import format_day
from exchange.layout import FINDINGS, PLANS, ROUNDS, UNITS
from exchange.reading.desk import Desk, lots
from exchange.reading.findings import FindingReader, RemedyReader
from exchange.reading.returns import ReturnReader
from exchange.reading.rounds import RoundFacts, RoundReader
from exchange.reading.units import UnitReader
from exchange.reading.units_register import ends
from exchange.reading.visits import VisitReader
from findings.models import LAST_DAYS, Remedy
from inspections.guards import known_to
from inspections.models import Plan, Round, Visit
from reports.models import Return
from units.models import Succession, Unit


class StoredChecks:
    """Looks at stored records that the file leaves as they are, beside those that it changes."""

    def __init__(
        self,
        desk: Desk,
        units: UnitReader,
        rounds: RoundReader,
        visits: VisitReader,
        findings: FindingReader,
        remedies: RemedyReader,
        returns: ReturnReader,
    ) -> None:
        self._desk = desk
        self._units, self._rounds, self._visits = units, rounds, visits
        self._findings, self._remedies, self._returns = findings, remedies, returns

    def run(self) -> None:
        """All of them; sheets that are absent change nothing."""
        tables = self._desk.tables
        if UNITS.key in tables and not self._units.is_broken:
            self._check_units()
        if ROUNDS.key in tables:
            self._check_rounds()
        if FINDINGS.key in tables:
            self._check_findings()

    # --- units that end earlier --------------------------------------------------------------

    def _check_units(self) -> None:
        place = self._units.writes.index("valid_to")
        shortened = {
            unit.pk: (line, unit)
            for line, unit, old in self._units.entries
            if old is not None and not line.bad and ends(unit) < (old[place] or date.max)
        }
        told: set[int] = set()
        for lot in lots(sorted(shortened)):
            lasts = {pk: ends(shortened[pk][1]) for pk in lot}
            for pk, day, sentence in self._hanging_on(lot, min(lasts.values())):
                if day > lasts[pk] and pk not in told:
                    told.add(pk)
                    line, unit = shortened[pk]
                    self._units.fault(
                        line,
                        "valid_to",
                        f"{unit.name} không thể kết thúc ngày {format_day(lasts[pk])}: {sentence}.",
                    )

    def _hanging_on(self, lot: list[int], after: date) -> Iterator[tuple[int, date, str]]:
        """What is stored after that day on these units and not named by the file."""
        changed = self._units.line_of
        children = Unit.objects.filter(parent_id__in=lot).exclude(valid_to__lte=after).order_by()
        for pk, parent, name, last in children.values_list("pk", "parent_id", "name", "valid_to"):
            if pk not in changed:
                yield parent, last or date.max, f"{name} trực thuộc vẫn còn sau ngày đó"
        rounds = Round.objects.filter(body_id__in=lot, starts_on__gt=after).order_by()
        for code, body, day in rounds.values_list("code", "body_id", "starts_on"):
            if not self._is_in_file(self._rounds.by_code.get(code)):
                yield body, day, f"cuộc {code} của đơn vị này bắt đầu ngày {format_day(day)}"
        visits = Visit.objects.filter(unit_id__in=lot, visited_on__gt=after).order_by()
        if self._desk.scope is not None:
            # An inspection by others that is still to come stays unknown to whom it awaits.
            visits = visits.filter(known_to(self._desk.scope))
        rows = visits.values_list("unit_id", "unit__code", "visited_on", "round_id", "round__code")
        for unit, unit_code, day, round_id, code in rows:
            visit = self._visits.by_code.get((round_id, unit_code))
            if visit is None or not visit.row:
                yield unit, day, f"cuộc {code} kiểm tra đơn vị này ngày {format_day(day)}"
        named = {change.pk for change in self._desk.analysis.changes.get(PLANS.key, ())}
        plans = Plan.objects.filter(issuer_id__in=lot, issued_on__gt=after).order_by()
        issued = plans.values_list("pk", "issuer_id", "number", "issued_on")
        for pk, issuer, number, issued_on in issued:
            if issued_on is not None and pk not in named:
                said = f"đơn vị này ban hành kế hoạch {number} ngày {format_day(issued_on)}"
                yield issuer, issued_on, said
        returns = Return.objects.filter(unit_id__in=lot, last_day__gt=after).order_by()
        for unit, last in returns.values_list("unit_id", "last_day"):
            yield unit, last, f"đơn vị này có số liệu báo cáo đến ngày {format_day(last)}"
        yield from self._passing_on(lot, after)

    def _passing_on(self, lot: list[int], after: date) -> Iterator[tuple[int, date, str]]:
        """Stored successions: the old unit lives to the eve, the new one on the day."""
        steps = Succession.objects.order_by()
        for unit, day in steps.filter(successor_id__in=lot, effective_on__gt=after).values_list(
            "successor_id", "effective_on"
        ):
            yield unit, day, f"đơn vị này kế thừa đơn vị khác từ ngày {format_day(day)}"
        for unit, day in steps.filter(predecessor_id__in=lot, effective_on__gt=after).values_list(
            "predecessor_id", "effective_on"
        ):
            eve = date.fromordinal(day.toordinal() - 1)
            yield unit, eve, f"đơn vị này được kế thừa từ ngày {format_day(day)}"

    @staticmethod
    def _is_in_file(facts: RoundFacts | None) -> bool:
        return facts is not None and facts.row > 0

    # --- rounds with other days --------------------------------------------------------------

    def _check_rounds(self) -> None:
        moved = {
            facts.pk: facts
            for facts in self._rounds.by_code.values()
            if facts.has_moved and facts.is_sound
        }
        self._visits.load_rounds(moved)
        for (round_id, code), visit in self._visits.by_code.items():
            facts = moved.get(round_id)
            if facts is None or visit.row or facts.starts_on <= visit.visited_on <= facts.ends_on:
                continue
            self._rounds.table.fault(
                facts.row,
                "starts_on" if visit.visited_on < facts.starts_on else "ends_on",
                f"Lượt kiểm tra đơn vị {code} ngày {format_day(visit.visited_on)} đã có sẽ nằm "
                f"ngoài cuộc {facts.code}; hãy sửa ngày của cuộc hoặc của lượt đó.",
            )
        for lot in lots(sorted(moved)):
            self._check_discipline(lot, moved)

    def _check_discipline(self, lot: list[int], moved: dict[int, RoundFacts]) -> None:
        disciplined = Remedy.objects.filter(
            visit__round_id__in=lot, discipline_form__in=list(LAST_DAYS)
        ).select_related("visit__round", "finding")
        for remedy in disciplined.order_by("pk"):
            if remedy.pk in self._remedies.in_file:
                continue
            facts = moved[remedy.visit.round_id]
            remedy.visit.round.ends_on = facts.ends_on
            for field, message in remedy.faults():
                if field == "discipline_form":
                    self._rounds.table.fault(
                        facts.row, "ends_on", f"Kiến nghị {remedy.code} đã có: {message}"
                    )

    # --- findings that move to another visit ---------------------------------------------------

    def _check_findings(self) -> None:
        moved: dict[int, Any] = self._findings.moved
        for lot in lots(sorted(moved)):
            left = Remedy.objects.filter(finding_id__in=lot).order_by("pk")
            for pk, code, finding_id, visit_id in left.values_list(
                "pk", "code", "finding_id", "visit_id"
            ):
                line, target = moved[finding_id]
                if pk not in self._remedies.in_file and visit_id != target and not line.bad:
                    self._findings.fault(
                        line,
                        "unit",
                        f"Kiến nghị {code} đã có dựa vào tồn tại này nhưng thuộc lượt kiểm tra "
                        "khác; hãy sửa cả kiến nghị đó.",
                    )
