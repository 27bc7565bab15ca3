"""What a draft should inspect: the ranking of candidates, and draws for surprise rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from congvu.deeds import done
from congvu.once import once
from inspections.models import Added, Plan, PlanItem, RoundForm, add_items
from inspections.plan_overlaps import said_of_new
from reports.models import Draw, Proposal
from reports.proposal_form import AddForm, DrawForm, MonthsForm, ProposalForm, chosen_in
from reports.proposal_page import page_of, weights_text
from reports.rollups.candidates import Ranking, rank
from units.models import Unit

# What chosen candidates become, and what is drawn.
_PLANNED = {"form": RoundForm.PLANNED, "announced": True}
_SURPRISE = {"form": RoundForm.SURPRISE, "announced": False}


def _plan(request: UserRequest, pk: int, *, to_read: bool = False) -> Plan:
    """The plan, for whoever may change it; to read, also for the leaders of its issuer.

    What it is to become is nobody else's business.
    """
    plans = Plan.objects.visible_to(request.user).select_related("issuer")
    plan = get_object_or_404(plans, pk=pk)
    if not (to_read and Proposal.is_told_to(plan, request.user)):
        plan.require_editable(request.user)
    return plan


def _why_not(plan: Plan, user: User) -> str:
    """Why the proposal is only to be read; empty for whoever may change a draft."""
    if not plan.is_editable_by(user):
        return "Bạn xem được đề xuất và kết quả bốc thăm của kế hoạch này, không sửa được."
    return PlanItem(plan=plan).why_not_edited()


@require_http_methods(["GET", "POST"])
@once
def plan_proposal(request: UserRequest, pk: int) -> HttpResponse:
    """The weights, and the candidates ranked by them with their reasons."""
    plan = _plan(request, pk, to_read=request.method != "POST")
    proposal = Proposal.of(plan)
    refusal = _why_not(plan, request.user)
    sent = request.POST if request.method == "POST" and not refusal else None
    form = ProposalForm(sent or None, instance=proposal)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, "Đã lưu trọng số và xếp hạng lại danh sách.")
        return redirect(proposal)
    # Ranked by what is saved, whatever is being typed.
    saved = Proposal.of(plan) if form.is_bound else proposal
    return _proposal_page(request, plan, form, rank(saved, request.user))


def _proposal_page(
    request: UserRequest,
    plan: Plan,
    form: ProposalForm,
    ranking: Ranking,
    add_form: AddForm | None = None,
) -> HttpResponse:
    number = request.POST.get("page") or request.GET.get("page") or "1"
    chosen = chosen_in(request.POST)
    context = {
        "plan": plan,
        "title": f"Đề xuất đơn vị: {plan}",
        "form": form,
        "add_form": add_form or AddForm(None, ranking),
        "ranking": ranking,
        "weights": weights_text(ranking.proposal),
        "shown": page_of(ranking, number, chosen),
        "draws": Draw.objects.filter(proposal__plan=plan).select_related("by"),
        "refusal": _why_not(plan, request.user),
        # As of a day before everything that is on record nothing can be told apart.
        "is_unknown": all(each.facts.last_visit is None for each in ranking.candidates),
    }
    return render(request, "reports/plan_proposal.html", context)


@require_POST
@once
def proposal_add(request: UserRequest, pk: int) -> HttpResponse:
    """Put the chosen candidates into the draft; or turn to another page with what was ticked."""
    plan = _plan(request, pk)
    proposal = Proposal.of(plan)
    ranking, weights = rank(proposal, request.user), ProposalForm(instance=proposal)
    if "page" in request.POST:
        kept = AddForm(None, ranking)
        kept.initial = request.POST.dict()
        return _proposal_page(request, plan, weights, ranking, kept)
    form = AddForm(request.POST, ranking)
    if form.is_valid() and _add(request, form, plan, form.units, "Theo đề xuất", _PLANNED):
        return redirect(plan)
    return _proposal_page(request, plan, weights, ranking, form)


def _add(
    request: UserRequest,
    form: MonthsForm,
    plan: Plan,
    units: Sequence[Unit],
    why: str,
    fields: dict[str, Any],
) -> bool:
    """Add the units as items and say what was added and what was not; False when it is refused."""
    added: list[Added] = []
    pairs = form.spread(units)
    if not done(
        form,
        lambda: added.append(add_items(plan, pairs, by=request.user, why=why, **fields)),
    ):
        return False
    if items := added[0].items:
        messages.success(request, f"Đã thêm {len(items)} mục vào {plan.name}.")
        if said := said_of_new(request.user, plan, items):
            messages.warning(request, said)
    for sentence in added[0].left_out:
        messages.warning(request, f"Không thêm {sentence}")
    return True


@require_http_methods(["GET", "POST"])
@once
def plan_draw(request: UserRequest, pk: int) -> HttpResponse:
    """Draw units for surprise rounds from the candidates that are not in the plan."""
    plan = _plan(request, pk)
    proposal = Proposal.of(plan)
    form = DrawForm(request.POST or None, plan)
    made: list[Draw] = []

    def draw() -> None:
        made.append(
            Draw.make(
                proposal, lambda: rank(proposal, request.user).pool, by=request.user,
                **form.cleaned_data,
            )
        )  # fmt: skip

    if form.is_valid() and done(form, draw):
        messages.success(request, f"Đã bốc {made[0].number} đơn vị; kết quả được lưu lại.")
        return redirect(made[0])
    pool = rank(proposal, request.user).pool
    context = {
        "plan": plan,
        "title": f"Bốc thăm đơn vị kiểm tra đột xuất: {plan}",
        "form": form,
        "pool_count": len(pool),
        "submit_label": "Bốc thăm",
        "cancel_url": proposal.get_absolute_url(),
        "refusal": _why_not(plan, request.user) or ("" if pool else Draw.why_not(1, pool)),
    }
    return render(request, "reports/plan_draw.html", context)


def _draw(request: UserRequest, pk: int) -> Draw:
    draws = Draw.objects.visible_to(request.user)
    return get_object_or_404(draws.select_related("proposal__plan__issuer", "by"), pk=pk)


def _draw_page(request: UserRequest, draw: Draw, form: MonthsForm) -> HttpResponse:
    plan = draw.proposal.plan
    units = Unit.objects.prefetch_related("former_names").in_bulk([pk for pk, _ in draw.pool])
    day = timezone.localdate(draw.at)
    places = [
        (each, unit, unit.name_on(day) if unit else "(đơn vị đã xóa)")
        for each in draw.places
        for unit in (units.get(each.unit_id),)
    ]
    context = {
        "plan": plan,
        "draw": draw,
        "left": len(draw.left()),
        "title": str(draw),
        "drawn": [each for each in places if each[0].is_drawn],
        "places": places if request.GET.get("check") else None,
        "form": form,
        "refusal": _why_not(plan, request.user),
    }
    return render(request, "reports/draw_detail.html", context)


@require_safe
def draw_detail(request: UserRequest, pk: int) -> HttpResponse:
    """A draw: its seed, its pool, what was drawn, and how anybody can repeat it."""
    return _draw_page(request, _draw(request, pk), MonthsForm())


@require_POST
@once
def draw_add(request: UserRequest, pk: int) -> HttpResponse:
    """Put the units drawn into the draft, as surprise rounds that are not announced."""
    draw = _draw(request, pk)
    plan = draw.proposal.plan
    plan.require_editable(request.user)
    form = MonthsForm(request.POST)
    units = Unit.objects.in_bulk(draw.drawn_ids)
    drawn = [units[pk] for pk in draw.drawn_ids if pk in units]
    why = f"Bốc thăm lần {draw.position}"
    if form.is_valid() and _add(request, form, plan, drawn, why, _SURPRISE):
        return redirect(plan)
    return _draw_page(request, draw, form)
