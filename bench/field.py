"""How long the page of a visit takes on a slow network: 3G, a telephone's size, nothing kept yet.

    DATABASE_URL=postgres://… python bench/field.py [--times N]

starts the application as it is served (gunicorn, compressed static files) on that database, which
is one to throw away: it adds a province with a visit of today. It prints the time until the page
can be used (median and shortest), the same when the page is kept on the telephone already, and what
the network carried. Target: under 3 s and 150 KB.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congvu.settings")
os.environ.setdefault("DEBUG", "on")
# Sessions are signed by it, here and in the application that is served.
os.environ["SECRET_KEY"] = "bench-" * 10

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from playwright.sync_api import sync_playwright

from bench import dataset
from bench.summary import staff
from congvu.dates import today
from findings.models import Checklist, Question
from inspections.models import Content, Round, RoundStatus, Visit

# Kilobits a second down and up, and milliseconds there and back: the 3G of network testers.
DOWN, UP, LATENCY = 1600, 768, 300
CHROMIUM = "/usr/bin/chromium"
SIZE = dataset.Size(rounds=200, findings=600, remedies=1, departments=20, communes=100)


def visit_of_today() -> Visit:
    """A visit with a checklist of forty questions, in the bench's province."""
    province = dataset.build(SIZE)
    round_, _ = Round.objects.get_or_create(
        code="BENCH-FIELD",
        defaults={
            "body": province,
            "form": "SURPRISE",
            "starts_on": today(),
            "ends_on": today(),
            "status": RoundStatus.IN_PROGRESS,
        },
    )
    visit, new = Visit.objects.get_or_create(
        round=round_, unit=province, defaults={"visited_on": today()}
    )
    if new:
        contents = list(Content.objects.all()[:5])
        round_.contents.set(contents)
        for content in contents:
            checklist = Checklist.objects.create(
                content=content, owner=province, title=str(content)
            )
            for position in range(8):
                text = f"Câu hỏi minh họa số {position + 1} về {content}?"
                Question.objects.create(checklist=checklist, position=position, text=text)
            checklist.put_in_force(staff(province))
    return visit


@contextmanager
def served() -> Iterator[str]:
    """The application's address, as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        environment = {
            **os.environ, "DEBUG": "off", "HTTPS_ONLY": "off",
            "ALLOWED_HOSTS": "127.0.0.1", "STATIC_ROOT": folder,
        }  # fmt: skip
        manage = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput"]
        subprocess.run(manage, env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = [sys.executable, "-m", "gunicorn", "-w", "3", "-b", address, "congvu.wsgi"]
        with subprocess.Popen(
            serve, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
        ) as server:
            try:
                _wait(address)
                yield f"http://{address}"
            finally:
                server.terminate()


def _wait(address: str) -> None:
    host, _, port = address.partition(":")
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(address)


def _page(browser: Any, base: str, cookie: str, user: int, carried: list[int]) -> Any:
    """A page of a telephone on that network; what it carries is noted, in bytes."""
    window = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    window.add_cookies([{"name": "sessionid", "value": cookie, "url": base}])
    # Who is signed in is known to the telephone from any page before.
    window.add_init_script(f"localStorage.setItem('congvu:user', '{user}')")
    page = window.new_page()
    network = window.new_cdp_session(page)
    network.send("Network.enable")
    speed = {"downloadThroughput": DOWN * 1000 / 8, "uploadThroughput": UP * 1000 / 8}
    network.send(
        "Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY, **speed}
    )
    network.on("Network.loadingFinished", lambda told: carried.append(told["encodedDataLength"]))
    return page


def measured(
    browser: Any, base: str, cookie: str, user: int, visit: Visit
) -> tuple[float, float, float]:
    """Milliseconds until the page can be used, the same once it is kept, and bytes carried."""
    carried: list[int] = []
    address = f"{base}/field/visit/#{visit.pk}"
    page = _page(browser, base, cookie, user, carried)
    first = _timed(page, address)
    weight = sum(carried)
    page.wait_for_timeout(5000)  # the service worker keeps the page meanwhile
    second = _timed(page, f"{base}/field/") and _timed(page.context.new_page(), address)
    page.context.close()
    return first, second, weight


def _timed(page: Any, address: str) -> float:
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("body[data-ready], body[data-carried]").wait_for(timeout=60_000)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Prepare the data, serve, and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    call_command("migrate", verbosity=0, skip_checks=True)
    visit = visit_of_today()
    client, person = Client(), staff(visit.unit)
    client.force_login(person, backend="accounts.backends.AccountBackend")
    cookie = client.cookies["sessionid"].value
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = [measured(browser, base, cookie, person.pk, visit) for _ in range(times)]
        browser.close()
    for what, place in (("lần đầu, 3G", 0), ("đã giữ trên máy", 1)):
        spans = [each[place] for each in found]
        print(f"{what:<20}{statistics.median(spans):7.0f} ms (ít nhất {min(spans):.0f} ms)")
    print(f"qua mạng lần đầu    {max(each[2] for each in found) / 1000:7.1f} KB")


if __name__ == "__main__":
    main()
