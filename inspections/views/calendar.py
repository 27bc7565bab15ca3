"""The calendar of rounds, and the private address by which a phone reads it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.dates import FIRST_YEAR, LAST_YEAR, today
from congvu.deeds import done
from congvu.once import once
from inspections.calendar import (
    ITEMS_SHOWN,
    VIEWS,
    CalendarFilter,
    Month,
    Sheet,
    kept,
)
from inspections.feed import DAYS_BACK, feed_of
from inspections.models import CalendarFeed, Round, statuses_seen_by


def _ways(path: str, query: QueryDict, month: Month) -> dict[str, str]:
    """Addresses of the neighbouring months, of this one in each view, and of today's."""

    def at(other: Month, view: str = "") -> str:
        changed = query.copy()
        changed["month"] = other.key
        if view:
            changed["view"] = view
        return f"{path}?{changed.urlencode()}"

    ways = {view: at(month, view) for view in VIEWS}
    ways["today"] = at(Month.of_day(today()))
    ways["previous"] = at(month.previous) if month.first.year > FIRST_YEAR else ""
    ways["next"] = at(month.next) if month.first.year < LAST_YEAR else ""
    return ways


@require_safe
def calendar(request: UserRequest) -> HttpResponse:
    """One month: rounds in reach on their days, and items of plans without a round."""
    user = request.user
    require(user, "rounds.view")
    filters = CalendarFilter(request.GET, Round.objects.visible_to(user), request)
    asked, view = request.GET.get("month", ""), request.GET.get("view", "")
    found = Month.of(asked)
    month = found or Month.of_day(today())
    query = kept(request.GET)
    sheet = Sheet(user, month, filters, query.urlencode())
    context = {
        "title": f"Lịch kiểm tra tháng {month.first.month} năm {month.first.year}",
        "month": month,
        "asked": asked,
        "not_read": bool(asked) and found is None,
        "view": view if view in VIEWS else "",
        "sheet": sheet,
        "filter_form": filters.form,
        "filtered": any(query.get(name) for name in ("body", "team", "person")),
        "clear_url": f"{request.path}?month={month.key}",
        "items": sheet.items[:ITEMS_SHOWN],
        "items_left": max(0, len(sheet.items) - ITEMS_SHOWN),
        "ways": _ways(request.path, query, month),
        "sees_all": len(statuses_seen_by(request.user)) > 1,
    }
    return render(request, "inspections/calendar.html", context)


@login_not_required
@require_safe
def calendar_ics(request: HttpRequest, token: str) -> HttpResponse:
    """What the person of that address may see, as iCalendar; 404 for an address that is no more."""
    feed = CalendarFeed.of_token(token)
    if feed is None:
        raise Http404
    text = feed_of(feed.user, request.build_absolute_uri)
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="lich-kiem-tra.ics"',
        },
    )


@require_safe
def calendar_feed(request: UserRequest) -> HttpResponse:
    """The own private address, and how to put it into a phone."""
    require(request.user, "rounds.view")
    feed = CalendarFeed.of(request.user)
    path = reverse("inspections:calendar_ics", args=[feed.token])
    context = {
        "title": "Lịch trên điện thoại",
        "address": request.build_absolute_uri(path),
        "sees_all": len(statuses_seen_by(request.user)) > 1,
        "days_back": DAYS_BACK,
    }
    response = render(request, "inspections/calendar_feed.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


class RenewForm(forms.Form):
    """Confirms that the address that was shown is to be replaced."""

    serial = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@once
def calendar_renew(request: UserRequest) -> HttpResponse:
    """Replace the own address: the one of before stops working at once."""
    user = request.user
    require(user, "rounds.view")
    feed = CalendarFeed.of(user)
    form = RenewForm(request.POST or None, initial={"serial": feed.serial})
    if form.is_valid() and done(form, lambda: feed.renew(user, form.cleaned_data["serial"])):
        messages.success(request, "Đã đổi địa chỉ lịch. Hãy ghi địa chỉ mới vào điện thoại.")
        return redirect("inspections:calendar_feed")
    context = {
        "form": form,
        "title": "Đổi địa chỉ lịch",
        "submit_label": "Đổi địa chỉ",
        "danger": True,
        "consequences": [
            "Địa chỉ hiện nay ngừng hoạt động ngay: điện thoại và máy tính đã ghi địa chỉ đó không "
            "nhận được lịch nữa.",
            "Bạn ghi lại địa chỉ mới vào từng máy. Việc này không hoàn lại được.",
        ],
        "cancel_url": reverse("inspections:calendar_feed"),
    }
    return render(request, "inspections/calendar_renew.html", context)
