"""Counting rule 7 (contract §4): what returns add, in small worlds worked out by hand.

Thái Nguyên (19) > huyện Đại Từ > xã Tiên Hội and, in most tests, a second commune, xã La Bằng.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reports.models import FIGURES, Return
from reports.rollups import Summary
from reports.rollups.returns import Reported, Returns
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_unit,
    make_visit,
)
from tests.reports.test_rollups import DEC_31, JAN_1, summary_of
from units.models import Unit

JUN_30, JUL_1 = date(2023, 6, 30), date(2023, 7, 1)


@pytest.fixture
def la_bang(world: World) -> Unit:
    """A second commune of huyện Đại Từ."""
    return make_unit("05800", "Xã La Bằng", world.dai_tu, kind="COMMUNE")


def adding(summary: Summary, key: str) -> dict[int, int]:
    """How much each return adds to a figure, by key of the return."""
    return {each.source.pk: each.amount for each in summary[key].contributions}


def levels(summary: Summary) -> dict[str, int]:
    """Rounds by level, without the levels that have none."""
    values = {
        key.removeprefix("rounds.by_level."): figure.value
        for key, figure in summary.figures.items()
        if ".by_level." in key
    }
    return {kind: number for kind, number in values.items() if number}


def reasons(summary: Summary) -> dict[int, str]:
    """Why each left-out return adds nothing."""
    return {each.source.pk: each.reason for each in summary.left_out}


def log(body: Unit, unit: Unit, times: int = 1, day: date = JAN_1, **fields: Any) -> None:
    """So many logged surprise rounds of one visit each."""
    for _ in range(times):
        make_visit(make_round(body, day, **fields), unit)


# --- One return ----------------------------------------------------------------------------


def test_what_is_logged_is_not_counted_again(world: World) -> None:
    """10 visits reported; 4 logged by the district and 1 by its commune: 10 − 5 are added."""
    log(world.dai_tu, world.tien_hoi, 4)
    log(world.tien_hoi, world.tien_hoi)
    source = make_return(world.dai_tu, JAN_1, DEC_31, visits=10)
    summary = summary_of(world.province)
    visits = summary["visits.total"]
    assert (visits.logged, visits.unlogged, visits.value) == (5, 5, 10)
    assert adding(summary, "visits.total") == {source.pk: 5}


def test_rounds_that_others_conduct_at_the_unit_are_not_its_own(world: World) -> None:
    """The province visited the district 4 times; that is no part of the district's 10."""
    log(world.province, world.dai_tu, 4)
    make_return(world.dai_tu, JAN_1, DEC_31, visits=10)
    assert summary_of(world.province).value("visits.total") == 14


def test_only_what_is_logged_in_the_days_of_the_return_is_taken_off(world: World) -> None:
    """3 logged in the first half, 2 in the second; 10 reported for the first: 5 + (10 − 3)."""
    log(world.dai_tu, world.tien_hoi, 3, JUN_30)
    log(world.dai_tu, world.tien_hoi, 2, JUL_1)
    make_return(world.dai_tu, JAN_1, JUN_30, visits=10)
    assert summary_of(world.province).value("visits.total") == 12


def test_a_return_below_what_is_logged_adds_nothing_and_lowers_nothing(world: World) -> None:
    log(world.dai_tu, world.tien_hoi, 5)
    source = make_return(world.dai_tu, JAN_1, DEC_31, visits=3)
    summary = summary_of(world.province)
    assert summary.value("visits.total") == 5
    assert "đã ghi nhận từng cuộc" in reasons(summary)[source.pk]


