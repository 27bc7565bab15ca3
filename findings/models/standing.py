"""Which remedies: by who asks, by what was reported of them, and by where they stand on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from congvu.access import Person
from congvu.rules import ConflictError
from findings.models.codes import RemedyState, next_code
from findings.models.follow_up import Extension, Progress
from inspections.models import Round, RoundStatus, in_reach
from units.models import under

if TYPE_CHECKING:
    from findings.models.remedies import Remedy


def is_claimed() -> Q:
    """The condition for remedies that the asked side says are done, and that wait to be settled."""
    waiting = Progress.objects.waiting().filter(remedy=OuterRef("pk"))
    return Q(Exists(waiting), completed_on__isnull=True)


def is_returned() -> Q:
    """The condition for remedies whose last claim of completion was refused, with none since."""
    later = Progress.objects.filter(
        remedy=OuterRef("remedy"), claimed_on__isnull=False, pk__gt=OuterRef("pk")
    )
    refused = Progress.objects.refused().filter(~Exists(later), remedy=OuterRef("pk"))
    return Q(Exists(refused), completed_on__isnull=True)


def stands(state: str, as_of: date) -> Q:
    """The condition for remedies of `standing(as_of)` that stand so on that day.

    Says the same as `state=…`, in conditions whose share of the rows a database can estimate: it
    takes one in two hundred for a CASE, and then chooses a way that takes minutes.
    """
    done = Q(completed_on__isnull=False, completed_on__lte=as_of)
    left = Q(completed_on__isnull=True) | Q(completed_on__gt=as_of)
    in_time = Q(due_in_force__isnull=True)
    match state:
        case RemedyState.DONE_LATE:
            return done & Q(completed_on__gt=F("due_in_force"))
        case RemedyState.DONE_ON_TIME:
            return done & (in_time | Q(completed_on__lte=F("due_in_force")))
        case RemedyState.OVERDUE:
            return left & Q(due_in_force__lt=as_of)
        case RemedyState.OPEN:
            return left & (in_time | Q(due_in_force__gte=as_of))
    return Q(pk__in=[])


class RemedyQuerySet(models.QuerySet["Remedy"]):
    """Remedies, by who asks and by where they stand on a day."""

    def visible_to(self, person: Person) -> Self:
        """Remedies of visits in reach."""
        if not person.may("remedies.view"):
            return self.none()
        return self.filter(in_reach(person, "round_", "visit_unit__", "visit"))

    def editable_by(self, person: Person) -> Self:
        """Remedies of rounds conducted by a body in scope."""
        if not person.may("remedies.change"):
            return self.none()
        return self.filter(under(person.scope_paths, "round_body__"))

    def followed(self) -> Self:
        """Those whose round is completed: what hangs on any other counts nowhere (rule 1)."""
        return self.filter(round_status=RoundStatus.COMPLETED)

    def left(self) -> Self:
        """Those that nobody has recorded as done."""
        return self.filter(completed_on__isnull=True)

    def left_on(self, day: date) -> Self:
        """Those not done by that day."""
        return self.filter(Q(completed_on__isnull=True) | Q(completed_on__gt=day))

    def held(self, pk: int) -> Remedy:
        """The remedy, which nobody else can change until the transaction ends.

        Raises `ConflictError` when somebody has just taken it away.
        """
        # The lock is on the remedy's own row alone.
        rows = self.select_for_update(of=("self",)).select_related("visit__round")
        if (held := rows.filter(pk=pk).first()) is None:
            raise ConflictError(f"Kiến nghị {pk}")
        return held

    def next_code(self, round_: Round) -> str:
        """A code not yet in use: the round's code and the next running number."""
        return next_code(self, f"{round_.code[:40]}-KN")

    def standing(self, as_of: date, *, shown: bool = True) -> Self:
        """Adds `due_in_force` and `state` as they are on that day (contract §4 rule 6).

        `shown=False`: only for filters and order. A page that shows fifty of sixty thousand works
        the two out from the rows it has (`due_on_at`, `state_at`), and the database need not.
        """
        done = Q(completed_on__isnull=False, completed_on__lte=as_of)
        # What counts is the latest extension decided by the completion, or by `as_of` if not done.
        until = Case(When(done, then=F("completed_on")), default=Value(as_of))
        latest = (
            Extension.objects.filter(remedy=OuterRef("pk"), decided_on__lte=OuterRef("due_until"))
            .order_by("-decided_on")
            .values("due_on")[:1]
        )
        # Most have no extension: those that have are looked up once, and not each remedy.
        extended = Q(pk__in=Extension.objects.order_by().values("remedy"))
        extension = When(extended, then=Coalesce(Subquery(latest), F("due_on")))
        due = Case(extension, default=F("due_on"))
        state = Case(
            When(done & Q(completed_on__gt=F("due_in_force")), then=Value("done_late")),
            When(done, then=Value("done_on_time")),
            When(due_in_force__lt=as_of, then=Value("overdue")),
            default=Value("open"),
        )
        rows = self.alias(due_until=until)
        if shown:
            return rows.annotate(due_in_force=due).annotate(state=state)
        return rows.alias(due_in_force=due).alias(state=state)

    def in_state(self, state: str, as_of: date) -> Self:
        """Those of `standing(as_of)` that stand so on that day."""
        return self.filter(stands(state, as_of))
