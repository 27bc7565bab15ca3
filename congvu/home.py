"""The home page of each role, and the search over everything in scope.

With `urls` the only place in the frame that knows the apps: these pages gather from all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import User, serves_ended_unit
from accounts.roles import Role
from congvu.dates import days_phrase, format_day, period, today
from congvu.filters import ListFilter
from congvu.numbers import number_text
from congvu.pages import Action, Card, Entry, Figure
from congvu.text import fold
from directives.filters import DocumentFilter
from directives.models import Document
from findings.filters import FindingFilter
from findings.models import Finding, Remedy, is_claimed, is_returned, stands
from inspections.filters import RoundFilter
from inspections.models import Round, Visit, is_behind, is_near
from reports.models import UNSENT, Return
from reports.progress_table import figure_of_year
from reports.summary_form import query_for
from units.filters import UnitListFilter
from units.models import Unit

# How many of those that wait are named on the home page; the rest stand behind the link.
NAMED = 5
# Days ahead that a due day counts as near.
SOON = 14


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, most pressing first; then figures, and where work begins."""
    user = _user(request)
    now = today()
    cards = [card for kind in WORK.get(user.role, ()) for card in kind(user, now)]
    context = {
        # What waits comes before what does not; else in the order of the role's list.
        "cards": sorted(cards, key=lambda card: not card.count),
        "figures": figures(user, now) if user.may("summary.view") else [],
        "figures_title": f"Năm {now.year} đến nay",
        "starts": starts(user, now),
        "ended": _ended(user, now),
        "ended_link": _last_year(user, now),
        "today": now,
    }
    return render(request, "home.html", context)


def _user(request: HttpRequest) -> User:
    """Whoever is signed in; the sign-in middleware stands before these views."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _ended(user: User, now: date) -> Unit | None:
    """The person's own unit if it is no more."""
    unit = user.unit
    return unit if unit and unit.valid_to and unit.valid_to < now else None


def _last_year(user: User, now: date) -> Action | None:
    """The last year of the person's unit that is no more: its summary, else its rounds."""
    unit = _ended(user, now)
    if unit is None or unit.valid_to is None:
        return None
    year = unit.valid_to.year
    if user.may("summary.view"):
        return Action(f"Xem tổng hợp năm {year}", _summary(user, year))
    if user.may("rounds.view"):
        url = _link("inspections:round_list", year=year)
        return Action(f"Xem các cuộc kiểm tra năm {year}", url)
    return None


def starts(user: User, now: date) -> list[Action]:
    """Where this role's work usually begins; for a unit that is no more, with what it left."""
    unit = _ended(user, now)
    year = unit.valid_to.year if unit and unit.valid_to else now.year
    offers = [
        ("rounds.change", "Ghi một cuộc kiểm tra", reverse("inspections:round_create")),
        ("returns.change", "Lập số liệu báo cáo", reverse("reports:return_create")),
        ("remedies.view", "Bảng theo dõi kiến nghị", reverse("findings:remedy_board")),
        ("summary.view", f"Tổng hợp năm {year}", _summary(user, year)),
        ("summary.view", f"Tổng hợp năm {year - 1}", _summary(user, year - 1)),
        ("workbook.import", "Nhập từ bảng tính", reverse("exchange:import_list")),
        ("accounts.manage", "Tài khoản", reverse("accounts:account_list")),
        ("catalogue.change", "Danh mục nội dung kiểm tra", reverse("inspections:content_list")),
        ("units.view", "Cây đơn vị", reverse("units:unit_list")),
    ]
    if unit:
        # What it still has to enter are days long past.
        offers.append(offers.pop(0))
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
    findings = Finding.objects.visible_to(user).filter(round_status=Round.Status.COMPLETED)
    shown = []
    for label, rows, column, name in (
        ("Cuộc kiểm tra đã hoàn thành", done, "ends_on", "inspections:round_list"),
        ("Tồn tại, hạn chế, vi phạm", findings, "round_ends_on", "findings:finding_list"),
    ):
        counts = rows.aggregate(
            this=Count("pk", filter=Q(**{f"{column}__range": (first, now)})),
            past=Count("pk", filter=Q(**{f"{column}__range": (last_first, last)})),
        )
        days = {"from": format_day(first), "to": format_day(now)}
        url = _link(name, status="COMPLETED", **days)
        change = f"cùng kỳ năm {now.year - 1}: {number_text(counts['past'])}"
        shown.append(Figure(label, number_text(counts["this"]), url, change))
    if plans := figure_of_year(user, now):
        shown.append(plans)
    return shown


