"""Addresses of the workbook."""

from django.urls import URLPattern

app_name = "exchange"

urlpatterns: list[URLPattern] = []
