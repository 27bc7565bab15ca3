"""The form of a round, and those of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, prefetch_related_objects
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from congvu.dates import day_typed, today
from congvu.forms import ChoicesField, RecordForm
from congvu.text import fold
from inspections.forms.overlaps import OverlapForm
from inspections.forms.teams import GroupInput
from inspections.forms.visits import VisitRows, rows_typed
from inspections.members import Caution, cautions_of_round
from inspections.models import Content, Plan, PlanItem, Round, Team, Visit
from inspections.overlaps import Asked, days_of
from units.forms import UnitField, offer
from units.models import Unit

if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Any]
else:
    _ModelChoice = forms.ModelChoiceField

# How often another code is tried when somebody else took the proposed one at the same moment.
TRIES = 5
# A choice among so few needs no search.
FEW = 10


class PlanChoice(_ModelChoice):
    """A plan, told by number, year and subject."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as: 45/KH-UBND năm 2023 – Kiểm tra công vụ."""
        return " – ".join(filter(None, [f"{obj.number} năm {obj.year}", obj.subject]))


class TeamChoice(_ModelChoice):
    """A team, told by name, decision and body: names recur."""

    def label_from_instance(self, obj: Any) -> str:
        """Such as: Đoàn số 1 (512/QĐ-UBND) – Tỉnh Thái Nguyên (reads `body`)."""
        decision = f" ({obj.decision_number})" if obj.decision_number else ""
        return f"{obj.name}{decision} – {obj.body.name}"


