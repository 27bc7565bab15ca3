"""An entry arrives: once or several times, in time or late, alone or after another's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from congvu.access import require
from field.models import Entry, EntryState
from field.slots import SLOTS, Value, named
from findings.evidence_files import Kept
from findings.evidence_files import take as take_file
from inspections.models import Round, RoundStatus, Visit
from inspections.models.teams import own_teams

# A device whose clock tells more than this between writing and sending is not believed.
LONGEST = timedelta(days=60)

CLASH = (
    "Chỗ này đã có người khác ghi khác trong lúc bạn chưa gửi; cả hai bản đều được giữ, hãy chọn "
    "bản đúng."
)


@dataclass(frozen=True)
class Sent:
    """What a device sent.

    `base` is what stood in the slot when it was written. `written_at` and `sent_at` are by the
    device's own clock.
    """

    key: UUID
    kind: str
    ref: str
    value: Value | None
    base: Value | None
    written_at: datetime
    sent_at: datetime
    # The file that came with it, vetted; or why it was refused.
    kept: Kept | None = None
    file_refused: str = ""


def logs(visit: Visit, user: User) -> bool:
    """Whether the user may write down what is seen: the inspecting side, or one of the team."""
    if not user.may("rounds.change"):
        return False
    if user.in_scope(visit.round.body):
        return True
    return (
        visit.round.team_id is not None and own_teams(user).filter(pk=visit.round.team_id).exists()
    )


def take(visit: Visit, by: User, sent: Sent) -> Entry:
    """Take what arrived: once, whatever comes twice; and nothing that came is dropped.

    Saved where its slot still holds what whoever wrote it saw there, or the same as it says. Kept
    as a clash where another has written something else since. Kept as refused, with the reason,
    where the visit is locked, its round was cancelled, or a rule forbids it.

    Raises `PermissionDenied` for whoever may not write on this visit, and for another's key.
    """
    require(by, "rounds.change")
    if not logs(visit, by):
        raise PermissionDenied("Chỉ cơ quan kiểm tra và đoàn kiểm tra ghi được lượt này.")
    with transaction.atomic():
        # One after another: what stands in the slot does not change until this is written.
        round_ = Round.objects.held(visit.round_id)
        if (known := Entry.objects.filter(pk=sent.key).first()) is not None:
            if known.by_id != by.pk or known.visit_id != visit.pk:
                raise PermissionDenied("Mã của mục ghi này đã được dùng.")
            return known
        held = Visit.objects.select_related("unit").get(pk=visit.pk)
        held.round = round_
        entry = Entry(
            key=sent.key, visit=held, by=by, kind=sent.kind, ref=sent.ref[:200],
            value=sent.value, base=sent.base, written_at=sent.written_at, arrived_at=timezone.now(),
        )  # fmt: skip
        try:
            # What a rule forbids leaves nothing but the entry.
            with transaction.atomic():
                _save(entry, sent)
        except ValidationError as refusal:
            entry.state, entry.record = EntryState.REFUSED, None
            entry.reason = " ".join(refusal.messages)[:500]
        _keep(entry, sent.kept if entry.state != EntryState.SAVED else None)
    return entry


def _keep(entry: Entry, kept: Kept | None) -> None:
    """Save the entry with the file that went nowhere else; without the entry no file stays."""
    try:
        if kept is not None:
            # Apart from the folders of evidence, which are tidied by its records.
            name = f"entries/{entry.key.hex}{kept.ending}"
            entry.file.save(name, ContentFile(kept.content), save=False)
        with transaction.atomic():
            entry.save(force_insert=True)
    except BaseException:
        if entry.file:
            entry.file.storage.delete(entry.file.name)
        raise


def _save(entry: Entry, sent: Sent) -> None:
    visit, by = entry.visit, entry.by
    slot = SLOTS[sent.kind]
    if refusal := visit.why_not_logged():
        raise ValidationError(refusal)
    if sent.file_refused:
        raise ValidationError(sent.file_refused)
    value = slot.clean(sent.value) if sent.value is not None else None
    entry.ref, entry.value = named(visit, slot, slot.ref(sent.ref, value)), value
    stands = slot.all(visit).get(entry.ref)
    _begin(visit, by)
    entry.state = EntryState.SAVED
    if stands == value:
        entry.record = _record_there(entry)
    elif stands is None or stands == _cleaned(slot, sent.base):
        entry.record = slot.write(visit, entry.ref, value, by, moment(sent), sent.kept)
    else:
        entry.state, entry.reason = EntryState.CLASH, CLASH
        return
    # What the same person wrote there before and could not be saved is answered by this.
    before = Entry.objects.filter(visit=visit, kind=entry.kind, ref=entry.ref, by=by)
    before.waiting().update(settled_at=entry.arrived_at, settled_by=by)


def _cleaned(slot: Any, base: Value | None) -> Value | None:
    """What the device says that it saw, as it would have been kept."""
    if base is None:
        return None
    try:
        cleaned: Value = slot.clean(base)
    except ValidationError:
        return None
    return cleaned


def _record_there(entry: Entry) -> int | None:
    same = Entry.objects.filter(
        visit=entry.visit, kind=entry.kind, ref=entry.ref, state=EntryState.SAVED
    )
    return same.filter(record__isnull=False).values_list("record", flat=True).first()


def _begin(visit: Visit, by: User) -> None:
    """Whatever arrives first begins the visit, and its round if that still waits."""
    if visit.begun_at is None:
        visit.begin(by)
    if visit.round.status == RoundStatus.SCHEDULED and not visit.round.why_not("started"):
        visit.round.start(by)


def moment(sent: Sent) -> datetime:
    """When it was written, by the server's clock: so long ago as the device says.

    The device's clock may be wrong, but it runs as fast as any.
    """
    ago = sent.sent_at - sent.written_at
    now = timezone.now()
    return now - ago if timedelta(0) <= ago <= LONGEST else now


def settle(entry: Entry, *, by: User, seen: Value | None) -> None:
    """Put what clashed or was refused in the place of what stands there now: `seen`.

    Raises `ValidationError` where it was looked at before, something else stands there since, or a
    rule forbids it.
    """
    with transaction.atomic():
        visit = entry.visit.held_open()
        if not entry.hold().is_waiting:
            raise ValidationError("Mục ghi này đã được xử lý.")
        slot = SLOTS[entry.kind]
        value = slot.clean(entry.value) if entry.value is not None else None
        ref = named(visit, slot, slot.ref(entry.ref, value))
        if slot.all(visit).get(ref) != seen:
            raise ValidationError("Chỗ này vừa được sửa; hãy xem lại nội dung đang có rồi chọn.")
        kept = take_file(entry.file) if entry.file else None
        entry.record = slot.write(visit, ref, value, by, entry.arrived_at, kept)
        entry.settled_at, entry.settled_by = timezone.now(), by
        entry.state = EntryState.SAVED
        entry.write("record", "settled_at", "settled_by", "state")
