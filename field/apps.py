"""The app's name and label."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """Visits logged on the spot, also without a network."""

    name = "field"
    verbose_name = "Tại hiện trường"
