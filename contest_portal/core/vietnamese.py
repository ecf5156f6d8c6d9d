"""Vietnamese text as data: normalised, folded for searching, ordered by given name, figures and dates."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# không, huyền, hỏi, ngã, sắc, nặng
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = {"\u0306", "\u0302", "\u031b"}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_DATE = re.compile(r"(\d{1,2})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
_EXCEL_EPOCH = date(1899, 12, 30)
KEY_LENGTH = 300


class YearOnly(ValueError):
    """Say that only a year was given where a day is needed."""


def nfc(text: str) -> str:
    """Return the text in NFC."""
    return unicodedata.normalize("NFC", text)


def clean_text(text: str, *, lines: bool = False) -> str:
    """Return the text in NFC without invisible characters and doubled spaces; keep line ends where asked."""
    text = _CONTROL.sub("", _INVISIBLE.sub("", nfc(text)))
    if not lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def fold(text: str) -> str:
    """Return the text as it is searched for: lower case, no diacritics, đ as d, single spaces."""
    parts = unicodedata.normalize("NFD", clean_text(text).casefold().replace("đ", "d"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def _letter_keys(word: str) -> tuple[str, str]:
    letters, tones = [], []
    base = ""
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in TONES:
            if tones:
                tones[-1] = str(TONES[char])
        elif char in _SHAPES and base:
            base = unicodedata.normalize("NFC", base + char)
            letters[-1] = _order(base)
        elif not unicodedata.combining(char):
            base = char
            letters.append(_order(char))
            tones.append("0")
    return "".join(letters), "".join(tones)


def _order(letter: str) -> str:
    place = ALPHABET.find(letter)
    if place >= 0:
        return f"{place + 20:02d}"
    return f"{ord(letter) % 10 + 10:02d}" if letter.isdigit() else "01"


def sort_key(text: str) -> str:
    """Return an ASCII key that puts words in Vietnamese order in any binary collation."""
    words = [_letter_keys(word) for word in clean_text(text).split()]
    return " ".join(f"{letters}.{tones}" for letters, tones in words)[:KEY_LENGTH]


def name_key(full_name: str) -> str:
    """Return the key that orders people by given name, then middle names, then family name."""
    words = clean_text(full_name).split()
    if not words:
        return ""
    ordered = [words[-1], *words[1:-1], words[0]] if len(words) > 1 else words
    return sort_key(" ".join(ordered))


def format_number(value: int) -> str:
    """Return 1484 as "1.484"."""
    return f"{value:,}".replace(",", ".")


def format_decimal(value: Decimal | float | int | None, places: int = 2) -> str:
    """Return 7.5 as "7,5", without trailing zeros."""
    if value is None:
        return ""
    whole, _, rest = f"{value:,.{places}f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def format_date(day: date | None) -> str:
    """Return a day as dd/mm/yyyy."""
    return "" if day is None else f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def parse_date(value: str | date | datetime | int | float) -> date:
    """Return the day meant by a text, a date or a workbook's serial number.

    Raises ValueError for 31/2 and nonsense, YearOnly where just a year was given.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return _from_serial(float(value))
    text = clean_text(value)
    if found := _DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    if found := _ISO.fullmatch(text):
        return date(*map(int, found.groups()))
    return _from_serial(float(text)) if re.fullmatch(r"\d{4,5}(\.\d+)?", text) else _nonsense(text)


def _nonsense(text: str) -> date:
    raise ValueError(f"not a date: {text[:40]}")


def _from_serial(number: float) -> date:
    if 1900 <= number <= 2100 and number == int(number):
        raise YearOnly(f"only a year: {number:.0f}")
    if not 7000 <= number < 80000:
        raise ValueError(f"not a date: {number}")
    return _EXCEL_EPOCH + timedelta(days=int(number))


def parse_number(text: str | int | float | Decimal) -> Decimal:
    """Return the number meant by "7,5", "1.484" or 7.5; raises ValueError."""
    if isinstance(text, int | float | Decimal):
        return Decimal(str(text))
    plain = clean_text(text).replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", plain):
        plain = plain.replace(".", "")
    try:
        found = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {plain[:40]}") from error
    if not found.is_finite():
        raise ValueError(f"not a number: {plain[:40]}")
    return found


def parse_phone(text: str | int | float) -> str:
    """Return a phone number's digits, with the leading 0 that a workbook dropped."""
    digits = re.sub(r"[^\d+]", "", str(int(text)) if isinstance(text, int | float) else text)
    if digits.startswith("+84"):
        digits = "0" + digits.removeprefix("+84")
    return "0" + digits if re.fullmatch(r"[35789]\d{8}", digits) else digits
