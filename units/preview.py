"""A change of units in sentences, before it is made: what ends, begins, stays and is counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from congvu.access import Person
from congvu.dates import format_day
from congvu.numbers import number_text
from units import guards
from units.changes import Change
from units.models import SuccessionKind, Unit


@dataclass(frozen=True)
class Line:
    """One unit that ends or begins, and what it is tied to."""

    unit: str
    when: str
    ties: str


@dataclass(frozen=True)
class Preview:
    """What will happen, as the page tells it; `seal` changes when any of it would."""

    sentences: list[str]
    closing: list[Line]
    opening: list[Line]
    seal: str


def preview(change: Change, person: Person) -> Preview:
    """Everything that the change would do. Call when it has no objections."""
    sentences = [*_what(change), *_records(change, person), *_counting(change)]
    closing = [_end(change, unit) for unit in change.closing]
    opening = [_begin(change, unit) for unit in change.opening]
    versions = [(unit.pk, unit.version) for unit in [*change.closing, *change.heirs] if unit.pk]
    parts = repr((sentences, closing, opening, versions))
    return Preview(sentences, closing, opening, hashlib.sha256(parts.encode()).hexdigest())


def _called(unit: Unit) -> str:
    return f"{unit.name} ({unit.code})"


def _what(change: Change) -> list[str]:
    """How many end and begin."""
    found = []
    if change.closing:
        found.append(
            f"{number_text(len(change.closing))} đơn vị kết thúc; ngày cuối cùng có hiệu lực là "
            f"{format_day(change.eve)}."
        )
    if change.opening:
        found.append(
            f"{number_text(len(change.opening))} đơn vị mới bắt đầu từ ngày "
            f"{format_day(change.on)}."
        )
    moved = len(change.closing) - len(change.named)
    if moved and change.heirs:
        found.append(f"Trong đó {number_text(moved)} đơn vị trực thuộc được xử lý cùng ngày.")
    return found


def _records(change: Change, person: Person) -> list[str]:
    """What stays with the old units, and which accounts must be moved by hand."""
    counts = guards.records(change.closing, person)
    if not counts:
        return ["Chưa có hồ sơ nào ghi cho các đơn vị sẽ kết thúc."]
    listed = ", ".join(f"{number_text(count)} {noun}" for count, noun in counts)
    found = [f"Vẫn ghi cho các đơn vị cũ, không thay đổi: {listed}."]
    if any(noun == guards.ACCOUNTS for _, noun in counts):
        found.append(
            "Tài khoản của các đơn vị cũ không tự chuyển: sau thay đổi này, hãy gán các tài khoản "
            "đó cho đơn vị mới."
        )
    return found


def _counting(change: Change) -> list[str]:
    """What summaries will count (contract §4 rule 2)."""
    if not change.heirs:
        return ["Tổng hợp của cấp trên vẫn gồm số liệu của đơn vị này đến hết ngày cuối cùng."]
    main, *others = change.heirs
    olds = ", ".join(_called(unit) for unit in change.named)
    found = [
        f"Tổng hợp của {_called(main)} gồm cả số liệu các năm trước của {olds}; người dùng của đơn "
        "vị này xem được hồ sơ đó."
    ]
    if others:
        names = ", ".join(_called(unit) for unit in others)
        found.append(
            f"Tổng hợp của {names} không gồm số liệu trước ngày {format_day(change.on)} của {olds}."
        )
    return found


def _end(change: Change, unit: Unit) -> Line:
    heirs = [
        _called(tie.successor)
        + (" – kế thừa chính" if tie.kind == SuccessionKind.SPLIT and tie.is_main else "")
        for tie in change.ties
        if tie.predecessor is unit
    ]
    return Line(_called(unit), f"đến {format_day(change.eve)}", "; ".join(heirs) or "không có")


def _begin(change: Change, unit: Unit) -> Line:
    above = f"thuộc {_called(unit.parent)}" if unit.parent else ""
    return Line(_called(unit), f"từ {format_day(change.on)}", above)
