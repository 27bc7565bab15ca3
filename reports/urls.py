"""Addresses of returns and summaries."""

from django.urls import path

from reports.views import summary

app_name = "reports"

urlpatterns = [
    path("reports/summary/", summary.summary, name="summary"),
    path("reports/summary.xlsx", summary.summary_xlsx, name="summary_xlsx"),
    path("reports/summary/<str:key>/", summary.summary_figure, name="summary_figure"),
]
