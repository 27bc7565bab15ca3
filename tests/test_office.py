"""What leaves as a file, opened by another program: LibreOffice reads every cell as it was meant.

All files of a test go through one run of LibreOffice, which writes them anew; that is what is read.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from accounts.models import User
from directives.models import Document
from exchange.models import ImportJob
from findings.models import Extension
from inspections.models import Content, Programme, Team, TeamMember
from tests.conftest import World
from tests.exchange.helpers import HEADINGS, book_of
from tests.factories import (
    make_draft,
    make_finding,
    make_item,
    make_plan,
    make_remedy,
    make_return,
    make_round,
    make_team,
    make_unit,
    make_user,
    make_visit,
)
from units.models import FormerName, Unit

pytestmark = [pytest.mark.office, pytest.mark.django_db]

D = date
# 300 letters, the most that a unit's name may have.
LONG = ("Ban Quản lý dự án đầu tư xây dựng các công trình dân dụng " * 6)[:299] + "ữ"
# What people type, and how it is stored where that differs: letters of several signs as one.
TYPED = (
    "=1+1",
    "+84 208 3855 555",
    "-5",
    "@SUM(A1:A9)",
    '=HYPERLINK("http://example.vn","bấm")',
    "05569",
    "1/2",
    "1e5",
    "TRUE",
    "'05569",
    "dòng một\ndòng hai\n\n- dòng bốn",
    "nói \"không\", <b>&amp;</b> & 'thôi'",
    "<r><t>x</t></r>",
    "_x000D_ và _x0041_",
    "🙂 👍🏽 𠀀",
    "Tie\u0302\u0301n Ho\u0323\u0302i",
    LONG,
    "Đi muộn, về sớm; " * 200 + "hết",
)
STORED = (*TYPED[:15], "Tiến Họi".replace("ọ", "ộ"), *TYPED[16:])

Cells = list[list[Any]]


@pytest.fixture
def opened(soffice: str, tmp_path: Path) -> Callable[..., dict[str, Path]]:
    """Gives files to LibreOffice and returns, by their names, what it wrote them as."""

    def convert(files: Mapping[str, bytes], to: str = "xlsx") -> dict[str, Path]:
        source, target = tmp_path / "source", tmp_path / to
        source.mkdir(exist_ok=True)
        paths = [source / f"{name}.xlsx" for name in files]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content)
        # A profile of its own: a second LibreOffice with the same one hands its files to the first.
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        subprocess.run(
            [soffice, profile, "--headless", "--convert-to", to, "--outdir", target, *paths],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return {name: target / f"{name}.{to}" for name in files}

    return convert


def content_of(client: Client, address: str) -> bytes:
    """The file of an address."""
    answer: Any = client.get(address)
    assert answer.status_code == 200, address
    content = b"".join(answer) if answer.streaming else answer.content
    return bytes(content)


def cells_of(file: Path | BytesIO) -> dict[str, Cells]:
    """The cells of each sheet: days as days, nothing that is worked out, no fault of a formula."""
    found: dict[str, Cells] = {}
    for page in load_workbook(file):
        found[page.title] = []
        for row in page.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type in ("f", "e", "b")]
            found[page.title].append([_plain(cell) for cell in row])
        # Whether a frame without text around the last cells counts as cells is for each to say.
        while found[page.title] and set(found[page.title][-1]) == {None}:
            found[page.title].pop()
    return found


def _plain(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, datetime):
        assert cell.is_date
        assert cell.number_format.lower() in (
            "dd/mm/yyyy",
            "dd/mm/yyyy hh:mm",
            "dd/mm/yyyy\\ hh:mm",
        )
        return value if "hh" in cell.number_format.lower() else value.date()
    return None if value == "" else value


def only(book: dict[str, Cells]) -> Cells:
    """The rows under the headings of a workbook of one sheet."""
    (rows,) = book.values()
    return rows[1:]


def same_as_written(before: Mapping[str, bytes], after: Mapping[str, Path]) -> None:
    """Nothing was lost or turned into something else, whatever the sheet."""
    for name, content in before.items():
        read, written = cells_of(after[name]), cells_of(BytesIO(content))
        # A text such as _x000D_ is written escaped, and openpyxl hands it over as it is written.
        written = {
            title: [
                [unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
            ]
            for title, rows in written.items()
        }
        assert list(read) == list(written)
        for title, rows in written.items():
            assert len(read[title]) == len(rows)
            for place, row in enumerate(rows):
                assert read[title][place] == row, (name, title, place)


@pytest.fixture
def busy(world: World) -> World:
    """A visit with sixty findings and remedies of awkward texts, and a unit whose name is long."""
    Unit.objects.filter(pk=world.tien_hoi.pk).update(code="05569", name=LONG)
    world.tien_hoi.refresh_from_db()
    body = world.province
    plan = make_plan(body, number="045/KH-UBND", subject="=2+3")
    team = make_team(body, name="@Đoàn", decision_number="0012", decided_on=D(2023, 5, 4))
    TeamMember.objects.create(team=team, name="+Nguyễn Văn Trưởng", role="LEADER")
    round_ = make_round(
        body, D(2023, 5, 22), code="00123", form="PLANNED", plan=plan, team=team,
        starts_on=D(2023, 5, 20), scope_note="một\nhai",
    )  # fmt: skip
    round_.contents.add(Content.objects.create(code="X1", label="-Trực", position=1000))
    visit = make_visit(round_, world.tien_hoi)
    for number in range(60):
        text = TYPED[number % len(TYPED)]
        finding = make_finding(visit, code=f"{number:05}", content=text, subject="COLLECTIVE")
        remedy = make_remedy(
            visit, code=f"{number:05}K", content=text, finding=finding, subject="INDIVIDUAL",
            person_name="-Lê Văn Kín", report_document="07/BC", completed_on=D(2023, 7, 3),
        )  # fmt: skip
        if number == 7:
            extension = {"decided_on": D(2023, 6, 20), "due_on": D(2023, 8, 1)}
            Extension.objects.create(remedy=remedy, **extension)
    return world


# --- Lists -----------------------------------------------------------------------------------


def test_lists_are_read_by_another_program_as_they_were_meant(
    opened: Callable[..., dict[str, Path]], busy: World, staff: Client, admin: Client
) -> None:
    make_return(
        busy.dai_tu, D(2023, 1, 1), D(2023, 12, 31), rounds_planned=1234, visits=0, remark="=1"
    )
    FormerName.objects.create(unit=busy.dai_tu, name="=Tên cũ", valid_to=D(2000, 1, 31))
    make_unit("007", "'Phòng", busy.dai_tu, kind=Unit.Kind.DIVISION, valid_from=D(1900, 1, 1))
    Document.objects.create(
        number="0009/QĐ", issued_on=D(2023, 2, 28), issuer=busy.province, kept_by=busy.province,
        type="QD", subject="+1", signer="@ký",
    )  # fmt: skip
    make_user("INSPECTOR", busy.dai_tu, "00042", full_name="=cmd|' /C calc'!A0")
    # Half past six in the evening here.
    evening = datetime(2026, 11, 2, 11, 30, tzinfo=UTC)
    User.objects.filter(username="00042").update(last_login=evening)
    addresses = {
        "findings": (staff, "/findings/?export=xlsx"),
        "remedies": (staff, "/remedies/?export=xlsx&as_of=2023-07-31"),
        "names": (staff, "/remedies/?export=xlsx&names=1"),
        "rounds": (staff, "/rounds/?export=xlsx"),
        "plans": (staff, "/plans/?export=xlsx"),
        "teams": (staff, "/teams/?export=xlsx"),
        "returns": (staff, "/returns/?export=xlsx"),
        "units": (staff, "/units/?export=xlsx&on=1900-01-31"),
        "documents": (staff, "/documents/?export=xlsx"),
        "accounts": (admin, "/accounts/?export=xlsx"),
        "contents": (admin, "/contents/?export=xlsx"),
        "figure": (staff, "/reports/summary/findings.total/?unit=19&year=2023&export=xlsx"),
    }
    files = {name: content_of(*where) for name, where in addresses.items()}
    again = opened(files)
    same_as_written(files, again)
    read = {name: cells_of(path) for name, path in again.items()}

    day, ended = D(2023, 5, 22), "Hoàn thành"
    province, dai_tu = "Tỉnh Thái Nguyên", "Huyện Đại Từ"
    texts = [STORED[number % len(STORED)] for number in range(59, -1, -1)]
    codes = [f"{number:05}" for number in range(59, -1, -1)]
    assert only(read["findings"]) == [
        [code, LONG, "05569", "Thời giờ làm việc", "Tồn tại", "Tập thể", text, day, "00123",
         province, ended, 1, 0]
        for code, text in zip(codes, texts, strict=True)
    ]  # fmt: skip
    first = D(2023, 6, 30)
    extended = {"00007": (1, D(2023, 8, 1), "Xong đúng hạn")}
    assert only(read["remedies"]) == [
        [f"{code}K", LONG, "05569", "Nhắc nhở, rút kinh nghiệm", None, "Cá nhân", text, code, first,
         *extended.get(code, (0, first, "Xong quá hạn")), D(2023, 7, 3), None, None, None,
         "07/BC", "00123", day, province, ended]
        for code, text in zip(codes, texts, strict=True)
    ]  # fmt: skip
    assert {row[6] for row in only(read["names"])} == {"-Lê Văn Kín"}
    assert only(read["rounds"]) == [
        ["00123", province, D(2023, 5, 20), day, "Theo kế hoạch", ended, 1, 60, 60, 0,
         f"{LONG} (05569)", "045/KH-UBND", "@Đoàn", None, "Trực tiếp tại đơn vị", "Không",
         "-Trực; một\nhai", None]
    ]  # fmt: skip
    plan = ["045/KH-UBND", D(2023, 1, 10), province, "2023", "Đã ban hành", "=2+3", 0, 1, 1]
    assert only(read["plans"]) == [plan]
    team = ["@Đoàn", province, "0012", D(2023, 5, 4), "+Nguyễn Văn Trưởng", 1]
    assert only(read["teams"]) == [team]
    (figures,) = only(read["returns"])
    assert figures[:5] == [dai_tu, "171", "Năm 2023", D(2023, 1, 1), D(2023, 12, 31)]
    assert 1234 in figures[5:]
    assert figures[-1] == "=1"
    units = {row[1]: row for row in only(read["units"])}
    assert units["05569"][0] == LONG
    assert units["007"] == [
        "'Phòng", "007", "Phòng, bộ phận", f"{dai_tu}, {province}", "171",
        D(1900, 1, 1), *[None] * 3,
    ]  # fmt: skip
    assert units["171"][-1] == "tên cũ: =Tên cũ"
    document = ["0009/QĐ", D(2023, 2, 28), province, "Quyết định", "+1", "@ký"]
    assert only(read["documents"]) == [document]
    account = next(row for row in only(read["accounts"]) if row[1] == "00042")
    assert account[0] == "=cmd|' /C calc'!A0"
    assert account[-1] == datetime(2026, 11, 2, 18, 30)  # noqa: DTZ001  # cells know no zone
    assert ["-Trực", 1000, "Đang dùng", "X1"] in only(read["contents"])
    logged = read["figure"]["Đã ghi nhận"][1:]
    assert [row[0] for row in logged] == codes[::-1]
    assert [row[4] for row in logged] == texts[::-1]


# --- The import's workbooks ------------------------------------------------------------------


def test_workbooks_of_the_import_are_read_by_another_program(
    opened: Callable[..., dict[str, Path]], busy: World, staff: Client, tmp_path: Path
) -> None:
    bad = [["00777", None, "?", "171", None, None], ["05569", LONG, "Cấp xã", "=1", None, None]]
    file = SimpleUploadedFile("nhap.xlsx", book_of({"Đơn vị": bad}).getvalue())
    assert staff.post("/import/", {"file": file}).status_code == 302
    job = ImportJob.objects.latest("pk")
    target = tmp_path / "export.xlsx"
    call_command("export_workbook", str(target), stdout=StringIO())
    draft = make_draft(busy.province)
    Programme.objects.create(plan=draft, name="=Chương trình", body=busy.province)
    item = make_item(draft, busy.tien_hoi, 7, note="-1", team=Team.objects.get(name="@Đoàn"))
    item.programmes.set(draft.programmes.all())
    make_item(draft, busy.dai_tu, first_day=D(2023, 3, 1), last_day=D(2023, 3, 3), schedule="DAYS")
    files = {
        "items": content_of(staff, f"/plans/{draft.pk}/items/export.xlsx"),
        "items_template": content_of(staff, f"/plans/{draft.pk}/items/template.xlsx"),
        "template": content_of(staff, "/import/template.xlsx"),
        "page": content_of(staff, "/import/export.xlsx"),
        "command": target.read_bytes(),
        "marked": content_of(staff, f"/import/{job.pk}/faults.xlsx"),
    }
    again = opened(files)
    whole = ("template", "page", "command", "items", "items_template")
    same_as_written({name: files[name] for name in whole}, again)
    items = cells_of(again["items"])["Mục kế hoạch"]
    assert items[0] == cells_of(again["items_template"])["Mục kế hoạch"][0]
    assert items[1:] == [
        ["05569", LONG, "19", "@Đoàn", "=Chương trình", "Theo kế hoạch", "có", None, 7, None, None,
         None, "-1"],
        ["171", "Huyện Đại Từ", "19", None, None, "Theo kế hoạch", "có", None, None, None,
         D(2023, 3, 1), D(2023, 3, 3), None],
    ]  # fmt: skip
    # The other program's file is read as our own was.
    file = SimpleUploadedFile("muc.xlsx", again["items"].read_bytes())
    assert staff.post(f"/plans/{draft.pk}/items/import/", {"file": file}).status_code == 302
    sent = ImportJob.objects.latest("pk")
    assert (sent.state, sent.sheets[0]["unchanged"], sent.faults) == ("NOTHING", 2, [])
    read = {name: cells_of(again[name]) for name in ("template", "page", "command")}

    for title, headings in HEADINGS.items():
        assert set(headings) <= set(read["template"][title][0]), title
    for book in (read["page"], read["command"]):
        assert ["05569", LONG, "Cấp xã", "171"] in [row[:4] for row in book["Đơn vị"]]
        findings = {row[0]: row for row in book["Tồn tại"][1:]}
        assert len(findings) == 60
        for number in range(60):
            row = findings[f"{number:05}"]
            assert row[1:3] == ["00123", "05569"]
            assert row[-1] == STORED[number % len(STORED)]
        assert ["00007K", D(2023, 6, 20), D(2023, 8, 1)] in [row[:3] for row in book["Gia hạn"]]
    # What somebody uploaded is theirs, formulas included; the marks are ours.
    marked = load_workbook(again["marked"])
    assert marked.sheetnames == ["Danh sách lỗi", "Đơn vị"]
    sheet = marked["Đơn vị"]
    noted = {cell.coordinate for row in sheet for cell in row if cell.comment}
    assert noted == {"B2", "C2", "D3"}
    assert (sheet["A2"].value, sheet["B3"].value) == ("00777", LONG)
    assert [row[1] for row in marked["Danh sách lỗi"].values][1:] == ["B2", "C2", "D3"]


# --- Biểu 01 ---------------------------------------------------------------------------------


def test_the_official_table_prints_on_a4_one_page_wide(
    opened: Callable[..., dict[str, Path]], busy: World, staff: Client, poppler: Path
) -> None:
    make_return(busy.dai_tu, D(2023, 1, 1), D(2023, 12, 31), rounds_planned=1234, visits=7)
    make_visit(make_round(busy.tien_hoi), busy.tien_hoi)
    files = {"bieu": content_of(staff, "/reports/summary.xlsx?unit=19&year=2023")}
    again = opened(files)
    same_as_written(files, again)
    rows = cells_of(again["bieu"])["Biểu 01"]
    numbers = {row[1]: row[2:9] for row in rows if isinstance(row[2], int)}
    # Rounds: in all, planned, surprise, verification, thematic, follow-up; then visits.
    assert numbers[LONG] == [1, 0, 1, 0, 0, 0, 1]
    assert numbers["Huyện Đại Từ"] == [1234, 1234, 0, 0, 0, 0, 6]
    assert numbers["Tổng số"] == [1236, 1235, 1, 0, 0, 0, 8]

    # Some 36 letters stand in a line of the column, and a line takes more than 13 points.
    sheet = load_workbook(again["bieu"])["Biểu 01"]
    place = next(cell.row for cell in sheet["B"] if cell.value == LONG)
    assert (sheet.row_dimensions[place].height or 0) > 300 / 36 * 13

    pdf = opened(files, to="pdf")["bieu"]
    told = _told(poppler, "pdfinfo", "-l", "9", pdf)
    lines = [line for line in told.splitlines() if line.startswith("Page") and " size:" in line]
    sizes = [line.split(":")[1].split("pts")[0] for line in lines]
    widths, heights = zip(*(map(float, size.split("x")) for size in sizes), strict=True)
    assert (round(widths[0]), round(heights[0])) == (842, 595)  # A4, landscape
    text = _told(poppler, "pdftotext", "-layout", pdf, "-")
    pages = text.split("\f")
    # One page wide: the first heading and the last stand on the same page.
    assert "STT" in pages[0]
    assert "Ghi chú" in pages[0]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TỈNH THÁI NGUYÊN", "THỦ TRƯỞNG ĐƠN VỊ"):
        assert words in text
    assert "1.236" in text or "1,236" in text
    # Each font came along, and is a serif of the shape of Times: no letter from a stand-in.
    fonts = [line.split()[0] for line in _told(poppler, "pdffonts", pdf).splitlines()[2:]]
    assert fonts
    assert all("LiberationSerif" in font or "TimesNewRoman" in font for font in fonts), fonts


# --- Biểu 07 ---------------------------------------------------------------------------------


def test_the_progress_of_a_plan_prints_on_a4_one_page_wide(
    opened: Callable[..., dict[str, Path]], busy: World, staff: Client, poppler: Path
) -> None:
    plan = make_plan(busy.province, number="046/KH-UBND", subject="=1+1")
    for month in range(1, 13):
        item = make_item(plan, busy.tien_hoi, month=month, overlap_reason=TYPED[month])
    done = make_round(busy.province, D(2023, 12, 4))
    done.items.add(item)
    make_visit(done, busy.tien_hoi)
    make_item(plan, busy.tien_hoi, body=busy.dai_tu)
    files = {"bieu": content_of(staff, f"/plans/{plan.pk}/progress.xlsx?as_of=31/12/2023")}
    again = opened(files)
    same_as_written(files, again)
    rows = cells_of(again["bieu"])["Biểu 07"]
    items = [row for row in rows if isinstance(row[0], int)]
    assert [row[0] for row in items] == [*range(1, 13), 1]
    assert {row[1] for row in items} == {LONG}
    assert items[11][2:5] == ["tháng 12/2023", D(2023, 12, 4), "Đã kiểm tra"]
    assert items[0][3:] == [None, "Chậm", f"Trùng cuộc khác: {STORED[1]}"]
    groups = [row[:2] for row in rows if row[0] in ("I", "II")]
    assert groups == [["I", "Tỉnh Thái Nguyên"], ["II", "Huyện Đại Từ"]]
    # Some 39 letters stand in a line of the column, and a line takes more than 13 points.
    sheet = load_workbook(again["bieu"])["Biểu 07"]
    place = next(cell.row for cell in sheet["B"] if cell.value == LONG)
    assert (sheet.row_dimensions[place].height or 0) > 300 / 40 * 13

    pdf = opened(files, to="pdf")["bieu"]
    sizes = re.findall(r"size: +([\d.]+) x ([\d.]+)", _told(poppler, "pdfinfo", "-l", "9", pdf))
    assert {tuple(round(float(side)) for side in size) for size in sizes} == {(842, 595)}
    text = _told(poppler, "pdftotext", "-layout", pdf, "-")
    first = text.split("\f", maxsplit=1)[0]
    for words in ("STT", "Lý do", "TỈNH THÁI NGUYÊN", "BIỂU 07", "046/KH-UBND"):
        assert words in first
    assert "THỦ TRƯỞNG ĐƠN VỊ" in text


# --- Biểu 02 and 04 --------------------------------------------------------------------------


def test_visits_and_remedies_one_by_one_print_on_a4_one_page_wide(
    opened: Callable[..., dict[str, Path]], busy: World, staff: Client, poppler: Path
) -> None:
    round_ = make_round(busy.province, D(2023, 6, 1), team=make_team(busy.province, name="=1+1"))
    visit = make_visit(round_, busy.tien_hoi, minutes_number="12/BB", conclusion_number="-5")
    for number, text in enumerate(TYPED):
        finding = make_finding(visit, content=text)
        make_remedy(visit, code=f"B{number:03}", finding=finding, content=text)
    query = "unit=19&from=2023-06-01&to=2023-06-01"
    files = {
        "bieu02": content_of(staff, f"/reports/visited.xlsx?{query}"),
        "bieu04": content_of(staff, f"/reports/followed.xlsx?{query}"),
    }
    again = opened(files)
    same_as_written(files, again)
    (row,) = [row for row in cells_of(again["bieu02"])["Biểu 02"] if isinstance(row[0], int)]
    assert row[1] == LONG
    assert row[3] == D(2023, 6, 1)
    assert (row[5], row[8], row[9]) == ("=1+1", "12/BB", "-5")
    rows = [row for row in cells_of(again["bieu04"])["Biểu 04"] if isinstance(row[0], int)]
    assert [row[0] for row in rows] == list(range(1, len(TYPED) + 1))
    assert {row[5] for row in rows} == {D(2023, 6, 30)}
    asked = [row[3].removeprefix("Nhắc nhở, rút kinh nghiệm (tập thể): ") for row in rows]
    # A text of more than six hundred letters is cut in the table, and never anywhere else.
    assert asked[1:16] == list(STORED[1:16])

    for name, words in (("bieu02", "BIỂU 02"), ("bieu04", "BIỂU 04")):
        pdf = opened(files, to="pdf")[name]
        sizes = re.findall(r"size: +([\d.]+) x ([\d.]+)", _told(poppler, "pdfinfo", "-l", "9", pdf))
        assert {tuple(round(float(side)) for side in size) for size in sizes} == {(842, 595)}
        text = _told(poppler, "pdftotext", "-layout", pdf, "-")
        first = text.split("\f", maxsplit=1)[0]
        for each in ("STT", "Ghi chú", "TỈNH THÁI NGUYÊN", words):
            assert each in first
        assert "THỦ TRƯỞNG ĐƠN VỊ" in text


def _told(poppler: Path, name: str, *arguments: str | Path) -> str:
    """What a program says of a PDF."""
    done = subprocess.run(
        [poppler / name, *arguments], check=True, capture_output=True, encoding="utf-8", timeout=60
    )
    return done.stdout
