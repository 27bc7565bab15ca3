"""The sheet `Cuộc kiểm tra`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange.layout import ROUNDS
from exchange.reading.desk import Desk, SheetReader, lots
from exchange.reading.plans import PlanReader
from exchange.tables import Line
from inspections.models import Plan, Round, RoundStatus, Team
from units.models import Unit


@dataclass(slots=True)
class RoundFacts:
    """What other rows must know of a round, as the file will leave it."""

    pk: int
    code: str
    body: Unit
    starts_on: date
    ends_on: date
    row: int = 0  # 0: not in the file
    # Days that a faulty row leaves open; nothing is measured by them.
    is_sound: bool = True
    has_moved: bool = False


class RoundReader(SheetReader):
    """Rounds by code; the body's code is read on the first day."""

    sheet = ROUNDS
    writes = (
        "code",
        "plan_id",
        "form",
        "body_id",
        "starts_on",
        "ends_on",
        "status",
        "team_id",
        "scope_note",
        "cancel_reason",
    )
    resolved = frozenset({"plan", "body", "team"})

    def __init__(self, desk: Desk, plans: PlanReader) -> None:
        super().__init__(desk)
        self._plans = plans
        self.by_code: dict[str, RoundFacts] = {}
        self._asked: set[str] = set()
        self._scratch = Round()
        # (body, name) → id; and those that the file brings: provisional id → (body, name).
        self._teams: dict[tuple[int, str], int] = {}
        self._team_bodies: set[int] = set()
        self.new_teams: dict[int, tuple[int, str]] = {}

    def load_codes(self, codes: Iterable[str | None]) -> None:
        """Fetch the stored rounds of these codes."""
        wanted = sorted({code for code in codes if code and code not in self._asked})
        self._asked.update(wanted)
        for lot in lots(wanted):
            rows = list(
                Round.objects.filter(code__in=lot)
                .order_by()
                .values_list("pk", "code", "body_id", "starts_on", "ends_on")
            )
            self.desk.units.load_ids(row[2] for row in rows)
            for pk, code, body_id, first, last in rows:
                body = self.desk.units.by_id[body_id]
                self.by_code[code] = RoundFacts(pk, code, body, first, last)

    def named(self, reader: SheetReader, line: Line) -> RoundFacts | None:
        """The round that another sheet's line names; told at that line where there is none."""
        code = line.get("round")
        if code is None:
            return None
        facts = self.by_code.get(code)
        if facts is not None and self.desk.units.in_scope(facts.body):
            return facts
        line.bad.add("round")
        if code not in self.suspect and not self.is_broken:
            reader.fault(line, "round", f"Không có cuộc kiểm tra mang mã “{code}”.")
        return None

    def prepare(self, lines: list[Line]) -> None:
        """Bodies, plans, teams, and stored rounds of the same codes."""
        codes = [line.get("code") for line in lines]
        self.desk.units.load_codes(line.get("body") for line in lines)
        self._plans.load_numbers(line.get("plan") for line in lines)
        self.load_codes(codes)
        stored = Round.objects.filter(code__in=[c for c in codes if c in self.by_code]).order_by()
        self._stored = {old[0]: old for _, old in self.values(stored)}
        self._load_held(lines)
        if self.table.has("team"):
            self._load_teams(lines)

    def _load_held(self, lines: list[Line]) -> None:
        """What the stored rounds' plans and teams are called: they may stay as they are."""
        silent = {line.get("code") for line in lines if line.get("plan") is None}
        stored = [dict(zip(self.writes, old, strict=True)) for old in self._stored.values()]
        plans = {old["plan_id"] for old in stored if old["plan_id"] and old["code"] in silent}
        self._plan_numbers: dict[int, str] = {}
        if plans and self.table.has("plan"):
            found = Plan.objects.filter(pk__in=plans).order_by()
            self._plan_numbers = dict(found.values_list("pk", "number"))
            self._plans.load_numbers(self._plan_numbers.values())
        teams = {old["team_id"] for old in stored if old["team_id"]}
        self._team_names: dict[int, str] = {}
        if teams and self.table.has("team"):
            named = Team.objects.filter(pk__in=teams).order_by()
            self._team_names = dict(named.values_list("pk", "name"))

    def _load_teams(self, lines: list[Line]) -> None:
        codes = {line.get("body") for line in lines if line.get("team")}
        bodies = {unit.pk for code in codes if code for unit in self.desk.units.bearers(code)}
        wanted = sorted(pk for pk in bodies if pk > 0 and pk not in self._team_bodies)
        self._team_bodies.update(wanted)
        for lot in lots(wanted):
            # The most recent decision comes last and stays.
            rows = Team.objects.filter(body_id__in=lot).order_by("decided_on", "pk")
            undecided_first = sorted(
                rows.values_list("pk", "body_id", "name", "decided_on"),
                key=lambda row: (row[3] is not None, row[3] or date.min, row[0]),
            )
            self._teams.update({(body, name): pk for pk, body, name, _ in undecided_first})

    def take(self, line: Line) -> None:
        """Read body and plan by the first day, then the round; missing parts hide no fault."""
        code, first, last = self._own_code(line), line.get("starts_on"), line.get("ends_on")
        body = self.unit_at(line, "body", first)
        if body is not None and not self.check_scope(line, "body", body):
            body = None
        old = self._stored.get(code) if code else None
        held = dict(zip(self.writes, old, strict=True)) if old else {}
        given = self.given(line)
        self._read_plan(line, body, given, held)
        if body is not None:
            given["body_id"] = body.pk
            self._read_team(line, body, given, held)
        if line.get("status") not in (None, RoundStatus.CANCELLED):
            # Held after all: why it was not is answered.
            given["cancel_reason"] = ""
        self.judge(line, self._scratch, starts_on=first, ends_on=last, body=body)
        if code is None:
            return
        known = self.by_code.get(code)
        if known is None and (first is None or last is None or body is None):
            self.suspect.add(code)
            return
        self._register(line, code, body, known)
        self.settle(line, self.by_code[code].pk, given, old)

    def _own_code(self, line: Line) -> str | None:
        """The line's code, unless another row or a round out of scope has it; told then."""
        code: str | None = line.get("code")
        if code is None or self.is_second(line, code, "code", f"Mã cuộc “{code}”"):
            return None
        known = self.by_code.get(code)
        if known is not None and not self.desk.units.in_scope(known.body):
            self.fault(line, "code", f"Mã cuộc “{code}” đã được dùng; hãy chọn mã khác.")
            return None
        return code

    def _register(self, line: Line, code: str, body: Unit | None, known: RoundFacts | None) -> None:
        first, last = line.get("starts_on"), line.get("ends_on")
        if known is None:
            if body is None or first is None or last is None:
                raise AssertionError("a new round is registered only when it can be told")
            known = RoundFacts(self.desk.provisional_id(), code, body, first, last)
            self.by_code[code] = known
        first, last = first or known.starts_on, last or known.ends_on
        known.has_moved = known.pk > 0 and (first, last) != (known.starts_on, known.ends_on)
        known.starts_on, known.ends_on = first, last
        known.body = body or known.body
        known.row = line.number
        known.is_sound = not line.bad & {"starts_on", "ends_on"}

    def _read_plan(
        self, line: Line, body: Unit | None, given: dict[str, Any], held: dict[str, Any]
    ) -> None:
        if not self.table.has("plan") or "plan" in line.bad:
            return
        number, first, plan_id = line.get("plan"), line.get("starts_on"), held.get("plan_id")
        if number is None:
            given["plan_id"] = plan_id
            if plan_id is not None:
                stored = self.desk.units.by_id[held["body_id"]]
                told = self._plans.is_told(
                    plan_id, self._plan_numbers[plan_id], stored, held["starts_on"]
                )
                # A number that could have stood there was taken away.
                given["plan_id"] = None if told else plan_id
            return
        meant = self._plans.meant(number, first.year if first else None, body, plan_id)
        if isinstance(meant, int):
            given["plan_id"] = meant
            return
        line.bad.add("plan")
        if meant is not None:
            self.fault(line, "plan", meant)

    def _read_team(
        self, line: Line, body: Unit, given: dict[str, Any], held: dict[str, Any]
    ) -> None:
        if not self.table.has("team") or "team" in line.bad:
            return
        name = line.get("team")
        if name is None:
            given["team_id"] = None
            return
        team_id = held.get("team_id")
        if team_id is not None and self._team_names[team_id] == name:
            # Of several teams of that name, and though another body set it up, it is this one.
            given["team_id"] = team_id
            return
        pk = self._teams.get((body.pk, name))
        if pk is None:
            pk = self._teams[body.pk, name] = self.desk.provisional_id()
            self.new_teams[pk] = (body.pk, name)
        given["team_id"] = pk
