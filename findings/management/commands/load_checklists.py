"""`manage.py load_checklists --unit CODE [--put-in-force]`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from congvu.dates import today
from findings.default_checklists import load_checklists
from units.models import Unit


class Command(BaseCommand):
    """The default checklists for a unit that has none of its own yet."""

    help = (
        "Nạp bảng kiểm mặc định cho đơn vị, thành dự thảo để xem lại. Nội dung đã có bảng kiểm thì "
        "giữ nguyên; chạy lại không thay đổi gì."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose they become, and whether somebody is to read them first."""
        parser.add_argument("--unit", required=True, metavar="MÃ", help="mã đơn vị hôm nay: 19")
        parser.add_argument(
            "--put-in-force", action="store_true", help="đưa vào sử dụng ngay, không để dự thảo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how much was added and how much was there."""
        try:
            unit = Unit.objects.at(options["unit"], today())
        except Unit.DoesNotExist as fault:
            raise CommandError(str(fault)) from fault
        added, there = load_checklists(unit, in_force=options["put_in_force"])
        if options["verbosity"]:
            self.stdout.write(f"Bảng kiểm của {unit.name}: thêm {added}, đã có {there}")
