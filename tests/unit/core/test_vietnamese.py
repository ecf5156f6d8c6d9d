"""Vietnamese text, numbers and dates, by example and for whatever hypothesis thinks of."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.vietnamese import (
    KEY_LENGTH,
    YearOnly,
    clean_text,
    fold,
    format_date,
    format_decimal,
    format_number,
    name_key,
    nfc,
    parse_date,
    parse_number,
    parse_phone,
    sort_key,
)

NAMES = st.text(st.sampled_from("aăâáàảãạdđeêiíyoôơuưnhgtc QLĐ"), max_size=40)


def backwards(texts: list[str]) -> list[str]:
    """Return texts the other way round, so that sorting has something to do."""
    return texts[::-1]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Nguyễn\u00a0 Văn\tAn \n", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Đặng Thị Hồng Ánh"), "Đặng Thị Hồng Ánh"),
        ("Tia\u200b Chớp\ufeff", "Tia Chớp"),
        ("a\x00b\ufffec\uffffd\x1be", "abcde"),
        ("a\udc80b\U0001fffe", "ab"),
        ("tên\u202etxt", "têntxt"),
        ("Robo #1 (A)", "Robo #1 (A)"),
        ("\u3000 \u00a0", ""),
    ],
)
def test_clean_text(typed: str, stored: str) -> None:
    """Clean what people paste."""
    assert clean_text(typed) == stored


def test_clean_text_may_keep_lines() -> None:
    """Clean each line of a longer text."""
    assert clean_text("\n Ý  tưởng\u00a0\r\n\n mô tả \n", lines=True) == "Ý tưởng\n\nmô tả"


def test_nfc_keeps_lines_and_tabs() -> None:
    """Leave the lines of a longer text."""
    assert nfc("a\nb\tê\x07") == "a\nb\tê"


@given(st.text(st.characters()))
def test_clean_text_is_stable_and_storable(text: str) -> None:
    """Clean once and for all, whatever came in."""
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert "\x00" not in clean
    clean.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trường THCS Hòa Bình", "truong thcs hoa binh"),
        ("Hòa", "Hoà"),
        ("Quý", "Quí"),
        ("Lê Quí Đôn", "lê quý đôn"),
        ("ĐẶNG  ĐỨC", "dang duc"),
        (unicodedata.normalize("NFD", "Ước mơ"), "uoc mo"),
    ],
)
def test_fold_makes_spellings_equal(one: str, other: str) -> None:
    """Find one spelling by another."""
    assert fold(one) == fold(other)


def test_fold_keeps_different_words_apart() -> None:
    """Leave words that only look alike."""
    assert fold("Quỳnh") == "quynh"
    assert fold("Thi") != fold("Thy")
    assert fold("quit") == "quit"


@given(st.text())
def test_fold_is_stable(text: str) -> None:
    """Fold a folded text to itself."""
    assert fold(fold(text)) == fold(text)


def test_names_sort_by_given_then_middle_then_family() -> None:
    """Put a class list in the order a Vietnamese reader looks it up."""
    ordered = [
        "Nguyễn An",
        "Trần Bảo An",
        "Lê Văn An",
        "Nguyễn Văn An",
        "Nguyễn Văn Ân",
        "Bùi Thị Dung",
        "Bùi Thị Đào",
        "Lê Em",
        "Vũ Thu Hà",
        "Vũ Thu Hạ",
        "Vũ Thu Hải",
        "Đỗ Thị Oanh",
        "Đỗ Thị Ôn",
        "Đỗ Thị Ơn",
        "Lý Tú",
        "Lý Tụ",
        "Lý Tư",
    ]
    assert sorted(backwards(ordered), key=name_key) == ordered


def test_tones_and_letters_sort_in_the_order_of_the_alphabet() -> None:
    """Order level, falling, dipping, broken, rising, heavy; and each letter before its hatted sister."""
    tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
    letters = ["an", "ăn", "ân", "dao", "đao", "em", "êm", "on", "ôn", "ơn", "un", "ưn"]
    assert sorted(backwards(tones), key=sort_key) == tones
    assert sorted(backwards(letters), key=sort_key) == letters


def test_titles_sort_word_by_word() -> None:
    """Compare the first word wholly before the next."""
    ordered = ["Đội 2", "Hòa An", "Hòa Bình", "Hoài An", "Thần Tốc 006", "Thần Tốc 010"]
    assert sorted(backwards(ordered), key=sort_key) == ordered
    assert sort_key("Hoà Bình") == sort_key("Hòa Bình")


@given(st.text())
def test_keys_are_short_and_agree_in_every_collation(text: str) -> None:
    """Use figures and small letters only, and fit the column."""
    for key in (name_key(text), sort_key(text)):
        assert len(key) <= KEY_LENGTH
        assert key == "" or (key.isascii() and key.isalnum() and key == key.lower())


@given(NAMES, NAMES)
def test_name_key_does_not_depend_on_the_form_of_unicode(first: str, second: str) -> None:
    """Sort composed and decomposed spellings alike."""
    name = f"{first} {second}"
    assert name_key(name) == name_key(unicodedata.normalize("NFD", name))


@pytest.mark.parametrize(
    ("value", "shown"), [(1484, "1.484"), (0, "0"), (12, "12"), (1234567, "1.234.567"), (-1500, "-1.500"), (None, "")]
)
def test_format_number(value: int | None, shown: str) -> None:
    """Part thousands with points."""
    assert format_number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7.5, "7,5"),
        (Decimal("7.25"), "7,25"),
        (80, "80"),
        (1484.5, "1.484,5"),
        (100.0, "100"),
        (-0.001, "0"),
        (None, ""),
    ],
)
def test_format_decimal(value: Any, shown: str) -> None:
    """Write a decimal comma and no idle zeros."""
    assert format_decimal(value) == shown


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("7,5", Decimal("7.5")),
        ("7.5", Decimal("7.5")),
        ("1.484", Decimal(1484)),
        ("1.48", Decimal("1.48")),
        ("1.484,25", Decimal("1484.25")),
        (" 02 ", Decimal(2)),
        (57.5, Decimal("57.5")),
        (3, Decimal(3)),
        ("-3", Decimal(-3)),
        ("", None),
        (None, None),
    ],
)
def test_parse_number(typed: Any, value: Decimal | None) -> None:
    """Read numbers as people and workbooks write them."""
    assert parse_number(typed) == value


@pytest.mark.parametrize(
    "typed", ["bảy", "7,5,1", "1..2", "7-5", "#REF!", "٣", float("nan"), float("inf"), True, "9" * 40]
)
def test_parse_number_refuses(typed: Any) -> None:
    """Refuse what is no number."""
    with pytest.raises(ValueError, match="not a number"):
        parse_number(typed)


@given(st.integers(0, 10**12))
def test_numbers_come_back(value: int) -> None:
    """Read again what was written."""
    assert parse_number(format_number(value)) == value


@pytest.mark.parametrize(
    "typed",
    [
        "18/10/2014",
        "18-10-2014",
        "18.10.2014",
        " 18 / 10 / 2014 ",
        "2014-10-18",
        "2014-10-18 00:00:00",
        "Ngày 18 tháng 10 năm 2014",
        date(2014, 10, 18),
        datetime(2014, 10, 18, 7, 30),
        41930,
        41930.5,
    ],
)
def test_parse_date(typed: Any) -> None:
    """Read one day in all its spellings."""
    assert parse_date(typed) == date(2014, 10, 18)


def test_parse_date_without_padding_and_without_text() -> None:
    """Read 2-2-2010, and nothing as None."""
    assert parse_date("2-2-2010") == date(2010, 2, 2)
    assert parse_date("  ") is None
    assert parse_date(None) is None


@pytest.mark.parametrize(
    "typed",
    [
        "31/2/2014",
        "29/2/2013",
        "10/18/2014",
        "18/10",
        "18/10/14",
        "18/10-2014",
        "hôm qua",
        "#REF!",
        "0/1/2014",
        "1/1/0001",
        "1/1/9999",
    ],
)
def test_parse_date_refuses(typed: str) -> None:
    """Refuse days that no calendar has, and guesses."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse_date(typed)
    assert not isinstance(caught.value, YearOnly)


