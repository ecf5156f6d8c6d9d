"""Vietnamese text, numbers and dates: cleaned on the way in, found without diacritics, sorted by name."""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, NoReturn

KEY_LENGTH: Final = 300
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

# Controls but tab and line ends, invisible marks, direction overrides, lone surrogates and noncharacters.
# NUL stops PostgreSQL; U+FFFE and surrogates make a whole XML or UTF-8 export fail.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    + "".join(chr(plane << 16 | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
# The only one of them that Python calls printable; for text without any, the search above is spared.
_JOINER: Final = "\u034f"
_PLAIN: Final = re.compile(r"[!-~]+(?: [!-~]+)*")
_QUI: Final = re.compile(r"\bqui\b")


def nfc(text: str) -> str:
    """Return text in composed form, without characters that cannot be seen, stored or exported."""
    if not text.isprintable() or _JOINER in text:
        text = _INVISIBLE.sub("", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def clean_text(text: str, *, lines: bool = False) -> str:
    """Return text as it is stored: composed, visible, with single spaces; in one line, or with its lines kept."""
    if lines:
        return "\n".join(map(clean_text, nfc(text).splitlines())).strip()
    return _one_line(text)


# A list's cells are cleaned where they are read, compared and judged: once is enough.
@lru_cache(maxsize=32_768)
def _one_line(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else " ".join(nfc(text).split())


# More than any list has; whoever sends every sign there is shall not fill the memory.
_MOST_LETTERS: Final = 10_000


class _Bare(dict[int, str]):
    """Know each letter without its marks, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        """Take a letter apart and keep what is no mark."""
        if len(self) > _MOST_LETTERS:
            self.clear()
        parts = unicodedata.normalize("NFD", chr(code))
        bare = self[code] = "".join(c for c in parts if not unicodedata.combining(c)).replace("đ", "d")
        return bare


_BARE: Final = _Bare()


# A list is folded again and again while it is read, matched and compared.
@lru_cache(maxsize=32_768)
def fold(text: str) -> str:
    """Return text for finding: lower case, no diacritics, đ as d, one spelling of Quý and Quí."""
    lowered = clean_text(text).lower()
    if not lowered.isascii():
        # A mark that stood alone may leave a space at the end.
        lowered = " ".join(lowered.translate(_BARE).split())
    return _QUI.sub("quy", lowered) if "qui" in lowered else lowered


# One small sign for each letter, in the order of the alphabet. Only figures and small letters are used, so that
# every collation of every database agrees with the order of the bytes.
_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SIGNS: Final = dict(zip(_ALPHABET, "23456789abcdefghijklmnopqrstuvwxy", strict=True))
_SHAPES: Final = {"\u0306": {"a": "ă"}, "\u0302": {"a": "â", "e": "ê", "o": "ô"}, "\u031b": {"o": "ơ", "u": "ư"}}
_TONES: Final = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}
_END, _FIGURE, _OTHER, _LEVEL = "0", "1", "z", "1"


def _word_key(word: str) -> str:
    letters: list[str] = []
    tone = _LEVEL
    for sign in unicodedata.normalize("NFD", word.lower()):
        if sign in _TONES:
            tone = _TONES[sign] if tone == _LEVEL else tone
        elif sign in _SHAPES and letters:
            letters[-1] = _SHAPES[sign].get(letters[-1], letters[-1])
        elif sign.isalnum():
            letters.append(sign)
    return "".join(map(_sign_key, letters)) + _END + tone if letters else ""


def _sign_key(sign: str) -> str:
    if "0" <= sign <= "9":
        return _FIGURE + sign
    return _SIGNS.get(sign) or f"{_OTHER}{ord(sign):06x}"


def sort_key(text: str) -> str:
    """Return a key that puts titles and places in Vietnamese order, word by word."""
    words = _WORD_BREAK.split(nfc(text))
    return "".join(map(_word_key, words))[:KEY_LENGTH]


def name_key(full_name: str) -> str:
    """Return a key that puts people in Vietnamese order: given name, then middle names, then family name."""
    words = [key for key in map(_word_key, _WORD_BREAK.split(nfc(full_name))) if key]
    if not words:
        return ""
    family, middle, given = words[:1], words[1:-1], words[-1]
    if len(words) == 1:
        return given[:KEY_LENGTH]
    return (given + "".join(middle) + _END + family[0])[:KEY_LENGTH]


_WORD_BREAK: Final = re.compile(r"[\s\-–—_/.,;:()]+")


def format_number(value: int | float | Decimal | None) -> str:
    """Write 1484 as 1.484, the rest of a fraction rounded away."""
    return "" if value is None else f"{value:,.0f}".replace(",", ".")


def format_decimal(value: int | float | Decimal | None, places: int = 2) -> str:
    """Write 7.5 as 7,5, with at most so many decimals and no idle zeros."""
    if value is None:
        return ""
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.translate(_SWAP)


_SWAP: Final = str.maketrans(",.", ".,")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA: Final = re.compile(r"[+-]?\d+(?:,\d+)?")
_POINT: Final = re.compile(r"[+-]?\d+\.\d+")


def parse_number(value: Any) -> Decimal | None:
    """Read 7,5 or 7.5 or 1.484 (thousands); None for nothing. Raises ValueError for what is no number."""
    if value is None:
        return None
    if isinstance(value, bool):
        _refuse(value)
    if isinstance(value, int | float | Decimal):
        return _finite(value)
    text = clean_text(str(value)).replace(" ", "")
    if not text:
        return None
    if len(text) > 30 or not text.isascii():
        _refuse(value)
    if _GROUPED.fullmatch(text) or _COMMA.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if not _POINT.fullmatch(text):
        _refuse(value)
    return Decimal(text)


def _finite(value: int | float | Decimal) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        _refuse(value)
    return number if number.is_finite() else _refuse(value)


def _refuse(value: Any) -> NoReturn:
    raise ValueError(f"not a number: {value!r}")


class YearOnly(ValueError):
    """Say that a date names a year and nothing more."""

    def __init__(self, year: int) -> None:
        super().__init__(f"only a year: {year}")
        self.year = year


_DAY_FIRST: Final = re.compile(r"(\d{1,2}) ?([/.\-]) ?(\d{1,2}) ?\2 ?(\d{4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})")
_IN_WORDS: Final = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
_CLOCK: Final = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
# Day 1 of a workbook is 1/1/1900; its 29/2/1900 never was, so all later days count from the day before.
_SERIAL_ZERO: Final = date(1899, 12, 30)
# From 1/1/1930: a smaller number is an age, a count or a year.
_FIRST_SERIAL, _LAST_SERIAL = 10959, 73415


def parse_date(value: Any) -> date | None:
    """Read a date as people and workbooks write it; None for nothing.

    Raises YearOnly for a bare year and ValueError for what no calendar has.
    """
    if isinstance(value, datetime):
        return _plausible(value.date())
    if value is None or isinstance(value, date):
        return value if value is None else _plausible(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(value)
    text = _CLOCK.sub("", clean_text(str(value)))
    return _from_text(text) if text else None


def _from_serial(value: int | float) -> date:
    if not math.isfinite(value):
        raise ValueError("not a date")
    if EARLIEST_YEAR <= value <= LATEST_YEAR and value == int(value):
        raise YearOnly(int(value))
    if not _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        raise ValueError(f"not a date: {value}")
    return _SERIAL_ZERO + timedelta(days=int(value))


# A list of children knows a few thousand days, each written many times.
@lru_cache(maxsize=8_192)
def _from_text(text: str) -> date:
    if not text.isascii() or " " in text:
        text = text.lower()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found[1], found[3], found[4]
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found[1], found[3], found[4]
    elif found := _IN_WORDS.fullmatch(text):
        day, month, year = found[1], found[2], found[3]
    elif re.fullmatch(r"\d{4}", text) and EARLIEST_YEAR <= int(text) <= LATEST_YEAR:
        raise YearOnly(int(text))
    else:
        raise ValueError(f"not a date: {text!r}")
    return _plausible(date(int(year), int(month), int(day)))


def _plausible(day: date) -> date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValueError(f"not a plausible year: {day.year}")
    return day


def format_date(value: date | None) -> str:
    """Write a date as dd/mm/yyyy."""
    return "" if value is None else f"{value.day:02}/{value.month:02}/{value.year:04}"


_PHONE_SIGNS: Final = re.compile(r"[\s.()\-]+")


def parse_phone(value: Any) -> str | None:
    """Return a telephone number without spaces, its leading 0 kept; other text is only cleaned."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = clean_text(str(value)) if value is not None else ""
    digits = _PHONE_SIGNS.sub("", text)
    if re.fullmatch(r"\+84\d{9,10}", digits):
        return "0" + digits[3:]
    # A number cell drops the 0 that every number in the country begins with.
    if isinstance(value, int) and len(digits) == 9:
        return "0" + digits
    return (digits if digits.isascii() and digits.isdigit() else text) or None
