"""Addenda (bổ sung, đính chính): what is corrected after a visit was completed and locked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import User
from congvu.fields import BlockField, LineField
from congvu.trail import mark
from inspections.models.visits import Visit

KEPT = "Bổ sung, đính chính được giữ mãi; nếu ghi nhầm, hãy ghi thêm một lần nữa."


class Addendum(models.Model):
    """A correction to a locked visit, with its reason; it stays for ever and is never changed."""

    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="addenda"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = BlockField("nội dung bổ sung, đính chính")
    reason = LineField("lý do", max_length=300)

    class Meta:
        verbose_name = "bổ sung, đính chính"
        verbose_name_plural = "bổ sung, đính chính"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:80]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once: raises `ValidationError` for one that is there already."""
        if self.pk is not None:
            raise ValidationError(KEPT)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never: raises `ValidationError`."""
        raise ValidationError(KEPT)

    @classmethod
    def add(cls, visit: Visit, by: User, text: str, reason: str) -> Addendum:
        """Put a correction beside a locked visit.

        Raises `ValidationError` while the visit is open: then the visit itself is put right.
        """
        with transaction.atomic():
            if refusal := cls.why_not_added(visit.held()):
                raise ValidationError(refusal)
            made = cls(visit=visit, by=by, text=text, reason=reason)
            made.full_clean()
            made.save()
            mark(by, visit, "amended", note=f"{text[:200]}\nLý do: {reason}")
        return made

    @staticmethod
    def why_not_added(visit: Visit) -> str:
        """Why no correction can be put beside the visit now; empty when it can."""
        if visit.is_closed:
            return ""
        return "Lượt kiểm tra chưa hoàn thành nên sửa được ngay trên lượt; không cần ghi bổ sung."
