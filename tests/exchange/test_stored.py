"""Rules that break only together with what the database has (contract §3, "Refused")."""

from __future__ import annotations

from datetime import date

import pytest

from findings.models import Remedy, is_claimed
from inspections.models import Round
from reports.models import Return
from tests.exchange.helpers import faults_of, load
from tests.exchange.test_refused import FINDING, REMEDY, RETURN, ROUND, UNITS, VISIT, with_, world
from tests.factories import make_remedy, make_user
from units.models import Succession, Unit

pytestmark = pytest.mark.django_db

D = date


@pytest.fixture(autouse=True)
def _stored() -> None:
    load(world())


def test_a_round_that_no_longer_holds_a_stored_visit() -> None:
    later = with_(ROUND, E=D(2023, 5, 23))
    assert list(faults_of({"Cuộc kiểm tra": [later]})) == ["Cuộc kiểm tra!E2"]
    earlier = with_(ROUND, E=D(2023, 5, 20), F=D(2023, 5, 21))
    assert list(faults_of({"Cuộc kiểm tra": [earlier]})) == ["Cuộc kiểm tra!F2"]
    # Together with the visit it may move.
    moved = {"Cuộc kiểm tra": [later], "Lượt kiểm tra": [with_(VISIT, C=D(2023, 5, 24))]}
    assert faults_of(moved) == {}


def test_a_unit_that_ends_before_what_hangs_on_it() -> None:
    district = with_(list(UNITS[1]), F=D(2023, 5, 21))
    found = faults_of({"Đơn vị": [district]})
    assert list(found) == ["Đơn vị!F2"]
    province = with_(list(UNITS[0]), F=D(2025, 6, 29))
    found = faults_of({"Đơn vị": [province]})
    assert list(found) == ["Đơn vị!F2"]
    assert "Huyện Đại Từ" in found["Đơn vị!F2"]


def test_units_may_end_together() -> None:
    rows = [with_(list(row), F=D(2025, 6, 29)) for row in (UNITS[0], UNITS[1], UNITS[3])]
    assert faults_of({"Đơn vị": rows}) == {}


def test_a_unit_that_ends_before_it_was_succeeded() -> None:
    load({"Kế thừa": [["05809", "19", D(2025, 7, 1), "Nhập", None]]})
    commune = with_(list(UNITS[3]), F=D(2025, 6, 29))
    assert list(faults_of({"Đơn vị": [commune]})) == ["Đơn vị!F2"]


def test_a_unit_that_takes_a_code_still_borne() -> None:
    late = ["05809", "Xã mới", "Cấp xã", None, D(2025, 6, 30), None]
    assert list(faults_of({"Đơn vị": [late]})) == ["Đơn vị!A2"]


def test_a_unit_moved_under_its_own_subordinate() -> None:
    province = with_(list(UNITS[0]), D="171")
    assert list(faults_of({"Đơn vị": [province]})) == ["Đơn vị!D2"]


def test_a_second_visit_to_a_code() -> None:
    load({"Đơn vị": [["N", "Cũ", "Cấp xã", None, None, D(2023, 5, 22)],
                     ["N", "Mới", "Cấp xã", None, D(2023, 5, 23), None]],
          "Lượt kiểm tra": [with_(VISIT, B="N")]})  # fmt: skip
    other_unit = with_(VISIT, B="N", C=D(2023, 5, 23))
    assert list(faults_of({"Lượt kiểm tra": [other_unit]})) == ["Lượt kiểm tra!B2"]


def test_a_stored_remedy_whose_form_would_be_out_of_force() -> None:
    load({"Kiến nghị": [["R2", "C1", "171", None, "Xử lý kỷ luật", "Cá nhân", None, None,
                         "Giáng chức", *[None] * 4]]})  # fmt: skip
    load({"Đơn vị": [with_(list(UNITS[1]), F=D(2025, 6, 30))]})
    late = with_(ROUND, F=D(2025, 7, 1))
    found = faults_of({"Cuộc kiểm tra": [late]})
    assert list(found) == ["Cuộc kiểm tra!F2"]
    assert "R2" in found["Cuộc kiểm tra!F2"]


