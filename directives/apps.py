"""The app's name and label."""

from django.apps import AppConfig


class DirectivesConfig(AppConfig):
    """documents."""

    name = "directives"
    verbose_name = "Văn bản"
