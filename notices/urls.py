"""Addresses of one's own notices, of what one chose, and of the outbox for administrators."""

from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/seen/", views.notice_see_all, name="notice_see_all"),
    path("notices/settings/", views.notice_settings, name="notice_settings"),
    path("notices/outbox/", views.digest_list, name="digest_list"),
    path("notices/outbox/resend/", views.digest_resend, name="digest_resend"),
    path("notices/<int:pk>/", views.notice_open, name="notice_open"),
    path("notices/<int:pk>/seen/", views.notice_see, name="notice_see"),
]
