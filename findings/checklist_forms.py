"""The form of a checklist with the rows of its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from congvu.forms import RecordForm, RowsForm
from congvu.text import fold
from findings.models import Category, Checklist, Question, QuestionKind, next_version
from inspections.models import Content

if TYPE_CHECKING:
    _Rows = forms.BaseInlineFormSet[Question, Checklist, "QuestionForm"]
    _QuestionForm = forms.ModelForm[Question]
else:
    # Django's own classes take no type parameters while they run.
    _Rows = forms.BaseInlineFormSet
    _QuestionForm = forms.ModelForm

MOST_QUESTIONS = 60
# What a new row has already when nothing was typed into it.
_OFFERED = {"position", "kind", "severity"}


class ChecklistForm(RowsForm):
    """A draft and its questions; a new one is kept by the person's own unit."""

    class Meta(RecordForm.Meta):
        model = Checklist
        fields = ("content", "title")
        help_texts = {
            "content": "Cuộc kiểm tra có nội dung này sẽ dùng bảng kiểm.",
            "title": "Ví dụ: Bảng kiểm thời giờ làm việc.",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.owner = user.unit
            content = self.fields["content"]
            assert isinstance(content, forms.ModelChoiceField)  # noqa: S101  # a reference
            content.queryset = Content.objects.filter(is_offered=True)
        else:
            # Which content it is on was chosen when the first version was made.
            del self.fields["content"]
        rows: QuestionRows = QuestionFormSet(
            self.data if self.is_bound else None,
            instance=self.instance,
            prefix="questions",
        )
        self._take_rows("câu hỏi", rows)

    def clean_content(self) -> Content:
        """The first version of the unit's own on this content; later ones are made from it."""
        content: Content = self.cleaned_data["content"]
        own = Checklist.objects.filter(owner=self.instance.owner, content=content).first()
        if own is not None:
            raise ValidationError(
                f"{self.instance.owner.name} đã có bảng kiểm cho nội dung này; hãy mở "
                f"“{own.title}” rồi lập phiên bản mới."
            )
        self.instance.version_number = next_version(self.instance.owner, content)
        return content

    def rows_told(self) -> list[str]:
        """The questions in their order, with what a “no” to them proposes."""
        return [question_told(each) for each in self.instance.questions.all()]

    def save_as(self, by: Any) -> bool:
        """Save the draft with its questions; False once somebody has put it in force."""
        with transaction.atomic():
            refusal = self.instance.hold().why_not("edited") if self.instance.pk else ""
            if refusal:
                self.add_error(None, refusal)
                return False
            return super().save_as(by)

    def taken_message(self, fault: IntegrityError) -> str:
        """One list of the same content has just been begun."""
        return "Người khác vừa lập bảng kiểm cho nội dung này; hãy mở bảng kiểm đó trong danh sách."


def question_told(question: Question) -> str:
    """The question as the trail tells it."""
    parts = [question.get_kind_display()]
    if question.category:
        parts += [question.get_category_display(), question.get_severity_display().lower()]
    if question.legal_basis:
        parts.append(question.legal_basis)
    told = f"{question.text} [{'; '.join(parts)}]"
    return f"{told} {question.guidance}" if question.guidance else told


class QuestionForm(_QuestionForm):
    """One question; a row left empty is none."""

    class Meta:
        model = Question
        fields = ("position", "text", "kind", "category", "severity", "guidance", "legal_basis")
        labels = {"category": "Đề xuất khi “Không”", "severity": "Mức độ đề xuất"}
        widgets = {
            "position": forms.NumberInput(attrs={"min": 1, "max": 999, "step": 1}),
            "text": forms.Textarea(attrs={"rows": 2}),
            "guidance": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].required = False
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)  # noqa: S101  # a column with choices
        category.choices = [("", "Không đề xuất"), *Category.choices]

    def has_changed(self) -> bool:
        """A new row counts once anything is typed into it."""
        changed = set(self.changed_data)
        return bool(changed - _OFFERED) if self.instance.pk is None else bool(changed)

    def clean(self) -> dict[str, Any] | None:
        """Only a “no” proposes a finding."""
        data = super().clean() or {}
        if data.get("category") and data.get("kind") not in (None, QuestionKind.YES_NO):
            self.add_error(
                "category",
                "Chỉ câu hỏi Có/Không mới đề xuất tồn tại; hãy chọn “Không đề xuất” hoặc đổi cách "
                "trả lời.",
            )
        return data


class QuestionRows(_Rows):
    """The rows of questions, in the order of the numbers that stand in them."""

    def clean(self) -> None:
        """No question is asked twice: told at the second row."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            text = fold(data.get("text") or "")
            if not text or data.get("DELETE"):
                continue
            if text in seen:
                form.add_error("text", "Câu hỏi này đã có ở dòng trên.")
            seen.add(text)

    def save(self, commit: bool = True) -> list[Question]:
        """Save the rows and number them anew; rows without a number come last, as they stand."""
        kept = [
            form
            for form in self.forms
            if form.cleaned_data.get("text") and not form.cleaned_data.get("DELETE")
        ]
        last = MOST_QUESTIONS * 1000
        ordered = sorted(kept, key=lambda form: form.cleaned_data.get("position") or last)
        moved = []
        for place, form in enumerate(ordered, start=1):
            if form.instance.pk and form.initial.get("position") != place:
                moved.append(form.instance)
            form.instance.position = place
        saved = super().save(commit)
        for question in moved:
            if question not in saved:
                question.save(update_fields=["position"])
        return saved


QuestionFormSet: Any = forms.inlineformset_factory(
    Checklist,
    Question,
    form=QuestionForm,
    formset=QuestionRows,
    extra=3,
    max_num=MOST_QUESTIONS,
    absolute_max=MOST_QUESTIONS,
    can_delete=True,
)
