"""One province with as many records as ten busy years leave, for measuring pages and reports.

    DATABASE_URL=postgres://… python bench/dataset.py

adds it to that database once; `build` does the same from other scripts. 20,000 rounds, 60,000
findings and 60,000 remedies of some 180 bodies over ten years, 12,000 extensions, and some hundred
returns of the bodies that log nothing.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congvu.settings")
    import django

    django.setup()

from django.db import connection, models, transaction  # after setup, when run alone

from findings.models import (
    Category,
    DisciplineForm,
    Extension,
    Finding,
    Remedy,
    RemedyKind,
    Severity,
    Subject,
)
from inspections.models import Round, RoundForm, RoundStatus, Visit
from reports.models import FIGURES, Return
from units.models import Kind, Unit

CODE = "BENCH"
FIRST_YEAR, YEARS = 2015, 10

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đỗ", "Vũ", "Đặng", "Bùi", "Ngô")
_MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thu", "Quang", "Hồng", "Thanh")
_GIVEN = ("An", "Bình", "Cường", "Dung", "Hà", "Hòa", "Lan", "Nam", "Phúc", "Thủy", "Yến", "Đạt")
_CONTENTS = (
    "Đi muộn, về sớm, chưa chấp hành thời giờ làm việc",
    "Chưa niêm yết đầy đủ thủ tục hành chính tại bộ phận một cửa",
    "Giải quyết hồ sơ thủ tục hành chính trễ hạn, chưa có thư xin lỗi",
    "Người đứng đầu chưa thường xuyên kiểm tra nội bộ",
)


@dataclass(frozen=True)
class Size:
    """How many records; the defaults are those of the project's targets."""

    rounds: int = 20_000
    findings: int = 60_000
    remedies: int = 60_000
    departments: int = 20
    districts: int = 9
    communes: int = 150
    # Bodies that report each quarter instead of logging, beside the yearly returns of districts.
    reporting: int = 12


def build(size: Size | None = None, seed: int = 1) -> Unit:
    """The province; its records are added unless it is there already. Equal seeds, equal data."""
    found = Unit.objects.filter(code=CODE).first()
    if found is not None:
        return found
    size = size or Size()
    chance = random.Random(seed)  # made-up records
    with transaction.atomic():
        province, bodies = _units(size)
        logging, reporting = bodies[: -size.reporting], bodies[-size.reporting :]
        visits = _rounds(size, chance, logging)
        _findings_and_remedies(size, chance, visits)
        _returns(chance, reporting, [unit for unit in bodies if unit.kind == Kind.DISTRICT])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return province


def _units(size: Size) -> tuple[Unit, list[Unit]]:
    """The province, and all its inspecting bodies with it first."""
    province = _unit(CODE, "Tỉnh Số Liệu Lớn", Kind.PROVINCE, None)
    _add([province])
    departments = [
        _unit(f"{CODE}.S{number:02}", f"Sở số {number}", Kind.DEPARTMENT, province)
        for number in range(size.departments)
    ]
    districts = [
        _unit(f"{CODE}{number:03}", f"Huyện số {number}", Kind.DISTRICT, province)
        for number in range(size.districts)
    ]
    _add([*departments, *districts])
    communes = [
        _unit(
            f"{CODE}{number:05}",
            f"Xã số {number}",
            Kind.COMMUNE,
            districts[number % size.districts],
        )
        for number in range(size.communes)
    ]
    _add(communes)
    return province, [province, *departments, *districts, *communes]


def _unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
    return Unit(code=code, name=name, kind=kind, parent=parent)


def _add(units: list[Unit]) -> None:
    Unit.objects.bulk_create(units)
    Unit.objects.filter(pk__in=[unit.pk for unit in units]).place()


