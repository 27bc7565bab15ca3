"""Forms of a plan's proposal: weights, which candidates go into the draft, and draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from congvu.access import record_id
from congvu.forms import LineInput, RecordForm
from inspections.models import Plan
from reports.models import CRITERIA, HEAVIEST, Draw, Proposal
from reports.rollups.candidates import Ranking
from units.models import Kind, Unit

_MONTHS = [(month, f"Tháng {month}") for month in range(1, 13)]


class ProposalForm(RecordForm):
    """The weights, kinds of unit and day by which candidates are ranked."""

    kinds = forms.MultipleChoiceField(
        label="Loại đơn vị được xếp hạng",
        choices=[each for each in Kind.choices if each[0] != Kind.PROVINCE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một loại đơn vị."},
    )

    class Meta(RecordForm.Meta):
        model = Proposal
        fields = [*(f"weight_{name}" for name in CRITERIA), "kinds", "as_of"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CRITERIA:
            field: Any = self.fields[f"weight_{name}"]
            field.widget.attrs.update(min=0, max=HEAVIEST)
        self.fields[
            "as_of"
        ].help_text = "Chỉ tính cuộc đã hoàn thành và kiến nghị quá hạn đến ngày này."


class MonthsForm(forms.Form):
    """The months over which what is added is spread."""

    first_month = forms.TypedChoiceField(
        label="Kiểm tra từ", choices=_MONTHS, coerce=int, initial=1
    )
    last_month = forms.TypedChoiceField(label="đến", choices=_MONTHS, coerce=int, initial=12)

    def clean(self) -> dict[str, Any]:
        """The months in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", f"Tháng cuối ({last}) trước tháng đầu ({first}).")
        return cleaned

    def spread(self, units: Sequence[Unit]) -> list[tuple[Unit, int]]:
        """Each unit with its month, evenly over the months and in the units' order."""
        first, last = self.cleaned_data["first_month"], self.cleaned_data["last_month"]
        months = last - first + 1
        return [(unit, first + place * months // len(units)) for place, unit in enumerate(units)]


class AddForm(MonthsForm):
    """Which candidates go into the draft: the first ones, those ticked, or both."""

    take = forms.IntegerField(
        label="Lấy từ đầu danh sách",
        min_value=0,
        required=False,
        help_text="Số đơn vị xếp cao nhất chưa có trong kế hoạch, cùng với các đơn vị đã đánh dấu; "
        "đơn vị vừa được đánh dấu vừa ở đầu danh sách chỉ tính một lần. Để trống nếu chỉ lấy các "
        "đơn vị đã đánh dấu.",
    )

    field_order = ("take", "first_month", "last_month")

    def __init__(self, data: QueryDict | None, ranking: Ranking) -> None:
        super().__init__(data)
        self._ranking = ranking
        self.chosen = chosen_in(data) if data is not None else set()

    def clean(self) -> dict[str, Any]:
        """There are as many units as are to be taken, and something is."""
        cleaned = super().clean()
        take, left = cleaned.get("take") or 0, len(self._ranking.open)
        if take > left:
            self.add_error(
                "take",
                f"Danh sách chỉ còn {left} đơn vị chưa có trong kế hoạch; hãy ghi số nhỏ hơn.",
            )
        elif "take" in cleaned and not self.units:
            raise ValidationError(
                "Chưa chọn đơn vị nào: hãy đánh dấu đơn vị trong danh sách, hoặc ghi số đơn vị lấy "
                "từ đầu danh sách."
            )
        return cleaned

    @property
    def units(self) -> list[Unit]:
        """The units to be added, in the order of the ranking."""
        first = {unit.pk for unit in self._ranking.pool[: self.cleaned_data.get("take") or 0]}
        return [
            each.unit
            for each in self._ranking.candidates
            if each.unit.pk in first or each.unit.pk in self.chosen
        ]


def chosen_in(data: QueryDict) -> set[int]:
    """The units ticked, on whatever page of the list."""
    ids: Iterable[int | None] = map(record_id, data.getlist("unit"))
    return {each for each in ids if each is not None}


class DrawForm(forms.Form):
    """How many units are drawn, from which seed, and why once more."""

    number = forms.IntegerField(label="Số đơn vị bốc", min_value=1)
    seed = LineInput(
        label="Chuỗi ngẫu nhiên",
        max_length=100,
        required=False,
        help_text="Ghi chuỗi được bốc tại cuộc họp, ví dụ “72 15 08 44”; để trống thì hệ thống tự "
        "sinh một chuỗi không ai đoán trước được.",
    )
    reason = LineInput(
        label="Lý do bốc lại",
        max_length=300,
        help_text="Kế hoạch đã bốc thăm; các lần trước vẫn được lưu và hiện ra cùng lý do này.",
    )

    def __init__(self, data: QueryDict | None, plan: Plan) -> None:
        super().__init__(data)
        self.earlier = list(
            Draw.objects.filter(proposal__plan=plan).select_related("by").order_by("position")
        )
        if not self.earlier:
            del self.fields["reason"]
