"""How long lists and the summary take on ten busy years of one province (`bench/dataset.py`).

    DATABASE_URL=postgres://… python bench/summary.py [--times N]

adds the data to that database when it is not there, asks each page several times as its staff
would, and prints the median and the shortest time and the number of queries. Targets: lists under
60 ms, a summary under 250 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congvu.settings")
os.environ.setdefault("DEBUG", "on")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench import dataset
from units.models import Unit

LAST_YEAR = dataset.FIRST_YEAR + dataset.YEARS - 1
YEAR = f"unit={dataset.CODE}&year={LAST_YEAR}"
DECADE = f"unit={dataset.CODE}&from={dataset.FIRST_YEAR}-01-01&to={LAST_YEAR}-12-31"
PAGES = (
    ("trang chủ", "/"),
    ("danh sách cuộc", "/rounds/"),
    ("danh sách cuộc, tìm", "/rounds/?q=so+noi"),
    ("danh sách kế hoạch", "/plans/"),
    ("danh sách tồn tại", "/findings/"),
    ("danh sách kiến nghị", "/remedies/"),
    ("kiến nghị quá hạn", "/remedies/?state=overdue"),
    ("danh sách số liệu", "/returns/"),
    ("danh sách đơn vị", "/units/?q=so"),
    ("danh sách văn bản", "/documents/"),
    ("trang tổng hợp, 1 năm", f"/reports/summary/?{YEAR}"),
    ("trang tổng hợp, 10 năm", f"/reports/summary/?{DECADE}"),
    ("bảng tính, 1 năm", f"/reports/summary.xlsx?{YEAR}"),
    ("bảng tính, 10 năm", f"/reports/summary.xlsx?{DECADE}"),
    ("hồ sơ của một con số, 1 năm", f"/reports/summary/remedies.total/?{YEAR}"),
    ("cá nhân kiểm điểm, 1 năm", f"/reports/summary/remedies.by_kind.REVIEW.people/?{YEAR}"),
)


def staff(province: Unit) -> User:
    """The province's staff that asks for the pages."""
    user, _ = User.objects.get_or_create(
        username="bench",
        defaults={
            "role": "STAFF",
            "unit": province,
            "full_name": "Đo tốc độ",
            "must_change_password": False,
        },
    )
    return user


def measure(client: Client, address: str, times: int) -> tuple[float, float, int]:
    """Median and shortest milliseconds, and the number of queries, of one address."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    number = len(queries)  # the next request forgets them
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        client.get(address)
        spans.append((time.perf_counter() - start) * 1000)
    return statistics.median(spans), min(spans), number


def main() -> None:
    """Prepare the data and print one line for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    settings.ALLOWED_HOSTS = ["testserver"]
    # What a page costs where people work: without the notes that DEBUG keeps.
    settings.DEBUG = False
    call_command("migrate", verbosity=0, skip_checks=True)
    client = Client()
    client.force_login(staff(dataset.build()), backend="accounts.backends.AccountBackend")
    for name, address in PAGES:
        middle, least, queries = measure(client, address, times)
        print(f"{name:<30}{middle:7.0f} ms (ít nhất {least:.0f} ms){queries:5} truy vấn")


if __name__ == "__main__":
    main()
