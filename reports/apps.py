"""The app's name and label."""

import importlib

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Returns and summaries."""

    name = "reports"
    verbose_name = "Báo cáo"

    def ready(self) -> None:
        """Register what this app has to say when a unit ends."""
        importlib.import_module("reports.guards")
