"""The form of a remedy: what is demanded, of whom, by when."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import User
from congvu.dates import format_day
from congvu.forms import RecordForm
from findings.due import days_for, proposed_due
from findings.forms.on_visit import OnVisitForm
from findings.models import (
    ASKED,
    FORMS_OF,
    OWN_DEMAND,
    DisciplineForm,
    Finding,
    Remedy,
    RemedyKind,
    Subject,
    discipline_forms_on,
)

if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Finding]
else:
    # Django's own classes take no type parameters while they run.
    _ModelChoice = forms.ModelChoiceField


class FindingChoice(_ModelChoice):
    """A finding of the visit, told by code, category and content."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as: TN23-F001 – Thời giờ làm việc: đi muộn."""
        return f"{obj.code} – {obj.get_category_display()}: {obj.content[:80]}"


# Of disciplinary measures alone.
_DISCIPLINE = (
    "official_kind",
    "discipline_form",
    "is_complicated",
    "decision_number",
    "decision_on",
)


class RemedyForm(OnVisitForm):
    """What the visited unit or a person must do, by when."""

    finding = FindingChoice(
        label="Tồn tại là căn cứ",
        queryset=Finding.objects.none(),
        required=False,
        empty_label="Không gắn với một tồn tại riêng",
    )
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Yêu cầu", ("finding", "kind", "content", "due_on")),
        ("Ai phải thực hiện", ("subject", "person_name", "person_post", "answerer")),
        (
            "Kỷ luật",
            (
                "official_kind",
                "discipline_form",
                "is_complicated",
                "decision_number",
                "decision_on",
            ),
        ),
        ("Hồ sơ", ("report_document", "code")),
    )

    class Meta(RecordForm.Meta):
        model = Remedy
        fields = (
            "finding",
            "kind",
            "content",
            "due_on",
            "subject",
            "person_name",
            "person_post",
            "answerer",
            *_DISCIPLINE,
            "report_document",
            "code",
        )
        labels = {"content": "Nội dung yêu cầu", "official_kind": "Loại cán bộ, công chức"}
        help_texts = {
            "content": "Ví dụ: Kiểm điểm trách nhiệm, báo cáo kết quả về Sở Nội vụ.",
            "due_on": "Ngày cuối còn trong hạn, ví dụ: 30/6/2023. Để trống nếu không đặt hạn; "
            "riêng kỷ luật thì hệ thống đặt hạn theo quy định.",
            "answerer": "Ai của đơn vị trả lời kiến nghị này, ví dụ: Chánh Văn phòng.",
            "official_kind": "Mỗi loại có những hình thức kỷ luật riêng; chưa rõ thì để trống.",
            "decision_number": "Ghi khi đã có quyết định, ví dụ: 45/QĐ-UBND.",
            "decision_on": "Ví dụ: 12/6/2023.",
            "person_name": "Chỉ ghi khi đối tượng là cá nhân. Không ghi số căn cước.",
            "person_post": "Ví dụ: Công chức bộ phận một cửa.",
            "report_document": "Số ký hiệu văn bản đơn vị báo cáo kết quả, nếu đã có.",
        }
        error_messages = {"code": {"unique": "Mã này đã được dùng; hãy chọn mã khác."}}
        widgets = {"content": forms.Textarea(attrs={"rows": 4}), "subject": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        finding = self.fields["finding"]
        assert isinstance(finding, forms.ModelChoiceField)  # noqa: S101  # declared above
        finding.queryset = self.visit.findings.order_by("pk")
        subject = self.fields["subject"]
        assert isinstance(subject, forms.ChoiceField)  # noqa: S101  # a column with choices
        subject.choices = Subject.choices  # without the empty one: one of two buttons
        self._offer_discipline_forms()
        # By which a script leaves only the forms of the chosen kind; without one all are offered.
        known = {kind: [str(form) for form in forms] for kind, forms in FORMS_OF.items()}
        self.fields["official_kind"].widget.attrs["data-forms"] = json.dumps(known)
        self.fields["is_complicated"].help_text = (
            f"Hạn đề xuất {settings.COMPLICATED_DISCIPLINE_DAYS} ngày thay vì "
            f"{days_for(RemedyKind.DISCIPLINE)} ngày."
        )
        if self.instance.pk is None:
            del self.fields["report_document"]  # nothing can have been reported yet
        elif self.instance.extensions.exists():
            due_on = self.fields["due_on"]
            due_on.help_text = "Hạn ban đầu. Các lần gia hạn giữ nguyên, không sửa ở đây."

    def _offer_discipline_forms(self) -> None:
        """Only forms in force on the round's last day, and what the remedy has already."""
        last_day = self.visit.round.ends_on
        offered: list[str] = [*discipline_forms_on(last_day)]
        if self.instance.discipline_form and self.instance.discipline_form not in offered:
            offered.append(self.instance.discipline_form)
        field = self.fields["discipline_form"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # a column with choices
        field.choices = [
            ("", "Không có"),
            *((each, DisciplineForm(each).label) for each in offered),
        ]
        field.error_messages["invalid_choice"] = (
            f"Hình thức này không áp dụng vào ngày kết thúc cuộc kiểm tra ({format_day(last_day)})."
        )
        field.help_text = (
            "Chỉ chọn khi loại kiến nghị là “Xử lý kỷ luật”. Danh sách gồm các hình thức áp dụng "
            f"vào ngày {format_day(last_day)}."
        )

    def clean(self) -> dict[str, Any]:
        """What is of discipline alone stands with discipline; a decision has number and day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind and kind != RemedyKind.DISCIPLINE:
            # `discipline_form` is the model's own rule.
            for name in set(_DISCIPLINE) - {"discipline_form"}:
                if cleaned.get(name):
                    self.add_error(name, "Chỉ ghi khi loại kiến nghị là “Xử lý kỷ luật”.")
        number, day = cleaned.get("decision_number"), cleaned.get("decision_on")
        if number and not day and "decision_on" not in self.errors:
            self.add_error("decision_on", "Hãy ghi ngày của quyết định.")
        if day and not number and "decision_number" not in self.errors:
            self.add_error("decision_number", "Hãy ghi số của quyết định.")
        self._propose_due(cleaned)
        return cleaned

    def _propose_due(self, cleaned: dict[str, Any]) -> None:
        """A new disciplinary measure without a due day gets the period that the law sets."""
        is_new = self.instance.pk is None
        if not is_new or "due_on" in self.errors or cleaned.get("due_on"):
            return
        if cleaned.get("kind") == RemedyKind.DISCIPLINE:
            since = self.visit.concluded_on or self.visit.visited_on
            complicated = bool(cleaned.get("is_complicated"))
            cleaned["due_on"] = proposed_due(
                RemedyKind.DISCIPLINE, since, is_complicated=complicated
            )

    def keep_due_day(self) -> None:
        """For whoever may not move it: nobody gives the own unit more time."""
        due_on = self.fields["due_on"]
        due_on.disabled = True
        due_on.help_text = "Đơn vị được kiến nghị không tự đổi hạn của mình."

    def keep_demand(self, user: User) -> None:
        """For the side that must act: it softens nothing that is asked of itself.

        Raises `PermissionDenied` (403) where something else was sent.
        """
        for name in ASKED:
            field, sent = self.fields[name], self.add_prefix(name) in self.data
            if sent and field.has_changed(self.initial.get(name), self[name].data):
                self.instance.require_withdrawn(user)
            field.disabled = True
            field.help_text = OWN_DEMAND

    def clean_due_on(self) -> date | None:
        """A new due day is not before the visit."""
        due: date | None = self.cleaned_data["due_on"]
        if due and "due_on" in self.changed_data and due < self.visit.visited_on:
            visited_on = format_day(self.visit.visited_on)
            raise ValidationError(f"Hạn thực hiện không thể trước ngày kiểm tra ({visited_on}).")
        return due
