"""Remind: notices of the days since the last run, the day's e-mails, and the outbox."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from congvu.dates import parse_day, today
from notices.making import make
from notices.models import DigestState
from notices.outbox import mail_is_on, send_due


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as fault:
        raise CommandError(str(fault)) from fault


class Command(BaseCommand):
    """Run by a timer, several times a day; safe to repeat, and from two machines at once."""

    help = (
        "Nhắc những việc đến hạn, quá hạn của mọi ngày từ lần chạy trước, lập thư của ngày và gửi "
        "những thư đang chờ. Chạy lại không nhắc hai lần."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--day`: as if it were that day."""
        parser.add_argument("--day", help="Nhắc cho ngày này (mặc định: hôm nay), như 2026-12-01.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, send, and say how much."""
        day = _day(options["day"]) if options["day"] else today()
        made = make(day)
        self.stdout.write(f"Đã lập {made.notices} nhắc việc và {made.digests} thư.")
        states = send_due()
        if not mail_is_on():
            self.stdout.write(
                "Chưa đặt EMAIL_URL nên không gửi thư; nhắc việc chỉ có trong ứng dụng."
            )
            return
        self.stdout.write(
            f"Thư: {states[DigestState.SENT]} đã gửi, {states[DigestState.WAITING]} sẽ gửi lại, "
            f"{states[DigestState.FAILED]} không gửi được, {states[DigestState.OFF]} không gửi vì "
            "người nhận tắt thư hoặc chưa có địa chỉ."
        )
