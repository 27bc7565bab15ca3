"""The form of a visit, and the rows by which a new round names the units to visit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from accounts.models import User
from congvu.access import record_id
from congvu.dates import day_typed
from congvu.forms import DayField, RecordForm
from congvu.trail import mark
from inspections.forms.overlaps import OverlapForm
from inspections.models import Round, Visit
from inspections.models.visits import SEEN
from inspections.overlaps import Asked, days_of
from units.forms import UnitField
from units.models import Unit

if TYPE_CHECKING:
    _Rows = forms.BaseFormSet["VisitRow"]
else:
    _Rows = forms.BaseFormSet


class VisitForm(OverlapForm):
    """A visit: which unit, on which day, and the documents that came of it."""

    unit = UnitField(
        label="Đơn vị được kiểm tra",
        day_field="visited_on",
        help_text="Ghi mã hoặc tên, ví dụ: 05569 hoặc Xã Định Hóa.",
    )
    overlap_sources: ClassVar[tuple[str, ...]] = ("unit", "visited_on")
    joins = False
    carries_out: ClassVar[bool] = True

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Kiểm tra", ("unit", "visited_on")),
        ("Kết quả", ("strengths", "unit_person", "unit_post")),
        ("Văn bản", ("minutes_number", "conclusion_number", "concluded_on")),
    )

    class Meta(RecordForm.Meta):
        model = Visit
        fields = (
            "unit",
            "visited_on",
            "strengths",
            "unit_person",
            "unit_post",
            "minutes_number",
            "conclusion_number",
            "concluded_on",
        )
        labels = {
            "unit_person": "Người ký biên bản của đơn vị",
            "unit_post": "Chức vụ của người ký",
        }
        help_texts = {
            "visited_on": "Trong thời gian của cuộc kiểm tra.",
            "unit_person": "Đại diện đơn vị được kiểm tra, ví dụ: Nguyễn Văn A.",
            "unit_post": "Ví dụ: Chủ tịch Ủy ban nhân dân xã.",
            "minutes_number": "Ví dụ: 05/BB-ĐKT.",
            "conclusion_number": "Ví dụ: 12/KL-SNV hoặc 30/TB-ĐKT.",
            "concluded_on": "Ví dụ: 5/6/2023.",
            "strengths": "Những việc đơn vị làm tốt. Tồn tại, hạn chế được ghi riêng sau khi lưu.",
        }

    def __init__(self, *args: Any, user: User, round_: Round, **kwargs: Any) -> None:
        self._round = round_
        super().__init__(*args, user=user, **kwargs)
        self.instance.round = round_
        self._was = (self.instance.unit_id, self.instance.visited_on)
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)  # noqa: S101  # declared above
        unit.queryset = Unit.objects.around(user)
        if self.instance.pk is None:
            self.initial.setdefault("visited_on", round_.starts_on)
        self.fields["visited_on"].help_text = f"Trong thời gian của cuộc: {round_.days_text}."
        if self.instance.is_closed:
            self._leave_out(*SEEN)
        if self.instance.conclusion_id is not None:
            # They are the document's, and change with it.
            self._leave_out("conclusion_number", "concluded_on")

    def _leave_out(self, *names: str) -> None:
        """No longer asked; what was sent all the same is judged, and not dropped without a word."""
        for name in names:
            if self.add_prefix(name) not in self.data:
                del self.fields[name]

    def clean(self) -> dict[str, Any] | None:
        """A conclusion is not older than the visit, and is that of its document."""
        data = super().clean() or {}
        concluded = data.get("concluded_on")
        visited = data.get("visited_on") or self.instance.visited_on
        paper = self.instance.conclusion
        for name, own in (
            ("conclusion_number", paper and paper.number),
            ("concluded_on", paper and paper.issued_on),
        ):
            if paper and name in data and data[name] != own:
                self.add_error(
                    name,
                    f"Số và ngày kết luận theo văn bản {paper}; muốn sửa, hãy sửa văn bản đó.",
                )
        if concluded and visited and concluded < visited:
            self.add_error("concluded_on", "Ngày kết luận không thể trước ngày kiểm tra.")
        return data

    @property
    def reason_record(self) -> Round:
        """The round has the reason for all its visits."""
        return self._round

    def asked_about(self) -> list[Asked]:
        """The visit, when its unit or day is another than before."""
        unit, day = (self.cleaned_data.get(name) for name in ("unit", "visited_on"))
        round_ = self._round
        if not unit or not day or (unit.pk, day) == self._was:
            return []
        if round_.status == Round.Status.CANCELLED:
            return []
        return [Asked(unit.pk, day, day, days_of(round_.plan), rounds=frozenset({round_.pk}))]

    def save_as(self, by: Any) -> bool:
        """Save while nobody can move the round's days; False when a rule or a writer forbids it."""
        fresh = self.instance.pk is None
        with transaction.atomic():
            self.instance.round = Round.objects.held(self.instance.round_id)
            try:
                self.instance.clean()
            except ValidationError as faults:
                self.add_error(None, faults)
                return False
            if not super().save_as(by):
                return False
            self.keep_reason(by, self.instance.round)
            try:
                self.instance.round.carry(self.items_chosen, by)
            except ValidationError as refusal:
                transaction.set_rollback(True)
                self.add_error(None, refusal)
                if fresh:
                    self.instance.pk = None
                return False
            return True


