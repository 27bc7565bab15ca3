"""Forms of findings and remedies, and of what is done with a remedy."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from congvu.dates import format_day
from congvu.deeds import DeedForm, tell
from congvu.forms import BlockInput, DayField, LineInput, RecordForm
from congvu.rules import ConflictError
from findings.models import DisciplineForm, Finding, Remedy, Subject, discipline_forms_on
from inspections.models import Round, Visit

if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Finding]
else:
    # Django's own classes take no type parameters while they run.
    _ModelChoice = forms.ModelChoiceField

_CITIZEN_ID = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


def no_citizen_id(text: str) -> None:
    """Refuse a text with what reads like a person's citizen id: those are kept nowhere here."""
    if found := _CITIZEN_ID.search(text):
        raise ValidationError(
            f"Không ghi số căn cước của cá nhân vào hệ thống; hãy bỏ dãy 12 chữ số "
            f"({found[0][:3]}…)."
        )


# How often another code is tried when somebody else took the proposed one at the same moment.
TRIES = 5


class OnVisitForm(RecordForm):
    """A record that hangs on a visit: its code is proposed, and the round is held while saving.

    A code left empty, or as it was proposed, is given when the record is saved.
    """

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.instance.visit = visit
        self.fields["content"].validators.append(no_citizen_id)
        if self.instance.pk is None:
            code = self.fields["code"]
            code.required = False
            code.help_text = f"Để trống thì hệ thống tự đặt, ví dụ: {self._next_code()}."

    def _next_code(self) -> str:
        code: str = self._meta.model.objects.next_code(self.visit.round)
        return code

    def clean_code(self) -> str:
        """The code typed; for a new record without one, the next that is free."""
        typed: str = self.cleaned_data.get("code") or ""
        self._own_code = bool(typed) or self.instance.pk is not None
        return typed or self._next_code()

    def save_as(self, by: Any) -> bool:
        """Save while nobody can move the round's days; False when a rule or a writer forbids it."""
        with transaction.atomic():
            self.visit.round = Round.objects.held(self.visit.round_id)
            if not Visit.objects.filter(pk=self.visit.pk).exists():
                raise ConflictError(str(self.visit))
            named = getattr(self.instance, "finding_id", None)
            if named is not None and not Finding.objects.filter(pk=named).exists():
                raise ConflictError(f"Tồn tại {named}")
            try:
                self.instance.clean()
            except ValidationError as faults:
                tell(self, faults)
                return False
            for left in range(1 if self._own_code else TRIES, 0, -1):
                if super().save_as(by):
                    return True
                if left > 1:
                    # Somebody took the proposed code since: the next one, with the same content.
                    self.instance.pk = None
                    self.instance.code = self._next_code()
                    self.errors.clear()
            return False

    def taken_message(self, fault: IntegrityError) -> str:
        """Only the code must be the record's own."""
        return "Mã này vừa được dùng cho hồ sơ khác; hãy chọn mã khác rồi lưu lại."


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


class FindingChoice(_ModelChoice):
    """A finding of the visit, told by code, category and content."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as: TN23-F001 – Thời giờ làm việc: đi muộn."""
        return f"{obj.code} – {obj.get_category_display()}: {obj.content[:80]}"


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
        ("Ai phải thực hiện", ("subject", "person_name", "person_post", "discipline_form")),
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
            "discipline_form",
            "report_document",
            "code",
        )
        labels = {"content": "Nội dung yêu cầu"}
        help_texts = {
            "content": "Ví dụ: Kiểm điểm trách nhiệm, báo cáo kết quả về Sở Nội vụ.",
            "due_on": "Ngày cuối còn trong hạn, ví dụ: 30/6/2023. Để trống nếu không đặt hạn.",
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

    def keep_due_day(self) -> None:
        """For whoever may not move it: nobody gives the own unit more time."""
        due_on = self.fields["due_on"]
        due_on.disabled = True
        due_on.help_text = "Đơn vị được kiến nghị không tự đổi hạn của mình."

    def clean_due_on(self) -> date | None:
        """A new due day is not before the visit."""
        due: date | None = self.cleaned_data["due_on"]
        if due and "due_on" in self.changed_data and due < self.visit.visited_on:
            visited_on = format_day(self.visit.visited_on)
            raise ValidationError(f"Hạn thực hiện không thể trước ngày kiểm tra ({visited_on}).")
        return due


# --- deeds -----------------------------------------------------------------------------------


class ExtensionForm(DeedForm):
    """A permission to finish later."""

    decided_on = DayField(
        label="Ngày cho phép gia hạn", help_text="Ngày của văn bản cho phép, ví dụ: 20/6/2023."
    )
    due_on = DayField(label="Hạn mới", help_text="Ngày cuối còn trong hạn, ví dụ: 25/8/2023.")
    document = LineInput(
        label="Văn bản cho phép",
        max_length=200,
        required=False,
        help_text="Số ký hiệu, ví dụ: 12/SNV-CCHC.",
    )


class ReportForm(DeedForm):
    """How far the asked side is."""

    text = BlockInput(
        label="Nội dung báo cáo",
        max_length=5000,
        validators=[no_citizen_id],
        help_text="Đã làm gì, còn gì, bao giờ xong. Không ghi họ tên, số căn cước cá nhân.",
    )
    completed_on = DayField(
        label="Ngày đã hoàn thành",
        required=False,
        help_text="Chỉ ghi khi đã xong, ví dụ: 12/6/2023. Cơ quan kiểm tra sẽ xem và xác nhận.",
    )
    document = LineInput(
        label="Văn bản báo cáo",
        max_length=200,
        required=False,
        help_text="Số ký hiệu, ví dụ: 05/BC-UBND.",
    )


class CompletionForm(DeedForm):
    """When the remedy was done, and by which document that was reported."""

    completed_on = DayField(label="Ngày hoàn thành", help_text="Ví dụ: 12/6/2023.")
    report_document = LineInput(
        label="Văn bản báo cáo",
        max_length=200,
        required=False,
        help_text="Số ký hiệu văn bản của đơn vị, ví dụ: 05/BC-UBND.",
    )
