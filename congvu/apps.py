"""The app's name and label."""

from django.apps import AppConfig


class CongvuConfig(AppConfig):
    """The frame: the trail, text and formats."""

    name = "congvu"
    verbose_name = "Công vụ"
