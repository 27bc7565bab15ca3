"""The sheet of a plan's items as data, as `exchange/layout.py` has those of contract §3.

A workbook of its own: the layout of the contract is fixed and knows no plan that is being drafted.
"""

from __future__ import annotations

from django.db import models

from congvu.fields import BLOCK_LIMIT
from exchange.layout import UNIT_NAME, Column, Sheet, Type
from inspections.models import PlanItem, RoundForm


class Month(models.TextChoices):
    """Months as people write them into a cell."""

    JANUARY = "1", "1"
    FEBRUARY = "2", "2"
    MARCH = "3", "3"
    APRIL = "4", "4"
    MAY = "5", "5"
    JUNE = "6", "6"
    JULY = "7", "7"
    AUGUST = "8", "8"
    SEPTEMBER = "9", "9"
    OCTOBER = "10", "10"
    NOVEMBER = "11", "11"
    DECEMBER = "12", "12"


class Quarter(models.TextChoices):
    """Quarters by their Roman numbers; the plain ones are read too."""

    FIRST = "1", "I"
    SECOND = "2", "II"
    THIRD = "3", "III"
    FOURTH = "4", "IV"


class Notice(models.TextChoices):
    """Whether the unit is told beforehand: a cross is read too."""

    YES = "x", "có"
    NO = "0", "không"


ITEMS = Sheet(
    "items",
    "Mục kế hoạch",
    PlanItem,
    (
        Column("Mã đơn vị", "unit", Type.CODE, required=True, max_length=50),
        UNIT_NAME,
        Column("Mã cơ quan kiểm tra", "body", Type.CODE, max_length=50),
        Column("Đoàn kiểm tra", "team", Type.LINE, max_length=300, width=28),
        Column("Chương trình", "programmes", Type.BLOCK, max_length=BLOCK_LIMIT, width=32),
        Column("Hình thức", "form", Type.LABEL, choices=RoundForm, width=18),
        Column("Báo trước", "announced", Type.LABEL, choices=Notice, width=10),
        Column("Nội dung", "contents", Type.BLOCK, max_length=BLOCK_LIMIT, width=44),
        Column("Tháng", "month", Type.LABEL, choices=Month, width=9),
        Column("Quý", "quarter", Type.LABEL, choices=Quarter, width=9),
        Column("Từ ngày", "first_day", Type.DAY, width=14),
        Column("Đến ngày", "last_day", Type.DAY, width=14),
        Column("Ghi chú", "note", Type.BLOCK, max_length=BLOCK_LIMIT, width=40),
    ),
    ("unit",),
)

# Between the programmes and contents of one cell.
SEPARATOR = "; "
