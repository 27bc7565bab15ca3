"""What a value from the spot says, in one line that people read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from congvu.dates import format_day, parse_day
from findings.models import Category, Reply, Severity, Subject


def told(kind: str, value: dict[str, Any] | None) -> str:
    """The value in words; empty for none. Of what could not be read, whatever words it has."""
    if not value:
        return ""
    try:
        return _WORDS.get(kind, _plain)(value)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return _plain(value)


def _plain(value: dict[str, Any]) -> str:
    # Without a person's name: lists are read by more people.
    said = (each for name, each in value.items() if name != "person_name")
    return "; ".join(str(each) for each in said if each not in ("", None))


def _roll(value: dict[str, Any]) -> str:
    text = (
        f"{value['department']}: tổng số {value['headcount']}, có mặt {value['present']}, vắng có "
        f"lý do {value['excused']}, vắng không lý do {value['unexcused']}"
    )
    return f"{text} ({value['reasons']})" if value.get("reasons") else text


def _finding(value: dict[str, Any]) -> str:
    subject = f", {Subject(value['subject']).label.lower()}" if value.get("subject") else ""
    severity = Severity(value["severity"]).label
    return f"{severity}, {Category(value['category']).label}{subject}: {value['content']}"


def _case(value: dict[str, Any]) -> str:
    # Without the person's name: lists are read by more people.
    days = (("since", "từ"), ("promised_by", "hẹn"), ("settled_on", "xong"))
    said = [f"{word} {format_day(parse_day(value[name]))}" for name, word in days if value[name]]
    return "; ".join([value["subject"], *said])


def _answer(value: dict[str, Any]) -> str:
    reply = str(Reply(value["reply"]).label) if value["reply"] else ""
    return "; ".join(filter(None, (reply, value["number"], value["text"], value["note"])))


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "strengths": lambda value: str(value["text"]),
    "roll": _roll,
    "finding": _finding,
    "case": _case,
    "photo": lambda value: "; ".join(filter(None, (value["note"], value["name"]))),
    "answer": _answer,
    "begin": lambda value: "Đoàn bắt đầu làm việc tại đơn vị",
}
