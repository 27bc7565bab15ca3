"""The app's name and label."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts and roles."""

    name = "accounts"
    verbose_name = "Tài khoản"
