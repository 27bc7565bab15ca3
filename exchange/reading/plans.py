"""The sheet `Kế hoạch`, and which plan a round means by a number."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.layout import PLANS
from exchange.reading.desk import Desk, SheetReader, lots
from exchange.tables import Line
from inspections.models import Plan
from units.models import Unit


class PlanReader(SheetReader):
    """Plans by issuer, number and year; the issuer's code is read on the day of issue."""

    sheet = PLANS
    writes = ("number", "issued_on", "issuer_id", "year", "subject")
    resolved = frozenset({"issuer"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        # Number → (id, issuer, year); complete for every number that was asked for.
        self._by_number: dict[str, list[tuple[int, Unit, int]]] = {}
        self._scratch = Plan()

    def prepare(self, lines: list[Line]) -> None:
        """Issuers, and stored plans of the same numbers."""
        self.desk.units.load_codes(line.get("issuer") for line in lines)
        numbers = [line.get("number") for line in lines]
        self.load_numbers(numbers)
        stored = Plan.objects.filter(number__in=[number for number in numbers if number])
        self._stored = {
            (old[2], old[0], old[3]): (pk, old) for pk, old in self.values(stored.order_by())
        }

    def load_numbers(self, numbers: Iterable[str | None]) -> None:
        """Fetch the stored plans of these numbers."""
        wanted = sorted({number for number in numbers if number and number not in self._by_number})
        for lot in lots(wanted):
            self._by_number.update({number: [] for number in lot})
            rows = list(
                Plan.objects.filter(number__in=lot)
                .order_by("pk")
                .values_list("pk", "number", "issuer_id", "year")
            )
            self.desk.units.load_ids(issuer for _, _, issuer, _ in rows)
            for pk, number, issuer, year in rows:
                unit = self.desk.units.by_id[issuer]
                self._by_number[number].append((pk, unit, year))

    def take(self, line: Line) -> None:
        """Read the issuer, then the plan."""
        number, day, year = line.get("number"), line.get("issued_on"), line.get("year")
        issuer = self.unit_at(line, "issuer", day)
        if number is not None and (line.bad or issuer is None):
            self.suspect.add(number)
        if number is None or day is None or year is None or issuer is None:
            return
        identity = (issuer.pk, number, year)
        said = f"Kế hoạch {number} năm {year} của {issuer.name}"
        if self.is_second(line, identity, "number", said):
            return
        plan = self._scratch
        plan.issued_on, plan.year, plan.issuer = day, year, issuer
        for field, message in plan.faults():
            self.fault(line, field, message)
        stored = self._stored.get(identity)
        self.check_scope(line, "issuer", issuer)
        if stored is None:
            pk = self.desk.provisional_id()
            self._by_number.setdefault(number, []).append((pk, issuer, year))
            old = None
        else:
            pk, old = stored
        self.settle(line, pk, {**self.given(line), "issuer_id": issuer.pk}, old)

    def meant(self, number: str, year: int, body: Unit) -> int | str | None:
        """The plan's id that a round of this body means by the number (contract §3).

        A sentence where it cannot be told; None where only a faulty row could tell.
        """
        found = [(pk, issuer) for pk, issuer, of in self._by_number.get(number, ()) if of == year]
        if len(found) == 1:
            return found[0][0]
        if number in self.suspect or (not found and self.is_broken):
            return None
        if not found:
            years = sorted({of for _, _, of in self._by_number.get(number, ())})
            known = f" (chỉ có của năm {', '.join(map(str, years))})" if years else ""
            return f"Không có kế hoạch số “{number}” của năm {year}{known}."
        units = self.desk.units
        for superior in units.superiors(body):
            own = [pk for pk, issuer in found if issuer.pk == superior.pk]
            if not own:
                line = units.lineage_ids(superior)
                own = [pk for pk, issuer in found if issuer.pk in line]
            if len(own) == 1:
                return own[0]
            if own:
                break
        issuers = "; ".join(issuer.name for _, issuer in found)
        return (
            f"Có {len(found)} kế hoạch số “{number}” của năm {year} ({issuers}) và không rõ là kế "
            f"hoạch nào của {body.name} hay cấp trên."
        )
