"""The roll-call of a visit: rows that add up, told at the row where they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from congvu.models import Event
from inspections.models import RollCall, Visit
from tests.conftest import World
from tests.factories import make_round, make_visit

pytestmark = pytest.mark.django_db


def typed(visit: Visit, *rows: tuple[Any, ...], had: int = 0) -> dict[str, Any]:
    """A form with those rows: department, headcount, present, excused, unexcused, and its id."""
    data: dict[str, Any] = {
        "version": visit.version, "roll-TOTAL_FORMS": len(rows), "roll-INITIAL_FORMS": had,
    }  # fmt: skip
    names = ("department", "headcount", "present", "excused", "unexcused", "id")
    for place, row in enumerate(rows):
        data.update({f"roll-{place}-{n}": v for n, v in zip(names, row, strict=False)})
    return data


def figures(visit: Visit) -> list[tuple[Any, ...]]:
    names = ("department", "headcount", "present", "excused", "unexcused")
    return list(visit.roll_calls.values_list(*names))


@pytest.fixture
def visit(world: World) -> Visit:
    return make_visit(make_round(world.province, status="IN_PROGRESS"), world.dai_tu)


@pytest.fixture
def address(visit: Visit) -> str:
    return f"/visits/{visit.pk}/roll-call/"


def by(client: Client) -> User:
    user: User = client.user  # type: ignore[attr-defined]  # see client_of
    return user


def test_rows_are_kept_and_told_with_their_sums(staff: Client, visit: Visit, address: str) -> None:
    rows = ("Một cửa", 12, 9, 2, 1), ("Văn phòng", 8, 8, "", ""), ("", "", "", "", "")
    answer = staff.post(address, typed(visit, *rows), follow=True)
    assert figures(visit) == [("Một cửa", 12, 9, 2, 1), ("Văn phòng", 8, 8, 0, 0)]
    page = answer.content.decode()
    assert "Đã lưu điểm danh: 17/20 người có mặt." in page
    # 12 + 8 persons, 9 + 8 there, 2 and 1 absent.
    total = page[page.index('<th scope="row">Cộng</th>') :].split("</tr>")[0]
    told = [cell.split("<")[0] for cell in total.split('<td class="figure">')[1:]]
    assert told == ["20", "17", "2", "1"]
    mark = Event.objects.of(visit).get(deed="changed")
    assert list(mark.changes) == ["điểm danh"]


def test_figures_that_do_not_add_up_are_told_at_the_row(
    staff: Client, visit: Visit, address: str
) -> None:
    rows = ("Văn phòng", 8, 8, 0, 0), ("Một cửa", 12, 9, 1, 1)
    page = staff.post(address, typed(visit, *rows)).content.decode()
    assert "Một cửa: có mặt 9, vắng có lý do 1, vắng không lý do 1 cộng lại là 11" in page
    assert 'value="Một cửa"' in page
    assert "Hãy sửa các dòng điểm danh được đánh dấu" in page
    assert not figures(visit)


def test_department_twice_is_told_at_the_second(staff: Client, visit: Visit, address: str) -> None:
    rows = ("Một cửa", 2, 2, 0, 0), ("MOT CUA", 3, 3, 0, 0)
    page = staff.post(address, typed(visit, *rows)).content.decode()
    assert "“Một cửa” đã có ở dòng trên." in page
    assert not figures(visit)


def test_rows_are_changed_and_taken_away(staff: Client, visit: Visit, address: str) -> None:
    kept, gone = (
        RollCall.record(visit, by(staff), name, 5, 5) for name in ("Một cửa", "Văn phòng")
    )
    visit.refresh_from_db()
    data = typed(visit, ("Một cửa", 5, 4, 1, 0, kept.pk), ("Văn phòng", 5, 5, 0, 0, gone.pk), had=2)
    assert staff.post(address, {**data, "roll-1-DELETE": "on"}).status_code == 302
    assert figures(visit) == [("Một cửa", 5, 4, 1, 0)]


def test_hour_typed_is_one_of_the_day_of_the_visit(
    staff: Client, visit: Visit, address: str
) -> None:
    data = typed(visit, ("Một cửa", 5, 5, 0, 0))
    staff.post(address, {**data, "roll-0-taken": "07:45"})
    # A quarter to eight here is a quarter to one in the night at Greenwich.
    assert visit.roll_calls.get().taken_at == datetime(2023, 5, 22, 0, 45, tzinfo=UTC)
    assert 'value="07:45"' in staff.get(address).content.decode()


def test_second_writer_is_noticed(staff: Client, visit: Visit, address: str) -> None:
    first = typed(visit, ("Một cửa", 5, 5, 0, 0))
    staff.post(address, first)
    page = staff.post(address, typed(visit, ("Văn phòng", 3, 3, 0, 0))).content.decode()
    assert "đã lưu hồ sơ này trong lúc bạn đang sửa" in page
    assert 'value="Văn phòng"' in page
    assert figures(visit) == [("Một cửa", 5, 5, 0, 0)]


def test_locked_visit_takes_no_roll_call(staff: Client, visit: Visit, address: str) -> None:
    visit.close(by(staff), unit_person="Bà A")
    page = staff.get(address).content.decode()
    assert f'<a href="/visits/{visit.pk}/addenda/create/">Bổ sung, đính chính</a>' in page
    for answer in (staff.get(address), staff.post(address, typed(visit, ("Một cửa", 1, 1, 0, 0)))):
        assert "Lượt kiểm tra đã hoàn thành và khóa" in answer.content.decode()
    with pytest.raises(ValidationError, match="hoàn thành và khóa"):
        RollCall.record(visit, by(staff), "Một cửa", 1, 1)
    assert not figures(visit)


# --- record: for what was written without a network -------------------------------------------


def test_recording_again_changes_the_department_and_leaves_a_mark(
    staff: Client, visit: Visit
) -> None:
    at = datetime(2023, 5, 22, 1, 0, tzinfo=UTC)
    first = RollCall.record(visit, by(staff), "Một cửa", 10, 8, 1, 1, "Đi họp", at)
    same = RollCall.record(visit, by(staff), "Một cửa", 10, 8, 1, 1, "Đi họp", at)
    marks = Event.objects.of(visit).filter(deed="changed")
    assert marks.count() == 1
    again = RollCall.record(visit, by(staff), "mot cua", 10, 9, 1)
    assert first.pk == same.pk == again.pk
    assert figures(visit) == [("mot cua", 10, 9, 1, 0)]
    assert marks.count() == 2
    # The hour stays where none is told.
    assert visit.roll_calls.get().taken_at == at


@pytest.mark.parametrize("wrong", [(10, 8, 1, 0), (1, 2, 0, 0), (3, 4, -1, 0)])
def test_figures_that_do_not_add_up_are_not_recorded(
    staff: Client, visit: Visit, wrong: tuple[int, int, int, int]
) -> None:
    with pytest.raises(ValidationError):
        RollCall.record(visit, by(staff), "Một cửa", *wrong)
    assert not figures(visit)


def test_cancelled_round_takes_no_roll_call(staff: Client, visit: Visit) -> None:
    visit.round.cancel(by(staff), "Dời sang năm sau")
    with pytest.raises(ValidationError, match="đã hủy"):
        RollCall.record(visit, by(staff), "Một cửa", 1, 1)


def test_database_holds_the_sum_too(visit: Visit) -> None:
    row = RollCall(visit=visit, department="Một cửa", headcount=3, present=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
