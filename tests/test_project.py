"""The project as a whole: migrations, settings, templates, and rules that databases hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.template.loader import get_template

from findings.copies import trigger_names
from findings.kept import kept_names

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")
)


def test_no_migration_is_missing(db: Any) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def run_manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a process of its own, with nothing but the given environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_deploy_check_is_clean() -> None:
    done = run_manage(
        "check", "--deploy", "--fail-level", "WARNING",
        SECRET_KEY="only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz",
        ALLOWED_HOSTS="congvu.example", DEBUG="off",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_without_secret_key_production_does_not_start_and_says_so() -> None:
    done = run_manage("check", SECRET_KEY="", DEBUG="off")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr.splitlines()[-1]


def test_env_example_starts_as_it_stands() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if re.match("[A-Z_]+=", line))
    done = run_manage("check", **{**given, "SECRET_KEY": "only-for-this-check-0123456789"})
    assert done.returncode == 0, done.stderr


def test_env_example_lists_every_setting() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "congvu/settings.py").read_text()))
    read |= {"DATABASE_URL", "DEMO_PASSWORD"}
    listed = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert listed == read


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_keeps_to_the_content_policy(name: str) -> None:
    text = (ROOT / "templates" / name).read_text(encoding="utf-8")
    inline = r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\son[a-z]+=\"|\sstyle=\""
    assert not re.search(inline, text), "scripts and styles stand in files of their own"
    elsewhere = re.findall(r"https?://(?!www\.w3\.org)[^\"'\s<]+", text)
    assert not elsewhere, "no page asks another host for anything"
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("table", ["units_unit", "reports_return"])
def test_database_itself_holds_the_no_overlap_rule(db: Any, table: str) -> None:
    """SQLite loses its triggers when a migration rebuilds the table: repeat `NoOverlap` then."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = "SELECT conname FROM pg_constraint WHERE conname LIKE %s"
        else:
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
        cursor.execute(query, [f"{table}_no_overlap%"])
        assert len(cursor.fetchall()) == (1 if connection.vendor == "postgresql" else 2)


def test_triggers_of_copies_and_of_checklists_are_there(db: Any) -> None:
    """SQLite loses its triggers when a migration rebuilds a table: repeat the operation then."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    assert {name for name, _ in [*trigger_names(), *kept_names()]} <= there


def test_readme_calls_pages_and_buttons_as_they_are_called() -> None:
    walk = (ROOT / "README.md").read_text().partition("## Đi một vòng")[2].partition("\n## ")[0]
    starred = {" ".join(name.split()) for name in re.findall(r"\*+([^*]+)\*+", walk)}
    called = {name for name in starred if not name.isdigit()}
    files = [
        *(ROOT / "templates").rglob("*.html"),
        ROOT / "congvu/context.py",
        *ROOT.glob("inspections/*.py"),
        *ROOT.glob("findings/*.py"),
    ]
    shown = "\n".join(path.read_text() for path in files)
    # A whole button or heading, not a part of one; units are in data.
    missing = {
        name for name in called if not re.search(rf'[>"}}]{re.escape(name)}[<":]', shown)
    } - {"Tỉnh Thái Nguyên"}
    assert missing == set()
