"""Dates and numbers in forms and templates: day first, 1.586, 91,7, no year ever grouped."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils.formats import date_format, get_format, localize, time_format

from congvu.formats.vi import formats as own

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17/03/2023", date(2023, 3, 17)),
        ("17/3/2023", date(2023, 3, 17)),
        ("03/04/2023", date(2023, 4, 3)),
        ("1/3/2023", date(2023, 3, 1)),
        ("17-3-2023", date(2023, 3, 17)),
        ("17.3.2023", date(2023, 3, 17)),
        ("2023-03-17", date(2023, 3, 17)),
    ],
)
def test_a_date_field_reads_day_first(text: str, day: date) -> None:
    assert forms.DateField().clean(text) == day


@pytest.mark.parametrize("text", ["3/17/2023", "31/02/2023", "1/3/23", "17 March 2023", "2023"])
def test_a_date_field_refuses_what_it_cannot_be_sure_of(text: str) -> None:
    with pytest.raises(forms.ValidationError, match=r"hãy ghi như 17/03/2023"):
        forms.DateField().clean(text)


def test_a_date_field_shows_what_it_reads() -> None:
    class DayForm(forms.Form):
        day = forms.DateField()

    shown = str(DayForm(initial={"day": date(2023, 3, 7)})["day"])
    assert 'value="07/03/2023"' in shown


def test_a_moment_is_read_and_shown_day_first() -> None:
    field = forms.DateTimeField()
    read = field.clean("3/4/2023 8:05")
    assert isinstance(read, datetime)
    assert read == datetime(2023, 4, 3, 8, 5, tzinfo=VIETNAM)
    assert field.widget.format_value(read) == "03/04/2023 08:05"
    assert date_format(read, "DATETIME_FORMAT") == "03/04/2023 08:05"
    assert forms.TimeField().clean("8:05") == time(8, 5)
    assert time_format(time(8, 5)) == "08:05"


def test_templates_write_days_in_digits() -> None:
    day = date(2023, 3, 7)
    assert render("{{ day }}", day=day) == "07/03/2023"
    assert render("{{ day|date }}", day=day) == "07/03/2023"
    assert render('{{ day|date:"SHORT_DATE_FORMAT" }}', day=day) == "07/03/2023"
    assert render('{{ day|date:"YEAR_MONTH_FORMAT" }}', day=day) == "tháng 3/2023"
    assert render('{{ day|date:"MONTH_DAY_FORMAT" }}', day=day) == "07/03"


def test_years_and_keys_are_never_grouped() -> None:
    assert render("{{ year }} {{ key }}", year=2023, key=1234567) == "2023 1234567"
    assert localize(2023) == "2023"


def test_decimals_take_a_comma_and_groups_a_full_stop() -> None:
    assert render("{{ share }}", share=Decimal("91.7")) == "91,7"
    assert render("{{ share|floatformat:1 }}", share=Decimal("91.66")) == "91,7"
    assert render('{{ count|floatformat:"0g" }}', count=1586) == "1.586"
    assert render('{{ count|floatformat:"0g" }}', count=12345678) == "12.345.678"


def test_a_decimal_field_reads_a_comma() -> None:
    assert forms.DecimalField(localize=True).clean("91,7") == Decimal("91.7")


def test_a_week_begins_on_monday() -> None:
    assert get_format("FIRST_DAY_OF_WEEK") == 1


def test_every_format_comes_from_our_own_file() -> None:
    names = [name for name in vars(own) if name.isupper()]
    assert len(names) == 14
    for name in names:
        found = get_format(name)
        expected = getattr(own, name)
        # Django adds the ISO forms to the input formats.
        assert (found[: len(expected)] if name.endswith("INPUT_FORMATS") else found) == expected
