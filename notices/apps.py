"""The app's name and label."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What each person is reminded of, in the application and by e-mail."""

    name = "notices"
    verbose_name = "Nhắc việc"
