"""The app's name and label."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """units in time."""

    name = "units"
    verbose_name = "Đơn vị"
