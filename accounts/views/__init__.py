"""Views of accounts: one's own, and those that an administrator keeps."""

from accounts.views.accounts import (
    account_create,
    account_detail,
    account_disable,
    account_edit,
    account_enable,
    account_list,
    account_password,
    account_reset_password,
    account_unlock,
)
from accounts.views.choices import account_choices
from accounts.views.own import login, logout, password_change, profile, session

__all__ = [
    "account_choices",
    "account_create",
    "account_detail",
    "account_disable",
    "account_edit",
    "account_enable",
    "account_list",
    "account_password",
    "account_reset_password",
    "account_unlock",
    "login",
    "logout",
    "password_change",
    "profile",
    "session",
]
