"""Units as filters and forms of records reach them: by what people type, and around a person."""

from __future__ import annotations

import contextlib
import re
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django_filters.filters import CharFilter

from congvu.access import Person
from congvu.dates import parse_day
from congvu.filters import ListFilter
from congvu.text import clean, fold
from units.forms import UnitInput
from units.models import Unit, UnitQuerySet, topmost, under


def units_around(person: Person) -> UnitQuerySet:
    """Every unit of the provinces in which the person's scope lies.

    A department inspects communes that do not stand under it, and a commune keeps documents of the
    province: scope alone is too narrow to name them. Units themselves are no secret.
    """
    roots = {path.split("/", 1)[0] + "/" for path in person.scope_paths}
    nothing = Q(pk__in=[])
    return Unit.objects.filter(reduce(or_, (Q(path__startswith=root) for root in roots), nothing))


# What a suggestion puts into the field: "Xã Định Hóa (05569)", with the span of a unit that ended.
_LABEL = re.compile(r"(?P<name>.+) \((?P<code>[^()]+)\)(?:, (?P<span>.+))?")


def at_unit(text: str, prefix: str, on: str = "") -> Q:
    """The condition for records of the unit that the text tells, by code, suggestion or name.

    A code stands for every unit that bore it, with their lineages and all under them; with the day
    `on` only for the bearer of that day, as a summary reads it. A mere name stands for itself.
    """
    written = clean(text)
    label = _LABEL.fullmatch(written)
    code = label["code"] if label else written
    bearers = Unit.objects.filter(code__iexact=code)
    if label:
        same = [unit.pk for unit in bearers if fold(unit.name) == fold(label["name"])]
        bearers = bearers.filter(pk__in=same) if same else bearers
    elif not bearers.exists():
        return Q(**{f"{prefix}in": Unit.objects.search(written).order_by().values("pk")})
    # No day, or none that can be read, narrows nothing.
    with contextlib.suppress(ValueError):
        bearers = bearers.in_force(parse_day(on))
    within = Unit.objects.filter(under([unit.path for unit in topmost(bearers.lineages())]))
    # By ids and not by a join: half the time on a list of 20,000 rounds.
    return Q(**{f"{prefix}in": within.order_by().values("pk")})


class UnitFilter(CharFilter):
    """Records of a unit, told by its code or name; `prefix` leads from the record to the unit."""

    # Set by django-filter.
    parent: ListFilter

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("widget", UnitInput(attrs={"placeholder": "Mã hoặc tên"}))
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the records of that unit and all under it."""
        if not value:
            return qs
        return qs.filter(at_unit(value, self.prefix, self.parent.data.get("on", "")))