@pytest.mark.parametrize("typed", [1.0, -5, 250000, float("nan"), float("inf"), True, date(1, 1, 1)])
def test_parse_date_refuses_implausible_values(typed: Any) -> None:
    """Refuse numbers that are no day of a workbook."""
    with pytest.raises(ValueError, match=r"."):
        parse_date(typed)


@pytest.mark.parametrize("typed", ["2012", 2012, 2012.0])
def test_parse_date_tells_a_bare_year(typed: Any) -> None:
    """Tell a year from a day."""
    with pytest.raises(YearOnly) as caught:
        parse_date(typed)
    assert caught.value.year == 2012


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_dates_come_back(day: date) -> None:
    """Read again what was written."""
    assert parse_date(format_date(day)) == day


@given(st.text())
def test_odd_dates_never_break(text: str) -> None:
    """Answer any text with a day, nothing or ValueError."""
    try:
        day = parse_date(text)
    except ValueError:
        return
    assert day is None or isinstance(day, date)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0916 919 189", "0916919189"),
        ("0916.919.189", "0916919189"),
        ("+84 916 919 189", "0916919189"),
        (916919189.0, "0916919189"),
        ("0204.3856.624", "02043856624"),
        ("0912345678 / 0987654321", "0912345678 / 0987654321"),
        ("", None),
        (None, None),
    ],
)
def test_parse_phone(typed: Any, stored: str | None) -> None:
    """Keep the leading 0 and leave two numbers in one cell as they are."""
    assert parse_phone(typed) == stored
