"""Choosing a unit in a form: typed, searched without tone marks, told by code and day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.urls import reverse_lazy

from congvu.dates import format_day, parse_day, today
from congvu.text import clean, fold
from units.models import Unit, UnitQuerySet

# "Xã Định Hóa (05569)", "Tỉnh Thái Nguyên (19), đến 30/06/2025"
LABEL = re.compile(r"(?P<name>.+) \((?P<code>[^()]+)\)(?:, (?P<span>.+))?")
_PK = re.compile(r"#([0-9]{1,18})")

# So many are named where what was typed fits several.
OFFERED = 8


class UnitInput(forms.TextInput):
    """A line of text with suggestions from `units:unit_choices`; works as plain text without."""

    template_name = "units/unit_input.html"
    # Other than Django's own, these attributes are read by static/units/unit_input.js.
    address = reverse_lazy("units:unit_choices")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Also what the script needs to know."""
        own = {"autocomplete": "off", "spellcheck": "false", "data-unit-choices": self.address}
        return super().get_context(name, value, {**own, **(attrs or {})})


class UnitField(forms.CharField):
    """A unit, as text that a person can type; the cleaned value is a `Unit` (or None).

        class RoundForm(RecordForm):
            body = UnitField(label="Cơ quan kiểm tra", day_field="starts_on")

            def __init__(self, *args, user, **kwargs):
                super().__init__(*args, **kwargs)
                offer(self, Unit.objects.visible_to(user), "body")

    - `queryset`: the units that may be chosen, scoped; set it by `offer` in the form's `__init__`.
      What is outside is told like what does not exist.
    - `on`: the day on which code and name are read and the unit must be in force; or `day_field`:
      the name of the field of the same form that has the day. Without either, the unit of today is
      meant where several bore the code, and a unit that ended can be chosen by name or code when no
      unit of today answers to it.
    - Accepted: the code (`05569`), the name or a former name without regard to case and marks, with
      or without its kind (`dai tu` for Huyện Đại Từ), what a suggestion puts in ("Xã Định Hóa
      (05569)"), and `#` with the id (`#4711`; a bare number is always a code, since "19" is one). A
      `Unit` as data (in code) is taken as it is.
    - `initial`: a `Unit`, an id (as a model form has it), or text.
    - Errors say what fits instead: unknown, not in force on the day, or which of several.
    """

    widget = UnitInput

    def __init__(
        self,
        *,
        queryset: UnitQuerySet | None = None,
        on: date | None = None,
        day_field: str | None = None,
        max_length: int = 400,
        **kwargs: Any,
    ) -> None:
        self.queryset = Unit.objects.none() if queryset is None else queryset
        self.on = on
        self.day_field = day_field
        # The limit is ours: the length of a label, not of a column.
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["required"] = kwargs.get("error_messages", {}).get(
            "required", "Hãy ghi mã hoặc tên đơn vị."
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """Also take the day from the form's other field."""
        if self.day_field and self.day_field in form.fields:
            other = form[self.day_field]
            self.on = _as_day(other.value())
            self.widget.attrs["data-day-field"] = other.auto_id
        if self.on and "data-day-field" not in self.widget.attrs:
            self.widget.attrs["data-on"] = self.on.isoformat()
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value: Any) -> Any:
        """A unit by its label; what was typed stays as it was typed."""
        unit = value if isinstance(value, Unit) else None
        if isinstance(value, int):
            unit = Unit.objects.filter(pk=value).first()
        return unit.label(self.on or today()) if unit else value

    def to_python(self, value: Any) -> Any:
        """The unit; raises `ValidationError` with a sentence."""
        if value in self.empty_values:
            return None
        if isinstance(value, Unit):
            return value
        return self._resolve(clean(str(value)))

    def run_validators(self, value: Any) -> None:
        """Those of text (its length) do not concern a unit."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another unit was chosen."""
        return clean(str(self.prepare_value(initial) or "")) != clean(str(data or ""))

    # --- from text to a unit ---------------------------------------------------------------

    def _resolve(self, text: str) -> Unit | None:
        if not text:
            return None
        if match := _PK.fullmatch(text):
            return self._only(list(self.queryset.filter(pk=int(match[1]))[:1]), text)
        if match := LABEL.fullmatch(text):
            found = self._of_label(match["name"], match["code"], match["span"] or "")
        else:
            found = self._now_among(self.queryset.told(text))
        return self._only(found, text)

    def _of_label(self, name: str, code: str, span: str) -> list[Unit]:
        found = self.queryset.filter(code__iexact=code).prefetch_related("former_names")
        named = [unit for unit in found if fold(name) in {fold(each) for each in unit.names}]
        if span:
            return [unit for unit in named if fold(unit.span_text) == fold(span)]
        return self._now_among(named)

    def _now_among(self, units: list[Unit]) -> list[Unit]:
        """Those in force on the day; without a day, those of today, or else all."""
        current = [unit for unit in units if unit.exists_on(self.on or today())]
        return current if current or self.on else units

    def _only(self, found: list[Unit], text: str) -> Unit:
        """The one unit found; raises for none, several, or one that is not in force."""
        if len(found) > 1:
            raise ValidationError(
                f"Có {len(found)} đơn vị mang tên “{text}”; hãy ghi mã của một đơn vị: "
                f"{self._offer(found)}.",
                code="ambiguous",
            )
        if not found:
            raise ValidationError(self._nothing(text), code="unknown")
        unit = found[0]
        if self.on and not unit.exists_on(self.on):
            raise ValidationError(
                f"{unit.name} (mã {unit.code}) không có hiệu lực vào ngày {format_day(self.on)}: "
                f"đơn vị này có hiệu lực {unit.span_text}.{self.heirs_text([unit], self.on)}",
                code="not_in_force",
            )
        return unit

    def heirs_text(self, units: Iterable[Unit], on: date) -> str:
        """Whom to write instead of units that are no more (`heirs_text`)."""
        return heirs_text(units, on, self.queryset)

    def _nothing(self, text: str) -> str:
        """Why nothing was found, and what comes near."""
        words = match["name"] if (match := LABEL.fullmatch(text)) else text
        code = match["code"] if match else text
        day = self.on or today()
        if bearers := self.queryset.filter(code__iexact=code):
            return self.queryset.why_not(code, day) + self.heirs_text(bearers, day)
        near = self.queryset.in_force(day).search(words).prefetch_related("former_names")
        if offered := list(near[:OFFERED]):
            return f"Không có đơn vị nào tên là “{text}”. Có phải là: {self._offer(offered)}?"
        past = list(self.queryset.search(words).prefetch_related("former_names")[:OFFERED])
        if past:
            return (
                f"Ngày {format_day(day)} không có đơn vị “{text}”. Ở thời gian khác có: "
                f"{self._offer(past)}.{self.heirs_text(past, day)}"
            )
        return (
            f"Không tìm thấy đơn vị “{text}” trong phạm vi của bạn. Hãy ghi mã (như 05569) hoặc "
            "tên đầy đủ của đơn vị."
        )

    def _offer(self, units: list[Unit]) -> str:
        return _named(units, self.on or today())


