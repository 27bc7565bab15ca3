"""Breaks exactly one thing of a valid workbook: every item of contract §3 "Refused" at least once.

A mutation changes the plain tables of a world and says at which rows, and where the contract leaves
no choice at which column, the fault must be told. It returns None where the world does not offer
what it wants to break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from random import Random

from tests.oracle.labels import LABELS
from tests.oracle.naive import Round, Succession, Unit, World, lineage
from tests.oracle.reading import FIGURE_HEADINGS
from tests.oracle.workbook import (
    DATE,
    KINDS_OF_COLUMN,
    NAME,
    REQUIRED,
    Line,
    Raw,
    Tables,
    Value,
)
from tests.oracle.worlds import LAST_DAY_OF_FORMER_FORMS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Expected:
    """Where the fault must be told."""

    sheet: str
    # Any of these rows; only the last of them in the file when `second`; row 1 when there is none.
    lines: tuple[Line, ...] = ()
    # Any of these columns; any at all when there is none.
    headings: tuple[str, ...] = ()
    second: bool = False
    # What the message must name.
    names: tuple[str, ...] = ()


Mutation = Callable[[Random, World, Tables], Expected | None]


class Breaker:
    """Tools for mutations: the tables, and how to pick and change their rows."""

    def __init__(self, rng: Random, world: World, tables: Tables) -> None:
        self.rng = rng
        self.world = world
        self.tables = tables

    def pick(self, sheet: str, fits: Callable[[Line], bool] = lambda line: True) -> Line | None:
        """Some row of the sheet that fits."""
        lines = [line for line in self.tables.lines[sheet] if fits(line)]
        return self.rng.choice(lines) if lines else None

    def add(self, sheet: str, **cells: Value) -> Line:
        """A row more; headings are given with underscores for spaces."""
        values: dict[str, Value] = dict.fromkeys(KINDS_OF_COLUMN[sheet])
        values |= {heading.replace("_", " "): value for heading, value in cells.items()}
        line = Line(values)
        self.tables.lines[sheet].append(line)
        return line

    def again(self, sheet: str, line: Line, **cells: Value) -> Line:
        """The row once more, with some cells changed."""
        values = line.cells | {heading.replace("_", " "): cells[heading] for heading in cells}
        other = Line(values)
        self.tables.lines[sheet].append(other)
        return other

    def borne(self, code: str, day: date) -> bool:
        """Whether some unit bore the code on that day."""
        return any(unit.code == code and unit.in_force(day) for unit in self.world.units)

    def code_not_borne(self, day: date) -> str | None:
        """A known code that no unit bore on that day."""
        found = [unit.code for unit in self.world.units if not self.borne(unit.code, day)]
        return self.rng.choice(found) if found else None

    def lone(self, unit: Unit) -> bool:
        """Whether no other unit ever bore the unit's code."""
        return not any(other.code == unit.code for other in self.world.units if other is not unit)

    def line_for(self, unit: Unit) -> Line:
        """The row of a unit."""
        return self.tables.line_of("Đơn vị", unit)

    def unit(self, fits: Callable[[Unit], bool]) -> Unit | None:
        """Some unit that fits."""
        found = [unit for unit in self.world.units if fits(unit)]
        return self.rng.choice(found) if found else None


MUTATIONS: dict[str, Mutation] = {}


def mutation(work: Callable[[Breaker], Expected | None]) -> Callable[[Breaker], Expected | None]:
    """Enters a mutation under its name."""
    enter(work.__name__, work)
    return work


def enter(name: str, work: Callable[[Breaker], Expected | None]) -> None:
    """Enters a mutation under a name."""
    assert name not in MUTATIONS, name
    MUTATIONS[name] = lambda rng, world, tables: work(Breaker(rng, world, tables))


# --- one cell changed --------------------------------------------------------------------------


def replaced(
    at: Breaker, *, sheet: str, heading: str, values: tuple[Value, ...]
) -> Expected | None:
    """Some filled cell of the column gets another value; the fault stands at that cell."""
    line = at.pick(sheet, lambda each: each.cells[heading] is not None) or at.pick(sheet)
    if line is None:
        return None
    line.cells[heading] = at.rng.choice(values)
    return Expected(sheet, (line,), (heading,))


