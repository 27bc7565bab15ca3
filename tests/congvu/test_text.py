"""Text: put in order, folded for searching, keyed for sorting."""

import random
import unicodedata

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from congvu.text import clean, clean_block, fold, name_sort_key, sort_key

# Every letter of Vietnamese, six tones each in the order of dictionaries: written by hand, so
# that the order is not taken from the code under test.
VOWELS = [
    "aàảãáạ",
    "ăằẳẵắặ",
    "âầẩẫấậ",
    "eèẻẽéẹ",
    "êềểễếệ",
    "iìỉĩíị",
    "oòỏõóọ",
    "ôồổỗốộ",
    "ơờởỡớợ",
    "uùủũúụ",
    "ưừửữứự",
    "yỳỷỹýỵ",
]
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

any_text = st.text(st.characters(codec=None))


def shuffled(texts: list[str]) -> list[str]:
    mixed = list(texts)
    random.Random(2023).shuffle(mixed)
    return mixed


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("", ""),
        ("  Đại   Từ ", "Đại Từ"),
        ("Đại\u00a0Từ", "Đại Từ"),
        ("Đại\u2003\u202f\u3000Từ", "Đại Từ"),
        ("Đại\t\r\nTừ\u2028", "Đại Từ"),
        ("\ufeffĐại\u200b Từ\u200c\u200d\u2060", "Đại Từ"),
        ("Đ\u00adại T\u0000ừ\u0007", "Đại Từ"),
        ("Thị xã \u200b Phổ Yên", "Thị xã Phổ Yên"),
        ("\u202eĐại Từ\ufffe\ufdd0\ud800", "Đại Từ"),
        # a zero-width space between a letter and its tone
        ("Đa\u200b\u0323i", "Đại"),
        ("Đa\u034f\u0323i", "Đại"),
        ("Dai\u0300", "Daì"),
        # dot below typed before and after the circumflex
        ("Vie\u0323\u0302t Vie\u0302\u0323t", "Việt Việt"),
    ],
)
def test_clean_puts_text_in_order(raw: str, stored: str) -> None:
    assert clean(raw) == stored


@given(any_text)
def test_clean_is_done_once_and_for_all(text: str) -> None:
    stored = clean(text)
    assert clean(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert stored == stored.strip()
    assert "  " not in stored
    assert {char for char in stored if char.isspace()} <= {" "}
    assert {unicodedata.category(char) for char in stored}.isdisjoint(
        {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("", ""),
        ("một\r\nhai\rba\nbốn", "một\nhai\nba\nbốn"),
        ("\n\n  một  \n\n hai\t \u200b\n \n", "một\n\nhai"),
        ("một\u2028hai\u2029ba\x0bbốn\x85năm", "một\nhai\nba\nbốn\nnăm"),
        ("a\u00a0 b\nĐa\u0323i", "a b\nĐại"),
    ],
)
def test_clean_block_keeps_line_breaks(raw: str, stored: str) -> None:
    assert clean_block(raw) == stored


@given(any_text)
def test_clean_block_is_done_once_and_for_all(text: str) -> None:
    stored = clean_block(text)
    assert clean_block(stored) == stored
    assert clean(stored) == clean(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đại Từ", "dai tu"),
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("ĐỊNH HÓA", "dinh hoa"),
        ("Ðại ðại Ɖại", "dai dai dai"),
        ("Nguyễn Thị Ánh Tuyết", "nguyen thi anh tuyet"),
        ("huyện Ứng Hòa, tp. Hà Nội", "huyen ung hoa, tp. ha noi"),
        ("Đắk R’Moan", "dak r'moan"),
        ("Phan Rang – Tháp Chàm", "phan rang - thap cham"),
        ("İstanbul", "istanbul"),
        ("STRASSE straße", "strasse strasse"),
        (" Đại\u00a0\u200bTừ ", "dai tu"),
        ("45/KH-UBND", "45/kh-ubnd"),
        # a mark that stands alone leaves no second space
        ("Đại \u0301 Từ", "dai tu"),
    ],
)
def test_fold_drops_case_and_marks(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


def test_fold_leaves_plain_letters_of_every_vietnamese_letter() -> None:
    for group in VOWELS:
        for letter in group:
            assert fold(letter) == fold(letter.upper()) == fold(group[0])
            assert fold(letter).isascii()
            assert fold(letter).isalpha()


@given(any_text)
def test_fold_is_done_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.sampled_from("".join(VOWELS) + ALPHABET + " đ-'0123456789")))
def test_fold_knows_no_case_and_no_form(text: str) -> None:
    folded = fold(text)
    assert fold(text.upper()) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert folded.isascii()


