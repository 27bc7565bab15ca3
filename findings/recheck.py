"""Re-checks (phúc tra): which remedies a visit verifies, and what is done with each on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Prefetch, Q
from django.forms.boundfield import BoundField
from django.http import QueryDict

from accounts.models import User
from congvu.dates import format_day, today
from congvu.forms import BlockInput
from congvu.rules import ConflictError
from findings.columns import whom
from findings.forms import no_citizen_id
from findings.models import OWN_WORK, Progress, Remedy
from findings.story import Standing, standing
from inspections.models import RoundForm, RoundStatus, Visit

# So many stand on one page, the most urgent first; whoever has settled these finds the next.
MOST = 100

_CHANGED = "Kiến nghị này vừa được người khác sửa. Hãy xem lại rồi lưu lần nữa."

LEAVE, SETTLE, NOTE, OPEN = "", "settle", "note", "open"


def is_recheck(visit: Visit) -> bool:
    """Whether the visit verifies what earlier ones demanded (reads `round`)."""
    return visit.round.form == RoundForm.RECHECK


def why_not_rechecked(visit: Visit) -> str:
    """Why nothing can be verified at the visit now; empty when it can.

    A visit that was locked does not end it: what follows up demands goes on.
    """
    if visit.round.status == RoundStatus.CANCELLED:
        return "Cuộc phúc tra đã hủy nên không xác nhận được kiến nghị nào."
    if visit.visited_on > today():
        return f"Ngày phúc tra {format_day(visit.visited_on)} chưa đến."
    return ""


def to_verify(visit: Visit, user: User) -> list[Remedy]:
    """What was demanded of the visited unit or its predecessors before, and is not done.

    Of completed rounds, in the person's reach; the earliest due day first, one more than fit on a
    page. Five queries.
    """
    units = [unit.pk for unit in visit.unit.lineage()]
    earlier = Q(visit_unit__in=units, visit__visited_on__lte=visit.visited_on)
    rows = Remedy.objects.visible_to(user).followed().left().filter(earlier).exclude(visit=visit)
    progress = Progress.objects.select_related("by__unit")
    rows = rows.select_related("visit__unit", "visit__round__body", "finding").prefetch_related(
        "extensions", "visit__unit__former_names", Prefetch("progress", queryset=progress)
    )
    ordered = rows.standing(today(), shown=False)
    return list(ordered.order_by(F("due_in_force").asc(nulls_last=True), "pk")[: MOST + 1])


@dataclass(frozen=True)
class Line:
    """One remedy as the page shows it, with its fields; without them where one may not judge it."""

    remedy: Remedy
    now: Standing
    whom: str
    claims: list[Progress]
    deed: BoundField | None
    text: BoundField | None
    version: BoundField | None
    why_not: str = ""


class RecheckForm(forms.Form):
    """What was found of each remedy; those left as they are stay untouched."""

    def __init__(
        self, *args: Any, visit: Visit, remedies: list[Remedy], user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._visit, self._user = visit, user
        self.remedies = remedies
        self._judged = [each for each in remedies if each.is_settled_by(user)]
        day = format_day(visit.visited_on)
        for each in self._judged:
            self.fields[f"deed_{each.pk}"] = forms.ChoiceField(
                label=f"{each.code}: kết quả phúc tra",
                choices=(
                    (LEAVE, "Chưa xem"),
                    (SETTLE, f"Đã xong, xác nhận ngày {day}"),
                    (NOTE, "Ghi tiến độ"),
                    (OPEN, "Chưa xong"),
                ),
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"text_{each.pk}"] = BlockInput(
                label=f"{each.code}: ghi nhận, lý do chưa xong",
                max_length=2000,
                required=False,
                validators=[no_citizen_id],
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"version_{each.pk}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=str(each.version)
            )

    @property
    def lines(self) -> list[Line]:
        """Every remedy of the page, with its fields."""
        judged = {each.pk for each in self._judged}
        return [self._line(each, each.pk in judged) for each in self.remedies]

    def _line(self, remedy: Remedy, judged: bool) -> Line:
        claims = [each for each in remedy.progress.all() if each.is_waiting]
        names = ("deed", "text", "version") if judged else ()
        fields: dict[str, Any] = dict.fromkeys(("deed", "text", "version"))
        fields |= {name: self[f"{name}_{remedy.pk}"] for name in names}
        why_not = "" if judged else OWN_WORK
        now = standing(remedy, today())
        return Line(remedy, now, whom(remedy, self._user), claims, **fields, why_not=why_not)

    def clean(self) -> dict[str, Any]:
        """A note and a reason need their words; what changed since it was shown is looked at."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # As data of a form, which may be changed.
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        for each in self._judged:
            deed, text = cleaned.get(f"deed_{each.pk}", LEAVE), f"text_{each.pk}"
            if deed in (NOTE, OPEN) and not cleaned.get(text) and not self.has_error(text):
                said = "Hãy ghi tiến độ." if deed == NOTE else "Hãy ghi lý do chưa xong."
                self.add_error(text, said)
            if deed and cleaned.get(f"version_{each.pk}") != str(each.version):
                typed[f"version_{each.pk}"] = str(each.version)
                self.add_error(f"deed_{each.pk}", _CHANGED)
        self.data = typed
        return cleaned

    def save_as(self, by: User) -> int:
        """Do what was chosen, all or nothing; how many remedies. 0 when one was refused.

        What refused it is then among the form's errors.
        """
        done = 0
        name = ""
        try:
            with transaction.atomic():
                for each in self._judged:
                    if self.cleaned_data[f"deed_{each.pk}"]:
                        name = f"deed_{each.pk}"
                        self._do(each, by)
                        done += 1
        except (ValidationError, ConflictError) as refusal:
            told = getattr(refusal, "messages", [])
            self.add_error(name, " ".join(told) or _CHANGED)
            # Nothing was written: shown again as they stand.
            self.remedies = to_verify(self._visit, self._user)[:MOST]
            return 0
        return done

    def _do(self, remedy: Remedy, by: User) -> None:
        deed, text = (self.cleaned_data[f"{name}_{remedy.pk}"] for name in ("deed", "text"))
        day = format_day(self._visit.visited_on)
        if deed == SETTLE:
            if text:
                remedy.report(by=by, text=f"Phúc tra ngày {day}: {text}")
            remedy.complete(by=by, completed_on=self._visit.visited_on, settled_in=self._visit)
        elif deed == OPEN and any(each.is_waiting for each in remedy.progress.all()):
            remedy.send_back(by=by, reason=f"Phúc tra ngày {day}: chưa xong. {text}")
        else:
            found = "chưa xong. " if deed == OPEN else ""
            remedy.report(by=by, text=f"Phúc tra ngày {day}: {found}{text}")
