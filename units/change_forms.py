"""Forms of changes of units: each has a day and a legal basis."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from congvu.forms import DayField, LineInput, RecordForm
from units.actions import Below
from units.forms import UnitField, offer
from units.models import FormerName, Kind, Unit, UnitQuerySet

# Lines for units in the forms of merging and splitting: at first, and at most.
ROWS, MOST_ROWS = 4, 40

_TYPE = "Gõ mã hoặc tên, không cần dấu."


def day_field(label: str, help_text: str = "") -> DayField:
    """A day of a change."""
    return DayField(label=label, help_text=help_text)


def basis_field() -> LineInput:
    """The document that orders the change."""
    return LineInput(
        label="Căn cứ pháp lý",
        max_length=300,
        help_text="Số ký hiệu, ngày và cơ quan ban hành, như “Nghị quyết 1683/NQ-UBTVQH15 ngày "
        "16/6/2025”.",
    )


def below_field(*choices: Below) -> forms.ChoiceField:
    """What becomes of the units below."""
    return forms.ChoiceField(
        label="Các đơn vị trực thuộc còn hiệu lực",
        choices=[(each.value, each.label) for each in choices],
        initial=choices[0].value,
        widget=forms.RadioSelect,
    )


class UnitForm(RecordForm):
    """A new unit without a predecessor."""

    parent = UnitField(label="Đơn vị cấp trên", day_field="valid_from", help_text=_TYPE)

    class Meta(RecordForm.Meta):
        model = Unit
        fields = ("name", "code", "kind", "parent", "valid_from", "identifier", "legal_basis")
        help_texts: ClassVar[dict[str, str]] = {
            "code": "Giữ số 0 ở đầu, như 05569. Mỗi mã chỉ thuộc về một đơn vị trong mỗi ngày.",
            "valid_from": "Để trống nếu không rõ: đơn vị được coi là đã có từ trước.",
            "identifier": "Như H55.242.",
        }

    def __init__(self, *args: Any, units: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, units, "parent")


class UnitEditForm(RecordForm):
    """Putting right what was mistyped: names and references, never days, code or parent."""

    class Meta(RecordForm.Meta):
        model = Unit
        fields = ("name", "identifier", "legal_basis", "closing_basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.valid_to is None:
            del self.fields["closing_basis"]
        self.former_names: list[FormerName] = list(self.instance.former_names.all())
        for former in self.former_names:
            name = f"former_{former.pk}"
            self.fields[name] = LineInput(
                label=f"Tên cũ, {former.days_text}",
                max_length=300,
                initial=former.name,
                # A name that came to be since the form was opened: the version will tell of it.
                required=not self.is_bound or name in self.data,
            )

    def _change(self, by: Any) -> None:
        """Also the former names; they have no version of their own, the unit's stands for them."""
        super()._change(by)
        for former in self.former_names:
            former.correct(by, self.cleaned_data[f"former_{former.pk}"] or former.name)


class RenameForm(forms.Form):
    """A new name from a day on; the version notices a second writer."""

    name = LineInput(label="Tên mới", max_length=300)
    on = day_field("Ngày đầu tiên mang tên mới")
    legal_basis = basis_field()


class ReformForm(forms.Form):
    """What every change has: the day on which the new state begins, and the legal basis."""

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # Whether lines may be added.
    can_grow = False
    on = day_field(
        "Ngày hiệu lực",
        "Ngày đầu tiên của trạng thái mới; đơn vị cũ có hiệu lực đến hết ngày hôm trước.",
    )
    legal_basis = basis_field()
    below = below_field(Below.MOVE, Below.CLOSE)

    def __init__(
        self, *args: Any, unit: Unit, units: UnitQuerySet, rows: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.rows = rows
        self.add_fields()
        fields = [name for name, each in self.fields.items() if isinstance(each, UnitField)]
        offer(self, units, *fields)

    def add_fields(self) -> None:
        """Fields that depend on the unit or on the number of lines."""

    def new_unit(self, prefix: str = "") -> Unit:
        """The new unit that the form describes, not saved."""
        data = self.cleaned_data
        return Unit(
            name=data[f"{prefix}name"],
            code=data[f"{prefix}code"],
            kind=data["kind"],
            parent=data["parent"],
        )

    def require_filled(self, names: tuple[str, ...], why: str) -> None:
        """Add a fault at each of the fields that is empty."""
        for name in names:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, why)


class NewUnitFields(forms.Form):
    """Fields of the one new unit that a change makes."""

    name = LineInput(label="Tên đơn vị mới", max_length=300)
    code = LineInput(
        label="Mã đơn vị mới",
        max_length=50,
        help_text="Có thể lấy mã của một đơn vị cũ. Giữ số 0 ở đầu, như 05569.",
    )
    kind = forms.ChoiceField(label="Loại", choices=Kind.choices)
    parent = UnitField(label="Đơn vị cấp trên", day_field="on", help_text=_TYPE)


class UnitCloseForm(ReformForm):
    """A unit ends without an heir."""

    on = None  # type: ignore[assignment]  # Django's way to take a field away
    last_day = day_field("Ngày cuối cùng có hiệu lực")
    below = below_field(Below.FORBID, Below.CLOSE)
    field_order = ("last_day", "legal_basis", "below")


