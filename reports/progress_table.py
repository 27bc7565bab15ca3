"""Biểu 07: a plan's items as they stand, by inspecting body; what the page and the sheet share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from congvu.access import Person
from congvu.charts import BarChart, Group, Value
from congvu.dates import format_day, today
from congvu.forms import DayField
from congvu.numbers import number_text, roman
from congvu.pages import Figure
from inspections.models import Plan, PlanItem, PlanStatus, Round, outside_plans
from inspections.progress import Counts, ItemState, Progress, Standing, count, progress_of
from units.models import Kind, under

# Headings of Biểu 07 (domain notes).
HEADINGS = (
    "STT",
    "Đơn vị theo kế hoạch",
    "Dự kiến",
    "Thực tế",
    "Trạng thái",
    "Lý do",
)
# Stands for every month of another year.
OTHER_YEAR = 0
_MONTHS = [(month, f"Tháng {month}") for month in range(1, 13)]
_LEVELS = list(Kind.values)


class ProgressForm(forms.Form):
    """Which items are shown, and as of which day; all of it stands in the address."""

    as_of = DayField(label="Tính đến ngày", required=False)
    state = forms.ChoiceField(
        choices=[("", "Tất cả"), *ItemState.choices], required=False, widget=forms.HiddenInput
    )
    # The month in which items are due, or in which they were done.
    month = forms.TypedChoiceField(
        choices=[("", ""), *_MONTHS], coerce=int, empty_value=None, required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip
    done = forms.TypedChoiceField(
        choices=[("", ""), *_MONTHS, (OTHER_YEAR, "ngoài năm kế hoạch")],
        coerce=int, empty_value=None, required=False, widget=forms.HiddenInput,
    )  # fmt: skip

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def on(self) -> date:
        """The day as of which the plan is seen; today where there is none."""
        day: date | None = self.cleaned_data.get("as_of")
        return day or today()

    @property
    def is_narrowed(self) -> bool:
        """Whether only some items are shown."""
        return self.is_valid() and bool(self.narrowed_text)

    @property
    def narrowed_text(self) -> str:
        """Which items alone are shown, in words; empty for all of them."""
        told = []
        if state := self.cleaned_data.get("state"):
            told.append(ItemState(state).label.lower())
        if month := self.cleaned_data.get("month"):
            told.append(f"dự kiến tháng {month}")
        if (month := self.cleaned_data.get("done")) is not None:
            where = f"trong tháng {month}" if month else "ngoài năm kế hoạch"
            told.append(f"đã kiểm tra {where}")
        return ", ".join(told)

    def keep(self, standings: Iterable[Standing], year: int) -> list[Standing]:
        """The items asked for; all of them where the address cannot be read."""
        if not self.is_valid():
            return list(standings)
        state, month, done = (self.cleaned_data[name] for name in ("state", "month", "done"))
        return [
            each
            for each in standings
            if state in ("", each.state)
            and (month is None or due_month(each) == month)
            and (done is None or done_month(each, year) == done)
        ]


def due_month(standing: Standing) -> int | None:
    """The month by whose end the item was to be done; None for what is not in force any more."""
    return None if standing.state == ItemState.DROPPED else standing.item.last_day.month


def done_month(standing: Standing, year: int) -> int | None:
    """The month in which the item was done, `OTHER_YEAR` for another year; None if it is not."""
    if standing.first is None:
        return None
    return standing.first.month if standing.first.year == year else OTHER_YEAR


@dataclass(frozen=True)
class BodyRows:
    """The items of one inspecting body."""

    numeral: str
    name: str
    rows: list[Standing]

    @property
    def counts(self) -> Counts:
        """How many of them stand where."""
        return count(self.rows)


@dataclass(frozen=True)
class ProgressTable:
    """Biểu 07 of one plan as of a day, all of it or the items asked for."""

    plan: Plan
    progress: Progress
    rows: list[Standing]
    narrowed: str

    @cached_property
    def bodies(self) -> list[BodyRows]:
        """The items by inspecting body, bodies by level and name."""
        by_body = defaultdict(list)
        for each in self.rows:
            by_body[each.item.body].append(each)
        ordered = sorted(
            by_body, key=lambda body: (_LEVELS.index(body.kind), body.sort_key, body.pk)
        )
        end = date(self.plan.year, 12, 31)
        return [
            BodyRows(roman(number), body.name_on(end), by_body[body])
            for number, body in enumerate(ordered, start=1)
        ]

    @property
    def counts(self) -> Counts:
        """How many of the items shown stand where."""
        return count(self.rows)

    @property
    def line(self) -> str:
        """What stands under the title: the plan, the day, and which items alone are shown."""
        plan = self.plan
        told = f"{plan.name} năm {plan.year}"
        if plan.issued_on:
            told += f", ban hành ngày {format_day(plan.issued_on)}"
        told += f"; số liệu đến ngày {format_day(self.progress.on)}"
        return f"{told} (chỉ các mục {self.narrowed})" if self.narrowed else told

    @property
    def total_text(self) -> str:
        """What stands in the row of the total."""
        return totals_text(self.counts)


def totals_text(counts: Counts) -> str:
    """Items in force, how many of them stand where, and apart from them those dropped."""
    parts = [
        f"{ItemState(state).label.lower()} {counts.of(ItemState(state))}"
        for state in (ItemState.RUNNING, ItemState.LATE, ItemState.NOT_BEGUN)
    ]
    told = (
        f"{counts.in_force} mục: đã kiểm tra {counts.done} ({counts.share_text}), "
        f"{', '.join(parts)}"
    )
    return f"{told}. Đã bỏ {counts.dropped} mục" if counts.dropped else told


def table_of(plan: Plan, progress: Progress, form: ProgressForm) -> ProgressTable:
    """The table of the items that the address asks for."""
    rows = form.keep(progress.standings, plan.year)
    return ProgressTable(plan, progress, rows, form.narrowed_text if form.is_valid() else "")


# --- the chart -------------------------------------------------------------------------------


def chart_of(plan: Plan, progress: Progress, query: str = "") -> BarChart:
    """Items due and items done by month; each bar leads to its items.

    `query` is what each address carries besides, such as `&as_of=…`.
    """
    due: dict[int | None, int] = defaultdict(int)
    done: dict[int | None, int] = defaultdict(int)
    for each in progress.standings:
        due[due_month(each)] += 1
        done[done_month(each, plan.year)] += 1
    groups = [
        Group(
            f"T{month}",
            f"Tháng {month}/{plan.year}",
            (
                Value(due[month], f"?month={month}{query}#sheet-title"),
                Value(done[month], f"?done={month}{query}#sheet-title"),
            ),
        )
        for month in range(1, 13)
    ]
    if late := done[OTHER_YEAR]:
        link = Value(late, f"?done={OTHER_YEAR}{query}#sheet-title")
        groups.append(Group("Khác", "Ngoài năm kế hoạch", (Value(0), link)))
    return BarChart(
        "Số mục theo tháng: kế hoạch và thực tế",
        ("Dự kiến xong", "Đã kiểm tra"),
        groups,
        name="progress",
        noun="mục",
    )


# --- rounds outside the plan -----------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """Rounds of the plan's year that carry out no plan."""

    rounds: QuerySet[Round]
    url: str


