"""The minutes: filled from the visit as it was that day, as a page and as Word, text as text."""

from __future__ import annotations

import subprocess
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from docx import Document as WordFile

from accounts.models import User
from congvu.models import Event
from findings.minutes import day_in_words
from findings.models import Answer, Checklist, CitizenCase, Evidence, Question
from inspections.models import Addendum, Content, RollCall, TeamMember, Visit
from tests.conftest import World
from tests.factories import make_finding, make_plan, make_round, make_team, make_visit
from units.models import FormerName

pytestmark = pytest.mark.django_db

D = date
AWKWARD = "{{ 7*7 }} {_{ <b>&amp; {%p if x %}"


@pytest.fixture
def by(staff: Client) -> User:
    user: User = staff.user  # type: ignore[attr-defined]  # see client_of
    return user


@pytest.fixture
def visit(world: World, by: User) -> Visit:
    """A locked visit with everything that minutes tell."""
    day = D(2023, 5, 5)
    FormerName.objects.create(unit=world.dai_tu, name="Huyện Đại Từ cũ", valid_to=D(2023, 12, 31))
    team = make_team(
        world.province, name="Đoàn kiểm tra công vụ số 1", decision_number="512/QĐ-UBND",
        decided_on=D(2023, 3, 20),
    )  # fmt: skip
    people = (("LEADER", "Trần Thị Trưởng", ""), ("SECRETARY", "Lê Văn Ký", "Tổ 1"),
              ("MEMBER", "Phạm Văn Khác", "Tổ 2"))  # fmt: skip
    for position, (role, name, group) in enumerate(people):
        TeamMember.objects.create(
            team=team, role=role, name=name, group=group, position=position, post="Sở Nội vụ"
        )
    plan = make_plan(world.province, number="45/KH-UBND", issued_on=D(2023, 1, 10))
    round_ = make_round(
        world.province, day, code="TN1", team=team, team_group="Tổ 1", plan=plan,
        status="IN_PROGRESS",
    )  # fmt: skip
    round_.contents.add(Content.objects.create(code="h", label="Giờ giấc làm việc", position=1))
    visit = make_visit(
        round_, world.dai_tu, visited_on=day, minutes_number="5/BB-ĐKT",
        strengths=f"Niêm yết đủ\n{AWKWARD}",
    )  # fmt: skip
    eight = datetime(2023, 5, 5, 1, tzinfo=UTC)
    RollCall.record(visit, by, "Một cửa", 12, 9, 2, 1, "Đi họp", eight)
    RollCall.record(visit, by, "Văn phòng", 8, 8)
    make_finding(visit, category="CARD_NAMEPLATE", severity="SHORTCOMING", content="Chưa đeo thẻ")
    make_finding(visit, category="WORK_TIME", severity="VIOLATION", content=AWKWARD)
    make_finding(visit, category="WORK_TIME", severity="SHORTCOMING", content="Đi muộn")
    checklist = Checklist.objects.create(
        content=Content.objects.get(code="h"), owner=world.province, title="Giờ làm việc",
        status="DRAFT",
    )  # fmt: skip
    question = Question.objects.create(checklist=checklist, position=1, text="Đúng giờ không?")
    Answer.objects.create(visit=visit, question=question, reply="NO", note="3 người muộn", by=by)
    CitizenCase.objects.create(
        visit=visit, person_name="Nông Văn Dân", subject="Cấp sổ đỏ chậm",
        since=D(2022, 1, 2), promised_by=D(2023, 6, 1),
    )  # fmt: skip
    for name in ("mot.jpg", "hai.jpg"):
        Evidence.objects.create(
            visit=visit, kind="PICTURE", name=name, file=name, size=1, sha256="0" * 64, by=by
        )
    visit.refresh_from_db()
    visit.close(by, "Hoàng Văn Huyện", "Chủ tịch UBND huyện")
    Addendum.add(visit, by, "Vắng 2 người, không phải 3", "Ghi nhầm")
    return visit


