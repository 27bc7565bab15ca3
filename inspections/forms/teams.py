"""The form of a team and the rows of its members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from accounts.colleagues import AccountField
from accounts.models import User
from congvu.dates import format_day, today
from congvu.forms import RecordForm, RowsForm
from congvu.text import fold, sort_key
from inspections.models import Round, Team, TeamMember, TeamRole
from units.forms import UnitField, offer
from units.models import Unit

if TYPE_CHECKING:
    _Rows = forms.BaseInlineFormSet[TeamMember, Team, "MemberForm"]
    _MemberForm = forms.ModelForm[TeamMember]
else:
    _Rows = forms.BaseInlineFormSet
    _MemberForm = forms.ModelForm


_LEADER = {"role": TeamRole.LEADER}


class GroupInput(forms.TextInput):
    """The name of a sub-group in a round's form, with those of the round's team suggested."""

    template_name = "inspections/group_input.html"
    # Both set by the form: the teams on offer, scoped, and which of them now stands in it.
    teams: QuerySet[Team] | None = None
    team_chosen: Callable[[], Any] = staticmethod(lambda: None)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Also the sub-groups of each team, and those of the one that is chosen."""
        context = super().get_context(name, value, {"list": "round-groups", **(attrs or {})})
        members = TeamMember.objects.exclude(group="").order_by()
        if self.teams is None:
            members = members.none()
        else:
            members = members.filter(team__in=self.teams.values("pk"))
        pairs = members.values_list("team_id", "group").distinct()
        groups = sorted(pairs, key=lambda pair: sort_key(pair[1]))
        team = self.team_chosen()
        chosen = str(getattr(team, "pk", team))
        return {**context, "groups": groups, "own": [g for pk, g in groups if str(pk) == chosen]}


