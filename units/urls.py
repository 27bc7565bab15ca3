"""Addresses of units in time."""

from django.urls import path

from units import views

app_name = "units"

urlpatterns = [
    path("units/", views.unit_list, name="unit_list"),
    path("units/choices/", views.unit_choices, name="unit_choices"),
    path("units/create/", views.unit_create, name="unit_create"),
    path("units/<int:pk>/", views.unit_detail, name="unit_detail"),
    path("units/<int:pk>/edit/", views.unit_edit, name="unit_edit"),
    path("units/<int:pk>/rename/", views.unit_rename, name="unit_rename"),
    path("units/<int:pk>/close/", views.unit_close, name="unit_close"),
    path("units/<int:pk>/merge/", views.unit_merge, name="unit_merge"),
    path("units/<int:pk>/split/", views.unit_split, name="unit_split"),
    path("units/<int:pk>/continue/", views.unit_continue, name="unit_continue"),
    path("units/<int:pk>/undo/", views.unit_undo, name="unit_undo"),
    path("reforms/<int:pk>/", views.reform_detail, name="reform_detail"),
]
