"""`manage.py summary`: the figures of contract §4, as JSON for scripts or as text for people."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.rollups import QuestionError, as_json, ask, period_of, summarize
from reports.rollups.text import as_text
from units.models import Unit

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Command(BaseCommand):
    """Prints a unit's summary for a period (contract §1)."""

    help = "In số liệu tổng hợp của một đơn vị trong một kỳ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Dates are ISO; `--as-of` and `--boundaries-on` default to `--to` (contract §1)."""
        parser.add_argument("--unit", required=True, metavar="CODE", help="mã đơn vị")
        parser.add_argument(
            "--from", required=True, metavar="D", help="ngày đầu kỳ, như 2023-01-01"
        )
        parser.add_argument("--to", required=True, metavar="D", help="ngày cuối kỳ")
        parser.add_argument("--as-of", metavar="D", help="kiến nghị tính đến ngày")
        parser.add_argument("--boundaries-on", metavar="D", help="theo địa giới ngày")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the summary; exit 1 with a sentence when the question has no answer (rule 9)."""
        try:
            first, last = _day("--from", options["from"]), _day("--to", options["to"])
            question = ask(
                options["unit"],
                period_of(first, last),
                as_of=_optional_day("--as-of", options["as_of"]),
                boundaries_on=_optional_day("--boundaries-on", options["boundaries_on"]),
            )
        except (QuestionError, Unit.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        summary = summarize(question)
        if options["format"] == "json":
            text = json.dumps(as_json(summary), ensure_ascii=False, indent=1)
        else:
            text = as_text(summary)
        self.stdout.write(text)


def _day(option: str, given: str | date) -> date:
    """The day of an option, ISO (2023-03-17); `QuestionError` with a sentence otherwise."""
    if isinstance(given, date):
        return given
    if not _ISO.fullmatch(given):
        raise QuestionError(f"{option}: “{given}” không phải ngày dạng 2023-03-17.")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise QuestionError(f"{option}: ngày {given} không có trong lịch.") from None


def _optional_day(option: str, given: str | date | None) -> date | None:
    return None if given is None else _day(option, given)
