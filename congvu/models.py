"""What every app leaves marks in: the trail; and what keeps a form from being taken twice.

The trail stands here and not in `accounts`, because changes of units leave marks too and `units`
may not import what stands further right.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from congvu.fields import LineField


class EventQuerySet(models.QuerySet["Event"]):
    """Marks in the trail: they are added and read, never changed."""

    def of(self, record: models.Model) -> EventQuerySet:
        """The marks of one record, oldest first."""
        kind = ContentType.objects.get_for_model(record)
        return self.filter(kind=kind, record_id=record.pk).order_by("at", "pk")

    def update(self, **_: Any) -> int:
        """Refused: the trail is append-only."""
        raise TypeError("Nhật ký chỉ được ghi thêm, không được sửa.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: the trail is append-only; `tidy` removes what is past its keeping time."""
        raise TypeError("Nhật ký chỉ được ghi thêm, không được xóa.")


class Event(models.Model):
    """One mark in the trail: who did what to which record, when and from where."""

    at = models.DateTimeField("thời điểm", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="người thực hiện",
        null=True,
        blank=True,
        related_name="+",
    )
    # Empty for a command run on the server.
    address = models.GenericIPAddressField("địa chỉ mạng", null=True, blank=True)
    deed = LineField("việc", max_length=60)
    kind = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    label = LineField("hồ sơ", max_length=300)
    # {"due_on": ["2023-05-22", "2023-08-25"]}: old and new value of each changed field.
    changes = models.JSONField("thay đổi", default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField("ghi chú", blank=True, default="")

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "sự kiện"
        verbose_name_plural = "nhật ký"
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["kind", "record_id", "at"], name="congvu_event_record"),
            models.Index(fields=["at"], name="congvu_event_at"),
        )

    def __str__(self) -> str:
        return f"{self.deed}: {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the mark; refused for a mark that exists, since the trail is append-only."""
        if not self._state.adding:
            raise TypeError("Nhật ký chỉ được ghi thêm, không được sửa.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: the trail is append-only."""
        raise TypeError("Nhật ký chỉ được ghi thêm, không được xóa.")


class Submission(models.Model):
    """A form that was taken: its key, and where its sender was led.

    A second arrival of the same form (a double click, a repeated request) finds it here.
    """

    key = models.UUIDField(primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    location = models.TextField(default="")

    def __str__(self) -> str:
        return str(self.key)
