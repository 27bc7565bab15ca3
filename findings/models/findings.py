"""Findings: what a visit saw to be wanting, with severity rising from shortcoming to violation."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.fields import BlockField, FoldedField, LineField
from congvu.rules import Ruled, one_of
from inspections.models import Visit, visits_in_reach
from units.models import under


class Category(models.TextChoices):
    """What a finding is about (contract §3, "Nhóm")."""

    WORK_TIME = "WORK_TIME", "Thời giờ làm việc"
    CARD_NAMEPLATE = "CARD_NAMEPLATE", "Đeo thẻ, biển tên"
    WORKPLACE = "WORKPLACE", "Phòng làm việc, cơ sở vật chất"
    ALCOHOL_PRIVATE = "ALCOHOL_PRIVATE", "Rượu bia, việc riêng"
    ATTITUDE = "ATTITUDE", "Thái độ, giao tiếp, ứng xử"
    HARASSMENT = "HARASSMENT", "Nhũng nhiễu, phiền hà"
    PROCEDURE_BREACH = "PROCEDURE_BREACH", "Hồ sơ, quy trình TTHC trái quy định"
    PROCEDURE_OVERDUE = "PROCEDURE_OVERDUE", "Hồ sơ TTHC trễ hạn"
    PUBLICITY = "PUBLICITY", "Niêm yết công khai"
    TASK_OVERDUE = "TASK_OVERDUE", "Chậm nhiệm vụ được giao"
    SHIRKING = "SHIRKING", "Đùn đẩy, né tránh, sợ trách nhiệm"
    WORK_RULES = "WORK_RULES", "Nội quy, quy chế làm việc"
    ADVICE_QUALITY = "ADVICE_QUALITY", "Chất lượng tham mưu, chuyên môn"
    COORDINATION = "COORDINATION", "Phối hợp công tác"
    HEAD_RESPONSIBILITY = "HEAD_RESPONSIBILITY", "Trách nhiệm người đứng đầu"
    STAFF_MANAGEMENT = "STAFF_MANAGEMENT", "Tuyển dụng, quản lý CBCCVC"
    CITIZEN_CASE = "CITIZEN_CASE", "Vụ việc, đơn thư tồn đọng"
    ETHICS_LAW = "ETHICS_LAW", "Đạo đức, lối sống, pháp luật"
    OTHER = "OTHER", "Khác"


class Severity(models.TextChoices):
    """How grave a finding is, rising in this order (domain notes)."""

    SHORTCOMING = "SHORTCOMING", "Tồn tại"
    LIMITATION = "LIMITATION", "Hạn chế"
    VIOLATION = "VIOLATION", "Vi phạm"


class Subject(models.TextChoices):
    """Whom a finding or remedy concerns (contract §3, "Đối tượng")."""

    COLLECTIVE = "COLLECTIVE", "Tập thể"
    INDIVIDUAL = "INDIVIDUAL", "Cá nhân"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Findings of visits in reach."""
        if not person.may("findings.view"):
            return self.none()
        return self.filter(visits_in_reach(person, "visit__"))

    def editable_by(self, person: Person) -> Self:
        """Findings of rounds conducted by a body in scope."""
        if not person.may("findings.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "visit__round__body__"))


class Finding(Ruled):
    """A shortcoming, limitation or violation that a visit found."""

    Category = Category
    Severity = Severity

    code = LineField("mã tồn tại", max_length=50, unique=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="findings"
    )
    category = models.CharField("nhóm", max_length=20, choices=Category.choices)
    severity = models.CharField("mức độ", max_length=15, choices=Severity.choices)
    subject = models.CharField(
        "đối tượng", max_length=10, choices=Subject.choices, blank=True, default=""
    )
    content = BlockField("nội dung")
    folded = FoldedField(source=("code", "content"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "tồn tại, hạn chế, vi phạm"
        verbose_name_plural = "tồn tại, hạn chế, vi phạm"
        ordering = ("-pk",)
        permissions = (("view_personal_data", "Xem tên cá nhân bị xử lý"),)
        constraints = (
            one_of("category", Category),
            one_of("severity", Severity),
            one_of("subject", Subject, blank=True),
        )

    def __str__(self) -> str:
        return f"Tồn tại {self.code}"

    def get_absolute_url(self) -> str:
        """The finding's page."""
        return reverse("findings:finding_detail", args=[self.pk])

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change the finding: the side that inspected."""
        return user.may("findings.change") and user.in_scope(self.visit.round.body)

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Chỉ cơ quan đã kiểm tra mới được sửa tồn tại này.")
