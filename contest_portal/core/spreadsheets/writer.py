"""Write workbooks that open in Excel and LibreOffice and print on A4, where nothing typed can run."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from contest_portal.core.spreadsheets.model import column_letter

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RUNS_AS_FORMULA: Final = frozenset("=+-@\t\r")
_LONGEST_CELL: Final = 32_767
_FORBIDDEN_IN_TITLE: Final = re.compile(r"[\[\]:*?/\\]")
_A4: Final = 9
# Points a line takes, and how many letters of this type stand in one unit of width.
_LINE_HEIGHT: Final = 14.5
_FILLED: Final = 1.2
DATE_FORMAT: Final = "dd/mm/yyyy"
# What Excel needs to know of a column; the rest is how it looks.
_NUMBER_FORMATS: Final = {"number": "#,##0", "decimal": "#,##0.00", "date": DATE_FORMAT, "percent": "0.0%"}


def safe_cell(value: Any) -> Any:
    """Return a value that a workbook can hold and never run: text without illegal signs or a leading tab or return."""
    if not isinstance(value, str):
        return value
    if _ILLEGAL.search(value):
        value = _ILLEGAL.sub("", value)
    if value[:1] in ("\t", "\r", "\n"):
        value = value.lstrip("\t\r\n")
    return value if len(value) <= _LONGEST_CELL else value[:_LONGEST_CELL]


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column: its heading, width in characters and kind: text, number, decimal, date or percent."""

    heading: Any
    width: float = 12
    kind: str = "text"
    align: str | None = None
    # Summed by a formula in the total row.
    total: bool = False


