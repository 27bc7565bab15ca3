"""Charts drawn by the server: bars in groups, as SVG that is read without colour and printed.

    chart = BarChart(
        "Kế hoạch và thực hiện theo tháng",
        series=("Theo kế hoạch", "Đã kiểm tra"),
        groups=[Group("T1", "Tháng 1", (Value(7, "?month=1"), Value(5, "?done=1"))), …],
    )

`congvu/parts/bar_chart.html` draws it, with a title, a description, a link on each bar and the
figures as a table. The first series is hatched and the second full: no colour tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from congvu.numbers import number_text

# Size of the drawing in its own units, and what its parts take of it.
WIDTH, HEIGHT = 760, 260
_LEFT, _TOP, _BOTTOM = 40, 24, 30
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Value:
    """A figure, and the list behind it."""

    number: int
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Bars that stand together: what they are of, in short and in full, one value a series."""

    short: str
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Bar:
    """A bar ready to be drawn: its corner, size and the middle of its top, in whole units."""

    series: int
    x: int
    y: int
    width: int
    height: int
    number: int
    url: str
    # What a screen reader and the pointer are told.
    told: str

    @property
    def middle(self) -> int:
        """Where its figure stands."""
        return self.x + self.width // 2

    @property
    def above(self) -> int:
        """The line on which its figure stands."""
        return self.y - 5


@dataclass(frozen=True)
class Line:
    """A line of the scale."""

    y: int
    number: int


@dataclass(frozen=True)
class BarChart:
    """Bars of one or two series in groups; `name` makes the ids of its parts unique on a page."""

    title: str
    series: tuple[str, ...]
    groups: Sequence[Group]
    name: str = "chart"
    # What is counted, for the description.
    noun: str = ""
    # What the first column of the table is called.
    heading: str = "Tháng"

    width = WIDTH
    height = HEIGHT
    left = _LEFT
    base = HEIGHT - _BOTTOM

    @cached_property
    def _step(self) -> int:
        """The distance of the lines of the scale: 1, 2, 5, 10, 20 …, at most five of them."""
        highest = max((each.number for group in self.groups for each in group.values), default=0)
        size = 1
        while True:
            for step in _STEPS:
                if step * size * 5 >= highest:
                    return step * size
            size *= 10

    @cached_property
    def _top(self) -> int:
        """The number at the top of the scale."""
        highest = max((each.number for group in self.groups for each in group.values), default=0)
        return max(1, -(-highest // self._step)) * self._step

    def _y(self, number: int) -> int:
        return self.base - (self.base - _TOP) * number // self._top

    @property
    def lines(self) -> list[Line]:
        """The lines of the scale, from 0."""
        return [Line(self._y(n), n) for n in range(0, self._top + 1, self._step)]

    @property
    def bars(self) -> list[list[Bar]]:
        """The bars of each group; a zero has no bar."""
        return [self._bars(place, group) for place, group in enumerate(self.groups)]

    def _span(self) -> int:
        return (WIDTH - _LEFT) // max(1, len(self.groups))

    def _bars(self, place: int, group: Group) -> list[Bar]:
        span = self._span()
        wide = min(40, span * 2 // (5 if len(self.series) > 1 else 3))
        start = _LEFT + place * span + (span - wide * len(self.series)) // 2
        found = []
        for series, value in enumerate(group.values):
            if value.number:
                y = self._y(value.number)
                number = f"{number_text(value.number)} {self.noun}"
                told = f"{group.name}, {self.series[series].lower()}: {number}"
                x = start + series * wide
                bar = (x, y, wide - 2, self.base - y, value.number, value.url, told.strip())
                found.append(Bar(series, *bar))
        return found

    @property
    def labels(self) -> list[tuple[int, str]]:
        """Where the short name of each group stands."""
        span = self._span()
        return [
            (_LEFT + place * span + span // 2, group.short)
            for place, group in enumerate(self.groups)
        ]

    @property
    def description(self) -> str:
        """What a reader is told who does not see the drawing; the table has the figures."""
        totals = []
        for place, name in enumerate(self.series):
            whole = sum(group.values[place].number for group in self.groups)
            totals.append(f"{name.lower()} {number_text(whole)} {self.noun}")
        return f"Biểu đồ cột. Cộng các cột: {'; '.join(totals)}. Số liệu ở bảng bên dưới."
