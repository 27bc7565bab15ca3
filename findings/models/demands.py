"""What a remedy demands: its columns, the rules of what it may say, and who may do what with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import models

from accounts.models import User
from accounts.roles import Role
from congvu.access import require
from congvu.dates import format_day, today
from congvu.fields import BlockField, FoldedField, LineField, NameSortKeyField
from congvu.rules import Fault, Ruled
from directives.models import Document, is_document_number
from findings.copies import CopiedFromRound
from findings.models.codes import (
    FORMS_OF,
    LAST_DAYS,
    DisciplineForm,
    OfficialKind,
    RemedyKind,
    Subject,
)
from findings.models.findings import Finding
from findings.models.follow_up import refuse
from inspections.models import Visit

# What a demand asks of whom: whoever softens it settles it in part.
ASKED = ("kind", "subject", "content", "discipline_form")

# Told to whoever made a demand of the own unit.
OWN_DEMAND = "Đơn vị được kiến nghị không tự xóa, không tự đổi yêu cầu đối với mình."
# Told to whoever may settle remedies, but not this one.
OWN_WORK = (
    "Đơn vị được kiến nghị không tự xác nhận hoàn thành; hãy báo cáo tiến độ để cơ quan kiểm tra "
    "xác nhận."
)


class Demand(CopiedFromRound, Ruled):
    """The columns of a remedy. What happens to it stands in `Remedy`."""

    code = LineField("mã kiến nghị", max_length=50, unique=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="lượt kiểm tra", related_name="remedies"
    )
    finding = models.ForeignKey(
        Finding,
        models.PROTECT,
        verbose_name="tồn tại",
        null=True,
        blank=True,
        related_name="remedies",
    )
    kind = models.CharField("loại kiến nghị", max_length=20, choices=RemedyKind.choices)
    subject = models.CharField("đối tượng", max_length=10, choices=Subject.choices)
    person_name = LineField("họ tên", max_length=150, blank=True, default="")
    person_post = LineField("chức vụ", max_length=200, blank=True, default="")
    discipline_form = models.CharField(
        "hình thức kỷ luật", max_length=20, choices=DisciplineForm.choices, blank=True, default=""
    )
    due_on = models.DateField("hạn thực hiện", null=True, blank=True)
    completed_on = models.DateField("ngày hoàn thành", null=True, blank=True)
    report_document = LineField("văn bản báo cáo", max_length=200, blank=True, default="")
    content = BlockField("nội dung", blank=True, default="")
    # Who of the asked side answers for it, where that is somebody else than the visited unit.
    answerer = LineField("người, đơn vị trả lời", max_length=200, blank=True, default="")
    # Who of the inspecting side follows it.
    keeper = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="người theo dõi",
        null=True,
        blank=True,
        related_name="remedies_kept",
    )
    # When the asked side said that it knows of the demand, and who said so.
    acknowledged_at = models.DateTimeField("tiếp nhận lúc", null=True, blank=True, editable=False)
    acknowledged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # Who recorded that it is done; unknown for what came from a workbook.
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # The visit of a re-check (phúc tra) that settled it on the spot.
    settled_in = models.ForeignKey(
        Visit,
        models.PROTECT,
        verbose_name="lượt phúc tra",
        null=True,
        blank=True,
        editable=False,
        related_name="remedies_settled",
    )
    # Discipline alone: which kind of official, whether the case is complicated, the decision.
    official_kind = models.CharField(
        "loại cán bộ", max_length=20, choices=OfficialKind.choices, blank=True, default=""
    )
    is_complicated = models.BooleanField("vụ việc phức tạp", default=False)
    decision_number = LineField("số quyết định kỷ luật", max_length=60, blank=True, default="")
    decision_on = models.DateField("ngày quyết định", null=True, blank=True)
    documents = models.ManyToManyField(
        Document, verbose_name="văn bản", blank=True, related_name="remedies"
    )
    # Two spellings of one name are one person (contract §4 rule 5): compared by this.
    person_folded = FoldedField(source=("person_name",))
    person_sort_key = NameSortKeyField(source=("person_name",))
    folded = FoldedField(source=("code", "content"))

    class Meta:
        abstract = True

    def faults(self) -> Iterator[Fault]:
        """Contract §3, "Refused": names, discipline, and the finding of another visit."""
        if self.finding is not None and self.finding.visit_id != self.visit_id:
            yield Fault(
                "finding",
                f"Tồn tại {self.finding.code} không thuộc lượt kiểm tra này nên không thể là căn "
                "cứ của kiến nghị.",
            )
        if self.subject == Subject.COLLECTIVE and self.person_name:
            yield Fault("person_name", "Kiến nghị đối với tập thể thì không ghi họ tên cá nhân.")
        if self.kind == RemedyKind.DISCIPLINE and self.subject == Subject.COLLECTIVE:
            yield Fault("subject", "Xử lý kỷ luật chỉ áp dụng với cá nhân.")
        if self.discipline_form and self.kind and self.kind != RemedyKind.DISCIPLINE:
            yield Fault(
                "discipline_form",
                "Hình thức kỷ luật chỉ ghi khi loại kiến nghị là “Xử lý kỷ luật”.",
            )
        last = LAST_DAYS.get(self.discipline_form)
        if last and self.visit.round.ends_on > last:
            yield Fault(
                "discipline_form",
                f"Hình thức “{DisciplineForm(self.discipline_form).label}” chỉ áp dụng đến hết "
                f"ngày {format_day(last)}; cuộc kiểm tra kết thúc ngày "
                f"{format_day(self.visit.round.ends_on)}.",
            )
        yield from self._discipline_faults(last)

    def _discipline_faults(self, last: date | None) -> Iterator[Fault]:
        """What no workbook brings: the kind of official, the decision. `last`: of the form."""
        known = FORMS_OF.get(self.official_kind)
        if known and self.discipline_form and self.discipline_form not in known:
            form = DisciplineForm(self.discipline_form).label
            offered = ", ".join(each.label.lower() for each in known)
            yield Fault(
                "official_kind",
                f"Hình thức “{form}” không áp dụng với “{OfficialKind(self.official_kind).label}”; "
                f"chỉ có: {offered}.",
            )
        if self.decision_number and not is_document_number(self.decision_number):
            yield Fault(
                "decision_number",
                f"“{self.decision_number}” không phải số ký hiệu văn bản; ví dụ: 45/QĐ-UBND.",
            )
        if self.decision_on is None:
            return
        visited_on = self.visit.visited_on
        if self.decision_on < visited_on:
            yield Fault(
                "decision_on",
                f"Ngày quyết định không thể trước ngày kiểm tra ({format_day(visited_on)}).",
            )
        elif self.decision_on > today():
            yield Fault("decision_on", "Ngày quyết định không thể sau hôm nay.")
        elif last and self.decision_on > last:
            yield Fault(
                "decision_on",
                f"Hình thức kỷ luật này chỉ áp dụng đến hết ngày {format_day(last)}.",
            )

    def clean(self) -> None:
        """Also: a new due day is not before the conclusion; discipline names somebody or a matter.

        Not among `faults()`: a workbook may bring what was demanded on the spot, without names.
        """
        super().clean()
        refuse([*self._late_faults(), *self._nameless_faults()])

    def _late_faults(self) -> Iterator[Fault]:
        concluded_on = self.visit.concluded_on if self.knows("visit") else None
        if not (self.due_on and concluded_on and self.due_on < concluded_on):
            return
        stored = type(self)._default_manager.filter(pk=self.pk, due_on=self.due_on)
        if self._state.adding or not stored.exists():
            yield Fault(
                "due_on",
                f"Hạn thực hiện {format_day(self.due_on)} không thể trước ngày kết luận "
                f"({format_day(concluded_on)}).",
            )

    def _nameless_faults(self) -> Iterator[Fault]:
        asked = self.kind == RemedyKind.DISCIPLINE and self.subject == Subject.INDIVIDUAL
        if not asked or self.person_name or self.content:
            return
        # One that a workbook brought so can still be given its decision.
        stored = type(self)._default_manager.filter(
            pk=self.pk, kind=RemedyKind.DISCIPLINE, person_name="", content=""
        )
        if self._state.adding or not stored.exists():
            yield Fault(
                "content",
                "Xử lý kỷ luật phải nói rõ xử lý ai hoặc việc gì: hãy ghi họ tên cá nhân hoặc nội "
                "dung yêu cầu.",
            )

    @property
    def is_of_person(self) -> bool:
        """Whether it is of a person by name, or of one whom its papers name: discipline."""
        return self.kind == RemedyKind.DISCIPLINE or bool(self.person_name)

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may change the demand itself: the side that inspected."""
        return user.may("remedies.change") and user.in_scope(self.visit.round.body)

    def is_settled_by(self, user: User) -> bool:
        """Whether the user may record that the remedy is done.

        The side that inspected, or who follows up units under its own; never the side that must act
        for its own work, even where its own round asked for it. Only STAFF settle what a body in
        their scope asked of their own unit: above a province nobody else could.
        """
        if not user.may("remedies.settle"):
            return False
        if self.visit.unit_id in user.lineage_ids:
            return user.role == Role.STAFF and user.in_scope(self.visit.round.body)
        return user.in_scope(self.visit.round.body) or user.in_scope(self.visit.unit)

    def is_reported_by(self, user: User) -> bool:
        """Whether the user may report progress: the asked unit's side, or whoever may settle."""
        return self.is_settled_by(user) or (
            user.may("remedies.report") and user.in_scope(self.visit.unit)
        )

    def is_asked_of(self, user: User) -> bool:
        """Whether the user stands for the side that must act, and does not judge its work.

        It says that it knows of the demand, and asks for more time.
        """
        return self.is_reported_by(user) and not self.is_settled_by(user)

    def may_be_kept_by(self, user: User) -> bool:
        """Whether the user may follow it: of the side that may say that it is done, and active."""
        return user.is_active and self.is_settled_by(user)

    def require_asked(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever does not stand for the asked side."""
        if not self.is_asked_of(user):
            raise PermissionDenied("Chỉ đơn vị được kiến nghị mới làm việc này.")

    def require_editable(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may only read."""
        if not self.is_editable_by(user):
            raise PermissionDenied("Chỉ cơ quan đã kiểm tra mới được sửa kiến nghị này.")

    def is_extended_by(self, user: User) -> bool:
        """Whether the user may move the due day: never for work of the user's own unit."""
        return self.is_editable_by(user) and self.is_settled_by(user)

    def require_extended(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not move the due day."""
        self.require_editable(user)
        if not self.is_extended_by(user):
            raise PermissionDenied("Đơn vị được kiến nghị không tự gia hạn việc của mình.")

    def require_withdrawn(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not take away or change what is asked.

        Never the side that must act, even where its own round asked for it.
        """
        self.require_editable(user)
        if not self.is_settled_by(user):
            raise PermissionDenied(OWN_DEMAND)

    def require_settled(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not record completion."""
        require(user, "remedies.settle")
        if not self.is_settled_by(user):
            raise PermissionDenied(OWN_WORK)

    def require_reported(self, user: User) -> None:
        """Raise `PermissionDenied` (403) for whoever may not report on this remedy."""
        if not self.is_reported_by(user):
            raise PermissionDenied("Bạn không được báo cáo về kiến nghị này.")