def _summary(user: User, year: int) -> str:
    """The summary of the person's unit for a year, by the boundaries of a day that it lived."""
    address = reverse("reports:summary")
    return f"{address}?{query_for(user.unit, period('nam', year))}" if user.unit else address


def _link(name: str, **query: str | int) -> str:
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


# --- what waits ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pile:
    """Records of one kind that wait for the same thing, the most pressing first."""

    title: str
    which: Q
    order: str
    url: str
    tone: str = ""
    empty: str = Card.empty


def _cards(rows: Any, piles: Sequence[Pile], show: Callable[[Any], Entry]) -> list[Card]:
    """A card for each pile among the rows: one query counts all, one names the first of each."""
    counts = rows.aggregate(
        **{f"pile_{place}": Count("pk", filter=pile.which) for place, pile in enumerate(piles)}
    )
    parts = []
    for place, (pile, count) in enumerate(zip(piles, counts.values(), strict=True)):
        # Picked by their ids first: sorted as a whole, thousands of rows take three times as long.
        first = rows.filter(pile.which).order_by(pile.order, "pk").values("pk")[:NAMED]
        nth = Window(RowNumber(), order_by=[F(pile.order).asc(), F("pk").asc()])
        named = rows.filter(pk__in=first).annotate(pile=Value(place), nth=nth)
        if count:
            parts.append(named.order_by())
    named = parts[0].union(*parts[1:], all=True) if parts else ()
    entries: list[list[Entry]] = [[] for _ in piles]
    for row in sorted(named, key=lambda row: row.nth):
        entries[row.pile].append(show(row))
    return [
        Card(pile.title, count, pile.url, found, pile.tone, pile.empty)
        for pile, count, found in zip(piles, counts.values(), entries, strict=True)
    ]


def remedies(user: User, now: date) -> list[Card]:
    """Remedies that count and are not done: claims to settle, past their due day, due soon.

    Whoever only reports has done its part with a claim, until that is refused.
    """
    limit = now + timedelta(days=SOON)
    reports = user.may("remedies.report") and not user.may("remedies.settle")
    waits, own = (~is_claimed(), {"claimed": "false"}) if reports else (Q(), {})
    returned = Pile(
        "Báo cáo hoàn thành bị trả lại",
        is_returned(),
        "due_in_force",
        _link("findings:remedy_list", claimed="returned"),
        "danger",
        "Không có báo cáo nào bị trả lại.",
    )
    claims = Pile(
        "Đơn vị báo đã hoàn thành, chờ xác nhận",
        is_claimed(),
        "due_in_force",
        _link("findings:remedy_list", claimed="true"),
        "warning",
    )
    unknown = Pile(
        "Kiến nghị chờ tiếp nhận",
        Q(acknowledged_at__isnull=True),
        "due_in_force",
        _link("findings:remedy_list", acknowledged="false"),
        "warning",
    )
    overdue = Pile(
        "Kiến nghị quá hạn",
        stands("overdue", now) & waits,
        "due_in_force",
        _link("findings:remedy_list", state="overdue", sort="thoi-han", **own),
        "danger",
        "Không có kiến nghị nào quá hạn.",
    )
    due_soon = Pile(
        f"Kiến nghị đến hạn trong {SOON} ngày tới",
        stands("open", now) & Q(due_in_force__lte=limit) & waits,
        "due_in_force",
        _link("findings:remedy_list", state="open", due_to=format_day(limit), **own),
        "warning",
    )
    piles = [overdue, due_soon]
    if user.may("remedies.settle"):
        piles = [claims, *piles]
    elif reports:
        piles = [returned, unknown, *piles]

    def show(row: Any) -> Entry:
        text = f"{row.visit.unit.name}: {row.get_kind_display()}"
        when = days_phrase(row.due_in_force, now) if row.due_in_force else "không có hạn"
        tone = "danger" if row.state == "overdue" else ""
        return Entry(text, row.get_absolute_url(), when, tone, f"Cuộc {row.visit.round.code}")

    rows = Remedy.objects.visible_to(user).standing(now).followed().left()
    return _cards(rows.select_related("visit__unit", "visit__round"), piles, show)


