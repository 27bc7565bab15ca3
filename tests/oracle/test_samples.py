"""The naive reading gives the figures that are published with the samples."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.oracle.naive import summary
from tests.oracle.reading import read_divisions, read_workbook

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.mark.parametrize(
    ("name", "code", "first", "last"),
    [
        ("thai_nguyen_2023", "19", date(2023, 1, 1), date(2023, 12, 31)),
        ("ha_noi_2023", "01", date(2023, 1, 1), date(2023, 12, 31)),
        ("lang_son_2018_2020", "20", date(2018, 1, 1), date(2020, 8, 31)),
    ],
)
def test_naive_reading_gives_the_published_figures(name: str, code: str, first: date, last: date):
    world = read_workbook(
        FIXTURES / "samples" / f"{name}.xlsx", read_divisions(FIXTURES / "divisions")
    )
    expected = (FIXTURES / "samples" / "expected" / f"{name}.json").read_text(encoding="utf-8")
    assert summary(world, code, first, last) == json.loads(expected)
