"""Random worlds around the merger of 1 July 2025, made so that the odd cases happen often.

A world comes whole from one seed; Hypothesis draws the seed. Its own shrinking would cut the stream
of choices, which says little about units and days: `minimise` drops records instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from tests.oracle.labels import DISCIPLINE_FORMS, FORMER_DISCIPLINE_FORMS
from tests.oracle.naive import (
    CATEGORIES,
    FIGURES,
    FORMS,
    REMEDY_KINDS,
    SEVERITIES,
    STATUSES,
    Extension,
    Finding,
    Plan,
    Remedy,
    Return,
    Round,
    Succession,
    Unit,
    Visit,
    World,
    share_a_day,
)
from tests.oracle.reading import PlanUntoldError, plan_meant

MERGER = date(2025, 7, 1)
DAY = timedelta(days=1)
LAST_DAY_OF_FORMER_FORMS = date(2025, 6, 30)

# Which kinds stand under which.
BELOW = {
    "PROVINCE": ("DEPARTMENT", "DISTRICT", "DISTRICT", "COMMUNE", "PUBLIC_SERVICE_UNIT"),
    "DEPARTMENT": ("DIVISION", "PUBLIC_SERVICE_UNIT"),
    "DISTRICT": ("COMMUNE", "COMMUNE", "DIVISION", "PUBLIC_SERVICE_UNIT"),
    "COMMUNE": ("DIVISION",),
    "PUBLIC_SERVICE_UNIT": ("DIVISION",),
    "DIVISION": (),
}

# One person in several spellings, and others that must stay apart.
NAMES = (
    ("Nguyễn Văn Đức", "NGUYỄN VĂN ĐỨC", "nguyen van duc", "Nguyễn Văn Dục", "Nguyễn  văn Đúc"),
    ("Trần Thị Hoà", "Trần Thị Hòa", "TRAN THI HOA", "Trần Thị Hoa"),
    ("Nguyễn Văn Dung", "Nguyễn Văn Dũng"),
    ("Lê A", "Lê  A", "lê a"),
)

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """What a summary is asked."""

    code: str
    first: date
    last: date
    as_of: date | None = None
    boundaries_on: date | None = None


class Maker:
    """Builds one world from one stream of random choices."""

    def __init__(self, rng: Random, size: int) -> None:
        self.rng = rng
        self.size = size
        self.world = World()
        self.names = 0
        self.boundaries = [MERGER]
        if self.chance(0.5):
            self.boundaries.insert(0, date(2024, 7, 1))
        if self.chance(0.5):
            self.boundaries.append(date(2026, 1, 1))

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return self.rng.random() < probability

    def maybe(self, probability: float, values: Sequence[T]) -> T | None:
        """One of the values, or with the rest of the probability none."""
        return self.rng.choice(values) if self.chance(probability) else None

    def interesting_day(self) -> date:
        """A day at the edge of a period, near the merger, or anywhere."""
        rng = self.rng
        pick = rng.random()
        if pick < 0.35:
            year, month = rng.choice((2024, 2025, 2026)), rng.choice((1, 4, 7, 10))
            return date(year, month, 1) + rng.choice((-1, 0, 1)) * DAY
        if pick < 0.6:
            return rng.choice(self.boundaries) + rng.randint(-20, 20) * DAY
        if pick < 0.75:
            return rng.choice(self.boundaries) - rng.choice((0, 1)) * DAY
        return date(2023, 12, 1) + rng.randint(0, 1000) * DAY

    # --- units -----------------------------------------------------------------------------

    def alive(self, day: date) -> list[Unit]:
        """Units in force on a day."""
        return [unit for unit in self.world.units if unit.in_force(day)]

    def free(self, code: str, first: date | None) -> bool:
        """Whether nobody bears the code from that day on."""
        return not any(
            unit.code == code and (unit.valid_to is None or first is None or unit.valid_to >= first)
            for unit in self.world.units
        )

    def fresh_code(self, kind: str, parent: Unit | None) -> str:
        """A code that nobody ever bore: numeric with leading zeros, or with letters."""
        while True:
            self.names += 1
            if kind == "PROVINCE":
                code = f"{self.names:02d}"
            elif kind == "COMMUNE" or self.chance(0.2):
                code = f"{5560 + 3 * self.names:05d}"
            elif kind == "DISTRICT":
                code = f"{160 + self.names:03d}"
            else:
                above = parent.code if parent else "TW"
                code = f"{above}.{self.rng.choice(('SNV', 'P', 'TT', 'Đội', 'Hà'))}{self.names}"
            if all(unit.code != code for unit in self.world.units):
                return code

    def new_unit(
        self,
        kind: str,
        parent: Unit | None,
        first: date | None,
        code: str | None = None,
    ) -> Unit:
        """A unit open at its end, or ending with its parent."""
        if parent is not None and parent.valid_from is not None and first is not None:
            first = max(first, parent.valid_from)
        elif parent is not None and first is None:
            first = parent.valid_from
        if code is None or not self.free(code, first):
            code = self.fresh_code(kind, parent)
        name = self.rng.choice(("Xã Định Hóa", "Huyện Đại Từ", "Phòng Nội vụ", "Sở Y tế"))
        if self.chance(0.8):
            name = f"{name} {len(self.world.units)}"
        unit = Unit(code, name, kind, parent, first, parent.valid_to if parent else None)
        self.world.units.append(unit)
        return unit

    def grow(self, parent: Unit, first: date | None, count: int) -> None:
        """Units at random places under a parent."""
        tree = [parent]
        for _ in range(count):
            above = self.rng.choice([unit for unit in tree if BELOW[unit.kind]])
            begins = first
            if self.chance(0.12):
                begins = (first or date(2023, 6, 1)) + self.rng.randint(1, 200) * DAY
                if above.valid_from is not None and begins < above.valid_from:
                    begins = above.valid_from
            tree.append(self.new_unit(self.rng.choice(BELOW[above.kind]), above, begins))

    def close(self, unit: Unit, last: date) -> list[Unit]:
        """Ends a unit and all under it; returns those that end with it."""
        closed = [unit]
        for child in [each for each in self.world.units if each.parent is unit]:
            if child.valid_to is None or child.valid_to > last:
                closed += self.close(child, last)
        unit.valid_to = last
        return closed

    def pass_into(self, old: Unit, heirs: list[Unit], on: date) -> None:
        """The successions of one unit that ends: one heir, or a split with one main heir."""
        heirs = [heir for heir in dict.fromkeys(heirs) if heir is not old]
        if not heirs:
            return
        if len(heirs) == 1 and self.chance(0.9):
            kind = self.rng.choice(("MERGE", "MERGE", "CONTINUE"))
            self.world.successions.append(Succession(old, heirs[0], on, kind, True))
            return
        main = self.rng.choice(heirs)
        for heir in heirs:
            self.world.successions.append(Succession(old, heir, on, "SPLIT", heir is main))

    def turn(self, on: date) -> None:
        """What happens on a day of change: units end, others begin, some pass into them."""
        rng = self.rng
        eve = on - DAY
        ended: list[Unit] = []
        roots = [unit for unit in self.alive(eve) if unit.kind == "PROVINCE"]
        going: list[Unit] = []
        if on == MERGER:
            scenario = rng.choice(("merge", "merge", "merge", "absorb", "continue", "none"))
            if scenario in ("merge", "continue"):
                going = roots[:2]
            elif scenario == "absorb":
                going = roots[1:2]
        going += [
            unit
            for unit in self.alive(eve)
            if unit.kind != "PROVINCE" and self.chance(0.35 if on == MERGER else 0.25)
        ]
        for unit in going:
            # Not what ends anyway on another day, and not what has only just begun.
            if unit.valid_to is None and (unit.valid_from is None or unit.valid_from < on):
                if any(
                    self.stands_above(unit, each)
                    and each.valid_from is not None
                    and each.valid_from >= on
                    for each in self.world.units
                ):
                    continue
                ended += [each for each in self.close(unit, eve) if each not in ended]
        heirs_of: dict[Unit, list[Unit]] = {}
        for kind in BELOW:
            self.turn_kind([unit for unit in ended if unit.kind == kind], on, heirs_of)
        for old, heirs in heirs_of.items():
            self.pass_into(old, heirs, on)

    def stands_above(self, unit: Unit, other: Unit) -> bool:
        """Whether the first unit stands above the second."""
        step = other.parent
        while step is not None:
            if step is unit:
                return True
            step = step.parent
        return False

    def turn_kind(self, ended: list[Unit], on: date, heirs_of: dict[Unit, list[Unit]]) -> None:
        """Heirs for the ended units of one kind."""
        rng = self.rng
        rng.shuffle(ended)
        while ended:
            old = ended.pop()
            standing = [unit for unit in self.alive(on) if unit is not old]
            pick = rng.random()
            if old.kind != "PROVINCE" and pick < 0.12:
                continue  # abolished without heir
            if old.kind != "PROVINCE" and pick < 0.3 and standing:
                # Taken in by a body that stands already: often what its superior passed into,
                # so that one member of a lineage stands under another.
                above = heirs_of.get(old.parent, []) if old.parent else []
                near = above or [each for each in standing if each.parent is old.parent] or standing
                heirs_of[old] = [rng.choice(near if self.chance(0.8) else standing)]
                continue
            together = [old]
            while ended and self.chance(0.5):
                together.append(ended.pop())
            parent = self.heir_parent(old, on, heirs_of)
            if parent is None and old.kind != "PROVINCE":
                continue
            code = rng.choice(together).code if self.chance(0.75) else None
            heirs = [self.new_unit(old.kind, parent, on, code)]
            if self.chance(0.3):
                code = rng.choice(together).code if self.chance(0.5) else None
                heirs.append(self.new_unit(old.kind, parent, on, code))
            for each in together:
                heirs_of[each] = heirs if self.chance(0.4) else [rng.choice(heirs)]

    def heir_parent(self, old: Unit, on: date, heirs_of: dict[Unit, list[Unit]]) -> Unit | None:
        """Under whom the heir of a unit stands: its old superior, or that one's heir."""
        if old.parent is None:
            return None
        if old.parent.in_force(on):
            return old.parent
        step: Unit | None = old.parent
        while step is not None:
            standing = [each for each in heirs_of.get(step, []) if BELOW[each.kind]]
            if standing:
                return self.rng.choice(standing)
            step = step.parent
        standing = [each for each in self.alive(on) if each.kind == "PROVINCE"]
        return self.rng.choice(standing) if standing else None

    def take_in_divisions(self) -> None:
        """A part that its own superior takes in: a predecessor under its successor."""
        world = self.world
        tied = {each.parent for each in world.units}
        tied |= {unit for each in world.successions for unit in (each.old, each.new)}
        for unit in world.units:
            if unit.parent is None or unit in tied or not self.chance(0.1):
                continue
            first = unit.valid_from or date(2024, 1, 1)
            day = first + self.rng.randint(20, 200) * DAY
            if unit.in_force(day) and unit.in_force(day - DAY) and unit.parent.in_force(day):
                unit.valid_to = day - DAY
                world.successions.append(Succession(unit, unit.parent, day, "MERGE", True))
                tied.add(unit.parent)

    # --- records ---------------------------------------------------------------------------

    def add_plans(self) -> None:
        """Plans, often several bodies under one number."""
        for _ in range(self.rng.randint(0, 4)):
            day = self.interesting_day()
            issuers = self.alive(day)
            if not issuers:
                continue
            plan = Plan(
                number=f"{self.rng.choice((45, 46))}/KH-UBND",
                issued_on=day,
                issuer=self.rng.choice(issuers),
                year=day.year + self.rng.choice((0, 0, 0, 1)),
                subject=self.rng.choice(("", "Kiểm tra công vụ")),
            )
            if not any(
                (each.number, each.year, each.issuer) == (plan.number, plan.year, plan.issuer)
                for each in self.world.plans
            ):
                self.world.plans.append(plan)

    def add_rounds(self) -> None:
        """Rounds before, after and across the merger, in all forms and statuses."""
        rng = self.rng
        for _ in range(rng.choice((0, self.size, self.size, 2 * self.size))):
            first = self.interesting_day()
            bodies = self.alive(first)
            if not bodies:
                continue
            # Half of them by a few bodies, so that what returns report is often logged as well.
            body = rng.choice(bodies[:4] if self.chance(0.5) else bodies)
            round_ = Round(
                code=f"C-{len(self.world.rounds) + 1:03d}",
                form=rng.choice(FORMS),
                body=body,
                first=first,
                last=first + rng.choice((0, 0, 1, 2, rng.randint(0, 20))) * DAY,
                status="COMPLETED" if self.chance(0.75) else rng.choice(STATUSES),
                content=rng.choice(("", "Kỷ luật, kỷ cương\nCải cách hành chính")),
                team=rng.choice(("", "Đoàn kiểm tra số 1", "Tổ kiểm tra liên ngành")),
            )
            numbers = [each.number for each in self.world.plans if each.year == first.year]
            if numbers and self.chance(0.5):
                with suppress(PlanUntoldError):
                    round_.plan = plan_meant(self.world, rng.choice(numbers), first.year, body)
            self.world.rounds.append(round_)
            for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
                self.add_visit(round_)

    def add_visit(self, round_: Round) -> None:
        """A visit, mostly to a unit that was visited before, so that lượt and đơn vị differ."""
        rng = self.rng
        day = round_.first + rng.randint(0, (round_.last - round_.first).days) * DAY
        taken = {each.unit.code for each in self.world.visits if each.round is round_}
        choices = [unit for unit in self.alive(day) if unit.code not in taken]
        known = [unit for unit in choices if any(e.unit is unit for e in self.world.visits)]
        if not choices:
            return
        unit = rng.choice(known if known and self.chance(0.6) else choices)
        visit = Visit(round_, unit, day, rng.choice(("", "01/BB-ĐKT")), rng.choice(("", "Tốt")))
        if self.chance(0.3):
            visit.conclusion, visit.concluded = "05/KL-SNV", day + rng.randint(0, 30) * DAY
        self.world.visits.append(visit)
        findings = [self.add_finding(visit) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
        for _ in range(rng.choice((0, 0, 1, 2, 3))):
            self.add_remedy(visit, findings)

    def add_finding(self, visit: Visit) -> Finding:
        """A finding of a visit."""
        finding = Finding(
            code=f"T-{len(self.world.findings) + 1:03d}",
            visit=visit,
            category=self.rng.choice(CATEGORIES),
            severity=self.rng.choice(SEVERITIES),
            subject=self.rng.choice(("", "COLLECTIVE", "INDIVIDUAL")),
            content=self.rng.choice(("Vắng mặt không lý do", "Hồ sơ trễ hạn\n12 ngày")),
        )
        self.world.findings.append(finding)
        return finding

    def add_remedy(self, visit: Visit, findings: list[Finding]) -> None:
        """A remedy, mostly of the kinds that returns add to, and its extensions."""
        rng = self.rng
        kind = rng.choice(REMEDY_KINDS[:4]) if self.chance(0.8) else rng.choice(REMEDY_KINDS)
        subject = "INDIVIDUAL" if kind == "DISCIPLINE" else rng.choice(("COLLECTIVE", "INDIVIDUAL"))
        remedy = Remedy(
            code=f"K-{len(self.world.remedies) + 1:03d}",
            visit=visit,
            kind=kind,
            subject=subject,
            finding=self.maybe(0.5, findings) if findings else None,
        )
        if subject == "INDIVIDUAL" and self.chance(0.8):
            remedy.name = rng.choice(rng.choice(NAMES))
            remedy.post = rng.choice(("", "Chuyên viên"))
        if kind == "DISCIPLINE" and self.chance(0.7):
            forms = list(DISCIPLINE_FORMS)
            if visit.round.last > LAST_DAY_OF_FORMER_FORMS:
                forms = [form for form in forms if form not in FORMER_DISCIPLINE_FORMS]
            remedy.form = rng.choice(forms)
        if self.chance(0.75):
            remedy.due = visit.day + rng.randint(0, 40) * DAY
        around = remedy.due or visit.day + 20 * DAY
        if self.chance(0.6):
            remedy.completed = around + rng.choice((-10, -1, 0, 0, 1, 10, 30)) * DAY
        remedy.report = rng.choice(("", "", "07/BC-UBND"))
        remedy.content = rng.choice(("", "Kiểm điểm, báo cáo kết quả"))
        self.world.remedies.append(remedy)
        around = remedy.completed or around
        decided: set[date] = set()
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
            day = around + rng.choice((-30, -10, -1, 0, 1, 10)) * DAY
            if day not in decided:
                decided.add(day)
                due = around + rng.choice((-5, -1, 0, 1, 15, 60)) * DAY
                document = rng.choice(("", "12/CV-SNV"))
                self.world.extensions.append(Extension(remedy, day, due, document))

    def period(self) -> tuple[date, date]:
        """A period as bodies report it: month, quarter, half, year, to the 14th, or any."""
        rng = self.rng
        year = rng.choice((2024, 2025, 2025, 2025, 2026))
        months = rng.choice((1, 3, 3, 6, 6, 12))
        start = 1 + months * rng.randrange(12 // months)
        first = date(year, start, 1)
        after = date(year + (start + months > 12), (start + months - 1) % 12 + 1, 1)
        pick = rng.random()
        if pick < 0.7:
            return first, after - DAY
        if pick < 0.85:  # "from the 15th to the 14th"
            return first - 17 * DAY, after - 18 * DAY
        return (low := self.interesting_day()), low + rng.randint(0, 120) * DAY

    def add_returns(self) -> None:
        """Returns, nested in a superior's or across their ends, with blank figures."""
        rng = self.rng
        for unit in self.world.units:
            if self.chance(0.35):
                continue
            for _ in range(rng.choice((1, 1, 2, 3))):
                first, last = self.period()
                # Often cut to the unit's life, which else would swallow most of them.
                if self.chance(0.8):
                    first = max(first, unit.valid_from or first)
                    last = min(last, unit.valid_to or last)
                if first > last or not (unit.in_force(first) and unit.in_force(last)):
                    continue
                if any(
                    each.unit is unit and share_a_day(first, last, each.first, each.last)
                    for each in self.world.returns
                ):
                    continue
                most = rng.choice((2, 5, 12))
                figures = {
                    figure: None if self.chance(0.2) else rng.choice((0, rng.randint(0, most)))
                    for figure in FIGURES
                }
                sent = self.maybe(0.5, (last + DAY, last + 20 * DAY))
                self.world.returns.append(Return(unit, first, last, figures, sent=sent))


def random_world(rng: Random, size: int = 8) -> World:
    """A world of some `size` rounds and about three times as many units."""
    maker = Maker(rng, size)
    first = rng.choice((None, None, date(2020, 1, 1)))
    for _ in range(rng.choice((1, 2, 2, 2, 3))):
        root = maker.new_unit("PROVINCE", None, first)
        maker.grow(root, first, rng.randint(0, size))
    for on in maker.boundaries:
        maker.turn(on)
        for unit in maker.alive(on):
            if unit.valid_from == on and BELOW[unit.kind] and maker.chance(0.4):
                maker.grow(unit, on, rng.randint(0, 2))
    maker.take_in_divisions()
    maker.add_plans()
    maker.add_rounds()
    maker.add_returns()
    return maker.world


def random_question(rng: Random, world: World) -> Question:
    """A question about one of the world's codes and a period in which things happen."""
    maker = Maker(rng, 0)
    maker.world = world
    tops = [unit for unit in world.units if unit.parent is None]
    heirs = [each.new for each in world.successions]
    heirs_of_heirs = [each.new for each in world.successions if each.old in heirs]
    pick = rng.random()
    if pick < 0.2 and heirs_of_heirs:
        unit = rng.choice(heirs_of_heirs)
    elif pick < 0.4 and heirs:
        unit = rng.choice(heirs)
    else:
        unit = rng.choice(tops if pick < 0.75 else world.units)
    pick = rng.random()
    if pick < 0.5:
        year = rng.choice((2024, 2025, 2025, 2026))
        first, last = rng.choice(
            (
                (date(year, 1, 1), date(year, 12, 31)),
                (date(year, 1, 1), date(year, 6, 30)),
                (date(year, 7, 1), date(year, 12, 31)),
                (date(year - 1, 12, 15), date(year, 12, 14)),
                (date(2023, 12, 1), date(2026, 12, 31)),
            )
        )
    elif pick < 0.7 and world.returns:
        own = rng.choice(world.returns)
        other = rng.choice([each for each in world.returns if each.last >= own.first])
        first, last = own.first, other.last
        last = last + rng.choice((0, 0, 0, -1, 1)) * DAY
    else:
        first, last = sorted((maker.interesting_day(), maker.interesting_day()))
    if last < first:
        first, last = last, first
    as_of = boundaries_on = None
    if rng.random() < 0.5:
        days = [last]
        asked = [each for each in world.remedies if first <= each.visit.round.last <= last]
        days += [day for each in asked for day in (each.completed, each.due) if day]
        extensions = [each for each in world.extensions if each.remedy in asked]
        days += [day for each in extensions for day in (each.decided, each.due)]
        as_of = rng.choice(days) + rng.choice((-1, 0, 0, 0, 1)) * DAY
    if rng.random() < 0.5 or not unit.in_force(last):
        spans = [first, last, MERGER, MERGER - DAY, unit.valid_from, unit.valid_to]
        boundaries_on = rng.choice([day for day in spans if day is not None])
    return Question(unit.code, first, last, as_of, boundaries_on)


def seeds() -> st.SearchStrategy[int]:
    """Seeds of worlds, for `random_world(Random(seed))`."""
    return st.integers(min_value=0, max_value=2**32 - 1)


def minimise(world: World, disagrees: Callable[[World], bool]) -> World:
    """Drops records one after another as long as the two readings still disagree."""
    smaller = True
    while smaller:
        smaller = False
        for name in ("returns", "extensions", "remedies", "findings", "visits", "rounds", "plans",
                     "successions", "units"):  # fmt: skip
            for record in list(getattr(world, name)):
                if record not in getattr(world, name):
                    continue
                candidate = without(world, record)
                if disagrees(candidate):
                    world, smaller = candidate, True
    return world


def without(world: World, gone: object) -> World:
    """The world without a record and without all that hangs on it."""
    lost = {gone}

    def kept(records: list[T], *owners: str) -> list[T]:
        found = []
        for record in records:
            if record in lost or any(getattr(record, owner) in lost for owner in owners):
                lost.add(record)
            else:
                found.append(record)
        return found

    # A parent may stand after its child in the list: repeat until nothing more falls.
    units = world.units
    while len(fewer := kept(units, "parent")) < len(units):
        units = fewer
    plans = kept(world.plans, "issuer")
    rounds = kept(world.rounds, "body", "plan")
    visits = kept(world.visits, "round", "unit")
    findings = kept(world.findings, "visit")
    remedies = kept(world.remedies, "visit", "finding")
    return World(
        units=units,
        successions=kept(world.successions, "old", "new"),
        plans=plans,
        rounds=rounds,
        visits=visits,
        findings=findings,
        remedies=remedies,
        extensions=kept(world.extensions, "remedy"),
        returns=kept(world.returns, "unit"),
    )


def describe(world: World) -> str:
    """The world in lines, for whoever reads a disagreement."""

    def who(unit: Unit | None) -> str:
        if unit is None:
            return "-"
        return f"{unit.code}[{unit.valid_from or '…'}…{unit.valid_to or '…'}]"

    lines = [f"unit {who(each)} {each.kind} under {who(each.parent)}" for each in world.units]
    lines += [
        f"succession {who(each.old)} → {who(each.new)} {each.on} {each.kind}"
        f"{' main' if each.main else ''}"
        for each in world.successions
    ]
    lines += [f"plan {each.number} {each.year} {who(each.issuer)}" for each in world.plans]
    lines += [
        f"round {each.code} {each.form} by {who(each.body)} {each.first}…{each.last} {each.status}"
        f"{f' plan of {who(each.plan.issuer)}' if each.plan else ''}"
        for each in world.rounds
    ]
    lines += [f"visit {each.round.code} {who(each.unit)} {each.day}" for each in world.visits]
    lines += [
        f"finding {each.code} {each.visit.round.code} {who(each.visit.unit)} {each.category}"
        for each in world.findings
    ]
    lines += [
        f"remedy {each.code} {each.visit.round.code} {who(each.visit.unit)} {each.kind} "
        f"{each.subject} {each.name!r} due {each.due} completed {each.completed}"
        for each in world.remedies
    ]
    lines += [
        f"extension {each.remedy.code} {each.decided} → {each.due}" for each in world.extensions
    ]
    lines += [
        f"return {who(each.unit)} {each.first}…{each.last} "
        f"{ {name: count for name, count in each.figures.items() if count is not None} }"
        for each in world.returns
    ]
    return "\n".join(lines)
