"""Measure the summary workbook against a bare XlsxWriter that writes the same cells.

    python -m scripts.bench_workbook INSTANCE EDITION ROUNDS

Both write to memory with constant_memory on, one after the other in each round, and the middle ratio is printed. The
bare writer is handed its values ready in memory and sets no look at all; the portal reads its own from the database.
"""

import io
import os
import statistics
import sys
import time
from datetime import date, datetime
from typing import Any

import xlsxwriter
from openpyxl import load_workbook

from contest_portal.app import create_app
from contest_portal.config import load_settings
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.reporting.workbook import write_summary

Sheets = list[tuple[str, list[tuple[Any, ...]]]]


def main(instance: str, code: str, rounds: int) -> None:
    """Run the rounds and print one line."""
    os.environ["CONTEST_PORTAL_INSTANCE"] = instance
    with create_app(load_settings()).app_context():
        edition = get_edition(code)
        sheets = _cells_of(_produce(edition))
        ours, bare = [], []
        for _ in range(rounds):
            ours.append(_timed(lambda: _produce(edition)))
            bare.append(_timed(lambda: _write_bare(sheets)))
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))
    cells = sum(len(row) for _title, rows in sheets for row in rows)
    print(
        f"workbook of {code}: {cells} cells, {statistics.median(ours):.2f} s; bare writer "
        f"{statistics.median(bare):.2f} s; ratio {ratio:.2f} (median of {rounds})"
    )


def _produce(edition: Edition) -> bytes:
    db.session.rollback()
    target = io.BytesIO()
    write_summary(edition, None, target)
    return target.getvalue()


def _cells_of(workbook: bytes) -> Sheets:
    book = load_workbook(io.BytesIO(workbook), read_only=True)
    return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book]


def _write_bare(sheets: Sheets) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in sheets:
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, date | datetime):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
    book.close()


def _timed(act: Any) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
