"""A number is used once by an issuer in a year: forms say which document has it.

Every form that registers a document asks the same and says the same:

    form.taken = tell_taken(form, document, request.user)

and its page includes `directives/parts/taken.html`, which leads to the other document.
"""

from __future__ import annotations

from django import forms

from congvu.access import Person
from directives.models import TAKEN, Document, DocumentType

# The letters of a type as numbers carry them, where they are not those of its code.
_LETTERS = {"QĐ": DocumentType.DECISION, "CĐ": DocumentType.TELEGRAM, "NĐ": DocumentType.DECREE}


def type_told(number: str) -> DocumentType:
    """The type that a number tells: 45/KH-UBND is a plan, 202/2025/QĐ-UBND a decision.

    An official letter has no letters of a type (domain notes): 125/SNV-CCHC. The Party's have them
    in front: 35-CT/TU.
    """
    front, _, back = number.upper().rpartition("/")
    letters = front.partition("-")[2] or back.split("-")[0]
    if letters in _LETTERS:
        return _LETTERS[letters]
    return DocumentType(letters) if letters in DocumentType.values else DocumentType.LETTER


def taken_by(document: Document, person: Person) -> tuple[str, Document | None]:
    """The sentence for a number that is taken, and the other document where it is in reach.

    The sentence is empty for a number that is free. Two queries at most.
    """
    other = Document.objects.same_as(document).select_related("issuer").first()
    if other is None:
        return "", None
    if not Document.objects.visible_to(person).filter(pk=other.pk).exists():
        # Of one out of reach no word but that the number is taken.
        return TAKEN, None
    return f"{TAKEN} Đó là {other}: {other.subject}", other


def tell_taken(
    form: forms.BaseForm, document: Document, person: Person, field: str = "number"
) -> Document | None:
    """Refuse at the form's field a number that is taken; the other document where it is in reach.

    Call when the form's values are in the document, saved or not; `form.is_valid()` is then false.
    """
    said, other = taken_by(document, person)
    if said:
        form.add_error(field, said)
    return other