CODE_COLUMNS = (
    ("Đơn vị", "Mã đơn vị cấp trên"),
    ("Kế thừa", "Mã đơn vị cũ"),
    ("Kế thừa", "Mã đơn vị mới"),
    ("Kế hoạch", "Mã cơ quan ban hành"),
    ("Cuộc kiểm tra", "Mã cơ quan kiểm tra"),
    ("Lượt kiểm tra", "Mã cuộc"),
    ("Lượt kiểm tra", "Mã đơn vị"),
    ("Tồn tại", "Mã cuộc"),
    ("Tồn tại", "Mã đơn vị"),
    ("Kiến nghị", "Mã cuộc"),
    ("Kiến nghị", "Mã đơn vị"),
    ("Kiến nghị", "Mã tồn tại"),
    ("Gia hạn", "Mã kiến nghị"),
    ("Số liệu báo cáo", "Mã đơn vị"),
)
NO_DATES = (
    "không rõ",
    "31/02/2025",
    "12/31/2024",
    "2025-13-01",
    Raw("3/2025"),
    Raw(45_658),  # 1 January 2025, had its cell the format of a date
    Raw("45658"),
)
NO_COUNTS = (-1, Raw(1.5), Raw("-2"), Raw("1,5"), Raw("2.5"), "ba")

for _sheet, _heading in CODE_COLUMNS:
    enter(
        f"unknown code: {_sheet} · {_heading}",
        partial(replaced, sheet=_sheet, heading=_heading, values=("ZZ.404", "99999")),
    )
for _sheet, _columns in KINDS_OF_COLUMN.items():
    for _heading, _kind in _columns.items():
        if _kind in LABELS:
            enter(
                f"unknown label: {_sheet} · {_heading}",
                partial(replaced, sheet=_sheet, heading=_heading, values=("Không có", "PLANNEDX")),
            )
        if _kind == DATE:
            enter(
                f"no date: {_sheet} · {_heading}",
                partial(replaced, sheet=_sheet, heading=_heading, values=NO_DATES),
            )
        if _heading in REQUIRED[_sheet]:
            enter(
                f"missing cell: {_sheet} · {_heading}",
                partial(
                    replaced,
                    sheet=_sheet,
                    heading=_heading,
                    values=(None, Raw(" "), Raw("\u00a0")),
                ),
            )
for _heading in FIGURE_HEADINGS:
    enter(
        f"no count: {_heading}",
        partial(replaced, sheet="Số liệu báo cáo", heading=_heading, values=NO_COUNTS),
    )


def column_missing(at: Breaker, *, sheet: str, heading: str) -> Expected | None:
    """A required column is not there: told at row 1 of the sheet."""
    if not at.tables.lines[sheet]:
        return None
    at.tables.absent_columns.add((sheet, heading))
    return Expected(sheet)


for _sheet, _headings in REQUIRED.items():
    for _heading in _headings:
        enter(
            f"missing column: {_sheet} · {_heading}",
            partial(column_missing, sheet=_sheet, heading=_heading),
        )


def wrong_name(at: Breaker, *, sheet: str) -> Expected | None:
    """A name that is not that of the unit on that day: the fault names both."""
    line = at.pick(sheet)
    if line is None:
        return None
    right = str(line.cells["Tên đơn vị"])
    line.cells["Tên đơn vị"] = Raw("Xã Không Đúng")
    return Expected(sheet, (line,), ("Tên đơn vị",), names=("Xã Không Đúng", right))


def former_name(at: Breaker, *, sheet: str) -> Expected | None:
    """The name of whom the code meant on another day: the fault names both."""
    choices = [
        (line, unit.name)
        for line in at.tables.lines[sheet]
        for unit in at.world.units
        if unit.code == line.cells["Mã đơn vị"] and unit.name != line.cells["Tên đơn vị"]
    ]
    if not choices:
        return None
    line, name = at.rng.choice(choices)
    right = str(line.cells["Tên đơn vị"])
    line.cells["Tên đơn vị"] = Raw(name)
    return Expected(sheet, (line,), ("Tên đơn vị",), names=(name, right))


