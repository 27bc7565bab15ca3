"""Evidence: photographs and documents that prove what was seen, or that a demand was met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from congvu.access import Person
from congvu.fields import LineField
from congvu.rules import Fault, Ruled, one_of
from findings.models.findings import Finding
from findings.models.follow_up import Progress
from findings.models.remedies import Remedy
from inspections.models import Visit, in_reach

# The largest file taken, in bytes.
MOST_BYTES = 20 * 1024 * 1024


class EvidenceKind(models.TextChoices):
    """What was handed in."""

    PICTURE = "PICTURE", "Ảnh"
    DOCUMENT = "DOCUMENT", "Tài liệu"


def evidence_storage() -> Storage:
    """Where evidence lies: outside the web root (`STORAGES["evidence"]`)."""
    return storages["evidence"]


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence, by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Evidence of visits in reach; what belongs to a remedy, for whoever reads remedies."""
        if not person.may("findings.view"):
            return self.none()
        return self.filter(in_reach(person, "visit__round__", "visit__unit__", "visit"))


class Evidence(Ruled):
    """One file on a visit, and on a finding, a remedy or a report on a remedy of that visit.

    The file under a name of our own; `name` is what people call it.
    """

    Kind = EvidenceKind

    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="evidence"
    )
    finding = models.ForeignKey(
        Finding,
        models.PROTECT,
        verbose_name="tồn tại",
        null=True,
        blank=True,
        related_name="evidence",
    )
    remedy = models.ForeignKey(
        Remedy,
        models.PROTECT,
        verbose_name="kiến nghị",
        null=True,
        blank=True,
        related_name="evidence",
    )
    progress = models.ForeignKey(
        Progress,
        models.PROTECT,
        verbose_name="báo cáo tiến độ",
        null=True,
        blank=True,
        related_name="evidence",
    )
    kind = models.CharField("loại", max_length=10, choices=EvidenceKind.choices)
    name = LineField("tên tệp", max_length=200)
    note = LineField("ghi chú", max_length=300, blank=True, default="")
    file = models.FileField("tệp", storage=evidence_storage, max_length=200)
    thumbnail = models.FileField(
        "ảnh nhỏ", storage=evidence_storage, max_length=200, blank=True, default=""
    )
    # As kept, which for a picture is not as it came: it is encoded anew.
    size = models.PositiveIntegerField("dung lượng (byte)")
    sha256 = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("nhận lúc", auto_now_add=True)
    # By the clock of the device, which may be wrong.
    taken_at = models.DateTimeField("chụp lúc", null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "bằng chứng"
        verbose_name_plural = "bằng chứng"
        ordering = ("pk",)
        constraints = (
            one_of("kind", EvidenceKind),
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(remedy__isnull=False),
                name="findings_evidence_report_has_remedy",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MOST_BYTES), name="findings_evidence_size"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The file itself, handed out by a view that checks scope."""
        return reverse("findings:evidence_file", args=[self.pk])

    def faults(self) -> Iterator[Fault]:
        """What it belongs to hangs on the same visit."""
        for field, record in (("finding", self.finding), ("remedy", self.remedy)):
            if record is not None and record.visit_id != self.visit_id:
                yield Fault(field, f"{record} không thuộc lượt kiểm tra này.")
        if self.progress is not None and self.progress.remedy_id != self.remedy_id:
            yield Fault("progress", "Báo cáo này không thuộc kiến nghị đã chọn.")
