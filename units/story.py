"""What the page of one unit tells: facts, names, where it came from, what stands under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from congvu.access import AuthedRequest, Person
from congvu.dates import format_day, parse_day, today
from congvu.pages import Action, Fact
from congvu.tables import Column, Listing
from units.models import Reform, Succession, Unit

# Records of a unit in other apps: label, URL name, parameter that takes the code, deed needed.
_RECORDS = (
    ("Cuộc kiểm tra do đơn vị tiến hành", "inspections:round_list", "body", "rounds.view"),
    ("Cuộc kiểm tra tại đơn vị", "inspections:round_list", "unit", "rounds.view"),
    ("Tồn tại", "findings:finding_list", "unit", "findings.view"),
    ("Kiến nghị", "findings:remedy_list", "unit", "remedies.view"),
    ("Số liệu báo cáo", "reports:return_list", "unit", "returns.view"),
)

CHILD_COLUMNS = (
    Column("Tên đơn vị", lambda unit: unit.name, sort="sort_key", link=True, width=36),
    Column("Mã", lambda unit: unit.code, sort="code", width=12),
    Column("Loại", lambda unit: unit.get_kind_display(), sort="kind"),
    Column("Hiệu lực", lambda unit: unit.span_text, sort="valid_from"),
)


@dataclass(frozen=True)
class NameSpan:
    """A name and the days on which it was borne, in words."""

    name: str
    days: str
    basis: str


def day_in_life(unit: Unit, day: date) -> date:
    """The day itself, or the nearest on which the unit was in force."""
    if unit.valid_from and day < unit.valid_from:
        return unit.valid_from
    if unit.valid_to and day > unit.valid_to:
        return unit.valid_to
    return day


def _chosen_day(request: AuthedRequest, unit: Unit) -> tuple[date, str]:
    """The day in the address, and what to say where the unit was not in force on it."""
    try:
        day = parse_day(request.GET.get("on", ""))
    except ValueError:
        return day_in_life(unit, today()), ""
    nearest = day_in_life(unit, day)
    if nearest == day:
        return day, ""
    return nearest, (
        f"Ngày {format_day(day)} đơn vị này không có hiệu lực; dưới đây là ngày "
        f"{format_day(nearest)}."
    )


def story(request: AuthedRequest, unit: Unit) -> dict[str, Any]:
    """All that the page shows, in a fixed number of queries."""
    on, note = _chosen_day(request, unit)
    predecessors = _steps(unit.as_successor.select_related("predecessor"))
    direct = {step.predecessor_id for step in predecessors if step.is_main}
    lineage = [each for each in unit.lineage() if each.pk != unit.pk]
    return {
        "unit": unit,
        "on": on,
        "day_note": note,
        "ended": unit.valid_to is not None and unit.valid_to < today(),
        "not_yet": unit.valid_from is not None and unit.valid_from > today(),
        "name": unit.name_on(on),
        "above": list(_chain(unit)),
        "facts": _facts(unit),
        "actions": unit_actions(unit, request.user),
        "links": _links(unit, on, request.user),
        "names": _names(unit) if unit.former_names.all() else [],
        "predecessors": predecessors,
        "successors": _steps(unit.as_predecessor.select_related("successor")),
        # Said only where it is more than the units just named.
        "reforms": _reforms(unit, request.user),
        "lineage": lineage if {each.pk for each in lineage} != direct else [],
        "children": _children(request, unit, on),
        "all_children": request.GET.get("all") == "1",
    }


def _chain(unit: Unit) -> Iterator[Unit]:
    """The units above, from the root down (read with the unit)."""
    if unit.parent is not None:
        yield from _chain(unit.parent)
        yield unit.parent


def _facts(unit: Unit) -> list[Fact]:
    facts = [
        Fact("Mã đơn vị", unit.code),
        Fact("Loại", unit.get_kind_display()),
        Fact("Hiệu lực", unit.span_text),
    ]
    if unit.identifier:
        facts.append(Fact("Mã định danh điện tử", unit.identifier))
    if unit.legal_basis:
        facts.append(Fact("Căn cứ thành lập", unit.legal_basis))
    if unit.closing_basis:
        facts.append(Fact("Căn cứ kết thúc", unit.closing_basis))
    return facts


def _names(unit: Unit) -> list[NameSpan]:
    """Every name with its days, the oldest first."""
    found = []
    first = unit.valid_from
    former_names = sorted(unit.former_names.all(), key=lambda each: each.valid_to)
    for former in former_names:
        found.append(NameSpan(former.name, _days(first, former.valid_to), former.legal_basis))
        first = former.valid_to + timedelta(days=1)
    found.append(NameSpan(unit.name, _days(first, unit.valid_to), ""))
    return found


def _days(first: date | None, last: date | None) -> str:
    return Unit(valid_from=first, valid_to=last).span_text


def _steps(steps: Any) -> list[Succession]:
    return sorted(steps, key=lambda step: (step.effective_on, not step.is_main, step.pk))


@dataclass(frozen=True)
class Recorded:
    """A change recorded here, and the documents in the person's reach that it rests on."""

    reform: Reform
    documents: list[Any]


