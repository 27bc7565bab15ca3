"""The home page of each role, the search over everything in scope, and the health check.

With `urls` the only place in the frame that knows the apps: these pages gather from all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Role
from congvu.dates import days_phrase, format_day, today
from congvu.filters import SearchFilter
from congvu.text import fold
from directives.models import Document
from findings.models import Finding, Remedy
from inspections.models import Round
from reports.models import Return
from units.models import Unit

logger = logging.getLogger(__name__)

# How many of those that wait are named on the home page; the rest stand behind the link.
NAMED = 5
# Days ahead that a due day counts as near.
SOON = 14


@dataclass(frozen=True)
class Item:
    """One thing that waits: what it is, how long, and where it is dealt with."""

    text: str
    url: str
    days: str = ""


@dataclass(frozen=True)
class Waiting:
    """A kind of things that wait for a person, with the first of them by name."""

    title: str
    count: int
    url: str
    tone: str = "secondary"
    hint: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class Start:
    """Something that this person often begins from the home page."""

    text: str
    url: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, most pressing first; then where to go on."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # the sign-in middleware stands before this view
    now = today()
    makers: dict[str, tuple[Callable[[User, date], Waiting], ...]] = {
        Role.STAFF: (returns_to_decide, claims, overdue, due_soon, rounds_behind, rounds_now),
        Role.INSPECTOR: (rounds_now, rounds_behind, claims, overdue, due_soon),
        Role.REPORTER: (returns_to_send, overdue, due_soon),
        Role.LEADER: (overdue, due_soon, rounds_now),
        Role.ADMIN: (accounts_asleep,),
    }
    waiting = [make(user, now) for make in makers.get(user.role, ())]
    context = {
        "waiting": [each for each in waiting if each.count],
        "nothing": [each for each in waiting if not each.count],
        "starts": starts(user, now),
        "today": now,
    }
    return render(request, "home.html", context)


def starts(user: User, now: date) -> list[Start]:
    """Where this role's work usually begins."""
    offers = (
        ("rounds.change", "Ghi một cuộc kiểm tra", reverse("inspections:round_create")),
        ("returns.change", "Lập số liệu báo cáo", reverse("reports:return_create")),
        ("summary.view", f"Tổng hợp năm {now.year}", reverse("reports:summary")),
        ("summary.view", f"Tổng hợp năm {now.year - 1}", _summary(user, now.year - 1)),
        ("workbook.import", "Nhập từ bảng tính", reverse("exchange:import_list")),
        ("accounts.manage", "Tài khoản", reverse("accounts:account_list")),
        ("catalogue.change", "Danh mục nội dung kiểm tra", reverse("inspections:content_list")),
        ("units.view", "Cây đơn vị", reverse("units:unit_list")),
    )
    return [Start(text, url) for deed, text, url in offers if user.may(deed)]


def _summary(user: User, year: int) -> str:
    code = str(user.unit.code) if user.unit else ""
    return f"{reverse('reports:summary')}?{urlencode({'unit': code, 'year': str(year)})}"


def _first(rows: QuerySet[Any], show: Callable[[Any], Item]) -> list[Item]:
    return [show(row) for row in rows[:NAMED]]


def _link(name: str, **query: str | int) -> str:
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


# --- remedies --------------------------------------------------------------------------------


def _remedies(user: User, now: date) -> QuerySet[Any]:
    rows: QuerySet[Any] = Remedy.objects.visible_to(user).standing(now)
    rows = rows.filter(visit__round__status=Round.Status.COMPLETED)
    return rows.select_related("visit__unit", "visit__round")


def _remedy(now: date) -> Callable[[Any], Item]:
    def show(row: Any) -> Item:
        text = f"{row.visit.unit.name}: {row.get_kind_display()}"
        return Item(text, row.get_absolute_url(), days_phrase(row.due_in_force, now))

    return show


