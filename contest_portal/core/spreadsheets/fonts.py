"""Find the cells of an .xlsx sheet that are drawn in a font from before Unicode; costs nothing where there is none."""

import io
import re
import zipfile
from typing import Any, Final
from xml.parsers import expat

from contest_portal.core.legacy import encoding_of_font
from contest_portal.core.spreadsheets.model import Place
from contest_portal.core.spreadsheets.parts import column_number
from contest_portal.core.spreadsheets.unpacking import Unpacked

STYLES: Final = "xl/styles.xml"
# Looked for in the bytes first: hardly any workbook of today has such a font.
_OLD_FONT: Final = re.compile(rb"""["'](?:\.vn|vni)""", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def fonts_in(unpacked: Unpacked, part: str) -> dict[Place, str]:
    """Return the old encoding of each cell of a sheet's part whose font tells one, counted from 0."""
    with zipfile.ZipFile(io.BytesIO(unpacked.archive)) as archive:
        if STYLES not in archive.namelist():
            return {}
        styles = archive.read(STYLES)
        if not _OLD_FONT.search(styles):
            return {}
        old = _old_styles(styles)
        return _cells_of(archive.read(part), old) if old else {}


def _old_styles(styles: bytes) -> dict[str, str]:
    """Return the old encoding of each cell format that has one, by the number cells name it with."""
    reader = _Styles()
    _parse(styles, reader.start, reader.end)
    encodings = [encoding_of_font(font) for font in reader.fonts]
    return {
        str(number): str(encodings[font])
        for number, font in enumerate(reader.formats)
        if font < len(encodings) and encodings[font] is not None
    }


class _Styles:
    """Collect the names of the fonts, and which font each cell format has."""

    def __init__(self) -> None:
        self.fonts: list[str] = []
        self.formats: list[int] = []
        self._inside: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note what an element says, where it stands in the right list."""
        local = name.rpartition(":")[2]
        parent = self._inside[-1] if self._inside else ""
        if local == "font" and parent == "fonts":
            self.fonts.append("")
        elif local == "name" and parent == "font" and self.fonts:
            self.fonts[-1] = attributes.get("val", "")
        elif local == "xf" and parent == "cellXfs":
            self.formats.append(int(attributes.get("fontId", 0)))
        self._inside.append(local)

    def end(self, _name: str) -> None:
        """Leave an element."""
        self._inside.pop()


def _cells_of(part: bytes, old: dict[str, str]) -> dict[Place, str]:
    found: dict[Place, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "c" and attributes.get("s") in old:
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            if place is not None:
                found[int(place[2]) - 1, column_number(place[1]) - 1] = old[attributes["s"]]

    _parse(part, start, None)
    return found


def _parse(data: bytes, start: Any, end: Any) -> None:
    # These parts were looked through when they were unpacked: bounded, and without document types.
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(data, True)