def _named(units: list[Unit], on: date) -> str:
    shown = "; ".join(unit.label(on) for unit in units[:OFFERED])
    return f"{shown}; …" if len(units) > OFFERED else shown


def heirs_text(units: Iterable[Unit], on: date, among: UnitQuerySet) -> str:
    """What took over from units that are no more: a sentence after a space, or nothing.

    A district has no heir; its communes have, as far as the data tell: those `among` the units that
    the person may choose.
    """
    gone = list(units)
    heirs = list({heir.pk: heir for unit in gone for heir in unit.heirs_on(on)}.values())
    if heirs:
        return f" Đơn vị kế tiếp: {_named(heirs, on)}."
    ended = [u for u in gone if u.kind == Unit.Kind.DISTRICT and u.valid_to and u.valid_to < on]
    if not ended:
        return ""
    communes = among.in_force(on).filter(as_successor__predecessor__parent__in=ended)
    found = list(communes.order_by("sort_key", "pk").distinct())
    return " Cấp huyện đã kết thúc; hãy chọn xã, phường trên địa bàn" + (
        f": {_named(found, on)}." if found else "."
    )


def offer(form: forms.BaseForm, units: UnitQuerySet, *names: str) -> None:
    """Let those fields of the form choose among these units."""
    for name in names:
        field = form.fields[name]
        if not isinstance(field, UnitField):
            raise TypeError(f"{name} is no UnitField")
        field.queryset = units


def _as_day(value: Any) -> date | None:
    """The day that another field of the form holds, however it is written; None for none."""
    if isinstance(value, date):
        return value
    try:
        return parse_day(str(value or ""))
    except ValueError:
        return None
