"""Who of a team cannot well go: is elsewhere on that day, or belongs to the unit to be visited.

Warnings, never refusals. Nothing is told of a round that the person who looks may not see, not even
that there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from congvu.dates import format_day
from inspections.models import (
    Round,
    RoundQuerySet,
    RoundStatus,
    TeamMember,
    Visit,
    statuses_seen_by,
)
from inspections.models.moves import Move
from inspections.models.teams import own_teams
from units.kin import kin_of
from units.models import Unit, under

# So many persons are named in one sentence; it counts the others.
NAMED = 5

AHEAD = (RoundStatus.SCHEDULED, RoundStatus.IN_PROGRESS)

Days = tuple[date, date]


@dataclass(frozen=True)
class Caution:
    """A sentence on who should rather not go; the page of the other round, if it names one."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Going:
    """A round, and the visits by which its units are told: as stored, or as planned.

    Reads the round's `team` and `body`, and the visits' `unit` with its `former_names`.
    """

    round: Round
    visits: Sequence[Visit]

    @property
    def days(self) -> Days:
        """The first and the last day of the round.

        The team is away on all of them, as the calendar shows: a visit of which nobody has said
        the day stands on the first, and would hide the others.
        """
        return _days(self.round)


def cautions_of(goings: Iterable[Going], person: User) -> dict[int, list[Caution]]:
    """By id of the round, what there is to say to that person; rounds in order have no entry.

    Three queries, however many rounds. Only of rounds ahead or under way: of what is over there is
    nothing to arrange. Nor of rounds whose team is none of the person's business.
    """
    ahead = [g for g in goings if g.round.team_id and g.round.status in AHEAD]
    if not ahead:
        return {}
    field_ = _Field.around(ahead, person)
    found: dict[int, list[Caution]] = {}
    for going in ahead:
        ours = _reads_all(person) and person.in_scope(going.round.body)
        ours = ours or going.round.team_id in field_.own
        if ours and (told := [*field_.clashes(going), *field_.kinships(going)]):
            found[going.round.pk] = told
    return found


def cautions_of_round(round_: Round, visits: Sequence[Visit], person: User) -> list[Caution]:
    """What there is to say of one round (see `cautions_of`)."""
    return cautions_of([Going(round_, visits)], person).get(round_.pk, [])


def cautions_if_moved(move: Move, person: User) -> list[Caution]:
    """What there would be to say of the round on its new days."""
    return cautions_of_round(move.round, [after for _, after in move.visits], person)


def _days(round_: Round) -> Days:
    return round_.starts_on, round_.ends_on


def _reads_all(person: User) -> bool:
    """Whether the person reads every round conducted in scope, in whatever state it is."""
    return len(statuses_seen_by(person)) > 1


def _known_to(person: User) -> RoundQuerySet:
    """Rounds of whose teams the person may be told.

    They are conducted in scope, for whoever reads them all, or by an own team.
    """
    ours = Q(team__in=own_teams(person))
    if _reads_all(person):
        ours |= under(person.scope_paths, "body__")
    return Round.objects.visible_to(person).filter(ours)


