"""Vietnamese text: put in order on the way in, folded for searching, keyed for sorting.

Text reaches us from keyboards, Word, Excel, e-mail and the web, in NFC or NFD, with no-break
and zero-width spaces. `clean` and `clean_block` are applied to everything that is stored;
`fold` and `sort_key` fill columns beside the stored text and never replace it.
"""

import re
import unicodedata

# Invisible, yet of no "format" category: it only keeps marks from combining with their letter.
_GRAPHEME_JOINER = "\u034f"


class _Table(dict[int, str | int | None]):
    """A table for `str.translate` that learns each other character when it first meets it.

    A plain dict raises an error inside for every character that it lacks, which is slow.
    """

    def __missing__(self, code: int) -> str | int | None:
        self[code] = code
        return code


# Word and phones put these where people type the plain sign: "M’Đrắk" is "M'Đrắk".
_TYPOGRAPHIC = _Table(
    {
        **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u02b9\u2032\u0060\u00b4\uff07"), "'"),
        **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u2033"), '"'),
        **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    }
)

# đ has no decomposition. Eth and the African d look the same as capitals (Ð, Ɖ) and are typed
# for Đ by mistake.
_D_WITH_STROKE = "đĐðÐɖƉ"


class _Folded(_Table):
    """What `fold` makes of each character of a decomposed text: worked out once, then looked up."""

    def __missing__(self, code: int) -> str:
        lowered = chr(code).translate(_TYPOGRAPHIC).casefold()
        plain = "".join("d" if char in _D_WITH_STROKE else char for char in lowered)
        # Case goes before marks: casefold may itself make marks (İ becomes i and a dot above).
        parts = unicodedata.normalize("NFD", plain)
        kept = "".join(char for char in parts if unicodedata.category(char) != "Mn")
        self[code] = kept
        return kept


_FOLDED = _Folded()


def _is_junk(char: str) -> bool:
    """Whether a character says nothing to a reader and only spoils comparing and storing.

    Controls (PostgreSQL refuses NUL), format characters (zero-width spaces and joiners, the
    byte order mark, soft hyphens, direction overrides), lone surrogates (no UTF-8), and the
    noncharacters that XML, hence Excel, refuses.
    """
    if char == _GRAPHEME_JOINER:
        return True
    if unicodedata.category(char) in ("Cc", "Cf", "Cs"):
        return True
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def clean(text: str) -> str:
    """One line of text as it is stored: NFC, nothing invisible, single plain spaces.

    Every Unicode space, tabs and line breaks included, counts as a space; runs of them become
    one; those at the ends go. Applying it twice changes nothing.
    """
    # Nearly every text is in order when it comes here; to see that takes a quarter of the time.
    # What can be printed holds no space but the plain one, and no junk but the joiner.
    if (
        text.isprintable()
        and "  " not in text
        and text == text.strip()
        and _GRAPHEME_JOINER not in text
    ):
        return unicodedata.normalize("NFC", text)
    # Spaces first: tabs and line breaks are controls as well, and part words.
    visible = " ".join(text.split())
    if not visible.isprintable() or _GRAPHEME_JOINER in visible:
        # Junk before NFC: a zero-width character may stand between a letter and its tone.
        visible = "".join(char for char in visible if not _is_junk(char))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def clean_block(text: str) -> str:
    """Several lines of text as they are stored: each line as `clean` leaves it, breaks kept.

    Line breaks become "\\n" whatever they were; empty lines inside stay, those at the ends go.
    """
    if text.isprintable():  # no line break can be
        return clean(text)
    lines = re.split("\r\n|[\n\r\v\f\x85\u2028\u2029]", text)
    return "\n".join(clean(line) for line in lines).strip("\n")


def fold(text: str) -> str:
    """The form for searching and comparing: no case, no marks, đ as d, plain quotes and dashes.

    `fold("Hoà") == fold("hòa") == "hoa"` and `fold("Đại Từ") == "dai tu"`. Applying it twice
    changes nothing.
    """
    # Decomposed first, because casefold of a composed letter may differ from its parts'.
    return clean(unicodedata.normalize("NFD", clean(text)).translate(_FOLDED))


# --- Sorting -------------------------------------------------------------------------------
#
# A key is made of decimal digits alone. SQLite compares bytes; PostgreSQL compares by the rules
# of the database's locale, which pass over punctuation, mix the cases and in places take two
# letters for one (Czech ch, Danish aa). Digits alone have the same order everywhere.

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_VOWELS = frozenset("aăâeêioôơuưy")
_SHAPES = {
    "a\u0306": "ă",
    "a\u0302": "â",
    "e\u0302": "ê",
    "o\u0302": "ô",
    "o\u031b": "ơ",
    "u\u031b": "ư",
}
# level 0, then huyền, hỏi, ngã, sắc, nặng
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