class VisitRow(forms.Form):
    """One unit to visit, and its day; without a day, the round's first.

    A row left empty is no visit.
    """

    unit = UnitField(label="Đơn vị", required=False)
    visited_on = DayField(label="Ngày kiểm tra", required=False)

    def __init__(self, *args: Any, user: User, first_day: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)  # noqa: S101  # declared above
        unit.queryset = Unit.objects.around(user)
        unit.on = day_typed(self.data.get(self.add_prefix("visited_on"))) or first_day
        unit.widget.attrs["data-day-field"] = "id_starts_on"

    def clean(self) -> dict[str, Any] | None:
        """A day alone is a row half filled in."""
        data = super().clean() or {}
        if data.get("visited_on") and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", "Hãy ghi đơn vị của dòng này, hoặc xóa ngày.")
        return data


class VisitRowsBase(_Rows):
    """The units that a new round is to visit, all named at once.

    The round's days are known only when its own form is valid: call `check(round)` then.
    """

    def check(self, round_: Round) -> bool:
        """Whether the rows are right for that round: days, units in force, no code twice."""
        seen: set[str] = set()
        self.visits: list[Visit] = []
        for row in self.filled:
            unit, day = row.cleaned_data["unit"], row.cleaned_data["visited_on"]
            visit = Visit(round=round_, unit=unit, visited_on=day or round_.starts_on)
            for fault in visit.faults():
                row.add_error(fault.field if fault.field in row.fields else None, fault.message)
            if unit.code in seen:
                row.add_error("unit", f"Đơn vị mang mã {unit.code} đã có ở dòng trên.")
            seen.add(unit.code)
            self.visits.append(visit)
        return not any(row.errors for row in self.forms)

    @property
    def filled(self) -> list[VisitRow]:
        """The rows in which a unit stands."""
        return [row for row in self.forms if row.is_valid() and row.cleaned_data.get("unit")]

    def save_as(self, by: Any, round_: Round) -> None:
        """Add the visits to the round, which has just been saved."""
        for visit in self.visits:
            visit.round = round_
            visit.save()
            mark(by, visit, "added")


VisitRows: Any = forms.formset_factory(VisitRow, formset=VisitRowsBase, extra=3, max_num=200)


def rows_typed(typed: QueryDict) -> list[dict[str, str]]:
    """The rows of a draft in which something stands, as initial values."""
    count = record_id(typed.get("visits-TOTAL_FORMS", "")) or 0
    rows = [
        {name: typed.get(f"visits-{place}-{name}", "") for name in ("unit", "visited_on")}
        for place in range(min(count, 200))
    ]
    return [row for row in rows if any(row.values())]