for _sheet, _columns in KINDS_OF_COLUMN.items():
    if NAME in _columns.values():
        enter(f"wrong name: {_sheet}", partial(wrong_name, sheet=_sheet))
        enter(f"name of another day: {_sheet}", partial(former_name, sheet=_sheet))


# --- identity ----------------------------------------------------------------------------------


def twice(at: Breaker, *, sheet: str, other: dict[str, Value]) -> Expected | None:
    """The same identity once more, other cells changed: a fault at the second row."""
    line = at.pick(sheet)
    if line is None:
        return None
    return Expected(sheet, (line, at.again(sheet, line, **other)), second=True)


for _sheet, _other in (
    ("Đơn vị", {"Tên_đơn_vị": "Tên khác"}),
    ("Kế thừa", {"Loại": "CONTINUE"}),
    ("Kế hoạch", {"Trích_yếu": "Khác"}),
    ("Cuộc kiểm tra", {"Hình_thức": "RECHECK"}),
    ("Lượt kiểm tra", {"Ưu_điểm": "Khác"}),
    ("Tồn tại", {"Nội_dung": "Khác"}),
    ("Kiến nghị", {"Chức_vụ": None}),
    ("Gia hạn", {"Văn_bản": "Khác"}),
    ("Số liệu báo cáo", {"Số_lượt_đơn_vị": 3}),
):
    enter(f"same identity twice: {_sheet}", partial(twice, sheet=_sheet, other=dict(_other)))


# --- not in force ------------------------------------------------------------------------------


def not_in_force(
    at: Breaker, *, sheet: str, heading: str, day_heading: str, days: int = 0
) -> Expected | None:
    """A known code that no unit bore on the date in question."""
    line = at.pick(sheet, lambda each: isinstance(each.cells[day_heading], date))
    if line is None or line.cells[heading] is None:
        return None
    day = line.cells[day_heading]
    assert isinstance(day, date)
    code = at.code_not_borne(day + days * DAY)
    if code is None:
        return None
    line.cells[heading] = code
    return Expected(sheet, (line,), (heading, day_heading))


for _sheet, _heading, _day, _days in (
    ("Đơn vị", "Mã đơn vị cấp trên", "Hiệu lực từ", 0),
    ("Kế thừa", "Mã đơn vị cũ", "Ngày hiệu lực", -1),
    ("Kế thừa", "Mã đơn vị mới", "Ngày hiệu lực", 0),
    ("Kế hoạch", "Mã cơ quan ban hành", "Ngày ban hành", 0),
    ("Cuộc kiểm tra", "Mã cơ quan kiểm tra", "Từ ngày", 0),
    ("Lượt kiểm tra", "Mã đơn vị", "Ngày kiểm tra", 0),
    ("Số liệu báo cáo", "Mã đơn vị", "Đến ngày", 0),
):
    enter(
        f"not in force: {_sheet} · {_heading}",
        partial(not_in_force, sheet=_sheet, heading=_heading, day_heading=_day, days=_days),
    )


# --- units -------------------------------------------------------------------------------------


@mutation
def begins_before_parent(at: Breaker) -> Expected | None:
    """A unit without a first day under one that has a first day."""

    def fits(unit: Unit) -> bool:
        return (
            unit.parent is not None
            and unit.parent.valid_from is not None
            and at.lone(unit)
            and at.lone(unit.parent)
        )

    unit = at.unit(fits)
    if unit is None:
        return None
    line = at.line_for(unit)
    line.cells["Hiệu lực từ"] = None
    return Expected("Đơn vị", (line,), ("Hiệu lực từ", "Mã đơn vị cấp trên"))


