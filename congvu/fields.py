"""Model columns that keep text as this product needs it: NFC on the way in, and foldable.

The work happens in `to_python`, which Django's `get_prep_value` asks too, and in `pre_save`, so it
also holds for `bulk_create` and filters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxLengthValidator
from django.db import models

from congvu.text import clean, clean_block, fold, name_sort_key, sort_key

if TYPE_CHECKING:
    _Char = models.CharField[str, str]
    _Text = models.TextField[str, str]
else:
    # Django's own classes take no type parameters while they run.
    _Char = models.CharField
    _Text = models.TextField


class LineField(_Char):
    """One line of text: NFC, no stray or doubled spaces (domain notes, "Text and numbers")."""

    def to_python(self, value: Any) -> Any:
        """The text as it will be stored, so that forms compare and show the same."""
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value


# A cell of a workbook holds 32,767 characters: a text of this length leaves as a file uncut, and a
# list may put some words before it.
BLOCK_LIMIT = 30_000


class BlockField(_Text):
    """Several lines of text: NFC, line breaks kept, no more than a workbook's cell can hold."""

    default_validators = (
        *_Text.default_validators,
        MaxLengthValidator(
            BLOCK_LIMIT,
            "Nội dung dài %(show_value)s ký tự, quá %(limit_value)s ký tự; hãy rút ngắn hoặc kèm "
            "thành văn bản.",
        ),
    )

    def to_python(self, value: Any) -> Any:
        """The text as it will be stored."""
        value = super().to_python(value)
        return clean_block(value) if isinstance(value, str) else value


class _FromText(_Text):
    """A column worked out from other text columns of the row each time the row is saved.

    SQL can neither fold Vietnamese nor sort it portably (CONTRIBUTING, "Derived and stored").
    """

    form_of: Callable[[str], str]

    def __init__(self, *args: Any, source: Sequence[str] = (), **kwargs: Any) -> None:
        self.source = tuple(source)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The folded form of the source columns as they stand now."""
        text = " ".join(str(getattr(model_instance, name) or "") for name in self.source)
        value = type(self).form_of(text)
        setattr(model_instance, self.attname, value)
        return value


class FoldedField(_FromText):
    """Source columns without case and tone marks, for search: `dai tu` finds `Đại Từ`."""

    form_of = staticmethod(fold)


class SortKeyField(_FromText):
    """Source column as a key that sorts in Vietnamese order under any collation."""

    form_of = staticmethod(sort_key)


class NameSortKeyField(_FromText):
    """A person's name as a key that sorts by the given name, the last word, first."""

    form_of = staticmethod(name_sort_key)
