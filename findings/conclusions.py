"""The conclusion of a visit: a document of the register that makes the demands, all at once."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db import transaction

from accounts.models import User
from congvu.dates import format_day
from congvu.deeds import done, still_sealed
from congvu.rules import ConflictError
from congvu.trail import mark
from directives.forms import DocumentForm
from directives.models import Document, DocumentType
from findings.due import proposed_due
from findings.forms import no_citizen_id
from findings.forms.remedies import FindingChoice
from findings.models import Finding, Remedy, Subject
from inspections.forms import DeedPaperForm
from inspections.models import Visit

if TYPE_CHECKING:
    _Row = forms.ModelForm[Remedy]
    _Rows = forms.BaseFormSet["DemandRow"]
else:
    # Django's own classes take no type parameters while they run.
    _Row = forms.ModelForm
    _Rows = forms.BaseFormSet

# By which types of document a visit is concluded, the usual one first.
TYPES = (DocumentType.CONCLUSION, DocumentType.NOTICE, DocumentType.LETTER)


class DemandRow(_Row):
    """One demand of a conclusion; a row left empty is none."""

    finding = FindingChoice(
        label="Tồn tại là căn cứ",
        queryset=Finding.objects.none(),
        required=False,
        empty_label="Không gắn với một tồn tại riêng",
    )

    class Meta:
        model = Remedy
        fields: tuple[str, ...] = (
            "finding",
            "kind",
            "content",
            "due_on",
            "subject",
            "person_name",
            "person_post",
            "answerer",
            "is_complicated",
        )
        labels: ClassVar[dict[str, str]] = {
            "content": "Nội dung yêu cầu",
            "is_complicated": "Vụ việc kỷ luật phức tạp",
            "person_name": "Họ tên cá nhân",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {"content": forms.Textarea(attrs={"rows": 2})}
        formfield_callback = DocumentForm.Meta.formfield_callback

    def __init__(self, *args: Any, visit: Visit, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.visit = visit
        self.fields["content"].validators.append(no_citizen_id)
        finding = self.fields["finding"]
        assert isinstance(finding, forms.ModelChoiceField)  # noqa: S101  # declared above
        # Read once for all rows.
        finding.queryset = choices
        subject = self.fields["subject"]
        assert isinstance(subject, forms.ChoiceField)  # noqa: S101  # a column with choices
        subject.choices = Subject.choices
        subject.initial = Subject.COLLECTIVE

    def check(self, concluded_on: date) -> None:
        """The due day: the one proposed for the kind where none is typed; none before that day."""
        remedy = self.instance
        if remedy.due_on is None:
            remedy.due_on = proposed_due(
                remedy.kind, concluded_on, is_complicated=remedy.is_complicated
            )
        elif remedy.due_on < concluded_on:
            self.add_error(
                "due_on",
                f"Hạn thực hiện {format_day(remedy.due_on)} không thể trước ngày kết luận "
                f"({format_day(concluded_on)}).",
            )


class DemandRowsBase(_Rows):
    """The demands of one conclusion."""

    @property
    def filled(self) -> list[DemandRow]:
        """The rows in which a demand stands. Only after they were checked."""
        return [row for row in self.forms if row.has_changed() and row.is_valid()]

    def check(self, concluded_on: date) -> bool:
        """Whether the rows are right for a conclusion of that day."""
        filled = self.filled
        for row in filled:
            row.check(concluded_on)
        return not any(row.errors for row in filled)

    def save_as(self, by: User, visit: Visit) -> list[Remedy]:
        """Add the demands to the visit, which was just concluded and is held."""
        made = []
        for row in self.filled:
            remedy = row.instance
            if remedy.finding_id and not visit.findings.filter(pk=remedy.finding_id).exists():
                raise ConflictError(f"Tồn tại {remedy.finding_id}")
            remedy.visit = visit
            remedy.code = Remedy.objects.next_code(visit.round)
            remedy.clean()
            remedy.save()
            mark(by, remedy, "added", note=f"Theo kết luận {visit.conclusion_number}.")
            made.append(remedy)
        return made


DemandRows: Any = forms.formset_factory(
    DemandRow, formset=DemandRowsBase, extra=1, max_num=100, absolute_max=100
)


class Concluding(forms.Form):
    """What both ways to conclude a visit share: the rows, and the deed."""

    visit: Visit
    rows: Any
    row_sets: Any

    def _take(self, visit: Visit) -> None:
        self.visit = visit
        findings = list(visit.findings.order_by("pk"))
        answered = set(visit.remedies.values_list("finding_id", flat=True))
        before = copy(visit)
        before.concluded_on = None  # judged by `check`, when the new day is known
        choices = visit.findings.order_by("pk")
        choices._result_cache = findings
        self.rows = DemandRows(
            self.data if self.is_bound else None,
            prefix="demands",
            initial=[{"finding": each} for each in findings if each.pk not in answered],
            form_kwargs={"visit": before, "choices": choices},
        )
        self.row_sets = [("Kiến nghị", self.rows)]

    def _rows_right(self, own: bool, concluded_on: date | None) -> bool:
        """Whether the rows are right besides the form itself, and says above that they are not."""
        rows: bool = self.rows.is_valid()
        if rows and concluded_on:
            rows = self.rows.check(concluded_on)
        if not rows:
            self.add_error(None, "Hãy sửa các dòng kiến nghị được đánh dấu bên dưới.")
        return own and rows

    def conclude(self, by: User, paper: Document) -> None:
        """Conclude the visit by the document, and make the demands."""
        with transaction.atomic():
            self.visit.conclude(by, paper)
            self.rows.save_as(by, self.visit)


class ConclusionForm(DeedPaperForm, Concluding):
    """A conclusion that is registered now."""

    types = TYPES
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Văn bản kết luận", ("number", "issued_on", "type", "issuer", "signer", "subject")),
        ("Tệp", ("file",)),
    )

    class Meta(DocumentForm.Meta):
        fields = ("number", "issued_on", "type", "issuer", "signer", "subject", "file")
        help_texts = {
            **DocumentForm.Meta.help_texts,
            "number": "Ví dụ: 12/KL-SNV hoặc 30/TB-ĐKT.",
            "issued_on": "Hạn của các kiến nghị tính từ ngày này.",
            "subject": "Ví dụ: Kết luận kiểm tra công vụ tại Ủy ban nhân dân xã Định Hóa.",
        }

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        first = {
            "issuer": visit.round.body,
            "subject": f"Kết luận kiểm tra công vụ tại {visit.unit_name}",
            "issued_on": visit.concluded_on,
            "number": visit.conclusion_number,
        }
        kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, deed=self.conclude, **kwargs)
        self.fields["issuer"].required = True
        self._take(visit)

    def is_valid(self) -> bool:
        """Whether the document and every demand is right."""
        own = super().is_valid()
        return self.is_bound and self._rows_right(own, self.cleaned_data.get("issued_on"))


class KnownConclusionForm(Concluding):
    """A conclusion that is registered already, such as of another visit of the same round."""

    seal = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, visit: Visit, paper: Document, seal: str) -> None:
        super().__init__(data, initial={"seal": seal})
        self.paper, self._seal = paper, seal
        self._take(visit)

    def clean_seal(self) -> str:
        """What was shown must still be so."""
        return still_sealed(self, "seal", self._seal)

    def is_valid(self) -> bool:
        """Whether what was shown still is so, and every demand is right."""
        own = super().is_valid()
        return self.is_bound and self._rows_right(own, self.paper.issued_on)

    def save_as(self, by: User) -> bool:
        """Conclude the visit; False when a rule forbids it, and then the form says why."""
        return done(self, lambda: self.conclude(by, self.paper))