def _rounds(size: Size, chance: random.Random, bodies: Sequence[Unit]) -> list[Visit]:
    """Rounds spread over the years, nine in ten completed; the visits of the completed."""
    rounds = []
    for number in range(size.rounds):
        day = date(FIRST_YEAR, 1, 1) + timedelta(days=chance.randrange(365 * YEARS))
        done = chance.random() < 0.9
        rounds.append(
            Round(
                code=f"{CODE}-{number:05}",
                form=chance.choice(RoundForm.values),
                body=bodies[0] if chance.random() < 0.05 else chance.choice(bodies),
                starts_on=day,
                ends_on=day + timedelta(days=chance.randrange(3)),
                status=RoundStatus.COMPLETED if done else chance.choice(RoundStatus.values),
            )
        )
    _bulk(Round, rounds)
    visits = []
    for each in rounds:
        for unit in chance.sample(bodies, chance.choice((1, 1, 1, 2, 3))):
            visits.append(Visit(round=each, unit=unit, visited_on=each.ends_on))
    _bulk(Visit, visits)
    return [visit for visit in visits if visit.round.status == RoundStatus.COMPLETED]


def _findings_and_remedies(size: Size, chance: random.Random, visits: Sequence[Visit]) -> None:
    """Findings of every category; remedies of every kind, most of them done, a fifth extended."""
    findings = [
        Finding(
            code=f"{CODE}-F{number:06}",
            visit=chance.choice(visits),
            category=chance.choice(Category.values),
            severity=chance.choice(Severity.values),
            subject=chance.choice(Subject.values),
            content=chance.choice(_CONTENTS),
        )
        for number in range(size.findings)
    ]
    _bulk(Finding, findings)
    remedies = [_remedy(chance, number, chance.choice(findings)) for number in range(size.remedies)]
    _bulk(Remedy, remedies)
    _bulk(Extension, list(_extensions(chance, remedies)))


def _remedy(chance: random.Random, number: int, finding: Finding) -> Remedy:
    kind = chance.choice(RemedyKind.values)
    is_person = kind == RemedyKind.DISCIPLINE or chance.random() < 0.3
    name = f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
    ended = finding.visit.round.ends_on
    done = chance.random() < 0.85
    return Remedy(
        code=f"{CODE}-R{number:06}",
        visit=finding.visit,
        finding=finding,
        kind=kind,
        subject=Subject.INDIVIDUAL if is_person else Subject.COLLECTIVE,
        person_name=name if is_person and chance.random() < 0.9 else "",
        discipline_form=DisciplineForm.REPRIMAND if kind == RemedyKind.DISCIPLINE else "",
        due_on=ended + timedelta(days=30),
        completed_on=ended + timedelta(days=chance.randrange(1, 60)) if done else None,
        content=finding.content,
    )


def _extensions(chance: random.Random, remedies: Sequence[Remedy]) -> Iterator[Extension]:
    for remedy in chance.sample(remedies, len(remedies) // 5):
        if remedy.due_on is not None:
            decided = remedy.due_on - timedelta(days=5)
            due = remedy.due_on + timedelta(days=20)
            yield Extension(remedy=remedy, decided_on=decided, due_on=due, document="12/CV-SNV")


def _returns(chance: random.Random, reporting: Sequence[Unit], districts: Sequence[Unit]) -> None:
    """Quarterly returns of the bodies that log nothing, yearly ones of the districts above them."""
    rows = []
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        for unit in reporting:
            for month in (1, 4, 7, 10):
                after = date(year + month // 10, (month + 2) % 12 + 1, 1)
                rows.append(_return(chance, unit, date(year, month, 1), after, 6))
        for unit in districts:
            rows.append(_return(chance, unit, date(year, 1, 1), date(year + 1, 1, 1), 400))
    _bulk(Return, rows)


def _return(chance: random.Random, unit: Unit, first: date, after: date, most: int) -> Return:
    figures = {figure: chance.randrange(most) for figure in FIGURES}
    return Return(
        unit=unit,
        first_day=first,
        last_day=after - timedelta(days=1),
        status=Return.Status.ACCEPTED,
        **figures,
    )


def _bulk(model: type[models.Model], rows: Sequence[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=2000)


if __name__ == "__main__":
    print(f"{build()} ({CODE}): xong")
