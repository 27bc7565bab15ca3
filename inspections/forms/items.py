"""The form of a plan's item: in a draft, or in an adjustment that adds or moves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from congvu.dates import day_typed
from congvu.deeds import tell
from congvu.forms import ChoicesField, LineInput, RecordForm
from congvu.trail import mark
from inspections.forms.overlaps import OverlapForm
from inspections.forms.rounds import FEW, TeamChoice
from inspections.models import Content, Plan, PlanItem, Programme, Schedule, Team, span_of
from inspections.models.items import ROMAN
from inspections.overlaps import Asked
from units.forms import UnitField, offer
from units.models import Unit

_MONTHS = [("", "Chọn tháng"), *((str(month), f"Tháng {month}") for month in range(1, 13))]
_ASKED = {"month": Schedule.MONTH, "quarter": Schedule.QUARTER, "first_day": Schedule.DAYS}
_QUARTERS = [("", "Chọn quý"), *((str(n), f"Quý {roman}") for n, roman in enumerate(ROMAN, 1))]


class ItemForm(OverlapForm):
    """An item of a plan: unit, who inspects it, on what and when.

    With `replaces` the item takes the place of one that was issued; then, and where it is added to
    a plan that was issued, a reason goes on record.
    """

    unit = UnitField(
        label="Đơn vị được kiểm tra",
        help_text="Ghi mã hoặc tên, ví dụ: 05569 hoặc Xã Định Hóa.",
    )
    body = UnitField(label="Cơ quan kiểm tra", help_text="Cơ quan tiến hành, ví dụ: Sở Nội vụ.")
    team = TeamChoice(
        label="Đoàn kiểm tra",
        queryset=Team.objects.none(),
        required=False,
        empty_label="Chưa có đoàn",
    )
    programmes = ChoicesField(
        label="Chương trình kiểm tra",
        queryset=Programme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    contents = ChoicesField(
        label="Nội dung kiểm tra",
        queryset=Content.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    month = forms.TypedChoiceField(
        label="Tháng",
        choices=_MONTHS,
        coerce=int,
        empty_value=None,
        error_messages={"required": "Hãy chọn tháng."},
    )
    quarter = forms.TypedChoiceField(
        label="Quý",
        choices=_QUARTERS,
        coerce=int,
        empty_value=None,
        error_messages={"required": "Hãy chọn quý."},
    )
    reason = LineInput(
        label="Lý do",
        max_length=300,
        help_text="Sẽ ghi vào văn bản điều chỉnh và lưu trong lịch sử kế hoạch.",
    )
    overlap_sources: ClassVar[tuple[str, ...]] = (
        "unit",
        "schedule",
        "month",
        "quarter",
        "first_day",
        "last_day",
    )
    join_hint = "Mục này gắn với cuộc đã chọn: đơn vị được kiểm tra một lần cho cả hai."

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Đơn vị và thời gian", ("unit", "schedule", "month", "quarter", "first_day", "last_day")),
        ("Cơ quan và đoàn", ("body", "team")),
        ("Cách kiểm tra", ("form", "announced", "programmes", "contents", "note")),
        ("Điều chỉnh", ("reason",)),
    )

    class Meta(RecordForm.Meta):
        model = PlanItem
        fields = (
            "unit",
            "schedule",
            "first_day",
            "last_day",
            "body",
            "team",
            "form",
            "announced",
            "programmes",
            "contents",
            "note",
            "reason",
            "overlap_reason",
        )
        help_texts = {
            "first_day": "Ví dụ: 17/5/2026.",
            "last_day": "Để trống nếu chỉ một ngày.",
            "announced": "Bỏ chọn khi kiểm tra đột xuất: đơn vị được kiểm tra không thấy mục này ở "
            "đâu cả.",
            "note": "Ví dụ: kết hợp phúc tra kết luận năm trước.",
        }
        widgets = {
            "schedule": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(
        self, *args: Any, user: User, plan: Plan, replaces: PlanItem | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, user=user, **kwargs)
        item = self.instance
        self._was = (item.unit_id, item.first_day, item.last_day)
        self.plan, self.replaces, self._user = plan, replaces, user
        self.instance.plan = plan
        offer(self, Unit.objects.around(user), "unit")
        offer(self, Unit.objects.visible_to(user), "body")
        self._choices(user)
        self.fields["last_day"].required = False
        # Read by static/inspections/items.js: which box a surprise inspection unticks.
        self.fields["form"].widget.attrs["data-unannounced"] = "announced"
        if self.instance.pk is None and replaces is None:
            self.initial.setdefault("body", plan.issuer)
            # For the rules, which wait for a whole record; `enter` numbers it while it is held.
            self.instance.line = PlanItem.next_line(plan)
        elif self.instance.first_day:
            # As records, with what they were read with, and not as ids to be read again.
            self.initial.update(unit=self.instance.unit, body=self.instance.body)
            self._tell_span(self.instance)
        if plan.is_draft:
            del self.fields["reason"]
        if not plan.programmes.exists():
            del self.fields["programmes"]
        if self.is_bound:
            self._read_on(self.data)

    def _choices(self, user: User) -> None:
        teams = Team.objects.filter(
            Q(pk__in=Team.objects.visible_to(user).values("pk")) | Q(pk=self.instance.team_id)
        ).select_related("body")
        offered = Q(is_offered=True)
        if self.instance.pk:
            offered |= Q(pk__in=self.instance.contents.values("pk"))
        for name, choices in (
            ("team", teams),
            ("programmes", self.plan.programmes.all()),
            ("contents", Content.objects.filter(offered)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
            field.queryset = choices
        if teams.count() > FEW:
            self.fields["team"].widget.attrs["data-search-select"] = ""

    def _tell_span(self, item: PlanItem) -> None:
        """Month or quarter as the form asks for them; days only where the item has exact ones."""
        match item.schedule:
            case Schedule.MONTH:
                self.initial.setdefault("month", item.first_day.month)
            case Schedule.QUARTER:
                self.initial.setdefault("quarter", (item.first_day.month + 2) // 3)
        if item.schedule != Schedule.DAYS:
            self.initial["first_day"] = self.initial["last_day"] = None

    def _read_on(self, typed: Mapping[str, Any]) -> None:
        """Only what the chosen kind of time needs; codes and names are those of the first day."""
        for name, schedule in _ASKED.items():
            self.fields[name].required = typed.get(self.add_prefix("schedule")) == schedule
        day = self._first_day(typed)
        for name in ("unit", "body"):
            field = self.fields[name]
            assert isinstance(field, UnitField)  # noqa: S101  # declared above
            field.on = day

    def _first_day(self, typed: Mapping[str, Any]) -> date | None:
        year = self.plan.year
        month, quarter = (typed.get(self.add_prefix(name), "") for name in ("month", "quarter"))
        match typed.get(self.add_prefix("schedule")):
            case Schedule.MONTH if month in dict(_MONTHS) and month:
                return span_of(year, month=int(month))[0]
            case Schedule.QUARTER if quarter in dict(_QUARTERS) and quarter:
                return span_of(year, quarter=int(quarter))[0]
            case Schedule.DAYS:
                return day_typed(typed.get(self.add_prefix("first_day")))
        return None

    def clean(self) -> dict[str, Any] | None:
        """Month and quarter become days."""
        data = super().clean() or {}
        year = self.plan.year
        match data.get("schedule"):
            case Schedule.MONTH if data.get("month"):
                data["first_day"], data["last_day"] = span_of(year, month=data["month"])
            case Schedule.QUARTER if data.get("quarter"):
                data["first_day"], data["last_day"] = span_of(year, quarter=data["quarter"])
            case Schedule.DAYS if not data.get("last_day") and "last_day" not in self.errors:
                data["last_day"] = data.get("first_day")
        self._offer_heirs(data)
        return data

    def _offer_heirs(self, data: dict[str, Any]) -> None:
        """A unit that does not live through the days: its successor is named."""
        unit, first, last = data.get("unit"), data.get("first_day"), data.get("last_day")
        if not (unit and first and last) or unit.covers(first, last):
            return
        field = self.fields["unit"]
        assert isinstance(field, UnitField)  # noqa: S101  # declared above
        if heirs := field.heirs_text([unit], last):
            self.add_error(
                "unit",
                f"{unit.name} không có hiệu lực suốt thời gian của mục (có hiệu lực "
                f"{unit.span_text}).{heirs}",
            )

    @property
    def offers_reason(self) -> bool:
        """For items that came without being asked about: copied, imported, proposed."""
        return self.instance.pk is not None or self.replaces is not None

    @property
    def preparing(self) -> int | None:
        """The plan's adjustment that is being prepared, if there is one."""
        return self.plan.bonds.open_adjustment if self.plan.is_issued else None

    def _post_clean(self) -> None:
        """Also: what takes an item's place says something else."""
        super()._post_clean()
        old = self.replaces or self.instance.replaces
        if old is None or self.errors:
            return
        # Without fields of their own they stay as they are.
        contents = self.cleaned_data["contents"]
        programmes = self.cleaned_data.get("programmes", old.programmes.all())
        if refusal := self.instance.why_not_in_place_of(old, contents, programmes):
            self.add_error(None, refusal)

    def asked_about(self) -> list[Asked]:
        """The item, when its unit or days are others than before."""
        names = ("unit", "first_day", "last_day")
        unit, first, last = (self.cleaned_data.get(name) for name in names)
        if not (unit and first and last) or last < first or (unit.pk, first, last) == self._was:
            return []
        replaced = self.replaces.pk if self.replaces else self.instance.replaces_id
        own = frozenset(pk for pk in (self.instance.pk, replaced) if pk is not None)
        return [Asked(unit.pk, first, last, self.plan.overlap_days, items=own)]

    def save_as(self, by: Any) -> bool:
        """Save the item into the draft, or into the adjustment being prepared.

        False when a rule or another planner forbids it; the form then says so.
        """
        fresh = self.instance.pk is None
        try:
            with transaction.atomic():
                if fresh:
                    self.instance.enter(self.plan, by, replaces=self.replaces)
                elif refusal := self.instance.hold_for_edit():
                    raise ValidationError(refusal)
                if super().save_as(by):
                    if fresh:
                        self._tell_place(by)
                    if (round_ := self.joined) is not None:
                        round_.take_in(by, contents=(), items=[self.instance])
                    return True
        except ValidationError as refusal:
            tell(self, refusal)
        if fresh:
            self.instance.pk = None
        return False

    def _tell_place(self, by: Any) -> None:
        """A line in the trail of what has the new item: the draft, or the adjustment."""
        item = self.instance
        told = f"Dời, sửa mục {item.line}" if item.replaces else f"Thêm mục {item.line}"
        note = f"{told}: {item.unit.name}, {item.when_text}. {item.reason}".strip()
        mark(by, item.added_in or item.plan, "changed", note=note)
