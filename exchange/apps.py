"""The app's name and label."""

from importlib import import_module

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The workbook."""

    name = "exchange"
    verbose_name = "Nhập, xuất"

    def ready(self) -> None:
        """Register what has a keeping time."""
        import_module("exchange.keeping")
