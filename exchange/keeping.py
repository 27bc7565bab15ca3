"""Uploads hold names of persons: `manage.py tidy` removes those whose time is up."""

from __future__ import annotations

from congvu.keeping import when_tidying
from exchange.models import ImportJob


@when_tidying
def sweep_uploads() -> str:
    """Remove the files of old uploads; their counts are kept."""
    return f"Đã xóa tệp của {ImportJob.objects.sweep()} lần nhập cũ."
