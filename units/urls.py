"""Addresses of units in time."""

from django.urls import path

from units import views

app_name = "units"

urlpatterns = [
    path("units/choices/", views.unit_choices, name="unit_choices"),
]
