"""Changes of units: one day, one legal basis, several units opened, closed and tied at once.

`merge`, `split`, `continue_as`, `close` and `add` say what will happen without writing anything: a
`Change` with its `objections()`, which a page can show and `apply` writes. History stays whole:
what ended keeps its records, and what was made by mistake can be taken back only while nothing
hangs on it (`undo`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q

from congvu.access import Person
from congvu.dates import format_day, today
from congvu.models import Event
from congvu.trail import event
from units import guards
from units.changes import NAMED, Change
from units.models import Deed, Reform, Succession, SuccessionKind, Unit, under


class Below(models.TextChoices):
    """What becomes of the units under those that end."""

    FORBID = "forbid", "Không thực hiện nếu còn đơn vị trực thuộc"
    MOVE = "move", "Chuyển sang đơn vị mới, giữ mã và tên"
    CLOSE = "close", "Kết thúc cùng ngày, không có đơn vị kế thừa"


def _listed(units: Sequence[Unit]) -> str:
    names = ", ".join(f"{unit.name} ({unit.code})" for unit in units[:NAMED])
    return f"{names}, …" if len(units) > NAMED else names


def _pass_on(change: Change, below: Below) -> None:
    """Let the units under those that end follow, end too, or stand in the way."""
    paths = [unit.path for unit in change.named]
    named = {unit.pk: unit for unit in change.named}
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=change.eve)
    under_them = sorted(
        Unit.objects.filter(lasting, under(paths)).exclude(pk__in=named),
        key=lambda unit: (unit.path.count("/"), unit.sort_key),
    )
    if not under_them:
        return
    if below == Below.FORBID:
        change.refusals.append(
            f"Còn {len(under_them)} đơn vị trực thuộc có hiệu lực sau ngày "
            f"{format_day(change.eve)}: {_listed(under_them)}. Hãy kết thúc hoặc chuyển các đơn vị "
            "đó trước, hoặc chọn cách xử lý chúng cùng lúc."
        )
        return
    new_of: dict[int, Unit] = {pk: change.heirs[0] for pk in named if change.heirs}
    for unit in under_them:
        change.close(unit)
        if below == Below.MOVE and unit.parent_id in new_of:
            moved = Unit(
                code=unit.code,
                name=unit.name,
                kind=unit.kind,
                identifier=unit.identifier,
                parent=new_of[unit.parent_id],
            )
            change.open(moved)
            change.tie(unit, moved, SuccessionKind.CONTINUE)
            new_of[unit.pk] = moved


def _begin(
    deed: Deed,
    olds: Sequence[Unit],
    heirs: Sequence[Unit],
    on: date,
    legal_basis: str,
) -> Change:
    """The named units end, those heirs that are not yet in the database begin."""
    change = Change(deed, on, legal_basis, named=list(olds), heirs=list(heirs))
    for unit in olds:
        change.close(unit)
        if any(unit.is_under(other) for other in olds if other.pk != unit.pk):
            change.refusals.append(
                f"{unit.name} trực thuộc một đơn vị khác trong danh sách; hãy thực hiện từng bước."
            )
        for heir in heirs:
            if heir.pk and heir.pk != unit.pk and heir.is_under(unit):
                change.refusals.append(
                    f"{heir.name} trực thuộc {unit.name} nên không thể là đơn vị kế thừa; hãy "
                    "chuyển đơn vị đó ra trước."
                )
    for heir in heirs:
        if not heir.pk:
            change.open(heir)
    return change


def merge(
    olds: Sequence[Unit], into: Unit, on: date, legal_basis: str = "", below: Below = Below.MOVE
) -> Change:
    """Several units become one: a new unit (not yet saved), or one that exists on that day."""
    change = _begin(Deed.MERGE, olds, [into], on, legal_basis)
    if len({unit.pk for unit in olds}) < len(olds):
        change.refusals.append("Một đơn vị được ghi hai lần; hãy bỏ bớt.")
    if not into.pk and len(olds) < 2:
        change.refusals.append(
            "Nhập thành đơn vị mới cần ít nhất hai đơn vị cũ; một đơn vị thì hãy dùng “Tiếp tục "
            "thành đơn vị mới”."
        )
    for unit in olds:
        change.tie(unit, into, SuccessionKind.MERGE)
    _pass_on(change, below)
    return change


def split(
    old: Unit,
    parts: Sequence[Unit],
    main: int,
    on: date,
    legal_basis: str = "",
    below: Below = Below.MOVE,
) -> Change:
    """One unit is divided among several, new or existing; `parts[main]` is the main heir."""
    heirs = [parts[main], *(part for place, part in enumerate(parts) if place != main)]
    change = _begin(Deed.SPLIT, [old], heirs, on, legal_basis)
    if len(parts) < 2:
        change.refusals.append("Chia đơn vị cần ít nhất hai đơn vị kế thừa.")
    existing = [part.pk for part in parts if part.pk]
    if len(set(existing)) < len(existing):
        change.refusals.append("Một đơn vị kế thừa được ghi hai lần; hãy bỏ bớt.")
    for place, heir in enumerate(heirs):
        change.tie(old, heir, SuccessionKind.SPLIT, is_main=place == 0)
    _pass_on(change, below)
    return change


def continue_as(
    old: Unit, new: Unit, on: date, legal_basis: str = "", below: Below = Below.MOVE
) -> Change:
    """One unit goes on as another: under another parent, with another code or of another kind."""
    change = _begin(Deed.CONTINUE, [old], [new], on, legal_basis)
    change.tie(old, new, SuccessionKind.CONTINUE)
    _pass_on(change, below)
    return change


def close(unit: Unit, last_day: date, legal_basis: str = "", below: Below = Below.FORBID) -> Change:
    """A unit ends without an heir."""
    change = _begin(Deed.CLOSE, [unit], [], last_day + timedelta(days=1), legal_basis)
    _pass_on(change, below)
    return change


def add(unit: Unit) -> Change:
    """A new unit (not yet saved) without a predecessor; its own first day may be open."""
    change = Change(Deed.ADD, unit.valid_from or today(), unit.legal_basis)
    change.opening.append(unit)
    return change


# --- taking back ----------------------------------------------------------------------------


def undo_objections(reform: Reform, person: Person | None) -> list[str]:
    """Why a change cannot be taken back: something hangs on what it made.

    Names kinds of records only as far as the person may know of them.
    """
    opened = list(Unit.objects.filter(opened_in=reform))
    found = [
        f"Đơn vị mới {unit.name} (mã {unit.code}) đã được đổi tên."
        for unit in opened
        if unit.former_names.exists()
    ]
    if under_new := list(Unit.objects.filter(parent__in=opened).exclude(opened_in=reform)):
        found.append(f"Đã có đơn vị trực thuộc đơn vị mới: {_listed(under_new)}.")
    later = Succession.objects.filter(Q(predecessor__in=opened) | Q(successor__in=opened))
    if later.exclude(reform=reform).exists():
        found.append("Đơn vị mới đã có quan hệ kế thừa khác.")
    if opened:
        counts = [f"{count} {noun}" for count, noun in guards.records(opened, person)]
        if counts:
            found.append(f"Đã có hồ sơ ghi cho đơn vị mới: {', '.join(counts)}.")
    for unit in Unit.objects.filter(closed_in=reform).select_related("parent"):
        if (
            unit.parent is not None
            and unit.parent.valid_to
            and unit.parent.closed_in_id != reform.pk
        ):
            found.append(f"{unit.parent.name} đã kết thúc nên {unit.name} không thể mở lại.")
        bearers = Unit.objects.filter(code=unit.code).exclude(pk=unit.pk)
        for other in bearers.exclude(opened_in=reform):
            if other.shares_a_day(reform.effective_on, None):
                found.append(f"Mã {unit.code} nay thuộc về {other.name} ({other.span_text}).")
    return found


def undo(reform: Reform, by: Person | None) -> list[Unit]:
    """Take a mistaken change back: its new units and successions go, its old units are open again.

    Returns the units that are open again. Raises `ValidationError` while something hangs on it.
    """
    with transaction.atomic():
        if not Reform.objects.select_for_update().filter(pk=reform.pk).exists():
            raise ValidationError("Thay đổi này đã được hoàn tác.")
        if said := undo_objections(reform, by):
            raise ValidationError(said)
        what = f"Hoàn tác: {reform}."
        opened = sorted(
            Unit.objects.filter(opened_in=reform), key=lambda unit: -unit.path.count("/")
        )
        closed = list(Unit.objects.filter(closed_in=reform).order_by("path"))
        heirs = list(
            Unit.objects.filter(as_successor__reform=reform).exclude(opened_in=reform).distinct()
        )
        marks = [event(by, unit, "removed", note=what) for unit in opened]
        marks += [
            event(by, unit, "reopened", {"valid_to": (unit.valid_to, None)}, what)
            for unit in closed
        ]
        marks += [event(by, unit, "changed", note=what) for unit in heirs]
        Succession.objects.filter(reform=reform).delete()
        try:
            for unit in opened:
                unit.delete()
        except ProtectedError as error:
            # Says of nothing what it is: it may be an inspection to come.
            raise ValidationError("Thay đổi này không hoàn tác được nữa.") from error
        for unit in closed:
            unit.valid_to, unit.closing_basis, unit.closed_in = None, "", None
            unit.write("valid_to", "closing_basis", "closed_in")
        reform.delete()
        Event.objects.bulk_create(marks)
    return closed
