"""The form that answers all questions of a visit at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from congvu.deeds import done
from congvu.forms import BlockInput, LineInput
from congvu.text import clean
from findings.forms import no_citizen_id
from findings.models import Asked, Checklist, Given, QuestionKind, Reply, answer_all
from inspections.models import Visit

# 12, 1586, 1.586 and 1 586, each with a comma and decimals after it.
_NUMBER = re.compile(r"([0-9]+|[0-9]{1,3}(?:[. ][0-9]{3})+)(?:,([0-9]+))?")


class PlainNumber(forms.Field):
    """A number as people write it: 1.586 or 91,7; shown without idle zeros."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        # As the column holds it.
        super().__init__(validators=[DecimalValidator(12, 2)], **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """The number; raises `ValidationError` with a sentence that shows how to write it."""
        if value in self.empty_values:
            return None
        found = _NUMBER.fullmatch(clean(str(value)))
        if found is None:
            raise ValidationError(
                "Hãy ghi một số từ 0 trở lên, như 12, 1.586 hoặc 91,7 (dấu phẩy cho phần lẻ).",
                code="invalid",
            )
        whole = re.sub(r"[. ]", "", found[1])
        return Decimal(f"{whole}.{found[2] or 0}")

    def prepare_value(self, value: Any) -> Any:
        """The number with a decimal comma; what was typed stays as it was typed."""
        if isinstance(value, Decimal):
            return f"{value.normalize() if value else Decimal(0):f}".replace(".", ",")
        return value


@dataclass(frozen=True)
class Box:
    """One question as the page draws it."""

    asked: Asked
    value: BoundField
    note: BoundField
    version: BoundField

    @property
    def hidden_before(self) -> str:
        """The answer as it was shown, for the radio buttons that are drawn one by one."""
        return self.value.as_hidden(only_initial=True)


@dataclass(frozen=True)
class Part:
    """The questions of one checklist."""

    checklist: Checklist
    boxes: list[Box]


class AnswersForm(forms.Form):
    """Each question with its answer, its note, and the version of the answer as it was shown.

    What the person did not touch is left as it now is, whoever answered meanwhile. Where both
    answered, the page says so and the next press counts.
    """

    def __init__(self, *args: Any, visit: Visit, asked: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit, self.asked = visit, asked
        for each in asked:
            pk, before = each.question.pk, each.answer
            self.fields[f"answer-{pk}"] = _field_of(each)
            note = LineInput(
                label="Ghi chú", max_length=500, required=False, validators=[no_citizen_id]
            )
            note.initial, note.show_hidden_initial = before.note if before else "", True
            note.widget.attrs["maxlength"] = "500"
            self.fields[f"note-{pk}"] = note
            version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
            version.initial = before.version if before else 0
            self.fields[f"version-{pk}"] = version

    @property
    def parts(self) -> list[Part]:
        """The questions by checklist, ready to be drawn."""
        grouped = groupby(self.asked, key=lambda each: each.question.checklist)
        return [
            Part(checklist, [self._box(each) for each in those]) for checklist, those in grouped
        ]

    def _box(self, asked: Asked) -> Box:
        pk = asked.question.pk
        return Box(asked, self[f"answer-{pk}"], self[f"note-{pk}"], self[f"version-{pk}"])

    def clean(self) -> dict[str, Any]:
        """A note needs its answer; what somebody else answered since is shown first."""
        data = super().clean() or {}
        for each in self._touched():
            pk = each.question.pk
            value, note = data.get(f"answer-{pk}"), data.get(f"note-{pk}")
            if f"answer-{pk}" in self.errors or f"note-{pk}" in self.errors:
                continue
            if note and value in (None, ""):
                self.add_error(f"answer-{pk}", "Hãy trả lời câu hỏi này, hoặc bỏ ghi chú.")
            elif self._is_overtaken(each):
                self._tell(each)
        return data

    def _touched(self) -> Iterator[Asked]:
        """The questions at which the person changed something."""
        changed = set(self.changed_data)
        for each in self.asked:
            if {f"answer-{each.question.pk}", f"note-{each.question.pk}"} & changed:
                yield each

    def _given(self, asked: Asked) -> Given:
        """What the person answers to the question."""
        pk = asked.question.pk
        value, note = self.cleaned_data.get(f"answer-{pk}"), self.cleaned_data.get(f"note-{pk}")
        seen = self.cleaned_data.get(f"version-{pk}")
        given: dict[str, Any] = {"note": note or "", "expected": seen or 0}
        match asked.question.kind:
            case QuestionKind.NUMBER:
                given["number"] = value
            case QuestionKind.TEXT:
                given["text"] = value or ""
            case _:
                given["reply"] = value or ""
        return Given(asked.question, **given)

    def _is_overtaken(self, asked: Asked) -> bool:
        given, before = self._given(asked), asked.answer
        if given.expected == (before.version if before else 0):
            return False
        now = (given.reply, given.number, given.text, given.note)
        then = (
            (before.reply, before.number, before.text, before.note)
            if before
            else ("", None, "", "")
        )
        return now != then

    def _tell(self, asked: Asked) -> None:
        """Say what the other answered; the next save is made knowingly, over it."""
        before = asked.answer
        if before is None:
            told = "Người khác vừa bỏ câu trả lời này"
        else:
            at = timezone.localtime(before.at)
            told = f"{before.by} đã trả lời “{before.told_whole}” lúc {at:%H:%M}"
        pk = asked.question.pk
        self.add_error(f"answer-{pk}", f"{told}. Bấm lưu lần nữa để thay bằng câu trả lời của bạn.")
        typed = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        typed[self.add_prefix(f"version-{pk}")] = str(before.version if before else 0)
        self.data = typed

    def save_as(self, by: User) -> bool:
        """Write what the person changed; False when a rule forbids it. Call after `is_valid()`."""
        given = [self._given(each) for each in self._touched()]
        return done(self, lambda: answer_all(self.visit, by, given))


def _field_of(asked: Asked) -> forms.Field:
    """The field that takes the answer."""
    question, before = asked.question, asked.answer
    shared: dict[str, Any] = {
        "label": question.text,
        "required": False,
        "show_hidden_initial": True,
    }
    match question.kind:
        case QuestionKind.NUMBER:
            return PlainNumber(initial=before.number if before else None, **shared)
        case QuestionKind.TEXT:
            text = BlockInput(
                initial=before.text if before else "", validators=[no_citizen_id], **shared
            )
            text.widget.attrs["rows"] = 2
            return text
    # Once answered, an answer can be taken back.
    back = [("", "Chưa trả lời")] if before else []
    return forms.ChoiceField(
        choices=[*Reply.choices, *back],
        widget=forms.RadioSelect,
        initial=before.reply if before else "",
        **shared,
    )
