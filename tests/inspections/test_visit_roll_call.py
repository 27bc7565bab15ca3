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


# --- a telephone at the spot wrote meanwhile ---------------------------------------------------


def opened(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send of the page as it is."""
    form = client.get(address).context["form"]
    fields = [*form.rows.management_form, *(field for row in form.rows for field in row)]
    sent: dict[str, Any] = {"version": form["version"].value()}
    for field in fields:
        value = field.value()
        if field.name != "DELETE":
            sent[field.html_name] = "" if value is None else field.field.prepare_value(value)
    return {name: str(value) for name, value in sent.items()}


def again(page: Any) -> dict[str, Any]:
    """What a browser would send of an answer that was refused, unchanged."""
    form = page.context["form"]
    sent = dict(form.data.items())
    for row in form.rows:
        name = row.add_prefix("version")
        sent[name] = row.data.get(name, "")
    return sent


def test_row_that_a_telephone_changed_meanwhile_is_told_and_not_overwritten(
    staff: Client, visit: Visit, address: str
) -> None:
    RollCall.record(visit, by(staff), "Văn phòng", 12, 9, 2, 1)
    RollCall.record(visit, by(staff), "Một cửa", 3, 3)
    sent = opened(staff, address)
    RollCall.record(visit, by(staff), "Văn phòng", 12, 11, 0, 1, "Vừa đến")
    sent |= {"roll-0-reasons": "Của tôi", "roll-1-present": "2", "roll-1-excused": "1"}
    page = staff.post(address, sent)
    (fault,) = page.context["form"].rows[0].errors["department"]
    assert "Dòng này vừa được lưu từ nơi khác: Văn phòng: 11/12 có mặt" in fault
    assert fault in page.content.decode()
    assert "Của tôi" in page.content.decode()
    assert figures(visit) == [("Văn phòng", 12, 11, 0, 1), ("Một cửa", 3, 3, 0, 0)]
    # Once it was shown, saving again is meant.
    assert staff.post(address, again(page)).status_code == 302
    assert figures(visit) == [("Văn phòng", 12, 9, 2, 1), ("Một cửa", 3, 2, 1, 0)]
    assert visit.roll_calls.get(department="Văn phòng").version == 3


def test_row_that_a_telephone_changed_meanwhile_is_not_taken_away(
    staff: Client, visit: Visit, address: str
) -> None:
    RollCall.record(visit, by(staff), "Văn phòng", 12, 9, 2, 1)
    sent = opened(staff, address)
    RollCall.record(visit, by(staff), "Văn phòng", 12, 11, 0, 1)
    page = staff.post(address, {**sent, "roll-0-DELETE": "on"})
    assert "vừa được lưu từ nơi khác" in page.content.decode()
    assert figures(visit) == [("Văn phòng", 12, 11, 0, 1)]
    assert staff.post(address, again(page)).status_code == 302
    assert not figures(visit)


def test_department_that_a_telephone_added_meanwhile_is_told_at_the_row(
    staff: Client, visit: Visit, address: str
) -> None:
    sent = opened(staff, address)
    RollCall.record(visit, by(staff), "Văn phòng", 12, 11, 0, 1)
    typed_too = {"roll-0-department": "VAN PHONG", "roll-0-headcount": "5", "roll-0-present": "5"}
    page = staff.post(address, {**sent, **typed_too})
    (fault,) = page.context["form"].rows[0].errors["department"]
    assert "vừa được điểm danh từ nơi khác: Văn phòng: 11/12" in fault
    assert 'value="VAN PHONG"' in page.content.decode()
    assert figures(visit) == [("Văn phòng", 12, 11, 0, 1)]


def test_rows_of_a_telephone_that_the_page_did_not_show_stay(
    staff: Client, visit: Visit, address: str
) -> None:
    RollCall.record(visit, by(staff), "Văn phòng", 12, 9, 2, 1)
    sent = opened(staff, address)
    RollCall.record(visit, by(staff), "Một cửa", 3, 3)
    sent |= {"roll-1-department": "Tiếp dân", "roll-1-headcount": "2", "roll-1-present": "2"}
    assert staff.post(address, sent).status_code == 302
    assert figures(visit) == [
        ("Văn phòng", 12, 9, 2, 1), ("Một cửa", 3, 3, 0, 0), ("Tiếp dân", 2, 2, 0, 0)
    ]  # fmt: skip
    # A row left alone is not written: whoever changes it from a telephone meets nobody.
    assert visit.roll_calls.get(department="Văn phòng").version == 1


def test_row_that_somebody_took_away_meanwhile_is_told(
    staff: Client, visit: Visit, address: str
) -> None:
    row = RollCall.record(visit, by(staff), "Văn phòng", 12, 9, 2, 1)
    sent = opened(staff, address)
    row.delete()
    page = staff.post(address, {**sent, "roll-0-present": "10", "roll-0-excused": "1"})
    assert "Dòng này vừa bị người khác bỏ" in page.content.decode()
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
