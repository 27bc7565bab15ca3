"""The app's name and label."""

from django.apps import AppConfig


class DirectivesConfig(AppConfig):
    """Documents."""

    name = "directives"
    verbose_name = "Văn bản"
