"""Changes of units: what they write, what they refuse, how they are taken back."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from congvu.models import Event
from congvu.rules import ConflictError
from tests import factories
from tests.conftest import World
from tests.factories import make_round, make_unit, make_user, make_visit
from units import actions
from units.actions import Below
from units.changes import Change
from units.models import FormerName, Kind, Reform, Succession, Unit

pytestmark = pytest.mark.django_db

DAY, EVE = date(2026, 3, 1), date(2026, 2, 28)
BASIS = "Nghị quyết 1/NQ-HĐND"


@pytest.fixture
def communes(world: World) -> list[Unit]:
    """Three communes of huyện Đại Từ, the first with a school under it."""
    found = [
        make_unit(f"0590{place}", f"Xã Số {place}", world.dai_tu, kind=Kind.COMMUNE)
        for place in range(3)
    ]
    make_unit("0590a", "Trường Số 0", found[0], kind=Kind.PUBLIC_SERVICE_UNIT)
    return found


def new(code: str, name: str, parent: Unit, kind: str = Kind.COMMUNE) -> Unit:
    return Unit(code=code, name=name, kind=kind, parent=parent)


def refused(change: Change) -> str:
    with pytest.raises(ValidationError) as caught:
        change.apply(None)
    return " ".join(caught.value.messages)


def deeds(unit: Unit) -> list[str]:
    return [each.deed for each in Event.objects.of(unit)]


# --- merging ----------------------------------------------------------------------------------


def test_merge_into_a_new_unit_that_takes_over_a_code(world: World, communes: list[Unit]) -> None:
    into = new("05900", "Xã Mới", world.dai_tu)
    change = actions.merge(communes[:2], into, DAY, BASIS)
    assert change.objections() == []
    assert not Unit.objects.filter(name="Xã Mới").exists()
    change.apply(None)
    made = Unit.objects.at("05900", on=DAY)
    assert made.name == "Xã Mới"
    assert made.valid_from == DAY
    assert made.path == f"{world.dai_tu.path}{made.pk}/"
    assert Unit.objects.at("05900", on=EVE) == communes[0]
    for old in Unit.objects.filter(pk__in=[communes[0].pk, communes[1].pk]):
        assert old.valid_to == EVE
        assert old.closing_basis == BASIS
        assert deeds(old) == ["merged"]
    assert deeds(made) == ["added"]
    assert {unit.pk for unit in made.lineage()} == {made.pk, communes[0].pk, communes[1].pk}
    ties = Succession.objects.filter(successor=made)
    assert {tie.legal_basis for tie in ties} == {BASIS}


def test_merge_moves_what_stands_under(world: World, communes: list[Unit]) -> None:
    into = new("05910", "Xã Mới", world.dai_tu)
    actions.merge(communes[:2], into, DAY).apply(None)
    school = Unit.objects.at("0590a", on=DAY)
    assert school.name == "Trường Số 0"
    assert school.parent == into
    assert school.path == f"{into.path}{school.pk}/"
    before = Unit.objects.at("0590a", on=EVE)
    assert before.valid_to == EVE
    assert deeds(before) == ["continued"]
    assert school.lineage() == [school, before]


def test_merge_may_forbid_or_close_what_stands_under(world: World, communes: list[Unit]) -> None:
    into = new("05910", "Xã Mới", world.dai_tu)
    said = refused(actions.merge(communes[:2], into, DAY, below=Below.FORBID))
    assert "Còn 1 đơn vị trực thuộc" in said
    assert "Trường Số 0 (0590a)" in said
    communes = list(Unit.objects.filter(pk__in=[each.pk for each in communes[:2]]))
    into = new("05910", "Xã Mới", world.dai_tu)
    actions.merge(communes, into, DAY, below=Below.CLOSE).apply(None)
    assert not Unit.objects.in_force(DAY).filter(code="0590a").exists()
    assert deeds(Unit.objects.at("0590a", on=EVE)) == ["closed"]


def test_merge_into_an_existing_unit(world: World, communes: list[Unit]) -> None:
    actions.merge([communes[1]], communes[2], DAY).apply(None)
    kept = Unit.objects.at("05902", on=DAY)
    assert kept == communes[2]
    assert kept.valid_from is None
    assert {unit.pk for unit in kept.lineage()} == {communes[1].pk, communes[2].pk}
    assert deeds(kept) == ["merged"]


def test_merge_refuses_a_taken_code(world: World, communes: list[Unit]) -> None:
    said = refused(actions.merge(communes[:2], new("05902", "Xã Mới", world.dai_tu), DAY))
    assert "Mã 05902 đang thuộc về Xã Số 2" in said
    assert not Unit.objects.filter(name="Xã Mới").exists()
    assert Unit.objects.get(pk=communes[0].pk).valid_to is None


def test_merge_refuses_one_unit_a_unit_twice_and_a_unit_under_another(
    world: World, communes: list[Unit]
) -> None:
    def heir() -> Unit:
        return new("05910", "Xã Mới", world.dai_tu)

    assert "ít nhất hai" in refused(actions.merge(communes[:1], heir(), DAY))
    twice = [communes[1], Unit.objects.get(pk=communes[1].pk)]
    twice[0].valid_to = None
    assert "ghi hai lần" in refused(actions.merge(twice, heir(), DAY))
    school = Unit.objects.get(code="0590a")
    said = refused(actions.merge([Unit.objects.get(code="05900"), school], heir(), DAY))
    assert "trực thuộc một đơn vị khác" in said


def test_merge_into_what_stands_under_is_refused(world: World, communes: list[Unit]) -> None:
    school = Unit.objects.get(code="0590a")
    assert "không thể là đơn vị kế thừa" in refused(actions.merge([communes[0]], school, DAY))


def test_new_unit_may_not_stand_under_what_ends(world: World, communes: list[Unit]) -> None:
    said = refused(actions.merge(communes[:2], new("05910", "Xã Mới", communes[0]), DAY))
    assert "Xã Mới không thể thuộc Xã Số 0" in said


# --- splitting, continuing, closing -----------------------------------------------------------


def test_split_has_one_main_heir_which_takes_the_years_before(
    world: World, communes: list[Unit]
) -> None:
    parts = [new("05910", "Xã Một", world.dai_tu), new("05900", "Xã Hai", world.dai_tu)]
    actions.split(communes[0], parts, 1, DAY, BASIS).apply(None)
    one, two = Unit.objects.at("05910", on=DAY), Unit.objects.at("05900", on=DAY)
    assert one.lineage() == [one]
    assert {unit.pk for unit in two.lineage()} == {two.pk, communes[0].pk}
    old = Unit.objects.at("05900", on=EVE)
    assert old.heirs() == [two, one]
    assert deeds(old) == ["split"]
    assert Unit.objects.at("0590a", on=DAY).parent == two


def test_split_needs_two_heirs(world: World, communes: list[Unit]) -> None:
    said = refused(actions.split(communes[1], [new("05910", "Xã Một", world.dai_tu)], 0, DAY))
    assert "ít nhất hai đơn vị kế thừa" in said


def test_continue_under_another_parent(world: World, communes: list[Unit]) -> None:
    actions.continue_as(communes[0], new("05900", "Xã Số 0", world.province), DAY).apply(None)
    moved = Unit.objects.at("05900", on=DAY)
    assert moved.parent == world.province
    assert {unit.pk for unit in moved.lineage()} == {moved.pk, communes[0].pk}
    assert Unit.objects.at("0590a", on=DAY).is_under(moved)


def test_close_a_unit(communes: list[Unit]) -> None:
    actions.close(communes[1], EVE, BASIS).apply(None)
    closed = Unit.objects.get(pk=communes[1].pk)
    assert closed.valid_to == EVE
    assert deeds(closed) == ["closed"]
    assert "đã được ghi kết thúc ngày 28/02/2026" in refused(actions.close(closed, EVE))


def test_close_before_the_unit_began_is_refused(world: World) -> None:
    young = make_unit("N1", "Xã Non", world.dai_tu, valid_from=DAY)
    assert "phải sau ngày 01/03/2026" in refused(actions.close(young, EVE))


def test_chain_of_changes_keeps_one_lineage(world: World, communes: list[Unit]) -> None:
    first = new("05910", "Xã A", world.dai_tu)
    actions.merge(communes[1:], first, date(2024, 1, 1)).apply(None)
    first = Unit.objects.get(pk=first.pk)
    second = new("05911", "Xã B", world.province)
    actions.continue_as(first, second, date(2025, 1, 1)).apply(None)
    second = Unit.objects.get(pk=second.pk)
    parts = [new("05912", "Xã C", world.province), new("05913", "Xã D", world.province)]
    actions.split(second, parts, 0, date(2026, 1, 1)).apply(None)
    main, other = parts
    assert len(main.lineage()) == 5
    assert other.lineage() == [other]


# --- what stands in the way -------------------------------------------------------------------


def test_planned_round_on_the_unit_is_in_the_way(world: World, communes: list[Unit]) -> None:
    round_ = make_round(world.province, date(2026, 5, 5), code="K1", status="SCHEDULED")
    make_visit(round_, communes[1])
    said = refused(actions.close(communes[1], EVE))
    assert "Còn 1 lượt kiểm tra tại đơn vị sau ngày 28/02/2026" in said
    assert "cuộc K1 ngày 05/05/2026" in said
    round_.cancel(None, "thôi")  # type: ignore[arg-type]  # nobody signed in
    # It stays on record: an export would hold a visit to a unit that was no more.
    assert "cuộc đã hủy cũng vậy" in refused(actions.close(communes[1], EVE))
    round_.visits.get().remove(None)  # type: ignore[arg-type]  # nobody signed in
    actions.close(Unit.objects.get(pk=communes[1].pk), EVE).apply(None)


def test_cancelled_round_by_the_unit_is_in_the_way_until_it_is_moved(
    world: World, communes: list[Unit]
) -> None:
    round_ = make_round(communes[1], date(2026, 5, 5), code="K1", status="CANCELLED")
    said = refused(actions.close(communes[1], EVE))
    assert "Còn 1 cuộc kiểm tra do đơn vị tiến hành sau ngày 28/02/2026: K1" in said
    round_.starts_on = EVE
    round_.write("starts_on")
    actions.close(Unit.objects.get(pk=communes[1].pk), EVE).apply(None)


def test_inspection_to_come_is_not_betrayed(world: World, communes: list[Unit]) -> None:
    round_ = make_round(world.province, date(2026, 5, 5), code="K1", status="SCHEDULED")
    make_visit(round_, communes[1])
    inspected = make_user("STAFF", world.dai_tu)
    # Not even a refusal: the days on which there is one would tell the day of the inspection.
    assert actions.close(communes[1], EVE).objections(inspected) == []
    ours = " ".join(
        actions.close(Unit.objects.get(pk=communes[1].pk), EVE).objections(
            make_user("STAFF", world.province)
        )
    )
    assert "K1" in ours


def test_round_by_the_unit_after_the_day_is_in_the_way(world: World) -> None:
    make_round(world.dai_tu, DAY, code="C1")
    said = refused(actions.close(world.dai_tu, EVE, below=Below.CLOSE))
    assert "Còn 1 cuộc kiểm tra do đơn vị tiến hành sau ngày 28/02/2026: C1" in said


def test_return_and_plan_after_the_day_are_in_the_way(communes: list[Unit]) -> None:
    from_day, to_day = date(2026, 1, 1), date(2026, 12, 31)
    factories.make_return(communes[1], from_day, to_day)
    factories.make_plan(communes[1], number="9/KH-UBND", issued_on=DAY)
    said = refused(actions.close(communes[1], EVE))
    assert "Còn 1 số liệu báo cáo" in said
    assert "01/01/2026–31/12/2026" in said
    assert "9/KH-UBND" in said


def test_records_up_to_the_day_stay_with_the_old_unit(world: World, communes: list[Unit]) -> None:
    visit = make_visit(make_round(world.province, EVE), communes[1])
    actions.merge(communes[1:], new("05910", "Xã Mới", world.dai_tu), DAY).apply(None)
    visit.refresh_from_db()
    assert visit.unit_id == communes[1].pk


def test_somebody_else_changed_the_unit_meanwhile(world: World, communes: list[Unit]) -> None:
    change = actions.merge(communes[1:], new("05910", "Xã Mới", world.dai_tu), DAY)
    Unit.objects.get(pk=communes[2].pk).rename(None, "Xã Khác", date(2025, 1, 1))
    with pytest.raises(ConflictError):
        change.apply(None)
    assert Unit.objects.get(pk=communes[1].pk).valid_to is None
    assert not Reform.objects.exists()


# --- names ------------------------------------------------------------------------------------


def test_rename_keeps_the_name_of_before(world: World) -> None:
    user = make_user("ADMIN", world.province)
    world.dai_tu.rename(user, "Huyện Đại Từ Mới", date(2024, 5, 1), BASIS)
    unit = Unit.objects.get(pk=world.dai_tu.pk)
    assert unit.name == "Huyện Đại Từ Mới"
    assert unit.name_on(date(2024, 4, 30)) == "Huyện Đại Từ"
    assert unit.name_on(date(2024, 5, 1)) == "Huyện Đại Từ Mới"
    assert unit.folded.endswith("dai tu moi")
    assert deeds(unit) == ["renamed"]
    unit.rename(user, "Huyện Đại Từ", date(2025, 1, 1))
    assert unit.name_on(date(2024, 12, 31)) == "Huyện Đại Từ Mới"


@pytest.mark.parametrize(
    ("name", "on", "why"),
    [
        ("Huyện Đại Từ", date(2024, 5, 1), "hãy ghi tên khác"),
        ("Tên mới", date(2990, 1, 1), "chưa đến"),
        ("Tên mới", date(2023, 1, 1), "phải sau đó"),
    ],
)
def test_rename_refused(world: World, name: str, on: date, why: str) -> None:
    FormerName.objects.create(unit=world.dai_tu, name="Cũ", valid_to=date(2023, 6, 30))
    with pytest.raises(ValidationError, match=why):
        world.dai_tu.rename(None, name, on)


def test_rename_on_the_first_day_is_a_correction_and_refused(world: World) -> None:
    unit = make_unit("N1", "Xã Non", world.dai_tu, valid_from=date(2024, 1, 1))
    with pytest.raises(ValidationError, match="sau ngày đầu tiên"):
        unit.rename(None, "Xã Già", date(2024, 1, 1))


# --- taking back ------------------------------------------------------------------------------


def test_undo_takes_everything_back(world: World, communes: list[Unit]) -> None:
    before = set(Unit.objects.values_list("pk", "valid_to", "path"))
    reform = actions.merge(communes[:2], new("05900", "Xã Mới", world.dai_tu), DAY).apply(None)
    opened = actions.undo(reform, None)
    assert {unit.code for unit in opened} == {"05900", "05901", "0590a"}
    assert set(Unit.objects.values_list("pk", "valid_to", "path")) == before
    assert not Succession.objects.exists()
    assert not Reform.objects.exists()
    assert deeds(communes[0]) == ["merged", "reopened"]


def test_undo_refused_while_something_hangs_on_it(world: World, communes: list[Unit]) -> None:
    into = new("05910", "Xã Mới", world.dai_tu)
    reform = actions.merge(communes[1:], into, DAY).apply(None)
    make_visit(make_round(world.province, DAY), into)
    with pytest.raises(ValidationError, match="1 lượt kiểm tra"):
        actions.undo(reform, None)


def test_undo_refused_when_the_code_went_on(communes: list[Unit]) -> None:
    reform = actions.close(communes[1], EVE).apply(None)
    make_unit("05901", "Xã Khác", communes[1].parent, valid_from=DAY, kind=Kind.COMMUNE)
    with pytest.raises(ValidationError, match="nay thuộc về Xã Khác"):
        actions.undo(reform, None)


def test_added_unit_is_marked_and_can_be_taken_back(world: World) -> None:
    reform = actions.add(new("05999", "Xã Thêm", world.dai_tu)).apply(None)
    made = Unit.objects.get(code="05999")
    assert made.path == f"{world.dai_tu.path}{made.pk}/"
    assert made.valid_from is None
    assert deeds(made) == ["added"]
    actions.undo(reform, None)
    assert not Unit.objects.filter(code="05999").exists()


def test_a_new_unit_can_be_left_without_saving(admin: Client, world: World) -> None:
    page = admin.get("/units/create/").content.decode()
    assert '<a class="btn btn-link" href="/units/">Quay lại, không lưu</a>' in page
