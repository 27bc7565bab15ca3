"""The app's name and label."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """the workbook."""

    name = "exchange"
    verbose_name = "Nhập, xuất"
