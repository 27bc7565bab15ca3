"""Forms of what is done with a visit: completed on the spot, corrected by addenda."""

from __future__ import annotations

from typing import Any

from django import forms

from congvu.deeds import DeedForm
from congvu.forms import BlockInput, LineInput
from inspections.models import Visit


class CloseForm(DeedForm):
    """Who signs the minutes for the visited unit."""

    unit_person = LineInput(
        label="Người ký biên bản của đơn vị",
        max_length=150,
        help_text="Đại diện đơn vị được kiểm tra, ví dụ: Nguyễn Văn A.",
    )
    unit_post = LineInput(
        label="Chức vụ",
        max_length=200,
        help_text="Ví dụ: Chủ tịch Ủy ban nhân dân xã.",
    )

    def __init__(self, *args: Any, record: Visit, **kwargs: Any) -> None:
        known = {"unit_person": record.unit_person, "unit_post": record.unit_post}
        kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(*args, record=record, **kwargs)


class AddendumForm(forms.Form):
    """What is corrected after the visit was locked, and why."""

    text = BlockInput(
        label="Nội dung bổ sung, đính chính",
        max_length=5000,
        help_text="Ghi rõ phần nào của biên bản được bổ sung hoặc đính chính, và nội dung đúng. "
        "Không ghi họ tên, số căn cước của cá nhân.",
    )
    reason = LineInput(
        label="Lý do",
        max_length=300,
        help_text="Ví dụ: Ghi nhầm số người vắng của bộ phận một cửa.",
    )
