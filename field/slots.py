"""The places of a visit to which entries go, one class for each kind.

A slot holds one value, a plain dictionary or None, that several devices may want to write: the
answer to one question, the roll-call of one department, one finding. Every class tells which values
stand in a visit (`all`, by the slot's `ref`), makes a value out of what a device sent (`clean`) and
writes one (`write`). What it writes is judged by the models' own rules.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from congvu.dates import parse_day
from congvu.text import clean, clean_block, fold
from congvu.trail import mark
from field.models import Entry, EntryKind, EntryState
from findings.forms import no_citizen_id
from findings.models import Category, CitizenCase, Finding, Severity, Subject
from inspections.models import RollCall, Visit

Value = dict[str, Any]


class Slot(ABC):
    """One kind of place."""

    kind: ClassVar[EntryKind]

    @abstractmethod
    def all(self, visit: Visit) -> dict[str, Value]:
        """What stands in the visit now, by `ref`."""

    @abstractmethod
    def clean(self, sent: Value) -> Value:
        """The value that a device sent, as it would be kept; raises `ValidationError`."""

    @abstractmethod
    def write(
        self, visit: Visit, ref: str, value: Value | None, by: User, at: datetime
    ) -> int | None:
        """Write the value, None to take away what stands there; the id of the record.

        Raises `ValidationError` where a rule of the record forbids it.
        """

    def ref(self, given: str, value: Value | None) -> str:
        """Which slot of its kind; raises `ValidationError` for what is none."""
        try:
            return str(uuid.UUID(given))
        except ValueError:
            if given.startswith("r") and given[1:].isdecimal():
                return given
            raise ValidationError("Mục ghi không rõ thuộc chỗ nào.") from None


def text_of(sent: Value, name: str, limit: int = 5000, *, block: bool = True) -> str:
    """A text among what was sent, cleaned; raises `ValidationError` for none, or too long a one."""
    given = sent.get(name)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise ValidationError(f"“{name}” phải là chữ.")
    text = clean_block(given) if block else clean(given)
    if len(text) > limit:
        raise ValidationError(f"Nội dung dài {len(text)} ký tự, quá {limit} ký tự; hãy rút ngắn.")
    return text


def count_of(sent: Value, name: str, label: str) -> int:
    """A number of persons among what was sent; raises `ValidationError`."""
    given = sent.get(name)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 30_000:
        raise ValidationError(f"“{label}” phải là số người, từ 0 trở lên.")
    return given


def day_of(sent: Value, name: str) -> date | None:
    """A day among what was sent, typed as people here type it; raises `ValidationError`."""
    given = text_of(sent, name, 20, block=False)
    if not given:
        return None
    try:
        return parse_day(given)
    except ValueError as fault:
        raise ValidationError(str(fault)) from fault


def code_of(sent: Value, name: str, codes: type[models.TextChoices], label: str) -> str:
    """One of the codes among what was sent; raises `ValidationError`."""
    given = sent.get(name)
    if given not in codes.values:
        raise ValidationError(f"Hãy chọn {label}.")
    return str(given)


class BeginSlot(Slot):
    """The team has come to the unit."""

    kind = EntryKind.BEGIN

    def all(self, visit: Visit) -> dict[str, Value]:
        return {"": {"begun": True}} if visit.begun_at else {}

    def clean(self, sent: Value) -> Value:
        return {"begun": True}

    def ref(self, given: str, value: Value | None) -> str:
        return ""

    def write(
        self, visit: Visit, ref: str, value: Value | None, by: User, at: datetime
    ) -> int | None:
        return None  # whatever arrives first begins the visit (`field.entries`)


class StrengthsSlot(Slot):
    """What the unit does well: one text for the visit."""

    kind = EntryKind.STRENGTHS

    def all(self, visit: Visit) -> dict[str, Value]:
        return {"": {"text": visit.strengths}} if visit.strengths else {}

    def clean(self, sent: Value) -> Value:
        text = text_of(sent, "text", 30_000)
        no_citizen_id(text)
        return {"text": text}

    def ref(self, given: str, value: Value | None) -> str:
        return ""

    def write(
        self, visit: Visit, ref: str, value: Value | None, by: User, at: datetime
    ) -> int | None:
        before, visit.strengths = visit.strengths, (value or {}).get("text", "")
        visit.write("strengths")
        mark(by, visit, "changed", {"strengths": (before, visit.strengths)})
        return visit.pk


class RollCallSlot(Slot):
    """The roll-call of one department, told by its name without case and marks."""

    kind = EntryKind.ROLL_CALL

    def all(self, visit: Visit) -> dict[str, Value]:
        return {each.folded: self._value(each) for each in visit.roll_calls.all()}

    @staticmethod
    def _value(row: RollCall) -> Value:
        return {
            "department": row.department,
            "headcount": row.headcount,
            "present": row.present,
            "excused": row.excused,
            "unexcused": row.unexcused,
            "reasons": row.reasons,
        }

    def clean(self, sent: Value) -> Value:
        department = text_of(sent, "department", 150, block=False)
        if not department:
            raise ValidationError("Hãy ghi tên phòng, bộ phận được điểm danh.")
        counts = {
            name: count_of(sent, name, label)
            for name, label in (
                ("headcount", "Tổng số"),
                ("present", "Có mặt"),
                ("excused", "Vắng có lý do"),
                ("unexcused", "Vắng không lý do"),
            )
        }
        return {"department": department, **counts, "reasons": text_of(sent, "reasons", 2000)}

    def ref(self, given: str, value: Value | None) -> str:
        return fold(value["department"]) if value else fold(clean(given))[:150]

    def write(
        self, visit: Visit, ref: str, value: Value | None, by: User, at: datetime
    ) -> int | None:
        row = visit.roll_calls.filter(folded=ref).first()
        if value is None:
            if row is not None:
                mark(by, visit, "removed", note=f"Điểm danh {row}")
                row.delete()
            return None
        before = self._told(row)
        row = row or RollCall(visit=visit)
        for name, each in value.items():
            setattr(row, name, each)
        row.taken_at = at
        row.full_clean()
        if row.pk is None:
            row.save()
        else:
            row.write(*value, "taken_at")
        mark(by, visit, "changed", {"roll_calls": (before, self._told(row))})
        return row.pk

    @staticmethod
    def _told(row: RollCall | None) -> str:
        return str(row) if row else ""


class FindingSlot(Slot):
    """One finding; the device names those that it makes."""

    kind = EntryKind.FINDING

    def all(self, visit: Visit) -> dict[str, Value]:
        refs = refs_of(visit, self.kind)
        return {
            refs.get(each.pk, f"r{each.pk}"): {
                "category": each.category,
                "severity": each.severity,
                "subject": each.subject,
                "content": each.content,
            }
            for each in sorted(visit.findings.all(), key=lambda each: each.pk)
        }

    def clean(self, sent: Value) -> Value:
        content = text_of(sent, "content", 30_000)
        if not content:
            raise ValidationError("Hãy ghi nội dung tồn tại.")
        no_citizen_id(content)
        subject = sent.get("subject") or ""
        return {
            "category": code_of(sent, "category", Category, "nhóm tồn tại"),
            "severity": code_of(sent, "severity", Severity, "mức độ"),
            "subject": code_of(sent, "subject", Subject, "đối tượng") if subject else "",
            "content": content,
        }

    def write(
        self, visit: Visit, ref: str, value: Value | None, by: User, at: datetime
    ) -> int | None:
        found = record_of(visit, self.kind, ref)
        finding = visit.findings.filter(pk=found).first() if found else None
        if value is None:
            if finding is not None:
                finding.remove(by)
            return found
        if found and finding is None:
            raise ValidationError("Tồn tại này đã bị xóa; hãy ghi lại thành tồn tại mới.")
        if finding is None:
            finding = Finding(visit=visit, code=Finding.objects.next_code(visit.round), **value)
            finding.full_clean()
            finding.save()
            mark(by, finding, "added")
            return finding.pk
        changes = {
            name: (getattr(finding, name), each)
            for name, each in value.items()
            if getattr(finding, name) != each
        }
        for name, each in value.items():
            setattr(finding, name, each)
        finding.full_clean()
        finding.write(*value)
        mark(by, finding, "changed", changes)
        return finding.pk


class CaseSlot(Slot):
    """One citizen's case; the device names those that it makes."""

    kind = EntryKind.CASE

    def all(self, visit: Visit) -> dict[str, Value]:
        refs = refs_of(visit, self.kind)
        return {
            refs.get(each.pk, f"r{each.pk}"): {
                "person_name": each.person_name,
                "subject": each.subject,
                **{name: _typed(getattr(each, name)) for name in _CASE_DAYS},
            }
            for each in visit.cases.all()
        }

    def clean(self, sent: Value) -> Value:
        subject = text_of(sent, "subject")
        if not subject:
            raise ValidationError("Hãy ghi nội dung vụ việc.")
        no_citizen_id(subject)
        return {
            "person_name": text_of(sent, "person_name", 150, block=False),
            "subject": subject,
            **{name: _typed(day_of(sent, name)) for name in _CASE_DAYS},
        }

    def write(
        self, visit: Visit, ref: str, value: Value | None, by: User, at: datetime
    ) -> int | None:
        found = record_of(visit, self.kind, ref)
        case = visit.cases.filter(pk=found).first() if found else None
        if value is None:
            if case is not None:
                if case.remedy_id is not None:
                    raise ValidationError("Vụ việc này đã có kiến nghị nên không xóa được.")
                mark(by, visit, "removed", note=f"Vụ việc công dân: {case}")
                case.delete()
            return found
        if found and case is None:
            raise ValidationError("Vụ việc này đã bị xóa; hãy ghi lại thành vụ việc mới.")
        is_new = case is None
        case = case or CitizenCase(visit=visit)
        case.visit = visit
        kept = {**value, **{name: day_of(value, name) for name in _CASE_DAYS}}
        for name, each in kept.items():
            setattr(case, name, each)
        case.full_clean()
        if is_new:
            case.save()
        else:
            case.write(*kept)
        # Without the person's name: the trail of a visit is read by more people.
        mark(by, visit, "added" if is_new else "changed", note=f"Vụ việc công dân: {case}")
        return case.pk


