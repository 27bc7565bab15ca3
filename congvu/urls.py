"""Addresses. Each app names its own; the apps' first words are those of contract §2."""

from django.urls import include, path

from congvu import components, health, help_page, home

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("help/", help_page.help_page, name="help"),
    path("healthz", health.healthz, name="healthz"),
    path("components/", components.components, name="components"),
    path("", include("accounts.urls")),
    path("", include("units.urls")),
    path("", include("notices.urls")),
    path("", include("directives.urls")),
    path("", include("inspections.urls")),
    path("", include("findings.urls")),
    path("", include("field.urls")),
    path("", include("reports.urls")),
    path("", include("exchange.urls")),
]

handler403 = "congvu.errors.forbidden"
handler404 = "congvu.errors.not_found"
handler500 = "congvu.errors.server_error"
