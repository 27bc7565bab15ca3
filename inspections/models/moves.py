"""Moving a planned round: the round and all its visits by the same number of days."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from congvu.dates import format_day, today
from congvu.rules import Fault, Ruled
from congvu.trail import mark
from inspections import round_guards
from inspections.models.codes import RoundStatus

if TYPE_CHECKING:
    from inspections.models.rounds import Round
    from inspections.models.visits import Visit


THERE_ALREADY = "Cuộc đang bắt đầu đúng ngày này; hãy ghi ngày khác."

_WEEKEND = {5: "Thứ Bảy", 6: "Chủ nhật"}


@dataclass(frozen=True)
class Move:
    """A round as it would be after it moved, not saved, and its visits as they are and would be."""

    round: Round
    visits: list[tuple[Visit, Visit]]

    @property
    def refusals(self) -> list[str]:
        """Why it cannot move so: a unit not in force then, the team not at work; empty when it can.

        Reads the units of the visits, and the round's `body` and `team`.
        """
        faults = [*self.round.faults(), *self.round.faults_of_team()]
        faults += [fault for _, visit in self.visits for fault in visit.faults()]
        faults += round_guards.objections(self.round)
        faults += [
            Fault("to", f"Lượt kiểm tra {visit.unit.name}: {visit.why_not_logged()}")
            for visit, _ in self.visits
            if visit.is_closed
        ]
        told = [*(fault.message for fault in faults), *self._instead()]
        return list(dict.fromkeys(told))

    def _instead(self) -> Iterator[str]:
        """For each unit that is not in force then, what was or is there in its place."""
        on = [(self.round.body, self.round.starts_on)]
        on += [(visit.unit, visit.visited_on) for _, visit in self.visits]
        for unit, day in on:
            if unit.exists_on(day):
                continue
            begun = unit.valid_from
            if begun is not None and day < begun:
                ties = unit.as_successor.select_related("predecessor").order_by("-is_main", "pk")
                others = [tie.predecessor for tie in ties]
                said = f"Trước khi sắp xếp ngày {format_day(begun)}, nơi nay là {unit.name} gồm"
            else:
                others, said = unit.heirs_on(day), f"Kế tiếp {unit.name} là"
            if names := ", ".join(f"{each.name} ({each.code})" for each in others):
                yield f"{said}: {names}."

    @property
    def cautions(self) -> list[str]:
        """What to think over before moving to those days, although they are allowed.

        One query for the years of its plans.
        """
        round_ = self.round
        told = []
        if round_.starts_on < today():
            told.append(f"Ngày {format_day(round_.starts_on)} đã qua.")
        items = round_.items.order_by().values_list("plan__year", flat=True)
        years = set(items) | ({round_.plan.year} if round_.plan else set())
        held = {round_.starts_on.year, round_.ends_on.year}
        if years and held - years:
            own = ", ".join(map(str, sorted(years)))
            told.append(
                f"Cuộc ra ngoài năm của kế hoạch: kế hoạch năm {own}, lịch mới {round_.days_text}."
            )
        days = {round_.starts_on, round_.ends_on, *(new.visited_on for _, new in self.visits)}
        told += [
            f"Ngày {format_day(day)} là {_WEEKEND[day.weekday()]}."
            for day in sorted(days)
            if day.weekday() in _WEEKEND
        ]
        return told


class Movable(Ruled):
    """A round's days as a whole: whether its team works then, and moving them."""

    class Meta:
        abstract = True

    # What `Round` has; declared for those who read the types.
    code: Any
    status: Any
    team: Any
    team_group: Any
    starts_on: Any
    ends_on: Any
    visits: Any
    days_text: Any
    overlap_reason: Any

    def faults_of_team(self) -> Iterator[Fault]:
        """The team is at work on all days of the round (reads `team`).

        Not among `faults()`: a workbook knows no days of teams.
        """
        team = self.team
        if team is None or not self.knows("starts_on", "ends_on"):
            return
        early = team.valid_from is not None and self.starts_on < team.valid_from
        late = team.valid_to is not None and self.ends_on > team.valid_to
        if early or late:
            yield Fault(
                "team",
                f"{team.name} hoạt động {team.span_text}, không phải trong cả thời gian của cuộc "
                f"({self.days_text}). Hãy đổi ngày, chọn đoàn khác, "
                "hoặc sửa thời gian hoạt động của đoàn trước.",
            )

    def faults_of_group(self) -> Iterator[Fault]:
        """The sub-group is one of the team's; one query, and none for a whole team."""
        if not self.team_group:
            return
        if self.team is None:
            yield Fault("team_group", "Hãy chọn đoàn kiểm tra trước khi ghi tổ của đoàn.")
            return
        groups = self.team.groups
        if self.team_group in groups or self._is_stored("team_id", "team_group"):
            return  # a sub-group that is no more stays with the rounds that it held
        known = f"các tổ của đoàn: {', '.join(groups)}" if groups else "đoàn này không chia tổ"
        yield Fault(
            "team_group",
            f"{self.team.name} không có tổ “{self.team_group}”; {known}. Để trống nếu cả đoàn đi.",
        )

    def team_objections(self) -> Iterator[Fault]:
        """What of its team would be wrong if the round were saved; what stands already is left."""
        if not self._is_stored("team_id", "starts_on", "ends_on"):
            yield from self.faults_of_team()
        yield from self.faults_of_group()

    def _is_stored(self, *names: str) -> bool:
        values = {name: getattr(self, name) for name in names}
        return (
            self.pk is not None and type(self)._base_manager.filter(pk=self.pk, **values).exists()
        )

    # --- moving --------------------------------------------------------------------------------

    def why_not_moved(self) -> str:
        """Why no day of the round can be moved now; empty when it can."""
        if self.status == RoundStatus.SCHEDULED:
            return ""
        return (
            f"Cuộc {self.code} đang ở trạng thái “{self.get_status_display()}”; chỉ dời được cuộc "  # type: ignore[attr-defined]  # Django's own for a field with choices
            "còn ở trạng thái “Dự kiến”."
        )

    def moved(self, to: date) -> Move:
        """What moving the round's first day to that day would bring; nothing is saved.

        One query. Raises `ValidationError` where the calendar ends.
        """
        by = to - self.starts_on
        round_: Any = copy(self)
        pairs = []
        try:
            round_.starts_on, round_.ends_on = to, self.ends_on + by
            visits = self.visits.select_related("unit").prefetch_related("unit__former_names")
            for visit in visits.order_by("visited_on", "pk"):
                after = copy(visit)
                after.round, after.visited_on = round_, visit.visited_on + by
                pairs.append((visit, after))
        except OverflowError:
            raise ValidationError({"to": "Ngày này ở quá xa; hãy ghi ngày khác."}) from None
        return Move(round_, pairs)

    def move(self, by: User, to: date, overlap_reason: str | None = None) -> None:
        """Let the round begin on that day, and shift its last day and every visit as far.

        `overlap_reason`: why it is held there although a unit has another inspection near it;
        None leaves what is on record.

        Raises `ValidationError` when it is no longer only planned, stands there already, or would
        break a rule; `ConflictError` when somebody else saved it since it was read.
        """
        with transaction.atomic():
            held: Any = self.hold()
            if refusal := held.why_not_moved():
                raise ValidationError(refusal)
            if to == held.starts_on:
                raise ValidationError({"to": THERE_ALREADY})
            move = held.moved(to)
            if move.refusals:
                raise ValidationError(move.refusals)
            changes = {
                name: (getattr(self, name), getattr(move.round, name))
                for name in ("starts_on", "ends_on")
            }
            if overlap_reason is not None and overlap_reason != self.overlap_reason:
                changes["overlap_reason"] = (self.overlap_reason, overlap_reason)
                self.overlap_reason = overlap_reason
            self.starts_on, self.ends_on = move.round.starts_on, move.round.ends_on
            self.write("starts_on", "ends_on", "overlap_reason")
            for old, new in move.visits:
                new.write("visited_on")
                mark(by, new, "moved", {"visited_on": (old.visited_on, new.visited_on)})
            mark(by, self, "moved", changes)
