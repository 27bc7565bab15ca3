"""The app's name and label."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """findings and remedies."""

    name = "findings"
    verbose_name = "Tồn tại, kiến nghị"
