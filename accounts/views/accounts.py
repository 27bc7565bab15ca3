"""The accounts that an administrator keeps (deed `accounts.manage`)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.filters import AccountFilter
from accounts.forms import AccountForm
from accounts.models import User, UserQuerySet
from accounts.passwords import temporary_password
from accounts.requests import UserRequest
from accounts.roles import Role
from congvu.access import require
from congvu.deeds import DeedForm, ReasonDeedForm, confirm
from congvu.models import Event
from congvu.once import once
from congvu.pages import Action, Fact
from congvu.tables import Badge, Column, Listing


def _state(account: User) -> Badge:
    """Whether the account can be used, in a word (reads `locked`)."""
    if not account.is_active:
        return Badge("Đã khóa", "secondary")
    if account.locked:
        return Badge("Tạm khóa", "danger")
    if account.is_idle:
        return Badge("Lâu không dùng", "warning")
    return Badge("Đang dùng", "success")


COLUMNS = (
    Column(
        "Họ và tên",
        lambda account: account.full_name,
        sort="sort_key",
        link=True,
        width=28,
        small=lambda account: account.post,
    ),
    Column("Tên đăng nhập", lambda account: account.username, sort="username", width=18),
    Column("Vai trò", lambda account: account.get_role_display(), sort="role", width=20),
    Column(
        "Đơn vị",
        lambda account: account.unit.name if account.unit else "",
        sort="unit__sort_key",
        width=32,
    ),
    Column("Trạng thái", _state, width=16),
    Column(
        "Đăng nhập gần nhất",
        lambda account: account.last_login or "Chưa lần nào",
        sort="last_login",
        width=20,
    ),
)


def _find(request: UserRequest, pk: int) -> User:
    """The account within the administrator's scope; 404 for any other."""
    require(request.user, "accounts.manage")
    return get_object_or_404(_rows(request), pk=pk)


def _rows(request: UserRequest) -> UserQuerySet:
    """The accounts in scope with what list and page show of them."""
    return User.objects.visible_to(request.user).with_locks().select_related("unit")


@require_safe
def account_list(request: UserRequest) -> HttpResponseBase:
    """Accounts of the units in scope."""
    require(request.user, "accounts.manage")
    listing = Listing(
        request,
        "Tài khoản",
        _rows(request),
        COLUMNS,
        AccountFilter,
        order="sort_key,username",
        count_noun="tài khoản",
        empty_title="Chưa có tài khoản nào.",
        empty_hint="Bấm “Thêm tài khoản” để tạo tài khoản đầu tiên.",
        file_name="tai-khoan",
    )
    return listing.respond("accounts/account_list.html")


def _actions(account: User, by: User) -> list[Action]:
    """What may be done to the account now (reads `locked`)."""
    edit = Action("Sửa", reverse("accounts:account_edit", args=[account.pk]))
    reset = Action(
        "Đặt lại mật khẩu",
        reverse("accounts:account_reset_password", args=[account.pk]),
        "Hãy dùng “Đổi mật khẩu” cho tài khoản của chính bạn." if account.pk == by.pk else "",
    )
    enable = Action(
        "Mở tài khoản",
        reverse("accounts:account_enable", args=[account.pk]),
        account.why_not_enable,
    )
    disable = Action(
        "Khóa tài khoản",
        reverse("accounts:account_disable", args=[account.pk]),
        account.why_not_disable(by),
        danger=True,
    )
    unlock = Action("Bỏ khóa", reverse("accounts:account_unlock", args=[account.pk]))
    first = [enable] if not account.why_not_enable else [unlock] if account.locked else []
    return [*first, edit, reset, disable]


@require_safe
def account_detail(request: UserRequest, pk: int) -> HttpResponse:
    """One account and all that was done to it."""
    account = _find(request, pk)
    state = _state(account)
    facts = [
        Fact("Tên đăng nhập", account.username),
        Fact("Vai trò", account.get_role_display()),
        Fact("Đơn vị", account.unit.name if account.unit else ""),
        Fact("Chức vụ", account.post),
        Fact("Thư điện tử", account.email),
    ]
    if account.role == Role.LEADER:
        facts.append(
            Fact("Xem tên cá nhân bị xử lý", "Được xem" if account.sees_names else "Không được xem")
        )
    context = {
        "title": f"Tài khoản {account.username} – {account.full_name}",
        "account": account,
        "state": state,
        "facts": facts,
        "actions": _actions(account, request.user),
        "events": Event.objects.of(account),
    }
    return render(request, "accounts/account_detail.html", context)


# Whose temporary password this session may still show, and from which seed it is made.
_SHOWN = "temporary_password"


