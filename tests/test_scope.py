"""Scope is written once: what each person reaches (contract §5)."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from accounts.roles import Role
from findings.models import Remedy
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
from units.models import Unit


def test_scope_is_the_lineage_and_all_under_it(world: World) -> None:
    old_neighbour = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2025, 6, 30))
    its_district = make_unit("060", "Huyện Ba Bể", old_neighbour, valid_to=date(2025, 6, 30))
    make_succession(old_neighbour, world.province)
    user = make_user("STAFF", world.province)
    names = {unit.name for unit in Unit.objects.visible_to(user)}
    assert its_district.name in names
    assert world.tien_hoi.name in names
    assert world.elsewhere_district.name not in names


def test_successor_is_not_in_the_scope_of_its_predecessor(world: World) -> None:
    old = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2025, 6, 30))
    make_succession(old, world.province)
    assert list(Unit.objects.visible_to(make_user("STAFF", old))) == [old]


@pytest.mark.parametrize("kind", ["SPLIT", "MERGE"])
def test_part_that_went_elsewhere_by_split_stays_outside(world: World, kind: str) -> None:
    part = make_unit("99", "Xã Cũ", kind="COMMUNE", valid_to=date(2025, 6, 30))
    make_succession(part, world.province, kind=kind, is_main=kind == "MERGE")
    seen = Unit.objects.visible_to(make_user("STAFF", world.province))
    assert (part in seen) is (kind == "MERGE")


def test_unknown_role_sees_nothing(world: World) -> None:
    user = make_user("STAFF", world.province)
    user.role = "GUEST"
    make_visit(make_round(world.province), world.dai_tu)
    assert not Round.objects.visible_to(user).exists()
    assert not Visit.objects.visible_to(user).exists()


@pytest.mark.parametrize("role", ["INSPECTOR", "REPORTER", "STAFF", "LEADER"])
@pytest.mark.parametrize("status", ["SCHEDULED", "IN_PROGRESS", "CANCELLED", "COMPLETED"])
def test_inspection_of_us_is_unknown_to_us_until_completed(
    world: World, role: str, status: str
) -> None:
    round_ = make_round(world.province, status=status)
    visit = make_visit(round_, world.tien_hoi)
    make_remedy(visit)
    user = make_user(role, world.dai_tu)
    known = status == "COMPLETED"
    assert Round.objects.visible_to(user).exists() is known
    assert Visit.objects.visible_to(user).exists() is known
    assert Remedy.objects.visible_to(user).exists() is known


def test_in_a_joint_round_each_unit_sees_its_own_visit(world: World) -> None:
    round_ = make_round(world.province)
    ours = make_visit(round_, world.tien_hoi)
    make_visit(round_, world.justice)
    user = make_user("INSPECTOR", world.dai_tu)
    assert list(Visit.objects.visible_to(user)) == [ours]
    assert list(Round.objects.editable_by(user)) == []


def test_reporter_reads_no_round_that_its_own_unit_conducts_before_completion(
    world: World,
) -> None:
    make_visit(make_round(world.dai_tu, status="SCHEDULED"), world.tien_hoi)
    assert not Round.objects.visible_to(make_user("REPORTER", world.dai_tu)).exists()


def test_admin_reads_no_records(world: World) -> None:
    make_remedy(make_visit(make_round(world.province), world.dai_tu))
    user = make_user("ADMIN", world.province)
    assert not Round.objects.visible_to(user).exists()
    assert not Remedy.objects.visible_to(user).exists()


def test_who_must_act_does_not_settle_its_own_remedy(world: World) -> None:
    remedy = make_remedy(make_visit(make_round(world.province), world.dai_tu))
    below = make_remedy(make_visit(make_round(world.province), world.tien_hoi))
    inspector: User = make_user(Role.INSPECTOR, world.dai_tu)
    reporter = make_user(Role.REPORTER, world.dai_tu)
    staff = make_user(Role.STAFF, world.province)
    assert not remedy.is_settled_by(inspector)
    assert below.is_settled_by(inspector)
    assert not remedy.is_settled_by(reporter)
    assert remedy.is_reported_by(reporter)
    assert remedy.is_settled_by(staff)


def test_own_round_does_not_let_who_must_act_settle(world: World) -> None:
    ours = make_remedy(make_visit(make_round(world.dai_tu), world.dai_tu))
    below = make_remedy(make_visit(make_round(world.dai_tu), world.tien_hoi))
    inspector = make_user(Role.INSPECTOR, world.dai_tu)
    assert not ours.is_settled_by(inspector)
    assert below.is_settled_by(inspector)
    assert ours.is_settled_by(make_user(Role.STAFF, world.province))


def test_staff_settle_what_was_asked_of_the_province_itself(world: World) -> None:
    by_own_body = make_remedy(make_visit(make_round(world.justice), world.province))
    by_others = make_remedy(make_visit(make_round(world.elsewhere), world.province))
    staff = make_user(Role.STAFF, world.province)
    assert by_own_body.is_settled_by(staff)
    assert not by_others.is_settled_by(staff)
    assert not by_own_body.is_settled_by(make_user(Role.INSPECTOR, world.province))