class WorkbookWriter:
    """Write a workbook row after row, holding one row in memory."""

    def __init__(self, target: str | Path | BinaryIO, *, title: str = "", author: str = "") -> None:
        import xlsxwriter  # noqa: PLC0415 - loaded when the first workbook is written

        self.book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": DATE_FORMAT,
            },
        )
        self.book.set_properties({"title": safe_cell(title), "author": safe_cell(author)})
        self._formats: dict[tuple[Any, ...], Any] = {}
        self._titles: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closed even after an error: its temporary files go then.
        self.book.close()

    def format(self, **properties: Any) -> Any:
        """Return the one format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Times New Roman", "font_size": 11, **properties})
        return self._formats[key]

    def add_sheet(
        self,
        title: Any,
        columns: Sequence[Column],
        *,
        head: Sequence[Any] = (),
        landscape: bool = True,
        freeze_columns: int = 0,
    ) -> "SheetWriter":
        """Begin a sheet: title lines, a heading row repeated on every printed page, then the rows to come."""
        sheet = self.book.add_worksheet(self._sheet_title(str(title)))
        return SheetWriter(self, sheet, columns, head, landscape=landscape, freeze_columns=freeze_columns)

    def add_lists(self, title: str, lists: Mapping[str, Sequence[str]]) -> None:
        """Write lists to choose from on a hidden sheet, each a column under a name that cells can refer to."""
        sheet = self.book.add_worksheet(self._sheet_title(title))
        columns = list(lists.items())
        for row in range(max((len(values) for values in lists.values()), default=0)):
            for number, (_name, values) in enumerate(columns):
                if row < len(values):
                    sheet.write_string(row, number, safe_cell(values[row]), self.format(quote_prefix=True))
        for number, (name, values) in enumerate(columns):
            letter = column_letter(number)
            self.book.define_name(name, f"='{sheet.get_name()}'!${letter}$1:${letter}${max(len(values), 1)}")
        sheet.hide()

    def _sheet_title(self, wanted: str) -> str:
        plain = _FORBIDDEN_IN_TITLE.sub(" ", safe_cell(wanted)).strip(" '")[:31] or "Trang"
        title, number = plain, 2
        while title.lower() in self._titles:
            suffix = f" ({number})"
            title, number = plain[: 31 - len(suffix)] + suffix, number + 1
        self._titles.add(title.lower())
        return title


class SheetWriter:
    """Write one sheet from top to bottom."""

    def __init__(
        self, book: WorkbookWriter, sheet: Any, columns: Sequence[Column], head: Sequence[Any], *,
        landscape: bool, freeze_columns: int,
    ) -> None:  # fmt: skip
        self.book, self.sheet, self.columns = book, sheet, columns
        self.row = 0
        self._set_page(landscape=landscape)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        for number, line in enumerate(head):
            self.write_line(line, size=14 if number == 0 else 11, bold=number == 0, align="center")
        if head:
            self.row += 1
        self._write_headings(freeze_columns)
        self.first_row = self.row
        self._writers = [self._writer(column) for column in columns]
        self._sums: dict[int, float] = {number: 0.0 for number, column in enumerate(columns) if column.total}

    def _set_page(self, *, landscape: bool) -> None:
        self.sheet.set_paper(_A4)
        if landscape:
            self.sheet.set_landscape()
        else:
            self.sheet.set_portrait()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        self.sheet.set_footer("&C&P/&N")

    def _write_headings(self, freeze_columns: int) -> None:
        look = self.book.format(
            bold=True, border=1, align="center", valign="vcenter", text_wrap=True, bg_color="#E8EEF7"
        )
        self._fit(self.row, [str(column.heading) for column in self.columns])
        for number, column in enumerate(self.columns):
            self.sheet.write_string(self.row, number, safe_cell(str(column.heading)), look)
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, freeze_columns)

    def write_line(
        self, text: Any, *, size: int = 11, bold: bool = False, italic: bool = False, align: str = "left"
    ) -> None:
        """Write one line of text across the table."""
        look = self.book.format(
            font_size=size, bold=bold, italic=italic, align=align, valign="vcenter", text_wrap=True, quote_prefix=True
        )
        line = safe_cell(str(text))
        if len(self.columns) > 1:
            self.sheet.merge_range(self.row, 0, self.row, len(self.columns) - 1, "", look)
        self.sheet.write_string(self.row, 0, line, look)
        self.row += 1

    def keep_text(self, column: int) -> None:
        """Let what is typed into a column stay text: a telephone number keeps its 0, a class is no date."""
        look = self.book.format(num_format="@", text_wrap=True, valign="top")
        self.sheet.set_column(column, column, self.columns[column].width, look)

    def offer(self, column: int, rows: int, name: str) -> None:
        """Offer a named list in a column; other values are pointed out and not refused, for lists grow."""
        rule = {"validate": "list", "source": f"={name}", "error_type": "warning", "error_title": "Danh sách"}
        self.sheet.data_validation(self.row, column, self.row + rows, column, rule)

    def check_dates(self, column: int, rows: int, message: str) -> None:
        """Let a column take days only."""
        look = self.book.format(num_format=DATE_FORMAT, valign="top")
        self.sheet.set_column(column, column, self.columns[column].width, look)
        rule = {
            "validate": "date", "criteria": "between", "minimum": date(1900, 3, 1), "maximum": date(2099, 12, 31),
            "error_title": "Ngày", "error_message": message[:255], "error_type": "warning",
        }  # fmt: skip
        self.sheet.data_validation(self.row, column, self.row + rows, column, rule)

    def write_sample(self, values: Sequence[str]) -> None:
        """Write an example line, set off from what is real."""
        look = self.book.format(italic=True, font_color="#777777", bg_color="#F3F3F3", border=1, quote_prefix=True)
        for column, value in enumerate(values):
            self.sheet.write_string(self.row, column, safe_cell(value), look)
        self.row += 1

    def write_rows(self, rows: Iterable[Sequence[Any]], *, fit: bool = False) -> None:
        """Write rows of values in the order of the columns; None and "" leave a bordered empty cell.

        fit: give each row the height of its longest cell, for programs that do not; costs time on long lists.
        """
        writers, sums, row = self._writers, self._sums, self.row
        for values in rows:
            if fit:
                self._fit(row, values)
            for column, (write, value) in enumerate(zip(writers, values, strict=True)):
                write(row, column, value)
            for number in sums:
                sums[number] += float(values[number] or 0)
            row += 1
        self.row = row

    def _fit(self, row: int, values: Sequence[Any]) -> None:
        lines = max(_lines_of(value, column.width) for value, column in zip(values, self.columns, strict=True))
        if lines > 1:
            self.sheet.set_row(row, lines * _LINE_HEIGHT)

    def total_row(self, label: Any) -> None:
        """Write the sums of the summed columns, as formulas with their present values."""
        look = self.book.format(bold=True, border=1, num_format="#,##0.##" if self._has_decimals() else "#,##0")
        self.sheet.write_string(self.row, 0, safe_cell(str(label)), self.book.format(bold=True, border=1))
        for number in range(1, len(self.columns)):
            if number in self._sums and self.row > self.first_row:
                letter = column_letter(number)
                formula = f"=SUM({letter}{self.first_row + 1}:{letter}{self.row})"
                self.sheet.write_formula(self.row, number, formula, look, self._sums[number])
            else:
                self.sheet.write_blank(self.row, number, None, look)
        self.row += 1

    def _has_decimals(self) -> bool:
        return any(column.kind == "decimal" for column in self.columns if column.total)

    def bar_chart(
        self,
        title: Any,
        *,
        labels: int,
        values: int,
        at: str,
        rows: int | None = None,
        size: tuple[int, int] = (620, 320),
    ) -> None:
        """Draw one column's values over another's labels, for the rows written so far."""
        last = self.first_row + rows - 1 if rows else self.row - 1
        if last < self.first_row:
            return
        chart = self.book.book.add_chart({"type": "bar"})
        name = self.sheet.get_name()
        chart.add_series(
            {
                "categories": [name, self.first_row, labels, last, labels],
                "values": [name, self.first_row, values, last, values],
                "fill": {"color": "#2F5D9B"},
                "data_labels": {"value": True},
                "gap": 40,
            }
        )
        chart.set_title({"name": safe_cell(str(title)), "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        # From zero: a bar that begins at 50 makes 56 look like a quarter of 65.
        chart.set_x_axis({"min": 0, "major_gridlines": {"visible": False}, "num_format": "#,##0"})
        chart.set_size({"width": size[0], "height": size[1]})
        self.sheet.insert_chart(at, chart)

    def _writer(self, column: Column) -> Callable[[int, int, Any], Any]:
        look: dict[str, Any] = {"border": 1, "valign": "top"}
        if column.align:
            look["align"] = column.align
        if column.kind == "text":
            return _text_writer(self.sheet, self.book.format(**look, text_wrap=True), self._quoted(look))
        plain = self.book.format(**look, num_format=_NUMBER_FORMATS[column.kind])
        if column.kind == "date":
            return _date_writer(self.sheet, plain)
        return _number_writer(self.sheet, plain)

    def _quoted(self, look: dict[str, Any]) -> Any:
        # The apostrophe Excel shows in the input line: editing the cell keeps it text.
        return self.book.format(**look, text_wrap=True, quote_prefix=True)


def _lines_of(value: Any, width: float) -> int:
    """Return how many lines a cell takes in a column of this many characters."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, math.ceil(len(line) / (width * _FILLED))) for line in value.split("\n"))