@mutation
def ends_after_parent(at: Breaker) -> Expected | None:
    """A unit that stays when its superior has ended."""

    def fits(unit: Unit) -> bool:
        return unit.parent is not None and unit.parent.valid_to is not None and at.lone(unit)

    unit = at.unit(fits)
    if unit is None or unit.parent is None or unit.parent.valid_to is None:
        return None
    line = at.line_for(unit)
    line.cells["Hiệu lực đến"] = at.rng.choice((None, unit.parent.valid_to + DAY))
    return Expected("Đơn vị", (line,), ("Hiệu lực đến", "Mã đơn vị cấp trên"))


@mutation
def one_code_two_units(at: Breaker) -> Expected | None:
    """Another unit that bears the code for one day."""
    unit = at.unit(lambda each: each.valid_from != each.valid_to or each.valid_from is None)
    if unit is None:
        return None
    if unit.valid_to is not None:
        day = unit.valid_to
    else:
        day = (unit.valid_from or date(2020, 1, 1)) + at.rng.choice((1, 400)) * DAY
    other = at.add(
        "Đơn vị",
        Mã_đơn_vị=unit.code,
        Tên_đơn_vị="Đơn vị trùng mã",
        Loại=unit.kind,
        Hiệu_lực_từ=day,
        Hiệu_lực_đến=day,
    )
    return Expected("Đơn vị", (at.line_for(unit), other))


@mutation
def own_superior(at: Breaker) -> Expected | None:
    """A unit that names its own code as its superior's."""
    unit = at.unit(lambda each: True)
    if unit is None:
        return None
    line = at.line_for(unit)
    line.cells["Mã đơn vị cấp trên"] = unit.code
    return Expected("Đơn vị", (line,), ("Mã đơn vị cấp trên",))


@mutation
def own_superior_in_a_ring(at: Breaker) -> Expected | None:
    """A unit that stands under its own subordinate."""

    def fits(unit: Unit) -> bool:
        return (
            unit.parent is not None
            and unit.valid_from == unit.parent.valid_from
            and unit.valid_to == unit.parent.valid_to
            and at.lone(unit)
        )

    unit = at.unit(fits)
    if unit is None or unit.parent is None:
        return None
    line = at.line_for(unit.parent)
    line.cells["Mã đơn vị cấp trên"] = unit.code
    return Expected("Đơn vị", (line, at.line_for(unit)))


@mutation
def unit_ends_before_it_begins(at: Breaker) -> Expected | None:
    """End before start, told at the end."""
    unit = at.unit(lambda each: each.valid_from is not None)
    if unit is None or unit.valid_from is None:
        return None
    line = at.line_for(unit)
    line.cells["Hiệu lực đến"] = unit.valid_from - at.rng.choice((1, 40)) * DAY
    return Expected("Đơn vị", (line,), ("Hiệu lực đến",))


# --- successions -------------------------------------------------------------------------------


def steps_of(at: Breaker, unit: Unit) -> tuple[Line, ...]:
    """The rows of a predecessor."""
    return tuple(
        at.tables.line_of("Kế thừa", each) for each in at.world.successions if each.old is unit
    )


def succession(at: Breaker, fits: Callable[[Succession], bool]) -> Succession | None:
    """Some succession that fits."""
    found = [each for each in at.world.successions if fits(each)]
    return at.rng.choice(found) if found else None


@mutation
def two_heirs_no_split(at: Breaker) -> Expected | None:
    """A predecessor that is merged into two."""
    step = succession(at, lambda each: each.kind != "SPLIT")
    if step is None:
        return None
    others = {
        unit.code
        for unit in at.world.units
        if unit.in_force(step.on) and unit not in (step.old, step.new)
    }
    if not others:
        return None
    kind = at.rng.choice(("MERGE", "CONTINUE", "SPLIT"))
    other = at.add(
        "Kế thừa",
        Mã_đơn_vị_cũ=step.old.code,
        Mã_đơn_vị_mới=at.rng.choice(sorted(others)),
        Ngày_hiệu_lực=step.on,
        Loại=kind,
        Mặc_định="x" if kind == "SPLIT" and at.rng.random() < 0.5 else None,
    )
    return Expected("Kế thừa", (*steps_of(at, step.old), other))


