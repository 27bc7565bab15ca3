"""What figures are called on pages, in sheets and in text."""

from __future__ import annotations

from findings.models import Category, RemedyKind, RemedyState, Severity
from inspections.models import RoundForm
from units.models import Kind

_SINGLE = {
    "rounds.total": "Tổng số cuộc kiểm tra",
    "visits.total": "Số lượt đơn vị được kiểm tra",
    "visits.units": "Số đơn vị được kiểm tra",
    "findings.total": "Số tồn tại, hạn chế, vi phạm",
    "findings.units": "Số đơn vị có tồn tại",
    "remedies.total": "Số kiến nghị",
}


def label_of(key: str) -> str:
    """What the figure of that key counts; `KeyError` for an unknown key."""
    if key in _SINGLE:
        return _SINGLE[key]
    try:
        match key.split("."):
            case ["rounds", "by_form", form]:
                return f"Số cuộc: {RoundForm(form).label}"
            case ["rounds", "by_level", kind]:
                return f"Số cuộc do {Kind(kind).label} tiến hành"
            case ["findings", "by_category", category]:
                return f"Số tồn tại: {Category(category).label}"
            case ["findings", "by_severity", severity]:
                return f"Mức độ: {Severity(severity).label}"
            case ["remedies", "by_kind", kind, "count"]:
                return f"{RemedyKind(kind).label}: số kiến nghị"
            case ["remedies", "by_kind", kind, "units"]:
                return f"{RemedyKind(kind).label}: số đơn vị"
            case ["remedies", "by_kind", kind, "people"]:
                return f"{RemedyKind(kind).label}: số cá nhân"
            case ["remedies", "status", state]:
                return f"Kiến nghị: {RemedyState(state).label}"
    except ValueError:
        pass
    raise KeyError(key)
