"""What there is to remind of in remedies: due days, claims and requests that wait, answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from congvu.dates import days_phrase, format_day
from congvu.models import Event
from findings.models import ExtensionRequest, Progress, Remedy, RemedyKind, is_returned
from inspections.models import Round, TeamMember
from notices.people import People
from notices.sources import Reminder, Window, reminds

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Occasion:
    """A remedy's day to be told: its due day, which of its thresholds it is, and weeks overdue."""

    due_on: date
    on: date

    @property
    def offset(self) -> int:
        """Days after the due day; before it, less than nothing."""
        return (self.on - self.due_on).days

    @property
    def weeks(self) -> int:
        """Full weeks overdue."""
        return max(self.offset, 0) // 7


def occasion(due_on: date, window: Window) -> Occasion | None:
    """The last threshold of the due day that fell into the window; None when none did.

    Of several that a missed run left out, the last alone: one remedy is told once a run.
    """
    weeks = (window.day - due_on) // WEEK
    if weeks >= 1:
        on = due_on + weeks * WEEK
    else:
        ahead = [due_on - timedelta(days=days) for days in settings.REMIND_DAYS_BEFORE]
        on = max((day for day in ahead if day <= window.day), default=date.min)
    return Occasion(due_on, on) if window.has(on) else None


# What a due remedy is told by, read as plain rows: there may be thousands.
_COLUMNS = (
    "pk", "code", "kind", "due_in_force", "keeper", "visit_unit", "visit_unit__name",
    "visit_unit__path", "round_body__path", "visit__round__team",
)  # fmt: skip


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@reminds
def new_demands(window: Window) -> Iterator[Reminder]:
    """Remedies that came to count in these days, by themselves or with their round.

    Told to the unit's contacts once, unless they know of it. What a workbook brought is not new.
    """
    marks = Event.objects.filter(
        at__gte=_start(window.after), at__lt=_start(window.day + timedelta(days=1))
    ).order_by()
    kinds = ContentType.objects.get_for_models(Remedy, Round)
    added = marks.filter(kind=kinds[Remedy], deed="added").values("record_id")
    completed = marks.filter(kind=kinds[Round], deed="completed").values("record_id")
    rows: Any = Remedy.objects.followed().left().standing(window.day).order_by("pk")
    rows = rows.filter(Q(pk__in=added) | Q(visit__round__in=completed))
    for row in rows.filter(acknowledged_at__isnull=True).values_list(*_COLUMNS, named=True):
        due = f", hạn {format_day(row.due_in_force)}" if row.due_in_force else ""
        yield Reminder(
            f"remedy:{row.pk}:new",
            f"Kiến nghị mới {row.code} ({RemedyKind(row.kind).label}) đối với "
            f"{row.visit_unit__name}{due}: hãy mở xem và bấm “Tiếp nhận kiến nghị”.",
            reverse("findings:remedy_detail", args=[row.pk]),
            window.people.covering(row.visit_unit__path, Role.REPORTER),
            "warning",
        )


def _how_far(due_on: date, day: date) -> str:
    return f"{days_phrase(due_on, day)} (hạn {format_day(due_on)})"


@reminds
def due_remedies(window: Window) -> Iterator[Reminder]:
    """Remedies of completed rounds, not done: due soon, and then each full week overdue."""
    ahead = window.day + timedelta(days=max(settings.REMIND_DAYS_BEFORE, default=0))
    rows: Any = Remedy.objects.followed().left().standing(window.day).order_by("pk")
    teams = _Teams()
    for row in rows.filter(due_in_force__lte=ahead).values_list(*_COLUMNS, named=True):
        if (when := occasion(row.due_in_force, window)) is None:
            continue
        kind = RemedyKind(row.kind).label
        yield Reminder(
            f"remedy:{row.pk}:{when.due_on}:{when.offset}",
            f"Kiến nghị {row.code} ({kind}) đối với {row.visit_unit__name}: "
            f"{_how_far(when.due_on, window.day)}.",
            reverse("findings:remedy_detail", args=[row.pk]),
            _told_of_due(row, when.weeks, window.people, teams),
            "danger" if when.due_on < window.day else "warning",
        )


def _told_of_due(row: Any, weeks: int, people: People, teams: _Teams) -> Iterator[User]:
    """The unit's contacts and whoever follows the remedy; in time also those above them."""
    unit, body = row.visit_unit__path, row.round_body__path
    yield from people.covering(unit, Role.REPORTER)
    keeper = people.get(row.keeper)
    if keeper is not None and teams.reads(keeper, unit, body, row.visit__round__team):
        yield keeper
    else:
        yield from people.nearest(body, Role.INSPECTOR, Role.STAFF)
    if weeks >= settings.REMIND_HEAD_FROM_WEEK:
        yield from people.standing_for(row.visit_unit, Role.LEADER)
    if weeks >= settings.REMIND_BODY_FROM_WEEK:
        yield from people.nearest(body, Role.STAFF)
        yield from people.nearest(body, Role.LEADER)


