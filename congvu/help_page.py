"""The help: one page of short topics by task, those of the person's own role first.

Each topic is a file in `templates/help/`, named as its anchor: other pages link to
`/help/#dieu-chinh`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from congvu.access import AuthedRequest, Person


@dataclass(frozen=True)
class Topic:
    """A task: its anchor, its title, and the deeds of which one makes it somebody's own."""

    key: str
    title: str
    deeds: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        """The file that holds the text."""
        return f"help/{self.key}.html"

    def is_of(self, person: Person) -> bool:
        """Whether the person's role does this; a topic without deeds is everybody's."""
        return not self.deeds or any(map(person.may, self.deeds))


TOPICS = (
    Topic("ke-hoach-nam", "Lập kế hoạch năm", ("plans.change",)),
    Topic("dieu-chinh", "Điều chỉnh kế hoạch đã ban hành", ("plans.change",)),
    Topic("chong-cheo", "Chồng chéo", ("plans.change", "rounds.change")),
    Topic("doan-va-lich", "Đoàn kiểm tra và lịch", ("teams.change",)),
    Topic("de-xuat", "Đề xuất đơn vị cho năm sau", ("plans.change",)),
    Topic("van-ban", "Văn bản", ("documents.change",)),
    Topic("cuoc-kiem-tra", "Cuộc kiểm tra và lượt kiểm tra", ("rounds.change",)),
    Topic("tai-cho", "Ghi tại chỗ bằng điện thoại", ("rounds.change",)),
    Topic("bang-kiem", "Bảng kiểm", ("checklists.change", "rounds.change")),
    Topic("bien-ban", "Điểm danh, biên bản, kết luận", ("findings.change",)),
    Topic("ton-tai-kien-nghi", "Tồn tại và kiến nghị", ("findings.change", "remedies.settle")),
    Topic("theo-doi", "Theo dõi kiến nghị đến cùng", ("remedies.settle", "summary.view")),
    Topic("phuc-tra", "Phúc tra, vụ việc công dân", ("remedies.settle",)),
    Topic("tien-do", "Báo cáo tiến độ kiến nghị", ("remedies.report",)),
    Topic("bang-chung", "Ảnh và tài liệu làm bằng chứng", ("rounds.change", "remedies.report")),
    Topic("so-lieu", "Số liệu báo cáo", ("returns.change",)),
    Topic("tong-hop", "Tổng hợp và biểu", ("summary.view",)),
    Topic("nhap-bang-tinh", "Nhập từ bảng tính", ("workbook.import",)),
    Topic("don-vi", "Đơn vị: đổi tên, nhập, chia", ("units.change",)),
    Topic("tai-khoan", "Tài khoản và mật khẩu", ("accounts.manage",)),
    Topic("nhac-viec", "Nhắc việc và thư nhắc"),
    Topic("tim-loc-in", "Tìm, lọc, xuất tệp và in"),
)


@require_safe
def help_page(request: AuthedRequest) -> HttpResponse:
    """Every topic, those of the person's own work first."""
    own = [topic for topic in TOPICS if topic.is_of(request.user)]
    others = [topic for topic in TOPICS if topic not in own]
    groups = [("Việc của bạn", own), ("Việc của các vai trò khác", others)]
    context = {"title": "Trợ giúp", "groups": [group for group in groups if group[1]]}
    return render(request, "help.html", context)
