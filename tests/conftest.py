"""A small world that every test may ask for: two provinces, their units, and a person of each role.

Thái Nguyên has huyện Đại Từ with xã Tiên Hội under it, and Sở Tư pháp; Lạng Sơn is elsewhere.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.files.storage import storages
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.factories import make_unit, make_user
from units.models import Unit

# Playwright's synchronous interface keeps an event loop in the thread that Django would refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _settings_for_tests(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files go to a folder of the test; passwords are hashed quickly."""
    settings.MEDIA_ROOT = tmp_path / "media"
    # Columns hold this very storage, whatever the settings say later.
    evidence: Any = storages["evidence"]
    monkeypatch.setattr(evidence, "_location", tmp_path / "evidence")
    for name in ("base_location", "location"):
        evidence.__dict__.pop(name, None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.HTTPS_ONLY = False
    settings.IMPORT_RUNNER = "inline"


@pytest.fixture(scope="session", autouse=True)
def _one_request_at_a_time() -> Iterator[None]:
    """SQLite in memory is one connection for all threads of the live server.

    Two requests at once, such as a form that is sent while a part of it is drawn anew, would undo
    each other's savepoints there, and nowhere else.
    """
    if connection.vendor != "sqlite":
        yield
        return
    turn, whole = threading.RLock(), BaseHandler.get_response

    def handle(self: BaseHandler, request: Any) -> Any:
        with turn:
            return whole(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", handle)
        yield


@dataclass(frozen=True)
class World:
    """The units of the small world."""

    province: Unit
    justice: Unit
    dai_tu: Unit
    tien_hoi: Unit
    elsewhere: Unit
    elsewhere_district: Unit


@pytest.fixture
def world(db: Any) -> World:
    """Two provinces and what stands under them."""
    province = make_unit("19", "Tỉnh Thái Nguyên")
    dai_tu = make_unit("171", "Huyện Đại Từ", province)
    elsewhere = make_unit("20", "Tỉnh Lạng Sơn")
    return World(
        province=province,
        justice=make_unit("19.STP", "Sở Tư pháp", province, kind=Unit.Kind.DEPARTMENT),
        dai_tu=dai_tu,
        tien_hoi=make_unit("05809", "Xã Tiên Hội", dai_tu, kind=Unit.Kind.COMMUNE),
        elsewhere=elsewhere,
        elsewhere_district=make_unit("180", "Huyện Tràng Định", elsewhere),
    )


def client_of(user: User) -> Client:
    """A browser in which the person is signed in; `client.user` is the person."""
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    # As after a first page: no test counts the statements that note down the session's use.
    session = client.session
    session["touched"] = int(time.time()) + 3600
    if user.role == "ADMIN":
        session.set_expiry(django_settings.ADMIN_SESSION_IDLE_MINUTES * 60)
    session.save()
    client.user = user  # type: ignore[attr-defined]  # handy for tests that name the person
    return client


@pytest.fixture
def staff(world: World) -> Client:
    """STAFF of Thái Nguyên."""
    return client_of(make_user("STAFF", world.province, "canbo"))


@pytest.fixture
def inspector(world: World) -> Client:
    """INSPECTOR of huyện Đại Từ."""
    return client_of(make_user("INSPECTOR", world.dai_tu, "kiemtra"))


@pytest.fixture
def reporter(world: World) -> Client:
    """REPORTER of huyện Đại Từ."""
    return client_of(make_user("REPORTER", world.dai_tu, "daumoi"))


@pytest.fixture
def leader(world: World) -> Client:
    """LEADER of Thái Nguyên, without the permission to see personal names."""
    return client_of(make_user("LEADER", world.province, "lanhdao"))


@pytest.fixture
def admin(world: World) -> Client:
    """ADMIN of Thái Nguyên."""
    return client_of(make_user("ADMIN", world.province, "quantri"))


@pytest.fixture
def outsider(world: World) -> Client:
    """STAFF of another province."""
    return client_of(make_user("STAFF", world.elsewhere, "nguoingoai"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; before it is removed, connections that a browser left open are ended."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


def program(names: tuple[str, ...], package: str, runs: str, required: str) -> str:
    """The path of a program of the system; without it the tests that ask are skipped, and say so.

    Where the variable `required` is 1 they fail instead.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    why = f"No {names[0]} on this machine: apt-get install {package} runs the {runs} tests"
    if os.environ.get(required) == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    return program(("chromium", "chromium-browser"), "chromium", "browser", "REQUIRE_BROWSER")


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of the system's LibreOffice."""
    return program(("soffice",), "libreoffice-calc-nogui", "office", "REQUIRE_OFFICE")


@pytest.fixture(scope="session")
def writer(soffice: str) -> str:
    """LibreOffice with the part that reads Word files, which has a package of its own."""
    if not (Path(soffice).resolve().parent / "libswlo.so").exists():
        why = "No LibreOffice Writer: apt-get install libreoffice-writer-nogui runs the Word tests"
        if os.environ.get("REQUIRE_OFFICE") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return soffice


@pytest.fixture(scope="session")
def poppler() -> Path:
    """The folder of the programs that tell what a PDF holds."""
    return Path(program(("pdfinfo",), "poppler-utils", "office", "REQUIRE_OFFICE")).parent


@pytest.fixture
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with playwright.sync_playwright() as engine:
        running = engine.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()
