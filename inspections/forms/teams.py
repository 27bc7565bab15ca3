"""The form of a team and the rows of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction

from accounts.models import User
from congvu.forms import RecordForm
from congvu.trail import mark
from inspections.models import Team, TeamMember, TeamRole
from units.forms import UnitField, offer
from units.models import Unit

if TYPE_CHECKING:
    _Rows = forms.BaseInlineFormSet[TeamMember, Team, "MemberForm"]
    _MemberForm = forms.ModelForm[TeamMember]
else:
    _Rows = forms.BaseInlineFormSet
    _MemberForm = forms.ModelForm


_LEADER = {"role": TeamRole.LEADER}


class TeamForm(RecordForm):
    """A team and the decision that set it up; `members` are its rows."""

    body = UnitField(
        label="Cơ quan kiểm tra",
        day_field="decided_on",
        help_text="Cơ quan lập đoàn. Ghi mã hoặc tên, ví dụ: Tỉnh Thái Nguyên.",
    )

    class Meta(RecordForm.Meta):
        model = Team
        fields = ("name", "body", "decision_number", "decided_on")
        help_texts = {
            "name": "Ví dụ: Đoàn kiểm tra công vụ số 1.",
            "decision_number": "Ví dụ: 512/QĐ-UBND.",
            "decided_on": "Ngày ghi trên quyết định lập đoàn, không phải ngày đoàn bắt đầu kiểm "
            "tra; ví dụ: 20/3/2023.",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, Unit.objects.visible_to(user), "body")
        if self.instance.pk is None:
            self.initial.setdefault("body", user.unit)
        # Whoever leads a team comes first.
        first = {} if self.instance.pk and self.instance.members.exists() else _LEADER
        self.members = MemberFormSet(
            self.data if self.is_bound else None,
            instance=self.instance,
            prefix="members",
            initial=[first],
        )
        self.row_sets = [("Thành viên", self.members)]

    def is_valid(self) -> bool:
        """Whether the team and every row of its members is right."""
        own = super().is_valid()
        rows = self.members.is_valid()
        if own and not rows:
            self.add_error(None, "Hãy sửa các dòng thành viên được đánh dấu bên dưới.")
        return own and rows

    def save_as(self, by: Any) -> bool:
        """Save the team with its members; False when another writer was first."""
        with transaction.atomic():
            before = _names(self.instance)
            if not super().save_as(by):
                return False
            self.members.instance = self.instance
            self.members.save()
            now = _names(self.instance)
            if before != now and before is not None:
                mark(by, self.instance, "changed", {"thành viên": (before, now)})
        return True


def _names(team: Team) -> list[str] | None:
    """The members as the trail tells them; None for a team not yet saved."""
    if team.pk is None:
        return None
    return [
        f"{each.name} ({each.get_role_display()})"
        for each in team.members.order_by("position", "pk")
    ]


class MemberForm(_MemberForm):
    """One member; a row left empty is no member."""

    class Meta:
        model = TeamMember
        fields = ("role", "name", "post")

    def has_changed(self) -> bool:
        """A new row counts once a name or a post stands in it: the role alone is only offered."""
        changed = set(self.changed_data)
        return bool(changed - {"role"}) if self.instance.pk is None else bool(changed)


class MemberRows(_Rows):
    """The rows of members, in the order in which they stand."""

    def clean(self) -> None:
        """One person leads a team: told at the second row that says so."""
        super().clean()
        leaders = [
            form
            for form in self.forms
            if form.cleaned_data.get("role") == TeamRole.LEADER
            and form.cleaned_data.get("name")
            and not form.cleaned_data.get("DELETE")
        ]
        for form in leaders[1:]:
            first = leaders[0].cleaned_data["name"]
            form.add_error(
                "role",
                f"Mỗi đoàn chỉ có một trưởng đoàn, đã ghi là {first}; hãy chọn vai trò khác cho "
                "người này.",
            )

    def save(self, commit: bool = True) -> list[TeamMember]:
        """Save the rows and number them from the top."""
        saved = super().save(commit)
        kept = [form.instance for form in self.forms if form.instance.pk]
        for place, member in enumerate(kept, start=1):
            if member.position != place:
                member.position = place
                member.save(update_fields=["position"])
        return saved


MemberFormSet = forms.inlineformset_factory(
    Team,
    TeamMember,
    form=MemberForm,
    formset=MemberRows,
    extra=4,
    max_num=60,
    absolute_max=60,
    can_delete=True,
)