@mutation
def split_without_main_heir(at: Breaker) -> Expected | None:
    """A split in which nobody is marked."""
    step = succession(at, lambda each: True)
    if step is None:
        return None
    lines = steps_of(at, step.old)
    for line in lines:
        line.cells["Loại"] = "SPLIT"
        line.cells["Mặc định"] = None
    # Without the column, what the database has would stay.
    at.tables.kept_columns.add(("Kế thừa", "Mặc định"))
    return Expected("Kế thừa", lines)


@mutation
def split_with_two_main_heirs(at: Breaker) -> Expected | None:
    """A split in which all are marked."""
    step = succession(at, lambda each: each.kind == "SPLIT" and not each.main)
    if step is None:
        return None
    lines = steps_of(at, step.old)
    for line in lines:
        line.cells["Mặc định"] = "x"
    return Expected("Kế thừa", lines)


# --- plans and rounds --------------------------------------------------------------------------


@mutation
def unknown_plan(at: Breaker) -> Expected | None:
    """A number that no plan bears, or only one of another year."""
    line = at.pick("Cuộc kiểm tra")
    if line is None:
        return None
    number = "987/KH-UBND"
    issuers = at.unit(lambda each: each.in_force(date(2024, 3, 1)))
    if issuers is not None and at.rng.random() < 0.5:
        at.add(
            "Kế hoạch",
            Số_ký_hiệu=number,
            Ngày_ban_hành=date(2024, 3, 1),
            Mã_cơ_quan_ban_hành=issuers.code,
            Năm=1999,
        )
    line.cells["Số kế hoạch"] = number
    return Expected("Cuộc kiểm tra", (line,), ("Số kế hoạch",))


@mutation
def plan_of_two_strangers(at: Breaker) -> Expected | None:
    """A number that two bodies gave, neither of them the inspecting one or above it."""
    line = at.pick("Cuộc kiểm tra")
    if line is None or not isinstance(line.record, Round):
        return None
    near: set[Unit] = set()
    step: Unit | None = line.record.body
    while step is not None:
        near |= lineage(at.world, step)
        step = step.parent
    year = line.record.first.year
    day = date(year, 3, 1)
    strangers = [unit for unit in at.world.units if unit.in_force(day) and unit not in near]
    if len(strangers) < 2:
        return None
    for issuer in at.rng.sample(strangers, 2):
        at.add(
            "Kế hoạch",
            Số_ký_hiệu="987/KH-UBND",
            Ngày_ban_hành=day,
            Mã_cơ_quan_ban_hành=issuer.code,
            Năm=year,
        )
    line.cells["Số kế hoạch"] = "987/KH-UBND"
    return Expected("Cuộc kiểm tra", (line,), ("Số kế hoạch",))


@mutation
def round_ends_before_it_begins(at: Breaker) -> Expected | None:
    """End before start, told at the end."""
    line = at.pick("Cuộc kiểm tra")
    if line is None or not isinstance(line.record, Round):
        return None
    line.cells["Đến ngày"] = line.record.first - at.rng.choice((1, 40)) * DAY
    return Expected("Cuộc kiểm tra", (line,), ("Đến ngày",))


@mutation
def visit_outside_the_round(at: Breaker) -> Expected | None:
    """A visit on the day after or before the round."""
    choices = [
        (visit, day)
        for visit in at.world.visits
        for day in (visit.round.first - DAY, visit.round.last + DAY)
        if visit.unit.in_force(day)
    ]
    if not choices:
        return None
    visit, day = at.rng.choice(choices)
    line = at.tables.line_of("Lượt kiểm tra", visit)
    line.cells["Ngày kiểm tra"] = day
    return Expected("Lượt kiểm tra", (line,), ("Ngày kiểm tra",))


