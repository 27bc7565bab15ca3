"""Forms of plans: a draft and its programmes, a plan issued long ago, and what a step asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from congvu.dates import today
from congvu.forms import RecordForm, RowsForm
from inspections.models import IssuedByPaper, Plan, Programme, why_not_year
from units.forms import UnitField, offer
from units.models import Unit

if TYPE_CHECKING:
    _Rows = forms.BaseInlineFormSet[Programme, Plan, "ProgrammeForm"]
    _ProgrammeForm = forms.ModelForm[Programme]
    _PlanChoice = forms.ModelChoiceField[Plan]
else:
    _Rows = forms.BaseInlineFormSet
    _ProgrammeForm = forms.ModelForm
    _PlanChoice = forms.ModelChoiceField

_HELP = {
    "number": "Ví dụ: 45/KH-UBND.",
    "issued_on": "Ví dụ: 17/3/2023.",
    "year": "Năm mà kế hoạch này áp dụng, ví dụ: 2023.",
    "subject": "Ví dụ: Kiểm tra công vụ năm 2023 trên địa bàn tỉnh.",
    "legal_basis": "Các luật, nghị định, quyết định làm căn cứ; mỗi văn bản một dòng.",
    "overlap_days": "Hai lần kiểm tra một đơn vị trong cùng năm, hoặc cách nhau không quá số ngày "
    "này, được báo là chồng chéo.",
    "is_framework": "Chọn khi kế hoạch gộp chương trình kiểm tra của nhiều cơ quan; mỗi mục khi đó "
    "phải ghi chương trình.",
}
_WIDGETS = {
    "year": forms.NumberInput(attrs={"min": 1945, "max": 2200, "step": 1}),
    "overlap_days": forms.NumberInput(attrs={"min": 0, "max": 3650, "step": 1}),
}


class _YearForm(RecordForm):
    """What every form of a plan asks: whose it is, and for which year."""

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


class PlanForm(_YearForm):
    """A plan as it was issued."""

    issuer = UnitField(
        label="Cơ quan ban hành",
        day_field="issued_on",
        help_text="Ghi mã hoặc tên của đơn vị như khi ban hành, ví dụ: 19 hoặc Tỉnh Thái Nguyên.",
    )
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Văn bản ban hành", ("number", "issued_on", "issuer")),
        ("Nội dung kế hoạch", ("year", "subject", "legal_basis", "overlap_days")),
    )

    class Meta(RecordForm.Meta):
        model = Plan
        fields = (
            "number",
            "issued_on",
            "issuer",
            "year",
            "subject",
            "legal_basis",
            "overlap_days",
        )
        help_texts = _HELP
        widgets = _WIDGETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("number", "issued_on"):
            self.fields[name].required = True
        if self.instance.paper_id:
            # They are the document's, and are mended there.
            for name in ("number", "issued_on", "issuer"):
                del self.fields[name]
        if self.instance.pk and self.instance.items.exists():
            # Its items lie in that year.
            del self.fields["year"]

    @property
    def number_holder(self) -> IssuedByPaper | None:
        """What the issuer issued under the number already; for the page, which leads there."""
        return self.instance.number_holder if "number" in self.errors else None


class DraftForm(RowsForm, _YearForm):
    """The draft of a plan; `programmes` are the rows of what it carries out."""

    issuer = UnitField(
        label="Cơ quan ban hành",
        help_text="Cơ quan sẽ ký ban hành. Ghi mã hoặc tên, ví dụ: Tỉnh Thái Nguyên.",
    )
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Nội dung kế hoạch", ("issuer", "year", "subject", "legal_basis")),
        ("Cách lập", ("overlap_days", "is_framework")),
    )

    class Meta(RecordForm.Meta):
        model = Plan
        fields = ("issuer", "year", "subject", "legal_basis", "overlap_days", "is_framework")
        help_texts = _HELP
        widgets = _WIDGETS

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if self.instance.pk is None:
            self.instance.status = Plan.Status.DRAFT
            self.initial["year"] = today().year + (today().month > 6)
        elif self.instance.items.exists():
            # Its items lie in that year.
            del self.fields["year"]
        rows = ProgrammeFormSet(
            self.data if self.is_bound else None,
            instance=self.instance,
            prefix="programmes",
            form_kwargs={"user": user},
        )
        self._take_rows("chương trình", rows)

    def _update_errors(self, errors: ValidationError) -> None:
        """An issuer that is no more is told with its heirs."""
        told = getattr(errors, "error_dict", {})
        issuer = self.cleaned_data.get("issuer")
        if "issuer" in told and issuer is not None:
            field = self.fields["issuer"]
            assert isinstance(field, UnitField)  # noqa: S101  # declared above
            if heirs := field.heirs_text([issuer], today()).strip():
                told["issuer"].append(ValidationError(heirs))
        super()._update_errors(errors)

    def rows_told(self) -> list[str]:
        """The programmes, each with its body."""
        found = self.instance.programmes.select_related("body").order_by("position", "pk")
        return [f"{each.name} ({each.body.name})" for each in found]


class ProgrammeForm(_ProgrammeForm):
    """One programme and the body that it belongs to; a row left empty is none."""

    body = UnitField(label="Cơ quan chủ trì")

    class Meta:
        model = Programme
        fields = ("name", "body")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, Unit.objects.around(user), "body")


class ProgrammeRows(_Rows):
    """The rows of programmes; one that items name stays."""

    def clean(self) -> None:
        """A programme that an item names is not taken away."""
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and form.instance.items.exists():
                # A row that is to go is not asked for its own faults.
                raise forms.ValidationError(
                    f"Chương trình “{form.instance.name}” còn mục kế hoạch thuộc về; hãy sửa các "
                    "mục đó trước khi bỏ."
                )


ProgrammeFormSet = forms.inlineformset_factory(
    Plan,
    Programme,
    form=ProgrammeForm,
    formset=ProgrammeRows,
    extra=2,
    max_num=60,
    absolute_max=60,
    can_delete=True,
)


class SourceChoice(_PlanChoice):
    """A plan whose items are copied, told by number, year and issuer."""

    def label_from_instance(self, obj: Plan) -> str:
        """Such as: Kế hoạch 45/KH-UBND năm 2023 – Tỉnh Thái Nguyên."""
        return f"{obj} – {obj.issuer.name}"


class CopyForm(forms.Form):
    """Which plan's items are copied into a draft."""

    source = SourceChoice(
        label="Chép các mục từ",
        queryset=Plan.objects.none(),
        empty_label="Chọn kế hoạch",
        help_text="Các mục đang có hiệu lực của kế hoạch được chọn, kể cả sau điều chỉnh.",
    )

    def __init__(self, *args: Any, user: User, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, SourceChoice)  # noqa: S101  # declared above
        choices = Plan.objects.editable_by(user).exclude(pk=plan.pk).filter(items__isnull=False)
        field.queryset = choices.select_related("issuer").distinct()
        # Last year's plan of the same issuer is what is mostly meant.
        last = field.queryset.filter(issuer=plan.issuer, year=plan.year - 1).first()
        if last is not None:
            self.initial.setdefault("source", last.pk)

    @property
    def has_sources(self) -> bool:
        """Whether there is any plan to copy from. One query."""
        field = self.fields["source"]
        assert isinstance(field, SourceChoice)  # noqa: S101  # declared above
        return field.queryset is not None and field.queryset.exists()
