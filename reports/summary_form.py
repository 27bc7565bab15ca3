"""The parameters of a summary as they stand in the address (contract §2), read and written."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict

from accounts.models import User
from congvu.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    NamedPeriod,
    Period,
    parse_day,
    period,
    periods_for,
    today,
)
from congvu.forms import DayField
from reports.rollups import Question, QuestionError, ask, period_of, question_of
from units.forms import LABEL, UnitField, offer
from units.models import Unit

# One word with a digit or in capitals: a code, and not a name that is being looked for.
_CODE = re.compile(r"(?=.*[0-9])[^\s()#]+|[A-ZĐ.]+")

# A unit with its days, as a suggestion puts it in.
_ENDED = re.compile(r".+ \([^()]+\), .+")


class SummaryForm(forms.Form):
    """Which unit, which days, seen on which day, by whose boundaries.

    A missing unit is the person's own; missing days are those of `year`, or of this year. What was
    typed stays as it was typed.
    """

    unit = UnitField(label="Đơn vị", required=False)
    as_of = DayField(label="Kiến nghị tính đến ngày", required=False)
    boundaries_on = DayField(label="Theo địa giới ngày", required=False)

    def __init__(self, query: QueryDict, user: User) -> None:
        self.user = user
        self.year_fault = ""
        self.typed = self._filled(query)
        super().__init__(self.typed)
        # "from" is no name that a class could have.
        self.fields["from"] = DayField(label="Từ ngày")
        self.fields["to"] = DayField(label="Đến ngày")
        self.order_fields(("unit", "from", "to", "as_of", "boundaries_on"))
        offer(self, Unit.objects.visible_to(user), "unit")
        self._take_the_day_of_an_ended_unit()
        self.unit_field.on = self._day("boundaries_on") or self._day("to")

    @property
    def unit_field(self) -> UnitField:
        """The field of the unit, as such."""
        field = self.fields["unit"]
        if not isinstance(field, UnitField):
            raise TypeError("unit is no UnitField")
        return field

    # --- what is not typed -----------------------------------------------------------------

    def _filled(self, query: QueryDict) -> dict[str, Any]:
        """The query with its defaults."""
        data: dict[str, Any] = {name: query.get(name, "") for name in _NAMES}
        for name in _DAYS:
            # A day is shown as people write it; what is none stays as it was typed.
            with suppress(ValueError):
                data[name] = parse_day(data[name])
        if not data["from"] and not data["to"]:
            chosen = self._year(query.get("year", ""))
            if chosen:
                data["from"], data["to"] = chosen.first, chosen.last
            # Nothing was asked yet: what is due later this year is not overdue today.
            if not query.get("year") and not data["as_of"]:
                data["as_of"] = today()
        if not data["unit"].strip() and self.user.unit:
            data["unit"] = self.user.unit
            if not data["boundaries_on"] and isinstance(data["to"], date):
                on = borne_on(self.user.unit, data["to"])
                data["boundaries_on"] = "" if on == data["to"] else on
        return data

    def _take_the_day_of_an_ended_unit(self) -> None:
        """A unit chosen with its days ("Huyện Đại Từ (171), đến 30/06/2025") brings its own day."""
        typed, last = self.typed["unit"], self._day("to")
        if last is None or self.typed["boundaries_on"] or not _ENDED.fullmatch(str(typed)):
            return
        with suppress(ValidationError):
            unit = self.unit_field.clean(typed)
            if not unit.exists_on(last):
                self.typed["boundaries_on"] = borne_on(unit, last)

    def _year(self, text: str) -> Period | None:
        """The calendar year named in the address; this year where none is."""
        try:
            return period("nam", int(text) if text else today().year)
        except ValueError:
            self.year_fault = f"“{text[:20]}” không phải năm; hãy ghi bốn chữ số như 2023."
            return None

    def _day(self, name: str) -> date | None:
        """The day of a field before the form is checked; None where it is none."""
        day = self.typed[name]
        return day if isinstance(day, date) else None

    # --- checks ----------------------------------------------------------------------------

    def require_known_unit(self) -> None:
        """Raise 404 for a code that no unit in scope ever bore: its existence is not told."""
        typed = self.typed["unit"]
        if not isinstance(typed, str):
            return
        label = LABEL.fullmatch(typed.strip())
        code = label["code"] if label else typed.strip()
        if _CODE.fullmatch(code):
            known = Unit.objects.visible_to(self.user)
            if not known.filter(code__iexact=code).exists():
                raise Http404

    def clean(self) -> dict[str, Any]:
        """Days in order, and a year that is one."""
        data = super().clean() or self.cleaned_data
        if self.year_fault:
            for name in ("from", "to"):
                self.errors.pop(name, None)
            self.add_error(None, self.year_fault)
        first, last = data.get("from"), data.get("to")
        if last and not FIRST_YEAR <= last.year <= LAST_YEAR:
            fault = f"Kỳ phải kết thúc trong các năm từ {FIRST_YEAR} đến {LAST_YEAR}."
            self.add_error("to", fault)
        elif first and last:
            try:
                data["period"] = period_of(first, last)
            except QuestionError as fault:
                self.add_error("to", str(fault))
        return data

    def clean_unit(self) -> Unit:
        """A unit; somebody without a unit of one's own has to name one."""
        unit: Unit | None = self.cleaned_data["unit"]
        if unit is None:
            raise ValidationError("Hãy ghi mã hoặc tên đơn vị.", code="required")
        # Shown with its name, also where the address has the code alone.
        self.typed["unit"] = unit
        return unit

    def question(self) -> Question:
        """What is asked, within the person's scope. Only after `is_valid()`."""
        data = self.cleaned_data
        unit: Unit = data["unit"]
        on = data["boundaries_on"] or data["period"].last
        asked = {"as_of": data["as_of"], "boundaries_on": on, "person": self.user}
        if unit.exists_on(on):
            question = question_of(unit, data["period"], **asked)
        else:
            # Who bore the code on that day is another unit, or nobody.
            question = ask(unit.code, data["period"], **asked)
        # Shown from what was read: the names of former years came along.
        self.typed["unit"] = question.unit
        return question


