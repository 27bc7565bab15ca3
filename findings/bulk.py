"""One deed for many remedies: which are meant, what is refused and why, and what became of each.

Each remedy is held, checked and changed in a savepoint of its own, by the same methods as on its
own page, and gets a mark of its own. What is out of the person's reach is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.http import QueryDict

from accounts.models import User
from accounts.requests import UserRequest
from congvu.access import record_id
from congvu.rules import ConflictError
from congvu.trail import mark
from directives.models import Document
from findings.filters import RemedyFilter, day_of
from findings.models import Extension, Progress, Remedy, RemedyQuerySet
from findings.reminders import by_hand
from findings.story import Standing, standing
from notices.making import tell
from notices.models import Notice
from notices.people import People

# So many at most at once: what is confirmed must still be read, and done while somebody waits.
MOST = 500
CHANGED = "Vừa được người khác sửa; hãy xem lại rồi làm lại với kiến nghị này."
NOT_OURS = "Chỉ cơ quan đã kiểm tra mới làm việc này với kiến nghị của mình."
OWN_TIME = "Đơn vị được kiến nghị không tự gia hạn việc của mình."

WhyNot = Callable[[Remedy], str]
Do = Callable[[Remedy], object]


@dataclass(frozen=True)
class Chosen:
    """One remedy of the choice; `refusal` says why the deed cannot be done to it."""

    remedy: Remedy
    now: Standing
    refusal: str

    @property
    def item(self) -> str:
        """The remedy as it was shown: for the form that confirms."""
        return f"{self.remedy.pk}.{self.remedy.version}"


@dataclass(frozen=True)
class Choice:
    """What was chosen, within the person's reach."""

    chosen: list[Chosen]
    # How many the filters leave, where that is more than can be done at once.
    too_many: int = 0

    @property
    def able(self) -> list[Chosen]:
        """Those to which the deed can be done."""
        return [each for each in self.chosen if not each.refusal]

    @property
    def unable(self) -> list[Chosen]:
        """Those to which it cannot, each with the reason."""
        return [each for each in self.chosen if each.refusal]


@dataclass
class Report:
    """What became of each: ids of those done, and of those refused by reason."""

    done: list[int]
    refused: dict[str, list[int]]

    def refuse(self, remedy: int, reason: str) -> None:
        """Note that nothing was done to the remedy, and why."""
        self.refused.setdefault(reason, []).append(remedy)


# --- what is chosen --------------------------------------------------------------------------