_CASE_DAYS = ("since", "promised_by", "settled_on")


def _typed(day: date | None) -> str:
    return day.isoformat() if day else ""


def refs_of(visit: Visit, kind: EntryKind) -> dict[int, str]:
    """By the id of a record the name that a device gave it."""
    rows = Entry.objects.filter(visit=visit, kind=kind, state=EntryState.SAVED)
    named = rows.order_by("arrived_at").values_list("record", "ref")
    return {record: ref for record, ref in named if record is not None}


def record_of(visit: Visit, kind: EntryKind, ref: str) -> int | None:
    """The id of the record in that slot, also of one taken away since; None where none was made."""
    if ref.startswith("r") and ref[1:].isdecimal():
        return int(ref[1:])
    made = Entry.objects.filter(visit=visit, kind=kind, ref=ref, state=EntryState.SAVED)
    return made.filter(record__isnull=False).values_list("record", flat=True).first()


SLOTS: dict[str, Slot] = {
    each.kind: each
    for each in (BeginSlot(), StrengthsSlot(), RollCallSlot(), FindingSlot(), CaseSlot())
}


def values_of(visit: Visit) -> dict[str, Value]:
    """Every slot of the visit in which something stands."""
    return {
        f"{kind}:{ref}": value
        for kind, slot in SLOTS.items()
        for ref, value in slot.all(visit).items()
    }
