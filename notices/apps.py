"""The app's name and label."""

import importlib

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What each person is reminded of, in the application and by e-mail."""

    name = "notices"
    verbose_name = "Nhắc việc"

    def ready(self) -> None:
        """Register what the frame shows of notices, and what `tidy` removes."""
        importlib.import_module("notices.frame")
        importlib.import_module("notices.tidying")