def _reforms(unit: Unit, person: Person) -> list[Recorded]:
    """The changes that opened and closed the unit, the first first; one query for each."""
    found = dict.fromkeys(filter(None, (unit.opened_in, unit.closed_in)))
    return [Recorded(each, list(each.documents.visible_to(person))) for each in found]


def _links(unit: Unit, on: date, person: Person) -> list[Action]:
    """The lists of the unit's records, with those of its lineage, where the person may see them."""
    query = {"on": format_day(on)}
    found = []
    for label, name, parameter, deed in _RECORDS:
        if person.may(deed):
            found.append(_link(label, name, {parameter: unit.code, **query}))
    if person.may("remedies.view"):
        found.append(_link("Từ tồn tại đến kết quả", "findings:unit_line", {}, unit.pk))
    if person.may("summary.view"):
        year = {"unit": unit.code, "year": str(on.year), "boundaries_on": on.isoformat()}
        found.append(_link(f"Tổng hợp năm {on.year}", "reports:summary", year))
    return [link for link in found if link is not None]


def _link(label: str, name: str, query: dict[str, str], *args: int) -> Action | None:
    try:
        address = reverse(name, args=args)
        return Action(label, f"{address}?{urlencode(query)}" if query else address)
    except NoReverseMatch:
        return None


def _children(request: AuthedRequest, unit: Unit, on: date) -> Listing:
    """What stands directly under the unit on the day, or ever stood (`all=1`)."""
    rows = Unit.objects.filter(parent=unit)
    if request.GET.get("all") != "1":
        rows = rows.in_force(on)
    return Listing(
        request,
        f"Đơn vị trực thuộc của {unit.name}",
        rows,
        CHILD_COLUMNS,
        order="sort_key,code,pk",
        count_noun="đơn vị",
        empty_title="Không có đơn vị trực thuộc.",
        can_export=False,
    )


# --- what may be done ------------------------------------------------------------------------


def is_top(unit: Unit, person: Person) -> bool:
    """Whether nothing above the unit is in the person's scope."""
    return unit.path in person.scope_paths


def why_not_reform(unit: Unit, person: Person) -> str:
    """Why the unit cannot end or pass into another by this person's hand; empty when it can."""
    if unit.valid_to is not None:
        return f"Đơn vị đã kết thúc ngày {format_day(unit.valid_to)}."
    if is_top(unit, person):
        return "Đây là đơn vị cao nhất trong phạm vi của bạn; việc này do cấp trên thực hiện."
    return ""


def why_not_rename(unit: Unit) -> str:
    """Why the unit cannot bear a new name; empty when it can."""
    if unit.valid_to is not None and unit.valid_to < today():
        return f"Đơn vị đã kết thúc ngày {format_day(unit.valid_to)}."
    return ""


def last_reform(unit: Unit) -> Reform | None:
    """The change recorded here that made the unit what it is: the one that may be taken back."""
    return unit.closed_in or unit.opened_in


def why_not_undo(reform: Reform, person: Person) -> str:
    """Why this person's hand cannot take the change back; empty when it can.

    What was done above a unit is not undone by the unit's own people.
    """
    touched = Unit.objects.filter(Q(opened_in=reform) | Q(closed_in=reform))
    theirs = Unit.objects.visible_to(person).exclude(path__in=person.scope_paths)
    if touched.exclude(pk__in=theirs.values("pk")).exists():
        return "Thay đổi này do cấp trên ghi; việc hoàn tác cũng do cấp trên thực hiện."
    return ""


def unit_actions(unit: Unit, person: Person) -> list[Action]:
    """What may be done to the unit, with reasons where not."""

    def url(verb: str) -> str:
        return reverse(f"units:unit_{verb}", args=[unit.pk])

    if not person.may("units.change"):
        return [Action("Thay đổi đơn vị", "", "Vai trò của bạn chỉ được xem đơn vị.")]
    why = why_not_reform(unit, person)
    ended = why_not_rename(unit)
    found = [
        Action("Sửa thông tin", url("edit")),
        Action("Đổi tên từ một ngày", url("rename"), ended),
        Action("Thêm đơn vị trực thuộc", f"{reverse('units:unit_create')}?parent={unit.pk}", ended),
        Action("Nhập với đơn vị khác", url("merge"), why),
        Action("Chia thành nhiều đơn vị", url("split"), why),
        Action("Tiếp tục thành đơn vị mới (đổi cấp trên, mã, loại)", url("continue"), why),
        Action("Kết thúc", url("close"), why, danger=True),
    ]
    if reform := last_reform(unit):
        why = why_not_undo(reform, person)
        found.append(Action(f"Hoàn tác: {reform}", url("undo"), why, danger=True))
    return found
