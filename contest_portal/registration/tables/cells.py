"""Take apart what people write into one cell: several names, a telephone beside a name, a class with its school."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from contest_portal.core.vietnamese import clean_text, fold, parse_date, parse_phone
from contest_portal.registration.columns import find_role
from contest_portal.registration.tables.grid import as_text

# Longer ones say nothing of one person, and would make the patterns below slow.
LONGEST_LINE: Final = 300
_LINE: Final = re.compile(r"\r\n|[\n\r\v;]|_x000D_")
_BULLET: Final = re.compile(r"^\s*(?:\d{1,2}[.)]\s*(?=\D)|\d{1,2}[.)]\s+|[-–—•*+]\s+)")
_ITEM: Final = re.compile(r"(?:^|(?<=\s))\d{1,2}[.)]\s+")
_PHONE: Final = re.compile(
    r"(?:(?:đt|sđt|đtdđ|dđ|điện thoại|số điện thoại|tel|phone|mobile|liên hệ)\s*[:.]?\s*)?((?:\+84|\b0)(?:[ .\-]?\d){8,10})(?!\d)",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[^\s,;()<>:]+@[^\s,;()<>]+\.[^\s,;()<>]+")
_LABEL: Final = re.compile(r"(?:số\s+)?(?:đt|sđt|đtdđ|dđ|điện thoại|e-?mail|tel)\s*[:.]?\s*$", re.IGNORECASE)
_BREAK: Final = re.compile(r"\s*[,()]\s*|\s+[-–—]+\s*|\s*[-–—]+\s+|\s*:\s*")
_CLASS: Final = re.compile(r"(?:lớp|l\.)?\s*(\d{1,2}\s?[a-zđ]{0,4}\s?[\d.]{0,3})", re.IGNORECASE)
_SCHOOL_START: Final = r"(?:trường|thcs|thpt|tiểu học|ptdt|th\b|tt\s|trung tâm|phổ thông)"
_CLASS_THEN_SCHOOL: Final = re.compile(
    rf"(?:học sinh\s+)?(?:lớp\s*:?\s*)?(\d{{1,2}}[^\s,;\-–]{{0,6}}(?:\s?\d)?)\s*[,;\-–]?\s*({_SCHOOL_START}.*)",
    re.IGNORECASE,
)
_SCHOOL_THEN_CLASS: Final = re.compile(
    rf"({_SCHOOL_START}.*?)\s*[,;\-–]\s*(?:lớp\s*:?\s*)?(\d{{1,2}}[^\s,;\-–]{{0,6}})", re.IGNORECASE
)
_ONLY_CLASS: Final = re.compile(r"(?:lớp\s*:?\s*)?(\d{1,2}[^\s,;]{0,6})", re.IGNORECASE)
_YES: Final = frozenset(
    ("x", "co", "1", "v", "dat", "duoc", "yes", "true", "gui", "chon", "✓", "✔", "√", "ok", "de nghi")
)
_UNDECIDED: Final = frozenset(("chua", "chua quyet dinh", "chua xet", "chua cham", "undecided"))
_NO: Final = frozenset(("", "khong", "0", "no", "false", "-", "–", "o", "khong gui", "khong chon"))


@dataclass(slots=True)
class NamedPerson:
    """Hold what one line said of a person."""

    name: str
    phone: str | None = None
    email: str | None = None
    birth_date: date | None = None
    class_name: str | None = None
    workplace: str | None = None


def split_lines(cell: Any) -> list[str]:
    """Return the items of a cell, one a line; empty lines at the end are left out, those between kept."""
    text = as_text(cell) if cell.__class__ is not str else cell
    if text[:1].isalpha() and not _LINE.search(text):
        # What begins with a letter has no number or bullet before it: nearly every cell of names.
        return [clean_text(text)]
    if _ITEM.match(text.strip()) and not _LINE.search(text.strip()):
        # "1. Nguyễn Văn A 2. Trần Thị B" in one line.
        return [part.strip() for part in _ITEM.split(text) if part.strip()]
    items = [clean_text(_BULLET.sub("", line)) for line in _LINE.split(text)]
    while items and not items[-1]:
        items.pop()
    return items


def split_people(cell: Any) -> list[NamedPerson]:
    """Return the people named in a cell."""
    lines = [line for line in split_lines(cell) if line]
    if len(lines) == 1:
        lines = _several_in_line(lines[0])
    return [read_person(line) for line in lines]


def _several_in_line(line: str) -> list[str]:
    """Split "Nguyễn Văn A, Trần Thị B và Lê C" where every piece looks like a name."""
    if len(line) > LONGEST_LINE or ("," not in line and " và " not in line):
        return [line]
    pieces = [piece for part in line.split(",") for piece in re.split(r"\s+và\s+", clean_text(part)) if piece]
    return pieces if len(pieces) > 1 and all(map(_looks_like_name, pieces)) else [line]


def _looks_like_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 6 or fold(words[0]) in (
        "lop",
        "truong",
        "sdt",
        "dt",
        "dien",
        "gv",
        "to",
        "xa",
        "huyen",
        "ubnd",
    ):
        return False
    return all(word[0].isupper() and word.replace("'", "").isalpha() for word in words)


def read_person(line: str) -> NamedPerson:
    """Read "Trần Văn B - ĐT: 0916 919 189", "Lê C (8C3)" and the like."""
    if len(line) > LONGEST_LINE:
        return NamedPerson(line)
    if line.replace(" ", "").isalpha():
        # Letters and spaces are a name and nothing else.
        return NamedPerson(clean_text(_LABEL.sub("", line).strip()))
    person = NamedPerson("")
    if found := _EMAIL.search(line):
        person.email, line = found[0].strip("."), line.replace(found[0], " ", 1)
    if found := _PHONE.search(line):
        person.phone, line = parse_phone(found[1]), line[: found.start()] + " , " + line[found.end() :]
    pieces = [_LABEL.sub("", piece).strip(" .:-–/") for piece in _BREAK.split(line)]
    pieces = [piece for piece in pieces if piece]
    person.name = clean_text(pieces[0]) if pieces else ""
    for piece in pieces[1:]:
        _place(person, piece)
    return person


def _place(person: NamedPerson, piece: str) -> None:
    """Put one thing said beside a name where it belongs."""
    try:
        person.birth_date = parse_date(piece)
    except ValueError:
        pass
    else:
        return
    if found := _CLASS.fullmatch(piece):
        person.class_name = found[1].strip()
    elif " " in piece and find_role(piece) is None:
        person.workplace = piece


def same_number(values: list[Any], count: int) -> list[Any] | None:
    """Return one value for each of so many people; None where the numbers do not agree."""
    if len(values) == count:
        return values
    filled = [value for value in values if value not in ("", None)]
    return filled if len(filled) == count else None


def split_class_school(text: str) -> tuple[str | None, str | None]:
    """Return class and school of "Lớp 8C3, Trường THCS X", either of them None where it is not said."""
    text = clean_text(text)[:LONGEST_LINE]
    if found := _CLASS_THEN_SCHOOL.fullmatch(text):
        return found[1].strip(), _with_capital(found[2])
    if found := _SCHOOL_THEN_CLASS.fullmatch(text):
        return found[2].strip(), _with_capital(found[1])
    if found := _ONLY_CLASS.fullmatch(text):
        return found[1].strip(), None
    return None, _with_capital(text) or None


def class_only(text: str) -> str:
    """Return "8C3" of "Lớp 8C3"."""
    text = clean_text(text)[:LONGEST_LINE]
    found = _ONLY_CLASS.fullmatch(text)
    return found[1] if found else text


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:].strip(" ,;-–")


def read_yes(cell: Any) -> bool | None:
    """Return whether a cell marks yes; None where it says neither yes nor no."""
    if isinstance(cell, bool):
        return cell
    word = fold(as_text(cell)).strip(" .")
    return True if word in _YES else (False if word in _NO else None)


def is_undecided(cell: Any) -> bool:
    """Tell whether a cell says that nobody has decided yet; an empty one in a list with marks says no."""
    return fold(as_text(cell)).strip(" .?") in _UNDECIDED


def read_items(cell: Any, read: Callable[[Any], Any]) -> list[Any]:
    """Read each item of a cell; a cell that is no text is one item. Raises what `read` raises."""
    if cell.__class__ is not str:
        return [read(cell)]
    lines = split_lines(cell)
    if len(lines) == 1 and "," in lines[0]:
        lines = [part.strip() for part in lines[0].split(",")]
    return [read(line) if line else None for line in lines]
