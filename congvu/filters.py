"""Filters that the lists share. The filter form of a page serves its export too."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django_filters.filters import CharFilter, ChoiceFilter, DateFilter, NumberFilter
from django_filters.filterset import FilterSet

from congvu.forms import DayField
from congvu.text import search_words


class SearchFilter(CharFilter):
    """Words in any order, without tone marks: `dai tu` finds `Đại Từ`.

    `columns` are folded columns; a record fits when each word stands in one of them.
    """

    def __init__(self, *columns: str, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Tìm")
        self.columns = columns or ("folded",)
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the records in which every word is found."""
        for word in search_words(value or ""):
            condition = Q()
            for column in self.columns:
                condition |= Q(**{f"{column}__contains": word})
            qs = qs.filter(condition)
        return qs


class DayFilter(DateFilter):
    """A day typed as people write it."""

    field_class = DayField


class YearFilter(NumberFilter):
    """A year in which records may lie."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Năm")
        widget = forms.NumberInput(attrs={"step": 1, "placeholder": "2023"})
        super().__init__(*args, min_value=1945, max_value=2200, widget=widget, **kwargs)


class CodeFilter(ChoiceFilter):
    """One of a set of codes, shown by its label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "Tất cả")
        super().__init__(*args, **kwargs)


# Words of Python that stand in addresses all the same.
_IN_ADDRESSES = {"first": "from", "last": "to"}


class ListFilter(FilterSet):
    """The filters of one list. Faults leave the list unfiltered and are shown at their field.

    `first` and `last` are called `from` and `to` in addresses. `ORDER` names, as addresses do,
    those that come first on the page; `KEPT` the hidden ones that stay when others are changed.
    """

    ORDER: ClassVar[tuple[str, ...]] = ()
    KEPT: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """The filters under the names that stand in addresses, in the order of the page."""
        own = super().get_filters()
        named = {_IN_ADDRESSES.get(name, name): each for name, each in own.items()}
        return {name: named[name] for name in (*cls.ORDER, *named) if name in named}

    def leave(self, rows: Any, name: str, value: object) -> Any:
        """For parameters that the page or another filter reads: they filter nothing themselves."""
        return rows

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], request: Any) -> None:
        super().__init__(data=data, queryset=queryset, request=request)
        for field in self.form.fields.values():
            field.required = False
