"""Forms that keep what was typed, read days as people write them, and notice a second writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import QueryDict

from congvu import trail
from congvu.access import record_id
from congvu.dates import format_day, parse_day, why_not_day
from congvu.models import Event
from congvu.rules import ConflictError, Ruled
from congvu.text import clean, clean_block

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
    _Choices = forms.ModelMultipleChoiceField[Any]
else:
    # Django's own classes take no type parameters while they run.
    _ModelForm = forms.ModelForm
    _Choices = forms.ModelMultipleChoiceField


class DayField(forms.DateField):
    """A day, typed as `17/3/2023` or `2023-03-17`, or picked."""

    widget = forms.DateInput(
        attrs={
            "data-day": "",
            "inputmode": "numeric",
            "placeholder": "ngày/tháng/năm",
            "autocomplete": "off",
        }
    )

    def to_python(self, value: Any) -> date | None:
        """The day; raises `ValidationError` with a sentence that shows how to write it."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            day = parse_day(clean(str(value)))
        except ValueError as fault:
            raise ValidationError(str(fault), code="invalid") from fault
        if refusal := why_not_day(day):
            raise ValidationError(refusal, code="invalid")
        return day

    def prepare_value(self, value: Any) -> Any:
        """The day as people here write it; what was typed wrongly stays as it was typed."""
        return format_day(value) if isinstance(value, date) else value


class LineInput(forms.CharField):
    """One line of text, put into NFC and without stray spaces."""

    def to_python(self, value: Any) -> Any:
        """The cleaned line."""
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value


