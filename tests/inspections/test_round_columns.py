"""What the columns of lists of rounds say of a round with very many visits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from congvu.fields import BLOCK_LIMIT
from inspections.columns import visited_text


def seen(count: int, name: str) -> Any:
    """A round that visited so many units of that name, as `with_rows` fetches it."""
    visit = SimpleNamespace(unit_name=name, unit=SimpleNamespace(code="1"))
    return SimpleNamespace(seen_visits=[visit] * count)


def test_visited_units_are_all_named_while_a_cell_can_hold_them() -> None:
    assert visited_text(seen(2, "Xã A")) == "Xã A (1); Xã A (1)"
    assert visited_text(seen(0, "")) == ""


def test_those_that_no_cell_could_hold_are_counted() -> None:
    text = visited_text(
        seen(1_000, "Xã" + "a" * 92)
    )  # 100 characters each, with what stands between
    assert len(text) < BLOCK_LIMIT + 100
    assert text.endswith(" và 700 đơn vị khác")
