"""Units in time: a tree by path, days in force, names by date, successions and lineages.

A merger, split or change of parent closes the unit and opens others, tied by `Succession`; a new
name or class is a dated name on the same unit. So the path of ancestors stays, and a subtree is one
indexed prefix; only a workbook that puts a wrong superior right writes paths anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from congvu.access import Person
from congvu.dates import format_day, today
from congvu.fields import FoldedField, LineField, SortKeyField
from congvu.rules import Fault, Ruled, one_of, ordered
from congvu.text import clean, fold, search_words
from congvu.trail import mark


class Kind(models.TextChoices):
    """Kinds of unit (contract §3, "Loại"); the order is that of levels in reports."""

    PROVINCE = "PROVINCE", "Cấp tỉnh"
    DEPARTMENT = "DEPARTMENT", "Sở, ban, ngành"
    DISTRICT = "DISTRICT", "Cấp huyện"
    COMMUNE = "COMMUNE", "Cấp xã"
    PUBLIC_SERVICE_UNIT = "PUBLIC_SERVICE_UNIT", "Đơn vị sự nghiệp"
    DIVISION = "DIVISION", "Phòng, bộ phận"


# QĐ 20/2020/QĐ-TTg: groups joined by dots.
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*")

# What may stand ahead of a unit's own name, folded: people leave it out.
_KIND_WORDS = re.compile(
    r"^(tinh|thanh pho|quan|huyen|thi xa|thi tran|xa|phuong|dac khu|so|ban|phong|trung tam) "
)


def under(paths: Iterable[str], prefix: str = "") -> Q:
    """The condition that a unit stands at or under one of the paths. No path: nothing fits.

    `prefix` leads from the filtered model to its unit, such as `body__`. The units are then told by
    a list of ids and not joined: quicker on long lists, and no row comes twice.
    """
    nothing = Q(pk__in=[])
    within = reduce(or_, (Q(path__startswith=path) for path in paths), nothing)
    if not prefix:
        return within
    return Q(**{f"{prefix}in": Unit.objects.filter(within).order_by().values("pk")})


def topmost(units: Iterable[Unit]) -> list[Unit]:
    """Those units that do not stand under another of them (contract §4 rule 7)."""
    kept: list[Unit] = []
    for unit in sorted(units, key=lambda each: len(each.path)):
        if not any(unit.path.startswith(other.path) for other in kept):
            kept.append(unit)
    return kept


def no_bearer(code: str, on: date, bearers: Iterable[Unit]) -> str:
    """The sentence for a code that none of its bearers, oldest first, bore on that day."""
    spans = [f"{each.name} ({each.span_text})" for each in bearers]
    if not spans:
        return f"Không có đơn vị nào mang mã “{code}”."
    return (
        f"Ngày {format_day(on)} không có đơn vị nào mang mã “{code}”. "
        f"Mã này từng thuộc về: {'; '.join(spans)}."
    )


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units, by date, by place in the tree, and by who asks."""

    def visible_to(self, person: Person) -> Self:
        """Scope, written once: the lineage of the person's unit and all under it (contract §5).

        An unknown role sees nothing.
        """
        if not person.may("units.view"):
            return self.none()
        return self.filter(under(person.scope_paths))

    def around(self, person: Person) -> Self:
        """Every unit of the provinces in which the person's scope lies.

        A department inspects communes that do not stand under it, and a commune keeps documents of
        the province: scope alone is too narrow to name them. Units themselves are no secret.
        """
        return self.filter(under({path.split("/", 1)[0] + "/" for path in person.scope_paths}))

    def in_force(self, on: date) -> Self:
        """Units that exist on that day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        )

    def at(self, code: str, on: date) -> Unit:
        """The unit that bore the code on that day: the one way from a code to a unit.

        Raises `Unit.DoesNotExist`, which names the periods in which the code was borne.
        """
        unit = self.in_force(on).filter(code=code).first()
        if unit is None:
            raise Unit.DoesNotExist(self.why_not(code, on))
        return unit

    def why_not(self, code: str, on: date) -> str:
        """The sentence for a code that no unit bore on that day (contract §4 rule 9)."""
        bearers = self.filter(code=code).order_by(F("valid_from").asc(nulls_first=True))
        return no_bearer(code, on, bearers)

    def search(self, text: str) -> Self:
        """Units in whose code, name or former names every word stands, without case and marks.

        The best come first: the code itself (who bears it now before who bore it), then names that
        end with the text, then the rest in Vietnamese order; of one name, the latest.
        """
        wanted = fold(text)
        found = self
        for word in search_words(text):
            former = FormerName.objects.filter(unit=OuterRef("pk"), folded__contains=word)
            found = found.filter(Q(folded__contains=word) | Exists(former))
        rank = Case(
            When(code__iexact=clean(text), valid_to=None, then=0),
            When(code__iexact=clean(text), then=1),
            When(folded__endswith=f" {wanted}", then=2),
            default=3,
        )
        return found.annotate(rank=rank).order_by(
            "rank", "sort_key", F("valid_from").desc(nulls_last=True), "pk"
        )

    def with_names(self) -> list[Unit]:
        """The units, with their former names at hand as a prefetch leaves them; one query."""
        columns = [field.attname for field in FormerName._meta.concrete_fields]
        rows = self.annotate(**{f"former_{each}": F(f"former_names__{each}") for each in columns})
        found: dict[int, tuple[Unit, list[FormerName]]] = {}
        for row in rows:
            former: list[Any] = [row.__dict__.pop(f"former_{each}") for each in columns]
            _, names = found.setdefault(row.pk, (row, []))
            if former[columns.index("id")] is not None:
                names.append(FormerName.from_db(self.db, columns, former))
        for unit, names in found.values():
            at_hand: Any = unit.former_names.all()
            at_hand._result_cache, at_hand._prefetch_done = names, True
            unit.__dict__["_prefetched_objects_cache"] = {"former_names": at_hand}
        return [unit for unit, _ in found.values()]

    def told(self, text: str) -> list[Unit]:
        """Units, of any time, that a person may mean by the text; one query.

        They are those of that code; else those that bear or bore the name, without case and marks;
        else those whose name without the kind of unit it is: "dai tu" is Huyện Đại Từ.
        """
        return self.told_by([text])[text]

    def told_by(self, texts: Iterable[str]) -> dict[str, list[Unit]]:
        """For each of the texts the units that it tells (`told`), one query for all."""
        wanted = {text: fold(text) for text in texts}
        near = Q(pk__in=[])
        for text, folded in wanted.items():
            if folded:
                former = FormerName.objects.filter(folded__endswith=folded)
                near |= Q(code__iexact=clean(text)) | Q(folded__endswith=folded)
                near |= Q(pk__in=former.values("unit"))
        found = [
            (unit, {fold(name) for name in unit.names}) for unit in self.filter(near).with_names()
        ]
        return {text: _meant(folded, found) if folded else [] for text, folded in wanted.items()}

    def place(self) -> None:
        """Write the path of units just added, whose parents have theirs already."""
        text: models.TextField[str, str] = models.TextField()
        own = Concat(Cast("pk", text), Value("/"), output_field=text)
        above = Unit.objects.filter(pk=OuterRef("parent_id")).values(line=Cast("path", text))
        self.filter(parent__isnull=True).update(path=own)
        self.filter(parent__isnull=False).update(
            path=Concat(Subquery(above, output_field=text), own, output_field=text)
        )

    def lineages(self) -> list[Unit]:
        """The units of this queryset and, transitively, all that they stand for.

        These are predecessors by MERGE or CONTINUE, and by SPLIT where the unit is the main heir
        (contract §4 rule 2). Two queries, however long the chain.
        """
        return self.lineages_of(self.only("pk"))

    @staticmethod
    def lineages_of(units: Iterable[Unit]) -> list[Unit]:
        """What `lineages` finds for units read already. One query."""
        start = [unit.pk for unit in units]
        if not start:
            return []
        slots = ", ".join(["%s"] * len(start))  # nothing else is put into the text
        found = Unit.objects.raw(
            f"""WITH RECURSIVE line(id) AS (
                SELECT id FROM units_unit WHERE id IN ({slots})
                UNION
                SELECT s.predecessor_id FROM units_succession s
                JOIN line ON s.successor_id = line.id
                WHERE s.kind <> 'SPLIT' OR s.is_main)
            SELECT u.* FROM units_unit u JOIN line ON line.id = u.id""",  # noqa: S608
            start,
        )
        return list(found)

    @staticmethod
    def lineages_by(units: Iterable[Unit]) -> dict[int, list[Unit]]:
        """By id of each of a few units the lineage of that one alone. One query for all."""
        found: dict[int, list[Unit]] = {unit.pk: [] for unit in units}
        if not found:
            return {}
        slots = ", ".join(["%s"] * len(found))  # nothing else is put into the text
        rows: Any = Unit.objects.raw(
            f"""WITH RECURSIVE line(start, id) AS (
                SELECT id, id FROM units_unit WHERE id IN ({slots})
                UNION
                SELECT line.start, s.predecessor_id FROM units_succession s
                JOIN line ON s.successor_id = line.id
                WHERE s.kind <> 'SPLIT' OR s.is_main)
            SELECT u.*, line.start AS lineage_of
            FROM units_unit u JOIN line ON line.id = u.id""",  # noqa: S608
            list(found),
        )
        for row in rows:
            found[row.lineage_of].append(row)
        return found


def _meant(wanted: str, near: list[tuple[Unit, set[str]]]) -> list[Unit]:
    """Those that the folded text means, of units near to it with their folded names."""
    return (
        [unit for unit, _ in near if fold(unit.code) == wanted]
        or [unit for unit, names in near if wanted in names]
        or [unit for unit, names in near if wanted in {_KIND_WORDS.sub("", name) for name in names}]
    )


class Unit(Ruled):
    """An agency, district, commune or division in one stretch of time."""

    Kind = Kind

    code = LineField("mã đơn vị", max_length=50)
    name = LineField("tên đơn vị", max_length=300)
    kind = models.CharField("loại", max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="đơn vị cấp trên",
        null=True,
        blank=True,
        related_name="children",
    )
    # "12/345/": the ids from the root down to this unit.
    path = models.CharField(max_length=255, default="", editable=False, db_index=True)
    valid_from = models.DateField("hiệu lực từ", null=True, blank=True)
    valid_to = models.DateField("hiệu lực đến", null=True, blank=True)
    identifier = LineField("mã định danh điện tử", max_length=35, blank=True, default="")
    legal_basis = LineField("căn cứ thành lập", max_length=300, blank=True, default="")
    closing_basis = LineField("căn cứ kết thúc", max_length=300, blank=True, default="")
    # The changes that opened and closed the unit, where they were made here: they can be undone.
    opened_in = models.ForeignKey(
        "units.Reform", models.PROTECT, null=True, editable=False, related_name="opened"
    )
    closed_in = models.ForeignKey(
        "units.Reform", models.PROTECT, null=True, editable=False, related_name="closed"
    )
    folded = FoldedField(source=("code", "name"))
    sort_key = SortKeyField(source=("name",), db_index=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ("sort_key", "code")
        constraints = (
            one_of("kind", Kind),
            ordered("valid_from", "valid_to"),
            models.UniqueConstraint(fields=["code", "valid_from"], name="units_unit_identity"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="units_unit_own_parent"
            ),
        )
        indexes = (models.Index(fields=["code"], name="units_unit_code"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The unit's page."""
        return reverse("units:unit_detail", args=[self.pk])

    @property
    def span_text(self) -> str:
        """When the unit exists, in words."""
        match self.valid_from, self.valid_to:
            case None, None:
                return "không giới hạn thời gian"
            case None, date() as last:
                return f"đến {format_day(last)}"
            case date() as first, None:
                return f"từ {format_day(first)}"
            case date() as first, date() as last:
                return f"từ {format_day(first)} đến {format_day(last)}"
        raise AssertionError("both ends are days or None")

    def label(self, on: date) -> str:
        """The unit as people choose it: "Xã Định Hóa (05569)", by the name of that day.

        A unit that is not in force on the day also says when it was. Reads `former_names`.
        """
        if self.exists_on(on):
            return f"{self.name_on(on)} ({self.code})"
        return f"{self.name} ({self.code}), {self.span_text}"

    def exists_on(self, day: date) -> bool:
        """Whether the unit is in force on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def shares_a_day(self, first: date | None, last: date | None) -> bool:
        """Whether the unit is in force on some day from `first` to `last`; None is open."""
        return (self.valid_from is None or last is None or self.valid_from <= last) and (
            self.valid_to is None or first is None or first <= self.valid_to
        )

    def covers(self, first: date, last: date) -> bool:
        """Whether the unit is in force on every day from `first` to `last`."""
        return self.exists_on(first) and self.exists_on(last)

    @property
    def names(self) -> list[str]:
        """Every name that the unit bears or bore (reads `former_names`)."""
        return [self.name, *(former.name for former in self.former_names.all())]

    def name_on(self, day: date) -> str:
        """The name borne on that day (reads `former_names`: prefetch it for lists)."""
        for former in sorted(self.former_names.all(), key=lambda each: each.valid_to):
            if day <= former.valid_to:
                return former.name
        return self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids of the units above, from the root down."""
        return [int(part) for part in self.path.split("/")[:-2]]

    def is_under(self, other: Unit) -> bool:
        """Whether this unit is `other` or stands under it."""
        return self.path.startswith(other.path)

    def subtree(self) -> UnitQuerySet:
        """This unit and all that ever stood under it."""
        return Unit.objects.filter(under([self.path]))

    def lineage(self) -> list[Unit]:
        """The units that this one stands for, itself first (contract §4 rule 2). One query."""
        found = UnitQuerySet.lineages_of([self])
        return sorted(found, key=lambda each: (each.pk != self.pk, each.sort_key))

    def heirs(self) -> list[Unit]:
        """The units that directly followed this one, the main heir first."""
        steps = self.as_predecessor.select_related("successor").order_by("-is_main", "pk")
        return [step.successor for step in steps]

    def heirs_on(self, day: date) -> list[Unit]:
        """The units in force on that day that this one has become, the main heirs first."""
        found: dict[int, Unit] = {}
        left = [self]
        while left:
            for heir in left.pop(0).heirs():
                if heir.exists_on(day):
                    found.setdefault(heir.pk, heir)
                else:
                    left.append(heir)
        return list(found.values())

    def rename(self, by: Person | None, name: str, on: date, legal_basis: str = "") -> None:
        """Bear another name from that day on; the name of before stays on record.

        Raises `ValidationError` with a sentence at its field, and `ConflictError`.
        """
        eve = on - timedelta(days=1)
        last = self.former_names.order_by("-valid_to").first()
        if clean(name) == self.name:
            raise ValidationError({"name": f"Đơn vị đang mang tên {self.name}; hãy ghi tên khác."})
        if not (self.exists_on(on) and self.exists_on(eve)):
            raise ValidationError(
                {
                    "on": f"Ngày mang tên mới phải nằm trong thời gian có hiệu lực của đơn vị "
                    f"({self.span_text}), sau ngày đầu tiên."
                }
            )
        if on > today():
            raise ValidationError(
                {"on": f"Ngày {format_day(on)} chưa đến; hãy ghi việc đổi tên từ ngày đó trở đi."}
            )
        if last is not None and last.valid_to >= eve:
            raise ValidationError(
                {
                    "on": f"Đơn vị mang tên hiện nay từ sau ngày {format_day(last.valid_to)}; "
                    "ngày mang tên mới phải sau đó."
                }
            )
        with transaction.atomic():
            before, self.name = self.name, clean(name)
            self.write("name")
            FormerName.objects.create(unit=self, name=before, valid_to=eve, legal_basis=legal_basis)
            note = f"Từ ngày {format_day(on)}."
            note += f" Căn cứ: {clean(legal_basis)}." if legal_basis else ""
            mark(by, self, "renamed", {"name": (before, self.name)}, note)

    def faults(self) -> Iterator[Fault]:
        """Contract §3: within the parent's days; not its own superior; days in order."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield Fault("valid_to", "Ngày kết thúc hiệu lực không được trước ngày bắt đầu.")
        if self.identifier and not _IDENTIFIER.fullmatch(self.identifier):
            yield Fault(
                "identifier",
                "Mã định danh điện tử gồm các nhóm chữ và số nối bằng dấu chấm, như H55.242.",
            )
        parent = self.parent
        if parent is None:
            return
        if parent is self or (self.pk and parent.pk == self.pk):
            yield Fault("parent", "Một đơn vị không thể là cấp trên của chính nó.")
            return
        if parent.valid_from and (self.valid_from is None or self.valid_from < parent.valid_from):
            yield Fault(
                "valid_from",
                f"Đơn vị không thể có trước cấp trên của nó: {parent.name} có hiệu lực "
                f"{parent.span_text}.",
            )
        if parent.valid_to and (self.valid_to is None or self.valid_to > parent.valid_to):
            yield Fault(
                "valid_to",
                f"Đơn vị không thể còn sau khi cấp trên kết thúc: {parent.name} có hiệu lực "
                f"{parent.span_text}.",
            )


class FormerName(models.Model):
    """A name that the unit bore up to and including a day; the name of today is the unit's own."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="former_names")
    name = LineField("tên", max_length=300)
    valid_to = models.DateField("mang đến ngày")
    legal_basis = LineField("căn cứ đổi tên", max_length=300, blank=True, default="")
    folded = FoldedField(source=("name",))

    class Meta:
        verbose_name = "tên cũ"
        verbose_name_plural = "tên cũ"
        ordering = ("valid_to",)
        constraints = (
            models.UniqueConstraint(fields=["unit", "valid_to"], name="units_formername_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} (đến {format_day(self.valid_to)})"

    @property
    def days_text(self) -> str:
        """Until when it was borne, in words."""
        return f"mang đến ngày {format_day(self.valid_to)}"

    def correct(self, by: Person | None, name: str) -> None:
        """Put a mistyped former name right; a mark is left on the unit."""
        before, self.name = self.name, clean(name)
        if self.name != before:
            self.save(update_fields=["name", "folded"])
            mark(by, self.unit, "changed", {f"tên cũ ({self.days_text})": (before, self.name)})
