"""Addresses of returns and summaries."""

from django.urls import URLPattern

app_name = "reports"

urlpatterns: list[URLPattern] = []
