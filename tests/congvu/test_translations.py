"""Nothing that Django or its companions say to people is left in English."""

import ast
import gettext
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import axes
import django
import django_filters
import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.dateformat import format as written
from django.utils.timesince import timesince
from django.utils.translation import gettext as translate
from django.utils.translation.trans_real import translation

DJANGO = Path(django.__file__).parent
OWN = Path(settings.LOCALE_PATHS[0]) / "vi" / "LC_MESSAGES"


class Entry(NamedTuple):
    context: str | None
    singular: str
    plural: str | None
    translation: str

    @property
    def key(self) -> str | tuple[str, int]:
        """What the entry is called in a catalogue of Django's."""
        name = self.singular if self.context is None else f"{self.context}\x04{self.singular}"
        return (name, 0) if self.plural is not None else name


def entries(path: Path) -> Iterator[Entry]:
    """The entries of a .po file, its header apart. Neither gettext nor polib need be there."""
    for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
        parts: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            match = re.match(r'(msgctxt|msgid|msgid_plural|msgstr|msgstr\[0\])? ?(".*")$', line)
            if match is None:
                continue
            field = match[1] or field
            parts[field] = parts.get(field, "") + ast.literal_eval(match[2])
        if parts.get("msgid"):
            yield Entry(
                parts.get("msgctxt"),
                parts["msgid"],
                parts.get("msgid_plural"),
                parts.get("msgstr", parts.get("msgstr[0]", "")),
            )


def marked_for_translation(package: Path) -> Iterator[str]:
    """The texts that a package's code hands to gettext as `_("…")`."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text))]):
                    yield text


@pytest.mark.parametrize(
    ("part", "at_least"),
    [("conf", 340), ("contrib/auth", 85), ("contrib/contenttypes", 7), ("contrib/sessions", 6)],
)
def test_every_text_of_django_has_a_translation(part: str, at_least: int) -> None:
    known = list(entries(DJANGO / part / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    assert len(known) >= at_least, "the list of texts was not read in full"
    catalogue = translation("vi")._catalog  # type: ignore[attr-defined]
    assert [entry.singular for entry in known if not catalogue.get(entry.key)] == []


@pytest.mark.parametrize("package", [axes, django_filters], ids=["axes", "django_filters"])
def test_every_text_of_the_companions_has_a_translation(package: object) -> None:
    texts = set(marked_for_translation(Path(package.__file__).parent))  # type: ignore[attr-defined]
    assert len(texts) > 30, "the list of texts was not read in full"
    catalogue = translation("vi")._catalog  # type: ignore[attr-defined]
    assert sorted(text for text in texts if not catalogue.get(text)) == []


def test_the_compiled_file_says_what_the_source_says() -> None:
    with (OWN / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    compiled = {key: text for key, text in catalogue.items() if key != ""}
    assert compiled == {entry.key: entry.translation for entry in entries(OWN / "django.po")}, (
        "biên dịch lại: cách làm ghi ở đầu tệp django.po"
    )


def test_no_entry_stands_twice_or_empty() -> None:
    own = list(entries(OWN / "django.po"))
    assert len(own) > 400
    assert len({entry.key for entry in own}) == len(own)
    assert [entry.singular for entry in own if not entry.translation.strip()] == []
    assert "fuzzy" not in (OWN / "django.po").read_text("utf-8")


def test_placeholders_are_those_of_the_original() -> None:
    """A placeholder that the caller does not fill would be an error page, at the worst moment."""
    placeholder = re.compile(r"%\(\w+\)[sdrf]|%[sd]|(?<!\{)\{\w+\}")
    for entry in entries(OWN / "django.po"):
        expected = sorted(placeholder.findall(entry.plural or entry.singular))
        found = sorted(placeholder.findall(entry.translation))
        # One text may name a value twice, as the example of a step does.
        assert set(found) == set(expected), entry.singular
        if "%s" in expected or "%d" in expected:
            assert found == expected, entry.singular


def test_translations_are_tidy() -> None:
    for entry in entries(OWN / "django.po"):
        text = entry.translation
        assert text == text.strip() or entry.singular == ", ", entry.singular
        assert "  " not in text, entry.singular
        assert not re.search(r"\w\s[.,;:](\s|$)", text), entry.singular
        # a sentence stays a sentence
        if entry.singular.endswith(".") and len(entry.singular) > 12:
            assert text.rstrip("”").endswith("."), entry.singular


def test_a_form_says_what_to_do() -> None:
    class ReportForm(forms.Form):
        title = forms.CharField(max_length=5)
        day = forms.DateField()
        count = forms.IntegerField(min_value=0)
        kind = forms.ChoiceField(choices=[("a", "A")])

    empty = ReportForm({})
    assert empty.errors["title"] == ["Hãy điền mục này."]
    wrong = ReportForm({"title": "quá dài", "day": "17/13/2023", "count": "-1", "kind": "b"})
    assert wrong.errors == {
        "title": ["Hãy rút gọn còn nhiều nhất 5 ký tự (hiện có 7)."],
        "day": ["Ngày không hợp lệ; hãy ghi như 17/03/2023."],
        "count": ["Hãy nhập giá trị không nhỏ hơn 0."],
        "kind": ["Không có lựa chọn “b”; hãy chọn trong danh sách."],
    }


def test_signing_in_and_passwords_speak_vietnamese() -> None:
    refused = AuthenticationForm().get_invalid_login_error()
    assert refused.messages[0].startswith("Sai tên đăng nhập hoặc mật khẩu; hãy nhập lại.")
    with pytest.raises(ValidationError) as short:
        MinimumLengthValidator(14).validate("ngắn")
    assert short.value.messages == ["Mật khẩu quá ngắn; hãy đặt ít nhất 14 ký tự."]
    # Django's own says that the reset succeeded.
    assert translate("Password reset unsuccessful") == "Chưa đặt lại được mật khẩu"


def test_days_and_months_have_their_usual_names() -> None:
    monday = date(2023, 5, 1)
    assert written(monday, "l, j F Y") == "Thứ Hai, 1 Tháng 5 2023"
    assert [written(monday + timedelta(days=days), "D") for days in range(7)] == [
        "T2", "T3", "T4", "T5", "T6", "T7", "CN",
    ]  # fmt: skip
    for month in range(1, 13):
        day = date(2023, month, 1)
        assert [written(day, code) for code in "FENMb"] == [
            f"Tháng {month}", f"Tháng {month}", f"Tháng {month}", f"Thg {month}", f"Thg {month}",
        ]  # fmt: skip


def test_spans_of_time_are_told_in_vietnamese() -> None:
    now = datetime(2023, 3, 17, 8, 0, tzinfo=UTC)
    past = now - timedelta(days=400, hours=3)
    assert timesince(past, now).replace("\u00a0", " ") == "1 năm, 1 tháng"
    assert timesince(now - timedelta(minutes=5), now).replace("\u00a0", " ") == "5 phút"
