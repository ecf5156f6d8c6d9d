"""Lists made to hurt: read in a moment, and refused in words."""

import time
from typing import Any

import pytest

from contest_portal.registration.imports.model import PlanRow, Wanted
from contest_portal.registration.tables.model import MOST_PROBLEMS
from tests.factories.grids import PEOPLE, TODAY, YOUTH, said, table

LONG = 30_000


def quick(*rows: list[Any], **more: Any) -> Any:
    """Read a table within a second of computing."""
    started = time.process_time()
    found = table(*rows, **more)
    assert time.process_time() - started < 5
    return found


@pytest.mark.parametrize(
    "names",
    ["n" * LONG, "a@" * (LONG // 2), "n" * LONG + "@b", "0" * LONG, "0 9" * (LONG // 3), "- " * (LONG // 2), "a," * (LONG // 2),
     "1. " * (LONG // 3), "(" * LONG, " và " * (LONG // 4), "A B," * (LONG // 4)],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_endless_names_are_refused(names: str) -> None:
    """Say that a name is none, however long the cell."""
    (entry,) = quick(YOUTH, [1.0, "Tủ", "Phần mềm", names, "", names, "", "", ""]).rows
    assert entry.rejected


@pytest.mark.parametrize(
    "text", ["x" * LONG, "Lớp 1, " * (LONG // 7), "Trường " * (LONG // 7), "1" * LONG, "01/02/2012;" * (LONG // 11)]
)
def test_endless_cells_beside_a_name_are_read_quickly(text: str) -> None:
    """Read every kind of cell in time that grows with its length only."""
    quick(["UBND " + text], YOUTH, [1.0, "Tủ", "Phần mềm", "Lê Chi", text, text, text, text, text], ["", text])


def test_thousands_of_people_in_one_cell_are_too_many() -> None:
    """Refuse a cell that names a crowd."""
    (entry,) = quick(
        YOUTH, [1.0, "Tủ", "Phần mềm", "\n".join(f"Lê {chr(65 + n % 26)}" for n in range(5000)), "", "", "", "", ""]
    ).rows
    assert "quá nhiều người" in said(entry)[0][3]


def test_thousands_of_rows_of_one_team_are_read_in_a_moment() -> None:
    """Keep the price of a row the same at the end of a long team as at its beginning."""
    rows = [
        [1.0, "Tia Chớp", "Trường A", f"Lê {chr(65 + n % 26)}n{'abc'[n % 3] * (n // 26)}", "31/2/2012", "6A", "Lạ"]
        for n in range(3000)
    ]
    found = quick(PEOPLE, *rows, merges=[(1, 0, 3000, 0), (1, 1, 3000, 1), (1, 2, 3000, 2)])
    (entry,) = found.rows
    assert len(entry.problems) == MOST_PROBLEMS
    row = PlanRow(found, entry, Wanted("x", [], TODAY), problems=list(entry.problems))
    row.complain("A", "", "thêm")
    assert len(row.problems) == MOST_PROBLEMS
    assert row.rejected


def test_one_merge_over_everything_costs_nothing() -> None:
    """Look merged cells up by row, not by cell."""
    with pytest.raises(Exception, match="tiêu đề"):
        quick(*([["Tên đội", "Thành viên 1"]] + [["x"] * 100] * 5000), merges=[(0, 0, 5000, 99)])