_DAYS = ("from", "to", "as_of", "boundaries_on")
_NAMES = ("unit", *_DAYS)


def borne_on(unit: Unit, wanted: date) -> date:
    """The day nearest to the wanted one on which the unit is in force."""
    if unit.valid_to is not None and unit.valid_to < wanted:
        return unit.valid_to
    if unit.valid_from is not None and wanted < unit.valid_from:
        return unit.valid_from
    return wanted


# --- addresses -------------------------------------------------------------------------------


def query_of(question: Question, **more: str) -> str:
    """The question as the query of an address; defaults are left away."""
    last = question.period.last
    parts = {
        "unit": question.unit.code,
        "from": question.period.first.isoformat(),
        "to": last.isoformat(),
    }
    if question.as_of != last:
        parts["as_of"] = question.as_of.isoformat()
    if question.boundaries_on != last:
        parts["boundaries_on"] = question.boundaries_on.isoformat()
    return urlencode(parts | more)


def query_for(unit: Unit, chosen: Period) -> str:
    """The query for another unit or period: seen on its last day, or today while it runs."""
    parts = {
        "unit": unit.code,
        "from": chosen.first.isoformat(),
        "to": chosen.last.isoformat(),
    }
    if today() < chosen.last:
        parts["as_of"] = today().isoformat()
    on = borne_on(unit, chosen.last)
    if on != chosen.last:
        parts["boundaries_on"] = on.isoformat()
    return urlencode(parts)


@dataclass(frozen=True)
class Preset:
    """A period that is one choice away."""

    label: str
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Presets:
    """The periods of one year: by the calendar, and from the 15th to the 14th; and other years."""

    year: int
    calendar: tuple[Preset, ...]
    official: tuple[Preset, ...]
    other_years: tuple[Preset, ...]


def presets(question: Question) -> Presets:
    """What the parameter bar offers: the year in which the period ends, and other years.

    These are the last ten and the neighbours; they keep the kind of the period where it has one.
    """
    chosen, unit = question.period, question.unit
    year = chosen.last.year
    key = chosen.key if isinstance(chosen, NamedPeriod) else "nam"
    named = periods_for(year)

    def preset(each: Period, label: str) -> Preset:
        same = (each.first, each.last) == (chosen.first, chosen.last)
        return Preset(label, query_for(unit, each), same)

    def of_kind(official: bool) -> tuple[Preset, ...]:
        rows = [each for each in named if each.official is official]
        return tuple(preset(each, _short(each)) for each in rows)

    this_year = today().year
    years = {*range(this_year - 9, this_year + 1), year - 1, min(year + 1, this_year)} - {year}
    others = tuple(
        preset(period(key, each), str(each))
        for each in sorted(years, reverse=True)
        if FIRST_YEAR <= each <= LAST_YEAR
    )
    return Presets(year, of_kind(False), of_kind(True), others)


def _short(each: NamedPeriod) -> str:
    """The period's name without its year and days, which stand beside the choices."""
    name = each.label.partition(" (")[0].removesuffix(f" {each.year}")
    return {"Năm": "Cả năm"}.get(name, name.removesuffix(" năm").removesuffix(" đầu"))
