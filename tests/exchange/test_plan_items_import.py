"""The sheet of a plan's items: uploaded into a draft, looked at, confirmed; template and export."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from congvu.models import Event
from exchange.models import ImportJob, JobState
from inspections.models import Content, Plan, PlanItem, Programme
from tests.conftest import World
from tests.exchange.helpers import book_of
from tests.factories import (
    make_draft,
    make_item,
    make_plan,
    make_round,
    make_succession,
    make_team,
    make_unit,
    make_visit,
)
from units.models import FormerName, Unit

pytestmark = pytest.mark.django_db

TITLE = "Mục kế hoạch"
HEADINGS = [
    "Mã đơn vị", "Tên đơn vị", "Mã cơ quan kiểm tra", "Đoàn kiểm tra", "Chương trình",
    "Hình thức", "Báo trước", "Nội dung", "Tháng", "Quý", "Từ ngày", "Đến ngày", "Ghi chú",
]  # fmt: skip


def row(unit: str, **cells: Any) -> list[Any]:
    """A row by short names of its columns; a month unless another time is given."""
    names = (
        "unit", "name", "body", "team", "programmes", "form", "announced", "contents", "month",
        "quarter", "first", "last", "note",
    )  # fmt: skip
    if not {"month", "quarter", "first", "last"} & cells.keys():
        cells["month"] = 5
    return [unit if name == "unit" else cells.get(name) for name in names]


def upload(client: Client, plan: Plan, *rows: list[Any], title: str = TITLE) -> ImportJob:
    """Send rows for the plan; the upload that they became."""
    content = book_of({title: rows}, {title: HEADINGS}).getvalue()
    answer = client.post(
        f"/plans/{plan.pk}/items/import/", {"file": SimpleUploadedFile("muc.xlsx", content)}
    )
    assert answer.status_code == 302, answer.content.decode()
    return ImportJob.objects.latest("pk")


def write(client: Client, job: ImportJob) -> ImportJob:
    assert client.post(f"/import/{job.pk}/apply/").status_code == 302
    job.refresh_from_db()
    return job


def page(client: Client, job: ImportJob) -> str:
    return client.get(f"/import/{job.pk}/").content.decode()


def said(job: ImportJob) -> list[str]:
    """The faults, each as `Cell: message`."""
    return [f"{cell}: {message}" for _, cell, message in job.faults]


@pytest.fixture
def draft(world: World) -> Plan:
    plan = make_draft(world.province, subject="Kiểm tra công vụ năm 2023")
    Programme.objects.create(plan=plan, name="Kỷ luật, kỷ cương", body=world.province)
    Programme.objects.create(plan=plan, name="Cải cách hành chính", body=world.justice)
    return plan


def test_sheet_is_looked_at_then_written_into_the_draft(
    staff: Client, world: World, draft: Plan
) -> None:
    team = make_team(world.province, name="Đoàn công vụ")
    make_item(draft, world.elsewhere_district)
    labels = list(Content.objects.filter(is_offered=True).values_list("label", flat=True)[:2])
    job = upload(
        staff,
        draft,
        row(
            "05809", name="Xã Tiên Hội", team="đoàn CÔNG VỤ", announced="x", form="Chuyên đề",
            programmes="Cải cách hành chính; kỷ luật, kỷ cương", contents=";".join(labels),
            note="Kết hợp phúc tra", month=7,
        ),
        row("171", body="19.STP", quarter="II"),
        row("171", first="15/9/2023", last=date(2023, 9, 17)),
    )  # fmt: skip
    assert job.state == JobState.READY
    shown = page(staff, job)
    assert "Xã Tiên Hội (05809), tháng 7/2023, do Tỉnh Thái Nguyên (thêm mới)" in shown
    assert "Huyện Đại Từ (171), quý II/2023, do Sở Tư pháp (thêm mới)" in shown
    assert draft.items.count() == 1
    assert write(staff, job).state == JobState.DONE
    one, two, three = draft.items.filter(line__gt=1).order_by("line")
    assert [each.line for each in (one, two, three)] == [2, 3, 4]
    assert (one.unit, one.body, one.team) == (world.tien_hoi, world.province, team)
    assert (one.form, one.announced, one.note) == ("THEMATIC", True, "Kết hợp phúc tra")
    assert {str(each) for each in one.programmes.all()} == {
        "Cải cách hành chính", "Kỷ luật, kỷ cương"
    }  # fmt: skip
    assert [each.label for each in one.contents.all()] == labels
    assert (one.schedule, one.first_day, one.last_day) == (
        "MONTH", date(2023, 7, 1), date(2023, 7, 31)
    )  # fmt: skip
    assert (two.unit, two.body, two.form, two.announced) == (
        world.dai_tu, world.justice, "PLANNED", True
    )  # fmt: skip
    assert (two.schedule, two.first_day, two.last_day) == (
        "QUARTER", date(2023, 4, 1), date(2023, 6, 30)
    )  # fmt: skip
    assert (three.schedule, three.first_day, three.last_day) == (
        "DAYS", date(2023, 9, 15), date(2023, 9, 17)
    )  # fmt: skip
    mark = Event.objects.of(draft).get()
    assert (mark.deed, mark.note) == ("imported", "Thêm 3 mục từ bảng tính: mục 2 đến 4.")
    # From the upload one goes back to the plan.
    assert draft.get_absolute_url() in page(staff, job)


def test_guide_names_the_draft_with_its_year_once(staff: Client, world: World, draft: Plan) -> None:
    answer: Any = staff.get(f"/plans/{draft.pk}/items/template.xlsx")
    said = [str(cell) for sheet in cells(answer).values() for line in sheet for cell in line]
    assert any("một mục của Dự thảo kế hoạch năm 2023: một đơn vị" in text for text in said)


def test_notice_left_blank_follows_the_form_as_on_the_page(
    staff: Client, world: World, draft: Plan
) -> None:
    rows = [
        row("171", month=place, form=form, announced=notice)
        for place, (form, notice) in enumerate(
            [
                ("Đột xuất", ""), ("Theo kế hoạch", ""), ("", ""), ("Đột xuất", "có"),
                ("Theo kế hoạch", "Không"), ("Chuyên đề", "X"),
            ],
            start=1,
        )
    ]  # fmt: skip
    write(staff, upload(staff, draft, *rows))
    found = draft.items.order_by("line").values_list("announced", flat=True)
    assert list(found) == [False, True, True, True, False, True]


def test_same_file_twice_adds_nothing_and_says_so(staff: Client, world: World, draft: Plan) -> None:
    rows = [row("05809"), row("171", quarter="2")]
    write(staff, upload(staff, draft, *rows))
    again = upload(staff, draft, *rows)
    assert again.state == JobState.NOTHING
    shown = page(staff, again)
    assert "Xã Tiên Hội (05809), tháng 5/2023, do Tỉnh Thái Nguyên (đã có ở mục 1)" in shown
    third = upload(staff, draft, *rows, row("171", body="19.STP", quarter="2"))
    assert (third.sheets[0]["added"], third.sheets[0]["unchanged"]) == (1, 2)
    write(staff, third)
    assert draft.items.count() == 3


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"unit": None}, "A2: Chưa ghi “Mã đơn vị”."),
        ({"unit": "99999"}, "A2: Không có đơn vị nào mang mã “99999”."),
        ({"unit": "180"}, "A2: Mã “180” thuộc tỉnh khác; kế hoạch chỉ ghi đơn vị trong tỉnh."),
        ({"name": "Xã Khác"}, "B2: Ngày 01/05/2023 mã “05809” là của Xã Tiên Hội"),
        ({"body": "20"}, "C2: Mã “20” không thuộc phạm vi của bạn."),
        ({"body": "zz"}, "C2: Không có đơn vị nào mang mã “zz”."),
        ({"team": "Đoàn ma"}, "D2: Không có đoàn kiểm tra “Đoàn ma” trong phạm vi của bạn"),
        ({"team": "Đoàn tư pháp"}, "D2: Đoàn tư pháp do Sở Tư pháp lập, không phải"),
        ({"programmes": "PCI"}, "E2: Kế hoạch không có chương trình “PCI”; các chương trình là"),
        ({"form": "Bất kỳ"}, "F2: “Bất kỳ” không có trong danh mục “Hình thức”"),
        (
            {"announced": "y"},
            "G2: “y” không có trong danh mục “Báo trước”; hãy ghi một trong: có, không.",
        ),
        ({"contents": "Việc lạ"}, "H2: “Việc lạ” không có trong danh mục nội dung kiểm tra"),
        ({"month": 13}, "I2: “13” không có trong danh mục “Tháng”"),
        ({"month": None}, "I2: Chưa ghi thời gian: hãy ghi hoặc tháng, hoặc quý, hoặc từ ngày"),
        ({"month": 5, "quarter": "II"}, "J2: Chỉ ghi một cách thời gian"),
        ({"month": 5, "last": "1/6/2023"}, "K2: Chỉ ghi một cách thời gian"),
        ({"first": "1/6/2023"}, "L2: Đã ghi từ ngày thì hãy ghi cả đến ngày."),
        ({"last": "1/6/2023"}, "K2: Đã ghi đến ngày thì hãy ghi cả từ ngày."),
        ({"first": "2/6/2023", "last": "1/6/2023"}, "L2: Ngày cuối 01/06/2023 trước ngày đầu"),
        ({"first": "1/6/2024", "last": "2/6/2024"}, "K2: Thời gian 01/06/2024 – 02/06/2024 nằm"),
    ],
)
def test_every_fault_is_told_at_its_cell(
    staff: Client, world: World, draft: Plan, cells: dict[str, Any], expected: str
) -> None:
    make_team(world.justice, name="Đoàn tư pháp")
    cells = dict(cells)
    good = row("171", quarter="I")
    job = upload(staff, draft, row(cells.pop("unit", "05809"), **cells), good)
    assert job.state == JobState.FAULTY
    assert len(said(job)) == 1, said(job)
    assert said(job)[0].startswith(expected), said(job)
    assert job.faults[0][0] == TITLE
    # All or nothing.
    staff.post(f"/import/{job.pk}/apply/")
    assert not draft.items.exists()
    marked = staff.get(f"/import/{job.pk}/faults.xlsx")
    assert marked.status_code == 200


def test_unit_that_is_no_more_is_followed_to_whoever_came_after(
    staff: Client, world: World
) -> None:
    plan = make_draft(world.province, year=2025)
    ended = {"valid_to": date(2025, 6, 30), "kind": Unit.Kind.COMMUNE}
    old = make_unit("05569", "Thị trấn Chợ Chu", world.dai_tu, **ended)
    new = make_unit(
        "05570", "Xã Định Hóa", world.province, valid_from=date(2025, 7, 1), kind="COMMUNE"
    )
    make_succession(old, new)
    job = upload(
        staff,
        plan,
        row("05569", month=8),
        row("05569", quarter="II"),
        row("05569", first="20/6/2025", last="5/7/2025"),
    )
    first, second = said(job)
    assert first.startswith("A2: Ngày 01/08/2025 không có đơn vị nào mang mã “05569”.")
    assert first.endswith("Đơn vị kế tiếp: Xã Định Hóa (mã 05570).")
    assert second.startswith("A4: Đơn vị Thị trấn Chợ Chu không có hiệu lực suốt")
    assert second.endswith("Đơn vị kế tiếp: Xã Định Hóa (mã 05570).")


def test_code_is_read_on_the_first_day_and_so_is_the_name(staff: Client, world: World) -> None:
    plan = make_draft(world.province, year=2025)
    ended = {"valid_to": date(2025, 6, 30), "kind": Unit.Kind.COMMUNE}
    old = make_unit("05569", "Thị trấn Chợ Chu", world.dai_tu, **ended)
    new = make_unit(
        "05569", "Xã Định Hóa", world.province, valid_from=date(2025, 7, 1), kind="COMMUNE"
    )
    FormerName.objects.create(unit=new, name="Xã Chợ Chu", valid_to=date(2025, 9, 30))
    job = upload(
        staff,
        plan,
        row("05569", month=6, name="thi tran cho chu"),
        row("05569", month=7, name="Xã Chợ Chu"),
        row("05569", month=10, name="Xã Định Hóa"),
    )
    assert write(staff, job).state == JobState.DONE, said(job)
    assert [each.unit for each in plan.items.order_by("line")] == [old, new, new]


def test_row_that_stands_twice_and_teams_of_one_name_are_told(
    staff: Client, world: World, draft: Plan
) -> None:
    make_team(world.province, name="Đoàn A", decision_number="1/QĐ-UBND")
    second = make_team(world.province, name="Đoàn A", decision_number="2/QĐ-UBND")
    job = upload(
        staff,
        draft,
        row("05809"),
        row("05809"),
        row("171", team="Đoàn A"),
        row("171", month=6, team="Đoàn A (2/QĐ-UBND)"),
    )
    assert said(job) == [
        "A3: Xã Tiên Hội (05809), tháng 5/2023, do Tỉnh Thái Nguyên đã có ở dòng 2; mỗi hồ sơ chỉ "
        "ghi một dòng.",
        "D4: Có 2 đoàn mang tên “Đoàn A”; hãy ghi kèm số quyết định: Đoàn A (1/QĐ-UBND); Đoàn A "
        "(2/QĐ-UBND).",
    ]
    job = upload(staff, draft, row("171", month=6, team="Đoàn A (2/QĐ-UBND)"))
    write(staff, job)
    assert draft.items.get().team == second


def test_two_things_wrong_in_one_row_are_both_told(
    staff: Client, world: World, draft: Plan
) -> None:
    job = upload(staff, draft, row("99999", month=13, contents="Việc lạ"))
    assert [each.split(":")[0] for each in said(job)] == ["A2", "H2", "I2"]


def test_new_items_say_how_many_inspections_in_reach_the_unit_meets_besides(
    staff: Client, world: World, draft: Plan
) -> None:
    make_visit(make_round(world.province, date(2023, 3, 1)), world.dai_tu)
    make_item(draft, world.dai_tu, 9)
    # Of another body, and not announced: nobody else is told.
    hidden = make_round(world.elsewhere, date(2023, 5, 2), status="SCHEDULED")
    make_visit(hidden, world.dai_tu)
    job = upload(staff, draft, row("171"), row("05809"))
    shown = page(staff, job)
    assert "Huyện Đại Từ (171), tháng 5/2023, do Tỉnh Thái Nguyên (thêm mới; chồng chéo với 2" in (
        shown
    )
    assert "Xã Tiên Hội (05809), tháng 5/2023, do Tỉnh Thái Nguyên (thêm mới)" in shown


def test_only_a_draft_is_filled_and_only_by_whoever_may(
    staff: Client, inspector: Client, leader: Client, outsider: Client, world: World, draft: Plan
) -> None:
    url = f"/plans/{draft.pk}/items/import/"
    assert outsider.get(url).status_code == 404
    assert inspector.get(url).status_code == 404
    assert leader.get(url).status_code == 403
    assert leader.post(url).status_code == 403
    issued = make_plan(world.province)
    refused = staff.get(f"/plans/{issued.pk}/items/import/").content.decode()
    assert "chỉ dự thảo mới nhập" in refused
    assert "Kiểm tra tệp" not in refused
    file = SimpleUploadedFile("muc.xlsx", b"PK")
    assert staff.post(f"/plans/{issued.pk}/items/import/", {"file": file}).status_code == 200
    assert not ImportJob.objects.exists()


def test_plan_that_was_submitted_meanwhile_takes_nothing(
    staff: Client, world: World, draft: Plan
) -> None:
    make_item(draft, world.dai_tu)
    job = upload(staff, draft, row("05809"))
    draft.submit(staff.user)  # type: ignore[attr-defined]  # see client_of
    job = write(staff, job)
    assert job.state == JobState.REFUSED
    assert "không còn là dự thảo" in page(staff, job)
    assert draft.items.count() == 1


def test_plan_taken_away_meanwhile_takes_nothing(staff: Client, draft: Plan) -> None:
    job = upload(staff, draft, row("05809"))
    draft.remove(staff.user)  # type: ignore[attr-defined]  # see client_of
    job = write(staff, job)
    assert job.state == JobState.REFUSED
    assert "đã bị xóa" in page(staff, job)
    assert not PlanItem.objects.exists()


def test_items_added_meanwhile_are_shown_before_anything_is_written(
    staff: Client, world: World, draft: Plan
) -> None:
    job = upload(staff, draft, row("05809"), row("171"))
    make_item(draft, world.dai_tu)
    job = write(staff, job)
    assert job.state == JobState.READY
    assert "đã thay đổi từ lúc kiểm tra tệp" in page(staff, job)
    assert (job.sheets[0]["added"], job.sheets[0]["unchanged"]) == (1, 1)
    assert draft.items.count() == 1
    write(staff, job)
    assert draft.items.count() == 2


def test_files_that_are_no_sheet_of_items_are_refused_in_words(staff: Client, draft: Plan) -> None:
    wrong = upload(staff, draft, row("05809"), title="Sheet1")
    assert wrong.state == JobState.REFUSED
    assert "không có trang “Mục kế hoạch”" in page(staff, wrong)
    url = f"/plans/{draft.pk}/items/import/"
    staff.post(url, {"file": SimpleUploadedFile("muc.xlsx", b"day khong phai bang tinh")})
    job = ImportJob.objects.latest("pk")
    assert job.state == JobState.REFUSED
    assert "không phải bảng tính Excel" in job.message


def test_upload_for_a_plan_is_its_senders_alone(
    staff: Client, outsider: Client, leader: Client, draft: Plan
) -> None:
    job = upload(staff, draft, row("05809"))
    assert outsider.get(f"/import/{job.pk}/").status_code == 404
    assert leader.get(f"/import/{job.pk}/").status_code == 403
    staff.post(f"/import/{job.pk}/cancel/")
    assert "Đã bỏ tệp" in staff.get(f"/plans/{draft.pk}/items/import/").content.decode()


def test_ten_times_the_rows_cost_no_more_queries(staff: Client, world: World, draft: Plan) -> None:
    for number in range(30):
        make_unit(f"06{number:03}", f"Xã số {number}", world.dai_tu, kind=Unit.Kind.COMMUNE)

    def cost(rows: int) -> int:
        plan = make_draft(world.province)
        job = upload(staff, plan, *(row(f"06{number:03}") for number in range(rows)))
        with CaptureQueriesContext(connection) as queries:
            assert write(staff, job).state == JobState.DONE
        assert plan.items.count() == rows
        return len(queries)

    # What is kept in memory is read by the first.
    few = cost(3)
    assert cost(30) <= few


# --- template and export ---------------------------------------------------------------------


def cells(answer: Any) -> dict[str, list[list[Any]]]:
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.content))
    return {
        sheet.title: [[cell.value for cell in line] for line in sheet.iter_rows()]
        for sheet in book.worksheets
    }


def test_template_has_the_headings_and_what_to_choose_from(
    staff: Client, world: World, draft: Plan
) -> None:
    make_team(world.province, name="Đoàn A")
    make_team(world.elsewhere, name="Đoàn nơi khác")
    answer = staff.get(f"/plans/{draft.pk}/items/template.xlsx")
    found = cells(answer)
    assert list(found) == [TITLE, "Danh mục", "Hướng dẫn"]
    assert found[TITLE] == [HEADINGS]
    lists = {
        each[0]: [value for value in each[1:] if value]
        for each in zip(*found["Danh mục"], strict=True)
    }
    assert lists["Chương trình"] == ["Kỷ luật, kỷ cương", "Cải cách hành chính"]
    assert lists["Đoàn kiểm tra"] == ["Đoàn A"]
    assert lists["Quý"] == ["I", "II", "III", "IV"]
    assert set(lists["Nội dung"]) == set(
        Content.objects.filter(is_offered=True).values_list("label", flat=True)
    )
    # The empty template can be uploaded; it has nothing to write.
    file = SimpleUploadedFile("mau.xlsx", answer.content)
    staff.post(f"/plans/{draft.pk}/items/import/", {"file": file})
    job = ImportJob.objects.latest("pk")
    assert (job.state, job.warnings) == (JobState.NOTHING, [])


def test_export_can_be_uploaded_again_here_and_into_another_draft(
    staff: Client, world: World, draft: Plan
) -> None:
    make_team(world.province, name="Đoàn A", decision_number="1/QĐ-UBND")
    team = make_team(world.province, name="Đoàn A", decision_number="2/QĐ-UBND")
    item = make_item(
        draft, world.tien_hoi, 7, team=team, form="RECHECK", announced=False, note="-ghi chú"
    )
    item.contents.set(Content.objects.filter(is_offered=True)[:3])
    item.programmes.set(draft.programmes.all())
    quarter: dict[str, Any] = {
        "schedule": "QUARTER", "first_day": date(2023, 10, 1), "last_day": date(2023, 12, 31)
    }  # fmt: skip
    make_item(draft, world.dai_tu, body=world.justice, **quarter)
    days: dict[str, Any] = {
        "schedule": "DAYS",
        "first_day": date(2023, 3, 1),
        "last_day": date(2023, 3, 3),
    }
    make_item(draft, world.dai_tu, **days)
    answer: Any = staff.get(f"/plans/{draft.pk}/items/export.xlsx")
    assert Event.objects.of(draft).get().deed == "exported"
    found = cells(answer)
    assert list(found) == [TITLE]
    assert found[TITLE][1][:4] == ["05809", "Xã Tiên Hội", "19", "Đoàn A (2/QĐ-UBND)"]
    other = make_draft(world.province)
    for name in ("Kỷ luật, kỷ cương", "Cải cách hành chính"):
        Programme.objects.create(plan=other, name=name, body=world.province)
    for plan, added, unchanged in ((draft, 0, 3), (other, 3, 0)):
        file = SimpleUploadedFile("muc.xlsx", answer.content)
        staff.post(f"/plans/{plan.pk}/items/import/", {"file": file})
        job = ImportJob.objects.latest("pk")
        assert not job.faults, job.faults
        assert (job.sheets[0]["added"], job.sheets[0]["unchanged"]) == (added, unchanged)
    write(staff, job)

    def told(plan: Plan) -> list[Any]:
        return [
            (
                each.unit, each.body, each.team, each.form, each.announced, each.schedule,
                each.first_day, each.last_day, each.note,
                [str(one) for one in each.contents.all()],
                sorted(str(one) for one in each.programmes.all()),
            )
            for each in plan.items.order_by("line")
        ]  # fmt: skip

    assert told(other) == told(draft)


def test_export_has_only_what_is_in_force_and_in_reach(
    staff: Client, inspector: Client, outsider: Client, world: World
) -> None:
    plan = make_plan(world.province)
    make_item(plan, world.tien_hoi, body=world.dai_tu)
    make_item(plan, world.dai_tu, announced=False)
    url = f"/plans/{plan.pk}/items/export.xlsx"
    assert [line[0] for line in cells(staff.get(url))[TITLE][1:]] == ["05809", "171"]
    # Đại Từ conducts the first and must not know of the second.
    assert [line[0] for line in cells(inspector.get(url))[TITLE][1:]] == ["05809"]
    assert outsider.get(url).status_code == 404
