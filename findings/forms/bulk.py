"""Forms of deeds that are done to many remedies at once."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms

from accounts.colleagues import AccountField
from accounts.models import User
from accounts.roles import Role
from congvu.forms import DayField
from directives.models import DocumentType
from inspections.forms import DeedPaperForm

_DUE: dict[str, Any] = {
    "label": "Hạn mới",
    "help_text": "Ngày cuối còn trong hạn, chung cho mọi kiến nghị đã chọn, ví dụ: 25/8/2023.",
}


class AssignForm(forms.Form):
    """Who follows the remedies from now on."""

    keeper = AccountField(
        label="Người theo dõi",
        help_text="Cán bộ hoặc kiểm tra viên của cơ quan kiểm tra; gõ tên để chọn.",
        otherwise="Người theo dõi phải là cán bộ hoặc kiểm tra viên đang có tài khoản.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeper = self.fields["keeper"]
        assert isinstance(keeper, AccountField)  # noqa: S101  # declared above
        keeper.queryset = User.objects.colleagues_of(user).filter(
            role__in=(Role.STAFF, Role.INSPECTOR)
        )


class RemindForm(forms.Form):
    """Nothing is typed: it is only confirmed."""


class ExtendKnownForm(forms.Form):
    """The new due day, by a document that is registered already."""

    due_on = DayField(**_DUE)


class ExtendForm(DeedPaperForm):
    """The new due day, and the document that permits it, which is registered with it."""

    types = (
        DocumentType.LETTER,
        DocumentType.NOTICE,
        DocumentType.DECISION,
        DocumentType.CONCLUSION,
    )
    due_on = DayField(**_DUE)
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Gia hạn", ("due_on",)),
        *DeedPaperForm.groups,
    )

    @property
    def day(self) -> date:
        """The new due day. Only after `is_valid()`."""
        day: date = self.cleaned_data["due_on"]
        return day
