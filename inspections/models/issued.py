"""What is issued by a document: it tells the document's number and day, also when those change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

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

    class Meta:
        abstract = True

    @property
    def issued_by(self) -> Unit:
        """The unit that issues it."""
        raise NotImplementedError

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
