"""Addresses of returns and summaries."""

from django.urls import path

from reports.views import listed, progress, proposals, returns, summary

app_name = "reports"

urlpatterns = [
    path("plans/<int:pk>/progress/", progress.plan_progress, name="plan_progress"),
    path("plans/<int:pk>/progress.xlsx", progress.plan_progress_xlsx, name="plan_progress_xlsx"),
    path("plans/<int:pk>/proposal/", proposals.plan_proposal, name="plan_proposal"),
    path("plans/<int:pk>/proposal/add/", proposals.proposal_add, name="proposal_add"),
    path("plans/<int:pk>/draw/", proposals.plan_draw, name="plan_draw"),
    path("draws/<int:pk>/", proposals.draw_detail, name="draw_detail"),
    path("draws/<int:pk>/add/", proposals.draw_add, name="draw_add"),
    path("reports/summary/", summary.summary, name="summary"),
    path("reports/summary.xlsx", summary.summary_xlsx, name="summary_xlsx"),
    path("reports/summary/<str:key>/", summary.summary_figure, name="summary_figure"),
    path("reports/visited/", listed.visited, name="visited"),
    path("reports/visited.xlsx", listed.visited_xlsx, name="visited_xlsx"),
    path("reports/followed/", listed.followed, name="followed"),
    path("reports/followed.xlsx", listed.followed_xlsx, name="followed_xlsx"),
    path("returns/", returns.return_list, name="return_list"),
    path("returns/create/", returns.return_create, name="return_create"),
    path("returns/<int:pk>/", returns.return_detail, name="return_detail"),
    path("returns/<int:pk>/edit/", returns.return_edit, name="return_edit"),
    path("returns/<int:pk>/submit/", returns.return_submit, name="return_submit"),
    path("returns/<int:pk>/accept/", returns.return_accept, name="return_accept"),
    path("returns/<int:pk>/send-back/", returns.return_send_back, name="return_send_back"),
    path("returns/<int:pk>/delete/", returns.return_delete, name="return_delete"),
]
