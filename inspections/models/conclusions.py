"""The conclusion of a visit: a document whose number and day are the visit's, also when mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from congvu.dates import format_day
from congvu.rules import Ruled
from congvu.trail import changes_since, mark, snapshot
from inspections.models.codes import RoundStatus

if TYPE_CHECKING:
    from accounts.models import User
    from directives.models import Document

# Columns of their own because workbooks bring them, without a document.
_CONCLUDED = ("conclusion_number", "concluded_on")


class Concluded(Ruled):
    """A visit as something that a document concludes."""

    class Meta:
        abstract = True

    # What `Visit` has; declared for those who read the types.
    round: Any
    unit: Any
    visited_on: Any
    conclusion: Any
    conclusion_id: Any
    conclusion_number: Any
    concluded_on: Any
    remedies: Any

    def held(self) -> Any:
        """The visit as it now stands, held with its round."""
        raise NotImplementedError

    def why_not_concluded(self) -> str:
        """Why no conclusion can be registered now; empty when it can."""
        if self.round.status == RoundStatus.CANCELLED:
            return "Cuộc kiểm tra đã hủy nên không ghi kết luận được."
        if self.conclusion_id is not None:
            return (
                f"Lượt này đã có kết luận số {self.conclusion_number}; yêu cầu thêm thì ghi ở “Ghi "
                "kiến nghị”."
            )
        return ""

    def conclude(self, by: User, paper: Document) -> None:
        """The document concludes the visit: its number and day are the visit's from now on.

        Raises `ValidationError` for a visit that has its document already or whose round is
        cancelled, and for a document older than the visit.
        """
        with transaction.atomic():
            if refusal := self.held().why_not_concluded():
                raise ValidationError(refusal)
            before = snapshot(self, _CONCLUDED)
            self._take_conclusion(paper)
            self.write("conclusion", *_CONCLUDED)
            mark(by, self, "concluded", changes_since(before, self))

    def _take_conclusion(self, paper: Document) -> None:
        if paper.issued_on < self.visited_on:
            raise ValidationError(
                {
                    "issued_on": f"Ngày kết luận {format_day(paper.issued_on)} không thể trước "
                    f"ngày kiểm tra ({format_day(self.visited_on)}) của {self.unit.name}."
                }
            )
        self.conclusion = paper
        self.conclusion_number, self.concluded_on = paper.number, paper.issued_on

    def follow_conclusion(self, paper: Document, by: User) -> None:
        """The conclusion was mended: number and day follow, with a mark.

        Raises `ValidationError` where the new day would lie after the due day of something that was
        demanded from the old one on.
        """
        # No demand is added meanwhile: whoever adds one holds the visit too.
        self.held()
        before, old = snapshot(self, _CONCLUDED), self.concluded_on
        late = self.remedies.filter(due_on__lt=paper.issued_on)
        first = late.filter(due_on__gte=old).order_by("due_on").first() if old else None
        if first is not None and first.due_on:
            raise ValidationError(
                {
                    "issued_on": f"{first} có hạn {format_day(first.due_on)}, trước ngày kết luận "
                    f"mới {format_day(paper.issued_on)}; hãy sửa hạn của kiến nghị đó trước."
                }
            )
        self._take_conclusion(paper)
        self.write(*_CONCLUDED)
        if changes := changes_since(before, self):
            mark(by, self, "changed", changes, note="Theo văn bản kết luận vừa được sửa.")
