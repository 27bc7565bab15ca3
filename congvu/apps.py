"""The app's name and label."""

from django import forms
from django.apps import AppConfig


class CongvuConfig(AppConfig):
    """The frame: the trail, text and formats."""

    name = "congvu"
    verbose_name = "Công vụ"

    def ready(self) -> None:
        """What is missing in a choice is chosen, not filled in; so in every form of every app."""
        forms.ChoiceField.default_error_messages["required"] = "Hãy chọn một mục."
        forms.FileField.default_error_messages["required"] = "Hãy chọn một tệp."