class RoundForm(OverlapForm):
    """A round; a new one also names the units to visit (`rows`)."""

    body = UnitField(
        label="Cơ quan kiểm tra",
        day_field="starts_on",
        help_text="Cơ quan tiến hành. Ghi mã hoặc tên, ví dụ: Tỉnh Thái Nguyên.",
    )
    plan = PlanChoice(
        label="Kế hoạch",
        queryset=Plan.objects.none(),
        required=False,
        empty_label="Không theo kế hoạch nào",
    )
    team = TeamChoice(
        label="Đoàn kiểm tra",
        queryset=Team.objects.none(),
        required=False,
        empty_label="Chưa có đoàn",
    )
    contents = ChoicesField(
        label="Nội dung kiểm tra",
        queryset=Content.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # The plan's item from which the round is made.
    item = forms.ModelChoiceField(
        queryset=PlanItem.objects.none(), required=False, widget=forms.HiddenInput
    )
    # What was proposed when the form was opened: left as it was, it follows body and year.
    proposed = forms.CharField(required=False, widget=forms.HiddenInput)

    # The part also tells who of the team cannot well go.
    overlap_sources: ClassVar[tuple[str, ...]] = (
        "starts_on",
        "ends_on",
        "plan",
        "team",
        "team_group",
    )
    join_hint = (
        "Không lập cuộc mới: nội dung, mục kế hoạch và phần ghi thêm được đưa vào cuộc đã chọn."
    )
    carries_out: ClassVar[bool] = True

    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Thời gian và cơ quan", ("starts_on", "ends_on", "body", "code")),
        ("Cách kiểm tra", ("form", "trigger", "method", "announced")),
        ("Căn cứ và đoàn", ("plan", "team", "team_group")),
        ("Nội dung", ("contents", "scope_note")),
    )

    class Meta(RecordForm.Meta):
        model = Round
        fields = (
            "starts_on",
            "ends_on",
            "body",
            "code",
            "form",
            "trigger",
            "method",
            "announced",
            "plan",
            "team",
            "team_group",
            "contents",
            "scope_note",
            "overlap_reason",
        )
        help_texts = {
            "team_group": "Nếu chỉ một tổ của đoàn đi, ghi tên tổ; để trống nếu cả đoàn đi.",
            "starts_on": "Ví dụ: 17/3/2023.",
            "ends_on": "Ngày cuối quyết định cuộc này thuộc kỳ báo cáo nào.",
            "announced": "Chọn nếu đơn vị được thông báo trước khi đoàn đến.",
            "scope_note": "Ghi thêm điều cần kiểm tra mà danh mục trên chưa có.",
        }
        labels = {"scope_note": "Nội dung ghi thêm", "team_group": "Tổ của đoàn"}
        widgets = {"scope_note": forms.Textarea(attrs={"rows": 4}), "team_group": GroupInput}
        error_messages = {
            "code": {"unique": "Mã này đã được dùng; hãy chọn mã khác."},
        }

    def __init__(
        self, *args: Any, user: User, draft: QueryDict | None = None, **kwargs: Any
    ) -> None:
        """`draft` is what was typed so far, shown again without being checked."""
        super().__init__(*args, user=user, **kwargs)
        offer(self, Unit.objects.visible_to(user), "body")
        self._scope_choices(user)
        self.rows = None
        self.joins = self.instance.pk is None
        if self.instance.pk is None:
            self._propose(user, draft)
            self.rows = self._rows(user, draft)
            self.row_sets = [("Đơn vị", self.rows)]
        else:
            del self.fields["proposed"], self.fields["item"]
            self._say_what_is_settled()

    def _say_what_is_settled(self) -> None:
        """Where a locked visit or a demand keeps the round as it is, the fields say so."""
        handed_over, retold = self.instance.why_settled()
        for names, refusal in ((("body",), handed_over), (("team", "contents"), retold)):
            for name in names if refusal else ():
                self.fields[name].help_text = refusal

    def _contents_stay(self) -> bool:
        """Whether the contents are left alone where minutes tell them; if not, the form says so."""
        if self.instance.pk is None or "contents" not in self.changed_data:
            return True
        if refusal := self.instance.why_not_retold():
            self.add_error("contents", refusal)
        return not refusal

    def _rows(self, user: User, draft: QueryDict | None) -> Any:
        """The `VisitRowsBase` of units to visit; a draft's, with more empty ones after them."""
        typed = self.data if draft is None else draft
        first_day = day_typed(typed.get("starts_on"))
        form_kwargs = {"user": user, "first_day": first_day}
        if draft is None:
            data = self.data if self.is_bound else None
            first = [{"unit": self.initial["visit"]}] if "visit" in self.initial else None
            return VisitRows(data, prefix="visits", form_kwargs=form_kwargs, initial=first)
        return VisitRows(prefix="visits", form_kwargs=form_kwargs, initial=rows_typed(draft))

    def _scope_choices(self, user: User) -> None:
        """Plans and teams in scope, contents on offer; and what the round has already."""
        record = self.instance
        # A draft is carried out by nobody yet.
        issued = Plan.objects.visible_to(user).issued()
        plans = Plan.objects.filter(Q(pk__in=issued.values("pk")) | Q(pk=record.plan_id))
        teams = Team.objects.filter(
            Q(pk__in=Team.objects.visible_to(user).values("pk")) | Q(pk=record.team_id)
        ).select_related("body")
        group: Any = self.fields["team_group"].widget
        group.teams = teams
        group.team_chosen = lambda: self["team"].value()
        offered = Q(is_offered=True)
        if record.pk:
            offered |= Q(pk__in=record.contents.values("pk"))
        for name, choices in (
            ("plan", plans),
            ("team", teams),
            ("contents", Content.objects.filter(offered)),
            ("item", PlanItem.objects.visible_to(user).in_force().filter(plan__status="ISSUED")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
            field.queryset = choices
            if isinstance(field.widget, forms.Select):
                # Read once; a search box helps only where there is much to look through.
                choosable: Any = field.choices
                offered_now = list(choosable)
                field.widget.choices = offered_now
                if len(offered_now) > FEW:
                    field.widget.attrs["data-search-select"] = ""

    def _propose(self, user: User, draft: QueryDict | None) -> None:
        last = self.fields["ends_on"]
        last.required = False
        last.help_text = f"Để trống nếu cuộc chỉ một ngày. {last.help_text}"
        code = self.fields["code"]
        code.required = False
        code.help_text = (
            "Hệ thống đề xuất theo cơ quan và năm; có thể giữ nguyên, sửa, hoặc để trống để hệ "
            "thống tự đặt. Giữ nguyên thì khi lưu, năm trong mã theo ngày của cuộc."
        )
        if draft is not None:
            for name, field in self.fields.items():
                self.initial[name] = field.widget.value_from_datadict(draft, MultiValueDict(), name)
        elif user.unit and not self.is_bound:
            self.initial.setdefault("body", user.unit)
            self.initial["code"] = Round.objects.next_code(user.unit, self._likely_year())
            self.initial["proposed"] = self.initial["code"]

    def _likely_year(self) -> int:
        """The year of a new round whose day is not typed yet: that of its plan, else this one."""
        if day := self.initial.get("ends_on") or self.initial.get("starts_on"):
            return int(day.year)
        offered: Any = self.fields["plan"].widget
        chosen = str(self.initial.get("plan") or "")
        for value, _ in offered.choices:
            if chosen and str(value) == chosen:
                return int(value.instance.year)
        return today().year

    @property
    def _own_code(self) -> bool:
        """Whether the person chose the code, and did not leave what was proposed."""
        typed = self.cleaned_data.get("code", "")
        return bool(typed) and typed != self.cleaned_data.get("proposed")

    def clean(self) -> dict[str, Any] | None:
        """What a new round leaves open: the last day is the first, the code the proposed one."""
        data = super().clean() or {}
        if self.instance.pk is None and not data.get("ends_on") and "ends_on" not in self.errors:
            data["ends_on"] = data.get("starts_on")
        if self.instance.pk is None and not self._own_code and "code" not in self.errors:
            body, last = data.get("body"), data.get("ends_on")
            if body and last:
                data["code"] = Round.objects.next_code(body, last.year)
        if "contents" not in self.errors:
            self._contents_stay()
        if (team := data.get("team")) and (group := data.get("team_group")):
            known = {fold(own): own for own in team.groups}
            data["team_group"] = known.get(fold(group), group)
        return data

    def asked_about(self) -> list[Asked]:
        """The units of a new round; those of another only when its days change."""
        data = self.cleaned_data
        within = days_of(data.get("plan"))
        if self.rows is not None:
            own = frozenset({data["item"].pk} if data.get("item") else ())
            typed = [
                (row.cleaned_data["unit"], row.cleaned_data["visited_on"] or data.get("starts_on"))
                for row in self.rows.filled
            ]
            return [Asked(u.pk, day, day, within, items=own) for u, day in typed if day]
        moved = {"starts_on", "ends_on"} & set(self.changed_data)
        if not moved or self.instance.status == Round.Status.CANCELLED:
            return []
        visits = self.instance.visits.values_list("unit_id", "visited_on")
        own = frozenset({self.instance.pk})
        return [Asked(unit, day, day, within, rounds=own) for unit, day in visits]

    @cached_property
    def member_cautions(self) -> list[Caution]:
        """Who of the team cannot well go, by what is typed so far; before anything is saved."""
        self.errors  # noqa: B018  # reads what was typed
        round_ = self.instance
        if not self.is_bound or not round_.knows("body", "team", "starts_on", "ends_on"):
            return []
        if self.rows is None:
            visits = list(round_.visits.select_related("unit"))
        else:
            visits = [
                Visit(
                    round=round_,
                    unit=row.cleaned_data["unit"],
                    visited_on=row.cleaned_data["visited_on"] or round_.starts_on,
                )
                for row in self.rows.filled
            ]
        prefetch_related_objects([visit.unit for visit in visits], "former_names")
        return cautions_of_round(round_, visits, self._asker)

    def is_right(self) -> bool:
        """Whether the round is right, and every unit that it is to visit."""
        own = super().is_right()
        if self.rows is None:
            return own
        rows = self.rows.is_valid() and own and self.rows.check(self.instance)
        if own and not rows:
            self.add_error(None, "Hãy sửa các dòng đơn vị được đánh dấu bên dưới.")
        return own and rows

    def save_as(self, by: Any) -> bool:
        """Save the round, with a new one's visits; False when a rule or a writer forbids it."""
        with transaction.atomic():
            if self.instance.pk is None:
                return self.join(by) if self.is_joined else self._add(by)
            Round.objects.held(self.instance.pk)
            try:
                self.instance.clean()
            except ValidationError as faults:
                self.add_error(None, faults)
                return False
            if not self._contents_stay():
                return False
            if not super().save_as(by):
                return False
            return self._carry(by, self.items_chosen)

    def _add(self, by: Any) -> bool:
        for left in range(1 if self._own_code else TRIES, 0, -1):
            if super().save_as(by):
                if self.rows is not None:
                    self.rows.save_as(by, self.instance)
                chosen = [self.cleaned_data.get("item"), *self.items_chosen]
                if self._carry(by, filter(None, chosen)):
                    return True
                self.instance.pk = None
                return False
            if left > 1:
                # Somebody took the proposed code since: the next one, with the same content.
                self.instance.pk = None
                self.instance.code = Round.objects.next_code(
                    self.instance.body, self.instance.ends_on.year
                )
                self.errors.clear()
        return False

    def _carry(self, by: Any, items: Iterable[PlanItem]) -> bool:
        """Link the items; False, and nothing of the round stays, when one is gone meanwhile."""
        try:
            self.instance.carry(items, by)
        except ValidationError as refusal:
            transaction.set_rollback(True)
            self.add_error(None, refusal)
            return False
        return True

    def taken_message(self, fault: IntegrityError) -> str:
        """Only the code of a round must be its own."""
        return "Mã cuộc này vừa được dùng; hãy chọn mã khác rồi lưu lại."
