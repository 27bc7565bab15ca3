"""Contract §4 read word for word: loops and sets over plain objects, no Django, no shortcut.

Slow on purpose. Where the product and this file differ, one of them misreads the contract.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

KINDS = ("PROVINCE", "DEPARTMENT", "DISTRICT", "COMMUNE", "PUBLIC_SERVICE_UNIT", "DIVISION")
FORMS = ("PLANNED", "SURPRISE", "VERIFICATION", "THEMATIC", "RECHECK")
STATUSES = ("SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED")
SEVERITIES = ("SHORTCOMING", "LIMITATION", "VIOLATION")
CATEGORIES = (
    "WORK_TIME", "CARD_NAMEPLATE", "WORKPLACE", "ALCOHOL_PRIVATE", "ATTITUDE", "HARASSMENT",
    "PROCEDURE_BREACH", "PROCEDURE_OVERDUE", "PUBLICITY", "TASK_OVERDUE", "SHIRKING", "WORK_RULES",
    "ADVICE_QUALITY", "COORDINATION", "HEAD_RESPONSIBILITY", "STAFF_MANAGEMENT", "CITIZEN_CASE",
    "ETHICS_LAW", "OTHER",
)  # fmt: skip
REMEDY_KINDS = (
    "REVIEW", "DISCIPLINE", "EXPLAIN_RECTIFY", "REMIND", "RECTIFY_ON_SITE", "CRITICIZE",
    "APOLOGIZE", "REASSIGN", "TRAIN", "SETTLE_CASE", "AMEND_RULES", "RECOMMEND", "TRANSFER",
)  # fmt: skip
STATES = ("done_on_time", "done_late", "open", "overdue")

# Rule 7, its last sentence: the figures that returns add to.
FIGURES = (
    *FORMS,
    "VISITS",
    "FINDING_UNITS",
    "REVIEW_UNITS",
    "REVIEW_PEOPLE",
    "DISCIPLINE_PEOPLE",
    "EXPLAIN_UNITS",
    "REMIND_UNITS",
)


@dataclass(eq=False)
class Unit:
    """A unit in one stretch of time."""

    code: str
    name: str
    kind: str
    parent: Unit | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether the unit exists on that day, both ends included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(eq=False)
class Succession:
    """One unit passing into another."""

    old: Unit
    new: Unit
    on: date
    kind: str
    main: bool


@dataclass(eq=False)
class Plan:
    """A plan; counted nowhere, but rounds name it."""

    number: str
    issued_on: date
    issuer: Unit
    year: int
    subject: str = ""


@dataclass(eq=False)
class Round:
    """One inspection by one body."""

    code: str
    form: str
    body: Unit
    first: date
    last: date
    status: str
    plan: Plan | None = None
    content: str = ""
    team: str = ""


@dataclass(eq=False)
class Visit:
    """One unit in one round."""

    round: Round
    unit: Unit
    day: date
    minutes: str = ""
    merits: str = ""
    conclusion: str = ""
    concluded: date | None = None


@dataclass(eq=False)
class Finding:
    """A shortcoming, limitation or violation."""

    code: str
    visit: Visit
    category: str
    severity: str
    subject: str = ""
    content: str = "Nội dung tồn tại"


@dataclass(eq=False)
class Remedy:
    """What a unit or person must do."""

    code: str
    visit: Visit
    kind: str
    subject: str
    finding: Finding | None = None
    name: str = ""
    post: str = ""
    form: str = ""
    due: date | None = None
    completed: date | None = None
    report: str = ""
    content: str = ""


@dataclass(eq=False)
class Extension:
    """A dated permission with a new due date."""

    remedy: Remedy
    decided: date
    due: date
    document: str = ""


@dataclass(eq=False)
class Return:
    """Figures that a unit reports for a period; None is a blank figure."""

    unit: Unit
    first: date
    last: date
    figures: dict[str, int | None]
    accepted: bool = True
    sent: date | None = None


@dataclass(eq=False)
class World:
    """All records there are."""

    units: list[Unit] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)


@dataclass(frozen=True)
class Window:
    """Rule 7: the days from first to last "without" some periods."""

    first: date
    last: date
    without: tuple[tuple[date, date], ...] = ()

    def holds(self, each: Return) -> bool:
        """Whether a return lies wholly in the window.

        "W without r₁…rₖ" leaves out every return that shares a day with one of them.
        """
        if each.first < self.first or each.last > self.last:
            return False
        return not any(share_a_day(each.first, each.last, *period) for period in self.without)


class NotBorneError(Exception):
    """Rule 9: no unit bore the code on that day; `periods` are those in which it was borne."""

    def __init__(self, periods: list[tuple[date | None, date | None]]) -> None:
        super().__init__(periods)
        self.periods = periods


def share_a_day(first: date, last: date, other_first: date, other_last: date) -> bool:
    """Whether two periods, both ends included, have a day in common."""
    return first <= other_last and other_first <= last


def same_name(name: str) -> str:
    """Rule 5: case and all marks ignored, đ = d."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(bare.split())


