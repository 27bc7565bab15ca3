"""Returns: figures that a unit reports for a period, because it does not log each round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person, require
from congvu.dates import format_day, period_between, today
from congvu.fields import BlockField
from congvu.numbers import number_text
from congvu.rules import ConflictError, Fault, Ruled, one_of, ordered
from congvu.trail import mark
from units.models import Unit, under

# The figures that returns add to (contract §4 rule 7), with their headings in the workbook.
FIGURES: dict[str, str] = {
    "rounds_planned": "Số cuộc theo kế hoạch",
    "rounds_surprise": "Số cuộc đột xuất",
    "rounds_verification": "Số cuộc xác minh",
    "rounds_thematic": "Số cuộc chuyên đề",
    "rounds_recheck": "Số cuộc phúc tra",
    "visits": "Số lượt đơn vị",
    "finding_units": "Số đơn vị có tồn tại",
    "review_units": "Số đơn vị kiểm điểm",
    "review_people": "Số cá nhân kiểm điểm",
    "discipline_people": "Số người bị kỷ luật",
    "explain_rectify_units": "Số đơn vị giải trình, khắc phục",
    "remind_units": "Số đơn vị nhắc nhở",
}


class ReturnStatus(models.TextChoices):
    """Where a return stands; only an accepted one counts."""

    DRAFT = "DRAFT", "Đang lập"
    SUBMITTED = "SUBMITTED", "Chờ duyệt"
    ACCEPTED = "ACCEPTED", "Đã chấp nhận"
    SENT_BACK = "SENT_BACK", "Bị trả lại"


# With the unit still: not sent, or come back to it.
UNSENT = (ReturnStatus.DRAFT, ReturnStatus.SENT_BACK)

# From which statuses a return may pass to each.
STEPS: dict[str, tuple[str, ...]] = {
    ReturnStatus.SUBMITTED: UNSENT,
    ReturnStatus.ACCEPTED: (ReturnStatus.SUBMITTED,),
    ReturnStatus.SENT_BACK: (ReturnStatus.SUBMITTED, ReturnStatus.ACCEPTED),
}


class ReturnQuerySet(models.QuerySet["Return"]):
    """Returns, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Returns of units in scope."""
        if not person.may("returns.view"):
            return self.none()
        return self.filter(under(person.scope_paths, "unit__"))

    def accepted(self) -> Self:
        """Those that count."""
        return self.filter(status=ReturnStatus.ACCEPTED)

    def sharing_a_day(self, first: object, last: object) -> Self:
        """Those whose period has a day in common with `first`–`last`."""
        return self.filter(first_day__lte=last, last_day__gte=first)


def _figure(key: str) -> models.PositiveIntegerField[int | None, int | None]:
    return models.PositiveIntegerField(FIGURES[key].lower(), null=True, blank=True)


class Return(Ruled):
    """The figures of one unit for one period (số liệu báo cáo). A blank figure counts as 0."""

    Status = ReturnStatus

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="đơn vị", related_name="returns")
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến ngày")
    status = models.CharField(
        "trạng thái", max_length=10, choices=ReturnStatus.choices, default=ReturnStatus.DRAFT
    )
    rounds_planned = _figure("rounds_planned")
    rounds_surprise = _figure("rounds_surprise")
    rounds_verification = _figure("rounds_verification")
    rounds_thematic = _figure("rounds_thematic")
    rounds_recheck = _figure("rounds_recheck")
    visits = _figure("visits")
    finding_units = _figure("finding_units")
    review_units = _figure("review_units")
    review_people = _figure("review_people")
    discipline_people = _figure("discipline_people")
    explain_rectify_units = _figure("explain_rectify_units")
    remind_units = _figure("remind_units")
    sent_on = models.DateField("ngày gửi", null=True, blank=True)
    remark = BlockField("ghi chú", blank=True, default="")
    # Why the return was sent back, for whoever has to put it right.
    reason = BlockField("lý do trả lại", blank=True, default="")

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu báo cáo"
        verbose_name_plural = "số liệu báo cáo"
        ordering = ("-last_day", "-pk")
        constraints = (
            one_of("status", ReturnStatus),
            ordered("first_day", "last_day"),
            models.CheckConstraint(
                condition=~Q(status="SENT_BACK") | ~Q(reason=""), name="reports_return_reason"
            ),
        )
        indexes = (models.Index(fields=["last_day", "first_day"], name="reports_return_days"),)

    def __str__(self) -> str:
        return (
            f"Số liệu của {self.unit} từ {format_day(self.first_day)} đến "
            f"{format_day(self.last_day)}"
        )

    def get_absolute_url(self) -> str:
        """The return's page."""
        return reverse("reports:return_detail", args=[self.pk])

    def figures(self) -> tuple[int, ...]:
        """The figures in the order of `FIGURES`; a blank one is 0 (contract §4 rule 7)."""
        return tuple(getattr(self, key) or 0 for key in FIGURES)

    def faults(self) -> Iterator[Fault]:
        """Days in order; the period lies within the unit's life (contract §3)."""
        if not self.knows("first_day", "last_day"):
            return
        if self.last_day < self.first_day:
            yield Fault("last_day", "Ngày cuối kỳ không được trước ngày đầu kỳ.")
        elif self.knows("unit") and not self.unit.covers(self.first_day, self.last_day):
            yield Fault(
                "first_day"
                if self.unit.valid_from and self.first_day < self.unit.valid_from
                else "last_day",
                f"Kỳ báo cáo vượt ra ngoài thời gian có hiệu lực của {self.unit.name} "
                f"({self.unit.span_text}).",
            )

    def doubts(self, logged: Sequence[int]) -> Iterator[str]:
        """What can hardly be right, for whoever sends or accepts the figures: it forbids nothing.

        `logged`: what is logged in the same days, in the order of `FIGURES`.
        """
        visits = self.visits or 0
        found, rounds = self.finding_units or 0, self.rounds
        if found > visits:
            yield (
                f"số đơn vị có tồn tại ({number_text(found)}) lớn hơn số lượt đơn vị "
                f"({number_text(visits)})."
            )
        if rounds > visits:
            yield (
                f"số cuộc ({number_text(rounds)}) lớn hơn số lượt đơn vị ({number_text(visits)}), "
                "mà mỗi cuộc có ít nhất một lượt."
            )
        for (key, label), counted in zip(FIGURES.items(), logged, strict=True):
            told = getattr(self, key)
            if told is not None and told < counted:
                yield (
                    f"{label[0].lower()}{label[1:]} báo cáo {number_text(told)}, thấp hơn "
                    f"{number_text(counted)} đã ghi từng cuộc trong cùng kỳ."
                )

    def clean(self) -> None:
        """Also: no other return of the unit shares a day (contract §3, "Refused")."""
        super().clean()
        if not self.is_filled or self.last_day < self.first_day:
            return
        others = Return.objects.filter(unit=self.unit).exclude(pk=self.pk)
        other = others.sharing_a_day(self.first_day, self.last_day).first()
        if other:
            raise ValidationError(
                {
                    "first_day": f"Kỳ này trùng ngày với số liệu đã có của {self.unit.name}: từ "
                    f"{format_day(other.first_day)} đến {format_day(other.last_day)}."
                }
            )

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may write the figures: staff in scope, the reporter for its own unit.

        A reporter's return is open until it is sent, and again when it was sent back.
        """
        if not user.may("returns.change") or not user.in_scope(self.unit):
            return False
        if user.may("returns.decide"):
            return True
        return self.unit_id in user.lineage_ids and self.status in (
            ReturnStatus.DRAFT,
            ReturnStatus.SENT_BACK,
        )

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        require(user, "returns.change")
        if not self.is_editable_by(user):
            raise PermissionDenied(
                "Số liệu đã gửi hoặc đã được chấp nhận thì đơn vị không sửa được nữa; hãy đề nghị "
                "Sở Nội vụ trả lại."
            )

    def is_decided_by(self, user: User) -> bool:
        """Whether the user may accept the return or send it back: staff in scope."""
        return user.may("returns.decide") and user.in_scope(self.unit)

    def require_decided(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not decide on the return."""
        if not self.is_decided_by(user):
            raise PermissionDenied("Chỉ cán bộ Sở Nội vụ được chấp nhận hoặc trả lại số liệu.")

    @property
    def unit_name(self) -> str:
        """The unit's name on the period's last day (reads `former_names`)."""
        return self.unit.name_on(self.last_day)

    @property
    def period_text(self) -> str:
        """The period by the name people give it, else by its days."""
        return period_between(self.first_day, self.last_day).label

    @property
    def rounds(self) -> int:
        """Rounds of all forms."""
        return sum(getattr(self, key) or 0 for key in FIGURES if key.startswith("rounds_"))

    def why_not(self, status: ReturnStatus) -> str:
        """Why the return cannot pass to that status now; empty when it can."""
        old = ReturnStatus(self.status)
        if old in STEPS[status]:
            return ""
        return (
            f"Số liệu đang ở trạng thái “{old.label}” nên không chuyển sang “{status.label}” được."
        )

    def why_not_removed(self) -> str:
        """Why the return cannot be taken away; empty when it can."""
        if self.status == ReturnStatus.DRAFT:
            return ""
        return "Chỉ xóa được số liệu đang lập, chưa gửi lần nào."

    def remove(self, by: User) -> None:
        """Take away a draft; the unit's trail keeps the mark.

        Raises `ValidationError` for what has been sent, `ConflictError` for what was just changed.
        """
        with transaction.atomic():
            if refusal := self.why_not_removed():
                raise ValidationError(refusal)
            mark(by, self.unit, "removed", note=f"{self}, {self.get_status_display().lower()}")
            same = Return.objects.filter(pk=self.pk, version=self.version, status=self.status)
            if not same.delete()[0]:
                raise ConflictError(str(self))

    def _step(self, status: ReturnStatus, deed: str, by: User, reason: str = "") -> None:
        old = ReturnStatus(self.status)
        if refusal := self.why_not(status):
            raise ValidationError(refusal)
        with transaction.atomic():
            self.status = status
            self.reason = reason
            names = ["status", "reason"]
            if status == ReturnStatus.SUBMITTED:
                self.sent_on = today()
                names.append("sent_on")
            self.write(*names)
            mark(by, self, deed, {"status": (old.label, status.label)}, note=reason)

    def submit(self, by: User) -> None:
        """The unit sends its figures; from now on it cannot change them."""
        self._step(ReturnStatus.SUBMITTED, "submitted", by)

    def accept(self, by: User) -> None:
        """Staff take the figures: they count from now on."""
        self._step(ReturnStatus.ACCEPTED, "accepted", by)

    def send_back(self, by: User, reason: str) -> None:
        """Staff send the figures back with the reason; they no longer count."""
        self._step(ReturnStatus.SENT_BACK, "returned", by, reason)