def overdue(user: User, now: date) -> Waiting:
    """Remedies past the due day in force (contract §4 rule 6), the longest first."""
    rows = _remedies(user, now).filter(state="overdue").order_by("due_in_force", "pk")
    return Waiting(
        "Kiến nghị quá hạn",
        rows.count(),
        _link("findings:remedy_list", state="overdue", sort="thoi-han"),
        "danger",
        items=_first(rows, _remedy(now)),
    )


def due_soon(user: User, now: date) -> Waiting:
    """Open remedies that fall due within `SOON` days."""
    limit = now + timedelta(days=SOON)
    rows = _remedies(user, now).filter(state="open", due_in_force__lte=limit)
    rows = rows.order_by("due_in_force", "pk")
    return Waiting(
        f"Kiến nghị đến hạn trong {SOON} ngày tới",
        rows.count(),
        _link("findings:remedy_list", state="open", due_to=format_day(limit)),
        "warning",
        items=_first(rows, _remedy(now)),
    )


def claims(user: User, now: date) -> Waiting:
    """Remedies that a unit says are done and that wait to be settled."""
    rows = _remedies(user, now).filter(
        completed_on__isnull=True, progress__claimed_on__isnull=False
    )
    rows = rows.distinct().order_by("due_in_force", "pk")
    return Waiting(
        "Đơn vị báo đã hoàn thành, chờ xác nhận",
        rows.count(),
        _link("findings:remedy_list", claimed="true"),
        "warning",
        items=_first(rows, _remedy(now)),
    )


# --- rounds ----------------------------------------------------------------------------------


def _round(row: Any) -> Item:
    first = next(iter(row.visits.all()), None)
    where = first.unit.name if first else "chưa có đơn vị"
    days = format_day(row.starts_on)
    if row.ends_on != row.starts_on:
        days = f"{days} – {format_day(row.ends_on)}"
    return Item(f"{row.code} – {where}", row.get_absolute_url(), days)


def _conducted(user: User) -> QuerySet[Round]:
    rows = Round.objects.visible_to(user).filter(
        status__in=(Round.Status.SCHEDULED, Round.Status.IN_PROGRESS)
    )
    return rows.prefetch_related("visits__unit")


def rounds_now(user: User, now: date) -> Waiting:
    """Rounds under way or beginning within seven days."""
    week = now + timedelta(days=7)
    rows = (
        _conducted(user).filter(starts_on__lte=week, ends_on__gte=now).order_by("starts_on", "pk")
    )
    return Waiting(
        "Cuộc kiểm tra hôm nay và bảy ngày tới",
        rows.count(),
        _link("inspections:round_list", due="now"),
        "info",
        items=_first(rows, _round),
    )


def rounds_behind(user: User, now: date) -> Waiting:
    """Rounds whose last day is past and that were neither completed nor cancelled."""
    rows = _conducted(user).filter(ends_on__lt=now).order_by("ends_on", "pk")
    return Waiting(
        "Cuộc đã qua ngày nhưng chưa hoàn thành",
        rows.count(),
        _link("inspections:round_list", due="behind"),
        "warning",
        hint="Chỉ cuộc đã hoàn thành mới được tính vào tổng hợp.",
        items=_first(rows, _round),
    )


# --- returns ---------------------------------------------------------------------------------


def _return(row: Any) -> Item:
    period = f"{format_day(row.first_day)} – {format_day(row.last_day)}"
    return Item(f"{row.unit.name}: {period}", row.get_absolute_url(), row.get_status_display())


def returns_to_decide(user: User, now: date) -> Waiting:
    """Returns that units have sent and staff have not decided on."""
    rows = Return.objects.visible_to(user).filter(status=Return.Status.SUBMITTED)
    rows = rows.select_related("unit").order_by("sent_on", "pk")
    return Waiting(
        "Số liệu báo cáo chờ duyệt",
        rows.count(),
        _link("reports:return_list", status="SUBMITTED"),
        "warning",
        items=_first(rows, _return),
    )