def rounds(user: User, now: date) -> list[Card]:
    """Rounds of today and the days to come, and those that were left unfinished."""
    near = Pile(
        "Cuộc kiểm tra hôm nay và bảy ngày tới",
        is_near(now),
        "starts_on",
        _link("inspections:round_list", due="now"),
    )
    behind = Pile(
        "Cuộc đã qua ngày nhưng chưa hoàn thành",
        is_behind(now),
        "ends_on",
        _link("inspections:round_list", due="behind"),
        "warning",
        "Không có cuộc nào bỏ dở.",
    )

    def show(row: Any) -> Entry:
        where = row.first_unit or "chưa có đơn vị"
        return Entry(f"{row.code} – {where}", row.get_absolute_url(), row.days_text)

    visits = Visit.objects.visible_to(user).filter(round=OuterRef("pk"))
    first = visits.order_by("visited_on", "pk").values("unit__name")[:1]
    rows = Round.objects.visible_to(user).annotate(first_unit=Subquery(first))
    return _cards(rows, [near, behind] if user.may("rounds.change") else [near], show)


def returns(user: User, now: date) -> list[Card]:
    """For staff the returns to decide on; for a unit its own that are still to be sent."""
    if user.may("returns.decide"):
        pile = Pile(
            "Số liệu báo cáo chờ duyệt",
            Q(status=Return.Status.SUBMITTED),
            "sent_on",
            _link("reports:return_list", status="SUBMITTED"),
            "warning",
        )
    else:
        pile = Pile(
            "Số liệu báo cáo chưa gửi hoặc bị trả lại",
            Q(status__in=UNSENT),
            "last_day",
            _link("reports:return_list", status="UNSENT"),
            "warning",
        )

    def show(row: Any) -> Entry:
        period = f"{format_day(row.first_day)} – {format_day(row.last_day)}"
        return Entry(f"{row.unit.name}: {period}", row.get_absolute_url(), row.get_status_display())

    return _cards(Return.objects.visible_to(user).select_related("unit"), [pile], show)


def accounts(user: User, now: date) -> list[Card]:
    """Accounts that are open: for a unit that is no more, and those never used."""
    ended = Pile(
        "Tài khoản thuộc đơn vị đã kết thúc",
        serves_ended_unit(now),
        "unit__valid_to",
        _link("accounts:account_list", state="ended"),
        "warning",
    )
    never = Pile(
        "Tài khoản chưa đăng nhập lần nào",
        Q(is_active=True, last_login__isnull=True),
        "created_at",
        _link("accounts:account_list", state="never"),
    )

    def show(row: Any) -> Entry:
        made = format_day(timezone.localdate(row.created_at))
        text = f"{row} ({row.get_role_display()})"
        return Entry(text, row.get_absolute_url(), f"tạo ngày {made}")

    return _cards(User.objects.visible_to(user), [ended, never], show)


# Which kinds of work each role is shown, the most pressing first.
WORK: dict[str, tuple[Callable[[User, date], list[Card]], ...]] = {
    Role.STAFF: (returns, remedies, rounds),
    Role.INSPECTOR: (rounds, remedies),
    Role.REPORTER: (returns, remedies),
    Role.LEADER: (remedies, rounds),
    Role.ADMIN: (accounts,),
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
    entries = [show(row) for row in found[:NAMED]]
    return Card(title, found.count(), _link(name, q=words), entries)


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
