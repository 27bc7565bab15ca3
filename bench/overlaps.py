"""How long checking a whole plan for overlaps takes: 500 items against 50,000 rounds.

    DATABASE_URL=postgres://… python bench/overlaps.py [--times N]

adds a province with 50,000 rounds in ten years, a fifth of the visits of the last year linked to
items of an earlier plan, and the draft of a plan of 500 items to that database when they are not
there. It prints the median and the shortest time and the number of queries of finding all overlaps
of the plan, of telling them in full for one item and for all, of the year's page, and of the
plan's. Target: the whole plan in under 100 ms.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congvu.settings")
os.environ.setdefault("DEBUG", "on")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench import dataset
from bench.summary import staff
from inspections.models import Content, Plan, PlanItem, PlanStatus, Round, span_of
from inspections.overlap_words import described
from inspections.overlaps import asked_of_item, overlaps_of
from inspections.plan_overlaps import check_url, said_of_bare
from units.models import Unit

# A province of today: as many communes, departments and their units as it inspects.
SIZE = dataset.Size(rounds=50_000, findings=1, remedies=1, departments=20, communes=480)
YEAR = dataset.FIRST_YEAR + dataset.YEARS - 1
ITEMS = 500


def build() -> Unit:
    """The province with its rounds, and the plan; only what is not there yet is added."""
    province = dataset.build(SIZE)
    if not Plan.objects.filter(issuer=province).exists():
        with transaction.atomic():
            _plans(province, random.Random(2))  # made-up records
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
    return province


def _plans(province: Unit, chance: random.Random) -> None:
    """The draft of the last year, of 500 items; and an issued plan, which rounds carry out."""
    units = list(Unit.objects.filter(path__startswith=province.path))
    draft = Plan.objects.create(issuer=province, year=YEAR, status=PlanStatus.DRAFT)
    _items(draft, [chance.choice(units) for _ in range(ITEMS)], chance)
    issued = Plan.objects.create(
        issuer=province, year=YEAR, number="1/KH-UBND", issued_on=f"{YEAR}-01-05"
    )
    rounds = list(
        Round.objects.filter(ends_on__year=YEAR, visits__isnull=False)
        .order_by("?")
        .values_list("pk", "visits__unit_id")[: 2 * ITEMS]
    )
    by_unit = {unit.pk: unit for unit in units}
    items = _items(issued, [by_unit[unit] for _, unit in rounds], chance)
    Round.items.through.objects.bulk_create(
        Round.items.through(round_id=round_, planitem_id=item.pk)
        for (round_, _), item in zip(rounds, items, strict=True)
    )
    contents = list(Content.objects.all())
    Round.contents.through.objects.bulk_create(
        (
            Round.contents.through(round_id=pk, content_id=each.pk)
            for pk in Round.objects.values_list("pk", flat=True)
            for each in chance.sample(contents, 2)
        ),
        batch_size=5000,
    )


def _items(plan: Plan, units: list[Unit], chance: random.Random) -> list[PlanItem]:
    made = []
    for line, unit in enumerate(units, start=1):
        first, last = span_of(plan.year, month=chance.randrange(1, 13))
        made.append(
            PlanItem(
                plan=plan, line=line, unit=unit, body=plan.issuer, first_day=first, last_day=last
            )
        )
    return PlanItem.objects.bulk_create(made)


def measure(what: str, work: Callable[[], object], times: int) -> None:
    """One line: median and shortest time, and queries."""
    with CaptureQueriesContext(connection) as queries:
        work()
    number = len(queries)
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spans.append((time.perf_counter() - start) * 1000)
    middle, least = statistics.median(spans), min(spans)
    print(f"{what:<44}{middle:7.1f} ms (ít nhất {least:.1f} ms){number:4} truy vấn")


def main() -> None:
    """Prepare the data and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False
    call_command("migrate", verbosity=0, skip_checks=True)
    province = build()
    user = User.objects.select_related("unit").get(pk=staff(province).pk)
    plan = Plan.objects.get(issuer=province, status=PlanStatus.DRAFT)
    items = list(PlanItem.objects.filter(plan=plan).select_related("plan"))
    asked = [asked_of_item(item) for item in items]
    user.scope_paths  # noqa: B018  # read once a request, before any of this

    found = overlaps_of(user, asked)
    print(
        f"{len(items)} mục, {Round.objects.count()} cuộc: {sum(map(len, found))} chỗ trùng ở "
        f"{sum(map(bool, found))} mục"
    )
    measure("tìm trùng cho cả kế hoạch", lambda: overlaps_of(user, asked), times)
    measure(
        "tìm và kể cho một mục", lambda: described(user, overlaps_of(user, asked[:1])[0]), times
    )

    def tell_all() -> None:
        every = overlaps_of(user, asked)
        described(user, [met for each in every for met in each])

    measure("tìm và kể cho cả kế hoạch", tell_all, times)
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    measure("trang trùng lặp của năm", lambda: client.get(f"/overlaps/?year={YEAR}"), times)
    measure("trang trùng lặp của kế hoạch", lambda: client.get(check_url(plan)), times)
    measure("câu ở trang trình kế hoạch", lambda: said_of_bare(user, plan), times)


if __name__ == "__main__":
    main()
