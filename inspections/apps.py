"""The app's name and label."""

import importlib

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """Plans, teams, rounds and visits."""

    name = "inspections"
    verbose_name = "Kiểm tra"

    def ready(self) -> None:
        """Register what this app has to say of units that end, and of documents."""
        importlib.import_module("inspections.guards")
        importlib.import_module("inspections.papers")