@mutation
def one_code_two_units_in_a_round(at: Breaker) -> Expected | None:
    """A round across a day of change that visits both bearers of a code."""
    changes = [
        (old, new)
        for old in at.world.units
        for new in at.world.units
        if old.code == new.code
        and old.valid_to is not None
        and old.valid_to + DAY == new.valid_from
    ]
    if not changes:
        return None
    old, new = at.rng.choice(changes)
    assert old.valid_to is not None
    bodies = [unit for unit in at.world.units if unit.in_force(old.valid_to)]
    at.add(
        "Cuộc kiểm tra",
        Mã_cuộc="C-GIAO",
        Hình_thức="PLANNED",
        Mã_cơ_quan_kiểm_tra=at.rng.choice(bodies).code,
        Từ_ngày=old.valid_to,
        Đến_ngày=new.valid_from,
        Trạng_thái="COMPLETED",
    )
    lines = tuple(
        at.add("Lượt kiểm tra", Mã_cuộc="C-GIAO", Mã_đơn_vị=old.code, Ngày_kiểm_tra=day)
        for day in (old.valid_to, new.valid_from)
    )
    return Expected("Lượt kiểm tra", lines)


# --- findings and remedies ---------------------------------------------------------------------


def not_visited(at: Breaker, *, sheet: str) -> Expected | None:
    """A unit that the round did not visit."""
    line = at.pick(sheet)
    if line is None:
        return None
    visited = {
        visit.unit.code for visit in at.world.visits if visit.round.code == line.cells["Mã cuộc"]
    }
    others = sorted({unit.code for unit in at.world.units} - visited)
    if not others:
        return None
    line.cells["Mã đơn vị"] = at.rng.choice(others)
    line.cells["Tên đơn vị"] = None
    return Expected(sheet, (line,), ("Mã đơn vị", "Mã cuộc"))


enter("not visited: Tồn tại", partial(not_visited, sheet="Tồn tại"))
enter("not visited: Kiến nghị", partial(not_visited, sheet="Kiến nghị"))


@mutation
def finding_of_another_visit(at: Breaker) -> Expected | None:
    """A remedy that names a finding of another visit."""
    choices = [
        (remedy, finding)
        for remedy in at.world.remedies
        for finding in at.world.findings
        if finding.visit is not remedy.visit
    ]
    if not choices:
        return None
    remedy, finding = at.rng.choice(choices)
    line = at.tables.line_of("Kiến nghị", remedy)
    line.cells["Mã tồn tại"] = finding.code
    return Expected("Kiến nghị", (line,), ("Mã tồn tại",))


@mutation
def name_on_collective(at: Breaker) -> Expected | None:
    """A collective remedy with a person's name."""
    line = at.pick("Kiến nghị", lambda each: each.cells["Đối tượng"] == "COLLECTIVE")
    if line is None:
        return None
    line.cells["Họ tên"] = "Nguyễn Văn Đức"
    return Expected("Kiến nghị", (line,), ("Họ tên", "Đối tượng"))


@mutation
def discipline_on_collective(at: Breaker) -> Expected | None:
    """Discipline that is not on an individual."""
    line = at.pick("Kiến nghị", lambda each: each.cells["Đối tượng"] == "COLLECTIVE")
    if line is None:
        return None
    line.cells["Loại"] = "DISCIPLINE"
    return Expected("Kiến nghị", (line,), ("Đối tượng", "Loại"))


@mutation
def form_without_discipline(at: Breaker) -> Expected | None:
    """A discipline form on a remedy of another kind."""
    line = at.pick("Kiến nghị", lambda each: each.cells["Loại"] != "DISCIPLINE")
    if line is None:
        return None
    line.cells["Hình thức kỷ luật"] = "REPRIMAND"
    return Expected("Kiến nghị", (line,), ("Hình thức kỷ luật", "Loại"))


@mutation
def form_no_longer_in_force(at: Breaker) -> Expected | None:
    """A form that had been abolished by the round's last day."""
    found = [
        remedy
        for remedy in at.world.remedies
        if remedy.kind == "DISCIPLINE" and remedy.visit.round.last > LAST_DAY_OF_FORMER_FORMS
    ]
    if not found:
        return None
    line = at.tables.line_of("Kiến nghị", at.rng.choice(found))
    line.cells["Hình thức kỷ luật"] = at.rng.choice(("SALARY_DOWNGRADE", "DEMOTION"))
    return Expected("Kiến nghị", (line,), ("Hình thức kỷ luật",))


