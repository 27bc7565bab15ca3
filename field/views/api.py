"""What a device asks for and what it sends, as JSON.

A device names the person for whom it keeps what it sends (`X-Congvu-User`): on a telephone that
several use, nothing goes out under another's name.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from congvu.access import require
from field.entries import Sent, logs, take
from field.models import Entry, EntryKind
from field.slots import SLOTS, values_of
from field.snapshot import state_of, suggestions_for, thumbs_of, work_of
from findings.evidence_files import take as take_file
from inspections.models import Visit

# The largest entry taken, in bytes.
MOST_BYTES = 200_000


def _visit(request: UserRequest, pk: int) -> Visit:
    """The visit that the user may log; 404 for anybody else."""
    visits = Visit.objects.visible_to(request.user).select_related("unit", "round__body")
    visits = visits.prefetch_related(
        "unit__former_names", "round__body__former_names", "round__contents",
        "findings",
        "roll_calls",
        "cases",
        "answers",
        "evidence",
    )  # fmt: skip
    visit: Visit = get_object_or_404(visits, pk=pk)
    if not logs(visit, request.user):
        raise Http404
    return visit


@require_safe
def work(request: UserRequest) -> JsonResponse:
    """The visits of this week that the user may log."""
    require(request.user, "rounds.change")
    return JsonResponse(work_of(request.user))


@require_safe
def visit_state(request: UserRequest, pk: int) -> JsonResponse:
    """A visit as it stands."""
    return JsonResponse(state_of(_visit(request, pk), request.user))


@require_safe
def suggestions(request: UserRequest) -> JsonResponse:
    """Texts of earlier findings, by category."""
    require(request.user, "rounds.change")
    return JsonResponse({"texts": suggestions_for(request.user)})


@require_POST
def entry_create(request: UserRequest, pk: int) -> JsonResponse:
    """One entry arrives, perhaps not for the first time."""
    if other := _for_another(request):
        return other
    visit = _visit(request, pk)
    if len(request.body) > MOST_BYTES:
        return _unreadable("Mục ghi quá dài; hãy rút ngắn.")
    try:
        sent = _read(request.body.decode())
    except (ValueError, TypeError, KeyError, RecursionError):
        return _unreadable("Mục ghi gửi lên không đọc được.")
    return _answer(take(visit, request.user, sent))


@require_POST
def photo_create(request: UserRequest, pk: int) -> JsonResponse:
    """One picture arrives, with its entry in the field `entry`."""
    if other := _for_another(request):
        return other
    visit = _visit(request, pk)
    try:
        sent = _read(request.POST["entry"][:MOST_BYTES])
    except (ValueError, TypeError, KeyError, RecursionError):
        return _unreadable("Mục ghi gửi lên không đọc được.")
    upload = request.FILES.get("file")
    if sent.kind != EntryKind.PHOTO or upload is None:
        return _unreadable("Thiếu tệp ảnh; hãy gửi lại.")
    if not Entry.objects.filter(pk=sent.key).exists():
        # Encoding takes a while: before anything is held.
        try:
            sent = replace(sent, kept=take_file(upload, upload.name or ""))
        except ValidationError as refusal:
            sent = replace(sent, file_refused=" ".join(refusal.messages))
    return _answer(take(visit, request.user, sent))


def _for_another(request: UserRequest) -> JsonResponse | None:
    """A refusal where the device keeps what it sends for somebody else."""
    if request.headers.get("X-Congvu-User") == str(request.user.pk):
        return None
    said = "Mục ghi này là của người khác; người đó đăng nhập thì mới gửi được."
    return JsonResponse({"error": said}, status=409)


def _unreadable(said: str) -> JsonResponse:
    return JsonResponse({"error": said}, status=400)


def _read(text: str) -> Sent:
    """What was sent; raises `ValueError`, `TypeError` or `KeyError` for what cannot be read."""
    given = _storable(json.loads(text))
    kind, value, base = given["kind"], given.get("value"), given.get("base")
    if kind not in SLOTS:
        raise ValueError(kind)
    for each in (value, base):
        if each is not None and not isinstance(each, dict):
            raise TypeError(each)
    return Sent(
        key=UUID(str(given["key"])),
        kind=kind,
        ref=str(given.get("ref", ""))[:200],
        value=value,
        base=base,
        written_at=_moment(given["written_at"]),
        sent_at=_moment(given["sent_at"]),
    )


def _storable(given: Any) -> Any:
    """What was read, as a database can keep it: no NUL, no half characters, no endless numbers.

    Raises `ValueError` for a number that is none.
    """
    if isinstance(given, str):
        return given.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(given, float) and not math.isfinite(given):
        raise ValueError(given)
    if isinstance(given, list):
        return [_storable(each) for each in given]
    if isinstance(given, dict):
        return {_storable(name): _storable(each) for name, each in given.items()}
    return given


def _moment(text: str) -> datetime:
    """The moment by the device's clock; one that no calendar here knows is now."""
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        raise ValueError(text)
    try:
        moment = found.astimezone(UTC)
    except OverflowError:
        return timezone.now()
    return moment if 1970 <= moment.year <= 2200 else timezone.now()


def _answer(entry: Entry) -> JsonResponse:
    """What became of it, and what stands in its slot now."""
    visit = entry.visit
    stands = values_of(visit)
    return JsonResponse(
        {
            "thumbs": thumbs_of(visit) if entry.kind == EntryKind.PHOTO else {},
            "state": entry.state,
            "reason": entry.reason,
            "slot": entry.slot,
            "stands": stands.get(entry.slot),
        }
    )
