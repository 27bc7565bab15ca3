"""Addresses of documents."""

from django.urls import path

from directives.views import documents, reforms

app_name = "directives"

urlpatterns = [
    path("documents/", documents.document_list, name="document_list"),
    path("documents/create/", documents.document_create, name="document_create"),
    path("documents/<int:pk>/", documents.document_detail, name="document_detail"),
    path("documents/<int:pk>/edit/", documents.document_edit, name="document_edit"),
    path("documents/<int:pk>/delete/", documents.document_delete, name="document_delete"),
    path("documents/<int:pk>/file/", documents.document_file, name="document_file"),
    path("reforms/<int:pk>/attach/", reforms.reform_attach, name="reform_attach"),
    path("reforms/<int:pk>/detach/", reforms.reform_detach, name="reform_detach"),
]
