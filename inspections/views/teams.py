"""Pages of inspection teams."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.deeds import DeedForm, confirm
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Column, Listing, is_export
from inspections.columns import ROUND_COLUMNS, with_rows
from inspections.facts import facts_of_team
from inspections.filters import TeamFilter
from inspections.forms import TeamForm
from inspections.models import Round, Team, TeamRole


def _leaders(team: Team) -> str:
    """Who leads the team (reads `members`)."""
    return ", ".join(each.name for each in team.members.all() if each.role == TeamRole.LEADER)


COLUMNS = (
    Column("Tên đoàn", lambda each: each.name, sort="sort_key", link=True, width=36),
    Column("Cơ quan kiểm tra", lambda each: each.body.name, sort="body__sort_key", width=32),
    Column("Số quyết định", lambda each: each.decision_number, sort="decision_number", width=18),
    Column("Ngày quyết định", lambda each: each.decided_on, sort="decided_on"),
    Column("Trưởng đoàn", _leaders, width=26),
    Column("Số người", lambda each: each.members_count, align="end", width=10),
)


@require_safe
def team_list(request: UserRequest) -> HttpResponseBase:
    """Teams in reach, those decided last first."""
    user = request.user
    require(user, "teams.view")
    writes = user.may("teams.change")
    teams = Team.objects.visible_to(user).select_related("body").prefetch_related("members")
    listing = Listing(
        request,
        title="Đoàn kiểm tra",
        queryset=teams.annotate(members_count=Count("members", distinct=True)),
        shape=COLUMNS,
        filterset=TeamFilter,
        order="-decided_on,sort_key",
        count_noun="đoàn",
        empty_title="Chưa có đoàn kiểm tra nào",
        empty_hint="Bấm “Lập đoàn” để ghi đoàn theo quyết định." if writes else "",
        file_name="doan-kiem-tra",
    )
    actions = [Action("Lập đoàn", reverse("inspections:team_create"))] if writes else []
    return listing.respond("inspections/team_list.html", {"actions": actions})


@require_safe
def team_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """A team, who is in it, and the rounds that it held."""
    user = request.user
    teams = Team.objects.visible_to(user).select_related("body")
    team = get_object_or_404(teams.prefetch_related("body__former_names"), pk=pk)
    rounds = Round.objects.visible_to(user).filter(team=team)
    listing = Listing(
        request,
        title="Cuộc kiểm tra",
        queryset=with_rows(rounds, user, for_export=is_export(request)),
        shape=ROUND_COLUMNS,
        order="-ends_on",
        count_noun="cuộc",
        empty_title="Đoàn này chưa kiểm tra cuộc nào",
        empty_hint="Khi tạo hoặc sửa cuộc kiểm tra, chọn đoàn này ở mục “Căn cứ và đoàn”."
        if user.may("rounds.change")
        else "",
        file_name=f"cuoc-kiem-tra-cua-doan-{team.pk}",
    )
    editable = team.is_editable_by(user)
    actions = []
    if editable:
        actions.append(Action("Sửa đoàn", reverse("inspections:team_edit", args=[team.pk])))
        delete = reverse("inspections:team_delete", args=[team.pk])
        actions.append(Action("Xóa đoàn", delete, team.why_not_removed(), danger=True))
    context = {
        "team": team,
        "title": team.name,
        "facts": facts_of_team(team, user),
        "members": team.members.all(),
        "editable": editable,
        "record": team,
        "events": Event.objects.of(team) if editable else None,
        "actions": actions,
    }
    return listing.respond("inspections/team_detail.html", context)


@require_http_methods(["GET", "POST"])
@once
def team_create(request: UserRequest) -> HttpResponse:
    """A team set up by decision, with its members."""
    require(request.user, "teams.change")
    form = TeamForm(request.POST or None, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lập {form.instance.name}.")
        return redirect(form.instance)
    context = {
        "form": form,
        "title": "Lập đoàn kiểm tra",
        "submit_label": "Lập đoàn",
        "cancel_url": reverse("inspections:team_list"),
    }
    return render(request, "inspections/team_create.html", context)


@require_http_methods(["GET", "POST"])
@once
def team_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change a team's decision or members."""
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("body"), pk=pk)
    team.require_editable(request.user)
    form = TeamForm(request.POST or None, instance=team, user=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu {team.name}.")
        return redirect(team)
    context = {
        "team": team,
        "form": form,
        "title": f"Sửa {team.name}",
        "submit_label": "Lưu thay đổi",
        "cancel_url": team.get_absolute_url(),
    }
    return render(request, "inspections/team_edit.html", context)


@require_http_methods(["GET", "POST"])
@once
def team_delete(request: UserRequest, pk: int) -> HttpResponse:
    """Take away a team entered by mistake; one that held rounds stays."""
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("body"), pk=pk)
    team.require_editable(request.user)
    return confirm(
        request,
        DeedForm(request.POST or None, record=team),
        team.remove,
        template="inspections/team_delete.html",
        title=f"Xóa {team.name}",
        label="Xóa đoàn này",
        success=f"Đã xóa {team.name}.",
        consequences=[
            f"{team.name} cùng danh sách thành viên bị xóa hẳn và không khôi phục được.",
            "Nhật ký vẫn ghi ai đã xóa và xóa lúc nào.",
        ],
        refusal=team.why_not_removed(),
        then="inspections:team_list",
        danger=True,
        team=team,
    )
