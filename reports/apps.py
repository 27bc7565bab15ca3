"""The app's name and label."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """returns and summaries."""

    name = "reports"
    verbose_name = "Báo cáo"
