"""Biểu 02 and Biểu 04: the visits and the remedies behind a summary, one by one.

The same question, the same records (`Logged`), the same states at `as_of` as in the summary, so
that the tables add up to its figures. Rows stand by inspecting body, as in Biểu 01.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar

from django.db.models import Case, Count, IntegerField, Prefetch, QuerySet, Value, When
from django.utils import timezone

from congvu.dates import days_phrase, format_day
from congvu.numbers import number_text, roman
from findings.columns import HIDDEN
from findings.models import Finding, Progress, Remedy, RemedyState, Severity, stands
from findings.models.codes import STATE_TONES
from inspections.models import Visit
from reports.rollups import Question
from reports.rollups.logged import Logged
from units.models import Kind, Unit

# Rows of a file that are in memory at once.
CHUNK = 1000


@dataclass(frozen=True)
class Line:
    """One record as a row of the table."""

    number: int
    # In the order of the headings, without the first.
    cells: tuple[str | date, ...]
    url: str
    tone: str = ""
    headings: tuple[str, ...] = ()

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Heading and text of each cell, for the page."""
        texts = (format_day(each) if isinstance(each, date) else each for each in self.cells)
        return list(zip(self.headings, texts, strict=True))


@dataclass(frozen=True)
class Body:
    """The rows of one inspecting body."""

    numeral: str
    name: str
    text: str
    lines: Iterable[Line]