def test_each_figure_goes_by_itself(world: World) -> None:
    """5 surprise rounds logged. Reported: 3 surprise (nothing beyond), 4 planned, visits blank."""
    log(world.dai_tu, world.tien_hoi, 5)
    source = make_return(world.dai_tu, JAN_1, DEC_31, rounds_surprise=3, rounds_planned=4)
    summary = summary_of(world.province)
    assert summary.value("rounds.by_form.SURPRISE") == 5
    assert summary.value("rounds.by_form.PLANNED") == 4
    assert summary.value("rounds.total") == 9
    assert summary.value("visits.total") == 5
    assert summary.left_out == ()
    assert adding(summary, "rounds.total") == {source.pk: 4}
    assert levels(summary) == {"DISTRICT": 9}


def test_units_and_people_are_taken_off_as_often_as_they_are_distinct(world: World) -> None:
    """Tiên Hội, visited twice, is 1 unit with findings and 1 reviewed; Lê A is 1 person."""
    for body in (world.dai_tu, world.tien_hoi):
        visit = make_visit(make_round(body), world.tien_hoi)
        make_finding(visit)
        make_remedy(visit, kind="REVIEW", subject="INDIVIDUAL", person_name="Lê A")
        make_remedy(visit, kind="DISCIPLINE", subject="INDIVIDUAL")
        make_remedy(visit, kind="EXPLAIN_RECTIFY")
        make_remedy(visit, kind="REMIND")
    reported = (
        "finding_units",
        "review_units",
        "review_people",
        "discipline_people",
        "explain_rectify_units",
        "remind_units",
    )
    make_return(world.dai_tu, JAN_1, DEC_31, **dict.fromkeys(reported, 10))
    summary = summary_of(world.province)
    by_kind = "remedies.by_kind"
    unlogged = {
        "findings.units": 9,
        f"{by_kind}.REVIEW.units": 9,
        f"{by_kind}.REVIEW.people": 9,
        f"{by_kind}.DISCIPLINE.people": 8,  # two without a name are two
        f"{by_kind}.EXPLAIN_RECTIFY.units": 9,
        f"{by_kind}.REMIND.units": 9,
    }
    found = {key: each.unlogged for key, each in summary.figures.items() if each.unlogged}
    assert found == unlogged
    assert all(summary.value(key) == 10 for key in unlogged)
    assert summary.value(f"{by_kind}.DISCIPLINE.units") == 1


# --- Superior and subordinates -------------------------------------------------------------


def test_a_superiors_figure_does_not_come_on_top(world: World, la_bang: Unit) -> None:
    """District 20, communes 5 and 7: 20 in all, of which the district itself adds 8."""
    district = make_return(world.dai_tu, JAN_1, DEC_31, rounds_planned=20)
    one = make_return(world.tien_hoi, JAN_1, DEC_31, rounds_planned=5)
    two = make_return(la_bang, JAN_1, DEC_31, rounds_planned=7)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 20
    assert adding(summary, "rounds.total") == {district.pk: 8, one.pk: 5, two.pk: 7}
    assert levels(summary) == {"DISTRICT": 8, "COMMUNE": 12}


def test_a_superiors_figure_never_lowers_its_subordinates(world: World, la_bang: Unit) -> None:
    """District 10, communes 5 and 7: 12."""
    district = make_return(world.dai_tu, JAN_1, DEC_31, rounds_planned=10)
    make_return(world.tien_hoi, JAN_1, DEC_31, rounds_planned=5)
    make_return(la_bang, JAN_1, DEC_31, rounds_planned=7)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 12
    assert levels(summary) == {"COMMUNE": 12}
    assert "trực thuộc" in reasons(summary)[district.pk]


def test_what_a_subordinate_logs_is_taken_off_its_superiors_return_too(world: World) -> None:
    """Commune: 6 logged, 8 reported, so 2 beyond. District: 20 − 6 = 14 beyond, 2 of them theirs.

    In all 6 + 14 = 20, as the district says.
    """
    log(world.tien_hoi, world.tien_hoi, 6)
    commune = make_return(world.tien_hoi, JAN_1, DEC_31, visits=8)
    district = make_return(world.dai_tu, JAN_1, DEC_31, visits=20)
    summary = summary_of(world.province)
    assert summary.value("visits.total") == 20
    assert adding(summary, "visits.total") == {district.pk: 12, commune.pk: 2}


