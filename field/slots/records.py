"""Slots of records of which a visit has several; the device names those that it makes."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError

from accounts.models import User
from congvu.access import record_id
from congvu.trail import mark
from field.models import Entry, EntryKind, EntryState
from field.slots.base import Slot, Value, code_of, day_of, text_of
from findings.evidence_files import Kept
from findings.models import Category, CitizenCase, Evidence, Finding, Severity, Subject
from inspections.models import Visit


def refs_of(visit: Visit, kind: EntryKind) -> dict[int, str]:
    """By the id of a record the name that a device gave it."""
    rows = Entry.objects.filter(visit=visit, kind=kind, state=EntryState.SAVED)
    named = rows.order_by("arrived_at").values_list("record", "ref")
    return {record: ref for record, ref in named if record is not None}


def named(visit: Visit, slot: Slot, ref: str) -> str:
    """The one name of a slot: a record that a device named is not also reached by its id."""
    if not ref.startswith("r") or (pk := record_id(ref[1:])) is None:
        return ref
    return refs_of(visit, slot.kind).get(pk, ref)


def record_of(visit: Visit, kind: EntryKind, ref: str) -> int | None:
    """The id of the record in that slot; None where none was made, or a device took it away.

    One that was taken away at a desk is told all the same: what is written over it is refused.
    """
    if ref.startswith("r") and (pk := record_id(ref[1:])) is not None:
        return pk
    made = Entry.objects.filter(visit=visit, kind=kind, ref=ref, state=EntryState.SAVED)
    last = made.order_by("-arrived_at").values_list("value", "record").first()
    if last is None or last[0] is None:
        return None
    return made.filter(record__isnull=False).values_list("record", flat=True).first()


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
        subject = sent.get("subject") or ""
        return {
            "category": code_of(sent, "category", Category, "nhóm tồn tại"),
            "severity": code_of(sent, "severity", Severity, "mức độ"),
            "subject": code_of(sent, "subject", Subject, "đối tượng") if subject else "",
            "content": content,
        }

    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        found = record_of(visit, self.kind, ref)
        finding = visit.findings.filter(pk=found).first() if found else None
        if value is None:
            if finding is not None and finding.evidence.exists():
                raise ValidationError("Tồn tại này còn ảnh; hãy xóa ảnh của nó trước.")
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
        return {
            "person_name": text_of(sent, "person_name", 150, block=False),
            "subject": subject,
            **{name: _typed(day_of(sent, name)) for name in _CASE_DAYS},
        }

    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        found = record_of(visit, self.kind, ref)
        case = visit.cases.filter(pk=found).first() if found else None
        if value is None:
            if case is not None:
                case.visit = visit
                case.remove(by)
            return found
        if found and case is None:
            raise ValidationError("Vụ việc này đã bị xóa; hãy ghi lại thành vụ việc mới.")
        is_new = case is None
        case = case or CitizenCase(visit=visit)
        case.visit = visit
        told = {**value, **{name: day_of(value, name) for name in _CASE_DAYS}}
        for name, each in told.items():
            setattr(case, name, each)
        case.full_clean()
        if is_new:
            case.save()
        else:
            case.write(*told)
        # Without the person's name: the trail of a visit is read by more people.
        mark(by, visit, "added" if is_new else "changed", note=f"Vụ việc công dân: {case}")
        return case.pk


_CASE_DAYS = ("since", "promised_by", "settled_on")


def _typed(day: date | None) -> str:
    return day.isoformat() if day else ""


class PhotoSlot(Slot):
    """One picture, of the visit or of a finding; it is added and taken away, never changed."""

    kind = EntryKind.PHOTO

    def all(self, visit: Visit) -> dict[str, Value]:
        refs = refs_of(visit, self.kind)
        findings = refs_of(visit, EntryKind.FINDING)
        return {
            refs.get(each.pk, f"r{each.pk}"): {
                "name": each.name,
                "note": each.note,
                "finding": findings.get(each.finding_id, f"r{each.finding_id}")
                if each.finding_id
                else "",
            }
            for each in visit.evidence.all()
            if each.remedy_id is None
        }

    def clean(self, sent: Value) -> Value:
        return {
            "name": text_of(sent, "name", 200, block=False),
            "note": text_of(sent, "note", 300, block=False),
            "finding": text_of(sent, "finding", 40, block=False),
        }

    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        found = record_of(visit, self.kind, ref)
        if value is None:
            there = visit.evidence.filter(pk=found, remedy__isnull=True).first() if found else None
            if there is None:
                return found
            # The same picture from two telephones is one record, which the other still has.
            others = Entry.objects.filter(visit=visit, kind=self.kind, record=found)
            if others.filter(state=EntryState.SAVED).exclude(ref=ref).exists():
                return None
            there.visit = visit
            there.remove(by)
            return found
        if kept is None:
            raise ValidationError("Chưa có tệp ảnh đi kèm.")
        pk = record_of(visit, EntryKind.FINDING, value["finding"]) if value["finding"] else None
        # A finding that was refused or taken away leaves its picture to the visit.
        finding = visit.findings.filter(pk=pk).first() if pk else None
        if finding is not None:
            finding.visit = visit
        made = Evidence.add(
            finding or visit, by, kept, name=value["name"], note=value["note"], taken_at=at
        )
        return made.pk
