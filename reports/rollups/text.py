"""A summary as plain text, for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from congvu.dates import format_day
from congvu.numbers import number_text, percent_text
from findings.models import Category, RemedyKind, RemedyState, Severity
from inspections.models import RoundForm
from reports.rollups.leftout import span_text
from reports.rollups.summary import Summary
from units.models import Kind, Unit

_LABEL_WIDTH = 46
_NUMBER_WIDTH = 10


def as_text(summary: Summary) -> str:
    """The whole summary as lines of text, without a line break at the end."""
    return "\n".join(_lines(summary)).rstrip("\n")


def _lines(summary: Summary) -> Iterator[str]:
    question = summary.question
    yield f"TỔNG HỢP KẾT QUẢ KIỂM TRA CÔNG VỤ – {question.period.label}"
    yield f"Đơn vị: {question.unit_name} (mã {question.unit.code})"
    yield f"Kỳ: {format_day(question.period.first)} – {format_day(question.period.last)}"
    yield (
        f"Kiến nghị tính đến {format_day(question.as_of)}; "
        f"địa giới theo ngày {format_day(question.boundaries_on)}"
    )
    if len(question.lineage) > 1:
        before = "; ".join(_named(unit) for unit in question.lineage[1:])
        yield f"Gồm cả số liệu của: {before}"
    yield from _heirs(summary)
    yield from _rounds(summary)
    yield from _findings(summary)
    yield from _remedies(summary)
    yield from _left_out(summary)


def _named(unit: Unit) -> str:
    return f"{unit.name} (mã {unit.code}, {unit.span_text})"


def _heirs(summary: Summary) -> Iterator[str]:
    unit = summary.question.unit
    if not summary.question.has_ended or unit.valid_to is None:
        return
    yield f"Đơn vị này kết thúc ngày {format_day(unit.valid_to)}."
    if summary.heirs:
        yield f"Đơn vị kế thừa: {'; '.join(_named(heir) for heir in summary.heirs)}"


def _head(title: str, *columns: str) -> Iterator[str]:
    yield ""
    cells = "".join(f"{column:>{_NUMBER_WIDTH}}" for column in columns)
    yield f"{title:<{_LABEL_WIDTH}}{cells}"


def _line(label: str, *cells: str) -> str:
    return f"{label:<{_LABEL_WIDTH}}" + "".join(f"{cell:>{_NUMBER_WIDTH}}" for cell in cells)


def _split(summary: Summary, label: str, key: str) -> str:
    figure = summary[key]
    numbers = (figure.value, figure.logged, figure.unlogged)
    return _line(label, *(number_text(number) for number in numbers))


def _single(summary: Summary, label: str, key: str) -> str:
    return _line(label, number_text(summary.value(key)))


def _rounds(summary: Summary) -> Iterator[str]:
    yield from _head("CUỘC KIỂM TRA", "Tổng số", "Ghi nhận", "Báo cáo")
    yield _split(summary, "Tổng số cuộc", "rounds.total")
    for form in RoundForm:
        yield _split(summary, f"  {form.label}", f"rounds.by_form.{form}")
    yield "Theo cấp tiến hành"
    for kind in Kind:
        yield _split(summary, f"  {kind.label}", f"rounds.by_level.{kind}")
    yield from _head("LƯỢT VÀ ĐƠN VỊ ĐƯỢC KIỂM TRA", "Tổng số", "Ghi nhận", "Báo cáo")
    yield _split(summary, "Số lượt đơn vị", "visits.total")
    yield _single(summary, "Số đơn vị (đã ghi nhận)", "visits.units")


def _findings(summary: Summary) -> Iterator[str]:
    yield from _head("TỒN TẠI, HẠN CHẾ, VI PHẠM", "Tổng số", "Ghi nhận", "Báo cáo")
    yield _split(summary, "Số đơn vị có tồn tại", "findings.units")
    yield _single(summary, "Số tồn tại (đã ghi nhận)", "findings.total")
    for severity in Severity:
        yield _single(summary, f"  {severity.label}", f"findings.by_severity.{severity}")
    yield "Theo nhóm"
    for category in Category:
        yield _single(summary, f"  {category.label}", f"findings.by_category.{category}")


def _remedies(summary: Summary) -> Iterator[str]:
    yield from _head("KIẾN NGHỊ", "Kiến nghị", "Đơn vị", "Cá nhân")
    yield _single(summary, "Tổng số (đã ghi nhận)", "remedies.total")
    for kind in RemedyKind:
        keys = (f"remedies.by_kind.{kind}.{part}" for part in ("count", "units", "people"))
        figures = [summary[key] for key in keys]
        yield _line(f"  {kind.label}", *(number_text(figure.value) for figure in figures))
        if any(figure.unlogged for figure in figures):
            reported = (number_text(figure.unlogged) for figure in figures)
            yield _line("    trong đó báo cáo", *reported)
    yield from _head("TÌNH TRẠNG KIẾN NGHỊ", "Số", "Tỷ lệ")
    total = summary.value("remedies.total")
    for state in RemedyState:
        number = summary.value(f"remedies.status.{state}")
        yield _line(f"  {state.label}", number_text(number), percent_text(number, total))


def _left_out(summary: Summary) -> Iterator[str]:
    if not summary.left_out:
        return
    yield ""
    yield "SỐ LIỆU BÁO CÁO KHÔNG ĐƯỢC TÍNH"
    for each in summary.left_out:
        named = f"{each.unit_name} (mã {each.source.unit.code})"
        yield f"  {named}, kỳ {span_text(each.source)}: {each.reason}"
