"""Addresses of the work on the spot."""

from django.urls import path

from field.views import api, pages, review

app_name = "field"

urlpatterns = [
    path("field/", pages.today_page, name="today"),
    path("field/visit/", pages.visit_page, name="visit"),
    path("field/worker.js", pages.worker, name="worker"),
    path("field/work.json", api.work, name="work"),
    path("field/suggestions.json", api.suggestions, name="suggestions"),
    path("field/visits/<int:pk>/state.json", api.visit_state, name="visit_state"),
    path("field/visits/<int:pk>/entries/", api.entry_create, name="entry_create"),
    path("field/visits/<int:pk>/photos/", api.photo_create, name="photo_create"),
    path("field/entries/", review.entry_list, name="entry_list"),
    path("field/entries/<uuid:pk>/", review.entry_detail, name="entry_detail"),
    path("field/entries/<uuid:pk>/file/", review.entry_file, name="entry_file"),
    path("field/entries/<uuid:pk>/settle/", review.entry_settle, name="entry_settle"),
    path("field/entries/<uuid:pk>/set-aside/", review.entry_set_aside, name="entry_set_aside"),
]