# In this order, on the page and in the Word file.
SAID = (
    "ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN", "ĐOÀN KIỂM TRA CÔNG VỤ SỐ 1", "05/BB-ĐKT",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
    "Thái Nguyên, ngày 05 tháng 5 năm 2023", "BIÊN BẢN",
    "Kiểm tra công vụ tại Huyện Đại Từ cũ", "Quyết định số 512/QĐ-UBND ngày 20/03/2023",
    "Kế hoạch số 45/KH-UBND ngày 10/01/2023", "Trưởng đoàn: Trần Thị Trưởng, Sở Nội vụ",
    "Thư ký: Lê Văn Ký", "Đại diện: Hoàng Văn Huyện", "Giờ giấc làm việc", "Một cửa", "Đi họp",
    "08:00", "Văn phòng", "Cộng", "20", "17", "Giờ làm việc",
    "Đúng giờ không?: Không (3 người muộn)", "Niêm yết đủ",
    "03 nội dung (02 tồn tại, 01 vi phạm)", "Thời giờ làm việc", "Đi muộn (tồn tại",
    "Đeo thẻ, biển tên", "Chưa đeo thẻ", "Cấp sổ đỏ chậm", "từ ngày 02/01/2022",
    "hẹn giải quyết trước ngày 01/06/2023", "02 ảnh, 0 tài liệu", "Hoàng Văn Huyện", "Lê Văn Ký",
    "Trần Thị Trưởng",
)  # fmt: skip


def in_order(text: str, said: tuple[str, ...]) -> None:
    """Each stands in the text after the one before."""
    place = 0
    for each in said:
        found = text.find(each, place)
        assert found >= 0, (each, text[place : place + 300])
        place = found + len(each)


def text_of(content: bytes) -> str:
    """The text of a Word file as it stands, tables in their places."""
    found = []
    for block in WordFile(BytesIO(content)).iter_inner_content():
        rows: Any = getattr(block, "rows", None)
        if rows is None:
            found.append(block.text)  # type: ignore[union-attr]  # a paragraph
        else:
            found += [cell.text for row in rows for cell in row.cells]
    return "\n".join(found)


def word(client: Client, visit: Visit, query: str = "") -> bytes:
    answer = client.get(f"/visits/{visit.pk}/minutes.docx{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="bien-ban-tn1-171.docx"'
    return answer.content


def test_word_file_says_all_in_its_order_and_text_stays_text(staff: Client, visit: Visit) -> None:
    text = text_of(word(staff, visit))
    names = SAID[-3:]
    in_order(text, SAID[:-3])
    assert all(name in text for name in names)
    assert text.count(AWKWARD) == 2
    assert "49" not in text
    assert "Phạm Văn Khác" not in text  # of the other sub-group
    in_order(text, ("BỔ SUNG, ĐÍNH CHÍNH", "Vắng 2 người, không phải 3 Lý do: Ghi nhầm"))
    assert "Dự thảo" not in text
    assert "{%" not in text.replace(AWKWARD, "")


def test_page_says_the_same(staff: Client, visit: Visit) -> None:
    page = staff.get(f"/visits/{visit.pk}/minutes/").content.decode()
    in_order(page[page.index('<article class="minutes">') :], SAID[:18])
    for each in (*SAID[18:], "Vắng 2 người, không phải 3"):
        assert each in page, each
    assert "&lt;b&gt;&amp;amp;" in page
    assert "<b>Dự thảo.</b>" not in page


def test_layout_is_that_of_the_decree(staff: Client, visit: Visit) -> None:
    content = word(staff, visit)
    section = WordFile(BytesIO(content)).sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin,
             section.left_margin, section.right_margin)  # fmt: skip
    assert [round(each.mm) for each in sizes if each] == [210, 297, 20, 20, 30, 15]
    assert section.different_first_page_header_footer
    with zipfile.ZipFile(BytesIO(content)) as parts:
        header = next(n for n in parts.namelist() if n.startswith("word/header"))
        assert "PAGE" in parts.read(header).decode()
        fonts = parts.read("word/document.xml").decode()
    assert fonts.count('w:ascii="Times New Roman"') > 20


