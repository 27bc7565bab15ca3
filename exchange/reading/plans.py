"""The sheet `Kế hoạch`, and which plan a round means by a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from exchange.layout import PLANS
from exchange.reading.desk import Desk, SheetReader, lots
from exchange.tables import Line
from inspections.models import Plan
from units.models import Unit

# So many issuers of one number are named; the sentence counts them all.
_NAMED = 5


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
        self.judge(line, self._scratch, issued_on=day, year=year, issuer=issuer)
        if issuer is not None:
            self.check_scope(line, "issuer", issuer)
        if number is None or day is None or year is None or issuer is None:
            return
        identity = (issuer.pk, number, year)
        said = f"Kế hoạch {number} năm {year} của {issuer.name}"
        if self.is_second(line, identity, "number", said):
            return
        stored = self._stored.get(identity)
        if stored is None:
            pk = self.desk.provisional_id()
            self._by_number.setdefault(number, []).append((pk, issuer, year))
            old = None
        else:
            pk, old = stored
        self.settle(line, pk, {**self.given(line), "issuer_id": issuer.pk}, old)

    def meant(
        self, number: str, year: int | None, body: Unit | None, held: int | None = None
    ) -> int | str | None:
        """The plan's id that a round of this body means by the number (contract §3).

        A sentence where it cannot be told; None where only a faulty row, or what is not known of
        the round, could tell. An import by a person knows of no plans but those issued in scope or
        above the body, and the one that the round holds already.
        """
        known = [
            (pk, issuer, of)
            for pk, issuer, of in self._by_number.get(number, ())
            if pk == held or self._is_in_reach(issuer, body)
        ]
        found = [(pk, issuer) for pk, issuer, of in known if year is None or of == year]
        if not found:
            is_beyond_us = body is None and self.desk.scope is not None
            if number in self.suspect or self.is_broken or is_beyond_us:
                return None
            years = ", ".join(map(str, sorted({of for _, _, of in known})))
            return (
                f"Không có kế hoạch số “{number}”"
                + (f" của năm {year}" if year else "")
                + (f" (chỉ có của năm {years})." if years else ".")
            )
        if year is None or body is None:
            return None
        one = self._one_of(found, body)
        if one is not None or number in self.suspect:
            return one
        issuers = "; ".join(issuer.name for _, issuer in found[:_NAMED])
        more = "; …" if len(found) > _NAMED else ""
        return (
            f"Có {len(found)} kế hoạch số “{number}” của năm {year} ({issuers}{more}) và không rõ "
            f"là kế hoạch nào của {body.name} hay cấp trên."
        )

    def is_told(self, plan_id: int, number: str, body: Unit, starts_on: date) -> bool:
        """Whether a stored round's number tells its plan from all that are stored.

        Where it does not, an export leaves the cell blank, and a blank cell leaves the plan.
        """
        stored = [
            (pk, issuer)
            for pk, issuer, of in self._by_number.get(number, ())
            if pk > 0 and of == starts_on.year
        ]
        return self._one_of(stored, body) == plan_id

    def _is_in_reach(self, issuer: Unit, body: Unit | None) -> bool:
        units = self.desk.units
        return units.in_scope(issuer) or (
            body is not None
            and any(issuer.pk in units.lineage_ids(each) for each in units.superiors(body))
        )

    def _one_of(self, found: list[tuple[int, Unit]], body: Unit) -> int | None:
        """The only plan, else that of the body or of its nearest superior, lineages included."""
        if len(found) == 1:
            return found[0][0]
        units = self.desk.units
        for superior in units.superiors(body):
            own = [pk for pk, issuer in found if issuer.pk == superior.pk]
            if not own:
                line = units.lineage_ids(superior)
                own = [pk for pk, issuer in found if issuer.pk in line]
            if own:
                return own[0] if len(own) == 1 else None
        return None
