"""The home page of each role, the search over everything in scope, and the health check.

With `urls` the only place in the frame that knows the apps: these pages gather from all of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Role
from congvu.dates import days_phrase, format_day, today
from congvu.filters import ListFilter
from congvu.numbers import number_text
from congvu.pages import Action, Card, Entry, Figure
from congvu.text import fold
from directives.filters import DocumentFilter
from directives.models import Document
from findings.filters import FindingFilter
from findings.models import Finding, Remedy
from inspections.filters import RoundFilter
from inspections.models import Round
from reports.models import Return
from units.filters import UnitListFilter
from units.models import Unit

logger = logging.getLogger(__name__)

# How many of those that wait are named on the home page; the rest stand behind the link.
NAMED = 5
# Days ahead that a due day counts as near.
SOON = 14


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, most pressing first; then figures, and where work begins."""
    user = _user(request)
    now = today()
    cards = [make(user, now) for make in CARDS.get(user.role, ())]
    context = {
        # What waits comes before what does not; else in the order of the role's list.
        "cards": sorted(cards, key=lambda card: not card.count),
        "figures": figures(user, now) if user.may("summary.view") else [],
        "figures_title": f"Năm {now.year} đến nay",
        "starts": starts(user, now),
        "today": now,
    }
    return render(request, "home.html", context)


