"""`manage.py export_workbook FILE [--unit CODE]` (contract §1)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from congvu.dates import today
from exchange.cells import ROW_LIMIT
from exchange.export import export
from exchange.layout import SHEET_BY_KEY
from units.models import Unit, topmost


class Command(BaseCommand):
    """Exports everything in the database, or what belongs to one unit's lineage."""

    help = "Xuất toàn bộ dữ liệu, hoặc của một đơn vị và các đơn vị nó kế thừa, theo mẫu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and the unit."""
        parser.add_argument("file", type=Path, help="tệp .xlsx sẽ ghi")
        parser.add_argument("--unit", metavar="CODE", help="mã đơn vị")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and print the rows of each sheet."""
        path: Path = options["file"]
        paths = self._paths(options["unit"]) if options["unit"] else None
        try:
            counts = export(path, paths)
        except OSError as failure:
            raise CommandError(f"Không ghi được tệp {path}: {failure}.") from failure
        for key, count in counts.items():
            title = SHEET_BY_KEY[key].title
            self.stdout.write(f"{title}: {count}")
            if count >= ROW_LIMIT:
                self.stderr.write(
                    f"Lưu ý: trang “{title}” quá dài để nhập lại; hãy xuất từng đơn vị bằng --unit."
                )

    def _paths(self, code: str) -> list[str]:
        """The lineage of the unit that bears the code today, or of the last that bore it."""
        bearers = Unit.objects.filter(code=code)
        unit = (
            bearers.in_force(today()).first()
            or bearers.order_by(F("valid_from").desc(nulls_last=True)).first()
        )
        if unit is None:
            raise CommandError(Unit.objects.why_not(code, today()))
        return [each.path for each in topmost(unit.lineage())]