def returns_to_send(user: User, now: date) -> Waiting:
    """The unit's own returns that are not sent, or were sent back."""
    open_ = Q(status__in=(Return.Status.DRAFT, Return.Status.SENT_BACK))
    rows = Return.objects.visible_to(user).filter(open_).select_related("unit")
    rows = rows.order_by("last_day", "pk")
    return Waiting(
        "Số liệu báo cáo chưa gửi hoặc bị trả lại",
        rows.count(),
        _link("reports:return_list"),
        "warning",
        items=_first(rows, _return),
    )


# --- accounts --------------------------------------------------------------------------------


def accounts_asleep(user: User, now: date) -> Waiting:
    """Accounts that are open and have never been used."""
    rows = User.objects.visible_to(user).filter(is_active=True, last_login__isnull=True)
    rows = rows.select_related("unit").order_by("created_at", "pk")
    return Waiting(
        "Tài khoản chưa đăng nhập lần nào",
        rows.count(),
        _link("accounts:account_list"),
        "secondary",
        items=_first(
            rows,
            lambda row: Item(
                f"{row} ({row.get_role_display()})",
                row.get_absolute_url(),
                f"tạo ngày {format_day(timezone.localdate(row.created_at))}",
            ),
        ),
    )


# --- search ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hits:
    """What a search found of one kind: how many, the first of them, and the list with all."""

    title: str
    count: int
    url: str
    items: list[Item]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Units, rounds, findings and documents in scope that hold every word, tone marks aside."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # the sign-in middleware stands before this view
    words = request.GET.get("q", "").strip()
    hits: list[Hits] = []
    if len(fold(words)) >= 2:
        hits = [each for each in (kind(user, words) for kind in SEARCHED) if each.count]
    return render(request, "search.html", {"q": words, "hits": hits})


def _hits(
    title: str, name: str, rows: QuerySet[Any], words: str, columns: tuple[str, ...],
    show: Callable[[Any], Item],
) -> Hits:  # fmt: skip
    found = SearchFilter(*columns).filter(rows, words).distinct()
    return Hits(title, found.count(), _link(name, q=words), _first(found, show))


def _find_units(user: User, words: str) -> Hits:
    rows = Unit.objects.visible_to(user) if user.may("units.view") else Unit.objects.none()
    return _hits(
        "Đơn vị", "units:unit_list", rows.order_by("sort_key", "pk"), words,
        ("folded", "former_names__folded"),
        lambda row: Item(f"{row.name} ({row.code})", row.get_absolute_url(), row.span_text),
    )  # fmt: skip


def _find_rounds(user: User, words: str) -> Hits:
    rows = Round.objects.visible_to(user).select_related("body").order_by("-ends_on", "-pk")
    return _hits(
        "Cuộc kiểm tra", "inspections:round_list", rows, words, ("folded", "body__folded"),
        lambda row: Item(f"{row.code} – {row.body.name}", row.get_absolute_url(),
                         format_day(row.ends_on)),
    )  # fmt: skip


def _find_findings(user: User, words: str) -> Hits:
    rows = Finding.objects.visible_to(user).select_related("visit__unit").order_by("-pk")
    return _hits(
        "Tồn tại", "findings:finding_list", rows, words, ("folded", "visit__unit__folded"),
        lambda row: Item(f"{row.visit.unit.name}: {row.content[:120]}", row.get_absolute_url(),
                         row.get_category_display()),
    )  # fmt: skip


def _find_documents(user: User, words: str) -> Hits:
    rows = Document.objects.visible_to(user).order_by("-issued_on", "-pk")
    return _hits(
        "Văn bản", "directives:document_list", rows, words, ("folded",),
        lambda row: Item(f"{row.number}: {row.subject}", row.get_absolute_url(),
                         format_day(row.issued_on)),
    )  # fmt: skip


SEARCHED = (_find_units, _find_rounds, _find_findings, _find_documents)


# --- health ----------------------------------------------------------------------------------


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` when the database answers, 503 when not (contract §2)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("The database does not answer")
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
