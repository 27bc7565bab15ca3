"""What an import adds, changes and leaves, and the marks it leaves in the trail (contract §3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from congvu.models import Event
from exchange.reading import read
from findings.models import Extension, Finding, Remedy
from inspections.models import Plan, Round, Team, Visit
from reports.models import Return
from tests.exchange.helpers import book_of, counts, faults_of, load
from tests.exchange.test_refused import (
    FINDING,
    PLAN,
    REMEDY,
    RETURN,
    ROUND,
    UNITS,
    VISIT,
    with_,
    world,
)
from tests.factories import make_team, make_unit
from units.models import Succession, Unit

pytestmark = pytest.mark.django_db

D = date


def test_everything_arrives_as_it_was_written() -> None:
    load(
        world(
            rounds=[with_(ROUND, B="45/KH-UBND", H="Đoàn số 1", I="một\nhai")],
            extensions=[["R1", D(2023, 7, 21), D(2023, 8, 25), "12/CV-SNV"]],
            successions=[["171", "19", D(2025, 7, 1), "Nhập", None]],
        )
    )
    round_ = Round.objects.get()
    assert (round_.code, round_.form, round_.status) == ("C1", "SURPRISE", "COMPLETED")
    assert (round_.starts_on, round_.ends_on) == (D(2023, 5, 22), D(2023, 5, 24))
    assert round_.plan == Plan.objects.get()
    assert round_.team == Team.objects.get(name="Đoàn số 1", body=round_.body)
    assert (round_.body.code, round_.body.valid_to) == ("19", D(2025, 6, 30))
    assert round_.scope_note == "một\nhai"
    assert round_.folded == "c1 mot hai"
    visit = Visit.objects.get()
    assert (visit.round, visit.unit.name) == (round_, "Huyện Đại Từ")
    finding = Finding.objects.get()
    assert (finding.visit, finding.category, finding.subject) == (visit, "OTHER", "COLLECTIVE")
    remedy = Remedy.objects.get()
    assert (remedy.visit, remedy.finding, remedy.kind) == (visit, finding, "REMIND")
    assert Extension.objects.get().due_on == D(2023, 8, 25)
    step = Succession.objects.get()
    assert (step.predecessor.code, step.successor.valid_from) == ("171", D(2025, 7, 1))
    assert step.is_main
    commune = Unit.objects.get(code="05809")
    assert commune.path == "".join(
        f"{Unit.objects.get(code=code, valid_from=None).pk}/" for code in ("19", "171", "05809")
    )


def test_a_workbook_puts_right_what_it_brought_to_a_locked_visit() -> None:
    load(world())
    visit = Visit.objects.get()
    closed = {"closed_at": timezone.now(), "unit_person": "Bà A", "concluded_on": D(2023, 12, 1)}
    Visit.objects.update(**closed)
    load(
        world(
            visits=[with_(VISIT, D="05/BB-ĐKT", G="Niêm yết đủ")],
            findings=[with_(FINDING, G="Nội dung khác")],
            # Demanded on the spot, so due before the conclusion.
            remedies=[with_(REMEDY, J=D(2023, 6, 1))],
        )
    )
    visit.refresh_from_db()
    assert (visit.minutes_number, visit.strengths, visit.unit_person) == (
        "05/BB-ĐKT", "Niêm yết đủ", "Bà A",
    )  # fmt: skip
    assert visit.is_closed
    assert Finding.objects.get().content == "Nội dung khác"
    assert Remedy.objects.get().due_on == D(2023, 6, 1)


def test_sending_a_file_twice_changes_nothing() -> None:
    sheets = world(
        rounds=[with_(ROUND, B="45/KH-UBND", H="Đoàn số 1", I="một\nhai")],
        extensions=[["R1", D(2023, 7, 21), D(2023, 8, 25), None]],
        successions=[["171", "19", D(2025, 7, 1), "Nhập", None]],
    )
    load(sheets)
    marks = Event.objects.count()
    again = load(sheets)
    assert {
        key: (added, changed) for key, (added, changed, _) in counts(again).items()
    } == dict.fromkeys(counts(again), (0, 0))
    assert Event.objects.count() == marks
    assert Round.objects.get().version == 1


def test_each_record_leaves_its_mark_with_what_changed() -> None:
    load(world())
    finding = Finding.objects.get()
    assert [event.deed for event in Event.objects.of(finding)] == ["imported"]
    load({"Tồn tại": [with_(FINDING, E="Vi phạm", G="Niêm yết thiếu")]})
    finding.refresh_from_db()
    assert (finding.severity, finding.content, finding.version) == (
        "VIOLATION",
        "Niêm yết thiếu",
        2,
    )
    assert finding.folded == "f1 niem yet thieu"
    added, changed = Event.objects.of(finding)
    assert added.changes == {}
    assert changed.changes == {
        "severity": ["LIMITATION", "VIOLATION"],
        "content": ["Chưa niêm yết", "Niêm yết thiếu"],
    }
    assert changed.label == "Tồn tại F1"


def test_an_absent_column_leaves_and_a_blank_cell_clears() -> None:
    load(world(rounds=[with_(ROUND, B="45/KH-UBND", H="Đoàn số 1", I="Nội dung")]))
    without = [each for each in world()["Cuộc kiểm tra"][0] if each is not None]
    headings = {
        "Cuộc kiểm tra": [
            "Mã cuộc", "Hình thức", "Mã cơ quan kiểm tra", "Từ ngày", "Đến ngày", "Trạng thái",
        ]
    }  # fmt: skip
    assert counts(load({"Cuộc kiểm tra": [without]}, headings)) == {"rounds": (0, 0, 1)}
    assert Round.objects.get().team is not None
    assert counts(load({"Cuộc kiểm tra": [ROUND]})) == {"rounds": (0, 1, 0)}
    round_ = Round.objects.get()
    assert (round_.plan, round_.team, round_.scope_note) == (None, None, "")


def test_a_code_means_its_bearer_on_the_day() -> None:
    load(
        world(
            rounds=[ROUND, with_(ROUND, A="C2", E=D(2025, 7, 1), F=D(2025, 7, 2))],
            visits=[VISIT, ["C2", "19", D(2025, 7, 1), *[None] * 4]],
            returns=[RETURN, ["19", D(2025, 7, 1), D(2025, 12, 31), 1, 0, 0, None]],
        )
    )
    old, new = (Unit.objects.get(code="19", valid_from=first) for first in (None, D(2025, 7, 1)))
    assert Round.objects.get(code="C1").body == old
    assert Round.objects.get(code="C2").body == new
    assert Visit.objects.get(round__code="C2").unit == new
    assert Return.objects.get(last_day=D(2025, 12, 31)).unit == new


def test_a_parent_without_day_is_the_oldest_bearer() -> None:
    load({"Đơn vị": [*UNITS, ["H", "Sở", "Sở, ban, ngành", "19", None, D(2025, 6, 30)]]})
    parent = Unit.objects.get(code="H").parent
    assert parent is not None
    assert parent.valid_from is None


def test_a_plan_is_the_bodys_own_else_its_nearest_superiors_with_lineages() -> None:
    units = [
        ["P", "Tỉnh P", "Cấp tỉnh", None, None, D(2025, 6, 30)],
        ["H", "Huyện H", "Cấp huyện", "P", None, D(2025, 6, 30)],
        ["X", "Xã X", "Cấp xã", "H", None, D(2025, 6, 30)],
        ["Y", "Xã Y", "Cấp xã", "H", None, D(2025, 6, 30)],
        ["Q", "Tỉnh Q", "Cấp tỉnh", None, D(2025, 7, 1), None],
    ]
    number = "1/KH-UBND"
    plans = [[number, D(2025, 1, 2), code, 2025, None] for code in ("P", "H", "X")]
    day = D(2025, 5, 5)
    rounds = [
        [code, number, "Theo kế hoạch", body, *on, "Dự kiến", None, None]
        for code, body, on in (
            ("of-x", "X", (day, day)),
            ("of-y", "Y", (day, day)),
            ("of-h", "H", (day, day)),
            ("of-q", "Q", (D(2025, 8, 1), D(2025, 8, 1))),
        )
    ]
    steps = [["P", "Q", D(2025, 7, 1), "Nhập", None]]
    load({"Đơn vị": units, "Kế hoạch": plans, "Cuộc kiểm tra": rounds, "Kế thừa": steps})
    issuers = dict(Round.objects.values_list("code", "plan__issuer__code"))
    assert issuers == {"of-x": "X", "of-y": "H", "of-h": "H", "of-q": "P"}
    # Without the succession nobody above Q has issued that number.
    Round.objects.all().delete()
    Succession.objects.all().delete()
    assert list(faults_of({"Cuộc kiểm tra": [rounds[3]]})) == ["Cuộc kiểm tra!B2"]


def test_a_team_is_the_bodys_own_of_that_name_with_the_latest_decision() -> None:
    body = make_unit("19", "Tỉnh Thái Nguyên", valid_to=D(2025, 6, 30))
    make_team(body, name="Đoàn số 1", decision_number="1/QĐ", decided_on=D(2022, 1, 1))
    latest = make_team(body, name="Đoàn số 1", decision_number="2/QĐ", decided_on=D(2023, 1, 1))
    load({"Cuộc kiểm tra": [with_(ROUND, H="Đoàn số 1")]})
    assert Round.objects.get().team == latest
    assert Team.objects.count() == 2


def test_units_change_their_superior_with_all_below() -> None:
    load({"Đơn vị": UNITS})
    moved = ["171", "Huyện Đại Từ", "Cấp huyện", "S", None, D(2025, 6, 30)]
    load({"Đơn vị": [moved, ["S", "Tỉnh khác", "Cấp tỉnh", None, None, None]]})
    top, district, commune = (Unit.objects.get(code=code) for code in ("S", "171", "05809"))
    assert district.path == f"{top.pk}/{district.pk}/"
    assert commune.path == f"{top.pk}/{district.pk}/{commune.pk}/"


def test_a_code_passes_on_within_one_file() -> None:
    load({"Đơn vị": [["01", "Cũ", "Cấp tỉnh", None, None, None]]})
    load(
        {
            "Đơn vị": [
                ["01", "Mới", "Cấp tỉnh", None, D(2025, 7, 1), None],
                ["01", "Cũ", "Cấp tỉnh", None, None, D(2025, 6, 30)],
            ],
            "Kế thừa": [["01", "01", D(2025, 7, 1), "Tiếp tục", None]],
        }
    )
    assert Succession.objects.get().predecessor.name == "Cũ"


def test_the_main_heir_may_change() -> None:
    units = [["C", "Cũ", "Cấp xã", None, None, D(2025, 6, 30)]]
    units += [[code, code, "Cấp xã", None, D(2025, 7, 1), None] for code in ("A", "B")]
    day = D(2025, 7, 1)
    load(
        {"Đơn vị": units, "Kế thừa": [["C", "A", day, "Chia", "x"], ["C", "B", day, "Chia", None]]}
    )
    load({"Kế thừa": [["C", "A", day, "Chia", None], ["C", "B", day, "Chia", "x"]]})
    assert Succession.objects.get(is_main=True).successor.code == "B"
    load({"Kế thừa": [["C", "B", day, "Chia", None], ["C", "A", day, "Chia", "x"]]})
    assert Succession.objects.get(is_main=True).successor.code == "A"


def test_a_renamed_unit_is_told_by_the_name_of_the_day() -> None:
    load(world())
    unit = Unit.objects.get(code="171")
    unit.former_names.create(name="Huyện Đại Từ cũ", valid_to=D(2023, 5, 22))
    headings = {"Lượt kiểm tra": ["Mã cuộc", "Mã đơn vị", "Tên đơn vị", "Ngày kiểm tra"]}
    assert faults_of({"Lượt kiểm tra": [["C1", "171", "Huyện Đại Từ", D(2023, 5, 22)]]}, headings)
    assert not faults_of(
        {"Lượt kiểm tra": [["C1", "171", "huyện đại từ CŨ", D(2023, 5, 22)]]}, headings
    )


def _queries(size: int) -> int:
    rounds = [with_(ROUND, A=f"C{i}") for i in range(size)]
    visits = [with_(VISIT, A=f"C{i}") for i in range(size)]
    findings = [with_(FINDING, A=f"F{i}", B=f"C{i}") for i in range(size)]
    remedies = [with_(REMEDY, A=f"R{i}", B=f"C{i}", D=f"F{i}") for i in range(size)]
    book = book_of(
        {
            "Cuộc kiểm tra": rounds,
            "Lượt kiểm tra": visits,
            "Tồn tại": findings,
            "Kiến nghị": remedies,
        }
    )
    with CaptureQueriesContext(connection) as context:
        assert read(book).is_sound
    return len(context)


def test_ten_times_the_rows_cost_no_more_queries_to_read() -> None:
    load({"Đơn vị": UNITS, "Kế hoạch": PLAN})
    assert _queries(20) == _queries(200)


def test_the_counts_of_a_trial_are_those_of_the_import() -> None:
    sheets = world()
    assert counts(read(book_of(sheets))) == counts(load(sheets))


def test_who_imported_stands_in_the_trail(staff: Any) -> None:
    load({"Đơn vị": [["19.X", "Phòng X", "Phòng, bộ phận", "19", None, None]]}, by=staff.user)
    assert Event.objects.of(Unit.objects.get(code="19.X")).get().by == staff.user
