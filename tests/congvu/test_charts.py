"""Charts: bars as high as their figures, told in words and as a table, links that lead on."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from congvu.charts import BarChart, Group, Value


def chart(*numbers: tuple[int, int]) -> BarChart:
    groups = [
        Group(f"T{place}", f"Tháng {place}", tuple(Value(n, f"?n={n}") for n in pair))
        for place, pair in enumerate(numbers, start=1)
    ]
    return BarChart("Kế hoạch", ("Dự kiến", "Đã làm"), groups, noun="mục")


def test_bars_are_as_high_as_their_figures_and_none_stands_for_nothing() -> None:
    first, second = chart((10, 5), (0, 2)).bars
    heights = {bar.number: bar.height for bar in [*first, *second]}
    # Drawn in whole units.
    assert heights[5] == pytest.approx(heights[10] / 2, abs=1)
    assert heights[2] == pytest.approx(heights[10] / 5, abs=1)
    assert [bar.series for bar in second] == [1]


def test_bars_stay_inside_the_drawing_and_apart() -> None:
    for count in (1, 12, 13):
        drawn = chart(*[(7, 7)] * count)
        bars = [bar for group in drawn.bars for bar in group]
        assert all(bar.x >= drawn.left for bar in bars)
        assert bars[-1].x + bars[-1].width <= drawn.width
        ends = [bar.x + bar.width for bar in bars]
        assert all(end <= bar.x for end, bar in zip(ends, bars[1:], strict=False))
        assert all(bar.y > 15 for bar in bars)  # room for the figure above it


@pytest.mark.parametrize(
    ("highest", "scale"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (6, [0, 2, 4, 6]),
        (11, [0, 5, 10, 15]),
        (1586, [0, 500, 1000, 1500, 2000]),
    ],
)
def test_the_scale_has_few_round_steps(highest: int, scale: list[int]) -> None:
    assert [line.number for line in chart((highest, 0)).lines] == scale


def test_the_drawing_has_a_title_a_description_links_and_a_table() -> None:
    drawn = render_to_string("congvu/parts/bar_chart.html", {"chart": chart((1586, 0), (3, 2))})
    assert '<title id="chart-title">Kế hoạch</title>' in drawn
    assert "Cộng các cột: dự kiến 1.589 mục; đã làm 2 mục." in drawn
    assert re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', drawn) == [
        ("?n=1586", "Tháng 1, dự kiến: 1.586 mục"),
        ("?n=3", "Tháng 2, dự kiến: 3 mục"),
        ("?n=2", "Tháng 2, đã làm: 2 mục"),
    ]
    table = drawn.split("<tbody>")[1]
    assert re.findall(r'<th scope="row">([^<]+)', table) == ["Tháng 1", "Tháng 2"]
    assert '<td class="figure"><a href="?n=1586">1.586</a></td><td class="figure">0</td>' in table
    # The content policy allows neither.
    assert "style=" not in drawn
    assert "<script" not in drawn
