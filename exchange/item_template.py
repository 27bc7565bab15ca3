"""The empty workbook of a plan's items, with lists to choose from and a guide."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from congvu.workbook import Book
from exchange.export import Target
from exchange.item_layout import ITEMS, Month, Notice, Quarter
from exchange.layout import Type
from exchange.template import how, ranges_of, write_blank, write_guide, write_lists
from inspections.models import Content, Plan, RoundForm, Team


def item_template(target: Target, plan: Plan, person: User) -> None:
    """Write the empty workbook of this plan, with its programmes and the person's teams."""
    lists = {
        "Hình thức": [str(label) for label in RoundForm.labels],
        "Báo trước": [str(label) for label in Notice.labels],
        "Tháng": [str(label) for label in Month.labels],
        "Quý": [str(label) for label in Quarter.labels],
        "Đoàn kiểm tra": list(dict.fromkeys(each.name for each in Team.objects.visible_to(person))),
        "Chương trình": [each.name for each in plan.programmes.all()],
        "Nội dung": [each.label for each in Content.objects.filter(is_offered=True)],
    }
    ranges = ranges_of(lists)
    choices = {
        place: ranges[column.heading]
        for place, column in enumerate(ITEMS.columns)
        # A cell may hold several programmes and contents, which a list to pick from would refuse.
        if column.holds is not Type.BLOCK and lists.get(column.heading)
    }
    with Book(target) as book:
        write_blank(book, ITEMS, choices)
        write_lists(book, lists)
        write_guide(book, _guide(plan))


def _guide(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    notes = (
        f"Mỗi dòng là một mục của {plan}: một đơn vị, một cơ quan kiểm tra, một thời gian.",
        "Dòng 1 là tiêu đề cột, xin giữ nguyên chữ; thứ tự các cột không quan trọng.",
        "Đơn vị đã có trong dự thảo với cùng cơ quan kiểm tra và thời gian thì không thêm lần nữa; "
        "gửi một tệp hai lần không làm thay đổi gì.",
        "Chỉ cần một ô sai là cả tệp chưa được ghi; hệ thống chỉ ra từng ô cần sửa.",
    )
    for note in notes:
        yield "Chung", "", "", note
    for column in ITEMS.columns:
        required = "x" if column.required else ""
        yield ITEMS.title, column.heading, required, _HOW.get(column.field) or how(column)


_SEVERAL = "một hoặc nhiều, cách nhau bằng dấu chấm phẩy (;)."
_TIME = "Chỉ ghi một cách: tháng, hoặc quý, hoặc từ ngày và đến ngày."
_HOW = {
    "unit": "Mã đơn vị được kiểm tra vào ngày đầu của thời gian dự kiến, ghi dạng chữ (05569).",
    "unit_name": "Không bắt buộc; nếu ghi thì được đối chiếu với mã.",
    "body": "Mã cơ quan tiến hành; để trống là cơ quan ban hành kế hoạch.",
    "team": "Tên đoàn đã lập; nhiều đoàn cùng tên thì ghi kèm số quyết định trong ngoặc.",
    "programmes": f"Chương trình của kế hoạch này (trang “Danh mục”): {_SEVERAL}",
    "form": "Chọn trong danh sách; để trống là Theo kế hoạch.",
    "announced": "Ghi có (hoặc x) nếu báo trước cho đơn vị, không nếu không báo trước. Để trống: "
    "Đột xuất là không, các hình thức khác là có, như khi thêm mục trên trang.",
    "contents": f"Nội dung trong trang “Danh mục”: {_SEVERAL}",
    "month": f"1 đến 12. {_TIME}",
    "quarter": f"I đến IV. {_TIME}",
    "first_day": f"Ngày, như 17/03/2026. {_TIME}",
    "last_day": "Ngày cuối; chỉ một ngày thì ghi lại ngày đó.",
}
