"""Draws for surprise rounds: repeated from their seed, kept, and known to nobody else."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from congvu.models import Event
from inspections.models import Plan, PlanItem
from reports.models import Draw, Proposal, draw_places
from tests.conftest import World, client_of
from tests.factories import make_draft, make_item, make_unit, make_user
from units.models import Unit

pytestmark = pytest.mark.django_db

SEED = "72 15 08 44"
# The first digits of SHA-256 of "72 15 08 44:CODE": 6f64… for 05809, d5b3… for 171, ef0f… for
# 19.STP; worked out with another program.
ORDER = ["05809", "171", "19.STP"]


@pytest.fixture
def plan(world: World) -> Plan:
    return make_draft(world.province, year=2026)


@pytest.fixture
def user(world: World) -> User:
    return make_user("STAFF", world.province)


def draw_of(plan: Plan, units: list[Unit], by: User, **fields: Any) -> Draw:
    return Draw.make(
        Proposal.of(plan), lambda: units, by=by, **{"number": 1, "seed": SEED, **fields}
    )


@pytest.fixture
def units(world: World) -> list[Unit]:
    return [world.justice, world.dai_tu, world.tien_hoi]


def test_the_order_is_that_of_the_published_rule(plan: Plan, units: list[Unit], user: User) -> None:
    draw = draw_of(plan, units, user, number=2)
    assert [each.code for each in draw.places] == ORDER
    assert [each.digest[:4] for each in draw.places] == ["6f64", "d5b3", "ef0f"]
    assert [each.is_drawn for each in draw.places] == [True, True, False]
    digest = hashlib.sha256(f"{SEED}:05809".encode()).hexdigest()
    assert draw.places[0].digest == digest


def test_the_same_seed_and_pool_draw_the_same_whatever_the_order_of_the_pool(
    plan: Plan, units: list[Unit], user: User
) -> None:
    first = draw_of(plan, units, user, number=2)
    second = draw_of(plan, units[::-1], user, number=2, reason="Thử lại")
    assert first.drawn_ids == second.drawn_ids
    assert first.pool != second.pool


def test_a_draw_stays_what_it_was_when_units_change(
    plan: Plan, units: list[Unit], user: User
) -> None:
    draw = draw_of(plan, units, user, number=2)
    before = draw.places
    Unit.objects.filter(code="171").update(code="999")
    make_unit("0", "Xã Mới", units[0].parent)
    assert Draw.objects.get(pk=draw.pk).places == before


def test_every_unit_is_drawn_about_as_often_as_the_others() -> None:
    pool = [(number, f"{number:05}") for number in range(10)]
    times = [0] * 10
    for seed in range(2000):
        for each in draw_places(pool, str(seed), 3):
            times[each.unit_id] += each.is_drawn
    # 600 of 2,000 each on average; 5 standard deviations are 103.
    assert all(497 < each < 703 for each in times)


def test_without_a_seed_one_is_made_that_nobody_has_seen(
    plan: Plan, units: list[Unit], user: User
) -> None:
    first = draw_of(plan, units, user, seed="")
    second = draw_of(plan, units, user, seed="", reason="Lần nữa")
    assert re.fullmatch("[0-9a-f]{32}", first.seed)
    assert first.seed != second.seed


@pytest.mark.parametrize(
    ("number", "count", "field"), [(4, 3, "number"), (0, 3, "number"), (1, 0, "number")]
)
def test_more_than_there_are_none_or_from_nothing_is_refused(
    plan: Plan, units: list[Unit], user: User, number: int, count: int, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        draw_of(plan, units[:count], user, number=number)
    assert list(refused.value.message_dict) == [field]
    assert not Draw.objects.exists()


def test_draws_are_added_and_never_changed(plan: Plan, units: list[Unit], user: User) -> None:
    draw = draw_of(plan, units, user)
    draw.seed = "khác"
    for deed in (
        draw.save,
        draw.delete,
        Draw.objects.all().delete,
        lambda: Draw.objects.update(seed="khác"),
    ):
        with pytest.raises(TypeError):
            deed()


def test_a_second_draw_needs_a_reason_and_both_are_told(
    plan: Plan, units: list[Unit], user: User
) -> None:
    draw_of(plan, units, user)
    with pytest.raises(ValidationError) as refused:
        draw_of(plan, units, user, seed="khác")
    assert "hãy ghi lý do bốc lại" in refused.value.message_dict["reason"][0]
    draw_of(plan, units, user, seed="khác", reason="Đơn vị vừa bị bão")
    assert [each.position for each in Draw.objects.all()] == [1, 2]
    notes = [each.note for each in Event.objects.of(plan)]
    assert notes == [
        f"Lần 1: 1/3 đơn vị, chuỗi “{SEED}”.",
        "Lần 2: 1/3 đơn vị, chuỗi “khác”. Đơn vị vừa bị bão",
    ]


def test_a_plan_that_was_submitted_draws_no_more(
    plan: Plan, world: World, units: list[Unit], user: User
) -> None:
    make_item(plan, world.dai_tu)
    plan.submit(user)
    with pytest.raises(ValidationError, match="không còn là dự thảo"):
        draw_of(plan, units, user)


# --- pages -------------------------------------------------------------------------------------


def test_the_page_draws_from_what_is_not_in_the_plan(
    plan: Plan, world: World, staff: Client
) -> None:
    make_item(plan, world.tien_hoi)
    address = f"/plans/{plan.pk}/draw/"
    assert "<b>2 đơn vị</b>" in staff.get(address).content.decode()
    answer = staff.post(address, {"number": "1", "seed": f"  {SEED} "})
    draw = Draw.objects.get()
    assert answer.headers["Location"] == draw.get_absolute_url()
    # The first of the two that are left: Đại Từ before Sở Tư pháp.
    assert (draw.seed, draw.drawn_ids) == (SEED, [world.dai_tu.pk])
    page = staff.get(f"/draws/{draw.pk}/?check=1").content.decode()
    for code in ("171", "19.STP"):
        assert hashlib.sha256(f"{SEED}:{code}".encode()).hexdigest() in page
    assert page.count("Được bốc") == 1


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4", "Danh sách chỉ có 3 đơn vị nên không bốc được 4"),
        ("0", "không nhỏ hơn 1"),
        ("", "id_number"),
        ("99999999999999999999", "Danh sách chỉ có 3 đơn vị"),
    ],
)
def test_a_number_that_cannot_be_drawn_is_refused_in_words(
    plan: Plan, world: World, staff: Client, number: str, sentence: str
) -> None:
    answer = staff.post(f"/plans/{plan.pk}/draw/", {"number": number, "seed": SEED})
    assert answer.status_code == 200
    content = answer.content.decode()
    assert sentence in content
    assert f'value="{SEED}"' in content
    assert not Draw.objects.exists()


def test_where_nothing_is_left_the_page_says_so(
    plan: Plan, units: list[Unit], staff: Client
) -> None:
    for unit in units:
        make_item(plan, unit)
    page = staff.get(f"/plans/{plan.pk}/draw/").content.decode()
    assert "Không còn đơn vị nào để bốc thăm" in page
    assert 'name="number"' not in page


def test_what_was_drawn_becomes_surprise_rounds_that_are_not_announced(
    plan: Plan, world: World, units: list[Unit], staff: Client, user: User
) -> None:
    draw = draw_of(plan, units, user, number=2)
    # Somebody else has put one of them into the plan since.
    make_item(plan, world.tien_hoi, month=2)
    address = f"/draws/{draw.pk}/add/"
    answer = staff.post(address, {"first_month": "7", "last_month": "8"}, follow=True)
    (item,) = PlanItem.objects.filter(plan=plan, form="SURPRISE")
    assert (item.unit, item.announced, item.first_day) == (world.dai_tu, False, date(2026, 8, 1))
    told = [str(message) for message in answer.context["messages"]]
    assert "Không thêm Xã Tiên Hội: đã có trong kế hoạch." in told


def test_what_was_drawn_and_added_is_told_and_offered_no_more(
    plan: Plan, world: World, units: list[Unit], staff: Client, user: User
) -> None:
    draw = draw_of(plan, units, user, number=2)
    address = f"/draws/{draw.pk}/"
    assert "Đưa 2 đơn vị vào dự thảo</button>" in staff.get(address).content.decode()
    make_item(plan, world.tien_hoi)
    assert "Đưa 1 đơn vị vào dự thảo</button>" in staff.get(address).content.decode()
    staff.post(f"{address}add/", {"first_month": "7", "last_month": "8"})
    page = staff.get(address).content.decode()
    assert "Mọi đơn vị được bốc đã có mục trong" in page
    assert "vào dự thảo</button>" not in page


def test_leaders_of_the_issuer_read_proposal_and_draw_and_change_nothing(
    plan: Plan, world: World, units: list[Unit], user: User, leader: Client
) -> None:
    draw = draw_of(plan, units, user)
    assert f"/plans/{plan.pk}/proposal/" in leader.get(plan.get_absolute_url()).content.decode()
    page = leader.get(f"/plans/{plan.pk}/proposal/").content.decode()
    assert draw.get_absolute_url() in page
    assert "Bạn xem được đề xuất" in page
    page += leader.get(f"{draw.get_absolute_url()}?check=1").content.decode()
    assert hashlib.sha256(f"{SEED}:05809".encode()).hexdigest() in page
    for deed in ("Đổi trọng số", "vào dự thảo</button>", 'name="unit"', ">Bốc thăm</a>"):
        assert deed not in page
    for address in ("proposal", "proposal/add", "draw"):
        assert leader.post(f"/plans/{plan.pk}/{address}/").status_code in (403, 404)
    assert leader.get(f"/plans/{plan.pk}/draw/").status_code == 403
    # A leader below the issuer is none of it.
    below = client_of(make_user("LEADER", world.dai_tu))
    assert below.get(draw.get_absolute_url()).status_code == 404
    assert below.get(f"/plans/{plan.pk}/proposal/").status_code == 404


def test_a_draw_is_known_to_nobody_but_staff_and_leaders_of_the_issuer(
    plan: Plan, units: list[Unit], user: User, inspector: Client, reporter: Client,
    outsider: Client, admin: Client, world: World,
) -> None:  # fmt: skip
    draw = draw_of(plan, units, user)
    provincial = client_of(make_user("INSPECTOR", world.province))
    for client in (inspector, provincial, reporter, outsider, admin):
        assert client.get(f"/draws/{draw.pk}/").status_code == 404
        assert client.post(f"/draws/{draw.pk}/add/").status_code == 404
        assert client.get(f"/plans/{plan.pk}/draw/").status_code in (403, 404)
        assert client.get(f"/plans/{plan.pk}/proposal/").status_code in (403, 404)


def test_ten_times_the_pool_asks_no_more_queries(
    plan: Plan, world: World, units: list[Unit], user: User, staff: Client
) -> None:
    def asked(draw: Draw) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(f"/draws/{draw.pk}/?check=1").status_code == 200
        return len(queries)

    before = asked(draw_of(plan, units, user))
    more = [make_unit(f"X{n:03}", f"Xã {n}", world.province, kind="COMMUNE") for n in range(40)]
    after = asked(draw_of(plan, more, user, number=30, reason="Thêm đơn vị"))
    assert after == before <= 15
    with CaptureQueriesContext(connection) as queries:
        staff.get(f"/plans/{plan.pk}/draw/")
    assert len(queries) <= 15
