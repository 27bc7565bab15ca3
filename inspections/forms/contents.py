"""The form of the catalogue of contents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError
from django.utils.text import slugify

from congvu.forms import RecordForm
from congvu.text import fold
from inspections.models import Content


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
