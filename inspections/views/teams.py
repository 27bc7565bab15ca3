"""Pages of inspection teams."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.deeds import DeedForm, confirm
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Column, Listing, is_export
from inspections.columns import ROUND_COLUMNS, visits_of, with_rows
from inspections.facts import facts_of_team
from inspections.filters import TeamFilter
from inspections.forms import TeamForm
from inspections.members import AHEAD, Caution, Going, cautions_of
from inspections.models import Round, Team, TeamMember, TeamRole


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


def _by_group(team: Team) -> list[tuple[str, list[TeamMember]]]:
    """The members of the whole team, then those of each sub-group."""
    members = list(team.members.select_related("unit"))
    groups = dict.fromkeys(["", *(each.group for each in members)])
    found = [(name, [each for each in members if each.group == name]) for name in groups]
    return [(name, those) for name, those in found if those]


def _cautions(team: Team, rounds: Iterable[Round], user: User) -> list[tuple[Round, Caution]]:
    """What there is to say of the team's rounds, each sentence with its round."""
    goings = [Going(each, visits_of(each)) for each in rounds]
    told = cautions_of(goings, user)
    found = []
    for each in rounds:
        found += [(each, caution) for caution in told.get(each.pk, [])]
        if each.status in AHEAD:
            each.team = team
            found += [(each, Caution(fault.message)) for fault in each.faults_of_team()]
    return found


def _rounds_of(request: UserRequest, team: Team) -> Listing:
    """The list of the team's rounds in reach."""
    user = request.user
    rounds = Round.objects.visible_to(user).filter(team=team)
    return Listing(
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


@require_safe
def team_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """A team, who is in it, and the rounds that it held."""
    user = request.user
    team = get_object_or_404(Team.objects.visible_to(user).select_related("body"), pk=pk)
    listing = _rounds_of(request, team)
    editable = team.is_editable_by(user)
    actions = []
    if editable:
        actions.append(Action("Sửa đoàn", reverse("inspections:team_edit", args=[team.pk])))
        actions.append(Action("Gắn văn bản", reverse("inspections:team_attach", args=[team.pk])))
        delete = reverse("inspections:team_delete", args=[team.pk])
        refusal = team.why_not_removed(holds_rounds=listing.count > 0)
        actions.append(Action("Xóa đoàn", delete, refusal, danger=True))
    rounds_shown = [] if is_export(request) else list(listing.records_of_page)
    # Read with the rounds already, with its former names.
    team.body = next((r.body for r in rounds_shown if r.body_id == team.body_id), team.body)
    context = {
        "team": team,
        "title": team.name,
        "facts": facts_of_team(team, user),
        "groups": _by_group(team),
        "cautions": _cautions(team, rounds_shown, user),
        "documents": team.documents.visible_to(user).select_related("issuer"),
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