@dataclass(frozen=True)
class _Field:
    """The other rounds that may matter, and the members of all teams at hand."""

    others: list[Round]
    members: dict[int, list[TeamMember]]
    kin: dict[int, frozenset[int]]
    # Teams of which the person who looks is a member.
    own: set[int]
    _both: dict[tuple[int, str, int, str], list[str]] = field(default_factory=dict)

    @classmethod
    def around(cls, goings: list[Going], person: User) -> _Field:
        """Read what may clash with those rounds; three queries."""
        teams = {going.round.team_id for going in goings}
        spans = [going.days for going in goings]
        ours = TeamMember.objects.filter(team__in=teams)
        shared = TeamMember.objects.filter(team=OuterRef("team")).filter(
            Q(account__in=ours.filter(account__isnull=False).values("account"))
            | Q(folded__in=ours.values("folded"))
        )
        near = (
            _known_to(person)
            .exclude(status=RoundStatus.CANCELLED)
            .filter(Exists(shared))
            .filter(starts_on__lte=max(last for _, last in spans))
            .filter(ends_on__gte=min(first for first, _ in spans))
            .select_related("team")
            .order_by("starts_on", "pk")
        )
        others = list(near)
        members: dict[int, list[TeamMember]] = defaultdict(list)
        theirs = teams | {each.team_id for each in others}
        rows = TeamMember.objects.filter(team__in=theirs)
        for member in rows.select_related("unit", "account__unit"):
            members[member.team_id].append(member)
        at_work = {unit.pk for each in members.values() for m in each if (unit := _unit_of(m))}
        visited = {visit.unit_id for going in goings for visit in going.visits}
        return cls(
            others=others,
            members=dict(members),
            kin=kin_of(at_work | visited) if at_work else {},
            own={
                team
                for team, each in members.items()
                if any(member.account_id == person.pk for member in each)
            },
        )

    def going_with(self, round_: Round) -> list[TeamMember]:
        """Who goes: the sub-group that the round names and those of the whole team; else all."""
        return [
            member
            for member in self.members.get(round_.team_id or 0, [])
            if not (round_.team_group and member.group) or member.group == round_.team_group
        ]

    def clashes(self, going: Going) -> list[Caution]:
        """Members who are in another round on one of the days."""
        round_ = going.round
        told = []
        for other in self.others:
            if other.pk == round_.pk or not (names := self._in_both(round_, other)):
                continue
            if common := _common(going.days, _days(other)):
                group = f", {other.team_group}" if other.team_group else ""
                told.append(
                    Caution(
                        f"{_listed(names)} cũng đi cuộc {other.code} ({other.team}{group}) "
                        f"{_days_text(common)}.",
                        other.get_absolute_url(),
                    )
                )
        return told

    def _in_both(self, one: Round, other: Round) -> list[str]:
        key = (one.team_id or 0, one.team_group, other.team_id or 0, other.team_group)
        if key not in self._both:
            there = self.going_with(other)
            names = (
                member.name
                for member in self.going_with(one)
                if any(self._same(member, each) for each in there)
            )
            self._both[key] = list(dict.fromkeys(names))
        return self._both[key]

    def _same(self, one: TeamMember, other: TeamMember) -> bool:
        """Whether both rows mean one person: by account, else by name and what unit is known."""
        if one.account_id and other.account_id:
            return one.account_id == other.account_id
        if one.folded != other.folded:
            return False
        unit, its = _unit_of(one), _unit_of(other)
        return unit is None or its is None or its.pk in self.kin[unit.pk]

    def kinships(self, going: Going) -> list[Caution]:
        """Members who belong to a unit that is visited, or to one under it."""
        told = []
        goers = [(each, unit) for each in self.going_with(going.round) if (unit := _unit_of(each))]
        for visit in going.visits if goers else ():
            kin = self.kin[visit.unit_id]
            for member, unit in goers:
                if unit.pk in kin:
                    where = f"công tác tại {visit.unit_name}, đơn vị được kiểm tra"
                elif kin.intersection(unit.ancestor_ids):
                    where = (
                        f"công tác tại {unit.name}, trực thuộc {visit.unit_name} là đơn vị được "
                        "kiểm tra"
                    )
                else:
                    continue
                told.append(Caution(f"{member.name} {where} ngày {format_day(visit.visited_on)}."))
        return told


def _unit_of(member: TeamMember) -> Unit | None:
    """Where the member works: as the team says, else as the account does."""
    return member.unit or (member.account.unit if member.account else None)


def _common(one: Days, other: Days) -> Days | None:
    """The days that both have; None where they share none."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


def _days_text(days: Days) -> str:
    """Such as: ngày 05/11/2026; từ 05/11/2026 đến 07/11/2026."""
    first, last = days
    if first != last:
        return f"từ {format_day(first)} đến {format_day(last)}"
    return f"ngày {format_day(first)}"


def _listed(names: list[str]) -> str:
    """The first names, and how many more."""
    more = f" và {len(names) - NAMED} người khác" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
