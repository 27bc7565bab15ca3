"""Choosing a colleague's account in a form: typed, searched without tone marks.

Only name, post and unit are told of an account: who chooses need not manage accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse_lazy

from accounts.models import User, UserQuerySet
from congvu.text import clean, fold, search_words
from units.forms import UnitInput

# "Nguyễn Văn An – Phó Giám đốc, Sở Nội vụ"; with the number where several are called so.
_NUMBERED = re.compile(r"(?P<label>.*?)\s*#(?P<pk>[0-9]{1,18})")
_DASH = " – "

# So many are named where what was typed fits several.
OFFERED = 8


def label_of_account(account: User) -> str:
    """The account as people choose it: name, post and unit (reads `unit`)."""
    rest = ", ".join(filter(None, [account.post, account.unit.name if account.unit else ""]))
    return _DASH.join(filter(None, [account.full_name, rest]))


def labels_of_accounts(accounts: list[User]) -> list[str]:
    """The labels of accounts that stand beside each other; namesakes are told apart by number."""
    labels = [label_of_account(each) for each in accounts]
    folded = [fold(label) for label in labels]
    return [
        f"{label} #{account.pk}" if folded.count(key) > 1 else label
        for account, label, key in zip(accounts, labels, folded, strict=True)
    ]


def search_accounts(accounts: UserQuerySet, text: str) -> Iterator[User]:
    """Accounts in whose name or unit every word stands, without case and marks."""
    words = search_words(text)
    for word in words:
        accounts = accounts.filter(Q(folded__contains=word) | Q(unit__folded__contains=word))
    found = accounts.select_related("unit").order_by("sort_key", "pk")
    for account in found.prefetch_related("unit__former_names"):
        # The folded columns hold sign-in name and code too: the first must not be found out here.
        told = fold(f"{account.full_name} {account.unit.name if account.unit else ''}")
        if all(word in told for word in words):
            yield account


class AccountInput(UnitInput):
    """A line of text with suggestions from `accounts:account_choices`; plain text without."""

    address = reverse_lazy("accounts:account_choices")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Also what the list of suggestions is called."""
        own = {"data-choices-label": "Tài khoản gợi ý"}
        return super().get_context(name, value, {**own, **(attrs or {})})


class AccountField(forms.CharField):
    """An account, as text that a person can type; the cleaned value is a `User` (or None).

    - `queryset`: the accounts that may be chosen, scoped; set it in the form's `__init__`.
    - `otherwise`: what to do where no account is found, as a sentence.
    - `current`: the account that the record has already; it stays, though closed meanwhile.
    - Accepted: the name, what a suggestion puts in, and `#` with the number that such a suggestion
      or an error has where several are called the same.
    """

    widget = AccountInput

    def __init__(
        self,
        *,
        max_length: int = 500,
        otherwise: str = "Hãy gõ một phần họ tên rồi chọn trong danh sách gợi ý.",
        **kwargs: Any,
    ) -> None:
        self.otherwise = otherwise
        self.queryset: UserQuerySet = User.objects.get_queryset().none()
        self.current: User | None = None
        super().__init__(max_length=max_length, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """An account by its label; what was typed stays as it was typed."""
        if isinstance(value, int) and self.current is not None and value == self.current.pk:
            value = self.current
        return label_of_account(value) if isinstance(value, User) else value

    def to_python(self, value: Any) -> Any:
        """The account; raises `ValidationError` with a sentence."""
        if value in self.empty_values or isinstance(value, User):
            return value or None
        text = clean(str(value))
        if not text:
            return None
        if self.current is not None and fold(text) == fold(label_of_account(self.current)):
            return self.current
        return self._only(self._found(text), text)

    def run_validators(self, value: Any) -> None:
        """Those of text (its length) do not concern an account."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another account was chosen."""
        return clean(str(self.prepare_value(initial) or "")) != clean(str(data or ""))

    def _found(self, text: str) -> list[User]:
        if match := _NUMBERED.fullmatch(text):
            return list(self.queryset.select_related("unit").filter(pk=int(match["pk"])))
        wanted = fold(text)
        near = list(search_accounts(self.queryset, text.partition(_DASH)[0]))
        return [each for each in near if fold(label_of_account(each)) == wanted] or [
            each for each in near if fold(each.full_name) == wanted
        ]

    def _only(self, found: list[User], text: str) -> User:
        if len(found) == 1:
            return found[0]
        if found:
            named = "; ".join(f"{label_of_account(each)} #{each.pk}" for each in found[:OFFERED])
            raise ValidationError(
                f"Có {len(found)} tài khoản khớp với “{text}”; hãy chép cả dòng của một người: "
                f"{named}.",
                code="ambiguous",
            )
        near = list(islice(search_accounts(self.queryset, text.partition(_DASH)[0]), OFFERED))
        if near:
            named = "; ".join(labels_of_accounts(near))
            raise ValidationError(
                f"Không có tài khoản nào tên là “{text}”. Có phải là: {named}?", code="unknown"
            )
        raise ValidationError(
            f"Không tìm thấy tài khoản “{text}” trong tỉnh. {self.otherwise}",
            code="unknown",
        )