def rounds_outside(plan: Plan, person: Person) -> Outside:
    """Rounds in reach that bodies of the issuer's lineage ended in the plan's year without a plan.

    One query for the lineage; the list at `url` shows the same rounds.
    """
    issuer = plan.issuer
    paths = [unit.path for unit in issuer.lineage()]
    rounds = Round.objects.visible_to(person).filter(
        outside_plans(), under(paths, "body__"), ends_on__year=plan.year
    )
    on = plan.issued_on or today()
    if not issuer.exists_on(on):
        on = issuer.valid_to or issuer.valid_from or on
    query: dict[str, str | int] = {
        "plan": "none",
        "year": plan.year,
        "body": issuer.code,
        "on": format_day(on),
    }
    return Outside(rounds, f"{reverse('inspections:round_list')}?{urlencode(query)}")


# --- on the home page ------------------------------------------------------------------------


def figure_of_year(person: Person, now: date) -> Figure | None:
    """How many items of this year's plans are done, and late; None without items. Four queries.

    Leads to the plan's progress, or where there are several, to the plans of the year.
    """
    items = PlanItem.objects.visible_to(person).filter(
        plan__year=now.year, plan__status__in=(PlanStatus.ISSUED, PlanStatus.CLOSED)
    )
    progress = progress_of(items, person, now)
    plans = {each.item.plan_id for each in progress.standings}
    counts = progress.counts
    if not counts.in_force:
        return None
    url = f"{reverse('inspections:plan_list')}?year={now.year}"
    if len(plans) == 1:
        url = reverse("reports:plan_progress", args=[plans.pop()])
    done, whole = number_text(counts.done), number_text(counts.in_force)
    share = counts.share_text
    if counts.late:
        share = f"{share}; {number_text(counts.late)} mục chậm"
    return Figure(f"Kế hoạch năm {now.year}: mục đã xong", f"{done}/{whole}", url, share)
