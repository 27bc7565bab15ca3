"""What is issued by a document: it tells the document's number and day, also when those change.

A number is used once by an issuer in the year of issue, whether the document is registered or not.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Upper

from congvu.dates import format_day
from congvu.rules import Ruled
from congvu.trail import changes_since, mark, snapshot
from directives.models import Document

if TYPE_CHECKING:
    from units.models import Unit

_TOLD = ("number", "issued_on")


class IssuedByPaper(Ruled):
    """Has `number` and `issued_on`, which are those of `paper` once there is one.

    They are columns of their own because workbooks tell plans by them, and plans recorded from a
    workbook have no paper.
    """

    number: Any
    issued_on: Any
    paper: Any
    # How a query reaches the issuer.
    issuer_path: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def issued_by(self) -> Unit:
        """The unit that issues it."""
        raise NotImplementedError

    @property
    def number_holder(self) -> IssuedByPaper | None:
        """What else has this number of its issuer in the year of issue; two queries."""
        if not self.number or self.issued_on is None:
            return None
        return holder_of(self.issued_by, self.number, self.issued_on, but=self)

    def clean(self) -> None:
        """Also: nothing else of the issuer has the number that year."""
        super().clean()
        if not self.is_filled or (other := self.number_holder) is None:
            return
        raise ValidationError(
            {
                "number": f"{self.issued_by.name} đã dùng số {self.number} trong năm "
                f"{self.issued_on.year}: {other}, ban hành ngày {format_day(other.issued_on)}. Hãy "
                "xem lại số ký hiệu và ngày ban hành."
            }
        )

    def take_paper(self, paper: Document) -> None:
        """Number and day are the document's."""
        self.number, self.issued_on, self.paper = paper.number, paper.issued_on, paper

    def follow_paper(self, paper: Document, by: Any) -> None:
        """The document was mended: number and day follow, with a mark.

        Raises `ValidationError` where a rule forbids the new day, or another unit issued it.
        """
        if paper.issuer_id != self.issued_by.pk:
            raise ValidationError(
                {
                    "issuer": f"{self} được ban hành bằng văn bản này, nên cơ quan ban hành phải "
                    f"là {self.issued_by.name}."
                }
            )
        before = snapshot(self, _TOLD)
        self.take_paper(paper)
        self.clean()
        self.write(*_TOLD)
        if changes := changes_since(before, self):
            mark(by, self, "changed", changes, note="Theo văn bản ban hành vừa được sửa.")


def holder_of(
    issuer: Unit, number: str, day: date, but: IssuedByPaper | None = None
) -> IssuedByPaper | None:
    """What the unit issued under that number in the year of the day, other than `but`.

    Plans and adjustments, also those of which no document is registered. Upper and lower case are
    one, as they are for documents.
    """
    for kind in IssuedByPaper.__subclasses__():
        asked = {
            kind.issuer_path: issuer.pk,
            "as_number": Upper(Value(number)),
            "issued_on__year": day.year,
        }
        rows = kind._base_manager.annotate(as_number=Upper("number")).filter(**asked)
        if isinstance(but, kind):
            rows = rows.exclude(pk=but.pk)
        if (found := rows.select_related(kind.issuer_path).first()) is not None:
            return found
    return None
