"""How units passed into one another, and the changes that people recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from congvu.access import Person
from congvu.dates import format_day
from congvu.fields import BlockField, LineField
from congvu.rules import Fault, one_of
from units.models.units import Unit


class SuccessionKind(models.TextChoices):
    """How a unit passed into another (contract §3)."""

    MERGE = "MERGE", "Nhập"
    SPLIT = "SPLIT", "Chia"
    CONTINUE = "CONTINUE", "Tiếp tục"


class Deed(models.TextChoices):
    """Changes that people record on units (`units.actions`); the codes are deeds of the trail."""

    ADD = "added", "Thêm đơn vị"
    CLOSE = "closed", "Kết thúc đơn vị"
    MERGE = "merged", "Nhập đơn vị"
    SPLIT = "split", "Chia đơn vị"
    CONTINUE = "continued", "Tiếp tục thành đơn vị mới"


class ReformQuerySet(models.QuerySet["Reform"]):
    """Changes of units, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Changes that touched a unit in scope."""
        if not person.may("units.view"):
            return self.none()
        scope = Unit.objects.visible_to(person).order_by().values("pk")
        touched = Q(opened__in=scope) | Q(closed__in=scope) | Q(successions__successor__in=scope)
        return self.filter(pk__in=Reform.objects.filter(touched).order_by().values("pk"))


class Reform(models.Model):
    """One change recorded here: the units it opened and closed and the successions between them.

    Kept so that a mistake can be taken back as a whole. What came from files has none.
    """

    Deed = Deed

    deed = models.CharField("việc", max_length=10, choices=Deed.choices)
    effective_on = models.DateField("ngày hiệu lực")
    legal_basis = LineField("căn cứ", max_length=300, blank=True, default="")
    made_at = models.DateTimeField("ghi lúc", auto_now_add=True)

    objects = ReformQuerySet.as_manager()

    class Meta:
        verbose_name = "lần thay đổi đơn vị"
        verbose_name_plural = "lần thay đổi đơn vị"
        constraints = (one_of("deed", Deed),)

    def __str__(self) -> str:
        return f"{self.get_deed_display()} từ ngày {format_day(self.effective_on)}"

    def get_absolute_url(self) -> str:
        """The change's page."""
        return reverse("units:reform_detail", args=[self.pk])

    def is_editable_by(self, person: Person) -> bool:
        """Whether the person may put documents to it: every unit that it touched is in scope."""
        if not person.may("units.change"):
            return False
        touched = Unit.objects.filter(Q(opened_in=self) | Q(closed_in=self))
        scope = Unit.objects.visible_to(person).order_by().values("pk")
        return not touched.exclude(pk__in=scope).exists()

    def require_editable(self, person: Person) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(person):
            raise PermissionDenied(
                "Thay đổi này chạm đến đơn vị ngoài phạm vi của bạn, hoặc vai trò của bạn chỉ được "
                "xem đơn vị."
            )


class Succession(models.Model):
    """One unit passing, wholly or in part, into another on a day."""

    Kind = SuccessionKind

    predecessor = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị cũ", related_name="as_predecessor"
    )
    successor = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="đơn vị mới", related_name="as_successor"
    )
    effective_on = models.DateField("ngày hiệu lực")
    kind = models.CharField("loại", max_length=10, choices=SuccessionKind.choices)
    # For MERGE and CONTINUE always true: they have one heir.
    is_main = models.BooleanField("mặc định", default=True)
    legal_basis = LineField("căn cứ", max_length=300, blank=True, default="")
    reform = models.ForeignKey(
        "units.Reform", models.PROTECT, null=True, editable=False, related_name="successions"
    )
    note = BlockField("ghi chú", blank=True, default="")

    class Meta:
        verbose_name = "kế thừa"
        verbose_name_plural = "kế thừa"
        ordering = ("effective_on", "pk")
        constraints = (
            one_of("kind", SuccessionKind),
            models.UniqueConstraint(
                fields=["predecessor", "successor", "effective_on"],
                name="units_succession_identity",
            ),
            # One heir, or one main heir among those of a split: else figures would be counted in
            # two lineages.
            models.UniqueConstraint(
                fields=["predecessor"],
                condition=Q(is_main=True),
                name="units_succession_one_main_heir",
            ),
            models.CheckConstraint(
                condition=Q(kind="SPLIT") | Q(is_main=True), name="units_succession_main"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="units_succession_two_units"
            ),
        )

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"

    def faults(self) -> Iterator[Fault]:
        """The old unit is in force on the day before, the new one on the day itself."""
        if self.effective_on == date.min:
            yield Fault("effective_on", "Trước ngày này không có ngày nào; hãy xem lại năm.")
            return
        eve = self.effective_on - timedelta(days=1)
        if not self.predecessor.exists_on(eve):
            yield Fault(
                "predecessor",
                f"{self.predecessor.name} không có hiệu lực vào ngày {format_day(eve)}.",
            )
        if not self.successor.exists_on(self.effective_on):
            yield Fault(
                "successor",
                f"{self.successor.name} không có hiệu lực vào ngày "
                f"{format_day(self.effective_on)}.",
            )
        if self.predecessor == self.successor:
            yield Fault("successor", "Đơn vị cũ và đơn vị mới phải khác nhau.")


def heirs_faults(successions: Iterable[Succession]) -> Iterator[tuple[Succession, str]]:
    """Predecessors with two heirs that are no split, and splits without one main heir.

    Takes all successions of the predecessors concerned (contract §3, "Refused"); each fault comes
    with the succession at which it is to be shown.
    """
    by_predecessor: dict[Any, list[Succession]] = {}
    for each in successions:
        by_predecessor.setdefault(each.predecessor, []).append(each)
    for predecessor, steps in by_predecessor.items():
        if len(steps) > 1 and any(step.kind != SuccessionKind.SPLIT for step in steps):
            yield (
                steps[-1],
                f"{predecessor.name} có hai đơn vị kế thừa mà không phải là chia tách.",
            )
        elif sum(step.is_main for step in steps) != 1:
            yield (
                steps[-1],
                f"Việc chia {predecessor.name} phải có đúng một đơn vị kế thừa mặc định.",
            )