class _Teams:
    """Whether an account may read a remedy of a completed round: what `visible_to` says of many."""

    def __init__(self) -> None:
        members = TeamMember.objects.filter(account__isnull=False)
        self._members = set(members.values_list("account", "team"))

    def reads(self, user: User, unit: str, body: str, team: int | None) -> bool:
        """As `in_reach`: of units in scope; of bodies in scope, but for reporters; of own teams."""
        if not user.may("remedies.view"):
            return False
        paths = user.scope_paths
        if unit.startswith(paths) or (user.pk, team) in self._members:
            return True
        wider = user.may("rounds.change") or user.may("summary.view")
        return wider and body.startswith(paths)


def _named(remedy: Remedy) -> str:
    """What a remedy is called in a notice: never by a person's name."""
    return f"kiến nghị {remedy.code} ({remedy.visit.unit.name})"


_WITH_UNITS = ("visit__unit", "visit__round__body")


def _settlers(remedy: Remedy, people: People, rule: str = "is_settled_by") -> list[User]:
    """Whoever is to answer: the keeper, else the closest of the inspecting side that may."""
    judge = getattr(remedy, rule)
    keeper = people.get(remedy.keeper_id)
    if keeper is not None and judge(keeper):
        return [keeper]
    for group in people.rising(remedy.visit.round.body.path, Role.INSPECTOR, Role.STAFF):
        if fit := [user for user in group if judge(user)]:
            return fit
    return []


def _asked_side(remedy: Remedy, by: int, people: People, teams: _Teams) -> list[User]:
    """Whoever answers for the unit, and whoever reported or asked."""
    unit, round_ = remedy.visit.unit.path, remedy.visit.round
    told = people.covering(unit, Role.REPORTER)
    author = people.get(by)
    if author and author not in told and teams.reads(
        author, unit, round_.body.path, round_.team_id
    ):  # fmt: skip
        told.append(author)
    return told


def by_hand(remedy: Remedy, people: People, on: date) -> Reminder:
    """What somebody of the inspecting side reminds of by hand, at most once a remedy and day.

    For `notices.making.tell`; told to the unit's contacts, of whom there may be none. Reads
    `extensions`, the visit's unit and, for many remedies, one `People.now()`.
    """
    due_on = remedy.due_on_at(on)
    return Reminder(
        f"remedy:{remedy.pk}:by-hand:{on}",
        f"Cơ quan kiểm tra nhắc thực hiện {_named(remedy)}"
        + (f": {_how_far(due_on, on)}." if due_on else "."),
        remedy.get_absolute_url(),
        people.covering(remedy.visit.unit.path, Role.REPORTER),
        "danger" if due_on and due_on < on else "warning",
    )


@reminds
def claims(window: Window) -> Iterator[Reminder]:
    """Claims of completion that wait, told to whoever settles them; refused ones to the unit."""
    followed = Remedy.objects.followed().left()
    waiting = Progress.objects.waiting().filter(remedy__in=followed.order_by().values("pk"))
    for claim in waiting.select_related(*(f"remedy__{each}" for each in _WITH_UNITS)):
        yield Reminder(
            f"progress:{claim.pk}:waiting",
            f"Đơn vị báo đã hoàn thành {_named(claim.remedy)}; chờ xác nhận.",
            claim.remedy.get_absolute_url(),
            [each for each in _settlers(claim.remedy, window.people) if each.pk != claim.by_id],
        )
    returned = followed.filter(is_returned()).select_related(*_WITH_UNITS)
    teams = _Teams()
    for remedy in returned.prefetch_related("progress"):
        if (refusal := remedy.refusal) is None:
            continue
        yield Reminder(
            f"progress:{refusal.pk}:returned",
            f"Báo cáo hoàn thành {_named(remedy)} bị trả lại; hãy xem lý do, làm tiếp rồi báo "
            "cáo lại.",
            remedy.get_absolute_url(),
            _asked_side(remedy, refusal.by_id, window.people, teams),
            "warning",
        )


@reminds
def extension_requests(window: Window) -> Iterator[Reminder]:
    """Requests for more time that wait, told to whoever answers them; answers to who asked."""
    followed = Remedy.objects.followed().left().order_by().values("pk")
    requests = ExtensionRequest.objects.filter(remedy__in=followed).select_related(
        "extension", *(f"remedy__{each}" for each in _WITH_UNITS)
    )
    for asked in requests.waiting():
        remedy = asked.remedy
        yield Reminder(
            f"request:{asked.pk}:waiting",
            f"Đơn vị xin gia hạn {_named(remedy)} đến {format_day(asked.until)}; chờ trả lời.",
            remedy.get_absolute_url(),
            [
                each
                for each in _settlers(remedy, window.people, "is_extended_by")
                if each.pk != asked.by_id
            ],
        )
    # What was answered before the last run's day has been told.
    since = _start(window.after)
    teams = _Teams()
    for asked in requests.filter(answered_at__gte=since):
        remedy = asked.remedy
        if asked.extension:
            answer = f"được chấp nhận; hạn mới {format_day(asked.extension.due_on)}."
        else:
            answer = "không được chấp nhận; hạn giữ nguyên."
        told = _asked_side(remedy, asked.by_id, window.people, teams)
        yield Reminder(
            f"request:{asked.pk}:answered",
            f"Đề nghị gia hạn {_named(remedy)} {answer}",
            remedy.get_absolute_url(),
            [each for each in told if each.pk != asked.answered_by_id],
            "success" if asked.extension else "warning",
        )
