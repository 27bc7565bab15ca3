"""Reads a plain workbook and the files of divisions into a world.

No importer: it trusts the file (real dates, labels or codes as they stand). It serves for the
samples and for what the export writes.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from tests.oracle.labels import CODES
from tests.oracle.naive import (
    FIGURES,
    Extension,
    Finding,
    Plan,
    Remedy,
    Return,
    Round,
    Succession,
    Unit,
    Visit,
    World,
    bearer,
    lineage,
)

FIGURE_HEADINGS = dict(
    zip(
        (
            "Số cuộc theo kế hoạch",
            "Số cuộc đột xuất",
            "Số cuộc xác minh",
            "Số cuộc chuyên đề",
            "Số cuộc phúc tra",
            "Số lượt đơn vị",
            "Số đơn vị có tồn tại",
            "Số đơn vị kiểm điểm",
            "Số cá nhân kiểm điểm",
            "Số người bị kỷ luật",
            "Số đơn vị giải trình, khắc phục",
            "Số đơn vị nhắc nhở",
        ),
        FIGURES,
        strict=True,
    )
)

Row = dict[str, Any]


def read_divisions(folder: Path, world: World | None = None) -> World:
    """All units and successions of the country."""
    world = world or World()

    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        add_units(
            world,
            [
                {
                    "Mã đơn vị": row["code"],
                    "Tên đơn vị": row["name"],
                    "Loại": row["kind"],
                    "Mã đơn vị cấp trên": row["parent_code"],
                    "Hiệu lực từ": day(row["valid_from"]),
                    "Hiệu lực đến": day(row["valid_to"]),
                }
                for row in csv.DictReader(file)
            ],
        )
    with (folder / "successions.csv").open(encoding="utf-8", newline="") as file:
        by_code = codes(world)
        for row in csv.DictReader(file):
            on = date.fromisoformat(row["effective_on"])
            add_succession(
                world,
                by_code,
                row["predecessor_code"],
                row["successor_code"],
                on,
                row["kind"],
                row["is_default"] == "1",
            )
    return world


def read_workbook(path: Path, world: World | None = None) -> World:
    """A workbook's records added to those of the world."""
    world = world or World()
    book = openpyxl.load_workbook(path)
    sheets = {sheet.title: rows_of(sheet) for sheet in book}
    add_units(world, sheets.get("Đơn vị", []))
    by_code = codes(world)
    for row in sheets.get("Kế thừa", []):
        add_succession(
            world,
            by_code,
            row["Mã đơn vị cũ"],
            row["Mã đơn vị mới"],
            row["Ngày hiệu lực"],
            CODES[row["Loại"]],
            CODES[row["Loại"]] != "SPLIT" or bool(row["Mặc định"]),
        )
    add_records(world, sheets)
    return world


def rows_of(sheet: Any) -> list[Row]:
    """A sheet's rows by heading; blank cells are None, days are dates."""
    headings, *rows = list(sheet.iter_rows(values_only=True)) or [()]
    return [
        {
            heading: value.date() if isinstance(value, datetime) else value
            for heading, value in zip(headings, row, strict=True)
        }
        for row in rows
    ]


def codes(world: World) -> dict[str, list[Unit]]:
    """The units that ever bore each code."""
    found: dict[str, list[Unit]] = {}
    for unit in world.units:
        found.setdefault(unit.code, []).append(unit)
    return found


def on_day(by_code: dict[str, list[Unit]], code: str, day: date) -> Unit:
    """Contract §3: a code means the unit that bore it on the date in question."""
    return bearer(World(units=by_code.get(code, [])), code, day)


def add_units(world: World, rows: list[Row]) -> None:
    """Units; their parents once all are there, read on the child's first day or as the oldest."""
    parents: list[tuple[Unit, str]] = []
    for row in rows:
        unit = Unit(
            code=row["Mã đơn vị"],
            name=row["Tên đơn vị"],
            kind=CODES[row["Loại"]],
            valid_from=row["Hiệu lực từ"],
            valid_to=row["Hiệu lực đến"],
        )
        world.units.append(unit)
        if row["Mã đơn vị cấp trên"]:
            parents.append((unit, row["Mã đơn vị cấp trên"]))
    by_code = codes(world)
    for unit, code in parents:
        if unit.valid_from is not None:
            unit.parent = on_day(by_code, code, unit.valid_from)
        else:
            unit.parent = min(by_code[code], key=lambda each: each.valid_from or date.min)


def add_succession(
    world: World,
    by_code: dict[str, list[Unit]],
    old: str,
    new: str,
    on: date,
    kind: str,
    main: bool,
) -> None:
    """The old code is read on the day before, the new one on the day itself."""
    world.successions.append(
        Succession(
            on_day(by_code, old, on - timedelta(days=1)), on_day(by_code, new, on), on, kind, main
        )
    )


