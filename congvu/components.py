"""`/components/` when `DEBUG` is on: every part of the pages in every state, with made-up data.

Looked at while developing, and photographed by `tests/congvu/test_components.py`.
"""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congvu.charts import BarChart, Group, Value
from congvu.forms import BlockInput, DayField, LineInput, Meanwhile
from congvu.icons import ICONS
from congvu.pages import Action, Card, Entry, Fact, Figure
from congvu.tables import Cell, Chip, Head, Pager, Row
from congvu.templatetags.congvu_ui import TONES, TrailRow

_KINDS = (("", "Chọn hình thức"), ("PLANNED", "Theo kế hoạch"), ("SURPRISE", "Đột xuất"))
_UNITS = (
    ("", "Chọn đơn vị"),
    ("1", "UBND huyện Đại Từ"),
    ("2", "UBND huyện Đồng Hỷ"),
    ("3", "Sở Nội vụ"),
    ("4", "Sở Nông nghiệp và Môi trường"),
)
_UP = "/components/"


class SampleForm(forms.Form):
    """One field of each kind."""

    groups = (
        ("Cuộc kiểm tra", ("code", "kind", "unit", "first_day", "last_day")),
        ("Kết quả", ("count", "content", "strengths", "subject", "categories")),
    )

    code = LineInput(label="Mã cuộc", max_length=20, help_text="Ví dụ: TN23-T001.")
    kind = forms.ChoiceField(label="Hình thức", choices=_KINDS)
    unit = forms.ChoiceField(
        label="Đơn vị được kiểm tra",
        choices=_UNITS,
        widget=forms.Select(attrs={"data-search-select": ""}),
    )
    first_day = DayField(label="Từ ngày", help_text="Ví dụ: 17/3/2023.")
    last_day = DayField(label="Đến ngày", required=False)
    count = forms.IntegerField(label="Số người có mặt", min_value=0)
    content = BlockInput(label="Nội dung tồn tại", help_text="Ghi ngắn gọn, không ghi số căn cước.")
    strengths = BlockInput(label="Ưu điểm", required=False)
    subject = forms.ChoiceField(
        label="Đối tượng",
        choices=(("C", "Tập thể"), ("I", "Cá nhân")),
        widget=forms.RadioSelect,
        help_text="Tồn tại này của cả đơn vị hay của một người.",
    )
    categories = forms.MultipleChoiceField(
        label="Nhóm",
        required=False,
        choices=(
            ("1", "Thời giờ làm việc"),
            ("2", "Đeo thẻ, biển tên"),
            ("3", "Niêm yết công khai"),
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    minutes = forms.FileField(label="Biên bản", required=False, help_text="Tệp PDF, tối đa 20 MB.")
    confirmed = forms.BooleanField(
        label="Đơn vị đã ký biên bản", required=False, help_text="Chọn khi đã có đủ hai chữ ký."
    )


class SampleFilter(forms.Form):
    """The filters of a list."""

    q = forms.CharField(label="Tìm", required=False)
    kind = forms.ChoiceField(
        label="Hình thức", required=False, choices=(("", "Tất cả"), *_KINDS[1:])
    )
    first_day = DayField(label="Từ ngày", required=False)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every part in every state; not there when `DEBUG` is off."""
    if not settings.DEBUG:
        raise Http404
    for level, sentence in (
        (messages.SUCCESS, "Đã lưu cuộc TN23-T001."),
        (messages.INFO, "Danh mục nội dung kiểm tra đã được cập nhật hôm qua."),
        (messages.WARNING, "Có 3 kiến nghị sắp đến hạn trong tuần này."),
        (messages.ERROR, "Chưa gửi được số liệu: kỳ báo cáo đã khóa."),
    ):
        messages.add_message(request, level, sentence)
    return render(request, "congvu/components.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    faulty = SampleForm(
        {"code": "", "kind": "PLANNED", "first_day": "31/2/2023", "count": "-1", "content": ""}
    )
    faulty.is_valid()
    faulty.add_error(None, "Ngày cuối không được trước ngày đầu.")
    return {
        "title": "Các thành phần của trang",
        "tones": [(tone, word) for tone, word in zip(TONES, _STATE_WORDS, strict=True)],
        "icons": list(ICONS),
        "listing": _listing(),
        "empty": _empty(filtered=False),
        "nothing_found": _empty(filtered=True),
        "blank_form": SampleForm(prefix="blank"),
        "faulty_form": faulty,
        "conflict": Meanwhile(
            "Nguyễn Thị Hòa",
            timezone.now(),
            [
                ("Đến ngày", date(2023, 3, 20), date(2023, 3, 22)),
                ("Hình thức", "PLANNED", "SURPRISE"),
                ("Ưu điểm", "", "Chấp hành tốt"),
            ],
        ),
        "consequences": [
            "12 lượt kiểm tra và 5 tồn tại của cuộc này không còn được tính vào báo cáo.",
            "Kiến nghị chưa xong sẽ thôi được theo dõi.",
            "Không hủy lại được; muốn ghi tiếp phải lập cuộc mới.",
        ],
        "facts": _FACTS,
        "actions": _ACTIONS,
        "refused": [Action("Hoàn thành cuộc", _UP, "Chưa ghi lượt kiểm tra nào."), *_ACTIONS[1:]],
        "trail": _trail(),
        "cards": _CARDS,
        "figures": _FIGURES,
        "figures_title": "Năm 2023",
        "chart": _CHART,
    }


_STATE_WORDS = ("Quá hạn 12 ngày", "Còn 3 ngày", "Đã xong", "Đang kiểm tra", "Chưa bắt đầu")

_FACTS = [
    Fact("Cơ quan kiểm tra", "UBND tỉnh Thái Nguyên", url=_UP),
    Fact("Hình thức", "Theo kế hoạch", small="Kế hoạch 45/KH-UBND ngày 17/03/2023"),
    Fact("Thời gian", "17/03/2023 – 22/03/2023"),
    Fact("Trạng thái", "Đang kiểm tra", tone="info"),
    Fact("Nội dung", ""),
]

_ACTIONS = [
    Action("Hoàn thành cuộc", _UP),
    Action("Sửa cuộc", _UP),
    Action("Mở lại", _UP, "Chỉ mở lại được cuộc đã hoàn thành."),
    Action("Hủy cuộc", _UP, danger=True),
]

_CARDS = [
    Card(
        "Kiến nghị quá hạn",
        7,
        _UP,
        [
            Entry(
                "UBND huyện Đại Từ: Kiểm điểm trách nhiệm",
                _UP,
                "quá hạn 12 ngày",
                "danger",
                "Cuộc TN23-T001, hạn 22/05/2023",
            ),
            Entry("Sở Y tế: Giải trình và khắc phục", _UP, "quá hạn 1 ngày", "danger"),
        ],
        "danger",
    ),
    Card(
        "Cuộc đã qua ngày nhưng chưa hoàn thành",
        1,
        _UP,
        [Entry("TN23-T009 – UBND xã Định Hóa", _UP, "02/11/2026")],
        "warning",
    ),
    Card("Số liệu báo cáo chờ duyệt", 0, _UP),
]

_FIGURES = [
    Figure("Cuộc kiểm tra", "226", _UP, "tăng 12 so với năm 2022"),
    Figure("Kiến nghị đúng hạn", "91,7 %", _UP, "giảm 2,1 điểm so với năm 2022"),
    Figure("Người bị kỷ luật", "1"),
]

_CHART = BarChart(
    "Số mục theo tháng: kế hoạch và thực tế",
    ("Dự kiến xong", "Đã kiểm tra"),
    [
        Group(f"T{month}", f"Tháng {month}/2023", (Value(due, _UP), Value(done, _UP)))
        for month, (due, done) in enumerate(
            [(4, 4), (7, 5), (12, 9), (3, 6), (0, 0), (25, 1), (9, 0), (1, 1)], start=1
        )
    ],
    noun="mục",
)


def _listing() -> Any:
    heads = (
        Head("Mã cuộc", "start", True, "?sort=a", "ascending"),
        Head("Đơn vị", "start", False, "?sort=b", ""),
        Head("Đến ngày", "start", False, "?sort=c", ""),
        Head("Số tồn tại", "end", False, None, ""),
        Head("Trạng thái", "start", False, None, ""),
    )
    body = (
        ("TN23-T001", "UBND huyện Đại Từ", "22/03/2023", "12", "Quá hạn 12 ngày", "danger"),
        ("TN23-T002", "Sở Nông nghiệp và Môi trường", "30/03/2023", "1.586", "Đã xong", "success"),
        ("TN23-T003", "UBND xã Định Hóa, thị trấn Chợ Chu cũ", "", "", "Còn 3 ngày", "warning"),
    )
    rows = [_row(heads, values) for values in body]
    return SimpleNamespace(
        title="Cuộc kiểm tra",
        count=1586,
        count_noun="cuộc",
        columns=heads,
        rows=rows,
        start=51,
        end=100,
        page=Pager(2, 32, "?page=1", "?page=1", "?page=3", "?page=32"),
        filter_form=SampleFilter(
            {"q": "dai tu", "kind": "PLANNED", "first_day": "1/3/2023"}, auto_id="filter_%s"
        ),
        active_filters=[
            Chip("Tìm", "dai tu", "?kind=PLANNED"),
            Chip("Hình thức", "Theo kế hoạch", "?q=dai+tu"),
        ],
        clear_url="?",
        export_url="?export=xlsx",
    )


def _row(heads: tuple[Head, ...], values: tuple[str, ...]) -> Row:
    *texts, tone = values
    cells = [
        Cell(head.heading, text, align=head.align) for head, text in zip(heads, texts, strict=True)
    ]
    cells[0] = Cell(heads[0].heading, texts[0], url=_UP, small="Theo kế hoạch")
    cells[-1] = Cell(heads[-1].heading, texts[-1], tone=tone)
    return Row(tuple(cells), _UP, None)


def _empty(*, filtered: bool) -> Any:
    return SimpleNamespace(
        count=0,
        active_filters=[Chip("Tìm", "xyz", "?")] if filtered else [],
        clear_url="?",
        empty_title="Chưa có cuộc kiểm tra nào.",
        empty_hint="Bấm “Thêm cuộc kiểm tra” để ghi cuộc đầu tiên, hoặc nhập từ bảng tính.",
    )


def _trail() -> list[TrailRow]:
    zone = timezone.get_default_timezone()
    return [
        TrailRow(
            datetime(2023, 3, 17, 8, 5, tzinfo=zone), "Nguyễn Thị Hòa", "Thêm", "10.1.2.3", [], ""
        ),
        TrailRow(
            datetime(2023, 3, 22, 16, 40, tzinfo=zone),
            "Trần Minh Đức",
            "Gia hạn",
            "10.1.2.9",
            [("Hạn thực hiện", "22/05/2023", "25/08/2023")],
            "Theo công văn 125/SNV-CCHC.",
        ),
        TrailRow(
            datetime(2023, 8, 25, 9, 0, tzinfo=zone), "Hệ thống", "Nhập từ bảng tính", "", [], ""
        ),
    ]