class Listed(ABC):
    """A table of records behind a summary. A fixed number of queries, whatever the data."""

    number: ClassVar[str]
    title: ClassVar[str]
    headings: ClassVar[tuple[str, ...]]
    # Whether rows may hold names of persons.
    has_names: ClassVar[bool] = False
    # Leads from a record to its inspecting body.
    to_body: ClassVar[str]
    # What is counted of the whole table, with the key of the summary's figure that says the same.
    figures: ClassVar[dict[str, str]]

    def __init__(self, question: Question, *, with_names: bool = False) -> None:
        self.question = question
        self.with_names = with_names
        period = question.period
        self.logged = Logged(question.paths, period.first, period.last, question.as_of)

    # --- records ---------------------------------------------------------------------------

    @abstractmethod
    def records(self) -> QuerySet[Any]:
        """The records behind the summary's figure."""

    @abstractmethod
    def told(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """The same with what `cells` reads."""

    @abstractmethod
    def cells(self, record: Any) -> tuple[str | date, ...]:
        """What stands in the row, in the order of the headings, without its number."""

    @abstractmethod
    def body_of(self, record: Any) -> int:
        """The id of the inspecting body."""

    def tone(self, record: Any) -> str:
        """In which tone the state of the record is drawn; empty where it has none."""
        return ""

    @property
    @abstractmethod
    def order(self) -> str:
        """The columns by which the rows stand: level, name and id of the body first."""

    def rows(self) -> QuerySet[Any]:
        """The records in the order of the table."""
        levels = [When(**{f"{self.to_body}__kind": kind}, then=Value(place))
                  for place, kind in enumerate(Kind.values)]  # fmt: skip
        level = Case(*levels, default=Value(len(levels)), output_field=IntegerField())
        rows: QuerySet[Any] = self.told(self.records()).annotate(body_level=level)
        return rows

    # --- totals ----------------------------------------------------------------------------

    @abstractmethod
    def _counts(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """What is counted of each body and of all, as aggregates by name."""

    @abstractmethod
    def _text(self, counts: dict[str, int]) -> str:
        """The counts in words."""

    @cached_property
    def _by_body(self) -> dict[int, dict[str, int]]:
        rows = self.records().order_by()
        found = rows.values(self.to_body).annotate(**self._counts(rows))
        return {each.pop(self.to_body): each for each in found}

    @cached_property
    def total(self) -> dict[str, int]:
        """The counts of the whole table. One query: units that several visited count once."""
        rows = self.records().order_by()
        return rows.aggregate(**self._counts(rows))

    @property
    def total_text(self) -> str:
        """The counts of the whole table in words."""
        return self._text(self.total)

    @cached_property
    def _names(self) -> dict[int, tuple[str, str]]:
        """Numeral and name of each body, in the order of the table."""
        levels = list(Kind.values)
        bodies = Unit.objects.filter(pk__in=list(self._by_body)).prefetch_related("former_names")
        ordered = sorted(bodies, key=lambda each: (levels.index(each.kind), each.sort_key, each.pk))
        on = self.question.boundaries_on
        return {
            each.pk: (roman(place), each.name_on(on)) for place, each in enumerate(ordered, start=1)
        }

    def bodies(self, records: Iterable[Any], first: int = 1) -> Iterator[Body]:
        """These records, in the order of the table, by body; `first` is the first row's number."""
        numbered = enumerate(records, start=first)
        for body, rows in groupby(numbered, key=lambda each: self.body_of(each[1])):
            numeral, name = self._names.get(body, ("", ""))
            text = self._text(self._by_body[body]) if body in self._by_body else ""
            yield Body(numeral, name, text, map(self._line, rows))

    def _line(self, numbered: tuple[int, Any]) -> Line:
        number, record = numbered
        url = record.get_absolute_url()
        return Line(number, self.cells(record), url, self.tone(record), self.headings[1:])


def _day(report: Progress) -> date:
    return timezone.localdate(report.at)


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _paper(name: str, number: str, day: date | None = None) -> str:
    """A document in words; empty without its number."""
    if not number:
        return ""
    told = f"{name} {number}".strip()
    return f"{told} ngày {format_day(day)}" if day else told


class VisitedTable(Listed):
    """Biểu 02: the visits of the period."""

    number = "02"
    title = "Đơn vị được kiểm tra"
    headings = (
        "STT", "Đơn vị", "Cấp", "Ngày", "Hình thức", "Đoàn (QĐ)", "Nội dung", "Kết quả",
        "Biên bản", "Kết luận", "Ghi chú",
    )  # fmt: skip
    to_body = "round__body"
    figures: ClassVar[dict[str, str]] = {"visits": "visits.total", "units": "visits.units"}

    def records(self) -> QuerySet[Any]:
        """The summary's visits."""
        return self.logged.visits()

    def told(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """With unit, round, team, contents, findings and remedies."""
        findings = Finding.objects.only("pk", "visit_id", "severity")
        remedies = Remedy.objects.only("pk", "visit_id", "completed_on")
        return records.select_related("unit", "round__team").prefetch_related(
            "unit__former_names", "round__contents",
            Prefetch("findings", queryset=findings), Prefetch("remedies", queryset=remedies),
        )  # fmt: skip

    @property
    def order(self) -> str:
        """By body as every such table, then by day and unit."""
        return "body_level,round__body__sort_key,round__body,visited_on,unit__sort_key,pk"

    def body_of(self, record: Visit) -> int:
        """The body of the round."""
        return record.round.body_id

    def _counts(self, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            "visits": Count("pk"),
            "units": Count("unit", distinct=True),
            "rounds": Count("round", distinct=True),
        }

    def _text(self, counts: dict[str, int]) -> str:
        visits, units, rounds = (
            number_text(counts[name]) for name in ("visits", "units", "rounds")
        )
        return f"{visits} lượt, {units} đơn vị, {rounds} cuộc"

    def cells(self, record: Visit) -> tuple[str | date, ...]:
        """What stands in the row of a visit."""
        round_, team = record.round, record.round.team
        decision = _paper("QĐ", team.decision_number, team.decided_on) if team else ""
        return (
            record.unit_name,
            record.unit.get_kind_display(),
            record.visited_on,
            round_.get_form_display(),
            (f"{team.name} ({decision})" if decision else team.name) if team else "",
            _joined(*(each.label for each in round_.contents.all()), round_.scope_note),
            self._result(record),
            record.minutes_number,
            _paper("", record.conclusion_number, record.concluded_on),
            f"Cuộc {round_.code}",
        )

    def _result(self, visit: Visit) -> str:
        """Findings by severity, and remedies with those done by `as_of`."""
        severities = [each.severity for each in visit.findings.all()]
        found = [
            f"{number_text(count)} {severity.label.lower()}"
            for severity in Severity
            if (count := severities.count(severity))
        ]
        days = [each.completed_on for each in visit.remedies.all()]
        done = sum(day is not None and day <= self.question.as_of for day in days)
        asked = f"{number_text(len(days))} kiến nghị, xong {number_text(done)}" if days else ""
        return _joined(", ".join(found) or "Không có tồn tại", asked)


class FollowedTable(Listed):
    """Biểu 04: the remedies of the period as they stand at `as_of`."""

    number = "04"
    title = "Theo dõi kiến nghị"
    headings = (
        "STT", "Đơn vị", "Tồn tại", "Yêu cầu", "Căn cứ", "Thời hạn", "Kết quả",
        "Văn bản báo cáo", "Trạng thái", "Ghi chú",
    )  # fmt: skip
    has_names = True
    to_body = "round_body"
    figures: ClassVar[dict[str, str]] = {
        "remedies": "remedies.total",
        **{state.value: f"remedies.status.{state.value}" for state in RemedyState},
    }

    def records(self) -> QuerySet[Any]:
        """The summary's remedies, with their due day in force and state."""
        return self.logged.standing()

    def told(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """With visit, unit, finding, extensions and reports."""
        progress = Progress.objects.defer("text").order_by("at", "pk")
        return records.select_related("visit__unit", "visit__round", "finding").prefetch_related(
            "visit__unit__former_names", "extensions", Prefetch("progress", queryset=progress)
        )

    @property
    def order(self) -> str:
        """By body as every such table, then by unit and due day."""
        return "body_level,round_body__sort_key,round_body,visit_unit__sort_key,due_in_force,pk"

    def body_of(self, record: Remedy) -> int:
        """The body of the round."""
        return record.round_body_id or 0

    def tone(self, record: Any) -> str:
        """The tone of its state."""
        return STATE_TONES[record.state]

    def _counts(self, rows: QuerySet[Any]) -> dict[str, Any]:
        as_of = self.question.as_of
        states = {state.value: Count("pk", filter=stands(state, as_of)) for state in RemedyState}
        return {"remedies": Count("pk"), **states}

    def _text(self, counts: dict[str, int]) -> str:
        parts = [
            f"{state.label.lower()} {number_text(counts[state.value])}" for state in RemedyState
        ]
        return f"{number_text(counts['remedies'])} kiến nghị: {', '.join(parts)}"

    def cells(self, record: Any) -> tuple[str | date, ...]:
        """What stands in the row of a remedy."""
        visit, finding, as_of = record.visit, record.finding, self.question.as_of
        done = record.completed_on is not None and record.completed_on <= as_of
        papers = (
            _paper("Kết luận", visit.conclusion_number, visit.concluded_on)
            or _paper("Biên bản", visit.minutes_number, visit.visited_on)
            or f"Lượt kiểm tra ngày {format_day(visit.visited_on)}"
        )
        reports = [each for each in record.progress.all() if _day(each) <= as_of]
        reported = next((each.document for each in reversed(reports) if each.document), "")
        return (
            visit.unit_name,
            f"{finding.get_category_display()}: {finding.content}" if finding else "",
            self._asked(record),
            papers,
            record.due_in_force or "",
            f"Hoàn thành ngày {format_day(record.completed_on)}" if done else self._so_far(reports),
            (record.report_document if done else "") or reported,
            str(RemedyState(record.state).label),
            self._note(record),
        )

    def _asked(self, remedy: Remedy) -> str:
        """What is asked, and of whom; persons by name only where names were asked for."""
        who = ""
        if remedy.person_name:
            who = remedy.person_name if self.with_names else HIDDEN
        subject = remedy.get_subject_display()
        told = f"{remedy.get_kind_display()} ({f'{subject}: {who}' if who else subject.lower()})"
        return f"{told}: {remedy.content}" if remedy.content else told

    def _so_far(self, reports: list[Progress]) -> str:
        """The last report that the unit had made by the day."""
        if not reports:
            return "Chưa có báo cáo"
        last = reports[-1]
        if last.is_waiting:
            return f"Đơn vị báo xong ngày {format_day(last.claimed_on or _day(last))}"
        return f"Báo cáo tiến độ ngày {format_day(_day(last))}"

    def _note(self, remedy: Any) -> str:
        """How often it was given more time by the day, and how far the due day is."""
        as_of = self.question.as_of
        times = sum(each.decided_on <= as_of for each in remedy.extensions.all())
        extended = f"Gia hạn {times} lần" if times else ""
        left = remedy.state in (RemedyState.OPEN, RemedyState.OVERDUE)
        due = remedy.due_in_force
        far = days_phrase(due, as_of) if left and due else ""
        return _joined(extended, far)
