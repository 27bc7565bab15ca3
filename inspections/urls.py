"""Addresses of plans, teams, rounds and visits."""

from django.urls import URLPattern

app_name = "inspections"

urlpatterns: list[URLPattern] = []