def test_three_levels(world: World, la_bang: Unit) -> None:
    """Province 30 > district 20 > communes 5 + 7; a department beside them reports 4.

    District 20. Below the province 20 + 4 = 24; the province adds 6.
    """
    province = make_return(world.province, JAN_1, DEC_31, rounds_planned=30)
    district = make_return(world.dai_tu, JAN_1, DEC_31, rounds_planned=20)
    make_return(world.tien_hoi, JAN_1, DEC_31, rounds_planned=5)
    make_return(la_bang, JAN_1, DEC_31, rounds_planned=7)
    make_return(world.justice, JAN_1, DEC_31, rounds_planned=4)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 30
    assert levels(summary) == {"PROVINCE": 6, "DEPARTMENT": 4, "DISTRICT": 8, "COMMUNE": 12}
    contributions = adding(summary, "rounds.total")
    assert contributions[province.pk] == 6
    assert contributions[district.pk] == 8


def test_a_level_without_a_return_is_passed_over(world: World, la_bang: Unit) -> None:
    """Province 30 over communes 5 + 7, no return of the district: 30, of which 18 its own."""
    make_return(world.province, JAN_1, DEC_31, rounds_planned=30)
    make_return(world.tien_hoi, JAN_1, DEC_31, rounds_planned=5)
    make_return(la_bang, JAN_1, DEC_31, rounds_planned=7)
    assert levels(summary_of(world.province)) == {"PROVINCE": 18, "COMMUNE": 12}


# --- Periods within and across each other ----------------------------------------------------


def test_returns_of_other_days_come_on_top(world: World) -> None:
    """District, first half: 20. Commune, quarters: 5 and 6 within it, 4 after it. 20 + 4 = 24."""
    district = make_return(world.dai_tu, JAN_1, JUN_30, rounds_planned=20)
    make_return(world.tien_hoi, JAN_1, date(2023, 3, 31), rounds_planned=5)
    make_return(world.tien_hoi, date(2023, 4, 1), JUN_30, rounds_planned=6)
    later = make_return(world.tien_hoi, JUL_1, date(2023, 9, 30), rounds_planned=4)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 24
    contributions = adding(summary, "rounds.total")
    assert contributions[district.pk] == 20 - 11
    assert contributions[later.pk] == 4
    assert levels(summary) == {"DISTRICT": 9, "COMMUNE": 15}


def test_each_of_several_returns_is_weighed_by_itself(world: World) -> None:
    """First half: district 8, commune 5. Second: district 2, commune 3. max(5, 8) + max(3, 2)."""
    first = make_return(world.dai_tu, JAN_1, JUN_30, visits=8)
    second = make_return(world.dai_tu, JUL_1, DEC_31, visits=2)
    make_return(world.tien_hoi, JAN_1, JUN_30, visits=5)
    make_return(world.tien_hoi, JUL_1, DEC_31, visits=3)
    summary = summary_of(world.province)
    assert summary.value("visits.total") == 11
    assert adding(summary, "visits.total")[first.pk] == 3
    assert second.pk in reasons(summary)


def test_a_return_across_its_superiors_is_left_out(world: World) -> None:
    """District, first half: 20. Commune, April to September: 10, of which nobody knows the halves.

    with = 20 + 0, without the district's 10: 20. By level the rule gives the commune its 10.
    """
    district = make_return(world.dai_tu, JAN_1, JUN_30, rounds_planned=20)
    commune = make_return(world.tien_hoi, date(2023, 4, 1), date(2023, 9, 30), rounds_planned=10)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 20
    assert adding(summary, "rounds.total") == {district.pk: 20}
    assert levels(summary) == {"DISTRICT": 10, "COMMUNE": 10}
    assert "Trùng ngày với số liệu của cấp trên" in reasons(summary)[commune.pk]
    assert "Huyện Đại Từ" in reasons(summary)[commune.pk]