# --- returns -----------------------------------------------------------------------------------


@mutation
def return_ends_before_it_begins(at: Breaker) -> Expected | None:
    """End before start, told at the end."""
    found = [
        (each, day)
        for each in at.world.returns
        for day in (each.first - DAY, each.first - 40 * DAY)
        if each.unit.in_force(day)
    ]
    if not found:
        return None
    each, day = at.rng.choice(found)
    line = at.tables.line_of("Số liệu báo cáo", each)
    line.cells["Đến ngày"] = day
    return Expected("Số liệu báo cáo", (line,), ("Đến ngày",))


@mutation
def return_before_its_unit(at: Breaker) -> Expected | None:
    """A return that begins before its unit."""
    found = [each for each in at.world.returns if each.unit.valid_from is not None]
    if not found:
        return None
    each = at.rng.choice(found)
    assert each.unit.valid_from is not None
    line = at.tables.line_of("Số liệu báo cáo", each)
    line.cells["Từ ngày"] = each.unit.valid_from - at.rng.choice((1, 100)) * DAY
    return Expected("Số liệu báo cáo", (line,), ("Từ ngày", "Đến ngày", "Mã đơn vị"))


@mutation
def returns_that_share_a_day(at: Breaker) -> Expected | None:
    """Another return of the same unit that shares a day: at the second, any cell of the row."""
    found = [each for each in at.world.returns if each.unit.in_force(each.last + DAY)]
    if not found:
        return None
    each = at.rng.choice(found)
    line = at.tables.line_of("Số liệu báo cáo", each)
    other = at.again("Số liệu báo cáo", line, Từ_ngày=each.last, Đến_ngày=each.last + DAY)
    rows: Iterable[Line] = [
        row for row in at.tables.lines["Số liệu báo cáo"] if row in (line, other)
    ]
    return Expected("Số liệu báo cáo", tuple(rows), second=True)


# --- two faults --------------------------------------------------------------------------------

# Columns by which nothing else in the workbook is measured, with what cannot stand in them: such a
# fault and any other are both told, in one row as in two.
ALOOF: dict[str, dict[str, tuple[Value, ...]]] = {
    "Đơn vị": {"Loại": ("Không có", None)},
    "Cuộc kiểm tra": {"Hình thức": ("Không có", None), "Trạng thái": ("Không có", None)},
    "Lượt kiểm tra": {"Ngày kết luận": NO_DATES},
    "Tồn tại": {
        "Nhóm": ("Không có", None),
        "Mức độ": ("Không có", None),
        "Đối tượng": ("Không có",),
        "Nội dung": (None, Raw(" ")),
    },
    "Kiến nghị": {"Hạn thực hiện": NO_DATES, "Ngày hoàn thành": NO_DATES},
    "Gia hạn": {"Hạn mới": (*NO_DATES, None)},
    "Số liệu báo cáo": {
        "Ngày gửi": NO_DATES,
        **dict.fromkeys(FIGURE_HEADINGS, NO_COUNTS),
    },
}

