"""How long a large import and export take, and how much memory: `python bench/import_export.py`.

Makes a workbook of 50,000 visits, findings and remedies, imports it twice into an empty database
(DATABASE_URL: its own, it is filled) and exports it again. Each step runs in a process of its own,
whose CPU seconds and peak memory are the ones printed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(os.environ.get("ROOT", Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(ROOT))

UNITS = 500


def make_workbook(target: Path, count: int, per_round: int = 5) -> None:
    """A workbook in the layout, with `count` visits and a finding and a remedy for each."""
    import django

    django.setup()
    from congvu.workbook import Book
    from exchange.export import headings
    from exchange.layout import FINDINGS, REMEDIES, ROUNDS, VISITS
    from exchange.layout import UNITS as UNIT_SHEET

    day = date(2024, 1, 1)
    text = "Công chức vắng mặt trong giờ làm việc không rõ lý do; hồ sơ {} giải quyết trễ hạn"

    def place(number: int) -> tuple[str, str, date]:
        round_ = number // per_round
        unit = (number % per_round + round_ * per_round) % UNITS
        return f"C{round_:06}", f"X{unit:05}", day + timedelta(days=round_ % 300)

    with Book(target) as book:
        units = [("P", "Tỉnh Đo Lường", "Cấp tỉnh", "", None, None)]
        units += [(f"X{i:05}", f"Xã số {i}", "Cấp xã", "P", None, None) for i in range(UNITS)]
        book.sheet(UNIT_SHEET.title, headings(UNIT_SHEET), units)
        book.sheet(
            ROUNDS.title,
            headings(ROUNDS),
            (
                (code, "", "Đột xuất", "P", first, first, "Hoàn thành", "Đoàn số 1", "")
                for code, _, first in map(place, range(0, count, per_round))
            ),
        )
        book.sheet(
            VISITS.title,
            headings(VISITS),
            (
                (code, unit, first, f"{i}/BB-ĐKT", "", None, "Chấp hành thời giờ làm việc")
                for i, (code, unit, first) in enumerate(map(place, range(count)))
            ),
        )
        book.sheet(
            FINDINGS.title,
            headings(FINDINGS),
            (
                (f"F{i}", code, unit, "Thời giờ làm việc", "Hạn chế", "Cá nhân", text.format(i))
                for i, (code, unit, _) in enumerate(map(place, range(count)))
            ),
        )
        book.sheet(
            REMEDIES.title,
            headings(REMEDIES),
            (
                (
                    f"R{i}",
                    code,
                    unit,
                    f"F{i}",
                    "Kiểm điểm trách nhiệm",
                    "Cá nhân",
                    f"Nguyễn Văn {i}",
                    "Công chức",
                    "",
                    first + timedelta(days=30),
                    first + timedelta(days=20),
                    f"{i}/BC-UBND",
                    "Kiểm điểm trách nhiệm: " + text.format(i),
                )
                for i, (code, unit, first) in enumerate(map(place, range(count)))
            ),
        )


def step(label: str, *arguments: str) -> None:
    """Run this file again for one step and print what it took."""
    started = time.monotonic()
    subprocess.run([sys.executable, __file__, *arguments], check=True, cwd=ROOT)
    print(f"{label:<28} {time.monotonic() - started:6.1f} s on the clock", flush=True)


def inside(arguments: list[str]) -> None:
    """One step, in the process that is measured."""
    if arguments[0] == "make":
        make_workbook(Path(arguments[1]), int(arguments[2]))
    else:
        import django
        from django.core.management import call_command

        django.setup()
        call_command(*arguments, stdout=StringIO())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"  {used.ru_utime + used.ru_stime:6.1f} s CPU, {used.ru_maxrss / 1024:6.0f} MB at most",
        flush=True,
    )


def main() -> None:
    """All steps, one after the other."""
    count = int(os.environ.get("COUNT", "50000"))
    with TemporaryDirectory() as folder:
        book, again = Path(folder) / "book.xlsx", Path(folder) / "again.xlsx"
        step("make the workbook", "make", str(book), str(count))
        step("migrate", "migrate", "--verbosity", "0")
        step("import, all new", "import_workbook", str(book))
        step("import again, unchanged", "import_workbook", str(book))
        step("export", "export_workbook", str(again))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congvu.settings")
    os.environ.setdefault("DEBUG", "on")
    if len(sys.argv) > 1:
        inside(sys.argv[1:])
    else:
        main()
