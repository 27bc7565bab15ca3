"""Units in time on hand-made worlds: codes, lineage, scope, and what the database refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from tests.conftest import World
from tests.factories import make_succession, make_unit, make_user
from units.models import FormerName, Kind, Succession, Unit, UnitQuerySet

EVE, DAY = date(2025, 6, 30), date(2025, 7, 1)
pytestmark = pytest.mark.django_db


# --- codes and days ---------------------------------------------------------------------------


def test_code_means_its_bearer_of_the_day() -> None:
    old = make_unit("05569", "Thị trấn Chợ Chu", valid_to=EVE)
    new = make_unit("05569", "Xã Định Hóa", valid_from=DAY)
    assert Unit.objects.at("05569", on=EVE) == old
    assert Unit.objects.at("05569", on=DAY) == new


def test_code_that_nobody_bore_names_when_it_was_borne() -> None:
    make_unit("167", "Huyện Định Hóa", valid_to=EVE)
    with pytest.raises(Unit.DoesNotExist, match=r"Huyện Định Hóa \(đến 30/06/2025\)"):
        Unit.objects.at("167", on=DAY)
    with pytest.raises(Unit.DoesNotExist, match="Không có đơn vị nào mang mã “999”"):
        Unit.objects.at("999", on=DAY)


def test_names_of_units_are_at_hand_in_one_query(world: World) -> None:
    for name, day in (("Huyện Đại", EVE), ("Huyện Cũ", date(2020, 1, 1))):
        FormerName.objects.create(unit=world.dai_tu, name=name, valid_to=day)
    with CaptureQueriesContext(connection) as queries:
        found = Unit.objects.filter(pk__in=[world.dai_tu.pk, world.justice.pk]).order_by("pk")
        told = {unit.code: (unit.name_on(date(2019, 5, 5)), len(unit.names)) for unit in
                found.with_names()}  # fmt: skip
    assert told == {"171": ("Huyện Cũ", 3), "19.STP": ("Sở Tư pháp", 1)}
    assert len(queries) == 1


def test_several_texts_tell_their_units_in_one_query(world: World) -> None:
    FormerName.objects.create(unit=world.justice, name="Sở Pháp chế", valid_to=EVE)
    texts = ["171", "so phap che", "tien hoi", "khong ai", " "]
    with CaptureQueriesContext(connection) as queries:
        found = Unit.objects.told_by(texts)
        assert found["so phap che"][0].names == ["Sở Tư pháp", "Sở Pháp chế"]
    assert len(queries) == 1
    assert found == {
        "171": [world.dai_tu], "so phap che": [world.justice], "tien hoi": [world.tien_hoi],
        "khong ai": [], " ": [],
    }  # fmt: skip


# --- lineage ----------------------------------------------------------------------------------


def test_lineages_of_several_are_told_apart_in_one_query() -> None:
    old, older, new, other = (make_unit(f"L{n}", f"Xã {n}") for n in range(4))
    make_succession(old, new)
    make_succession(older, old, on=date(2020, 1, 1))
    with CaptureQueriesContext(connection) as queries:
        found = UnitQuerySet.lineages_by([new, old, other])
    assert len(queries) == 1
    assert {pk: {unit.pk for unit in line} for pk, line in found.items()} == {
        new.pk: {new.pk, old.pk, older.pk}, old.pk: {old.pk, older.pk}, other.pk: {other.pk},
    }  # fmt: skip


def test_lineage_of_quang_tri() -> None:
    binh = make_unit("44", "Tỉnh Quảng Bình", valid_to=EVE)
    tri = make_unit("45", "Tỉnh Quảng Trị", valid_to=EVE)
    new = make_unit("44", "Tỉnh Quảng Trị", valid_from=DAY)
    make_succession(binh, new)
    make_succession(tri, new)
    assert new.lineage()[0] == new
    assert set(new.lineage()) == {new, binh, tri}
    assert tri.lineage() == [tri]
    assert set(binh.heirs()) == {new}


def test_lineage_goes_with_the_main_heir_of_a_split() -> None:
    old = make_unit("1", "Xã Cũ", valid_to=EVE)
    main = make_unit("2", "Xã Chính", valid_from=DAY)
    other = make_unit("3", "Xã Phụ", valid_from=DAY)
    make_succession(old, main, kind="SPLIT")
    make_succession(old, other, kind="SPLIT", is_main=False)
    assert set(main.lineage()) == {main, old}
    assert other.lineage() == [other]
    assert old.heirs() == [main, other]


def test_lineage_over_several_steps_in_one_query() -> None:
    days = [date(2000 + step, 1, 1) for step in range(6)]
    chain = [
        make_unit("7", f"Xã {step}", valid_from=days[step], valid_to=date(2000 + step, 12, 31))
        for step in range(5)
    ]
    kinds = ["CONTINUE", "MERGE", "SPLIT", "CONTINUE"]
    for step, kind in enumerate(kinds):
        make_succession(chain[step], chain[step + 1], on=days[step + 1], kind=kind)
    aside = make_unit("8", "Xã bên", valid_to=date(2001, 12, 31))
    make_succession(aside, chain[2], on=days[2])
    lost = make_unit("9", "Xã phụ", valid_to=date(2002, 12, 31))
    make_succession(lost, chain[3], on=days[3], kind="SPLIT", is_main=False)
    with CaptureQueriesContext(connection) as queries:
        found = chain[-1].lineage()
    assert set(found) == {*chain, aside}
    assert len(queries) == 1


# --- scope ------------------------------------------------------------------------------------


def test_scope_is_the_lineage_and_all_under_it(world: World) -> None:
    new = make_unit("19N", "Tỉnh mới", valid_from=DAY)
    make_succession(world.province, new)
    person = make_user("STAFF", new)
    seen = set(Unit.objects.visible_to(person))
    assert seen == {new, world.province, world.justice, world.dai_tu, world.tien_hoi}
    assert person.in_scope(world.tien_hoi)
    assert not person.in_scope(world.elsewhere_district)


def test_successor_is_not_in_scope_of_the_old_unit(world: World) -> None:
    new = make_unit("05809N", "Xã Mới", world.province, valid_from=DAY)
    make_succession(world.dai_tu, new)
    assert new not in Unit.objects.visible_to(make_user("INSPECTOR", world.dai_tu))


def test_one_path_is_no_prefix_of_another_by_chance(world: World) -> None:
    roots = [make_unit(f"r{place}", f"Tỉnh {place}") for place in range(12)]
    person = make_user("STAFF", roots[0])
    assert set(Unit.objects.visible_to(person)) == {roots[0]}


def test_unknown_role_sees_nothing(world: World) -> None:
    person = make_user("STAFF", world.province)
    person.role = "OWNER"
    assert not Unit.objects.visible_to(person).exists()


# --- what the database refuses, whoever writes --------------------------------------------------


def _fails(write: Any) -> None:
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((None, None), (None, None)),
        ((None, EVE), (EVE, None)),
        ((DAY, None), (None, None)),
        ((date(2020, 1, 1), date(2020, 12, 31)), (date(2020, 6, 1), date(2020, 6, 30))),
        ((None, date(2020, 1, 1)), (date(2019, 1, 1), date(2019, 1, 1))),
    ],
)
def test_two_units_of_one_code_never_share_a_day(first: Any, second: Any) -> None:
    make_unit("X", valid_from=first[0], valid_to=first[1])
    _fails(lambda: make_unit("X", valid_from=second[0], valid_to=second[1]))
    make_unit("Y", valid_from=second[0], valid_to=second[1])


def test_days_that_only_touch_are_fine() -> None:
    make_unit("X", valid_to=EVE)
    late = make_unit("X", valid_from=DAY)
    _fails(lambda: Unit.objects.filter(pk=late.pk).update(valid_from=EVE))
    _fails(lambda: Unit.objects.bulk_create([Unit(code="X", name="x", kind=Kind.PROVINCE)]))


def test_other_rules_stand_in_the_database(world: World) -> None:
    unit = world.tien_hoi
    rows = Unit.objects.filter(pk=unit.pk)
    _fails(lambda: rows.update(parent=unit))
    _fails(lambda: rows.update(valid_from=DAY, valid_to=EVE))
    _fails(lambda: rows.update(kind="KINGDOM"))
    a, b, c = (make_unit(f"s{place}") for place in range(3))
    make_succession(a, b)
    _fails(lambda: make_succession(a, c))
    _fails(lambda: make_succession(a, b))
    _fails(lambda: make_succession(b, b))
    _fails(lambda: make_succession(b, c, kind="MERGE", is_main=False))
    _fails(lambda: make_succession(b, c, kind="GIFT"))
    FormerName.objects.create(unit=a, name="Cũ", valid_to=EVE)
    _fails(lambda: FormerName.objects.create(unit=a, name="Cũ nữa", valid_to=EVE))


def test_what_history_rests_on_cannot_be_deleted(world: World) -> None:
    make_succession(world.tien_hoi, world.justice)
    for unit in (world.dai_tu, world.tien_hoi):
        with pytest.raises(ProtectedError):
            unit.delete()
    assert Succession.objects.count() == 1
