"""Forms of plans and of the catalogue of contents."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import IntegrityError
from django.utils.text import slugify

from accounts.models import User
from congvu.dates import today
from congvu.forms import RecordForm
from congvu.text import fold
from inspections.models import Content, Plan, why_not_year
from units.forms import UnitField, offer
from units.models import Unit


class PlanForm(RecordForm):
    """A plan as it was issued."""

    issuer = UnitField(
        label="Cơ quan ban hành",
        day_field="issued_on",
        help_text="Ghi mã hoặc tên của đơn vị như khi ban hành, ví dụ: 19 hoặc Tỉnh Thái Nguyên.",
    )
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Văn bản ban hành", ("number", "issued_on", "issuer")),
        ("Nội dung kế hoạch", ("year", "subject", "legal_basis")),
    )

    class Meta(RecordForm.Meta):
        model = Plan
        fields = ("number", "issued_on", "issuer", "year", "subject", "legal_basis")
        help_texts = {
            "number": "Ví dụ: 45/KH-UBND.",
            "issued_on": "Ví dụ: 17/3/2023.",
            "year": "Năm mà kế hoạch này áp dụng, ví dụ: 2023.",
            "subject": "Ví dụ: Kiểm tra công vụ năm 2023 trên địa bàn tỉnh.",
            "legal_basis": "Các luật, nghị định, quyết định làm căn cứ; mỗi văn bản một dòng.",
        }
        widgets = {
            "year": forms.NumberInput(attrs={"min": 1945, "max": 2200, "step": 1}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, Unit.objects.visible_to(user), "issuer")
        if self.instance.pk is None:
            self.initial.setdefault("issuer", user.unit)
            self.initial.setdefault("year", today().year)

    def clean_year(self) -> int:
        """Told at once, whatever else is missing for the plan's other rules to be told."""
        year: int = self.cleaned_data["year"]
        if refusal := why_not_year(year):
            raise forms.ValidationError(refusal)
        return year


class ContentForm(RecordForm):
    """An entry of the catalogue of what a round may cover."""

    class Meta(RecordForm.Meta):
        model = Content
        fields = ("label", "position", "is_offered")
        help_texts = {
            "label": "Ví dụ: Thời giờ làm việc.",
            "position": "Số nhỏ đứng trước.",
            "is_offered": "Bỏ chọn để ngừng dùng cho cuộc mới; các cuộc đã có vẫn giữ.",
        }
        widgets = {"position": forms.NumberInput(attrs={"min": 0, "max": 9999, "step": 1})}

    def clean_label(self) -> str:
        """No two entries that read alike."""
        label: str = self.cleaned_data["label"]
        others = Content.objects.exclude(pk=self.instance.pk).values_list("label", flat=True)
        if fold(label) in {fold(other) for other in others}:
            raise forms.ValidationError("Danh mục đã có nội dung này.")
        return label

    def save_as(self, by: Any) -> bool:
        """Save the entry; a new one gets its code from its label, and a code never changes."""
        if not self.instance.code:
            stem = slugify(fold(self.instance.label))[:34].replace("-", "_") or "content"
            code, number = stem, 1
            while Content.objects.filter(code=code).exists():
                number += 1
                code = f"{stem}_{number}"
            self.instance.code = code
        return super().save_as(by)

    def taken_message(self, fault: IntegrityError) -> str:
        """Only its code, made from the label, must be its own."""
        return "Danh mục vừa có nội dung này; hãy xem lại danh mục."
