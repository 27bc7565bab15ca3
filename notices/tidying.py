"""Notices and e-mails have a keeping time."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from congvu.keeping import when_tidying
from notices.models import Digest, Notice


@when_tidying
def remove_old_notices() -> str:
    """Remove what is older than `NOTICE_KEEP_MONTHS`, seen or not."""
    limit = timezone.now() - timedelta(days=31 * settings.NOTICE_KEEP_MONTHS)
    notices, _ = Notice.objects.filter(made_at__lt=limit).delete()
    digests, _ = Digest.objects.filter(made_at__lt=limit, notices__isnull=True).delete()
    return f"Đã xóa {notices} nhắc việc và {digests} thư nhắc việc cũ."
