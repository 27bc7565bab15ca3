"""The roll-call of a visit: one row for each department."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from congvu.deeds import tell
from congvu.forms import RecordForm, RowsForm
from congvu.text import fold
from inspections.models import RollCall, Visit
from inspections.models.roll_calls import FIGURES

if TYPE_CHECKING:
    _Rows = forms.BaseInlineFormSet[RollCall, Visit, "RollCallRow"]
    _Row = forms.ModelForm[RollCall]
else:
    # Django's own classes take no type parameters while they run.
    _Rows = forms.BaseInlineFormSet
    _Row = forms.ModelForm

_COUNT = {"inputmode": "numeric", "min": "0", "data-count": ""}
_GONE = (
    "Dòng này vừa bị người khác bỏ nên chưa được lưu; nếu vẫn cần, hãy tải lại trang rồi ghi thành "
    "dòng mới."
)
_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RollCallRow(_Row):
    """One department; a row left empty is none. The hour left empty is now."""

    taken = forms.TimeField(label="Giờ", required=False, widget=_CLOCK)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = RollCall
        fields: tuple[str, ...] = (
            "department",
            "headcount",
            "present",
            "excused",
            "unexcused",
            "reasons",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "headcount": forms.NumberInput(attrs=_COUNT),
            "present": forms.NumberInput(attrs=_COUNT),
            "excused": forms.NumberInput(attrs=_COUNT),
            "unexcused": forms.NumberInput(attrs=_COUNT),
            "reasons": forms.Textarea(attrs={"rows": 1}),
        }

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day = day
        if self.instance.pk:
            # To the minute, as it is shown: else a row left alone would count as changed.
            hour = timezone.localtime(self.instance.taken_at).time()
            self.initial["taken"] = hour.replace(second=0, microsecond=0)
            self.initial["version"] = self.instance.version
        for name in ("excused", "unexcused"):
            # Nobody absent is what is left empty.
            self.fields[name].required = False

    def has_changed(self) -> bool:
        """A new row counts once anything stands in it: nobody absent is nothing yet."""
        if self.instance.pk:
            return bool({*self.changed_data} - {"version"})
        return any(self[name].data not in ("", "0", None) for name in self.changed_data)

    def tell_meanwhile(self, current: RollCall | None) -> None:
        """Say that the row was saved elsewhere; the next save is made knowingly."""
        if current is None:
            self.add_error("department", _GONE)
            return
        data: Any = self.data
        typed = data.copy()
        typed[self.add_prefix("version")] = str(current.version)
        self.data = typed
        self.add_error(
            "department",
            f"Dòng này vừa được lưu từ nơi khác: {current.told}. Nội dung bạn nhập chưa được lưu; "
            "bấm lưu lần nữa để thay bằng nội dung của bạn.",
        )

    def save(self, commit: bool = True) -> RollCall:
        """The row; one that there was is written over the version that was shown alone."""
        row: RollCall = self.instance
        if row.pk is None:
            return super().save(commit)
        row.version = self.version_shown
        row.write("department", *FIGURES, "reasons", "taken_at")
        return row

    @property
    def version_shown(self) -> int:
        """The version of the row over which the person typed."""
        typed: int | None = self.cleaned_data.get("version")
        return self.instance.version if typed is None else typed

    def clean_excused(self) -> int:
        """How many; none where nothing is typed."""
        return self.cleaned_data.get("excused") or 0

    def clean_unexcused(self) -> int:
        """How many; none where nothing is typed."""
        return self.cleaned_data.get("unexcused") or 0

    def clean(self) -> dict[str, Any] | None:
        """The hour is one of the day of the visit; as it was, where it was not changed."""
        data = super().clean() or {}
        hour = data.get("taken")
        if "taken" in self.changed_data and isinstance(hour, time):
            self.instance.taken_at = timezone.make_aware(datetime.combine(self._day, hour))
        return data


class RollCallRows(_Rows):
    """The departments of one visit, none of them twice."""

    def clean(self) -> None:
        """A department that stands in an earlier row is told at the second."""
        super().clean()
        for form in self.initial_forms:
            if form.errors.pop("id", None):
                form.add_error("department", _GONE)
        seen: dict[str, str] = {}
        for form in self.forms:
            department = getattr(form, "cleaned_data", {}).get("department")
            if not department or form.cleaned_data.get("DELETE"):
                continue
            if fold(department) in seen:
                form.add_error("department", f"“{seen[fold(department)]}” đã có ở dòng trên.")
            seen.setdefault(fold(department), department)

    def is_current(self) -> bool:
        """Whether nobody saved meanwhile what is to be saved; if not, the rows say so.

        Call while the visit is held: telephones at the spot write rows of their own.
        """
        current = {row.pk: row for row in RollCall.objects.filter(visit=self.instance)}
        mine = {row.instance.pk for row in self.initial_forms if row.has_changed()}
        others = {row.folded: row for row in current.values() if row.pk not in mine}
        told = 0
        for form in self.forms:
            if not form.has_changed():
                continue
            pk, gone = form.instance.pk, form.cleaned_data.get("DELETE")
            stored = current.get(pk) if pk else None
            if pk and (stored is None or stored.version != form.version_shown):
                form.tell_meanwhile(stored)
                told += 1
            elif not gone and (other := others.get(fold(form.cleaned_data["department"]))):
                form.add_error(
                    "department",
                    f"Phòng, bộ phận này vừa được điểm danh từ nơi khác: {other.told}. Hãy bỏ dòng "
                    "này, hoặc tải lại trang rồi sửa ở dòng đã có.",
                )
                told += 1
        return not told

    def validate_unique(self) -> None:
        """Told by `clean`, also of rows that are only about to be saved."""


RollCallFormSet: Any = forms.inlineformset_factory(
    Visit,
    RollCall,
    form=RollCallRow,
    formset=RollCallRows,
    extra=3,
    max_num=100,
    absolute_max=100,
    can_delete=True,
)


class RollCallForm(RowsForm):
    """The roll-call of a visit as a whole: two people changing it at once are noticed."""

    class Meta(RecordForm.Meta):
        model = Visit
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = RollCallFormSet(
            self.data if self.is_bound else None,
            instance=self.instance,
            prefix="roll",
            form_kwargs={"day": self.instance.visited_on},
        )
        self._take_rows("điểm danh", rows)

    def rows_told(self) -> list[str]:
        """The departments with their figures."""
        return [row.told for row in self.instance.roll_calls.all()]

    def save_as(self, by: Any) -> bool:
        """Save while nobody can complete the visit; False when it is locked or a writer forbids."""
        try:
            with transaction.atomic():
                held = self.instance.held_open()
                if not self.rows.is_current():
                    if self.cleaned_data.get("version") not in (None, held.version):
                        self._tell_conflict()
                    self.add_error(None, "Hãy xem các dòng điểm danh được đánh dấu bên dưới.")
                    return False
                return super().save_as(by)
        except ValidationError as refusal:
            tell(self, refusal)
        except IntegrityError as fault:
            self.add_error(None, self.taken_message(fault))
        return False
