"""Measure how long lists are previewed and imported: `python3 scripts/bench_import.py [--rows N] [--teams N] [--rounds N]`.

The preview of a list (reading, recognising, holding against the rules, comparing with what is stored) is set beside the
bare reader python-calamine on the same file, and beside openpyxl's; then a season's 879 teams are imported in one go. The
database is SQLite in a folder of its own, or the one that DATABASE_URL names, which must be empty. Run it with
`taskset -c 0,1` for two cores. Asserts nothing: machines differ, ratios less so.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl
import python_calamine
import xlsxwriter
from flask_migrate import upgrade

from contest_portal.accounts.actor import SYSTEM
from contest_portal.app import create_app
from contest_portal.config import load_settings
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.contests.services import install_presets
from contest_portal.core.database import db
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.tables import read_tables
from contest_portal.screening.imports import Choices, examine, import_workbook

EDITION = "robocon-2024"
HEADS = (
    "TT", "Tên đội", "Trường", "Bảng", "Thành viên 1", "Ngày sinh TV1", "Lớp TV1",
    "Thành viên 2", "Ngày sinh TV2", "Lớp TV2", "HLV", "Huyện, TX, TP",
)  # fmt: skip
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLE = ("Văn", "Thị", "Minh", "Quốc", "Thanh", "Hồng", "Đức", "Ngọc")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Linh", "Mai", "Nam", "Phúc", "Quân", "Sơn", "Trang")
UNITS = ("Lạng Giang", "Yên Thế", "Sơn Động", "Lục Ngạn", "Việt Yên", "Hiệp Hòa", "Tân Yên")


def main() -> None:
    """Print what each step takes, as the middle of the rounds."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONTEST_PORTAL_INSTANCE"] = folder
        with create_app(load_settings()).app_context():
            upgrade()
            install_presets()
            edition = get_edition(EDITION)
            _import(edition, options.teams)
            _preview(edition, options.rows, options.rounds)
            db.session.remove()
            db.engine.dispose()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="teams in the list that is previewed")
    parser.add_argument("--teams", type=int, default=879, help="teams in the list that is imported")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def make_list(count: int, start: int = 0) -> bytes:
    """Return a workbook of teams with three people each; no two alike."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("Danh sách")
    for row, values in enumerate([HEADS, *map(_team, range(start, start + count))]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.close()
    return target.getvalue()


def _team(number: int) -> list[Any]:
    school = f"Trường THCS {GIVEN[number % 14]} {MIDDLE[number // 14 % 8]} số {number % 350 + 1}"
    grade = 6 + number % 4
    born = 2012 - number % 4
    return [
        number + 1, f"Đội Rồng {GIVEN[number % 14]} {number}", school, "THCS",
        _name(number), f"{number % 28 + 1:02}/{number % 12 + 1:02}/{born}", f"{grade}A{number % 7 + 1}",
        _name(number * 7 + 3), f"{number % 27 + 1:02}/{number % 11 + 1:02}/{born}", f"{grade}B",
        f"{_name(number * 3 + 1)} - ĐT: 09{number % 100_000_000:08}", UNITS[number % 7],
    ]  # fmt: skip


def _name(number: int) -> str:
    words = (FAMILY[number % 10], MIDDLE[number // 10 % 8], GIVEN[number // 80 % 14], GIVEN[number // 1120 % 14])
    return " ".join(dict.fromkeys(words))


def _import(edition: Edition, count: int) -> None:
    data = make_list(count)
    begun = time.perf_counter()
    outcome = import_workbook(SYSTEM, edition, data)
    taken = time.perf_counter() - begun
    print(f"import of {count} teams: {taken:.2f} s; {outcome.created} created, {outcome.rejected} rejected")


def _preview(edition: Edition, count: int, rounds: int) -> None:
    data = make_list(count, start=500)
    workbook = read_workbook(data)
    steps: dict[str, Callable[[], Any]] = {
        "bare reader (python-calamine)": lambda: _bare(data),
        "bare reader (openpyxl)": lambda: _openpyxl(data),
        "reading, within limits": lambda: read_workbook(data),
        "recognising columns and people": lambda: read_tables(workbook),
        "whole preview": lambda: examine(SYSTEM, edition, data, Choices()),
    }
    taken = {name: statistics.median(_timed(step) for _ in range(rounds)) for name, step in steps.items()}
    for name, seconds in taken.items():
        print(f"{name}: {seconds:.2f} s")
    whole = taken["whole preview"]
    for name in list(steps)[:2]:
        print(f"whole preview of {count} rows / {name}: {whole / taken[name]:.1f}")


def _bare(data: bytes) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _openpyxl(data: bytes) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(data), read_only=True):
        for _row in sheet.iter_rows(values_only=True):
            pass


def _timed(act: Callable[[], Any]) -> float:
    db.session.rollback()
    db.session.expunge_all()
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
