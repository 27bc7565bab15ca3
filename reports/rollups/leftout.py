"""Returns that share a day with the period and add nothing to its summary, each with the reason.

Contract §4 rule 7: text and page list them, so that whoever sent them can see why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from congvu.dates import format_day
from reports.models import Return, ReturnStatus
from reports.rollups.question import Question
from reports.rollups.returns import Reported, Vector


@dataclass(frozen=True)
class LeftOut:
    """A return that adds nothing, and why, in Vietnamese."""

    source: Return
    reason: str

    @property
    def unit_name(self) -> str:
        """The name that the reporting unit bore at the end of the return's period."""
        return self.source.unit.name_on(self.source.last_day)


def span_text(source: Return) -> str:
    """The days of a return, as a person writes them."""
    return f"{format_day(source.first_day)}–{format_day(source.last_day)}"


def left_out(
    question: Question,
    found: Sequence[Return],
    beyond: Sequence[Reported],
    contributions: Mapping[int, Vector],
    inside: Mapping[int, Vector],
) -> tuple[LeftOut, ...]:
    """The returns of `found` that add nothing.

    `beyond` are those that took part in the counting, with what they report beyond what is logged;
    `inside` is what their subordinates report within their days.
    """
    sources = {each.pk: each for each in found}
    by_pk = {each.pk: each for each in beyond}
    counting = [each for each in beyond if each.pk in contributions]
    reasons = []
    for pk, source in sources.items():
        if pk in contributions:
            continue
        if pk in by_pk:
            superior = _superior(by_pk[pk], counting)
            reason = _why_uncounted(
                source, by_pk[pk].beyond, inside[pk], sources[superior.pk] if superior else None
            )
        else:
            reason = _why_unfit(source, question)
        reasons.append(LeftOut(source, reason))
    return tuple(reasons)


def _why_unfit(source: Return, question: Question) -> str:
    """Why a return took no part in the counting."""
    match source.status:
        case ReturnStatus.DRAFT:
            return "Đơn vị đang lập, chưa gửi."
        case ReturnStatus.SUBMITTED:
            return "Đã gửi nhưng chưa được chấp nhận."
        case ReturnStatus.SENT_BACK:
            return "Đã bị trả lại, chưa được chấp nhận."
    period = question.period
    return (
        f"Kỳ báo cáo {span_text(source)} vượt ra ngoài kỳ tổng hợp "
        f"{format_day(period.first)}–{format_day(period.last)}."
    )


def _why_uncounted(source: Return, beyond: Vector, inside: Vector, superior: Return | None) -> str:
    """Why a return that took part adds nothing."""
    if not any(source.figures()):
        return "Không có số liệu nào lớn hơn 0."
    if not any(number > 0 for number in beyond):
        return "Không vượt quá số đã ghi nhận từng cuộc trong kỳ đó."
    if not any(mine > theirs for mine, theirs in zip(beyond, inside, strict=True)):
        return "Không vượt quá số đã ghi nhận và số các đơn vị trực thuộc báo cáo."
    if superior is not None:
        name = superior.unit.name_on(superior.last_day)
        return (
            f"Trùng ngày với số liệu của cấp trên được tính thay: {name}, kỳ {span_text(superior)}."
        )
    return "Các đơn vị trực thuộc báo cáo cho cả kỳ tổng hợp nhiều hơn nên số của họ được tính."


def _superior(mine: Reported, counting: Sequence[Reported]) -> Reported | None:
    """The return of a unit above that shares a day with this one and counts; the nearest."""
    above = [
        each
        for each in counting
        if each.path != mine.path
        and mine.path.startswith(each.path)
        and each.first <= mine.last
        and mine.first <= each.last
    ]
    return max(above, key=lambda each: len(each.path), default=None)
