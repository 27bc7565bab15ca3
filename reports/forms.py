"""The form of a return: whose figures, for which days, and the figures as people type them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import QueryDict

from accounts.models import User
from congvu import trail
from congvu.dates import NamedPeriod, format_day, period, periods_for, today
from congvu.forms import LineInput, RecordForm
from congvu.numbers import number_text, parse_count
from reports.models import FIGURES, Return, ReturnStatus
from units.forms import UnitField, offer
from units.models import Unit

# What a column of whole numbers holds at most.
LARGEST = 2_147_483_647
_ROUNDS = tuple(key for key in FIGURES if key.startswith("rounds_"))


class CountField(forms.Field):
    """A count as people write it: "1.586" is one thousand five hundred and eighty-six."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", "data-count": ""}
    )

    def to_python(self, value: Any) -> int | None:
        """The number; None for a blank. Raises `ValidationError` with a sentence."""
        if value in self.empty_values:
            return None
        try:
            number = parse_count(str(value))
        except ValueError as fault:
            raise ValidationError(str(fault), code="invalid") from fault
        if number > LARGEST:
            raise ValidationError(f"Số này quá lớn; nhiều nhất là {number_text(LARGEST)}.")
        return number

    def prepare_value(self, value: Any) -> Any:
        """A number with its thousands parted; what was typed wrongly stays as it was typed."""
        return number_text(value) if isinstance(value, int) else value


def _years(last: date) -> tuple[int, int]:
    """Years whose periods are offered: that of the day and the one before."""
    return last.year, last.year - 1


def period_choices(now: date, units: Sequence[Unit] = ()) -> Iterator[tuple[str, Any]]:
    """Named periods that have begun, by year and by the way of reckoning.

    `units`: those that the person may report for; then only what lies within one's life is offered,
    and the last years are those of the one that lived longest.
    """
    yield "", "Kỳ khác: ghi ngày ở dưới"
    last = min(now, max((each.valid_to or now for each in units), default=now))

    def is_fit(each: NamedPeriod) -> bool:
        lived = not units or any(unit.covers(each.first, each.last) for unit in units)
        return each.first <= now and lived

    for year in _years(last):
        for official, title in ((False, "Theo lịch"), (True, "Từ ngày 15 đến ngày 14")):
            found = [
                (f"{each.key}.{each.year}", each.label)
                for each in periods_for(year)
                if each.official is official and is_fit(each)
            ]
            if found:
                yield f"{title}, năm {year}", found


def chosen_period(text: str) -> NamedPeriod | None:
    """The period that a choice names; None for none, or for what names none."""
    key, _, year = text.rpartition(".")
    try:
        return period(key, int(year))
    except ValueError:
        return None


