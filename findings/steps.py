"""What happened to a remedy, in the order in which it happened, as its page tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from congvu.dates import format_day
from findings.models import ExtensionRequest, Remedy, named


@dataclass(frozen=True)
class Step:
    """One thing that happened to a remedy."""

    day: date
    title: str
    text: str = ""
    small: str = ""
    tone: str = "secondary"


def steps_of_remedy(remedy: Remedy) -> list[Step]:
    """What happened, in order: the demand, who knows of it, reports, more time, completion.

    Reads `extensions`, `requests` and `progress`, and whoever did these.
    """
    visit = remedy.visit
    demanded = visit.concluded_on or visit.visited_on
    first = format_day(remedy.due_on) if remedy.due_on else "không đặt hạn"
    paper = f"Kết luận {visit.conclusion_number}" if visit.conclusion_number else ""
    steps = [Step(demanded, "Kiến nghị", f"Thời hạn: {first}", paper, "info")]
    then = [*_acknowledged(remedy), *_requests(remedy), *_extensions(remedy), *_reports(remedy)]
    then += _completed(remedy)
    # Sorting keeps the order of what happened on the same day.
    return [*steps, *sorted(then, key=lambda step: step.day)]


def _acknowledged(remedy: Remedy) -> Iterator[Step]:
    if remedy.acknowledged_at and remedy.acknowledged_by:
        by = named(remedy.acknowledged_by)
        yield Step(_day(remedy.acknowledged_at), "Tiếp nhận", small=by, tone="info")


def _requests(remedy: Remedy) -> Iterator[Step]:
    for each in remedy.requests.all():
        waits = each.answered_at is None
        title = "Xin gia hạn, chờ trả lời" if waits else "Xin gia hạn"
        text = f"Đến ngày {format_day(each.until)}. Lý do: {each.reason}"
        small = _joined(each.asker, each.document)
        yield Step(_day(each.at), title, text, small, "warning" if waits else "secondary")
        if each.refusal and each.answered_at:
            small = _joined(_answerer(each), each.refusal_document)
            yield Step(_day(each.answered_at), "Từ chối gia hạn", each.refusal, small, "danger")


def _extensions(remedy: Remedy) -> Iterator[Step]:
    asked = {each.extension_id: each for each in remedy.requests.all()}
    old = remedy.due_on
    for each in sorted(remedy.extensions.all(), key=lambda one: one.decided_on):
        was = format_day(old) if old else "không đặt hạn"
        text = f"Từ {was} thành {format_day(each.due_on)}"
        late = remedy.completed_on is not None and each.decided_on > remedy.completed_on
        if late:
            text += " (cho phép sau ngày hoàn thành nên không được tính)"
        title, small = "Gia hạn", each.document
        if (request := asked.get(each.pk)) is not None:
            title = f"Gia hạn theo đề nghị ngày {format_day(_day(request.at))}"
            small = _joined(_answerer(request), each.document)
        yield Step(each.decided_on, title, text, small, "warning")
        old = each.due_on


def _reports(remedy: Remedy) -> Iterator[Step]:
    for each in remedy.progress.all():
        text = each.text
        if each.claimed_on:
            text += f"\nBáo đã hoàn thành ngày {format_day(each.claimed_on)}."
        title = "Báo đã hoàn thành, chờ xác nhận" if each.is_waiting else "Báo cáo tiến độ"
        small = _joined(each.reporter, each.document)
        yield Step(_day(each.at), title, text, small, "warning" if each.is_waiting else "secondary")
        if each.answer and each.answered_at:
            yield Step(
                _day(each.answered_at), "Chưa chấp nhận hoàn thành", each.answer, "", "danger"
            )


def _completed(remedy: Remedy) -> Iterator[Step]:
    if remedy.completed_on is None:
        return
    said = "Đã được ghi nhận hoàn thành."
    by = f"Xác nhận: {named(remedy.verified_by)}" if remedy.verified_by else ""
    small = _joined(by, remedy.report_document)
    label = remedy.state_at(remedy.completed_on).label
    yield Step(remedy.completed_on, label, said, small, "success")


def _answerer(request: ExtensionRequest) -> str:
    return f"Trả lời: {named(request.answered_by)}" if request.answered_by else ""


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
