"""A re-check: open remedies of the unit on one page, settled on the spot, all or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from congvu.models import Event
from findings.models import Progress, Remedy
from inspections.models import Round, Visit
from tests.conftest import World
from tests.factories import (
    make_remedy,
    make_round,
    make_succession,
    make_unit,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db

DAY = date(2023, 9, 5)


@pytest.fixture(autouse=True)
def _then() -> Any:
    with time_machine.travel("2023-09-05 15:00+07:00", tick=False):
        yield


@pytest.fixture
def earlier(world: World) -> Visit:
    """The visit that made the demands."""
    return make_visit(make_round(world.province, code="TN1"), world.dai_tu)


@pytest.fixture
def visit(world: World) -> Visit:
    """The visit of the re-check, today."""
    round_ = make_round(world.province, DAY, form="RECHECK", status="IN_PROGRESS", code="PT1")
    return make_visit(round_, world.dai_tu)


def url(visit: Visit) -> str:
    return f"/visits/{visit.pk}/recheck/"


def shown(client: Client, visit: Visit) -> list[str]:
    return [each.code for each in client.get(url(visit)).context["form"].remedies]


def send(client: Client, visit: Visit, *deeds: tuple[Remedy, str, str]) -> Any:
    data: dict[str, str] = {}
    for remedy, deed, text in deeds:
        data |= {
            f"deed_{remedy.pk}": deed,
            f"text_{remedy.pk}": text,
            f"version_{remedy.pk}": str(Remedy.objects.get(pk=remedy.pk).version),
        }
    return client.post(url(visit), data)


def test_open_remedies_of_the_unit_and_its_predecessors_are_gathered(
    staff: Client, earlier: Visit, visit: Visit, world: World
) -> None:
    make_remedy(earlier, code="CON_MO")
    make_remedy(earlier, code="GAP", due_on=date(2023, 6, 1))
    make_remedy(earlier, code="XONG", completed_on=date(2023, 6, 1))
    old = make_unit("172", "Huyện Cũ", world.province, valid_to=date(2023, 6, 30))
    make_succession(old, world.dai_tu, date(2023, 7, 1))
    make_remedy(make_visit(earlier.round, old), code="CUA_CU", due_on=None)
    make_remedy(make_visit(earlier.round, world.justice), code="CUA_SO")
    make_remedy(make_visit(earlier.round, world.tien_hoi), code="CUA_XA")
    running = make_round(world.province, date(2023, 8, 1), status="IN_PROGRESS")
    make_remedy(make_visit(running, world.dai_tu), code="CHUA_TINH")
    make_remedy(visit, code="CHINH_LUOT_NAY")
    assert shown(staff, visit) == ["GAP", "CON_MO", "CUA_CU"]
    assert "Huyện Cũ" in staff.get(url(visit)).content.decode()
    page = staff.get(visit.get_absolute_url())
    assert "Phúc tra kiến nghị" in [each.label for each in page.context["actions"]]


def test_settled_noted_and_left_open_in_one_go(
    staff: Client, reporter: Client, earlier: Visit, visit: Visit
) -> None:
    names = ("XONG", "TIEN_DO", "CHUA", "TRA_LAI", "BO_QUA")
    done, noted, left, claimed, untouched = (make_remedy(earlier, code=name) for name in names)
    by = reporter.user  # type: ignore[attr-defined]  # see client_of
    claimed.report(by=by, text="Đã làm hết", completed_on=date(2023, 9, 1))
    assert "Đã làm hết" in staff.get(url(visit)).content.decode()
    answer = send(
        staff,
        visit,
        (done, "settle", "Đã niêm yết đủ"),
        (noted, "note", "Đang sơn lại biển"),
        (left, "open", "Chưa có kinh phí"),
        (claimed, "open", "Biển vẫn sai"),
        (untouched, "", ""),
    )
    assert answer["Location"] == url(visit)
    done.refresh_from_db()
    assert (done.completed_on, done.settled_in) == (DAY, visit)
    assert done.verified_by == staff.user  # type: ignore[attr-defined]
    texts = dict(Progress.objects.filter(answered_at=None).values_list("remedy__code", "text"))
    assert texts == {
        "XONG": "Phúc tra ngày 05/09/2023: Đã niêm yết đủ",
        "TIEN_DO": "Phúc tra ngày 05/09/2023: Đang sơn lại biển",
        "CHUA": "Phúc tra ngày 05/09/2023: chưa xong. Chưa có kinh phí",
    }
    refused = Progress.objects.refused().get()
    assert refused.remedy == claimed
    assert refused.answer == "Phúc tra ngày 05/09/2023: chưa xong. Biển vẫn sai"
    # A mark for each, none for what was left.
    assert {each.deed for each in Event.objects.of(done)} == {"reported", "completed"}
    assert not Event.objects.of(untouched).exists()
    page = staff.get(url(visit)).content.decode()
    assert "Đã xác nhận hoàn thành tại lượt này (1)" in page
    assert shown(staff, visit) == ["TIEN_DO", "CHUA", "TRA_LAI", "BO_QUA"]


def test_one_refused_row_saves_none(staff: Client, earlier: Visit, visit: Visit) -> None:
    first, second = make_remedy(earlier), make_remedy(earlier)
    answer = send(staff, visit, (first, "settle", ""), (second, "open", ""))
    assert "lý do" in answer.context["form"].errors[f"text_{second.pk}"][0]
    # What was typed stays.
    assert answer.context["form"][f"deed_{first.pk}"].value() == "settle"
    assert not Remedy.objects.filter(completed_on__isnull=False).exists()
    assert not Event.objects.filter(deed="completed").exists()


def test_model_that_refuses_a_row_undoes_the_rows_before_it(
    staff: Client, earlier: Visit, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_remedy(earlier), make_remedy(earlier)
    # Another person settles the second after the page has looked at it.
    original = Remedy.complete

    def complete(self: Remedy, **told: Any) -> None:
        if self.pk == second.pk:
            Remedy.objects.filter(pk=second.pk).update(completed_on=date(2023, 9, 1))
        original(self, **told)

    monkeypatch.setattr(Remedy, "complete", complete)
    answer = send(staff, visit, (first, "settle", ""), (second, "settle", ""))
    assert "đã hoàn thành ngày 01/09/2023" in answer.content.decode()
    first.refresh_from_db()
    assert (first.completed_on, first.settled_in) == (None, None)
    assert not Event.objects.filter(deed="completed").exists()


def test_changed_meanwhile_is_looked_at_again(staff: Client, earlier: Visit, visit: Visit) -> None:
    remedy = make_remedy(earlier)
    data = {f"deed_{remedy.pk}": "settle", f"version_{remedy.pk}": "7"}
    answer = staff.post(url(visit), data)
    form = answer.context["form"]
    assert "vừa được người khác sửa" in form.errors[f"deed_{remedy.pk}"][0]
    # The next press confirms what is shown now.
    assert form[f"version_{remedy.pk}"].value() == "1"
    assert Remedy.objects.get().completed_on is None


def test_nothing_chosen_is_said(staff: Client, earlier: Visit, visit: Visit) -> None:
    remedy = make_remedy(earlier)
    assert "Chưa chọn kết quả" in send(staff, visit, (remedy, "", "")).content.decode()


def test_own_work_is_shown_and_not_settled(inspector: Client, world: World) -> None:
    """The district re-checks itself: its inspector may not accept its own work."""
    remedy = make_remedy(make_visit(make_round(world.dai_tu), world.dai_tu))
    own = make_visit(make_round(world.dai_tu, DAY, form="RECHECK"), world.dai_tu)
    page = inspector.get(url(own)).content.decode()
    assert "không tự xác nhận hoàn thành" in page
    assert f"deed_{remedy.pk}" not in page
    send(inspector, own, (remedy, "settle", ""))
    assert Remedy.objects.get().completed_on is None


def test_round_that_is_none_cancelled_or_ahead(staff: Client, earlier: Visit, visit: Visit) -> None:
    remedy = make_remedy(earlier)
    assert staff.get(url(earlier)).status_code == 404
    Visit.objects.filter(pk=visit.pk).update(visited_on=date(2023, 9, 6))
    assert "chưa đến" in send(staff, visit, (remedy, "settle", "")).content.decode()
    Round.objects.filter(pk=visit.round_id).update(status="CANCELLED")
    assert "đã hủy" in send(staff, visit, (remedy, "settle", "")).content.decode()
    assert Remedy.objects.get(pk=remedy.pk).completed_on is None


def test_unit_learns_of_the_re_check_once_it_is_completed(
    staff: Client, reporter: Client, earlier: Visit, visit: Visit
) -> None:
    remedy = make_remedy(earlier)
    send(staff, visit, (remedy, "settle", ""))
    assert "Lượt phúc tra ngày" in staff.get(remedy.get_absolute_url()).content.decode()
    assert "Lượt phúc tra" not in reporter.get(remedy.get_absolute_url()).content.decode()
    Round.objects.filter(pk=visit.round_id).update(status="COMPLETED")
    assert "Lượt phúc tra ngày" in reporter.get(remedy.get_absolute_url()).content.decode()
    remedy.refresh_from_db()
    remedy.reopen(by=staff.user, reason="Nhầm")  # type: ignore[attr-defined]
    assert Remedy.objects.get(pk=remedy.pk).settled_in is None


def test_others_may_not(
    reporter: Client, leader: Client, outsider: Client, inspector: Client, visit: Visit
) -> None:
    for client, code in ((reporter, 403), (leader, 403), (inspector, 404), (outsider, 404)):
        assert client.get(url(visit)).status_code == code
        assert client.post(url(visit)).status_code == code


def test_fifty_remedies_cost_no_more_queries_than_five(
    staff: Client, earlier: Visit, visit: Visit
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(url(visit)).status_code == 200
        return len(captured)

    def fill(number: int) -> None:
        for _ in range(number):
            remedy = make_remedy(earlier)
            by = make_user("REPORTER", earlier.unit)
            remedy.report(by=by, text="Xong", completed_on=date(2023, 9, 1))

    fill(5)
    few = cost()
    fill(45)
    assert cost() == few <= 15
