"""Remove what has served its time: old marks in the trail, taken forms' keys, ended sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import QuerySet
from django.utils import timezone

from congvu.keeping import cleaners
from congvu.models import Event, Submission

# A form that arrives a second time does so within seconds; a week is generous.
SUBMISSION_DAYS = 7


class Command(BaseCommand):
    """Run daily, for instance by cron or a systemd timer; safe to repeat."""

    help = "Xóa nhật ký đã quá thời gian lưu (TRAIL_KEEP_MONTHS) và dữ liệu tạm đã hết tác dụng."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove, and say how much."""
        now = timezone.now()
        keep = timedelta(days=31 * settings.TRAIL_KEEP_MONTHS)
        events = Event.objects.filter(at__lt=now - keep)
        # The only way around the trail's own refusal: this is its keeping time, not a correction.
        removed = QuerySet._raw_delete(events, events.db)
        taken, _ = Submission.objects.filter(at__lt=now - timedelta(days=SUBMISSION_DAYS)).delete()
        call_command("clearsessions")
        for clean in cleaners:
            self.stdout.write(clean())
        self.stdout.write(f"Đã xóa {removed} dòng nhật ký cũ và {taken} khóa biểu mẫu.")
