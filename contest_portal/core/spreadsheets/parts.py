"""Look through one XML part of a workbook while it is unpacked, keeping nothing but what bounds need."""

import re
from array import array
from functools import lru_cache
from typing import Any, Final, NoReturn
from xml.parsers import expat

DEEPEST: Final = 100
MOST_NAMES: Final = 5000
LONGEST_TAG: Final = 512 * 1024
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,4})\$?(\d{1,8})")
_TRUE: Final = {"1", "true"}
_PLAIN_ENCODINGS: Final = {None, "utf-8", "utf8", "us-ascii"}


class TooMuch(Exception):
    """Say that a part is larger, deeper or longer than any real workbook's."""


class PartScan:
    """Read one part as it comes; note its cells' extent, its errors, sheets, links and content types."""

    def __init__(self, most_elements: int) -> None:
        self.row = self.column = self.last_row = self.last_column = 0
        self.merges = self.elements = self.depth = 0
        self.errors: dict[tuple[int, int], str] = {}
        self.hidden_rows: set[int] = set()
        # First and last column of each stretch that is hidden.
        self.hidden_columns: list[tuple[int, int]] = []
        # Lengths of the shared strings, and which of them the cells show.
        self.lengths, self.shown = array("L"), array("L")
        self.sheets: list[dict[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.types: list[str] = []
        self._most = most_elements
        self._gap = 0
        self._cell_type = self._index = ""
        self._listening = False
        self._names: dict[str, str] = {}
        # The dictionary of names is ours so that a flood of names is seen.
        self._parser = expat.ParserCreate(None, None, self._names)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.XmlDeclHandler = _check_declaration

    def feed(self, chunk: bytes) -> None:
        """Read the next piece; raises TooMuch or ValueError."""
        pieces = chunk.split(b"<")
        # No piece between two "<" is long, so no tag is: a tag of megabytes costs a parser gigabytes.
        if self._gap + len(pieces[0]) > LONGEST_TAG or max(map(len, pieces)) > LONGEST_TAG:
            raise TooMuch
        self._gap = len(pieces[-1]) + (self._gap if len(pieces) == 1 else 0)
        self._parse(chunk, last=False)

    def close(self) -> None:
        """End the part; raises ValueError where it is cut off."""
        self._parse(b"", last=True)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > self._most or self.depth > DEEPEST or len(self._names) > MOST_NAMES:
            raise TooMuch
        handle = _HANDLERS.get(name) or _HANDLERS.get(name.rpartition(":")[2])
        if handle is not None:
            handle(self, attributes)

    def _end(self, _name: str) -> None:
        self.depth -= 1
        if self._listening:
            self._listening = False
            self._parser.CharacterDataHandler = None
            if self._index:
                self.shown.append(int(self._index))
                self._index = ""

    def _listen(self, handler: Any) -> None:
        """Hand the text of this element on, in as many pieces as it comes."""
        self._listening = True
        self._parser.CharacterDataHandler = handler

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0
        if attributes.get("hidden") in _TRUE:
            self.hidden_rows.add(self.row)

    def _start_columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _TRUE:
            self.hidden_columns.append((int(attributes.get("min", 0)), int(attributes.get("max", 0))))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell_type = attributes.get("t", "")
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(reference)
        self.column, self.row = column_number(found[1]), int(found[2])

    def _start_value(self, _attributes: dict[str, str]) -> None:
        # Only cells with something in them count: people paint borders down to the last row.
        if self.row > self.last_row:
            self.last_row = self.row
        if self.column > self.last_column:
            self.last_column = self.column
        if self._cell_type == "e":
            self.errors[self.row, self.column] = ""
            self._listen(self._error_text)
        elif self._cell_type == "s":
            self._listen(self._index_text)

    def _error_text(self, text: str) -> None:
        place = (self.row, self.column)
        self.errors[place] = (self.errors[place] + text)[:20]

    def _index_text(self, text: str) -> None:
        self._index += text

    def _start_text(self, _attributes: dict[str, str]) -> None:
        if self.lengths:
            self._listen(self._string_text)

    def _string_text(self, text: str) -> None:
        self.lengths[-1] += len(text)

    def _start_merge(self, _attributes: dict[str, str]) -> None:
        self.merges += 1

    def _start_string(self, _attributes: dict[str, str]) -> None:
        self.lengths.append(0)

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        self.sheets.append(attributes)

    def _start_link(self, attributes: dict[str, str]) -> None:
        self.links.append(attributes)

    def _start_type(self, attributes: dict[str, str]) -> None:
        self.types.append(attributes.get("ContentType", ""))


_HANDLERS: Final[dict[str, Any]] = {
    "row": PartScan._start_row,
    "col": PartScan._start_columns,
    "c": PartScan._start_cell,
    "v": PartScan._start_value,
    "is": PartScan._start_value,
    "mergeCell": PartScan._start_merge,
    "si": PartScan._start_string,
    "t": PartScan._start_text,
    "sheet": PartScan._start_sheet,
    "Relationship": PartScan._start_link,
    "Override": PartScan._start_type,
    "Default": PartScan._start_type,
}


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_doctype(*_declaration: Any) -> NoReturn:
    raise ValueError("a document type: entities are never expanded")


def _check_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding.lower() if encoding else None) not in _PLAIN_ENCODINGS:
        raise ValueError(f"encoding {encoding}")
