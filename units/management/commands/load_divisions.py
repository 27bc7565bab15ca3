"""`manage.py load_divisions --province CODE … | --all` (contract §1)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from units.divisions import load, read_country
from units.models import Kind

_WORDS = {
    Kind.PROVINCE.value: "Đơn vị cấp tỉnh",
    Kind.DISTRICT.value: "Đơn vị cấp huyện",
    Kind.COMMUNE.value: "Đơn vị cấp xã",
    "successions": "Quan hệ kế thừa",
    "renames": "Lần đổi tên",
}


class Command(BaseCommand):
    """Provinces with their predecessors, successors, districts, communes and successions."""

    help = (
        "Nạp đơn vị hành chính từ dữ liệu kèm theo chương trình. Chạy lại không thay đổi gì, cũng "
        "không ghi đè những gì người dùng đã sửa."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Either some provinces or the whole country."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--province", nargs="+", metavar="MÃ", help="mã tỉnh, xưa hay nay: 19, hoặc 06 19"
        )
        what.add_argument("--all", action="store_true", help="cả nước")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how much was added and how much was there."""
        country = read_country()
        try:
            if not options["all"]:
                country = country.around(options["province"])
            done = load(country)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        if options["verbosity"] == 0:
            return
        for key, words in _WORDS.items():
            added, wanted = done.added[key], done.wanted[key]
            self.stdout.write(f"{words}: thêm {added}, đã có {wanted - added}")
        for note in done.notes:
            self.stdout.write(note)