class BlockInput(forms.CharField):
    """Several lines of text, put into NFC."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> Any:
        """The cleaned text, its line breaks kept."""
        value = super().to_python(value)
        return clean_block(value) if isinstance(value, str) else value


class ChoicesField(_Choices):
    """Several records; an id that no record can have is a wrong choice, and no error of SQLite."""

    def clean(self, value: Any) -> Any:
        """The records chosen; raises `ValidationError` for what is none."""
        for each in value or ():
            if record_id(str(each)) is None:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": each},
                )
        return super().clean(value)


class ReasonForm(forms.Form):
    """For deeds that need a reason on record."""

    reason = LineInput(label="Lý do", max_length=300, help_text="Sẽ được lưu trong nhật ký.")


@dataclass(frozen=True)
class Meanwhile:
    """Who else saved the record since the form was opened, and what changed: label, old, new."""

    by: str
    at: datetime | None
    changes: list[tuple[str, Any, Any]]


def _field_for(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """Days are read by `DayField` in every form made from a model."""
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        kwargs["form_class"] = DayField
    return field.formfield(**kwargs)


class RecordForm(_ModelForm):
    """A form on one record: its rules, its version, its mark in the trail.

    A form's own `Meta` inherits this one's, so that days are read as people here write them.

    `save_as` writes; when somebody else wrote since the form was opened it writes nothing, keeps
    what was typed and shows what the other changed (`conflict`).
    """

    # What its rows are called, and the set of forms that they are: the summary tells their faults.
    row_sets: Sequence[tuple[str, Any]] = ()
    # Headed groups of fields: ((title, (name, …)), …). Fields in no group come last.
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    # A template drawn after the first group, and the fields that it draws itself.
    part: str = ""
    apart: ClassVar[tuple[str, ...]] = ()

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    conflict: Meanwhile | None = None
    # Django's own, which its stubs leave out.
    _save_m2m: Callable[[], None]

    class Meta:
        formfield_callback = _field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version
        names = [name for name in self._meta.fields or () if name in self.fields]
        self._before = trail.snapshot(self.instance, names) if self.instance.pk else {}

    def _update_errors(self, errors: ValidationError) -> None:
        """What the record says of a field whose text could not be read only follows from that.

        What it says of a column that the form does not have stands above the fields.
        """
        if hasattr(errors, "error_dict"):
            told: dict[str, list[ValidationError]] = {}
            for name, faults in errors.error_dict.items():
                if name not in self.errors:
                    place = name if name in self.fields else NON_FIELD_ERRORS
                    told.setdefault(place, []).extend(faults)
            if not told:
                return
            errors = ValidationError(told)
        super()._update_errors(errors)  # type: ignore[misc]  # Django's own, which its stubs leave out

    def save_as(self, by: Any) -> bool:
        """Save the valid form's record and leave a mark; False when a rule or a writer forbids it.

        Call after `is_valid()`. What forbids it is then among the form's errors.
        """
        try:
            with transaction.atomic():
                if self.instance.pk is None:
                    self.instance.save()
                    self._save_m2m()
                    trail.mark(by, self.instance, "added")
                else:
                    self._change(by)
        except ConflictError:
            self._tell_conflict()
            return False
        except IntegrityError as fault:
            self.add_error(None, self.taken_message(fault))
            return False
        return True

    def taken_message(self, fault: IntegrityError) -> str:
        """The sentence for a rule that the database held although the form saw no fault."""
        return (
            "Dữ liệu vừa được người khác lưu làm cho nội dung này không còn hợp lệ (trùng mã hoặc "
            "trùng thời gian). Hãy kiểm tra lại rồi lưu lần nữa."
        )

    def _change(self, by: Any) -> None:
        record: Ruled = self.instance
        concrete = {f.name for f in record._meta.local_fields}
        typed = self.cleaned_data.get("version")
        record.version = typed if typed is not None else record.version
        names = [name for name in self.fields if name in concrete and name != "version"]
        record.write(*names)
        self._save_m2m()
        changes = trail.changes_since(self._before, record)
        if changes:
            trail.mark(by, record, "changed", changes)

    def _tell_conflict(self) -> None:
        record: Ruled = self.instance
        current = type(record)._base_manager.filter(pk=record.pk).first()
        if current is None:
            self.add_error(
                None, "Hồ sơ này vừa bị người khác xóa; nội dung bạn nhập chưa được lưu."
            )
            return
        last = Event.objects.of(record).last()
        now = trail.snapshot(current, self._before)
        changes = [
            (str(self.fields[name].label or name), self._typed(name), value)
            for name, value in now.items()
            if name in self.fields and self._typed(name) != value
        ]
        self.conflict = Meanwhile(
            by=str(last.by) if last and last.by else "người khác",
            at=last.at if last else None,
            changes=changes,
        )
        # The next save is made knowingly, over the version that was just shown.
        typed = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        typed[self.add_prefix("version")] = str(current.version)
        self.data = typed
        self.add_error(
            None,
            f"{self.conflict.by} đã lưu hồ sơ này trong lúc bạn đang sửa, nên nội dung của bạn "
            "chưa được lưu. Hãy xem phần khác nhau bên dưới; bấm lưu lần nữa để thay bằng nội dung "
            "của bạn.",
        )

    def _typed(self, name: str) -> Any:
        """What this form would write, in the words of the trail."""
        return trail.snapshot(self.instance, [name])[name]


class RowsForm(RecordForm):
    """A form of a record together with one set of rows that belong to it, told in its trail.

    Set `rows` and `rows_noun` (lower case, in the plural's place: "thành viên") in `__init__` and
    implement `rows_told`.
    """

    rows: Any
    rows_noun: str

    def rows_told(self) -> list[str]:
        """The rows of the saved record, as its trail tells them."""
        raise NotImplementedError

    def _take_rows(self, noun: str, rows: Any) -> None:
        self.rows, self.rows_noun = rows, noun
        self.row_sets = [(noun.capitalize(), rows)]

    def is_valid(self) -> bool:
        """Whether the record and every row is right."""
        own = super().is_valid()
        rows: bool = self.rows.is_valid()
        if own and not rows:
            self.add_error(None, f"Hãy sửa các dòng {self.rows_noun} được đánh dấu bên dưới.")
        return own and rows

    def save_as(self, by: Any) -> bool:
        """Save the record with its rows; False when another writer was first."""
        with transaction.atomic():
            before = self.rows_told() if self.instance.pk else None
            if not super().save_as(by):
                return False
            self.rows.instance = self.instance
            self.rows.save()
            now = self.rows_told()
            if before is not None and before != now:
                trail.mark(by, self.instance, "changed", {self.rows_noun: (before, now)})
        return True