class ReturnForm(RecordForm):
    """A unit's figures for a period."""

    preset = forms.ChoiceField(
        label="Kỳ báo cáo",
        required=False,
        help_text="Chọn một kỳ thì không phải ghi ngày ở dưới.",
    )
    unit = UnitField(
        label="Đơn vị báo cáo",
        day_field="last_day",
        help_text="Ghi mã hoặc tên, ví dụ: 05569 hoặc Xã Định Hóa.",
    )
    edit_reason = LineInput(
        label="Lý do sửa số liệu đã chấp nhận",
        max_length=300,
        help_text="Sẽ được lưu trong nhật ký. Số liệu sau khi sửa vẫn là đã chấp nhận.",
    )

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Đơn vị và kỳ báo cáo", ("unit", "preset", "first_day", "last_day")),
        (
            "Số cuộc kiểm tra (không có thì để trống)",
            tuple(key for key in FIGURES if key.startswith("rounds_")),
        ),
        (
            "Kết quả (không có thì để trống)",
            tuple(key for key in FIGURES if not key.startswith("rounds_")),
        ),
        ("Ghi chú", ("remark", "edit_reason")),
    )

    class Meta(RecordForm.Meta):
        model = Return
        fields = ("unit", "first_day", "last_day", *FIGURES, "remark")
        help_texts = {
            "first_day": "Ví dụ: 15/12/2025.",
            "last_day": "Ví dụ: 14/12/2026.",
            "remark": "Điều người tổng hợp cần biết về các số trên.",
        }
        widgets = {"remark": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken_from_preset: list[str] = []
        for key, label in FIGURES.items():
            self.fields[key] = CountField(label=label, required=False)
        # A reporter writes for its own unit alone, staff for whoever is in scope (contract §5).
        units = Unit.objects.visible_to(user)
        if not user.may("returns.decide"):
            units = units.filter(pk__in=user.lineage_ids)
        offer(self, units, "unit")
        if self.instance.pk is None:
            own = [] if user.may("returns.decide") else list(units)
            self._offer_periods(own)
            if own:
                self.initial.setdefault("unit", user.unit)
        else:
            del self.fields["preset"]
        if self.instance.status != ReturnStatus.ACCEPTED:
            del self.fields["edit_reason"]

    def _offer_periods(self, units: Sequence[Unit]) -> None:
        preset = self.fields["preset"]
        assert isinstance(preset, forms.ChoiceField)  # noqa: S101  # declared above
        preset.choices = list(period_choices(today(), units))
        for name in ("first_day", "last_day"):
            self.fields[name].required = False
        chosen = chosen_period(str(self.data.get(self.add_prefix("preset"), "")))
        if chosen is None:
            return
        # The days of the period stand for days left blank; the unit is read on the last of them.
        typed = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        for name, day in (("first_day", chosen.first), ("last_day", chosen.last)):
            if not typed.get(self.add_prefix(name)):
                typed[self.add_prefix(name)] = format_day(day)
                self._taken_from_preset.append(name)
        self.data = typed

    def clean(self) -> dict[str, Any] | None:
        """A chosen period and typed days must be the same days; one of the two is needed."""
        data = super().clean() or {}
        chosen = chosen_period(data.get("preset") or "")
        days = (data.get("first_day"), data.get("last_day"))
        for name, day in zip(("first_day", "last_day"), days, strict=True):
            if day is None and name not in self.errors:
                self.add_error(name, "Hãy chọn kỳ báo cáo hoặc ghi ngày.")
        if chosen and all(days) and days != (chosen.first, chosen.last):
            self.add_error(
                "preset",
                f"Kỳ đã chọn là từ {format_day(chosen.first)} đến {format_day(chosen.last)}, khác "
                "với ngày ghi ở dưới; hãy bỏ chọn kỳ hoặc xóa ngày.",
            )
        return data

    def _post_clean(self) -> None:
        """Also: a period outside the unit's life is told at the period, however it was given."""
        super()._post_clean()  # type: ignore[misc]  # Django's own
        wrong = self.errors.get("unit")
        if wrong is not None and wrong.as_data()[0].code == "not_in_force":
            self._move("unit", "last_day")
        # Days left blank are those of the chosen period.
        for name in self._taken_from_preset:
            self._move(name, "preset")

    def _move(self, name: str, to: str) -> None:
        """Tell what is wrong at one field at another, where the person can mend it."""
        if faults := self.errors.pop(name, None):
            self.add_error(to, faults.as_data())

    def taken_message(self, fault: IntegrityError) -> str:
        """Two returns of one unit share no day."""
        return "Đơn vị vừa có số liệu khác trùng ngày với kỳ này; hãy xem lại danh sách số liệu."

    def _change(self, by: Any) -> None:
        """An accepted return that staff correct stays accepted; the reason is on record."""
        reason = self.cleaned_data.get("edit_reason")
        if not reason:
            super()._change(by)
            return
        record: Return = self.instance
        record.version = self.cleaned_data.get("version") or record.version
        record.write(*self._meta.fields or ())
        changes = trail.changes_since(self._before, record)
        if changes:
            trail.mark(by, record, "changed", changes, note=reason)
