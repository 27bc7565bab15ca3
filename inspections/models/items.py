"""Items of a plan: which unit is to be inspected, by whom, on what and when.

An item of an issued plan is never edited: an adjustment drops it, and puts another in its place.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse

from accounts.models import User
from congvu import trail
from congvu.dates import format_day
from congvu.fields import BlockField, LineField
from congvu.rules import Fault, Ruled, one_of, ordered
from congvu.trail import mark
from inspections.models.adjustments import Adjustment
from inspections.models.codes import Content, PlanStatus, RoundForm, Schedule, Trigger
from inspections.models.item_rows import PlanItemQuerySet
from inspections.models.plans import Plan
from inspections.models.programmes import Programme
from inspections.models.teams import Team
from units.models import Unit

ROMAN = ("I", "II", "III", "IV")


def span_of(year: int, *, month: int = 0, quarter: int = 0) -> tuple[date, date]:
    """First and last day of a month (1–12) or quarter (1–4) of the year."""
    first, last = (month, month) if month else (3 * quarter - 2, 3 * quarter)
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


class PlanItem(Ruled):
    """One inspection that a plan foresees: unit, inspecting body or team, content and time."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items")
    # Counted from 1 within the plan; whatever replaces the item keeps it.
    line = models.PositiveIntegerField("mục số")
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị được kiểm tra", related_name="plan_items"
    )
    body = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan kiểm tra", related_name="plan_items_conducted"
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        verbose_name="đoàn kiểm tra",
        null=True,
        blank=True,
        related_name="plan_items",
    )
    programmes = models.ManyToManyField(
        Programme, verbose_name="chương trình kiểm tra", blank=True, related_name="items"
    )
    form = models.CharField(
        "hình thức", max_length=15, choices=RoundForm.choices, default=RoundForm.PLANNED
    )
    announced = models.BooleanField("báo trước cho đơn vị", default=True)
    contents = models.ManyToManyField(
        Content, verbose_name="nội dung kiểm tra", blank=True, related_name="plan_items"
    )
    schedule = models.CharField(
        "thời gian dự kiến", max_length=10, choices=Schedule.choices, default=Schedule.MONTH
    )
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến ngày")
    note = BlockField("ghi chú", blank=True, default="")
    # Why it stands although the unit has another inspection near it.
    overlap_reason = BlockField("lý do vẫn kiểm tra", blank=True, default="")

    added_in = models.ForeignKey(
        Adjustment, models.PROTECT, null=True, blank=True, related_name="added"
    )
    # Why an adjustment added it, or moved it here.
    reason = LineField("lý do", max_length=300, blank=True, default="")
    dropped_in = models.ForeignKey(
        Adjustment, models.PROTECT, null=True, blank=True, related_name="dropped"
    )
    drop_reason = LineField("lý do bỏ", max_length=300, blank=True, default="")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = "mục kế hoạch"
        verbose_name_plural = "mục kế hoạch"
        ordering = ("line", "pk")
        constraints = (
            one_of("form", RoundForm),
            one_of("schedule", Schedule),
            ordered("first_day", "last_day"),
            # One item to a line, and one more for each time that it was moved.
            models.UniqueConstraint(
                fields=["plan", "line"],
                condition=Q(replaces__isnull=True),
                name="inspections_planitem_identity",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | Q(added_in__isnull=False),
                name="inspections_planitem_replaced_by_adjustment",
            ),
        )
        indexes = (models.Index(fields=["unit", "first_day"], name="inspections_planitem_unit"),)

    def __str__(self) -> str:
        return f"Mục {self.line}: {self.unit.name}, {self.when_text}"

    def get_absolute_url(self) -> str:
        """The item's page."""
        return reverse("inspections:item_detail", args=[self.pk])

    @property
    def when_text(self) -> str:
        """When, as exactly as the plan says it: "tháng 5/2023", "quý II/2023", or the days."""
        first, last = self.first_day, self.last_day
        match self.schedule:
            case Schedule.MONTH:
                return f"tháng {first.month}/{first.year}"
            case Schedule.QUARTER:
                return f"quý {ROMAN[(first.month - 1) // 3]}/{first.year}"
        if first == last:
            return format_day(first)
        return f"{format_day(first)} – {format_day(last)}"

    @property
    def unit_name(self) -> str:
        """The unit's name on the last day (reads `former_names`)."""
        return self.unit.name_on(self.last_day)

    @property
    def body_name(self) -> str:
        """The inspecting body's name on the last day (reads `former_names`)."""
        return self.body.name_on(self.last_day)

    @property
    def is_dropped(self) -> bool:
        """Whether an issued adjustment dropped it without putting another in its place.

        Reads `dropped_in` and `replaced_by`.
        """
        return self.is_over and not hasattr(self, "replaced_by")

    @property
    def is_over(self) -> bool:
        """Whether an issued adjustment dropped or replaced it (reads `dropped_in`)."""
        return self.dropped_in is not None and not self.dropped_in.is_draft

    def faults(self) -> Iterator[Fault]:
        """Days in the plan's year and as `schedule` says; unit and body in force on all of them.

        The team is that of the inspecting body or of a superior.
        """
        if self.knows("first_day", "last_day"):
            yield from self._faults_of_days()
        if self.knows("body") and self.team and not self.body.is_under(self.team.body):
            yield Fault(
                "team",
                f"{self.team.name} do {self.team.body.name} lập, không phải {self.body.name} hay "
                "cấp trên.",
            )

    def _faults_of_days(self) -> Iterator[Fault]:
        first, last = self.first_day, self.last_day
        if last < first:
            yield Fault(
                "last_day", f"Ngày cuối {format_day(last)} trước ngày đầu {format_day(first)}."
            )
            return
        if self.knows("plan") and {first.year, last.year} != {self.plan.year}:
            # Where it leaves the year: at the end, when it begins within.
            yield Fault(
                "last_day" if first.year == self.plan.year else "first_day",
                f"Thời gian {format_day(first)} – {format_day(last)} nằm ngoài năm kế hoạch "
                f"({self.plan.year}).",
            )
        spans = {
            Schedule.MONTH: span_of(first.year, month=first.month),
            Schedule.QUARTER: span_of(first.year, quarter=(first.month + 2) // 3),
        }
        if spans.get(Schedule(self.schedule), (first, last)) != (first, last):
            yield Fault("schedule", "Thời gian không khớp với tháng hoặc quý đã chọn.")
        for field, noun in (("unit", "Đơn vị"), ("body", "Cơ quan kiểm tra")):
            unit: Unit | None = getattr(self, field) if self.knows(field) else None
            if unit is not None and not unit.covers(first, last):
                yield Fault(
                    field,
                    f"{noun} {unit.name} không có hiệu lực suốt {self.when_text}: đơn vị này có "
                    f"hiệu lực {unit.span_text}.",
                )

    # --- what is done to an item ---------------------------------------------------------------

    def why_not_edited(self) -> str:
        """Why the item cannot be edited in place; empty when it can."""
        if self.plan.status == PlanStatus.DRAFT:
            return ""
        if self.added_in is not None and self.added_in.is_draft:
            return ""
        if self.plan.status == PlanStatus.SUBMITTED:
            return f"{self.plan.name} đã trình; hãy trả lại dự thảo trước khi sửa các mục."
        return f"{self.plan.name} đã ban hành; hãy điều chỉnh kế hoạch để thay đổi mục này."

    def why_not_adjusted(self) -> str:
        """Why no adjustment may move or drop the item now; empty when one may."""
        if self.plan.status != PlanStatus.ISSUED:
            return "Chỉ mục của kế hoạch đã ban hành mới được điều chỉnh."
        if self.dropped_in is not None:
            return (
                f"Mục {self.line} đã được dời hoặc bỏ ở điều chỉnh lần {self.dropped_in.position}."
            )
        if self.added_in is not None and self.added_in.is_draft:
            return f"Mục {self.line} thuộc lần điều chỉnh đang soạn; hãy sửa hoặc xóa mục đó."
        return ""

    @classmethod
    def next_line(cls, plan: Plan) -> int:
        """The number of the plan's next item; ask while the plan is held."""
        return (cls.objects.filter(plan=plan).aggregate(last=Max("line"))["last"] or 0) + 1

    def for_round(self) -> dict[str, Any]:
        """What a round that carries the item out begins with, by the names of its form's fields.

        Days only where the plan has exact ones: month and quarter leave the day to be chosen.
        """
        exact = self.schedule == Schedule.DAYS
        return {
            "item": self.pk,
            "visit": self.unit,
            "plan": self.plan_id,
            "body": self.body,
            "team": self.team_id,
            "form": self.form,
            "trigger": Trigger.PLAN,
            "announced": self.announced,
            "contents": [each.pk for each in self.contents.all()],
            "scope_note": self.note,
            "starts_on": self.first_day if exact else None,
            "ends_on": self.last_day if exact else None,
        }

    # What it says, besides its programmes and contents.
    _SAID: ClassVar[tuple[str, ...]] = (
        "unit", "body", "team", "form", "announced", "schedule", "first_day", "last_day", "note",
        "overlap_reason",
    )  # fmt: skip

    def copy(self) -> PlanItem:
        """What the item says, not yet saved: to be put in its place by an adjustment."""
        said = {name: getattr(self, name) for name in self._SAID}
        return PlanItem(plan=self.plan, line=self.line, **said)

    def why_not_in_place_of(
        self, old: PlanItem, contents: Iterable[Content], programmes: Iterable[Programme]
    ) -> str:
        """Why an item that says this, with those parts, cannot replace the other: it says the same.

        Empty when it can.
        """
        parts = ((old.contents, contents), (old.programmes, programmes))
        if any(getattr(self, name) != getattr(old, name) for name in self._SAID) or any(
            set(was.all()) != set(now) for was, now in parts
        ):
            return ""
        return (
            f"Chưa có gì thay đổi so với mục {old.line} đang có hiệu lực; hãy sửa thời gian, đơn "
            "vị hoặc nội dung khác rồi đưa vào điều chỉnh, hoặc giữ nguyên mục."
        )

    @property
    def cautions(self) -> list[str]:
        """What is allowed, and mostly a slip (reads `unit`)."""
        found = []
        if self.form == RoundForm.SURPRISE and self.announced:
            found.append(
                "Kiểm tra đột xuất nhưng có báo trước cho đơn vị: đơn vị được kiểm tra có thể biết "
                "trước. Nếu không báo trước, hãy bỏ chọn “Báo trước cho đơn vị”."
            )
        if self.unit_id == self.body_id:
            found.append(
                f"{self.unit.name} vừa là đơn vị được kiểm tra vừa là cơ quan kiểm tra: chỉ đúng "
                "khi đây là tự kiểm tra."
            )
        return found

    def enter(self, plan: Plan, by: User, replaces: PlanItem | None = None) -> None:
        """Give a new item its place: in a draft, or in the adjustment that is being prepared.

        `replaces` is the item that an adjustment moves. Call in the transaction that saves the new
        one. Raises `ValidationError` where plan or item does not allow it.
        """
        held = plan.hold()
        if held.status == PlanStatus.DRAFT:
            self.plan, self.line = held, PlanItem.next_line(held)
            return
        self.added_in = Adjustment.open_for(held, by)
        self.plan, self.line = held, PlanItem.next_line(held)
        if replaces is None:
            return
        old = replaces.hold()
        if refusal := old.why_not_adjusted():
            raise ValidationError(refusal)
        self.replaces, self.line = old, old.line
        old.dropped_in = self.added_in
        old.write("dropped_in")

    def hold_for_edit(self) -> str:
        """Hold plan and item; why the item cannot be edited in place, empty when it can."""
        self.plan.hold()
        return self.hold().why_not_edited()

    def take_rounds_of(self, old: PlanItem | None, by: User) -> None:
        """Whatever carried out the item that this one replaces carries out this one."""
        if old is not None:
            # A round may carry out both already.
            for round_ in old.rounds.all():
                before = trail.snapshot(round_, ["items"])
                round_.items.add(self)
                round_.items.remove(old)
                mark(by, round_, "changed", trail.changes_since(before, round_))

    def drop(self, by: User, reason: str) -> None:
        """Let the adjustment being prepared drop the item.

        Raises `ValidationError` when somebody else has just moved or dropped it.
        """
        with transaction.atomic():
            adjustment = Adjustment.open_for(self.plan, by)
            held = self.hold()
            if refusal := held.why_not_adjusted():
                raise ValidationError(refusal)
            self.dropped_in, self.drop_reason = adjustment, reason
            self.write("dropped_in", "drop_reason")
            mark(by, adjustment, "changed", note=f"Bỏ mục {self.line}: {self.unit.name}. {reason}")

    def keep(self, by: User) -> None:
        """Take the item out of the adjustment being prepared: it stays as it is in force."""
        with transaction.atomic():
            self.plan.hold()
            held = self.hold()
            if held.dropped_in is None or not held.dropped_in.is_draft:
                raise ValidationError(f"Mục {self.line} không nằm trong lần điều chỉnh đang soạn.")
            adjustment = held.dropped_in
            PlanItem.objects.filter(replaces=self.pk, added_in=adjustment).delete()
            self.dropped_in, self.drop_reason = None, ""
            self.write("dropped_in", "drop_reason")
            mark(by, adjustment, "changed", note=f"Giữ nguyên mục {self.line}: {self.unit.name}.")

    def remove(self, by: User) -> None:
        """Take an item out of a draft, or out of the adjustment that was to add it.

        Raises `ValidationError` for an item of a plan or adjustment that was issued.
        """
        with transaction.atomic():
            self.plan.hold()
            held = self.hold()
            if refusal := held.why_not_edited():
                raise ValidationError(refusal)
            if held.replaces is not None:
                held.replaces.keep(by)
                return
            mark(by, held.added_in or held.plan, "changed", note=f"Xóa {held}.")
            held.delete()
