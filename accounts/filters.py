"""Filters of the list of accounts."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters.filters import CharFilter, ChoiceFilter

from accounts.models import User, UserQuerySet, serves_ended_unit
from accounts.roles import Role
from congvu.dates import today
from congvu.filters import CodeFilter, ListFilter, SearchFilter
from congvu.text import search_words

_STATES = (
    ("active", "Đang dùng"),
    ("never", "Chưa đăng nhập lần nào"),
    ("idle", "Lâu không dùng"),
    ("locked", "Tạm khóa"),
    ("disabled", "Đã khóa"),
    ("ended", "Đơn vị đã kết thúc"),
)


class AccountFilter(ListFilter):
    """By name, role, unit and whether the account can be used."""

    q = SearchFilter(label="Họ tên, tên đăng nhập")
    role = CodeFilter(label="Vai trò", choices=Role.choices)
    unit = CharFilter(label="Đơn vị", method="of_unit")
    state = ChoiceFilter(
        label="Trạng thái", choices=_STATES, method="in_state", empty_label="Tất cả"
    )

    class Meta:
        model = User
        fields: list[str] = []

    def of_unit(self, accounts: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Accounts of units whose code or name holds every word."""
        for word in search_words(value):
            accounts = accounts.filter(unit__folded__contains=word)
        return accounts

    def in_state(self, accounts: UserQuerySet, name: str, value: str) -> QuerySet[User]:
        """Accounts that can be used, were never used, lie idle, are closed, or serve no unit."""
        if value == "disabled":
            return accounts.disabled()
        if value == "ended":
            return accounts.filter(serves_ended_unit(today()))
        if value == "locked":
            return accounts.locked_out()
        if value == "never":
            return accounts.filter(is_active=True, last_login__isnull=True)
        idle = accounts.idle()
        return idle if value == "idle" else accounts.filter(is_active=True).exclude(pk__in=idle)