# Faults that one row can have at once, neither of which follows from the other.
PAIRS = (
    ("unknown code: Đơn vị · Mã đơn vị cấp trên", "unit_ends_before_it_begins"),
    ("unknown code: Đơn vị · Mã đơn vị cấp trên", "no date: Đơn vị · Hiệu lực từ"),
    ("unknown code: Đơn vị · Mã đơn vị cấp trên", "no date: Đơn vị · Hiệu lực đến"),
    ("unknown code: Đơn vị · Mã đơn vị cấp trên", "missing cell: Đơn vị · Mã đơn vị"),
    ("unknown code: Kế thừa · Mã đơn vị cũ", "unknown code: Kế thừa · Mã đơn vị mới"),
    ("unknown code: Kế thừa · Mã đơn vị cũ", "no date: Kế thừa · Ngày hiệu lực"),
    ("unknown code: Kế hoạch · Mã cơ quan ban hành", "missing cell: Kế hoạch · Năm"),
    ("unknown code: Kế hoạch · Mã cơ quan ban hành", "no date: Kế hoạch · Ngày ban hành"),
    ("unknown code: Cuộc kiểm tra · Mã cơ quan kiểm tra", "round_ends_before_it_begins"),
    ("unknown code: Cuộc kiểm tra · Mã cơ quan kiểm tra", "unknown_plan"),
    ("unknown code: Cuộc kiểm tra · Mã cơ quan kiểm tra", "no date: Cuộc kiểm tra · Từ ngày"),
    ("unknown code: Cuộc kiểm tra · Mã cơ quan kiểm tra", "missing cell: Cuộc kiểm tra · Mã cuộc"),
    ("round_ends_before_it_begins", "unknown_plan"),
    ("unknown code: Lượt kiểm tra · Mã đơn vị", "visit_outside_the_round"),
    ("unknown code: Lượt kiểm tra · Mã đơn vị", "unknown code: Lượt kiểm tra · Mã cuộc"),
    ("unknown code: Lượt kiểm tra · Mã đơn vị", "no date: Lượt kiểm tra · Ngày kiểm tra"),
    ("not visited: Tồn tại", "missing cell: Tồn tại · Mã tồn tại"),
    ("not visited: Kiến nghị", "missing cell: Kiến nghị · Mã kiến nghị"),
    ("not visited: Kiến nghị", "unknown code: Kiến nghị · Mã tồn tại"),
    ("not visited: Kiến nghị", "discipline_on_collective"),
    ("not visited: Kiến nghị", "name_on_collective"),
    ("not visited: Kiến nghị", "form_without_discipline"),
    ("not visited: Kiến nghị", "form_no_longer_in_force"),
    ("unknown label: Kiến nghị · Loại", "name_on_collective"),
    ("unknown code: Kiến nghị · Mã tồn tại", "name_on_collective"),
    ("unknown code: Gia hạn · Mã kiến nghị", "no date: Gia hạn · Ngày cho phép"),
    ("unknown code: Số liệu báo cáo · Mã đơn vị", "return_ends_before_it_begins"),
    ("unknown code: Số liệu báo cáo · Mã đơn vị", "no date: Số liệu báo cáo · Từ ngày"),
)


def pair(names: tuple[str, str]) -> Callable[[Random, World, Tables], tuple[Expected, ...] | None]:
    """Both mutations, where they hit one row."""

    def work(rng: Random, world: World, tables: Tables) -> tuple[Expected, ...] | None:
        found = [MUTATIONS[name](rng, world, tables) for name in names]
        both = tuple(each for each in found if each is not None)
        return both if len(both) == 2 and both[0].lines == both[1].lines else None

    return work


def and_another(name: str) -> Callable[[Random, World, Tables], tuple[Expected, ...] | None]:
    """The mutation, and a fault in a column of `ALOOF`: in a row of the first one or in another."""

    def work(rng: Random, world: World, tables: Tables) -> tuple[Expected, ...] | None:
        first = MUTATIONS[name](rng, world, tables)
        if first is None:
            return None
        is_near = bool(first.lines) and first.sheet in ALOOF and rng.random() < 0.6
        sheet = first.sheet if is_near else rng.choice(list(ALOOF))
        lines = first.lines if is_near else tuple(tables.lines[sheet])
        headings = [
            heading
            for heading in ALOOF[sheet]
            if (sheet, heading) not in tables.absent_columns
            and (sheet != first.sheet or heading not in first.headings)
        ]
        if not lines or not headings:
            return None
        line, heading = rng.choice(lines), rng.choice(headings)
        line.cells[heading] = rng.choice(ALOOF[sheet][heading])
        if sheet == first.sheet and first.lines and not first.headings:
            # Told at any cell of its row but that one.
            others = tuple(each for each in KINDS_OF_COLUMN[sheet] if each != heading)
            first = replace(first, headings=others)
        return first, Expected(sheet, (line,), (heading,))

    return work
