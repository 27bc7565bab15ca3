"""`manage.py run_import_job ID`: the work on one upload; started by the pages of `/import/`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from congvu import trail
from exchange import jobs


class Command(BaseCommand):
    """Checks or writes one upload."""

    help = "Kiểm tra hoặc ghi một tệp đã tải lên (trang /import/ tự chạy lệnh này)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The upload, and from where it was sent."""
        parser.add_argument("id", type=int)
        parser.add_argument("--origin", default=None, help="địa chỉ mạng của người gửi")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the step in which the upload stands."""
        jobs.limit_process()
        trail.origin.set(options["origin"])
        jobs.run(options["id"])