def bearer(world: World, code: str, day: date) -> Unit:
    """Rule 2: the unit that bore the code on that day; rule 9 when there is none."""
    for unit in world.units:
        if unit.code == code and unit.in_force(day):
            return unit
    raise NotBorneError(
        [(unit.valid_from, unit.valid_to) for unit in world.units if unit.code == code]
    )


def is_under(unit: Unit, other: Unit) -> bool:
    """Whether the unit is the other one, or stands under it."""
    step: Unit | None = unit
    while step is not None:
        if step is other:
            return True
        step = step.parent
    return False


def lineage(world: World, unit: Unit) -> set[Unit]:
    """Rule 2: itself and, transitively, predecessors by MERGE, CONTINUE, SPLIT as main heir."""
    members = {unit}
    while True:
        more = {
            succession.old
            for succession in world.successions
            if succession.new in members
            and (succession.kind in ("MERGE", "CONTINUE") or succession.main)
        }
        if more <= members:
            return members
        members |= more


def units_under(world: World, members: Iterable[Unit]) -> set[Unit]:
    """Rule 2: each member with all units under it."""
    kept = list(members)
    return {unit for unit in world.units if any(is_under(unit, member) for member in kept)}


def state(world: World, remedy: Remedy, as_of: date) -> str:
    """Rule 6."""
    completed = remedy.completed
    if completed is not None and completed <= as_of:
        due = due_in_force(world, remedy, completed)
        return "done_on_time" if due is None or completed <= due else "done_late"
    due = due_in_force(world, remedy, as_of)
    return "overdue" if due is not None and due < as_of else "open"


def due_in_force(world: World, remedy: Remedy, until: date) -> date | None:
    """Rule 6: set by the latest extension decided on or before the day, else the original."""
    due, decided = remedy.due, date.min
    for extension in world.extensions:
        if extension.remedy is remedy and decided < extension.decided <= until:
            due, decided = extension.due, extension.decided
    return due


@dataclass
class Logged:
    """Rules 1, 2 and 4: the records of the rounds that some bodies conducted in a period."""

    rounds: list[Round]
    visits: list[Visit]
    findings: list[Finding]
    remedies: list[Remedy]

    def people(self, kind: str) -> int:
        """Rule 5, people: distinct names per unit, and one for each individual without a name."""
        named: set[tuple[Unit, str]] = set()
        nameless = 0
        for remedy in self.remedies:
            if remedy.kind == kind and remedy.subject == "INDIVIDUAL":
                if same_name(remedy.name):
                    named.add((remedy.visit.unit, same_name(remedy.name)))
                else:
                    nameless += 1
        return len(named) + nameless

    def units(self, kind: str) -> int:
        """Rule 5, units: distinct units named in any remedy of the kind."""
        return len({remedy.visit.unit for remedy in self.remedies if remedy.kind == kind})

    def figure(self, name: str) -> int:
        """One of rule 7's figures as rules 1–5 give it."""
        if name in FORMS:
            return len([each for each in self.rounds if each.form == name])
        readings: dict[str, Callable[[], int]] = {
            "VISITS": lambda: len(self.visits),
            "FINDING_UNITS": lambda: len({each.visit.unit for each in self.findings}),
            "REVIEW_UNITS": lambda: self.units("REVIEW"),
            "REVIEW_PEOPLE": lambda: self.people("REVIEW"),
            "DISCIPLINE_PEOPLE": lambda: self.people("DISCIPLINE"),
            "EXPLAIN_UNITS": lambda: self.units("EXPLAIN_RECTIFY"),
            "REMIND_UNITS": lambda: self.units("REMIND"),
        }
        return readings[name]()


def logged_by(world: World, bodies: set[Unit], first: date, last: date) -> Logged:
    """Rules 1, 2, 4: COMPLETED rounds of these bodies whose last day lies in the period."""
    rounds = [
        each
        for each in world.rounds
        if each.status == "COMPLETED" and first <= each.last <= last and each.body in bodies
    ]
    counted = set(rounds)
    return Logged(
        rounds=rounds,
        visits=[each for each in world.visits if each.round in counted],
        findings=[each for each in world.findings if each.visit.round in counted],
        remedies=[each for each in world.remedies if each.visit.round in counted],
    )


