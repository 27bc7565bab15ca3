"""Leaving marks in the trail: `mark(by, record, "round.completed", …)`, inside the transition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from congvu.models import Event
from congvu.text import clean

# The network address of the request at work; set by `congvu.middleware.trail_origin`.
origin: ContextVar[str | None] = ContextVar("origin", default=None)

Changes = Mapping[str, tuple[Any, Any]]

# What each deed is called on screen: verbs that fit any kind of record.
DEEDS: dict[str, str] = {
    "added": "Thêm",
    "changed": "Sửa",
    "removed": "Xóa",
    "imported": "Nhập từ bảng tính",
    "renamed": "Đổi tên",
    "moved": "Dời ngày",
    "closed": "Kết thúc hiệu lực",
    "merged": "Nhập đơn vị",
    "split": "Chia đơn vị",
    "continued": "Tiếp tục thành đơn vị mới",
    "started": "Bắt đầu",
    "completed": "Hoàn thành",
    "cancelled": "Hủy",
    "reopened": "Mở lại",
    "extended": "Gia hạn",
    "reported": "Báo cáo tiến độ",
    "submitted": "Gửi",
    "accepted": "Chấp nhận",
    "returned": "Trả lại",
    "issued": "Ban hành",
    "adjusted": "Điều chỉnh",
    "withdrawn": "Thu hồi",
    "drawn": "Bốc thăm",
    "put_in_force": "Đưa vào sử dụng",
    "retired": "Thôi dùng",
    "begun": "Bắt đầu tại đơn vị",
    "locked": "Hoàn thành và khóa",
    "amended": "Bổ sung, đính chính",
    "proved": "Gửi bằng chứng",
    "unproved": "Xóa bằng chứng",
    "concluded": "Kết luận",
    "acknowledged": "Tiếp nhận",
    "requested": "Xin gia hạn",
    "refused": "Từ chối gia hạn",
    "assigned": "Giao theo dõi",
    "handed_over": "Giao giải quyết",
    "reminded": "Nhắc việc",
    "exported": "Xuất tệp",
    "signed_in": "Đăng nhập",
    "password_changed": "Đổi mật khẩu",
    "disabled": "Khóa tài khoản",
    "enabled": "Mở tài khoản",
    "unlocked": "Bỏ tạm khóa đăng nhập",
}


def event(
    by: Any, record: models.Model, deed: str, changes: Changes | None = None, note: str = ""
) -> Event:
    """A mark, not yet written: for `bulk_create` where thousands are left at once."""
    return Event(
        by=by if getattr(by, "pk", None) else None,
        address=origin.get(),
        deed=deed,
        kind=ContentType.objects.get_for_model(record),
        record_id=record.pk,
        label=str(record)[:300],
        changes={name: list(pair) for name, pair in (changes or {}).items()},
        note=note,
    )


def mark(
    by: Any, record: models.Model, deed: str, changes: Changes | None = None, note: str = ""
) -> Event:
    """Write into the trail that `by` (None: a command) did `deed` to `record`."""
    made = event(by, record, deed, changes, note)
    made.save()
    return made


def mark_all(
    by: Any, records: Sequence[models.Model], deed: str, changes: Sequence[Changes]
) -> None:
    """Write the marks of many records of one kind at once, `changes` beside `records`.

    By hand, because an import leaves a hundred thousand of them and Django's `bulk_create` spends
    ten times as long on each.
    """
    if not records:
        return
    kind = ContentType.objects.get_for_model(records[0])
    # As text, or the driver would write the same moment out for every mark.
    at = str(connection.ops.adapt_datetimefield_value(timezone.now()))
    by_id, address = getattr(by, "pk", None), origin.get()
    rows: list[Any] = []
    for record, changed in zip(records, changes, strict=True):
        pairs = {name: list(pair) for name, pair in changed.items()}
        kept = json.dumps(pairs, cls=DjangoJSONEncoder, ensure_ascii=False) if pairs else "{}"
        label = clean(str(record)[:300])
        rows += (at, by_id, address, deed, kind.pk, record.pk, label, kept, "")
    slots = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(records))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO congvu_event "  # noqa: S608  # only placeholders are put in
            f"(at, by_id, address, deed, kind_id, record_id, label, changes, note) VALUES {slots}",
            rows,
        )


def snapshot(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The named fields' values as they are now, to tell afterwards what changed."""
    return {name: _plain(record, name) for name in names}


def changes_since(before: Mapping[str, Any], record: models.Model) -> dict[str, tuple[Any, Any]]:
    """Old and new value of each field of `before` that has another value now."""
    now = {name: _plain(record, name) for name in before}
    return {name: (old, now[name]) for name, old in before.items() if old != now[name]}


def _plain(record: models.Model, name: str) -> Any:
    """A value that JSON can hold and a person can read: a related record by its name."""
    field = record._meta.get_field(name)
    if field.many_to_many:
        return sorted(str(each) for each in getattr(record, name).all()) if record.pk else []
    value = getattr(record, name)
    if isinstance(value, models.Model):
        return str(value)
    if field.is_relation or isinstance(value, FieldFile):
        return str(value) if value else None
    return value