def _user(request: HttpRequest) -> User:
    """Whoever is signed in; the sign-in middleware stands before these views."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def starts(user: User, now: date) -> list[Action]:
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
    return [Action(text, url) for deed, text, url in offers if user.may(deed)]


def figures(user: User, now: date) -> list[Figure]:
    """This year so far beside the same days of last year; each figure leads to its list."""
    first, last_first = now.replace(month=1, day=1), date(now.year - 1, 1, 1)
    # 29 February has no counterpart: the day before it is compared.
    last = (
        now.replace(year=now.year - 1, day=28)
        if (now.month, now.day) == (2, 29)
        else (now.replace(year=now.year - 1))
    )
    done = Round.objects.visible_to(user).filter(status=Round.Status.COMPLETED)
    findings = Finding.objects.visible_to(user).filter(visit__round__status=Round.Status.COMPLETED)
    shown = []
    for label, rows, column, name in (
        ("Cuộc kiểm tra đã hoàn thành", done, "ends_on", "inspections:round_list"),
        ("Tồn tại, hạn chế, vi phạm", findings, "visit__round__ends_on", "findings:finding_list"),
    ):
        counts = rows.aggregate(
            this=Count("pk", filter=Q(**{f"{column}__range": (first, now)})),
            past=Count("pk", filter=Q(**{f"{column}__range": (last_first, last)})),
        )
        days = {"from": format_day(first), "to": format_day(now)}
        url = _link(name, status="COMPLETED", **days)
        change = f"cùng kỳ năm {now.year - 1}: {number_text(counts['past'])}"
        shown.append(Figure(label, number_text(counts["this"]), url, change))
    return shown


def _summary(user: User, year: int) -> str:
    code = str(user.unit.code) if user.unit else ""
    return f"{reverse('reports:summary')}?{urlencode({'unit': code, 'year': str(year)})}"


def _first(rows: QuerySet[Any], show: Callable[[Any], Entry]) -> list[Entry]:
    return [show(row) for row in rows[:NAMED]]


def _link(name: str, **query: str | int) -> str:
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


# --- remedies --------------------------------------------------------------------------------


def _remedies(user: User, now: date) -> Any:
    """A `RemedyQuerySet` of those that count, with `due_in_force`, which its type cannot tell."""
    rows = Remedy.objects.visible_to(user).standing(now).followed()
    return rows.select_related("visit__unit", "visit__round")


def _remedy(now: date) -> Callable[[Any], Entry]:
    def show(row: Any) -> Entry:
        text = f"{row.visit.unit.name}: {row.get_kind_display()}"
        when = days_phrase(row.due_in_force, now) if row.due_in_force else "không có hạn"
        tone = "danger" if row.state == "overdue" else ""
        return Entry(text, row.get_absolute_url(), when, tone, f"Cuộc {row.visit.round.code}")

    return show


def overdue(user: User, now: date) -> Card:
    """Remedies past the due day in force (contract §4 rule 6), the longest first."""
    rows = _remedies(user, now).in_state("overdue", now).order_by("due_in_force", "pk")
    return Card(
        "Kiến nghị quá hạn",
        rows.count(),
        _link("findings:remedy_list", state="overdue", sort="thoi-han"),
        tone="danger",
        empty="Không có kiến nghị nào quá hạn.",
        entries=_first(rows, _remedy(now)),
    )


def due_soon(user: User, now: date) -> Card:
    """Open remedies that fall due within `SOON` days."""
    limit = now + timedelta(days=SOON)
    rows = _remedies(user, now).in_state("open", now).filter(due_in_force__lte=limit)
    rows = rows.order_by("due_in_force", "pk")
    return Card(
        f"Kiến nghị đến hạn trong {SOON} ngày tới",
        rows.count(),
        _link("findings:remedy_list", state="open", due_to=format_day(limit)),
        tone="warning",
        entries=_first(rows, _remedy(now)),
    )


def claims(user: User, now: date) -> Card:
    """Remedies that a unit says are done and that wait to be settled."""
    rows = _remedies(user, now).claimed().order_by("due_in_force", "pk")
    return Card(
        "Đơn vị báo đã hoàn thành, chờ xác nhận",
        rows.count(),
        _link("findings:remedy_list", claimed="true"),
        tone="warning",
        entries=_first(rows, _remedy(now)),
    )


# --- rounds ----------------------------------------------------------------------------------


def _round(row: Any) -> Entry:
    first = next(iter(row.visits.all()), None)
    where = first.unit.name if first else "chưa có đơn vị"
    days = format_day(row.starts_on)
    if row.ends_on != row.starts_on:
        days = f"{days} – {format_day(row.ends_on)}"
    return Entry(f"{row.code} – {where}", row.get_absolute_url(), days)


def rounds_now(user: User, now: date) -> Card:
    """Rounds under way or beginning within seven days."""
    rows = Round.objects.visible_to(user).near(now).order_by("starts_on", "pk")
    return Card(
        "Cuộc kiểm tra hôm nay và bảy ngày tới",
        rows.count(),
        _link("inspections:round_list", due="now"),
        entries=_first(rows.prefetch_related("visits__unit"), _round),
    )


def rounds_behind(user: User, now: date) -> Card:
    """Rounds whose last day is past and that were neither completed nor cancelled."""
    rows = Round.objects.visible_to(user).behind(now).order_by("ends_on", "pk")
    return Card(
        "Cuộc đã qua ngày nhưng chưa hoàn thành",
        rows.count(),
        _link("inspections:round_list", due="behind"),
        tone="warning",
        empty="Không có cuộc nào bỏ dở.",
        entries=_first(rows.prefetch_related("visits__unit"), _round),
    )


# --- returns ---------------------------------------------------------------------------------


def _return(row: Any) -> Entry:
    period = f"{format_day(row.first_day)} – {format_day(row.last_day)}"
    return Entry(f"{row.unit.name}: {period}", row.get_absolute_url(), row.get_status_display())


def returns_to_decide(user: User, now: date) -> Card:
    """Returns that units have sent and staff have not decided on."""
    rows = Return.objects.visible_to(user).filter(status=Return.Status.SUBMITTED)
    rows = rows.select_related("unit").order_by("sent_on", "pk")
    return Card(
        "Số liệu báo cáo chờ duyệt",
        rows.count(),
        _link("reports:return_list", status="SUBMITTED"),
        tone="warning",
        entries=_first(rows, _return),
    )


def returns_to_send(user: User, now: date) -> Card:
    """The unit's own returns that are not sent, or were sent back."""
    rows = Return.objects.visible_to(user).unsent().select_related("unit")
    rows = rows.order_by("last_day", "pk")
    return Card(
        "Số liệu báo cáo chưa gửi hoặc bị trả lại",
        rows.count(),
        _link("reports:return_list", status="UNSENT"),
        tone="warning",
        entries=_first(rows, _return),
    )


