"""`import_workbook` and `export_workbook` as contract §1 has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from exchange.jobs import _database_url
from inspections.models import Round, Visit
from tests.exchange.helpers import book_of
from tests.exchange.test_refused import RETURN, UNITS, VISIT, with_, world
from tests.factories import make_unit
from units.models import Unit

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "fixtures" / "samples"


def written(path: Path, sheets: dict[str, Any]) -> str:
    """A workbook on disk."""
    path.write_bytes(book_of(sheets).getvalue())
    return str(path)


@pytest.mark.django_db
def test_counts_per_sheet(tmp_path: Path, capsys: Any) -> None:
    call_command("import_workbook", written(tmp_path / "a.xlsx", world()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Đơn vị: thêm 4, sửa 0, không đổi 0"
    assert lines[-1] == "Số liệu báo cáo: thêm 1, sửa 0, không đổi 0"


@pytest.mark.django_db
def test_one_line_for_each_bad_cell_and_exit_1(tmp_path: Path, capsys: Any) -> None:
    sheets = world(returns=[with_(RETURN, D=-1), with_(RETURN, B="?", C=None)])
    with pytest.raises(SystemExit) as left:
        call_command("import_workbook", written(tmp_path / "a.xlsx", sheets))
    assert left.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "Số liệu báo cáo!D2", "Số liệu báo cáo!B3", "Số liệu báo cáo!C3",
    ]  # fmt: skip
    assert not Unit.objects.exists()


@pytest.mark.django_db
def test_a_trial_writes_nothing(tmp_path: Path, capsys: Any) -> None:
    call_command("import_workbook", written(tmp_path / "a.xlsx", world()), "--dry-run")
    assert "thêm 4" in capsys.readouterr().out
    assert not Unit.objects.exists()


@pytest.mark.django_db
def test_no_workbook_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pytest.raises(CommandError, match=r"a\.xlsx"):
        call_command("import_workbook", str(path))
    path.write_bytes(b"x")
    with pytest.raises(CommandError, match="không phải bảng tính"):
        call_command("import_workbook", str(path))


@pytest.mark.django_db
def test_export_of_a_unit_takes_todays_bearer_else_the_latest(tmp_path: Path, capsys: Any) -> None:
    make_unit("19", "Cũ", valid_to=date(2025, 6, 30))
    make_unit("19", "Mới", valid_from=date(2025, 7, 1))
    make_unit("171", "Huyện", valid_to=date(2025, 6, 30))
    path = str(tmp_path / "b.xlsx")
    for code in ("19", "171"):
        call_command("export_workbook", path, "--unit", code)
        assert capsys.readouterr().out.splitlines()[0] == "Đơn vị: 1"
    with pytest.raises(CommandError, match="999"):
        call_command("export_workbook", path, "--unit", "999")
    call_command("export_workbook", path)
    assert capsys.readouterr().out.splitlines()[0] == "Đơn vị: 3"


@pytest.mark.django_db
def test_the_samples_give_the_published_totals(capsys: Any) -> None:
    """Contract §4: each sample after `load_divisions`, and once more after being sent again."""
    call_command("load_divisions", "--province", "01", "19", "20")
    for _ in range(2):
        for path in sorted(SAMPLES.glob("*.xlsx")):
            call_command("import_workbook", str(path))
    assert "thêm 0, sửa 0, không đổi 226" in capsys.readouterr().out
    for name, unit, first, last in (
        ("thai_nguyen_2023", "19", "2023-01-01", "2023-12-31"),
        ("ha_noi_2023", "01", "2023-01-01", "2023-12-31"),
        ("lang_son_2018_2020", "20", "2018-01-01", "2020-08-31"),
    ):
        call_command("summary", "--unit", unit, "--from", first, "--to", last, "--format", "json")
        expected = json.loads((SAMPLES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
        assert json.loads(capsys.readouterr().out) == expected


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing(tmp_path: Path) -> None:
    """SIGKILL while it writes; SQLite in memory has no second process to kill.

    It is held where its rounds are written and its visits are not, however fast the machine.
    """
    if connection.vendor != "postgresql":
        pytest.skip("cần PostgreSQL: đặt DATABASE_URL=postgres://… rồi chạy lại")
    make_unit("19", "Tỉnh", valid_to=date(2025, 6, 30))
    codes = [f"C{i}" for i in range(3_000)]
    day = date(2023, 5, 22)
    sheets = {
        "Đơn vị": UNITS,
        "Cuộc kiểm tra": [
            [code, None, "Đột xuất", "19", day, day, "Hoàn thành", None, None] for code in codes
        ],
        "Lượt kiểm tra": [with_(VISIT, A=code) for code in codes],
    }
    path = written(tmp_path / "a.xlsx", sheets)
    command = [sys.executable, str(ROOT / "manage.py"), "import_workbook", path]
    environment = {**os.environ, "DATABASE_URL": _database_url()}
    with (
        transaction.atomic(),
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as work,
    ):
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE inspections_visit IN SHARE MODE")
        try:
            held = _wait_until_held(work)
        finally:
            work.kill()
    _wait_until_gone(held)
    assert not Round.objects.exists()
    assert Unit.objects.count() == 1
    assert subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == 0
    assert Visit.objects.count() == 3_000


def _others() -> dict[int, str]:
    """By process what other connections to this database wait for a lock with."""
    with connection.cursor() as cursor:
        # Inside a transaction the activity is read once, unless told to look again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT pid, query FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"
        )
        return dict(cursor.fetchall())


def _wait_until_held(work: subprocess.Popen[bytes]) -> int:
    """Until the other process waits to add visits, its rounds written and not committed.

    The server's process that serves it.
    """
    for _ in range(1_200):
        for pid, query in _others().items():
            if 'INSERT INTO "inspections_visit"' in query:
                return pid
        assert work.poll() is None, "the import ended before it came to its visits"
        time.sleep(0.05)
    raise AssertionError("the import never began to write its visits")


def _wait_until_gone(pid: int) -> None:
    """Until the server has noticed that whom it serves there is no more; others may stay."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
            if cursor.fetchone() is None:
                return
        time.sleep(0.05)
    raise AssertionError("the killed import's connection stays open")
