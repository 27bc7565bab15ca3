"""One's own notices, and whether they come by e-mail too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, Q, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import UserRequest
from congvu.once import once
from congvu.pages import Action
from congvu.tables import Column, Listing
from notices.filters import NoticeFilter
from notices.models import Notice, NoticeQuerySet
from notices.outbox import mail_is_on

COLUMNS = (
    Column("Nội dung", lambda each: each.text, link=True, width=80),
    Column("Ngày", lambda each: each.day, sort="day", width=14),
    Column("Đã xem lúc", lambda each: each.seen_at, sort="seen_at", width=18),
)


def _own(request: UserRequest) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.user)


@require_safe
def notice_list(request: UserRequest) -> HttpResponseBase:
    """The person's own notices, those not seen first."""
    unseen = Q(seen_at__isnull=True)
    listing = Listing(
        request,
        title="Nhắc việc",
        queryset=_own(request).alias(
            is_seen=Case(When(unseen, then=Value(False)), default=Value(True))
        ),
        shape=COLUMNS,
        filterset=NoticeFilter,
        order="is_seen,-day,-pk",
        count_noun="nhắc việc",
        empty_title="Chưa có nhắc việc nào",
        empty_hint="Khi một kiến nghị bạn theo dõi hoặc phải thực hiện sắp đến hạn, quá hạn hay có "
        "việc chờ bạn, ở đây sẽ có một dòng.",
        file_name="nhac-viec",
    )
    actions = [
        Action(
            "Đánh dấu tất cả đã xem",
            reverse("notices:notice_see_all"),
            "" if request.user.unseen_notices else "Không có nhắc việc nào chưa xem.",
            post=True,
        ),
        Action("Nhận thư", reverse("notices:notice_settings")),
    ]
    if request.user.may("accounts.manage"):
        actions.append(Action("Thư nhắc việc", reverse("notices:digest_list")))
    return listing.respond("notices/notice_list.html", {"actions": actions})


@require_safe
def notice_open(request: UserRequest, pk: int) -> HttpResponse:
    """Lead to what the notice is about; from then on it counts as seen."""
    notice = get_object_or_404(_own(request), pk=pk)
    if request.method == "GET":
        _own(request).filter(pk=pk).see()
    return redirect(notice.url or "notices:notice_list")


def _back(request: UserRequest) -> HttpResponse:
    """To the list as it was filtered and turned."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if safe and wanted.startswith("/") else "notices:notice_list")


@require_POST
def notice_see(request: UserRequest, pk: int) -> HttpResponse:
    """Put one aside without opening it."""
    get_object_or_404(_own(request), pk=pk)
    _own(request).filter(pk=pk).see()
    return _back(request)


@require_POST
def notice_see_all(request: UserRequest) -> HttpResponse:
    """Put all aside."""
    number = _own(request).see()
    messages.success(request, f"Đã đánh dấu {number} nhắc việc là đã xem.")
    return _back(request)


class MailForm(forms.Form):
    """Whether what waits comes by e-mail too."""

    wants_email = forms.BooleanField(
        label="Gửi cho tôi mỗi ngày một thư gồm những việc cần chú ý",
        required=False,
        help_text="Chỉ gửi vào ngày có việc. Danh sách Nhắc việc trong ứng dụng luôn có đủ, dù "
        "nhận thư hay không.",
    )


@once
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: UserRequest) -> HttpResponse:
    """The person's choice about e-mail."""
    user = request.user
    form = MailForm(request.POST or None, initial={"wants_email": user.wants_email})
    if form.is_valid():
        user.choose_email(form.cleaned_data["wants_email"])
        messages.success(
            request,
            "Bạn sẽ nhận thư nhắc việc."
            if user.wants_email
            else "Bạn sẽ không nhận thư nhắc việc nữa.",
        )
        return redirect("notices:notice_list")
    context: dict[str, Any] = {
        "title": "Nhận thư nhắc việc",
        "form": form,
        "submit_label": "Lưu lựa chọn",
        "cancel_url": reverse("notices:notice_list"),
        "mail_is_on": mail_is_on(),
    }
    return render(request, "notices/notice_settings.html", context)
