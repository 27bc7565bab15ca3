"""Fill an empty installation with trial data, through the importer, and name the trial accounts."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from congvu.dates import today
from exchange.illustration import foresee, write_illustration
from inspections.models import Round
from units.models import Unit

SAMPLE = settings.BASE_DIR / "fixtures" / "samples" / "thai_nguyen_2023.xlsx"

# Name, full name, role, and the code and day that tell the unit (contract §5).
ACCOUNTS = (
    ("sonoivu", "Cán bộ Sở Nội vụ (minh họa)", Role.STAFF, "19", None),
    ("daitu", "Kiểm tra viên Đại Từ (minh họa)", Role.INSPECTOR, "171", date(2025, 6, 30)),
    ("dongho", "Đầu mối Đồng Hỷ (minh họa)", Role.REPORTER, "169", date(2025, 6, 30)),
    ("lanhdao", "Lãnh đạo tỉnh (minh họa)", Role.LEADER, "19", None),
    ("quantri", "Quản trị (minh họa)", Role.ADMIN, "19", None),
)


class Command(BaseCommand):
    """`make run` calls it each time: it loads what is missing and changes nothing that is there."""

    help = "Nạp dữ liệu dùng thử vào cơ sở dữ liệu trống và in các tài khoản dùng thử."

    def add_arguments(self, parser: CommandParser) -> None:
        """`make run` serves an installation of one's own as well, and then loads nothing."""
        parser.add_argument("--if-demo", action="store_true", help="không làm gì khi DEMO=off")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load units, records and accounts once; refused where it could be taken for real data."""
        if not settings.DEMO and options["if_demo"]:
            self.stdout.write("DEMO=off: không nạp dữ liệu dùng thử.")
            return
        if not settings.DEMO:
            raise CommandError(
                "Dữ liệu dùng thử chỉ nạp được khi DEMO=on (make run đặt sẵn), không bao giờ ở máy "
                "thật."
            )
        loaded = User.objects.filter(username__in=[each[0] for each in ACCOUNTS]).exists()
        if Round.objects.exists() and not loaded:
            self.stdout.write("Cơ sở dữ liệu đã có dữ liệu thật: không nạp dữ liệu dùng thử.")
            return
        # All or nothing: a first run cut short must not look like somebody's own data.
        with transaction.atomic():
            if not Round.objects.exists():
                self._load()
            self._make_accounts()
            call_command("load_checklists", "--unit", "19", "--put-in-force", stdout=self.stdout)
        self.stdout.write(f"Tài khoản dùng thử (mật khẩu: {settings.DEMO_PASSWORD}):")
        for username, full_name, role, *_ in ACCOUNTS:
            self.stdout.write(f"  {username:<9} {role.label} – {full_name}")

    def _load(self) -> None:
        self.stdout.write("Đang nạp danh mục đơn vị cả nước và dữ liệu minh họa …")
        call_command("load_divisions", "--all", stdout=self.stdout)
        call_command("import_workbook", str(SAMPLE), stdout=self.stdout)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "minh-hoa.xlsx"
            write_illustration(path, today())
            call_command("import_workbook", str(path), stdout=self.stdout)
        foresee(today())

    def _make_accounts(self) -> None:
        for username, full_name, role, code, day in ACCOUNTS:
            if not User.objects.filter(username=username).exists():
                User.objects.create_user(
                    username,
                    settings.DEMO_PASSWORD,
                    full_name=full_name,
                    role=role,
                    unit=Unit.objects.at(code, day or today()),
                    must_change_password=False,
                )
