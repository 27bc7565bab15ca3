"""The outbox, for administrators: what became of the e-mails to accounts in their scope."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Badge, Column, Listing
from congvu.trail import mark
from notices.filters import DigestFilter
from notices.models import Digest, DigestQuerySet, DigestState, LastRun
from notices.outbox import mail_is_on

_TONES = {
    DigestState.WAITING: "info",
    DigestState.SENDING: "info",
    DigestState.SENT: "success",
    DigestState.FAILED: "danger",
    DigestState.OFF: "secondary",
}
# So long without a run of `send_reminders` means that its timer does not work.
SILENT = timedelta(days=2)

COLUMNS = (
    Column(
        "Người nhận",
        lambda each: each.person.full_name,
        sort="person__sort_key",
        link=lambda each: each.person.get_absolute_url(),
        width=30,
        small=lambda each: each.person.email or "chưa có địa chỉ thư điện tử",
    ),
    Column("Ngày", lambda each: each.day, sort="day", width=14),
    Column(
        "Trạng thái",
        lambda each: Badge(each.get_state_display(), _TONES[each.state]),
        sort="state",
        width=18,
        small=lambda each: each.error,
    ),
    Column("Số lần gửi", lambda each: each.tries, align="end", width=12),
    Column("Gửi lúc", lambda each: each.sent_at, sort="sent_at", width=18),
)


def _in_scope(request: UserRequest) -> DigestQuerySet:
    require(request.user, "accounts.manage")
    return Digest.objects.visible_to(request.user)


@require_safe
def digest_list(request: UserRequest) -> HttpResponseBase:
    """E-mails to accounts in scope, those of the last day first."""
    rows = _in_scope(request)
    failed = rows.filter(state=DigestState.FAILED).count()
    listing = Listing(
        request,
        title="Thư nhắc việc",
        queryset=rows.select_related("person"),
        shape=COLUMNS,
        filterset=DigestFilter,
        order="-day,person__sort_key,pk",
        count_noun="thư",
        empty_title="Chưa có thư nhắc việc nào",
        empty_hint="Thư được lập khi lệnh send_reminders chạy và có việc cần nhắc.",
        file_name="thu-nhac-viec",
    )
    last = LastRun.last()
    context = {
        "actions": [
            Action(
                "Gửi lại thư không gửi được",
                reverse("notices:digest_resend"),
                "" if failed else "Không có thư nào không gửi được.",
            )
        ],
        "mail_is_on": mail_is_on(),
        "last": last,
        "is_silent": last is None or last.at < timezone.now() - SILENT,
    }
    return listing.respond("notices/digest_list.html", context)


class ResendForm(forms.Form):
    """Which of the e-mails that failed are sent again."""

    unclear = forms.BooleanField(
        label="Gửi lại cả những thư không rõ đã đi hay chưa",
        required=False,
        help_text="Người nhận có thể nhận hai lần cùng một thư.",
    )


@once
@require_http_methods(["GET", "HEAD", "POST"])
def digest_resend(request: UserRequest) -> HttpResponse:
    """Put e-mails that failed back into the outbox; they leave at the next run."""
    rows = _in_scope(request)
    form = ResendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["unclear"]:
            rows = rows.exclude(pk__in=rows.unclear().values("pk"))
        with transaction.atomic():
            number = rows.resend()
            if number:
                mark(request.user, request.user, "reminded", note=f"Gửi lại {number} thư nhắc việc")
        messages.success(request, f"{number} thư sẽ được gửi lại ở lần chạy send_reminders tới.")
        return redirect("notices:digest_list")
    failed, unclear = rows.filter(state=DigestState.FAILED).count(), rows.unclear().count()
    context: dict[str, Any] = {
        "title": "Gửi lại thư nhắc việc",
        "form": form,
        "submit_label": "Gửi lại",
        "consequences": [
            f"{failed} thư không gửi được, trong đó {unclear} thư không rõ đã đi hay chưa."
        ],
        "cancel_url": reverse("notices:digest_list"),
    }
    return render(request, "notices/digest_resend.html", context)
