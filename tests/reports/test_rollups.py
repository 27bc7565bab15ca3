"""Counting rules 1–6 and 9 (contract §4) in small worlds worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from findings.models import Category, RemedyKind, Severity
from reports.rollups import Question, QuestionError, Summary, ask, period_of, summarize
from tests.conftest import World
from tests.factories import (
    make_finding,
    make_remedy,
    make_return,
    make_round,
    make_succession,
    make_unit,
    make_user,
    make_visit,
)
from units.models import FormerName, Unit

JAN_1, DEC_31 = date(2023, 1, 1), date(2023, 12, 31)


def question(unit: Unit, first: date = JAN_1, last: date = DEC_31, **options: Any) -> Question:
    """The question about a unit, asked by its code as everybody asks it."""
    return ask(unit.code, period_of(first, last), **options)


def summary_of(unit: Unit, first: date = JAN_1, last: date = DEC_31, **options: Any) -> Summary:
    """The summary of a unit; 2023 unless told otherwise."""
    return summarize(question(unit, first, last, **options))


# --- Rule 1 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counted"),
    [
        (date(2022, 12, 31), date(2022, 12, 31), 0),
        (date(2022, 12, 20), date(2023, 1, 1), 1),  # the last day decides, and the first is in
        (date(2023, 12, 31), date(2023, 12, 31), 1),
        (date(2023, 12, 31), date(2024, 1, 1), 0),
    ],
)
def test_a_round_counts_by_its_last_day(
    world: World, starts_on: date, ends_on: date, counted: int
) -> None:
    make_visit(make_round(world.dai_tu, starts_on=starts_on, ends_on=ends_on), world.tien_hoi)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == counted
    assert summary.value("visits.total") == counted


@pytest.mark.parametrize("status", ["SCHEDULED", "IN_PROGRESS", "CANCELLED"])
def test_a_round_that_is_not_completed_counts_nowhere(world: World, status: str) -> None:
    visit = make_visit(make_round(world.dai_tu, status=status), world.tien_hoi)
    make_remedy(visit, finding=make_finding(visit))
    summary = summary_of(world.province)
    assert not any(figure.value for figure in summary.figures.values())


# --- Rules 2 and 3 -------------------------------------------------------------------------


def test_only_rounds_conducted_by_the_unit_or_under_it_count(world: World) -> None:
    make_visit(make_round(world.province), world.tien_hoi)
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_visit(make_round(world.elsewhere), world.tien_hoi)
    assert summary_of(world.province).value("rounds.total") == 2
    assert summary_of(world.dai_tu).value("rounds.total") == 1
    assert summary_of(world.tien_hoi).value("rounds.total") == 0


def test_level_is_the_kind_of_the_inspecting_body(world: World) -> None:
    for body in (world.province, world.justice, world.dai_tu, world.dai_tu):
        make_visit(make_round(body), world.tien_hoi)
    summary = summary_of(world.province)
    levels = {key: figure.value for key, figure in summary.figures.items() if "by_level" in key}
    assert levels == {
        "rounds.by_level.PROVINCE": 1,
        "rounds.by_level.DEPARTMENT": 1,
        "rounds.by_level.DISTRICT": 2,
        "rounds.by_level.COMMUNE": 0,
        "rounds.by_level.PUBLIC_SERVICE_UNIT": 0,
        "rounds.by_level.DIVISION": 0,
    }


def test_a_merged_province_covers_the_years_before(world: World) -> None:
    """Old Thái Nguyên and Bắc Kạn became new Thái Nguyên, which took the code 19."""
    Unit.objects.filter(path__startswith=world.province.path).update(valid_to=date(2025, 6, 30))
    bac_kan = make_unit("06", "Tỉnh Bắc Kạn", valid_to=date(2025, 6, 30))
    ba_be = make_unit("064", "Huyện Ba Bể", bac_kan, valid_to=date(2025, 6, 30))
    new = make_unit("19", "Tỉnh Thái Nguyên", valid_from=date(2025, 7, 1))
    make_succession(Unit.objects.get(pk=world.province.pk), new)
    make_succession(bac_kan, new)
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_visit(make_round(ba_be), ba_be)

    today = summary_of(new, boundaries_on=date(2026, 1, 1))
    assert today.value("rounds.total") == 2
    assert today.question.unit == new
    then = summary_of(world.province)
    assert then.question.unit == world.province
    assert then.value("rounds.total") == 1


def test_a_code_that_changed_its_owner_means_who_bore_it(world: World) -> None:
    """44 was Quảng Bình's and is new Quảng Trị's; old Quảng Trị had 45."""
    quang_binh = make_unit("44", "Tỉnh Quảng Bình", valid_to=date(2025, 6, 30))
    quang_tri = make_unit("45", "Tỉnh Quảng Trị", valid_to=date(2025, 6, 30))
    new = make_unit("44", "Tỉnh Quảng Trị", valid_from=date(2025, 7, 1))
    make_succession(quang_binh, new)
    make_succession(quang_tri, new)
    for body, number in ((quang_binh, 1), (quang_tri, 2)):
        for _ in range(number):
            make_visit(make_round(body), body)
    make_visit(make_round(new, date(2025, 9, 1)), new)

    whole = ask("44", period_of(JAN_1, date(2025, 12, 31)))
    assert whole.unit == new
    assert summarize(whole).value("rounds.total") == 4
    assert summary_of(quang_binh).value("rounds.total") == 1
    with pytest.raises(Unit.DoesNotExist, match=r"Quảng Trị \(đến 30/06/2025\)"):
        ask("45", period_of(JAN_1, date(2025, 12, 31)))


def test_a_split_unit_is_counted_by_its_main_heir_alone(world: World) -> None:
    old = make_unit("05000", "Xã Cũ", kind="COMMUNE", valid_to=date(2025, 6, 30))
    main = make_unit("05001", "Xã Chính", kind="COMMUNE", valid_from=date(2025, 7, 1))
    other = make_unit("05002", "Xã Phụ", kind="COMMUNE", valid_from=date(2025, 7, 1))
    make_succession(old, main, kind="SPLIT")
    make_succession(old, other, kind="SPLIT", is_main=False)
    make_visit(make_round(old), old)
    on = date(2025, 7, 1)
    assert summary_of(main, boundaries_on=on).value("rounds.total") == 1
    assert summary_of(other, boundaries_on=on).value("rounds.total") == 0


def test_a_predecessor_standing_under_another_is_not_counted_twice(world: World) -> None:
    """The province stands for itself, and for the district that was merged into it."""
    Unit.objects.filter(pk=world.dai_tu.pk).update(valid_to=date(2023, 6, 30))
    make_succession(world.dai_tu, world.province, date(2023, 7, 1))
    make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_return(world.dai_tu, JAN_1, date(2023, 6, 30), rounds_surprise=3)
    # 1 logged and 3 − 1 reported beyond it.
    assert summary_of(world.province).value("rounds.total") == 3


def test_nothing_outside_the_askers_scope_is_counted(world: World) -> None:
    """A commune of another province merged into one of ours: its past is not ours to see."""
    theirs = make_unit("06000", "Xã Láng Giềng", world.elsewhere_district, kind="COMMUNE")
    make_succession(theirs, world.tien_hoi)
    make_visit(make_round(theirs), theirs)
    assert summary_of(world.tien_hoi).value("rounds.total") == 1
    insider = make_user("STAFF", world.province)
    assert summary_of(world.tien_hoi, person=insider).value("rounds.total") == 0
    with pytest.raises(Unit.DoesNotExist):
        summary_of(world.elsewhere, person=insider)


# --- Rules 4 and 5 -------------------------------------------------------------------------


def test_rounds_visits_and_units_are_three_things(world: World) -> None:
    """Two rounds, three visits, two units: Tiên Hội was visited twice."""
    first, second = make_round(world.dai_tu), make_round(world.province)
    make_visit(first, world.tien_hoi)
    make_visit(second, world.tien_hoi)
    make_visit(second, world.justice)
    summary = summary_of(world.province)
    assert summary.value("rounds.total") == 2
    assert summary.value("visits.total") == 3
    assert summary.value("visits.units") == 2


def test_findings_by_category_severity_and_units(world: World) -> None:
    one = make_visit(make_round(world.province), world.tien_hoi)
    two = make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_visit(make_round(world.dai_tu), world.justice)  # nothing found there
    make_finding(one, category=Category.PUBLICITY, severity=Severity.VIOLATION)
    make_finding(one, category=Category.PUBLICITY)
    make_finding(two, category=Category.OTHER)
    summary = summary_of(world.province)
    assert summary.value("findings.total") == 3
    assert summary.value("findings.by_category.PUBLICITY") == 2
    assert summary.value("findings.by_category.OTHER") == 1
    assert summary.value("findings.by_category.ATTITUDE") == 0
    assert summary.value("findings.by_severity.VIOLATION") == 1
    assert summary.value("findings.by_severity.SHORTCOMING") == 2
    assert summary.value("findings.units") == 1


def test_one_name_in_one_unit_is_one_person_however_spelled(world: World) -> None:
    """Người ở Tiên Hội: Đỗ Thị Hòa (4 spellings), Lê A, one without a name, one more without.

    At Sở Tư pháp another Đỗ Thị Hòa. 4 people at Tiên Hội + 1 = 5; 8 records; 2 units.
    """
    visit = make_visit(make_round(world.province), world.tien_hoi)
    other = make_visit(make_round(world.province), world.justice)

    def review(at: Any, name: str) -> None:
        make_remedy(at, kind=RemedyKind.REVIEW, subject="INDIVIDUAL", person_name=name)

    for name in ("Đỗ Thị Hòa", "đỗ thị hoà", "DO  THI HOA", "Ðỗ Thị Hòa", "Lê A", "", ""):
        review(visit, name)
    review(other, "Đỗ Thị Hòa")
    summary = summary_of(world.province)
    assert summary.value("remedies.by_kind.REVIEW.people") == 5
    assert summary.value("remedies.by_kind.REVIEW.count") == 8
    assert summary.value("remedies.by_kind.REVIEW.units") == 2


def test_a_person_asked_in_two_rounds_is_one_and_under_two_kinds_is_two(world: World) -> None:
    for body in (world.province, world.dai_tu):
        visit = make_visit(make_round(body), world.tien_hoi)
        make_remedy(visit, kind="REVIEW", subject="INDIVIDUAL", person_name="Lê A")
    make_remedy(visit, kind="DISCIPLINE", subject="INDIVIDUAL", person_name="Lê A")
    make_remedy(visit, kind="REVIEW")  # the collective: a unit, no person
    summary = summary_of(world.province)
    assert summary.value("remedies.by_kind.REVIEW.people") == 1
    assert summary.value("remedies.by_kind.DISCIPLINE.people") == 1
    assert summary.value("remedies.by_kind.REVIEW.units") == 1
    assert summary.value("remedies.by_kind.DISCIPLINE.units") == 1
    assert summary.value("remedies.total") == 4


# --- Rule 6 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "completed_on", "as_of", "state"),
    [
        (date(2023, 6, 30), date(2023, 6, 30), DEC_31, "done_on_time"),
        (date(2023, 6, 30), date(2023, 7, 1), DEC_31, "done_late"),
        (None, date(2023, 7, 1), DEC_31, "done_on_time"),
        # Done on 1 July, but seen from a day before that: not done yet.
        (date(2023, 6, 30), date(2023, 7, 1), date(2023, 6, 30), "open"),
        (date(2023, 6, 29), date(2023, 7, 1), date(2023, 6, 30), "overdue"),
        (date(2023, 6, 30), None, date(2023, 6, 30), "open"),
        (date(2023, 6, 30), None, date(2023, 7, 1), "overdue"),
        (None, None, DEC_31, "open"),
    ],
)
def test_state_of_a_remedy_on_a_day(
    world: World, due_on: date | None, completed_on: date | None, as_of: date, state: str
) -> None:
    visit = make_visit(make_round(world.dai_tu), world.tien_hoi)
    make_remedy(visit, due_on=due_on, completed_on=completed_on)
    summary = summary_of(world.province, as_of=as_of)
    states = {key: figure.value for key, figure in summary.figures.items() if ".status." in key}
    assert {key for key, number in states.items() if number} == {f"remedies.status.{state}"}


@pytest.mark.parametrize(
    ("decided_on", "completed_on", "as_of", "state"),
    [
        # Extended from 30/6 to 31/8 before completion on 15/8: on time.
        (date(2023, 8, 14), date(2023, 8, 15), DEC_31, "done_on_time"),
        (date(2023, 8, 15), date(2023, 8, 15), DEC_31, "done_on_time"),
        # Extended only after it was done: the old day holds.
        (date(2023, 8, 16), date(2023, 8, 15), DEC_31, "done_late"),
        # Not done: what was decided by the day of looking.
        (date(2023, 7, 15), None, date(2023, 7, 14), "overdue"),
        (date(2023, 7, 15), None, date(2023, 7, 15), "open"),
        (date(2023, 7, 15), None, date(2023, 9, 1), "overdue"),
        # Done later than the day of looking: as if not done, so an extension up to it counts.
        (date(2023, 8, 16), date(2023, 8, 20), date(2023, 8, 18), "open"),
    ],
)
def test_an_extension_counts_from_its_decision(
    world: World, decided_on: date, completed_on: date | None, as_of: date, state: str
) -> None:
    visit = make_visit(make_round(world.dai_tu), world.tien_hoi)
    remedy = make_remedy(visit, due_on=date(2023, 6, 30), completed_on=completed_on)
    remedy.extensions.create(decided_on=decided_on, due_on=date(2023, 8, 31))
    summary = summary_of(world.province, as_of=as_of)
    assert summary.value(f"remedies.status.{state}") == 1
    assert summary[f"remedies.status.{state}"].records().get() == remedy


# --- Rule 9 --------------------------------------------------------------------------------


def test_a_period_that_runs_backwards_is_refused(db: Any) -> None:
    with pytest.raises(QuestionError, match="trước khi bắt đầu"):
        period_of(DEC_31, JAN_1)


def test_days_default_to_the_last_of_the_period(world: World) -> None:
    asked = question(world.province)
    assert (asked.as_of, asked.boundaries_on) == (DEC_31, DEC_31)


def test_an_ended_unit_points_to_its_heirs(world: World) -> None:
    last = date(2023, 6, 30)
    Unit.objects.filter(pk=world.dai_tu.pk).update(valid_to=last)
    heir = make_unit("172", "Huyện Mới", world.province, valid_from=date(2023, 7, 1))
    make_succession(world.dai_tu, heir, date(2023, 7, 1))
    ended = summary_of(world.dai_tu, boundaries_on=last)
    assert ended.heirs == (heir,)
    assert summary_of(world.dai_tu, last=date(2023, 6, 29), boundaries_on=last).heirs == ()


def test_the_name_is_the_one_borne_on_the_day_of_boundaries(world: World) -> None:
    FormerName.objects.create(unit=world.province, name="Tỉnh Cũ", valid_to=date(2023, 6, 30))
    assert question(world.province, boundaries_on=date(2023, 6, 30)).unit_name == "Tỉnh Cũ"
    assert question(world.province).unit_name == "Tỉnh Thái Nguyên"


# --- Every figure knows its records ----------------------------------------------------------


def test_each_figure_equals_its_records_and_contributions(world: World) -> None:
    for body, unit in ((world.province, world.justice), (world.dai_tu, world.tien_hoi)):
        visit = make_visit(make_round(body), unit)
        make_finding(visit)
        for kind in RemedyKind.values:
            make_remedy(visit, kind=kind, subject="INDIVIDUAL", person_name="Lê A")
            make_remedy(visit, kind=kind, subject="INDIVIDUAL")
    make_return(world.dai_tu, JAN_1, DEC_31, rounds_planned=4, visits=9, review_people=7)
    make_return(world.tien_hoi, JAN_1, DEC_31, rounds_planned=5, finding_units=2)
    summary = summary_of(world.province)
    for key, figure in summary.figures.items():
        assert figure.records().count() == figure.logged, key
        assert figure.value == figure.logged + sum(c.amount for c in figure.contributions), key
        assert figure.label
    assert summary.value("rounds.by_form.PLANNED") == 5
    assert summary.value("rounds.total") == 7
    assert summary["findings.units"].unlogged == 2


def test_queries_do_not_grow_with_the_data(
    world: World, django_assert_max_num_queries: Any
) -> None:
    def fill(times: int) -> None:
        for _ in range(times):
            commune = make_unit("", "", world.dai_tu, kind="COMMUNE")
            visit = make_visit(make_round(commune), commune)
            remedy = make_remedy(visit, finding=make_finding(visit), kind="REVIEW")
            remedy.extensions.create(decided_on=DEC_31, due_on=DEC_31)
            make_return(commune, JAN_1, DEC_31, rounds_planned=4, visits=9)
            make_return(commune, date(2022, 7, 1), date(2022, 12, 31), visits=9)

    fill(2)
    with django_assert_max_num_queries(13):
        summary_of(world.province)
    fill(20)
    with django_assert_max_num_queries(13):
        summary_of(world.province)
