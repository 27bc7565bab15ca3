"""Lists whose rows are worked out rather than read from one table; else like every other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from congvu.tables import Column, Listing, Row

# So many rows of an export are finished at once.
CHUNK = 2000


@dataclass
class WorkedOutListing(Listing):
    """A list of what `work` makes of the filters, in its order; columns cannot sort it.

    `queryset` is the scoped queryset that the filters narrow. `finish` fetches what the columns
    read, for the rows of one page or of a part of the export: what is not shown is not fetched.
    `group` tells which rows belong together.
    """

    work: Callable[[WorkedOutListing], Sequence[Any]] = lambda _: ()
    finish: Callable[[Sequence[Any]], Iterable[Any]] = iter
    group: Callable[[Any], object] | None = None

    @property
    def narrowed(self) -> Any:
        """The queryset as the filters leave it; a filter that cannot be read stops all."""
        return super().records

    @property
    def asked(self) -> dict[str, Any]:
        """What the filters were told; nothing where one cannot be read."""
        if self.filters is None or not self.filters.is_valid():
            return {}
        found: dict[str, Any] = self.filters.form.cleaned_data
        return found

    @cached_property
    def _worked_out(self) -> Sequence[Any]:
        return self.work(self)

    @property
    def records(self) -> Any:
        """Every row, not yet finished."""
        return self._worked_out

    @property
    def rows(self) -> list[Row]:
        """The page's rows."""
        found: list[Row] = []
        before: object = None
        for record in self.finish(list(self.records_of_page)):
            row = self._row(record)
            own = self.group(record) if self.group else None
            parted = bool(found) and own != before
            found.append(Row(row.cells, row.url, record, parted))
            before = own
        return found

    def _export_rows(self, columns: Sequence[Column]) -> Iterator[list[Any]]:
        cells = [column.export for column in columns]
        for start in range(0, len(self.records), CHUNK):
            for record in self.finish(self.records[start : start + CHUNK]):
                yield [cell(record) for cell in cells]
