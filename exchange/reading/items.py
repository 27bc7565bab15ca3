"""The sheet `Mục kế hoạch`: items for the draft of a plan, each with its unit, body and time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from accounts.models import User
from congvu.dates import format_day
from congvu.text import clean, fold
from exchange.analysis import Analysis
from exchange.cells import WorkbookReader
from exchange.item_layout import ITEMS, Notice
from exchange.package import refuse
from exchange.reading import open_tables
from exchange.reading.desk import Desk, Progress, SheetReader
from exchange.tables import Line
from inspections.models import Content, Plan, PlanItem, RoundForm, Schedule, Team, span_of
from units.models import Unit

# No plan of a province comes near it.
ITEM_LIMIT = 5_000

_PARTS = re.compile(r"[;\n]")
# One way to say when, and all the columns that belong to it.
_TIMES = {
    Schedule.MONTH: ("month",),
    Schedule.QUARTER: ("quarter",),
    Schedule.DAYS: ("first_day", "last_day"),
}


@dataclass(frozen=True)
class NewItem:
    """An item that the sheet adds: the record, not yet saved, and what is tied to it."""

    row: int
    item: PlanItem
    programmes: list[int]
    contents: list[int]

    @property
    def label(self) -> str:
        """The item in words."""
        return _label(self.item)


def _label(item: PlanItem) -> str:
    return f"{item.unit.name} ({item.unit.code}), {item.when_text}, do {item.body.name}"


@dataclass
class ItemReading:
    """What the sheet would add to the draft, or what is wrong with it."""

    analysis: Analysis
    new: list[NewItem] = field(default_factory=list)
    # Rows whose item the draft has already, with its number there.
    there: list[tuple[int, str, int]] = field(default_factory=list)


def read_items(
    file: IO[bytes],
    plan: Plan,
    person: User,
    *,
    progress: Progress | None = None,
) -> ItemReading:
    """What the workbook would add to the draft. Never writes.

    Raises `RefusedError` for a file that is refused as a whole, and for a plan that is no draft any
    more or that the person may not change.
    """
    if not plan.is_editable_by(person):
        refuse("Bạn không còn được sửa kế hoạch này.")
    if not plan.is_draft:
        refuse(f"{plan.name} không còn là dự thảo nên không thêm mục từ bảng tính được.")
    reading = ItemReading(Analysis())
    desk = Desk(reading.analysis, person, progress=progress)
    missing = f"Tệp không có trang “{ITEMS.title}”; hãy dùng tệp mẫu của kế hoạch này."
    open_tables(WorkbookReader(file), desk, (ITEMS,), missing)
    ItemReader(desk, plan, person, reading).read()
    return reading


class ItemReader(SheetReader):
    """Items by unit, inspecting body and time; codes are read on the first day of that time."""

    sheet = ITEMS
    writes = ()

    def __init__(self, desk: Desk, plan: Plan, person: User, reading: ItemReading) -> None:
        super().__init__(desk)
        self._plan, self._reading = plan, reading
        self._count = 0
        self._heirs: dict[tuple[int, date], str] = {}
        self._programmes = {fold(each.name): each.pk for each in plan.programmes.all()}
        self._contents = {fold(each.label): each for each in Content.objects.all()}
        self._teams: dict[str, list[Team]] = {}
        for team in Team.objects.visible_to(person).select_related("body"):
            for name in {team.name, label_of_team(team)}:
                self._teams.setdefault(fold(name), []).append(team)
        stored = plan.items.values_list("unit_id", "body_id", "first_day", "last_day", "line")
        self._stored = {tuple(key): line for *key, line in stored}

    def prepare(self, lines: list[Line]) -> None:
        """Units and bodies of these codes."""
        self._count += len(lines)
        if self._count > ITEM_LIMIT:
            limit = f"{ITEM_LIMIT:,}".replace(",", ".")
            refuse(f"Trang “{self.table.title}” có hơn {limit} mục; hãy chia thành nhiều tệp.")
        for name in ("unit", "body"):
            self.desk.units.load_codes(line.get(name) for line in lines)
        self.desk.units.load_ids([self._plan.issuer_id])

    def take(self, line: Line) -> None:
        """Read the time, then by its first day the units, then what is tied to the item."""
        schedule, first, last = self._time(line)
        unit = self._unit(line, "unit", first)
        body = self._body(line, first)
        form, notice = line.get("form") or RoundForm.PLANNED, line.get("announced")
        item = PlanItem(
            plan=self._plan,
            form=form,
            # As the form of an item has it at first; a surprise is one.
            announced=notice == Notice.YES if notice else form != RoundForm.SURPRISE,
            schedule=schedule,
            note=line.get("note") or "",
        )
        team = self._team(line, body, first, last)
        self._judge_item(line, item, unit=unit, body=body, team=team, first=first, last=last)
        programmes = self._ids(line, "programmes", self._programme)
        contents = self._ids(line, "contents", self._content)
        if unit is None or body is None or first is None or last is None:
            return
        self.check_name(line, unit, first)
        self._settle_item(line, NewItem(line.number, item, programmes, contents))

    def _settle_item(self, line: Line, new: NewItem) -> None:
        item = new.item
        key = (item.unit_id, item.body_id, item.first_day, item.last_day)
        if self.is_second(line, key, "unit", _label(item)) or line.bad:
            return
        tally = self.desk.analysis.tally(ITEMS)
        if key in self._stored:
            tally.unchanged += 1
            self._reading.there.append((new.row, new.label, self._stored[key]))
        else:
            tally.added += 1
            self._reading.new.append(new)

    # --- when ----------------------------------------------------------------------------------

    def _time(self, line: Line) -> tuple[str, date | None, date | None]:
        """Schedule, first and last day; without days where they cannot be told."""
        given = [
            schedule
            for schedule, names in _TIMES.items()
            if any(line.get(name) is not None or name in line.bad for name in names)
        ]
        if len(given) != 1:
            said = "Chưa ghi" if not given else "Chỉ ghi một cách"
            self.fault(
                line,
                _TIMES[given[1]][0] if given else "month",
                f"{said} thời gian: hãy ghi hoặc tháng, hoặc quý, hoặc từ ngày và đến ngày.",
            )
            return Schedule.DAYS, None, None
        year, (schedule,) = self._plan.year, given
        if any(name in line.bad for name in _TIMES[schedule]):
            return schedule, None, None
        match schedule:
            case Schedule.MONTH:
                return (schedule, *span_of(year, month=int(line.get("month"))))
            case Schedule.QUARTER:
                return (schedule, *span_of(year, quarter=int(line.get("quarter"))))
        return self._days(line)

    def _days(self, line: Line) -> tuple[str, date | None, date | None]:
        first, last = line.get("first_day"), line.get("last_day")
        if first is None:
            self.fault(line, "first_day", "Đã ghi đến ngày thì hãy ghi cả từ ngày.")
        elif last is None:
            self.fault(line, "last_day", "Đã ghi từ ngày thì hãy ghi cả đến ngày.")
        return Schedule.DAYS, first, last

    # --- who -----------------------------------------------------------------------------------

    def _unit(self, line: Line, name: str, first: date | None) -> Unit | None:
        """The unit that bore the code on the first day; else whoever followed it is offered."""
        code, units = line.get(name), self.desk.units
        if code is None:
            return None
        unit = units.at(code, first) if first else None
        bearers = units.bearers(code)
        if unit is not None:
            if name == "unit" and not units.is_around(unit):
                self.fault(
                    line, name, f"Mã “{code}” thuộc tỉnh khác; kế hoạch chỉ ghi đơn vị trong tỉnh."
                )
            return unit
        if first is None and bearers:
            return None  # the fault is in the time
        said = units.why_not(code, first or date.min)
        ended = [each for each in bearers if first and each.valid_to and each.valid_to < first]
        if ended and units.is_around(ended[-1]):
            said += self._offer(ended[-1], first or date.min)
        self.fault(line, name, said)
        return None

    def _body(self, line: Line, first: date | None) -> Unit | None:
        """The inspecting body: that of the code, or whoever issues the plan."""
        if "body" in line.bad:
            return None
        if line.get("body") is None:
            return self.desk.units.by_id[self._plan.issuer_id]
        body = self._unit(line, "body", first)
        if body is not None and not self.check_scope(line, "body", body):
            return None
        return body

    def _offer(self, unit: Unit, day: date) -> str:
        """Whom to write instead of a unit that is no more on the day."""
        key = (unit.pk, day)
        if key not in self._heirs:
            heirs = [f"{each.name} (mã {each.code})" for each in unit.heirs_on(day)]
            self._heirs[key] = f" Đơn vị kế tiếp: {'; '.join(heirs)}." if heirs else ""
        return self._heirs[key]

    def _team(
        self, line: Line, body: Unit | None, first: date | None, last: date | None
    ) -> Team | None:
        """The team of that name that the body may send; the nearest of several."""
        name = line.get("team")
        if name is None:
            return None
        named = self._teams.get(fold(name), [])
        if not named:
            self.fault(
                line,
                "team",
                f"Không có đoàn kiểm tra “{name}” trong phạm vi của bạn; hãy lập đoàn ở mục Đoàn "
                "kiểm tra trước.",
            )
            return None
        if body is None:
            return None
        fitting = [each for each in named if body.is_under(each.body)]
        if not fitting:
            return named[0]  # the item's own rule tells whose it is
        nearest = max(len(each.body.path) for each in fitting)
        fitting = [each for each in fitting if len(each.body.path) == nearest]
        at_work = [each for each in fitting if _works(each, first, last)] or fitting
        if len(at_work) > 1:
            labels = "; ".join(label_of_team(each) for each in at_work[:3])
            self.fault(
                line,
                "team",
                f"Có {len(at_work)} đoàn mang tên “{name}”; hãy ghi kèm số quyết định: {labels}.",
            )
            return None
        return at_work[0]

    # --- what ----------------------------------------------------------------------------------

    def _ids(self, line: Line, name: str, find: Callable[[str], int | None]) -> list[int]:
        """The ids of what the cell names, each once; told where one is not known."""
        text = line.get(name)
        found: dict[int, None] = {}
        unknown: list[str] = []
        for part in filter(None, map(clean, _PARTS.split(text or ""))):
            pk = find(part)
            if pk is None:
                unknown.append(f"“{part}”")
            else:
                found[pk] = None
        if unknown:
            self.fault(line, name, self._why_unknown(name, unknown))
        return list(found)

    def _programme(self, text: str) -> int | None:
        return self._programmes.get(fold(text))

    def _content(self, text: str) -> int | None:
        content = self._contents.get(fold(text))
        return content.pk if content and content.is_offered else None

    def _why_unknown(self, name: str, unknown: Iterable[str]) -> str:
        listed = ", ".join(unknown)
        if name == "contents":
            return (
                f"{listed} không có trong danh mục nội dung kiểm tra; hãy chép từ trang “Danh mục” "
                "của tệp mẫu, các nội dung cách nhau bằng dấu chấm phẩy."
            )
        known = "; ".join(each.name for each in self._plan.programmes.all())
        if not known:
            return f"Kế hoạch chưa có chương trình nào nên không ghi được {listed}."
        return f"Kế hoạch không có chương trình {listed}; các chương trình là: {known}."

    # --- rules ---------------------------------------------------------------------------------

    def _judge_item(
        self,
        line: Line,
        item: PlanItem,
        *,
        unit: Unit | None,
        body: Unit | None,
        team: Team | None,
        first: date | None,
        last: date | None,
    ) -> None:
        """The item's own rules; of a unit that ends meanwhile its heirs are told."""
        for name, value in (
            ("unit", unit), ("body", body), ("team", team), ("first_day", first),
            ("last_day", last),
        ):  # fmt: skip
            setattr(item, name, value)
        told = frozenset(line.bad)
        for name, message in item.faults():
            if name in told:
                continue
            gone = {"unit": unit, "body": body}.get(name)
            self.fault(line, name, message + (self._offer(gone, last) if gone and last else ""))


def _works(team: Team, first: date | None, last: date | None) -> bool:
    """Whether the team works on some of those days."""
    begins_after = team.valid_from and last and team.valid_from > last
    ended_before = team.valid_to and first and team.valid_to < first
    return not (begins_after or ended_before)


def label_of_team(team: Team) -> str:
    """The team's name with its decision, by which teams of one name are told apart."""
    if team.decision_number:
        return f"{team.name} ({team.decision_number})"
    return f"{team.name} ({format_day(team.decided_on)})" if team.decided_on else team.name
