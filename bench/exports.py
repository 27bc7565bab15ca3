"""How long the export of a list from its page takes on `bench/dataset.py`, and how much memory.

    DATABASE_URL=postgres://… python bench/exports.py [--profile]

adds the data to that database when it is not there, asks for the workbook of each list as its staff
would, all pages without a filter, and prints the rows, the seconds until the last byte has come and
those of the processor in them, how much the process grew at its largest, and the size of the file.
Each export runs in a process of its own, which has shown the list's page before. `--profile` also
prints where the time goes.

Target: 50,000 rows of any list in under 8 s, growing by less than 100 MB.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congvu.settings")
os.environ.setdefault("DEBUG", "on")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench import dataset
from bench.summary import DECADE, staff

LISTS = (
    ("cuộc", "/rounds/?"),
    ("tồn tại", "/findings/?"),
    ("kiến nghị", "/remedies/?"),
    ("đơn vị", "/units/?"),
    ("số liệu báo cáo", "/returns/?"),
    ("hồ sơ của một con số", f"/reports/summary/remedies.total/?{DECADE}&"),
)


def prepare() -> None:
    """The data, once."""
    call_command("migrate", verbosity=0, skip_checks=True)
    dataset.build()


def fetch(client: Client, address: str) -> bytes:
    """The file of that address, to its last byte."""
    answer: Any = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return b"".join(answer.streaming_content)


def rows_of(content: bytes) -> int:
    """The number of rows under the headings of the first sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row ") - 1


def peak() -> float:
    """The largest this process has been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def inside(name: str, address: str, *, profile: bool) -> None:
    """One export, in the process that is measured."""
    settings.ALLOWED_HOSTS = ["testserver"]
    # What it costs where people work: without the notes that DEBUG keeps.
    settings.DEBUG = False
    client = Client()
    client.force_login(staff(dataset.build()), backend="accounts.backends.AccountBackend")
    client.get(address)
    before = peak()
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    start, busy = time.perf_counter(), time.process_time()
    content = fetch(client, f"{address}export=xlsx")
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    profiler.disable()
    grown = peak() - before
    print(
        f"{name:<22}{rows_of(content):7} dòng{seconds:7.1f} s ({busy:.1f} s CPU)"
        f"{grown:6.0f} MB thêm{len(content) / 1e6:6.1f} MB tệp",
        flush=True,
    )
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main() -> None:
    """Prepare the data and print one line for each list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only == "prepare":
        prepare()
    elif given.only:
        inside(given.only, dict(LISTS)[given.only], profile=given.profile)
    else:
        # The largest that a process has been counts for those that it starts: this one stays small.
        for step in ("prepare", *(name for name, _ in LISTS)):
            again = [sys.executable, __file__, *sys.argv[1:], "--only", step]
            subprocess.run(again, check=True)


if __name__ == "__main__":
    main()
