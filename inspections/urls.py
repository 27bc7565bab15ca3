"""Addresses of plans, teams, rounds and visits."""

from django.urls import path

from inspections.views import contents, papers, plans, rounds, steps, teams, visits

app_name = "inspections"

urlpatterns = [
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/create/", plans.plan_create, name="plan_create"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/delete/", plans.plan_delete, name="plan_delete"),
    path("plans/<int:pk>/attach/", papers.plan_attach, name="plan_attach"),
    path("plans/<int:pk>/detach/", papers.plan_detach, name="plan_detach"),
    path("teams/", teams.team_list, name="team_list"),
    path("teams/create/", teams.team_create, name="team_create"),
    path("teams/<int:pk>/", teams.team_detail, name="team_detail"),
    path("teams/<int:pk>/edit/", teams.team_edit, name="team_edit"),
    path("teams/<int:pk>/delete/", teams.team_delete, name="team_delete"),
    path("contents/", contents.content_list, name="content_list"),
    path("contents/create/", contents.content_create, name="content_create"),
    path("contents/<int:pk>/edit/", contents.content_edit, name="content_edit"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/create/", rounds.round_create, name="round_create"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:pk>/edit/", rounds.round_edit, name="round_edit"),
    path("rounds/<int:pk>/delete/", rounds.round_delete, name="round_delete"),
    path("rounds/<int:pk>/start/", steps.round_start, name="round_start"),
    path("rounds/<int:pk>/complete/", steps.round_complete, name="round_complete"),
    path("rounds/<int:pk>/cancel/", steps.round_cancel, name="round_cancel"),
    path("rounds/<int:pk>/reopen/", steps.round_reopen, name="round_reopen"),
    path("rounds/<int:pk>/attach/", papers.round_attach, name="round_attach"),
    path("rounds/<int:pk>/detach/", papers.round_detach, name="round_detach"),
    path("rounds/<int:pk>/visits/create/", visits.visit_create, name="visit_create"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/edit/", visits.visit_edit, name="visit_edit"),
    path("visits/<int:pk>/delete/", visits.visit_delete, name="visit_delete"),
]
