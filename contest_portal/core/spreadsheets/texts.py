"""Read a list that was saved as text: comma, semicolon or tab, in whatever encoding Excel or an older program left it."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from contest_portal.core import legacy
from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets.cleaning import make_sheet, too_large
from contest_portal.core.spreadsheets.model import Workbook
from contest_portal.core.spreadsheets.unpacking import NOT_A_WORKBOOK, Limits
from contest_portal.core.syllables import is_syllable
from contest_portal.core.vietnamese import format_number, nfc

SHEET: Final = "CSV"
DELIMITERS: Final = ",;\t|"
LOOKED_AT: Final = 30
# Words that are enough to tell two readings of the same bytes apart.
WORDS_LOOKED_AT: Final = 2_000
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CELL_END: Final = re.compile(r'[,;\t|"\r\n]+')
_PAGE: Final = lazy(
    "Tệp này thật ra là một trang web. Hãy mở bằng Excel, lưu lại dạng .xlsx (Excel Workbook) rồi tải lên."
)


def read_text(data: bytes, limits: Limits) -> Workbook:
    """Read a delimited text as a workbook of one sheet; raises Unusable for what is no list."""
    text = decode(data)
    if text.lstrip()[:100].lower().startswith(("<html", "<!doctype html", "<table", "<?xml", "<script", "<svg")):
        raise Unusable(_PAGE)
    delimiter, body = _delimiter(text)
    rows = list(_rows(body, delimiter, limits))
    if not any(any(cells) for cells in rows):
        raise Unusable(lazy("Tệp này trống. Hãy chọn tệp khác."))
    if max(map(len, rows)) < 2:
        # One column of words is a letter, or a program: no list is that narrow.
        raise Unusable(NOT_A_WORKBOOK)
    return Workbook([make_sheet(SHEET, rows, limits)])


def decode(data: bytes) -> str:
    """Return the text that bytes stand for: as their mark says, as UTF-8, or as the old page that reads best."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None) or _unmarked_wide(data)
    for encoding in (marked, None if marked else "utf-8"):
        if encoding is not None:
            try:
                return _checked(data.decode(encoding))
            except UnicodeDecodeError:
                continue
    if marked or b"\0" in data:
        raise Unusable(NOT_A_WORKBOOK)
    return _checked(_old_page(data))


def _unmarked_wide(data: bytes) -> str | None:
    """Tell UTF-16 without a mark: of plain letters every other byte is empty."""
    sample = data[:2000]
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(sample) > 3 and sample[place::2].count(0) > len(sample) // 6 and not sample[1 - place :: 2].count(0):
            return encoding
    return None


def _old_page(data: bytes) -> str:
    """Read one byte a letter: Windows' Vietnamese page, or the signs that an old font drew as Vietnamese."""
    vietnamese = nfc(data.decode("cp1258", errors="replace"))
    western = data.decode("cp1252", errors="replace")
    # Both pages leave out bytes that the other one knows; what is lost speaks against a reading.
    by_page = _syllables(vietnamese) - vietnamese.count("\ufffd")
    encoding = legacy.recognise(_CELL_END.split(western)[: 4 * WORDS_LOOKED_AT])
    if encoding is None:
        return vietnamese
    by_font = _syllables(legacy.convert(western, encoding)) - western.count("\ufffd")
    return western if by_font > by_page else vietnamese


def _syllables(text: str) -> int:
    """Count the words with marks that are Vietnamese."""
    words = [word for word in _CELL_END.sub(" ", text).split()[: 4 * WORDS_LOOKED_AT] if not word.isascii()]
    return sum(is_syllable(word.strip(".:()'")) for word in words[:WORDS_LOOKED_AT])


def _checked(text: str) -> str:
    """Refuse what is no text at all: a picture, a program, an archive."""
    sample = text[:20_000]
    strange = sum(sign < " " and sign not in "\t\r\n\x0b\x0c\x1f" for sign in sample) + sample.count("\ufffd")
    if strange > len(sample) // 100:
        raise Unusable(NOT_A_WORKBOOK)
    return text


def _delimiter(text: str) -> tuple[str, str]:
    """Return what parts the cells, as the first line says or as the first lines look, and the rest of the text."""
    first, _end, rest = text.partition("\n")
    named = first.strip().strip('"').lower()
    if named.startswith("sep=") and len(named) == 5:
        return first.strip().strip('"')[4], rest
    lines = [line for line in text.splitlines()[: 4 * LOOKED_AT] if line.strip()][:LOOKED_AT]
    return max(DELIMITERS, key=lambda sign: _evenness(lines, sign)), text


def _evenness(lines: list[str], sign: str) -> tuple[int, int]:
    """Return in how many lines a sign stands outside quotes, and how often in all."""
    counts = [sum(piece.count(sign) for piece in line.split('"')[::2]) for line in lines]
    return sum(count > 0 for count in counts), sum(counts)


def _rows(text: str, delimiter: str, limits: Limits) -> Iterator[list[Any]]:
    csv.field_size_limit(limits.text_length)
    cells = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            cells += len(row)
            if number > limits.rows or len(row) > limits.columns:
                raise Unusable(_too_long(limits))
            if cells > limits.cells:
                raise Unusable(too_large(limits))
            yield list(row)
    except csv.Error as error:
        raise Unusable(
            lazy("Tệp chữ này có ô không đóng dấu ngoặc kép hoặc quá dài. Hãy lưu lại dạng .xlsx rồi tải lên.")
        ) from error


def _too_long(limits: Limits) -> Any:
    return lazy(
        "Trang “%(sheet)s” quá lớn: nhiều nhất %(rows)s dòng và %(columns)s cột. Hãy xóa dòng, cột thừa rồi lưu lại.",
        sheet=SHEET,
        rows=format_number(limits.rows),
        columns=format_number(limits.columns),
    )