# --- accounts --------------------------------------------------------------------------------


def accounts_asleep(user: User, now: date) -> Card:
    """Accounts that are open and have never been used."""
    rows = User.objects.visible_to(user).filter(is_active=True, last_login__isnull=True)
    rows = rows.select_related("unit").order_by("created_at", "pk")
    return Card(
        "Tài khoản chưa đăng nhập lần nào",
        rows.count(),
        _link("accounts:account_list", state="never"),
        entries=_first(
            rows,
            lambda row: Entry(
                f"{row} ({row.get_role_display()})",
                row.get_absolute_url(),
                f"tạo ngày {format_day(timezone.localdate(row.created_at))}",
            ),
        ),
    )


# Which kinds of work each role is shown, the most pressing first.
CARDS: dict[str, tuple[Callable[[User, date], Card], ...]] = {
    Role.STAFF: (returns_to_decide, claims, overdue, due_soon, rounds_behind, rounds_now),
    Role.INSPECTOR: (rounds_now, rounds_behind, claims, overdue, due_soon),
    Role.REPORTER: (returns_to_send, overdue, due_soon),
    Role.LEADER: (overdue, due_soon, rounds_now),
    Role.ADMIN: (accounts_asleep,),
}


# --- search ----------------------------------------------------------------------------------


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Units, rounds, findings and documents in scope that hold every word, tone marks aside."""
    user = _user(request)
    words = request.GET.get("q", "").strip()
    hits: list[Card] = []
    if len(fold(words)) >= 2:
        hits = [each for each in (kind(request, user) for kind in SEARCHED) if each.count]
    return render(request, "search.html", {"q": words, "hits": hits})


def _hits(
    request: HttpRequest,
    title: str,
    name: str,
    rows: QuerySet[Any],
    filters: type[ListFilter],
    show: Callable[[Any], Entry],
) -> Card:
    """What the list of that kind finds for the same words: its own filter is asked."""
    words = request.GET.get("q", "").strip()
    found = filters(QueryDict(urlencode({"q": words})), rows, request).qs
    return Card(title, found.count(), _link(name, q=words), _first(found, show))


def _find_units(request: HttpRequest, user: User) -> Card:
    rows = Unit.objects.visible_to(user) if user.may("units.view") else Unit.objects.none()
    return _hits(
        request, "Đơn vị", "units:unit_list", rows.order_by("sort_key", "pk"), UnitListFilter,
        lambda row: Entry(f"{row.name} ({row.code})", row.get_absolute_url(), row.span_text),
    )  # fmt: skip


def _find_rounds(request: HttpRequest, user: User) -> Card:
    rows = Round.objects.visible_to(user).select_related("body").order_by("-ends_on", "-pk")
    return _hits(
        request, "Cuộc kiểm tra", "inspections:round_list", rows, RoundFilter,
        lambda row: Entry(f"{row.code} – {row.body.name}", row.get_absolute_url(),
                         format_day(row.ends_on)),
    )  # fmt: skip


def _find_findings(request: HttpRequest, user: User) -> Card:
    rows = Finding.objects.visible_to(user).select_related("visit__unit").order_by("-pk")
    return _hits(
        request, "Tồn tại", "findings:finding_list", rows, FindingFilter,
        lambda row: Entry(f"{row.visit.unit.name}: {row.content[:120]}", row.get_absolute_url(),
                         row.get_category_display()),
    )  # fmt: skip


def _find_documents(request: HttpRequest, user: User) -> Card:
    rows = Document.objects.visible_to(user).order_by("-issued_on", "-pk")
    return _hits(
        request, "Văn bản", "directives:document_list", rows, DocumentFilter,
        lambda row: Entry(f"{row.number}: {row.subject}", row.get_absolute_url(),
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
