"""The form of a finding."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from congvu.forms import RecordForm
from findings.forms.on_visit import OnVisitForm
from findings.models import Finding
from inspections.models import Visit


class FindingForm(OnVisitForm):
    """What a visit found to be wanting."""

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("", ("category", "severity", "subject", "content", "code")),
    )

    class Meta(RecordForm.Meta):
        model = Finding
        fields = ("category", "severity", "subject", "content", "code")
        labels = {"content": "Nội dung tồn tại"}
        help_texts = {
            "severity": "Tăng dần: tồn tại, hạn chế, vi phạm.",
            "subject": "Của cả tập thể hay của một cá nhân; chưa rõ thì để trống.",
            "content": "Ghi sự việc, thời điểm, số lượng. Ví dụ: 3/12 công chức vắng mặt lúc 8 giờ "
            "không rõ lý do. Không ghi họ tên, số căn cước.",
        }
        error_messages = {"code": {"unique": "Mã này đã được dùng; hãy chọn mã khác."}}
        widgets = {"content": forms.Textarea(attrs={"rows": 4})}

    def why_not(self, visit: Visit) -> str:
        """What was seen on the spot is locked with the visit."""
        return visit.why_not_logged()
