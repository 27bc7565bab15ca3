"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as begin_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import OwnPasswordForm, SignInForm
from accounts.requests import UserRequest
from congvu.models import Event
from congvu.pages import Fact

# How many of the last sign-ins a person sees of the own account.
_SIGN_INS_SHOWN = 10


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, unless that leads away from here."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted.startswith("/") else reverse(settings.LOGIN_REDIRECT_URL)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in; afterwards to the page that was asked for."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next_page(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        begin_session(request, user)
        user.note_sign_in()
        return HttpResponseRedirect(_next_page(request))
    context: dict[str, Any] = {
        "title": "Đăng nhập",
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
    }
    return render(request, "accounts/login.html", context)


@require_POST
def logout(request: UserRequest) -> HttpResponse:
    """Sign out."""
    end_session(request)
    messages.success(request, "Bạn đã đăng xuất.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
def session(request: UserRequest) -> HttpResponse:
    """Keep the session alive: the answer says that it still is, and asking prolonged it."""
    return HttpResponse(status=204)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: UserRequest) -> HttpResponse:
    """Choose a new password, at first sign-in or at any time."""
    user = request.user
    form = OwnPasswordForm(user, request.POST or None)
    if form.is_valid():
        user.change_password(form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, "Đã đổi mật khẩu.")
        return redirect("home")
    context: dict[str, Any] = {
        "title": "Đổi mật khẩu",
        "form": form,
        "submit_label": "Đổi mật khẩu",
        "first_time": user.must_change_password,
        "cancel_url": None if user.must_change_password else "/",
    }
    return render(request, "accounts/password_change.html", context)


@require_safe
def profile(request: UserRequest) -> HttpResponse:
    """The own account: what it may reach, and when and from where it was used."""
    user = request.user
    facts = [
        Fact("Tên đăng nhập", user.username),
        Fact("Họ và tên", user.full_name),
        Fact("Chức vụ", user.post),
        Fact("Thư điện tử", user.email),
        Fact("Vai trò", user.get_role_display()),
        Fact("Đơn vị", user.unit.name if user.unit else ""),
    ]
    sign_ins = Event.objects.of(user).filter(deed="signed_in").order_by("-at", "-pk")
    return render(
        request,
        "accounts/profile.html",
        {
            "title": "Tài khoản của tôi",
            "facts": facts,
            "sign_ins": sign_ins[:_SIGN_INS_SHOWN],
        },
    )
