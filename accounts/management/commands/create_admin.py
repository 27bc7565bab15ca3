"""Make the first account of an installation: an administrator, who makes all others."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.passwords import new_seed, temporary_password
from accounts.roles import Role
from congvu.dates import today
from congvu.trail import mark
from units.models import Unit


class Command(BaseCommand):
    """`manage.py create_admin --username quantri --unit 19`."""

    help = "Tạo tài khoản quản trị đầu tiên và in mật khẩu tạm, phải đổi khi đăng nhập lần đầu."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and for which unit."""
        parser.add_argument("--username", required=True, help="tên đăng nhập")
        parser.add_argument("--unit", required=True, help="mã đơn vị, hiểu theo ngày hôm nay")
        parser.add_argument("--full-name", default="Quản trị hệ thống", help="họ và tên")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account; a name that is taken or an unknown unit is said plainly."""
        try:
            unit = Unit.objects.at(options["unit"], today())
        except Unit.DoesNotExist as fault:
            raise CommandError(str(fault)) from fault
        password = temporary_password(new_seed())
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    options["username"],
                    password,
                    full_name=options["full_name"],
                    role=Role.ADMIN,
                    unit=unit,
                )
                mark(None, user, "added")
        except IntegrityError as fault:
            raise CommandError(
                f"Tên đăng nhập “{options['username']}” đã có người dùng; hãy chọn tên khác."
            ) from fault
        self.stdout.write(f"Đã tạo tài khoản quản trị {user.username} của {unit.name}.")
        self.stdout.write(f"Mật khẩu tạm (chỉ hiện một lần): {password}")