def test_a_finding_that_leaves_its_remedy_behind() -> None:
    load({"Lượt kiểm tra": [with_(VISIT, B="05809")]})
    moved = with_(FINDING, C="05809")
    assert list(faults_of({"Tồn tại": [moved]})) == ["Tồn tại!C2"]
    assert faults_of({"Tồn tại": [moved], "Kiến nghị": [with_(REMEDY, C="05809")]}) == {}


def test_a_return_sharing_a_day_with_a_stored_one() -> None:
    later = with_(RETURN, B=D(2023, 6, 30), C=D(2023, 12, 31))
    found = faults_of({"Số liệu báo cáo": [later]})
    assert list(found) == ["Số liệu báo cáo!B2"]
    assert faults_of({"Số liệu báo cáo": [with_(RETURN, D=7)]}) == {}


def test_a_second_heir_beside_a_stored_one() -> None:
    load({"Kế thừa": [["05809", "19", D(2025, 7, 1), "Nhập", None]]})
    load({"Đơn vị": [["M", "Xã mới", "Cấp xã", "19", D(2025, 7, 1), None]]})
    second = ["05809", "M", D(2025, 7, 1), "Nhập", None]
    assert list(faults_of({"Kế thừa": [second]})) == ["Kế thừa!A2"]
    as_split = [with_(second, D="Chia"), ["05809", "19", D(2025, 7, 1), "Chia", "x"]]
    load({"Kế thừa": as_split})
    assert Succession.objects.filter(kind="SPLIT").count() == 2


def test_a_code_of_a_stored_unit_on_another_day_tells_who_bore_it() -> None:
    rows = [with_(ROUND, A="C2", D="171", E=D(2026, 1, 1), F=D(2026, 1, 1))]
    message = faults_of({"Cuộc kiểm tra": rows})["Cuộc kiểm tra!D2"]
    assert "Huyện Đại Từ" in message
    assert "30/06/2025" in message
    assert Unit.objects.filter(code="171").count() == 1


def test_a_round_that_was_held_after_all_keeps_no_reason_of_having_been_cancelled() -> None:
    Round.objects.update(status=Round.Status.CANCELLED, cancel_reason="Mưa bão")
    load({"Cuộc kiểm tra": [with_(ROUND, G="Hủy", I="Sửa")]})
    assert Round.objects.get().cancel_reason == "Mưa bão"
    load({"Cuộc kiểm tra": [ROUND]})
    held = Round.objects.get()
    assert (held.status, held.cancel_reason) == (Round.Status.COMPLETED, "")


def test_claims_on_a_remedy_that_the_file_says_is_done_no_longer_wait() -> None:
    remedy = Remedy.objects.get()
    by = make_user("REPORTER", remedy.visit.unit)
    other = make_remedy(remedy.visit, code="R2")
    for each in (remedy, other):
        each.report(by=by, text="Đã xong", completed_on=D(2023, 6, 1))
    load({"Kiến nghị": [with_(REMEDY, K=D(2023, 6, 2))]})
    assert list(Remedy.objects.filter(is_claimed())) == [other]
    remedy.refresh_from_db()
    remedy.reopen(by=make_user("STAFF", remedy.visit.round.body), reason="Nhầm")
    assert list(Remedy.objects.filter(is_claimed())) == [other]


def test_a_return_that_was_sent_back_keeps_no_reason() -> None:
    Return.objects.update(status=Return.Status.SENT_BACK, reason="Thiếu số liệu")
    load({"Số liệu báo cáo": [RETURN]})
    taken = Return.objects.get()
    assert (taken.status, taken.reason) == (Return.Status.ACCEPTED, "")
