"""Forms of citizens' cases."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction

from congvu.deeds import DeedForm
from congvu.forms import BlockInput, DayField, LineInput, RecordForm
from findings.due import proposed_due
from findings.forms.on_visit import no_citizen_id
from findings.models import CitizenCase, RemedyKind
from inspections.models import Visit


class CaseForm(RecordForm):
    """What a citizen waits for, as it was met on the spot."""

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("", ("subject", "person_name", "since", "promised_by", "settled_on")),
    )

    class Meta(RecordForm.Meta):
        model = CitizenCase
        fields = ("subject", "person_name", "since", "promised_by", "settled_on")
        help_texts = {
            "subject": "Việc gì, vướng ở đâu. Ví dụ: Cấp giấy chứng nhận quyền sử dụng đất, hồ sơ "
            "nộp từ năm 2021. Không ghi họ tên, số căn cước ở đây.",
            "person_name": "Chỉ người được xem họ tên mới thấy. Không ghi số căn cước.",
            "since": "Ngày nộp hồ sơ hoặc gửi đơn, ví dụ: 12/3/2021.",
            "promised_by": "Ngày cuối mà đơn vị đã hẹn với người dân, ví dụ: 30/6/2023.",
            "settled_on": "Chỉ ghi khi đã giải quyết xong ngay tại buổi kiểm tra.",
        }
        widgets = {"subject": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.instance.visit = visit
        for name in ("subject", "person_name"):
            self.fields[name].validators.append(no_citizen_id)

    def save_as(self, by: Any) -> bool:
        """Save what was seen; False where the visit is locked, or another writer was first."""
        with transaction.atomic():
            self.visit = self.instance.visit = self.visit.held()
            if refusal := self.visit.why_not_logged():
                self.add_error(None, refusal)
                return False
            return super().save_as(by)


class HandOverForm(DeedForm):
    """What is asked of the unit to settle a case."""

    content = BlockInput(
        label="Nội dung yêu cầu",
        max_length=5000,
        validators=[no_citizen_id],
        help_text="Đơn vị đọc được. Không ghi họ tên, số căn cước của công dân ở đây.",
    )
    due_on = DayField(
        label="Hạn giải quyết",
        required=False,
        help_text="Theo ngày đơn vị đã hẹn, ví dụ: 30/6/2023. Để trống nếu không đặt hạn.",
    )
    answerer = LineInput(
        label="Người, đơn vị trả lời",
        max_length=200,
        required=False,
        help_text="Ai của đơn vị trả lời, ví dụ: Văn phòng HĐND và UBND.",
    )

    def __init__(self, *args: Any, record: CitizenCase, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        since = record.visit.concluded_on or record.visit.visited_on
        self.initial["due_on"] = record.promised_by or proposed_due(RemedyKind.SETTLE_CASE, since)
        self.initial["content"] = record.subject
