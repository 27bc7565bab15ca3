"""The three sample workbooks add up to their published totals (contract §4)."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

SAMPLES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "samples"
ASKED = (
    ("thai_nguyen_2023", "19", "2023-01-01", "2023-12-31"),
    ("ha_noi_2023", "01", "2023-01-01", "2023-12-31"),
    ("lang_son_2018_2020", "20", "2018-01-01", "2020-08-31"),
)


@pytest.fixture
def samples(db: Any) -> None:
    """The whole country, and the three workbooks."""
    call_command("load_divisions", all=True, stdout=StringIO())
    for name, *_ in ASKED:
        call_command("import_workbook", str(SAMPLES / f"{name}.xlsx"), stdout=StringIO())


@pytest.mark.usefixtures("samples")
def test_samples_print_exactly_what_was_published() -> None:
    for name, code, first, last in ASKED:
        out = StringIO()
        options = {"unit": code, "from": first, "to": last, "format": "json"}
        call_command("summary", stdout=out, **options)
        expected = (SAMPLES / "expected" / f"{name}.json").read_text(encoding="utf-8")
        assert out.getvalue() == expected, name