def add_records(world: World, sheets: dict[str, list[Row]]) -> None:
    """Plans, rounds, visits, findings, remedies, extensions and returns."""
    by_code = codes(world)
    for row in sheets.get("Kế hoạch", []):
        issuer = on_day(by_code, row["Mã cơ quan ban hành"], row["Ngày ban hành"])
        world.plans.append(
            Plan(
                row["Số ký hiệu"],
                row["Ngày ban hành"],
                issuer,
                row["Năm"],
                row["Trích yếu"] or "",
            )
        )
    for row in sheets.get("Cuộc kiểm tra", []):
        body = on_day(by_code, row["Mã cơ quan kiểm tra"], row["Từ ngày"])
        world.rounds.append(
            Round(
                code=row["Mã cuộc"],
                form=CODES[row["Hình thức"]],
                body=body,
                first=row["Từ ngày"],
                last=row["Đến ngày"],
                status=CODES[row["Trạng thái"]],
                plan=plan_meant(world, row["Số kế hoạch"], row["Từ ngày"].year, body),
                content=row["Nội dung"] or "",
                team=row["Đoàn kiểm tra"] or "",
            )
        )
    rounds = {each.code: each for each in world.rounds}
    for row in sheets.get("Lượt kiểm tra", []):
        unit = on_day(by_code, row["Mã đơn vị"], row["Ngày kiểm tra"])
        world.visits.append(
            Visit(
                rounds[row["Mã cuộc"]],
                unit,
                row["Ngày kiểm tra"],
                row["Số biên bản"] or "",
                row["Ưu điểm"] or "",
                row["Số kết luận"] or "",
                row["Ngày kết luận"],
            )
        )
    # The unit that the round visited under that code.
    visits = {(each.round.code, each.unit.code): each for each in world.visits}
    for row in sheets.get("Tồn tại", []):
        world.findings.append(
            Finding(
                code=row["Mã tồn tại"],
                visit=visits[row["Mã cuộc"], row["Mã đơn vị"]],
                category=CODES[row["Nhóm"]],
                severity=CODES[row["Mức độ"]],
                subject=CODES[row["Đối tượng"]] if row["Đối tượng"] else "",
                content=row["Nội dung"],
            )
        )
    findings = {each.code: each for each in world.findings}
    for row in sheets.get("Kiến nghị", []):
        world.remedies.append(
            Remedy(
                code=row["Mã kiến nghị"],
                visit=visits[row["Mã cuộc"], row["Mã đơn vị"]],
                kind=CODES[row["Loại"]],
                subject=CODES[row["Đối tượng"]],
                finding=findings[row["Mã tồn tại"]] if row["Mã tồn tại"] else None,
                name=row["Họ tên"] or "",
                post=row["Chức vụ"] or "",
                form=CODES[row["Hình thức kỷ luật"]] if row["Hình thức kỷ luật"] else "",
                due=row["Hạn thực hiện"],
                completed=row["Ngày hoàn thành"],
                report=row["Văn bản báo cáo"] or "",
                content=row["Nội dung"] or "",
            )
        )
    remedies = {each.code: each for each in world.remedies}
    for row in sheets.get("Gia hạn", []):
        world.extensions.append(
            Extension(
                remedies[row["Mã kiến nghị"]],
                row["Ngày cho phép"],
                row["Hạn mới"],
                row["Văn bản"] or "",
            )
        )
    for row in sheets.get("Số liệu báo cáo", []):
        world.returns.append(
            Return(
                on_day(by_code, row["Mã đơn vị"], row["Đến ngày"]),
                row["Từ ngày"],
                row["Đến ngày"],
                {figure: row[heading] for heading, figure in FIGURE_HEADINGS.items()},
                sent=row["Ngày gửi"],
            )
        )


class PlanUntoldError(Exception):
    """A plan that is unknown or cannot be told."""


def plan_meant(world: World, number: str | None, year: int, body: Unit) -> Plan | None:
    """The plan of that number for the year; among several bodies', the inspecting body's own.

    Else that of its nearest superior. Lineages included: at each step up, a plan of the superior
    or of one of the units that it stands for.
    """
    if not number:
        return None
    plans = [each for each in world.plans if each.number == number and each.year == year]
    if len(plans) == 1:
        return plans[0]
    step: Unit | None = body
    while step is not None:
        members = lineage(world, step)
        near = [each for each in plans if each.issuer in members]
        if near:
            own = [each for each in near if each.issuer is step]
            if len(own) == 1:
                return own[0]
            if len(near) == 1:
                return near[0]
            raise PlanUntoldError(number)
        step = step.parent
    raise PlanUntoldError(number)
