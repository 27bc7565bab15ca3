"""What every template knows: the places the person may go to, and when the session ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    label: str
    url: str
    icon: str
    here: bool


@dataclass(frozen=True)
class Group:
    """Entries of the navigation under one heading."""

    title: str
    places: list[Place]


# Heading, then: label, URL name, icon, the deed that opens the place (None: open to everybody).
_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str, str | None], ...]], ...] = (
    ("", (("Trang chủ", "home", "home", None),)),
    (
        "Kiểm tra",
        (
            ("Kế hoạch", "inspections:plan_list", "plan", "plans.view"),
            ("Chồng chéo", "inspections:overlap_list", "overlap", "plans.view"),
            ("Lịch", "inspections:calendar", "schedule", "rounds.view"),
            ("Cuộc kiểm tra", "inspections:round_list", "round", "rounds.view"),
            ("Việc hôm nay", "field:today", "success", "rounds.change"),
            ("Mục ghi tại chỗ", "field:entry_list", "camera", "rounds.change"),
            ("Tồn tại", "findings:finding_list", "finding", "findings.view"),
            ("Kiến nghị", "findings:remedy_list", "remedy", "remedies.view"),
            ("Vụ việc công dân", "findings:case_list", "case", "remedies.view"),
        ),
    ),
    (
        "Báo cáo",
        (
            ("Số liệu báo cáo", "reports:return_list", "figures", "returns.view"),
            ("Tổng hợp", "reports:summary", "summary", "summary.view"),
        ),
    ),
    (
        "Hồ sơ",
        (
            ("Đoàn kiểm tra", "inspections:team_list", "team", "teams.view"),
            ("Bảng kiểm", "findings:checklist_list", "checklist", "checklists.view"),
            ("Văn bản", "directives:document_list", "document", "documents.view"),
            ("Đơn vị", "units:unit_list", "unit", "units.view"),
            ("Nhập dữ liệu", "exchange:import_list", "import", "workbook.import"),
        ),
    ),
    (
        "Quản trị",
        (
            ("Tài khoản", "accounts:account_list", "account", "accounts.manage"),
            ("Danh mục", "inspections:content_list", "catalogue", "catalogue.change"),
        ),
    ),
    ("", (("Trợ giúp", "help", "help", None),)),
)

# The bar at the bottom of an inspector's phone.
_BAR = (
    ("Hôm nay", "field:today", "home"),
    ("Cuộc kiểm tra", "inspections:round_list", "round"),
    ("Tồn tại", "findings:finding_list", "finding"),
    ("Kiến nghị", "findings:remedy_list", "remedy"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """For the frame around each page; what costs a query is worked out only where it is drawn."""
    return {
        "is_trial": settings.DEMO,
        "idle_minutes": SimpleLazyObject(lambda: _idle_minutes(request)),
        "nav_groups": SimpleLazyObject(lambda: _nav(request)),
        "bottom_bar": SimpleLazyObject(lambda: _bottom_bar(request)),
    }


def _idle_minutes(request: HttpRequest) -> int:
    """After how many minutes without a request this session ends (administrators': sooner)."""
    session = getattr(request, "session", None)
    return session.get_expiry_age() // 60 if session is not None else settings.SESSION_IDLE_MINUTES


def _nav(request: HttpRequest) -> list[Group]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups = []
    for title, rows in _GROUPS:
        places = [
            _place(request, label, name, icon)
            for label, name, icon, deed in rows
            if deed is None or user.may(deed)
        ]
        if places:
            groups.append(Group(title, places))
    return groups


def _bottom_bar(request: HttpRequest) -> list[Place]:
    """Four places within reach of a thumb, for those who write rounds on the spot."""
    if getattr(request.user, "role", "") != "INSPECTOR":
        return []
    return [_place(request, label, name, icon) for label, name, icon in _BAR]


def _place(request: HttpRequest, label: str, name: str, icon: str) -> Place:
    """The entry; it is marked where one stands at its page or at one below it."""
    url = reverse(name)
    here = request.path == url if url == "/" else request.path.startswith(url)
    return Place(label, url, icon, here)