def choice_of(request: UserRequest, now: date, why_not: WhyNot) -> Choice:
    """What the address chooses: `pick=5&pick=7`, or with `all=1` all that its filters leave."""
    remedies = Remedy.objects.visible_to(request.user)
    if request.GET.get("all") == "1":
        rows = RemedyFilter(request.GET, remedies.standing(day_of(request), shown=False), request)
        if rows.form.errors:
            return Choice([])
        ids = list(rows.qs.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            return Choice([], too_many=rows.qs.count())
    else:
        ids = _ids(request.GET.getlist("pick"))
    found = _read(remedies.filter(pk__in=ids[:MOST]))
    return Choice(
        [Chosen(each, standing(each, now), why_not(each)) for each in found],
        too_many=len(ids) if len(ids) > MOST else 0,
    )


def confirmed(request: UserRequest, now: date, why_not: WhyNot) -> list[Chosen]:
    """What the form confirms: `item=5.2`, the remedy and the version in which it was shown."""
    shown: dict[int, str] = {}
    for text in request.POST.getlist("item")[:MOST]:
        pk, _, version = text.partition(".")
        if (number := record_id(pk)) is not None:
            shown[number] = version
    found = _read(Remedy.objects.visible_to(request.user).filter(pk__in=shown))
    return [
        Chosen(
            each,
            standing(each, now),
            why_not(each) or ("" if shown[each.pk] == str(each.version) else CHANGED),
        )
        for each in found
    ]


def _ids(texts: Iterable[str]) -> list[int]:
    return sorted({pk for text in texts if (pk := record_id(text)) is not None})


def _read(remedies: RemedyQuerySet) -> list[Remedy]:
    """The remedies with what rights, states and names ask, in a fixed number of queries."""
    rows = remedies.order_by("pk").select_related("visit__unit", "visit__round__body", "keeper")
    progress = Prefetch("progress", queryset=Progress.objects.select_related("by"))
    return list(rows.prefetch_related("visit__unit__former_names", "extensions", progress))


def filters_of(query: QueryDict) -> list[tuple[str, str]]:
    """The list's filters, for the form that chooses everything they leave."""
    left = {"page", "sort", "export", "names", "pick", "all"}
    return [(name, text) for name in query if name not in left and (text := query.get(name, ""))]


# --- what is done ----------------------------------------------------------------------------


def run(chosen: Sequence[Chosen], do: Do) -> Report:
    """Do it to each, in the order of their ids, so that two runs never wait for each other.

    All are held first: none changes between the look at its version and the deed.
    """
    report = Report([], {})
    with transaction.atomic():
        held = Remedy.objects.filter(pk__in=[each.remedy.pk for each in chosen]).order_by("pk")
        versions = dict(held.select_for_update().values_list("pk", "version"))
        for each in sorted(chosen, key=lambda one: one.remedy.pk):
            remedy = each.remedy
            if each.refusal:
                report.refuse(remedy.pk, each.refusal)
                continue
            try:
                if versions.get(remedy.pk) != remedy.version:
                    raise ConflictError(str(remedy))
                with transaction.atomic():
                    do(remedy)
            except ValidationError as refusal:
                report.refuse(remedy.pk, " ".join(refusal.messages))
            except ConflictError:
                report.refuse(remedy.pk, CHANGED)
            else:
                report.done.append(remedy.pk)
    return report


def why_not_assigned(user: User) -> WhyNot:
    """Whoever inspected gives remedies to somebody of its side to follow."""
    return lambda each: each.why_not_reported() if each.is_editable_by(user) else NOT_OURS


def assign(user: User, keeper: User) -> Do:
    """Give the remedy to somebody to follow."""

    def do(remedy: Remedy) -> None:
        if remedy.keeper == keeper:
            raise ValidationError(f"{keeper} đang theo dõi kiến nghị này rồi.")
        remedy.assign(by=user, keeper=keeper)

    return do


def why_not_extended(user: User) -> WhyNot:
    """Whoever inspected gives more time; never the side that must act to itself."""

    def why_not(remedy: Remedy) -> str:
        if not remedy.is_editable_by(user):
            return NOT_OURS
        return OWN_TIME if not remedy.is_extended_by(user) else remedy.why_not_extended()

    return why_not


class Extending:
    """Gives many remedies time until one day by one document, which is put to each extension."""

    def __init__(self, user: User, document: Document, due_on: date) -> None:
        self._user, self._document, self._due_on = user, document, due_on
        self._given: list[Extension] = []

    def extend(self, remedy: Remedy) -> None:
        """Give the remedy that time."""
        given = remedy.extend(
            by=self._user,
            decided_on=self._document.issued_on,
            due_on=self._due_on,
            document=self._document.number,
        )
        self._given.append(given)

    def attach(self) -> None:
        """Put the document to all that was given, at once; the marks name it already."""
        through = Extension.documents.through
        rows = [through(extension=each, document=self._document) for each in self._given]
        through._default_manager.bulk_create(rows)


class Reminding:
    """Reminds the asked side of many remedies; each is reminded of once a day."""

    def __init__(self, user: User, on: date) -> None:
        self._user, self._on = user, on
        self._people = People.now()
        self._reminders: list[Any] = []
        ending = f":by-hand:{on}"
        told = Notice.objects.filter(key__startswith="remedy:", key__endswith=ending)
        self._told = set(told.values_list("key", flat=True))

    def why_not(self, remedy: Remedy) -> str:
        """Why the asked side cannot be reminded of it now; empty when it can."""
        if not (remedy.is_editable_by(self._user) or remedy.is_settled_by(self._user)):
            return NOT_OURS
        if refusal := remedy.why_not_reported():
            return refusal
        if not remedy.is_followed:
            return "Cuộc kiểm tra chưa hoàn thành nên đơn vị chưa đọc được kiến nghị này."
        reminder = by_hand(remedy, self._people, self._on)
        if reminder.key in self._told:
            return "Hôm nay đã nhắc kiến nghị này rồi."
        if not list(reminder.people):
            return "Đơn vị chưa có tài khoản đầu mối nên không có ai để nhắc."
        return ""

    def remind(self, remedy: Remedy) -> None:
        """Note the reminder; `send` tells it."""
        mark(self._user, remedy, "reminded")
        self._reminders.append(by_hand(remedy, self._people, self._on))

    def send(self) -> None:
        """Tell what was noted, all at once."""
        tell(self._reminders, self._on)
