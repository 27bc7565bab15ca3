"""Addresses of the workbook."""

from django.urls import path

from exchange.views import imports, items

app_name = "exchange"

urlpatterns = [
    path("import/", imports.import_list, name="import_list"),
    path("import/template.xlsx", imports.import_template, name="import_template"),
    path("import/export.xlsx", imports.import_export, name="import_export"),
    path("import/<int:pk>/", imports.import_detail, name="import_detail"),
    path("import/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("import/<int:pk>/retry/", imports.import_retry, name="import_retry"),
    path("import/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("import/<int:pk>/faults.xlsx", imports.import_faults, name="import_faults"),
    path("plans/<int:pk>/items/import/", items.plan_items_import, name="plan_items_import"),
    path(
        "plans/<int:pk>/items/template.xlsx", items.plan_items_template, name="plan_items_template"
    ),
    path("plans/<int:pk>/items/export.xlsx", items.plan_items_export, name="plan_items_export"),
]