def _show_password(request: UserRequest, account: User, seed: str) -> HttpResponse:
    """To the page that shows the temporary password, as often as it is loaded."""
    request.session[_SHOWN] = [account.pk, seed]
    return redirect("accounts:account_password", account.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_password(request: UserRequest, pk: int) -> HttpResponse:
    """The temporary password just set, to whoever set it, until noted down or changed."""
    account = _find(request, pk)
    shown, seed = request.session.get(_SHOWN) or (None, "")
    if request.method == "POST":
        request.session.pop(_SHOWN, None)
        return redirect(account)
    if shown != account.pk or not account.must_change_password:
        messages.info(request, "Mật khẩu tạm không còn hiện được; nếu chưa ghi lại, hãy đặt lại.")
        return redirect(account)
    context = {
        "title": f"Mật khẩu tạm của {account.username}",
        "account": account,
        "password": temporary_password(seed),
    }
    return render(request, "accounts/account_password.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once
def account_create(request: UserRequest) -> HttpResponse:
    """Add an account with a temporary password, shown once."""
    require(request.user, "accounts.manage")
    form = AccountForm(request.POST or None, by=request.user)
    if form.is_valid() and form.save_as(request.user):
        return _show_password(request, form.instance, form.seed)
    context = {
        "title": "Thêm tài khoản",
        "form": form,
        "lead": "Mỗi người một tài khoản. Mật khẩu tạm hiện một lần sau khi thêm; người dùng phải "
        "đổi khi đăng nhập lần đầu.",
        "submit_label": "Thêm tài khoản",
        "cancel_url": reverse("accounts:account_list"),
    }
    return render(request, "accounts/account_create.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def account_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change who the account is for and what it may do."""
    account = _find(request, pk)
    form = AccountForm(request.POST or None, instance=account, by=request.user)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, f"Đã lưu tài khoản {account.username}.")
        return redirect(account)
    context = {
        "title": f"Sửa tài khoản {account.username}",
        "account": account,
        "form": form,
        "submit_label": "Lưu tài khoản",
        "cancel_url": account.get_absolute_url(),
    }
    return render(request, "accounts/account_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def account_disable(request: UserRequest, pk: int) -> HttpResponse:
    """Close the account, with a reason."""
    account = _find(request, pk)
    return confirm(
        request,
        ReasonDeedForm(request.POST or None, record=account),
        account.disable,
        template="accounts/account_disable.html",
        title=f"Khóa tài khoản {account.username}",
        label="Khóa tài khoản",
        success=f"Đã khóa tài khoản {account.username}.",
        consequences=[
            f"{account.full_name} bị đăng xuất ngay và không đăng nhập được nữa.",
            "Những gì người này đã ghi vẫn giữ nguyên, vẫn đứng tên người này.",
            "Bạn có thể mở lại tài khoản bất cứ lúc nào.",
        ],
        refusal=account.why_not_disable(request.user),
        danger=True,
        account=account,
    )


def _confirm(
    request: UserRequest, account: User, template: str, context: dict[str, Any]
) -> HttpResponse:
    """A page that says what will happen, with one button."""
    shared = {"account": account, "cancel_url": account.get_absolute_url()}
    return render(request, template, {**shared, **context})


@require_http_methods(["GET", "HEAD", "POST"])
@once
def account_enable(request: UserRequest, pk: int) -> HttpResponse:
    """Open a closed or idle account again."""
    account = _find(request, pk)
    if request.method == "POST":
        try:
            account.enable(by=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, f"Đã mở tài khoản {account.username}.")
        return redirect(account)
    context = {
        "title": f"Mở tài khoản {account.username}",
        "consequences": [
            f"{account.full_name} đăng nhập được ngay bằng mật khẩu đang có.",
            "Nếu người này không còn nhớ mật khẩu, hãy đặt lại mật khẩu sau khi mở.",
        ],
        "submit_label": "Mở tài khoản",
    }
    return _confirm(request, account, "accounts/account_enable.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def account_unlock(request: UserRequest, pk: int) -> HttpResponse:
    """Let a person who typed wrong passwords try again at once."""
    account = _find(request, pk)
    return confirm(
        request,
        DeedForm(request.POST or None, record=account),
        account.unlock,
        template="accounts/account_unlock.html",
        title=f"Bỏ tạm khóa tài khoản {account.username}",
        label="Bỏ khóa",
        success=f"Đã bỏ tạm khóa tài khoản {account.username}.",
        consequences=[
            f"{account.full_name} đăng nhập lại được ngay bằng mật khẩu đang có.",
            "Hãy hỏi chính người đó trước: nếu không phải họ nhập sai, có thể có người đang dò mật "
            "khẩu.",
            "Nếu họ không còn nhớ mật khẩu, hãy đặt lại mật khẩu; việc đó cũng bỏ tạm khóa.",
        ],
        refusal=account.why_not_unlock,
        account=account,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once
def account_reset_password(request: UserRequest, pk: int) -> HttpResponse:
    """Give the account a temporary password, shown once."""
    account = _find(request, pk)
    if account.pk == request.user.pk:
        return redirect("accounts:password_change")
    if request.method == "POST":
        return _show_password(request, account, account.reset_password(by=request.user))
    context = {
        "title": f"Đặt lại mật khẩu của {account.username}",
        "consequences": [
            "Mật khẩu hiện tại mất hiệu lực ngay; người này bị đăng xuất.",
            "Một mật khẩu tạm hiện ra một lần, để bạn báo trực tiếp cho đúng người.",
            "Người này phải đổi mật khẩu khi đăng nhập lần tới.",
        ],
        "submit_label": "Đặt lại mật khẩu",
    }
    return _confirm(request, account, "accounts/account_reset_password.html", context)