class UnitContinueForm(NewUnitFields, ReformForm):
    """A unit goes on as another."""

    groups = (
        ("Đơn vị tiếp tục", ("name", "code", "kind", "parent")),
        ("Thay đổi", ("on", "legal_basis", "below")),
    )

    def add_fields(self) -> None:
        """The new unit is like the old one until told otherwise."""
        for name in ("name", "code", "kind", "parent"):
            self.initial.setdefault(name, getattr(self.unit, name))


class UnitMergeForm(NewUnitFields, ReformForm):
    """Several units become a new one, or pass into one that exists."""

    can_grow = True
    into = UnitField(
        label="Nhập vào đơn vị đã có",
        day_field="on",
        required=False,
        help_text="Để trống nếu lập đơn vị mới; khi đó ghi các mục bên dưới.",
    )

    def add_fields(self) -> None:
        """The other units, and whatever of the new unit is known."""
        others = tuple(f"other_{place}" for place in range(1, self.rows + 1))
        for place, name in enumerate(others, start=1):
            self.fields[name] = UnitField(
                label=f"Đơn vị cùng nhập thứ {place}", required=False, day_field="on"
            )
        for name in ("name", "code", "kind", "parent"):
            self.fields[name].required = False
        for name in ("kind", "parent"):
            self.initial.setdefault(name, getattr(self.unit, name))
        self.groups = (
            ("Thay đổi", ("on", "legal_basis")),
            (f"Cùng nhập với {self.unit.name}", others),
            ("Thành đơn vị nào", ("into", "name", "code", "kind", "parent")),
            ("Đơn vị trực thuộc", ("below",)),
        )

    def clean(self) -> dict[str, Any]:
        """A new unit needs a name and a code; an existing one needs no more."""
        super().clean()
        if not self.cleaned_data.get("into") and "into" not in self.errors:
            why = "Hãy ghi mục này cho đơn vị mới, hoặc chọn một đơn vị đã có ở trên."
            self.require_filled(("name", "code", "kind", "parent"), why)
        return self.cleaned_data

    @property
    def olds(self) -> list[Unit]:
        """The units that end."""
        others = [self.cleaned_data.get(f"other_{place}") for place in range(1, self.rows + 1)]
        return [self.unit, *(other for other in others if other is not None)]


class UnitSplitForm(ReformForm):
    """A unit is divided among several; exactly one is the main heir."""

    can_grow = True
    kind = forms.ChoiceField(label="Loại của các đơn vị mới", choices=Kind.choices)
    parent = UnitField(label="Cấp trên của các đơn vị mới", day_field="on", help_text=_TYPE)

    def add_fields(self) -> None:
        """Lines for the heirs, and which is the main one."""
        groups = []
        for place in range(1, self.rows + 1):
            own = (f"part_{place}_name", f"part_{place}_code", f"part_{place}_unit")
            self.fields[own[0]] = LineInput(label="Tên đơn vị mới", required=False, max_length=300)
            self.fields[own[1]] = LineInput(label="Mã đơn vị mới", required=False, max_length=50)
            self.fields[own[2]] = UnitField(
                label="hoặc đơn vị đã có nhận phần này", required=False, day_field="on"
            )
            groups.append((f"Phần {place}", own))
        self.fields["main"] = forms.ChoiceField(
            label="Đơn vị kế thừa chính",
            help_text="Số liệu của những năm trước được tính cho đơn vị này; đơn vị trực thuộc "
            "cũng chuyển về đây.",
            choices=[(str(place), f"Phần {place}") for place in range(1, self.rows + 1)],
            widget=forms.RadioSelect,
        )
        for name in ("kind", "parent"):
            self.initial.setdefault(name, getattr(self.unit, name))
        self.groups = (
            ("Thay đổi", ("on", "legal_basis")),
            *groups,
            ("Kế thừa", ("main", "kind", "parent", "below")),
        )

    def clean(self) -> dict[str, Any]:
        """Each line is empty, a new unit, or an existing one; the main heir's is not empty."""
        super().clean()
        for place in range(1, self.rows + 1):
            name, code, unit = (
                self.cleaned_data.get(f"part_{place}_{what}") for what in ("name", "code", "unit")
            )
            if unit and (name or code):
                self.add_error(f"part_{place}_unit", "Hãy chỉ ghi đơn vị mới hoặc đơn vị đã có.")
            elif bool(name) != bool(code):
                why = "Đơn vị mới cần cả tên và mã."
                self.require_filled((f"part_{place}_name", f"part_{place}_code"), why)
        main = self.cleaned_data.get("main")
        if main and not self.errors and int(main) not in self.places:
            self.add_error("main", f"Phần {main} đang để trống; hãy chọn một phần đã ghi.")
        return self.cleaned_data

    @property
    def places(self) -> list[int]:
        """The lines that are filled."""
        return [
            place
            for place in range(1, self.rows + 1)
            if self.cleaned_data.get(f"part_{place}_unit")
            or self.cleaned_data.get(f"part_{place}_name")
        ]

    @property
    def parts(self) -> list[Unit]:
        """The heirs, in the order of the lines."""
        return [
            self.cleaned_data[f"part_{place}_unit"] or self.new_unit(f"part_{place}_")
            for place in self.places
        ]

    @property
    def main(self) -> int:
        """Which of `parts` is the main heir."""
        return self.places.index(int(self.cleaned_data["main"]))