def test_a_greater_return_across_its_superiors_counts_instead(world: World) -> None:
    """District, first half: 6. Commune, April to September: 10. max(6, 10)."""
    district = make_return(world.dai_tu, JAN_1, JUN_30, rounds_planned=6)
    make_return(world.tien_hoi, date(2023, 4, 1), date(2023, 9, 30), rounds_planned=10)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 10
    assert levels(summary) == {"COMMUNE": 10}
    assert "trực thuộc báo cáo cho cả kỳ" in reasons(summary)[district.pk]


def test_leaving_out_reaches_through_all_levels(world: World) -> None:
    """Province Q2: 7. District, first half: 20, across it. Commune, May: 3, in both.

    Province: with = max(3, 7) + nothing of the rest, which shares days with Q2 = 7.
    Without it: the district's 20, over the commune's 3 within it. max(7, 20) = 20.
    """
    province = make_return(world.province, date(2023, 4, 1), JUN_30, rounds_planned=7)
    make_return(world.dai_tu, JAN_1, JUN_30, rounds_planned=20)
    make_return(world.tien_hoi, date(2023, 5, 1), date(2023, 5, 31), rounds_planned=3)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 20
    assert levels(summary) == {"DISTRICT": 17, "COMMUNE": 3}
    assert province.pk in reasons(summary)


def test_a_window_leaves_out_only_what_shares_its_days(world: World, la_bang: Unit) -> None:
    """Province, first half: 9. Commune one, Q2: 4. Commune two, Q3: 6. District, year: 5.

    Within the half: 4, and the province's 9 counts. The rest: the district's year shares days and
    is left out, the second commune's Q3 stays: 9 + 6 = 15. Without the province: the district's
    year holds both communes, max(10, 5) = 10. So 15, and by level province 5, communes 10.
    """
    make_return(world.province, JAN_1, JUN_30, rounds_planned=9)
    make_return(world.tien_hoi, date(2023, 4, 1), JUN_30, rounds_planned=4)
    make_return(la_bang, JUL_1, date(2023, 9, 30), rounds_planned=6)
    year = make_return(world.dai_tu, JAN_1, DEC_31, rounds_planned=5)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 15
    assert levels(summary) == {"PROVINCE": 5, "COMMUNE": 10}
    assert set(reasons(summary)) == {year.pk}


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (date(2022, 12, 31), DEC_31, 0),
        (JAN_1, date(2024, 1, 1), 0),
        (JAN_1, DEC_31, 5),
        (date(2022, 1, 1), date(2022, 12, 31), 0),
    ],
)
def test_a_return_reaching_outside_the_period_is_left_out(
    world: World, first: date, last: date, counted: int
) -> None:
    source = make_return(world.dai_tu, first, last, visits=5)
    summary = summary_of(world.province)
    assert summary.value("visits.total") == counted
    shares_a_day = last >= JAN_1
    assert (source.pk in reasons(summary)) is (shares_a_day and not counted)
    assert all("vượt ra ngoài kỳ" in reason for reason in reasons(summary).values())


@pytest.mark.parametrize(
    ("status", "word"),
    [("DRAFT", "đang lập"), ("SUBMITTED", "chưa được chấp nhận"), ("SENT_BACK", "bị trả lại")],
)
def test_only_accepted_returns_count(world: World, status: str, word: str) -> None:
    source = make_return(world.dai_tu, JAN_1, DEC_31, visits=5, status=status, reason="Thiếu")
    summary = summary_of(world.province)
    assert summary.value("visits.total") == 0
    assert word in reasons(summary)[source.pk]


def test_an_empty_return_says_so(world: World) -> None:
    source = make_return(world.dai_tu, JAN_1, DEC_31, visits=0)
    assert "lớn hơn 0" in reasons(summary_of(world.province))[source.pk]


# --- Lineages ------------------------------------------------------------------------------


