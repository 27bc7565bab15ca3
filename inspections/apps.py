"""The app's name and label."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """plans, teams, rounds and visits."""

    name = "inspections"
    verbose_name = "Kiểm tra"
