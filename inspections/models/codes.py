"""Sets of codes that rounds use, and the catalogue of what a round may cover."""

from __future__ import annotations

from django.db import models

from congvu.fields import LineField
from congvu.rules import Ruled


class Content(Ruled):
    """What a round may cover; a catalogue that administrators keep (domain notes)."""

    code = models.SlugField("mã", max_length=40, unique=True)
    label = LineField("nội dung kiểm tra", max_length=200)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    # A content no longer used stays readable on older rounds.
    is_offered = models.BooleanField("được chọn cho cuộc mới", default=True)

    class Meta:
        verbose_name = "nội dung kiểm tra"
        verbose_name_plural = "nội dung kiểm tra"
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.label


class RoundForm(models.TextChoices):
    """How a round was scheduled (contract §3, "Hình thức")."""

    PLANNED = "PLANNED", "Theo kế hoạch"
    SURPRISE = "SURPRISE", "Đột xuất"
    VERIFICATION = "VERIFICATION", "Xác minh"
    THEMATIC = "THEMATIC", "Chuyên đề"
    RECHECK = "RECHECK", "Phúc tra"


class RoundStatus(models.TextChoices):
    """Where a round stands (contract §3)."""

    SCHEDULED = "SCHEDULED", "Dự kiến"
    IN_PROGRESS = "IN_PROGRESS", "Đang kiểm tra"
    COMPLETED = "COMPLETED", "Hoàn thành"
    CANCELLED = "CANCELLED", "Hủy"


class Trigger(models.TextChoices):
    """Why a round is held (domain notes)."""

    PLAN = "PLAN", "Theo kế hoạch"
    DIRECTIVE = "DIRECTIVE", "Chỉ đạo của cấp trên"
    HOTLINE = "HOTLINE", "Đường dây nóng"
    PETITION = "PETITION", "Đơn thư, phản ánh"
    PRESS = "PRESS", "Báo chí"
    HOLIDAY = "HOLIDAY", "Sau kỳ nghỉ lễ"


class Method(models.TextChoices):
    """How a round is held (domain notes)."""

    ON_SITE = "ON_SITE", "Trực tiếp tại đơn vị"
    REPORT = "REPORT", "Qua báo cáo"


class PlanStatus(models.TextChoices):
    """Where a plan stands in its life; that it was adjusted is told by its adjustments."""

    DRAFT = "DRAFT", "Dự thảo"
    SUBMITTED = "SUBMITTED", "Đã trình"
    ISSUED = "ISSUED", "Đã ban hành"
    CLOSED = "CLOSED", "Đã kết thúc"


class AdjustmentStatus(models.TextChoices):
    """An adjustment is prepared, then issued."""

    DRAFT = "DRAFT", "Đang soạn"
    ISSUED = "ISSUED", "Đã ban hành"


class Schedule(models.TextChoices):
    """How exactly a plan says when it inspects a unit."""

    MONTH = "MONTH", "Theo tháng"
    QUARTER = "QUARTER", "Theo quý"
    DAYS = "DAYS", "Theo ngày cụ thể"
