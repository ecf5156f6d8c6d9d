"""Tables of whole workbooks, and the season's own."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.tables import ParsedTable, read_tables
from tests.factories.grids import TEAMS, TODAY, said
from tests.factories.workbooks import SAMPLES

ROW = [1.0, "Tia Chớp", "Trường A", "Lê Chi", "18/10/2012", "6A", "", "", "", "Hà Văn", ""]


def workbook(fill: Callable[[Any], Any]) -> Any:
    """Return a workbook that went through a file."""
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue())


def test_sheets_without_a_table_and_hidden_ones_are_passed_over() -> None:
    """Read the sheets that hold a list, and only those people see."""

    def fill(book: Any) -> None:
        book.active.append(["Hướng dẫn điền danh sách"])
        for title, state in (("Danh sách", "visible"), ("Cũ", "hidden")):
            sheet = book.create_sheet(title)
            sheet.append(TEAMS)
            sheet.append(ROW)
            sheet.sheet_state = state

    assert [(found.sheet, len(found.rows)) for found in read_tables(workbook(fill), TODAY)] == [("Danh sách", 1)]


def test_workbook_without_rows_is_unusable() -> None:
    """Tell an empty list, and an empty workbook."""
    with pytest.raises(Unusable, match="không có dòng nào"):
        read_tables(workbook(lambda book: book.active.append(TEAMS)))
    with pytest.raises(Unusable, match="không có trang tính nào"):
        read_tables(workbook(lambda _book: None))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the season's samples are not here")
class TestSamples:
    """The season's workbooks as they are."""

    manifest: Any = json.loads((SAMPLES / "manifest.json").read_text()) if SAMPLES.exists() else {}

    def read(self, name: str) -> ParsedTable:
        """Return the one table of a sample, which has nothing to complain about."""
        (found,) = read_tables(read_workbook(SAMPLES / name), TODAY)
        assert [said(entry) for entry in found.rows if entry.problems] == []
        assert found.ignored == []
        return found

    def test_robocon(self) -> None:
        """Count 432 teams and 1,484 people in two layouts, and those who came late."""
        tables = [self.read("robocon-dang-ky-theo-doi.xlsx"), self.read("robocon-dang-ky-theo-nguoi.xlsx")]
        late = self.read("robocon-bo-sung-sau-20-5.xlsx")
        entries = [entry for found in tables for entry in found.rows]
        assert len(entries) == self.manifest["robocon"]["teams"]
        assert sum(len(entry.people) for entry in entries) == self.manifest["robocon"]["people"]
        assert len(late.rows) == self.manifest["robocon"]["late_teams"]
        assert sum(len(entry.people) for entry in late.rows) == self.manifest["robocon"]["late_people"]
        assert all(any(person.role == "coach" and person.phone for person in entry.people) for entry in entries)

    def test_youth(self) -> None:
        """Count each unit's works, authors and forwarded works, the unit read from the lines above."""
        figures = {}
        for path in SAMPLES.glob("sang-tao-ttnnd-*.xlsx"):
            found = self.read(path.name)
            figures[(found.unit_hint or "").lower()] = {
                "entries": len(found.rows),
                "forwarded": sum(bool(entry.forwarded) for entry in found.rows),
                "people": sum(person.role == "author" for entry in found.rows for person in entry.people),
            }
        assert figures == {unit.lower(): wanted for unit, wanted in self.manifest["youth"]["units"].items()}

    def test_technical(self) -> None:
        """Count the solutions, each with the day it was received."""
        found = self.read("sang-tao-ky-thuat.xlsx")
        assert len(found.rows) == self.manifest["technical"]["entries"]
        assert all(entry.received_on and entry.field and entry.school for entry in found.rows)
