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

if TYPE_CHECKING:
    _Rows = forms.BaseInlineFormSet[RollCall, Visit, "RollCallRow"]
    _Row = forms.ModelForm[RollCall]
else:
    # Django's own classes take no type parameters while they run.
    _Rows = forms.BaseInlineFormSet
    _Row = forms.ModelForm

_COUNT = {"inputmode": "numeric", "min": "0", "data-count": ""}
_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RollCallRow(_Row):
    """One department; a row left empty is none. The hour left empty is now."""

    taken = forms.TimeField(label="Giờ", required=False, widget=_CLOCK)

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
            self.initial["taken"] = timezone.localtime(self.instance.taken_at).time()
        for name in ("excused", "unexcused"):
            # Nobody absent is what is left empty.
            self.fields[name].required = False

    def has_changed(self) -> bool:
        """A new row counts once anything stands in it: nobody absent is nothing yet."""
        if self.instance.pk:
            return super().has_changed()
        return any(self[name].data not in ("", "0", None) for name in self.changed_data)

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
        seen: dict[str, str] = {}
        for form in self.forms:
            department = getattr(form, "cleaned_data", {}).get("department")
            if not department or form.cleaned_data.get("DELETE"):
                continue
            if fold(department) in seen:
                form.add_error("department", f"“{seen[fold(department)]}” đã có ở dòng trên.")
            seen.setdefault(fold(department), department)

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
                self.instance.held_open()
                return super().save_as(by)
        except ValidationError as refusal:
            tell(self, refusal)
        except IntegrityError as fault:
            self.add_error(None, self.taken_message(fault))
        return False