class Returns:
    """Rule 7 for one world: its formulas, figure by figure."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.children: dict[Unit, list[Unit]] = {unit: [] for unit in world.units}
        for unit in world.units:
            if unit.parent is not None:
                self.children[unit.parent].append(unit)

    def under(self, unit: Unit) -> set[Unit]:
        """The unit and all that stand under it."""
        found = {unit}
        for child in self.children[unit]:
            found |= self.under(child)
        return found

    def logged(self, unit: Unit, first: date, last: date, figure: str) -> int:
        """Logged(U, P): rounds conducted by U or under it in period P."""
        bodies = self.under(unit)
        return logged_by(self.world, bodies, first, last).figure(figure)

    def unlogged(self, unit: Unit, window: Window, figure: str) -> int:
        """Unlogged(U, W) = max(with, Σc unlogged(c, W))."""
        children = self.children[unit]
        mine = [
            each
            for each in self.world.returns
            if each.unit is unit and each.accepted and window.holds(each)
        ]
        with_returns = 0
        for each in mine:
            inside = Window(each.first, each.last)
            reported = each.figures.get(figure) or 0
            with_returns += max(
                sum(self.unlogged(child, inside, figure) for child in children),
                reported - self.logged(unit, each.first, each.last, figure),
                0,
            )
        periods = tuple((each.first, each.last) for each in mine)
        rest = Window(window.first, window.last, window.without + periods)
        with_returns += sum(self.unlogged(child, rest, figure) for child in children)
        return max(with_returns, sum(self.unlogged(child, window, figure) for child in children))

    def by_level(self, unit: Unit, window: Window, form: str) -> dict[str, int]:
        """Divides unlogged(U, W) of one form among the kinds of the bodies that it counts at."""
        levels = dict.fromkeys(KINDS, 0)
        below = sum(self.unlogged(child, window, form) for child in self.children[unit])
        levels[unit.kind] += self.unlogged(unit, window, form) - below
        for child in self.children[unit]:
            for kind, count in self.by_level(child, window, form).items():
                levels[kind] += count
        return levels


def summary(
    world: World,
    code: str,
    first: date,
    last: date,
    *,
    as_of: date | None = None,
    boundaries_on: date | None = None,
) -> dict[str, Any]:
    """What `summary --format json` must print (contract §4)."""
    as_of = as_of or last
    boundaries_on = boundaries_on or last
    unit = bearer(world, code, boundaries_on)
    members = lineage(world, unit)
    logged = logged_by(world, units_under(world, members), first, last)

    # Rule 7: "For a lineage: the sum over its members that are not under another member."
    returns = Returns(world)
    window = Window(first, last)
    tops = [
        member
        for member in members
        if not any(is_under(member, other) for other in members if other is not member)
    ]
    unlogged = {
        figure: sum(returns.unlogged(top, window, figure) for top in tops) for figure in FIGURES
    }
    total = {figure: logged.figure(figure) + unlogged[figure] for figure in FIGURES}

    # Rule 3 for what is logged, rule 7 for what is not.
    by_level = dict.fromkeys(KINDS, 0)
    for round_ in logged.rounds:
        by_level[round_.body.kind] += 1
    for top in tops:
        for form in FORMS:
            for kind, count in returns.by_level(top, window, form).items():
                by_level[kind] += count

    by_kind = {
        kind: {
            "count": len([each for each in logged.remedies if each.kind == kind]),
            "units": logged.units(kind),
            "people": logged.people(kind),
        }
        for kind in REMEDY_KINDS
    }
    by_kind["REVIEW"]["units"] = total["REVIEW_UNITS"]
    by_kind["REVIEW"]["people"] = total["REVIEW_PEOPLE"]
    by_kind["DISCIPLINE"]["people"] = total["DISCIPLINE_PEOPLE"]
    by_kind["EXPLAIN_RECTIFY"]["units"] = total["EXPLAIN_UNITS"]
    by_kind["REMIND"]["units"] = total["REMIND_UNITS"]

    states = [state(world, each, as_of) for each in logged.remedies]
    return {
        "unit": {"code": unit.code, "name": unit.name},
        "period": {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "as_of": as_of.isoformat(),
            "boundaries_on": boundaries_on.isoformat(),
        },
        "rounds": {
            "total": len(logged.rounds) + sum(unlogged[form] for form in FORMS),
            "logged": len(logged.rounds),
            "unlogged": sum(unlogged[form] for form in FORMS),
            "by_form": {form: total[form] for form in FORMS},
            "by_level": by_level,
        },
        "visits": {
            "total": total["VISITS"],
            "logged": len(logged.visits),
            "unlogged": unlogged["VISITS"],
            "units": len({each.unit for each in logged.visits}),
        },
        "findings": {
            "total": len(logged.findings),
            "by_category": {
                category: len([each for each in logged.findings if each.category == category])
                for category in CATEGORIES
            },
            "by_severity": {
                severity: len([each for each in logged.findings if each.severity == severity])
                for severity in SEVERITIES
            },
            "units": total["FINDING_UNITS"],
        },
        "remedies": {
            "total": len(logged.remedies),
            "by_kind": by_kind,
            "status": {name: states.count(name) for name in STATES},
        },
    }
