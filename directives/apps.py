"""The app's name and label."""

import importlib

from django.apps import AppConfig


class DirectivesConfig(AppConfig):
    """Documents."""

    name = "directives"
    verbose_name = "Văn bản"

    def ready(self) -> None:
        """Register how changes of units rest on documents."""
        importlib.import_module("directives.reforms")