def test_members_of_a_lineage_are_added(world: World) -> None:
    """Both old provinces reported for 2023; the new one is neither's superior: 20 + 30."""
    bac_kan = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2025, 6, 30))
    new = make_unit("99", "Tỉnh Mới", valid_from=date(2025, 7, 1))
    make_succession(bac_kan, new)
    make_succession(world.province, new)
    make_return(world.province, JAN_1, DEC_31, visits=20)
    make_return(bac_kan, JAN_1, DEC_31, visits=30)
    # What the successor's return says for later days belongs to another tree.
    make_return(new, date(2025, 7, 1), date(2025, 12, 31), visits=100)
    assert summary_of(new, boundaries_on=date(2025, 7, 1)).value("visits.total") == 50
    whole = summary_of(new, last=date(2025, 12, 31))
    assert whole.value("visits.total") == 150


def test_logged_in_rule_7_goes_by_the_tree_and_not_by_the_lineage(world: World) -> None:
    """The merged province reports 10 for its half year; 4 of the old one's are of other days."""
    new = make_unit("99", "Tỉnh Mới", valid_from=date(2023, 7, 1))
    make_succession(world.province, new, date(2023, 7, 1))
    # A team of the old district finished in July what it had begun in June.
    log(world.dai_tu, world.tien_hoi, 4, JUL_1, starts_on=JUN_30)
    make_return(new, JUL_1, DEC_31, visits=10)
    assert summary_of(new).value("visits.total") == 14


# --- Arithmetic ----------------------------------------------------------------------------


def _reported(pk: int, path: str, first: date, last: date, number: int) -> Reported:
    return Reported(pk, pk, path, first, last, (number,) * len(FIGURES))


def test_parts_always_add_up_to_the_total() -> None:
    """A window cut in two may hold more than the whole: the rule's maximum is then the cut one.

    U (path 1/) has Q1 and Q2; c under it has January: 1, and March–April: 0, across both; d under
    c has 15 February – 15 March: 9.
    Whole: c has January 1 and March–April 0; d's return shares days with the latter and is left
    out: max(1 + 0, 9) = 9. In Q1: c has January alone, so 1 + 9 = 10. U's quarters make 10 of 9.
    """
    returns = Returns(
        [
            _reported(1, "1/", JAN_1, date(2023, 3, 31), 2),
            _reported(2, "1/", date(2023, 4, 1), JUN_30, 0),
            _reported(3, "1/2/", JAN_1, date(2023, 1, 31), 1),
            _reported(4, "1/2/", date(2023, 3, 1), date(2023, 4, 30), 0),
            _reported(5, "1/2/3/", date(2023, 2, 15), date(2023, 3, 15), 9),
        ]
    )
    assert returns.total()[0] == 10
    assert {pk: vector[0] for pk, vector in returns.contributions().items()} == {3: 1, 5: 9}
    shares = returns.contributions_by_level()
    assert {pk: vector[0] for pk, vector in shares.items()} == {1: 1, 5: 9}
    assert sum(vector[0] for vector in returns.shares().values()) == 10


def test_many_returns_are_weighed_quickly() -> None:
    """A province of 300 communes, all reporting every month, over the years: no explosion."""
    months = [(date(2023, month, 1), date(2023, month, 28)) for month in range(1, 13)]
    returns = [
        _reported(index * 100 + month, path, first, last, number)
        for index, (path, number) in enumerate(
            [("1/", 900)]
            + [(f"1/{district}/", 80) for district in range(10, 20)]
            + [(f"1/{district}/{c}/", 2) for district in range(10, 20) for c in range(100, 130)]
        )
        for month, (first, last) in enumerate(months)
    ]
    weighed = Returns(returns)
    assert weighed.total()[0] == 900 * 12
    assert sum(vector[0] for vector in weighed.contributions().values()) == 900 * 12


def test_the_order_of_figures_is_that_of_the_model() -> None:
    source = Return(**{figure: place for place, figure in enumerate(FIGURES)})
    assert source.figures() == tuple(range(12))
