"""Slots of which a visit has one by nature: told by department, by question, or by nothing."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError

from accounts.models import User
from congvu.access import record_id
from congvu.text import clean, fold
from congvu.trail import mark
from field.models import EntryKind
from field.slots.base import Slot, Value, code_of, count_of, text_of
from findings.evidence_files import Kept
from findings.models import Question, Reply, answer
from inspections.models import RollCall, Visit
from inspections.models.roll_calls import TOLD


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
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        return None  # whatever arrives first begins the visit (`field.entries`)


class StrengthsSlot(Slot):
    """What the unit does well: one text for the visit."""

    kind = EntryKind.STRENGTHS

    def all(self, visit: Visit) -> dict[str, Value]:
        return {"": {"text": visit.strengths}} if visit.strengths else {}

    def clean(self, sent: Value) -> Value:
        text = text_of(sent, "text", 30_000)
        return {"text": text}

    def ref(self, given: str, value: Value | None) -> str:
        return ""

    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
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
        try:
            uuid.UUID(given)
        except ValueError:
            if named := fold(clean(given))[:150]:
                return named  # a row that stands, perhaps to be called otherwise
        return fold(value["department"]) if value else ""

    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        row = visit.roll_calls.filter(folded=ref).first()
        if value is not None and row is not None and fold(value["department"]) != ref:
            if visit.roll_calls.filter(folded=fold(value["department"])).exists():
                raise ValidationError(f"“{value['department']}” đã được điểm danh trong lượt này.")
            # Called otherwise: the new row takes the place of the old.
            mark(by, visit, "changed", {TOLD: (row.told, "")})
            row.delete()
        if value is not None:
            return RollCall.record(visit, by, **value, taken_at=at).pk
        if row is not None:
            mark(by, visit, "changed", {TOLD: (row.told, "")})
            row.delete()
        return None


class AnswerSlot(Slot):
    """The answer to one question of the visit's checklists; `ref` is the question's id."""

    kind = EntryKind.ANSWER

    def all(self, visit: Visit) -> dict[str, Value]:
        return {
            str(each.question_id): {
                "reply": each.reply,
                "number": _plain(each.number),
                "text": each.text,
                "note": each.note,
            }
            for each in visit.answers.all()
        }

    def clean(self, sent: Value) -> Value:
        reply = sent.get("reply") or ""
        number = text_of(sent, "number", 20, block=False)
        return {
            "reply": code_of(sent, "reply", Reply, "câu trả lời") if reply else "",
            "number": _plain(_decimal(number)),
            "text": text_of(sent, "text"),
            "note": text_of(sent, "note", 500, block=False),
        }

    def ref(self, given: str, value: Value | None) -> str:
        if (pk := record_id(given)) is None:
            raise ValidationError("Câu trả lời không rõ thuộc câu hỏi nào.")
        return str(pk)

    def write(
        self,
        visit: Visit,
        ref: str,
        value: Value | None,
        by: User,
        at: datetime,
        kept: Kept | None = None,
    ) -> int | None:
        question = Question.objects.select_related("checklist").filter(pk=int(ref)).first()
        if question is None:
            raise ValidationError("Câu hỏi này không còn trong bảng kiểm; hãy tải lại trang.")
        told = value or {"reply": "", "number": "", "text": "", "note": ""}
        written = answer(
            visit, question, by, reply=told["reply"], number=_decimal(told["number"]),
            text=told["text"], note=told["note"],
        )  # fmt: skip
        return written.pk if written else None


def _decimal(text: str) -> Decimal | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValidationError(f"“{text}” không phải là số; hãy ghi như 12 hoặc 12,5.")
    return Decimal(text.replace(",", "."))


_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,2})?")


def _plain(number: Decimal | None) -> str:
    """The number without zeros at its end, as devices send it."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
