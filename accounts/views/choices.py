"""Suggestions of accounts while one types."""

from __future__ import annotations

from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.colleagues import labels_of_accounts, search_accounts
from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import today

SUGGESTIONS = 10


@require_safe
def account_choices(request: UserRequest) -> HttpResponse:
    """Suggestions for an account field: `q` what was typed. Only name, post and unit are told."""
    require(request.user, "teams.change")
    query = request.GET.get("q", "")
    accounts = User.objects.colleagues_of(request.user)
    found = list(islice(search_accounts(accounts, query), SUGGESTIONS + 1))
    shown = found[:SUGGESTIONS]
    units = [each.unit.label(today()) if each.unit else "" for each in shown]
    context = {
        "choices": list(zip(labels_of_accounts(shown), shown, units, strict=True)),
        "query": query,
        "more": len(found) > SUGGESTIONS,
    }
    return render(request, "accounts/account_choices.html", context)
