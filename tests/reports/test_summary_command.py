"""`manage.py summary`: the contract's JSON, text for people, and errors as sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from findings.models import Category, RemedyKind, RemedyState, Severity
from inspections.models import RoundForm
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_return,
    make_round,
    make_succession,
    make_unit,
    make_visit,
)
from units.models import Kind, Unit

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*args: str, **options: Any) -> str:
    """What the command prints for 2023, unless told otherwise."""
    out = StringIO()
    options = {"from": "2023-01-01", "to": "2023-12-31", **options}
    call_command("summary", *args, stdout=out, **options)
    return out.getvalue()


def test_json_has_the_keys_of_the_contract_in_its_order(world: World) -> None:
    make_finding(make_visit(make_round(world.dai_tu), world.tien_hoi))
    make_return(world.justice, date(2023, 1, 1), date(2023, 3, 31), rounds_recheck=2, visits=3)
    printed = json.loads(run("--unit", "19", "--format", "json"))
    assert list(printed) == ["unit", "period", "rounds", "visits", "findings", "remedies"]
    assert printed["unit"] == {"code": "19", "name": "Tỉnh Thái Nguyên"}
    assert printed["period"] == {
        "from": "2023-01-01",
        "to": "2023-12-31",
        "as_of": "2023-12-31",
        "boundaries_on": "2023-12-31",
    }
    rounds = printed["rounds"]
    assert list(rounds) == ["total", "logged", "unlogged", "by_form", "by_level"]
    assert (rounds["total"], rounds["logged"], rounds["unlogged"]) == (3, 1, 2)
    assert list(rounds["by_form"]) == RoundForm.values
    assert list(rounds["by_level"]) == Kind.values
    assert rounds["by_level"]["DEPARTMENT"] == 2
    assert printed["visits"] == {"total": 4, "logged": 1, "unlogged": 3, "units": 1}
    findings = printed["findings"]
    assert list(findings) == ["total", "by_category", "by_severity", "units"]
    assert list(findings["by_category"]) == Category.values
    assert list(findings["by_severity"]) == Severity.values
    remedies = printed["remedies"]
    assert list(remedies) == ["total", "by_kind", "status"]
    assert list(remedies["by_kind"]) == RemedyKind.values
    assert all(list(row) == ["count", "units", "people"] for row in remedies["by_kind"].values())
    assert list(remedies["status"]) == RemedyState.values


def test_days_of_the_question_may_be_named(world: World) -> None:
    text = run("--unit", "19", "--as-of=2024-02-28", "--boundaries-on=2022-01-01", "--format=json")
    assert json.loads(text)["period"] == {
        "from": "2023-01-01",
        "to": "2023-12-31",
        "as_of": "2024-02-28",
        "boundaries_on": "2022-01-01",
    }


def test_text_says_what_is_logged_what_reported_and_what_left_out(world: World) -> None:
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_return(world.dai_tu, date(2023, 1, 1), date(2023, 12, 31), rounds_surprise=1234)
    make_return(world.justice, date(2023, 12, 15), date(2024, 12, 14), visits=5)
    text = run("--unit", "19")
    assert "Năm 2023" in text
    surprise = next(line for line in text.splitlines() if "Đột xuất" in line)
    assert surprise.split()[2:] == ["1.234", "1", "1.233"]
    assert "KHÔNG ĐƯỢC TÍNH" in text
    assert "Sở Tư pháp (mã 19.STP), kỳ 15/12/2023–14/12/2024" in text


def test_text_points_to_heirs(world: World) -> None:
    last = date(2023, 6, 30)
    Unit.objects.filter(pk=world.dai_tu.pk).update(valid_to=last)
    heir = make_unit("172", "Huyện Mới", world.province, valid_from=date(2023, 7, 1))
    make_succession(world.dai_tu, heir, date(2023, 7, 1))
    text = run("--unit", "171", boundaries_on="2023-06-30")
    assert "kết thúc ngày 30/06/2023" in text
    assert "Huyện Mới (mã 172, từ 01/07/2023)" in text
    assert "Gồm cả số liệu của: Huyện Đại Từ (mã 171" in run("--unit", "172")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"from": "2023-02-30"}, "không có trong lịch"),
        ({"from": "17/03/2023"}, "--from: “17/03/2023” không phải ngày dạng 2023-03-17"),
        ({"to": "hôm nay"}, "--to"),
        ({"as_of": "2023"}, "--as-of"),
        ({"from": "2023-12-31", "to": "2023-01-01"}, "trước khi bắt đầu"),
    ],
)
def test_bad_days_are_a_sentence(world: World, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("--unit", "19", **options)


def test_a_code_not_borne_on_the_day_names_when_it_was(world: World) -> None:
    make_unit("44", "Tỉnh Quảng Bình", valid_to=date(2025, 6, 30))
    make_unit("44", "Tỉnh Quảng Trị", valid_from=date(2025, 7, 1), valid_to=date(2030, 1, 1))
    with pytest.raises(CommandError) as caught:
        run("--unit", "44", boundaries_on="2031-01-01")
    assert "Tỉnh Quảng Bình (đến 30/06/2025)" in str(caught.value)
    assert "Tỉnh Quảng Trị (từ 01/07/2025 đến 01/01/2030)" in str(caught.value)
    with pytest.raises(CommandError, match="Không có đơn vị nào mang mã “7777”"):
        run("--unit", "7777")


def test_from_the_shell_an_error_is_exit_1_and_a_sentence(tmp_path: Path) -> None:
    """Dates are read before the database is: this needs none."""
    command = [sys.executable, "manage.py", "summary", "--unit=19", "--from=x", "--to=2023-12-31"]
    settings = {"DEBUG": "on", "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}"}
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "“x” không phải ngày" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
