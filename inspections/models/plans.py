"""Yearly inspection plans: drawn up, submitted, issued, adjusted, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.urls import reverse

from accounts.models import User
from congvu.dates import format_day, today
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Fault, one_of
from congvu.trail import mark
from directives.models import Document
from inspections.models.bonds import Bonds, bonds_of
from inspections.models.codes import PlanStatus
from inspections.models.issued import IssuedByPaper
from inspections.models.plan_rows import ISSUED, PlanQuerySet
from units.models import Unit

# Inspections of one unit nearer to each other than so many days overlap; the default of plans, and
# what holds for a round without one.
OVERLAP_DAYS = 90
# Ten years: more says nothing of two inspections.
MOST_OVERLAP_DAYS = 3650

if TYPE_CHECKING:
    from inspections.models.items import PlanItem

_VERBS = {
    "submitted": "trình",
    "returned": "trả lại",
    "issued": "ban hành",
    "withdrawn": "thu hồi",
    "closed": "kết thúc",
    "reopened": "mở lại",
}


def why_not_year(year: int) -> str:
    """Why no plan can be for that year; empty when one can."""
    if 1945 <= year <= 2200:
        return ""
    return f"Năm {year} không hợp lệ; hãy ghi bốn chữ số như 2023."


class Plan(IssuedByPaper):
    """A yearly inspection plan; once issued it has a number and a date (domain notes)."""

    Status = PlanStatus
    issuer_path = "issuer"

    # A workbook holds plans that were issued, and no others.
    status = models.CharField(
        "trạng thái", max_length=10, choices=PlanStatus.choices, default=PlanStatus.ISSUED
    )
    number = LineField("số ký hiệu", max_length=60, blank=True, default="")
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="cơ quan ban hành", related_name="plans"
    )
    year = models.PositiveSmallIntegerField("năm")
    subject = LineField("trích yếu", max_length=500, blank=True, default="")
    legal_basis = BlockField("căn cứ pháp lý", blank=True, default="")
    # Joins the programmes of several bodies, so that a unit is visited once (kế hoạch khung).
    is_framework = models.BooleanField("kế hoạch khung", default=False)
    # Inspections of one unit nearer to each other than so many days overlap, besides those of
    # one calendar year.
    overlap_days = models.PositiveSmallIntegerField(
        "khoảng cách tối thiểu (ngày)",
        default=OVERLAP_DAYS,
        validators=[MaxValueValidator(MOST_OVERLAP_DAYS)],
    )
    # The document by which it was issued, with signer and file.
    paper = models.ForeignKey(
        Document,
        models.PROTECT,
        verbose_name="văn bản ban hành",
        null=True,
        blank=True,
        related_name="plans_issued",
    )
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="plans"
    )
    folded = FoldedField(source=("number", "subject"))

    # Filled by `counting`.
    rounds_seen: int
    rounds_completed: int
    items_seen: int

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "kế hoạch"
        verbose_name_plural = "kế hoạch"
        ordering = ("-year", "-issued_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "number", "year"],
                condition=~Q(number=""),
                name="inspections_plan_identity",
                violation_error_message="Cơ quan này đã có kế hoạch mang số ký hiệu đó của năm "
                "này.",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1945, year__lte=2200), name="inspections_plan_year"
            ),
            # A document issues one plan, or one adjustment.
            models.UniqueConstraint(
                fields=["paper"],
                condition=Q(paper__isnull=False),
                name="inspections_plan_paper",
            ),
            one_of("status", PlanStatus),
            models.CheckConstraint(
                condition=Q(overlap_days__lte=MOST_OVERLAP_DAYS), name="inspections_plan_overlap"
            ),
            models.CheckConstraint(
                condition=(Q(status__in=ISSUED, issued_on__isnull=False) & ~Q(number=""))
                | (~Q(status__in=ISSUED) & Q(number="", issued_on__isnull=True)),
                name="inspections_plan_issued",
                violation_error_message="Kế hoạch đã ban hành phải có số và ngày ban hành; dự thảo "
                "thì chưa có.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} năm {self.year}" if self.number else self.name

    def get_absolute_url(self) -> str:
        """The plan's page."""
        return reverse("inspections:plan_detail", args=[self.pk])

    @property
    def name(self) -> str:
        """What people call it: by its number, a draft by its year."""
        return f"Kế hoạch {self.number}" if self.number else f"Dự thảo kế hoạch năm {self.year}"

    @property
    def name_inside(self) -> str:
        """The name within a sentence."""
        return self.name[0].lower() + self.name[1:]

    @property
    def issuer_name(self) -> str:
        """The issuer's name on the day of issue, of today for a draft (reads `former_names`)."""
        return self.issuer.name_on(self.issued_on or today())

    @property
    def issued_by(self) -> Unit:
        """Its issuer."""
        return self.issuer

    def follow_paper(self, paper: Document, by: Any) -> None:
        """Also: no adjustment was issued before the new day."""
        super().follow_paper(paper, by)
        for adjustment in self.adjustments.order_by("position"):
            adjustment.plan = self
            adjustment.clean()

    @property
    def is_issued(self) -> bool:
        """Whether it was issued: it is then changed by adjustments alone."""
        return self.status in ISSUED

    @property
    def is_draft(self) -> bool:
        """Whether its items may still be edited in place."""
        return self.status == PlanStatus.DRAFT

    def faults(self) -> Iterator[Fault]:
        """The issuer existed on the day of issue; the year is a year.

        That of a draft is in force today, or on some day of the plan's year.
        """
        if (
            self.knows("issuer")
            and (day := self.issued_on) is not None
            and not self.issuer.exists_on(day)
        ):
            yield Fault(
                "issuer", f"{self.issuer.name} không có hiệu lực vào ngày {format_day(day)}."
            )
        if self.knows("year") and (refusal := why_not_year(self.year)):
            yield Fault("year", refusal)
        elif self.knows("issuer", "year") and not self.is_issued and not self._has_issuer:
            yield Fault(
                "issuer",
                f"{self.issuer.name} có hiệu lực {self.issuer.span_text} nên không lập kế hoạch "
                f"năm {self.year} được.",
            )

    @property
    def _has_issuer(self) -> bool:
        """Whether the issuer of a draft can issue it yet, or could within its year."""
        issuer, first, last = self.issuer, date(self.year, 1, 1), date(self.year, 12, 31)
        begun = issuer.valid_from is None or issuer.valid_from <= last
        return issuer.exists_on(today()) or (
            begun and (issuer.valid_to is None or issuer.valid_to >= first)
        )

    def clean(self) -> None:
        """Also: the plan's items lie in its year."""
        super().clean()
        if self.pk and self.is_filled and self.items.exclude(first_day__year=self.year).exists():
            raise ValidationError(
                {"year": "Kế hoạch đã có mục của năm khác; hãy sửa hoặc xóa các mục đó trước."}
            )

    def why_not_edited(self) -> str:
        """Why what the plan says of itself cannot be changed now; empty when it can."""
        if self.status == PlanStatus.SUBMITTED:
            return f"{self.name} đã trình; hãy trả lại dự thảo trước khi sửa."
        return ""

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change this plan: its issuer is in scope."""
        return user.may("plans.change") and user.in_scope(self.issuer)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Kế hoạch này do cơ quan khác ban hành, hoặc vai trò của bạn chỉ được xem."
            )

    # --- its life ------------------------------------------------------------------------------

    STEPS: ClassVar[dict[str, dict[str, PlanStatus]]] = {
        "submitted": {PlanStatus.DRAFT: PlanStatus.SUBMITTED},
        "returned": {PlanStatus.SUBMITTED: PlanStatus.DRAFT},
        "issued": {
            PlanStatus.DRAFT: PlanStatus.ISSUED,
            PlanStatus.SUBMITTED: PlanStatus.ISSUED,
        },
        "withdrawn": {PlanStatus.ISSUED: PlanStatus.DRAFT},
        "closed": {PlanStatus.ISSUED: PlanStatus.CLOSED},
        "reopened": {PlanStatus.CLOSED: PlanStatus.ISSUED},
    }

    def why_not(self, deed: str) -> str:
        """Why that step cannot be taken now; empty when it can."""
        if self.status not in self.STEPS[deed]:
            return (
                f"{self.name} đang ở trạng thái “{self.get_status_display()}” nên không "
                f"{_VERBS[deed]} được."
            )
        if deed == "submitted":
            return self._why_not_submitted()
        if deed == "issued":
            if self.status == PlanStatus.DRAFT:
                return "Hãy trình dự thảo trước; kế hoạch được ban hành từ bản đã trình."
            return self._why_not_in_force()
        if deed == "withdrawn" and (self.bonds.is_carried_out or self.bonds.adjustments):
            # No word of what carries it out: that may be a round of a superior.
            return (
                f"{self.name} đã được điều chỉnh hoặc đang được gắn với hồ sơ khác nên không thu "
                "hồi được; hãy điều chỉnh kế hoạch."
            )
        if deed == "closed" and self.bonds.open_adjustment is not None:
            return "Còn một lần điều chỉnh đang soạn; hãy ban hành hoặc bỏ lần điều chỉnh đó trước."
        return ""

    @property
    def lacks_programmes(self) -> bool:
        """Whether it is to join programmes, and names none yet."""
        return self.is_framework and not self.bonds.has_programmes

    def _why_not_submitted(self) -> str:
        if not self.bonds.has_items:
            return (
                "Kế hoạch chưa có mục nào nên chưa trình được; hãy thêm đơn vị cần kiểm tra trước."
            )
        if self.lacks_programmes:
            return (
                "Kế hoạch khung chưa ghi chương trình kiểm tra nào; hãy chọn “Sửa kế hoạch”, ghi "
                "các chương trình ở cuối trang, rồi chọn chương trình ở từng mục."
            )
        if self.is_framework and (bare := self.items.filter(programmes__isnull=True)).exists():
            lines = ", ".join(str(line) for line in bare.values_list("line", flat=True)[:5])
            return (
                f"Kế hoạch khung: mục {lines} chưa ghi chương trình kiểm tra; hãy sửa các mục "
                "đó và chọn chương trình trước khi trình."
            )
        return self._why_not_in_force()

    def _why_not_in_force(self) -> str:
        """What is wrong with items whose units have ended since they were written."""
        return " ".join(
            f"Mục {item.line}: {fault.message}"
            for item in self.stale_items[:5]
            for fault in item.faults()
        )

    @cached_property
    def stale_items(self) -> list[PlanItem]:
        """Items not yet carried out whose unit or body is not in force on all their days.

        The first twenty, as they stood when first asked for.
        """
        found = self.items.in_force().filter(rounds__isnull=True).stale()
        return list(found.select_related("unit", "body", "team")[:20])

    @cached_property
    def bonds(self) -> Bonds:
        """What hangs on the plan, as it stood when first asked for; one query.

        A deed asks the record that it holds, which is read anew.
        """
        return bonds_of(self)

    def why_not_filled(self) -> str:
        """Why no item can be added now; empty when one can: to a draft, or by an adjustment."""
        if self.status in (PlanStatus.DRAFT, PlanStatus.ISSUED):
            return ""
        return (
            f"{self.name} đang ở trạng thái “{self.get_status_display()}” nên không thêm mục được."
        )

    def _step(self, deed: str, by: User, note: str = "", *also: str) -> None:
        """Take the step with the plan held; `also` are further fields that it changed."""
        with transaction.atomic():
            # Judged as it stands now: another person may just have taken a step.
            held = self.hold()
            if refusal := held.why_not(deed):
                raise ValidationError(refusal)
            old = PlanStatus(held.status)
            self.status = self.STEPS[deed][old]
            self.write("status", *also)
            mark(by, self, deed, {"status": (old.label, PlanStatus(self.status).label)}, note)

    def submit(self, by: User) -> None:
        """Hand the draft to whoever signs; its items then stay as they are.

        Raises `ValidationError` for a plan without items, or a framework plan whose items name no
        programme.
        """
        self._step("submitted", by)

    def send_back(self, by: User, reason: str) -> None:
        """Give a submitted draft back to be worked on; the reason stays on record."""
        self._step("returned", by, reason)

    def issue(self, by: User, paper: Document) -> None:
        """The plan is issued by that document; from now on it is changed by adjustments alone.

        A plan that says nothing of what it is about takes what the document says.
        Raises `ValidationError` where the step or a rule does not allow it, and `IntegrityError`
        when somebody has just taken the number.
        """
        self.take_paper(paper)
        self.subject = self.subject or paper.subject
        self.clean()
        self._step("issued", by, "", "number", "issued_on", "paper", "subject")

    def withdraw(self, by: User, reason: str) -> None:
        """Take back an issue recorded by mistake: the plan is a draft again, without a number."""
        number, day = self.number, self.issued_on
        self.number, self.issued_on, self.paper = "", None, None
        told = f"{number}, ban hành {format_day(day)}" if day else number
        self._step("withdrawn", by, f"{told}. {reason}", "number", "issued_on", "paper")

    def close(self, by: User, reason: str) -> None:
        """The plan is done with: no more is expected of it."""
        self._step("closed", by, reason)

    def reopen(self, by: User, reason: str) -> None:
        """A plan closed too early goes on."""
        self._step("reopened", by, reason)

    def why_not_removed(self) -> str:
        """Why the plan cannot be taken away; empty when it can.

        No word of what carries it out: that may be a round of a superior that is still to come.
        """
        if self.bonds.is_carried_out:
            return (
                f"{self.name} đang được gắn với hồ sơ khác nên không xóa được; hãy bỏ kế hoạch "
                "khỏi hồ sơ đó trước."
            )
        if self.is_issued and self.bonds.has_items:
            return (
                f"{self.name} đã ban hành với các mục kiểm tra nên không xóa được; nếu ghi nhầm, "
                "hãy thu hồi về dự thảo trước."
            )
        return ""

    def remove(self, by: User) -> None:
        """Take away a plan entered by mistake, with the items of a draft; the trail keeps a mark.

        Raises `ValidationError` while a round carries it out.
        """
        with transaction.atomic():
            if refusal := self.hold().why_not_removed():
                raise ValidationError(refusal)
            issued = f", ban hành {format_day(self.issued_on)}" if self.issued_on else ""
            note = f"{self.issuer.name}{issued}, {self.items.count()} mục"
            mark(by, self, "removed", note=note)
            self.items.all().delete()
            self.adjustments.all().delete()
            try:
                self.delete()
            except ProtectedError as fault:
                raise ValidationError(
                    f"{self.name} có hồ sơ kèm theo phải giữ lại, như kết quả bốc thăm, nên không "
                    "xóa được; hãy sửa dự thảo này thay vì lập lại."
                ) from fault