# Weights of two digits, lowest first. An ended text comes before a longer one, a shorter word
# before a longer one, numbers before letters.
_END = "00"
_SPACE = "01"
_NUMBER_LENGTH = 10  # 11 = a number of one digit … 29 = of nineteen or more
_LONGEST_NUMBER = 19
_DIGIT = 30  # 30 … 39
_LETTERS = {letter: str(40 + place) for place, letter in enumerate(_ALPHABET)}  # 40 … 72
_OTHER_LETTER = "99"

# A number, or a word: letters with the marks upon them, apostrophes inside (R'Moan is one word).
_TOKEN = re.compile(r"(?P<number>\d+)|(?P<word>[^\W\d_](?:[^\W\d_]|'|[\u0300-\u036f])*)")


def _weigh_number(number: str) -> tuple[str, str]:
    """A number's weight, by value, and what tells 5 from 05."""
    digits = "".join(str(unicodedata.decimal(char)) for char in number)
    significant = digits.lstrip("0") or "0"
    length = min(len(significant), _LONGEST_NUMBER)
    primary = str(_NUMBER_LENGTH + length) + "".join(str(_DIGIT + int(d)) for d in significant)
    return primary, str(min(len(digits) - len(significant), 9))


def _weigh_word(word: str) -> tuple[str, str, str]:
    """A word's weights: its letters, the tone of each group of vowels, its case."""
    letters: list[str] = []
    tones: list[int] = []
    in_vowels = False
    lowered = unicodedata.normalize("NFD", word.casefold())
    for match in re.finditer(r"([^\u0300-\u036f])([\u0300-\u036f]*)", lowered):
        letter, marks = match.groups()
        if letter == "'":
            continue
        if letter in _D_WITH_STROKE:
            letter = "đ"
        for mark in marks:
            letter = _SHAPES.get(letter + mark, letter)
        letters.append(_LETTERS.get(letter) or f"{_OTHER_LETTER}{ord(letter):08d}")
        # One tone for a whole group of vowels, so that hoà and hòa have one place.
        if letter not in _VOWELS:
            in_vowels = False
            continue
        if not in_vowels:
            tones.append(0)
        in_vowels = True
        tones[-1] = max(tones[-1], *(_TONES.get(mark, 0) for mark in marks), 0)
    if word == word.lower():
        case = "0"
    elif word[1:] == word[1:].lower():
        case = "1"
    else:
        case = "3" if word == word.upper() else "2"
    return "".join(letters), "".join(map(str, tones)), case


def _weigh(text: str) -> tuple[str, str]:
    """A text's weights: letters and then tones; and case, which comes after all else."""
    primary: list[str] = []
    secondary: list[str] = []
    cases: list[str] = []
    for match in _TOKEN.finditer(clean(text).translate(_TYPOGRAPHIC)):
        if match["number"] is not None:
            weight, zeros = _weigh_number(match["number"])
            secondary.append(zeros)
        else:
            weight, tones, case = _weigh_word(match["word"])
            secondary.append(tones)
            cases.append(case)
        primary.append(weight)
    # Texts of the same letters have as many tones, so these need no separator of their own.
    return _SPACE.join(primary) + _END + "".join(secondary), "".join(cases)


def sort_key(text: str) -> str:
    """A key of decimal digits that sorts texts in Vietnamese order under any collation.

    The order of Vietnamese dictionaries: the letters of the whole text first (a ă â b c d đ e ê
    … with f, j, w, z at their Latin places), then the tones (level, huyền, hỏi, ngã, sắc, nặng),
    then case (small before capital). Numbers go by value: "Quận 2" before "Quận 10".
    Punctuation only parts words; hoà and hòa differ in nothing.

    About two digits per letter and one or two per word: keep it in a TextField, and let the
    primary key decide between equal ones.
    """
    return "".join(_weigh(text))


def name_sort_key(full_name: str) -> str:
    """A key as `sort_key` gives, for persons: by given name, the last word, then by the rest.

    The whole given name counts before anything of the family name: every Hà stands before the
    first Hạ, as in any Vietnamese list of persons.
    """
    *rest, given = clean(full_name).split(" ")
    given_weight, given_case = _weigh(given)
    rest_weight, rest_case = _weigh(" ".join(rest))
    return given_weight + rest_weight + given_case + rest_case


# More words than these narrow nothing, and each costs the database a condition.
_WORDS = 10


def search_words(text: str) -> list[str]:
    """The folded words that a search asks for: each once, at most ten of them."""
    return list(dict.fromkeys(fold(text)[:300].split()))[:_WORDS]