class TeamForm(RowsForm):
    """A team and the decision that set it up; `members` are its rows."""

    body = UnitField(
        label="Cơ quan kiểm tra",
        day_field="decided_on",
        help_text="Cơ quan lập đoàn. Ghi mã hoặc tên, ví dụ: Tỉnh Thái Nguyên.",
    )

    class Meta(RecordForm.Meta):
        model = Team
        fields = ("name", "body", "decision_number", "decided_on", "valid_from", "valid_to")
        help_texts = {
            "name": "Ví dụ: Đoàn kiểm tra công vụ số 1.",
            "decision_number": "Ví dụ: 512/QĐ-UBND.",
            "decided_on": "Ngày ghi trên quyết định lập đoàn, không phải ngày đoàn bắt đầu kiểm "
            "tra; ví dụ: 20/3/2023.",
            "valid_from": "Để trống nếu quyết định không ghi; ví dụ: 1/4/2023.",
            "valid_to": "Đoàn không nhận cuộc kiểm tra sau ngày này; ví dụ: 31/12/2023.",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._body = self.instance.body_id
        offer(self, Unit.objects.visible_to(user), "body")
        if self.instance.pk is None:
            self.initial.setdefault("body", user.unit)
        # Whoever leads a team comes first.
        first = {} if self.instance.pk and self.instance.members.exists() else _LEADER
        members = TeamMember.objects.select_related("account__unit", "unit")
        members_rows: MemberRows = MemberFormSet(
            self.data if self.is_bound else None,
            instance=self.instance,
            prefix="members",
            initial=[first],
            queryset=members.prefetch_related("unit__former_names"),
            form_kwargs={"user": user},
        )
        self._take_rows("thành viên", members_rows)

    def clean(self) -> dict[str, Any] | None:
        """A body that is no more sets up no team: told by the day that is known of the team.

        A team that is there already stays with its body, whatever became of that.
        """
        data = super().clean() or {}
        body: Unit | None = data.get("body")
        dated = data.get("decided_on") or {"decided_on", "valid_from"} & set(self.errors)
        if body is None or dated or body.pk == self._body:
            return data
        day = data.get("valid_from") or today()
        if not body.exists_on(day):
            field = self.fields["body"]
            assert isinstance(field, UnitField)  # noqa: S101  # declared above
            self.add_error(
                "body",
                f"{body.name} không có hiệu lực vào ngày {format_day(day)} (có hiệu lực "
                f"{body.span_text}). Nếu đoàn được lập trước đây, hãy ghi số và ngày quyết định."
                f"{field.heirs_text([body], day)}",
            )
        return data

    def is_valid(self) -> bool:
        """Also: no sub-group goes that a round needs."""
        return super().is_valid() and self._groups_stay()

    def _groups_stay(self) -> bool:
        """Whether no sub-group goes to which a round ahead is given."""
        ahead = (Round.Status.SCHEDULED, Round.Status.IN_PROGRESS)
        given = Round.objects.filter(team=self.instance.pk, status__in=ahead).exclude(team_group="")
        names = given.order_by("team_group").values_list("team_group", flat=True).distinct()
        gone = [name for name in names if name not in self.rows.groups]
        if gone:
            # No word of what it is: that may be a round of a superior that is still to come.
            self.add_error(
                None,
                f"“{gone[0]}” đang được gắn với hồ sơ khác nên đoàn phải còn tổ đó; hãy giữ ít "
                "nhất một thành viên ở tổ này, hoặc sửa hồ sơ kia trước.",
            )
        return not gone

    def rows_told(self) -> list[str]:
        """The members; of an account it is told that it is there: by it one sees the rounds."""
        told = []
        for each in self.instance.members.order_by("position", "pk"):
            account = "có tài khoản" if each.account_id else ""
            about = filter(None, [each.get_role_display(), each.group, account])
            told.append(f"{each.name} ({', '.join(about)})")
        return told


class MemberForm(_MemberForm):
    """One member, chosen among accounts or typed; a row left empty is no member."""

    account = AccountField(
        label="Tài khoản",
        required=False,
        otherwise="Nếu người này không có tài khoản, hãy để trống mục này và ghi họ tên.",
    )
    unit = UnitField(label="Cơ quan công tác", required=False)

    class Meta:
        model = TeamMember
        fields = ("role", "account", "name", "post", "unit", "group")
        labels = {"post": "Chức vụ"}
        widgets = {"group": forms.TextInput(attrs={"list": "team-groups", "data-group": ""})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, Unit.objects.around(user), "unit")
        account = self.fields["account"]
        assert isinstance(account, AccountField)  # noqa: S101  # declared above
        account.queryset = User.objects.colleagues_of(user)
        # Whoever is chosen has a name; whether one stands here is for `clean` to say.
        self.fields["name"].required = False
        if self.instance.pk:
            # Read with the rows already, not once for each.
            account.current = self.instance.account
            self.initial["account"] = self.instance.account
            self.initial["unit"] = self.instance.unit

    def has_changed(self) -> bool:
        """A new row counts once anything stands in it: the role alone is only offered."""
        changed = set(self.changed_data)
        return bool(changed - {"role"}) if self.instance.pk is None else bool(changed)

    def clean(self) -> dict[str, Any] | None:
        """An account brings its name, and post and unit unless others were typed."""
        data = super().clean() or {}
        account: User | None = data.get("account")
        if account is not None:
            other = "account" in self.changed_data
            data["name"] = account.full_name
            for name, own in (("post", account.post), ("unit", account.unit)):
                kept = other and self.instance.pk and name not in self.changed_data
                if name not in self.errors and (kept or not data.get(name)):
                    data[name] = own
        elif not data.get("name") and not {"name", "account"} & set(self.errors):
            self.add_error("name", self.fields["name"].error_messages["required"])
        return data


class MemberRows(_Rows):
    """The rows of members, in the order in which they stand."""

    @property
    def _filled(self) -> list[MemberForm]:
        """The rows that name somebody who stays. Only after they were checked."""
        told = (form for form in self.forms if hasattr(form, "cleaned_data"))
        return [
            form
            for form in told
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]

    @property
    def groups(self) -> list[str]:
        """The sub-groups in the rows, each once, in their order."""
        named = (form.cleaned_data.get("group") for form in self._filled)
        return list(dict.fromkeys(filter(None, named)))

    @property
    def groups_typed(self) -> list[str]:
        """What stands in the rows now, to choose among, whether it is right or not."""
        return list(dict.fromkeys(filter(None, (row["group"].value() for row in self.forms))))

    def clean(self) -> None:
        """One person leads a team, and nobody stands in it twice: told at the second row.

        A sub-group has one spelling, that of the first row that names it.
        """
        super().clean()
        seen: set[Any] = set()
        spelling: dict[str, str] = {}
        for form in self._filled:
            account = form.cleaned_data.get("account")
            if account is not None and account.pk in seen:
                form.add_error("account", f"{account} đã có ở dòng trên.")
            elif account is not None:
                seen.add(account.pk)
            if group := form.cleaned_data.get("group"):
                group = spelling.setdefault(fold(group), group)
                form.cleaned_data["group"] = form.instance.group = group
        leaders = [
            form for form in self._filled if form.cleaned_data.get("role") == TeamRole.LEADER
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


MemberFormSet: Any = forms.inlineformset_factory(
    Team,
    TeamMember,
    form=MemberForm,
    formset=MemberRows,
    extra=4,
    max_num=60,
    absolute_max=60,
    can_delete=True,
)
