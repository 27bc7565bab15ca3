"""The app's name and label."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """Units in time."""

    name = "units"
    verbose_name = "Đơn vị"