@pytest.mark.parametrize(
    "ordered",
    [
        list(ALPHABET),
        *(list(group) for group in VOWELS),
        ["ma", "mà", "mả", "mã", "má", "mạ", "mac", "mai", "măm", "mâm", "me"],
        # words of several syllables, as other languages have them
        ["ana", "anà", "àna", "àná"],
        # letters of the whole text come before any tone
        ["Hạ Long", "Hà Nội", "Hải Dương", "Hải Phòng", "Hưng Yên"],
        ["đại từ", "Đại Từ", "ĐẠI TỪ", "Đại Từ Sơn", "Đắk Lắk", "Định Hóa", "Đồng Hỷ", "Em"],
        ["Da", "Dy", "Đa", "Đy", "E", "Ê", "G"],
        # a shorter word comes before a longer one
        ["An Bình", "An Giang", "Ana", "Anh"],
        ["Quận 1", "Quận 2", "Quận 10", "Quận 12", "Quận Ba Đình"],
        ["Tổ 9", "Tổ 09", "Tổ 10", "Tổ 010", "Tổ 11"],
        ["99", "100", "1000000000000", "2000000000000", "một"],
        ["Phan Rang", "Phan Rang-Tháp Chàm", "Phan Thiết"],
        ["", "1", "a", "ж", "日本"],
        ["Đắk Nia", "Đắk R'Moan", "Đắk Rmu", "Đắk Song"],
    ],
)
def test_sort_key_follows_the_dictionary(ordered: list[str]) -> None:
    assert sorted(shuffled(ordered), key=sort_key) == ordered
    decomposed = [unicodedata.normalize("NFD", text) for text in ordered]
    assert sorted(shuffled(decomposed), key=sort_key) == decomposed
    assert len({sort_key(text) for text in ordered}) == len(ordered)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("Phan Rang-Tháp Chàm", "Phan Rang – Tháp Chàm"),
        ("Đắk R'Moan", "Đắk R’Moan"),
        ("Ðại Từ", "Đại Từ"),
        (" Đại\u00a0Từ ", "Đại Từ"),
    ],
)
def test_sort_key_sees_no_difference(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


syllable = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "b", "c", "ch", "d", "đ", "h", "th", "x"]),
    st.sampled_from("".join(VOWELS)),
    st.sampled_from(["", "c", "n", "ng", "t"]),
)
phrase = st.lists(syllable, max_size=4).map(" ".join)


def naive_key(text: str) -> tuple[list[int], list[int]]:
    """Letters, then tones, read off the tables above."""
    places = [-1]
    tones = []
    for char in text:
        group = next((group for group in VOWELS if char in group), char)
        places.append(ALPHABET.find(group[0]))
        tones.append(group.index(char))
    return places, tones


@given(phrase, phrase)
def test_sort_key_agrees_with_a_naive_reading(one: str, other: str) -> None:
    assert (sort_key(one) < sort_key(other)) == (naive_key(one) < naive_key(other))
    assert (sort_key(one) == sort_key(other)) == (one == other)


@given(any_text)
def test_sort_key_is_digits_so_that_no_collation_reorders_it(text: str) -> None:
    for key in (sort_key(text), name_sort_key(text)):
        assert key.isascii()
        assert key.isdecimal()


def test_sort_key_stays_short() -> None:
    name = "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông tỉnh Thái Nguyên"
    assert len(sort_key(name)) < 2.5 * len(name)


@pytest.mark.django_db
def test_sort_key_has_one_order_under_every_collation() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("cần PostgreSQL: đặt DATABASE_URL=postgres://… rồi chạy lại")
    words = [*ALPHABET, "aa", "ch", "Ch", "dž", "ll", "ở", "Quận 2", "Quận 10", "Đại Từ", "đa", ""]
    keys = [sort_key(word) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collname FROM pg_collation WHERE collname IN"
            " ('default', 'C', 'en-x-icu', 'vi-x-icu', 'cs-x-icu', 'da-x-icu', 'en_US.utf8')"
        )
        collations = [name for (name,) in cursor.fetchall()]
        assert {"default", "C"} <= set(collations)
        for collation in collations:
            name = connection.ops.quote_name(collation)
            cursor.execute(
                f"SELECT key FROM unnest(%s) AS keys (key) ORDER BY key COLLATE {name}",  # noqa: S608
                [keys],
            )
            assert [key for (key,) in cursor.fetchall()] == sorted(keys), collation


@pytest.mark.parametrize(
    "ordered",
    [
        # given name, then family and middle name
        ["Trần Văn An", "Lê Thị Ánh", "Nguyễn Văn Bình", "Hoàng Thị Đào", "Vũ Ê", "Đỗ Mười"],
        ["Đinh Văn An", "Lê An", "Lê Văn An", "Nguyễn An"],
        # every Hà before the first Hạ, whatever the family names
        ["Nguyễn Hà", "Trần Hà", "Đào Văn Hạ", "Lê Hạ"],
        ["An", "Bùi An", "Anh"],
        # case decides last, after the family name
        ["BÙI AN", "Cao An", "CAO AN", "Đào an"],
    ],
)
def test_name_sort_key_goes_by_given_name(ordered: list[str]) -> None:
    assert sorted(shuffled(ordered), key=name_sort_key) == ordered
    spaced = [f" {unicodedata.normalize('NFD', name)}\u00a0" for name in ordered]
    assert sorted(shuffled(spaced), key=name_sort_key) == spaced
