"""Addresses of the workbook."""

from django.urls import path

from exchange import views

app_name = "exchange"

urlpatterns = [
    path("import/", views.import_list, name="import_list"),
    path("import/template.xlsx", views.import_template, name="import_template"),
    path("import/export.xlsx", views.import_export, name="import_export"),
    path("import/<int:pk>/", views.import_detail, name="import_detail"),
    path("import/<int:pk>/apply/", views.import_apply, name="import_apply"),
    path("import/<int:pk>/retry/", views.import_retry, name="import_retry"),
    path("import/<int:pk>/cancel/", views.import_cancel, name="import_cancel"),
    path("import/<int:pk>/faults.xlsx", views.import_faults, name="import_faults"),
]
