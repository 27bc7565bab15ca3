"""`manage.py import_workbook FILE [--dry-run]` (contract §1)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.analysis import Analysis
from exchange.layout import SHEET_BY_KEY
from exchange.package import RefusedError
from exchange.reading import read
from exchange.writing import import_workbook


class Command(BaseCommand):
    """Imports a workbook: all of it, or nothing and one line for each bad cell."""

    help = "Nhập một bảng tính theo mẫu: tất cả, hoặc không gì cả khi có ô sai."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and whether only to look."""
        parser.add_argument("file", type=Path, help="tệp .xlsx theo mẫu")
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ kiểm tra và đếm, không ghi gì"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 with counts by sheet, or exit 1 with one line for each bad cell."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                analysis = read(file) if options["dry_run"] else import_workbook(file)
        except OSError as failure:
            raise CommandError(f"Không đọc được tệp {path}: {failure.strerror}.") from failure
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        for warning in analysis.warnings:
            self.stderr.write(f"Lưu ý: {warning}")
        if not analysis.is_sound:
            for fault in analysis.in_order():
                self.stdout.write(str(fault))
            sys.exit(1)
        self._print_counts(analysis, is_trial=options["dry_run"])

    def _print_counts(self, analysis: Analysis, *, is_trial: bool) -> None:
        for key, tally in analysis.tallies.items():
            self.stdout.write(
                f"{SHEET_BY_KEY[key].title}: thêm {tally.added}, sửa {tally.changed}, "
                f"không đổi {tally.unchanged}"
            )
        if is_trial:
            self.stdout.write("Chỉ kiểm tra, chưa ghi gì.")