@pytest.mark.office
def test_another_program_reads_the_word_file(
    staff: Client, visit: Visit, writer: str, poppler: Path, tmp_path: Path
) -> None:
    source = tmp_path / "bien-ban.docx"
    source.write_bytes(word(staff, visit))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    to_pdf: list[str | Path] = [
        writer,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
        source,
    ]
    subprocess.run(to_pdf, check=True, capture_output=True, timeout=120)
    told = subprocess.run(
        [poppler / "pdftotext", "-layout", tmp_path / "bien-ban.pdf", "-"],
        check=True, capture_output=True, timeout=60,
    ).stdout.decode()  # fmt: skip
    first, *others = told.split("\f")
    # The national title stands in one line, beside the body that issues.
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in first
    assert others[0].strip().split("\n")[0].strip() == "2"
    assert not first.strip().startswith("1")
    flat = " ".join(told.split())
    for each in (AWKWARD, "Kiểm tra công vụ tại Huyện Đại Từ cũ", "BỔ SUNG, ĐÍNH CHÍNH"):
        assert each in flat, each


def test_minutes_of_a_visit_with_nothing_are_a_draft(staff: Client, world: World) -> None:
    visit = make_visit(make_round(world.province, code="TN1"), world.dai_tu)
    text = text_of(word(staff, visit))
    in_order(text, ("TỈNH THÁI NGUYÊN", "/BB-ĐKT", "Điểm danh: không thực hiện", "Không ghi.",
                    "Không ghi nhận tồn tại", "0 ảnh, 0 tài liệu", "Dự thảo"))  # fmt: skip
    assert "<b>Dự thảo.</b>" in staff.get(f"/visits/{visit.pk}/minutes/").content.decode()


def test_citizens_are_named_for_whom_may_see_names_and_in_files_when_asked(
    staff: Client, leader: Client, visit: Visit
) -> None:
    name = "Nông Văn Dân"
    page = f"/visits/{visit.pk}/minutes/"
    assert name in staff.get(page).content.decode()
    assert name not in text_of(word(staff, visit))
    assert not Event.objects.of(visit).filter(deed="exported").exists()
    assert name in text_of(word(staff, visit, "?names=1"))
    assert Event.objects.of(visit).filter(deed="exported").count() == 1
    assert name not in leader.get(page).content.decode()
    assert leader.get(f"/visits/{visit.pk}/minutes.docx?names=1").status_code == 403
    person: User = leader.user  # type: ignore[attr-defined]  # see client_of
    person.user_permissions.add(Permission.objects.get(codename="view_personal_data"))
    assert name in leader.get(page).content.decode()


def test_province_puts_its_own_template_in_place(
    staff: Client, visit: Visit, settings: Any, tmp_path: Path
) -> None:
    own = WordFile()
    own.add_paragraph("Mẫu của tỉnh: {{ unit }} – {{ strengths }}")
    own.save(str(tmp_path / "rieng.docx"))
    settings.MINUTES_TEMPLATE = tmp_path / "rieng.docx"
    text = text_of(word(staff, visit))
    assert text.startswith("Mẫu của tỉnh: Huyện Đại Từ cũ – Niêm yết đủ\n{{ 7*7 }}")


@pytest.mark.parametrize("wrong", ["{{ unit.__class__.__mro__ }}", "{% for %}", ""])
def test_template_that_cannot_be_used_is_told(
    staff: Client, visit: Visit, settings: Any, tmp_path: Path, wrong: str
) -> None:
    settings.MINUTES_TEMPLATE = tmp_path / "rieng.docx"
    if wrong:
        # A template reads what is said, and nothing behind it.
        own = WordFile()
        own.add_paragraph(wrong)
        own.save(str(tmp_path / "rieng.docx"))
    answer = staff.get(f"/visits/{visit.pk}/minutes.docx", follow=True)
    assert answer.redirect_chain == [(f"/visits/{visit.pk}/minutes/", 302)]
    assert "Mẫu Word của biên bản không dùng được" in answer.content.decode()


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (D(2024, 1, 5), "ngày 05 tháng 01 năm 2024"),
        (D(2024, 2, 15), "ngày 15 tháng 02 năm 2024"),
        (D(2024, 3, 9), "ngày 09 tháng 3 năm 2024"),
        (D(2024, 12, 31), "ngày 31 tháng 12 năm 2024"),
    ],
)
def test_days_are_written_as_documents_write_them(day: date, text: str) -> None:
    assert day_in_words(day) == text
