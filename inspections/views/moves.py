"""Moving a planned round with its visits: the page shows first what will stand where."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from congvu.deeds import confirm
from congvu.once import once
from inspections.calendar import kept
from inspections.forms import MoveForm
from inspections.members import cautions_if_moved
from inspections.models import Round


@require_http_methods(["GET", "POST"])
@once
def round_move(request: UserRequest, pk: int) -> HttpResponse:
    """Move the round to another first day: `to` in the address, or typed.

    `back` in the address is the query of the calendar from which one came.
    """
    user = request.user
    rounds = Round.objects.visible_to(user).select_related("body", "team")
    round_ = get_object_or_404(rounds.prefetch_related("body__former_names"), pk=pk)
    round_.require_editable(user)
    form = MoveForm(request.POST or None, record=round_, user=user, to=request.GET.get("to", ""))
    move = form.move
    refusals = move.refusals if move else []
    then = _calendar(request, move.round if move else round_)
    return confirm(
        request,
        form,
        round_.move,
        template="inspections/round_move.html",
        title=f"Dời ngày cuộc {round_.code}",
        # To days that are refused nobody is led to press.
        label="Dời cuộc kiểm tra" if move and not refusals else "Xem lịch mới",
        success=f"Đã dời cuộc {round_.code}: {move.round.days_text if move else ''}.",
        refusal=round_.why_not_moved(),
        then=then,
        round=round_,
        move=move,
        refusals=refusals,
        day_cautions=move.cautions if move and not refusals else [],
        cautions=cautions_if_moved(move, user) if move else [],
        overlaps=form.overlaps,
        **({"cancel_url": then} if then else {}),
    )


def _calendar(request: HttpRequest, round_: Round) -> str:
    """The calendar from which one came, at the round's month; empty when one did not."""
    if "back" not in request.GET:
        return ""
    query = kept(QueryDict(request.GET["back"]))
    query["month"] = f"{round_.starts_on:%Y-%m}"
    return f"{reverse('inspections:calendar')}?{query.urlencode()}"
