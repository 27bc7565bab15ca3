"""Columns of the list of overlaps: one row an inspection, those of a group together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from congvu.tables import Column
from inspections.overlap_words import Overlap, described
from inspections.overlap_year import Clash


@dataclass(frozen=True)
class Line:
    """An inspection in its group, with what the person is told of it."""

    clash: Clash
    told: Overlap


def lines_of(user: User, clashes: Sequence[Clash]) -> list[Line]:
    """The rows of the list for these."""
    told = {each.met: each for each in described(user, [clash.met for clash in clashes])}
    return [Line(clash, told[clash.met]) for clash in clashes if clash.met in told]


OVERLAP_COLUMNS = (
    Column(
        "Đơn vị được kiểm tra",
        lambda line: line.told.unit_name,
        link=lambda line: line.told.url,
        small=lambda line: f"cuộc {line.clash.number}/{line.clash.size}",
        width=32,
    ),
    Column("Mã đơn vị", lambda line: line.told.unit_code, on_screen=False),
    Column("Cuộc hoặc mục kế hoạch", lambda line: line.told.code, width=24),
    Column(
        "Cơ quan kiểm tra",
        lambda line: line.told.body_name,
        width=32,
    ),
    Column("Thời gian", lambda line: line.told.days_text, width=20),
    Column("Từ ngày", lambda line: line.told.met.first, on_screen=False),
    Column("Đến ngày", lambda line: line.told.met.last, on_screen=False),
    Column("Hình thức", lambda line: line.told.form, small=lambda line: line.told.state),
    Column("Trạng thái", lambda line: line.told.state, on_screen=False),
    Column("Nội dung", lambda line: "; ".join(line.told.contents), width=50),
    Column(
        "Khoảng cách",
        lambda line: line.told.gap_text,
        in_export=False,
    ),
    Column("Cách cuộc gần nhất (ngày)", lambda line: line.told.met.gap, on_screen=False),
    Column("Lý do vẫn kiểm tra", lambda line: line.told.reason, width=40),
    Column("Nhóm", lambda line: line.clash.group, on_screen=False, width=8),
    Column("Cuộc thứ", lambda line: line.clash.number, on_screen=False, width=10),
    Column("Số cuộc của nhóm", lambda line: line.clash.size, on_screen=False, width=12),
)