def _text_writer(sheet: Any, look: Any, quoted: Any) -> Callable[[int, int, Any], Any]:
    write, blank, illegal, runs = sheet.write_string, sheet.write_blank, _ILLEGAL.search, _RUNS_AS_FORMULA

    def put(row: int, column: int, value: Any) -> None:
        """Write one text."""
        if value is None or value == "":
            blank(row, column, None, look)
            return
        if value.__class__ is not str:
            value = str(value)
        if value[:1] in runs:
            write(row, column, safe_cell(value), quoted)
            return
        if illegal(value) or len(value) > _LONGEST_CELL:
            value = safe_cell(value)
        write(row, column, value, look)

    return put


def _number_writer(sheet: Any, look: Any) -> Callable[[int, int, Any], Any]:
    write, blank = sheet.write_number, sheet.write_blank

    def put(row: int, column: int, value: Any) -> None:
        """Write one number."""
        if value is None or value == "":
            blank(row, column, None, look)
        else:
            write(row, column, float(value), look)

    return put


def _date_writer(sheet: Any, look: Any) -> Callable[[int, int, Any], Any]:
    write, blank = sheet.write_datetime, sheet.write_blank

    def put(row: int, column: int, value: date | datetime | None) -> None:
        """Write one day, or the local day of a moment."""
        if value is None or value == "":
            blank(row, column, None, look)
        else:
            write(row, column, value.replace(tzinfo=None) if isinstance(value, datetime) else value, look)

    return put
