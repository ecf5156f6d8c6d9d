"""Tell the rows of a table from what stands below it, and where one entry ends and the next begins."""

import re
from collections.abc import Mapping
from typing import Final

from contest_portal.core.vietnamese import fold
from contest_portal.registration.columns import Kind
from contest_portal.registration.tables.grid import Grid
from contest_portal.registration.tables.model import ParsedEntry, TableColumn
from contest_portal.registration.tables.people import PeopleReader

_FOOT: Final = re.compile(
    r"(?:tong\s*(?:cong|so|hop)|tong\s*:|cong\b\s*:?\s*(?:\d|$)|an dinh|\(?\s*danh sach (?:nay )?(?:co|gom)|\(?\s*ghi chu\b|"
    r"nguoi (?:lap|tong hop|ky)|thu truong|hieu truong|pho hieu truong|chu tich|pho chu tich|truong phong|pho truong|"
    r"truong ban|giam doc|pho giam doc|thu ky|ke toan|lanh dao|xac nhan|noi nhan|ky ten|\(?ky(?:,| va| ten)|tm\.|kt\.|tl\.|"
    r"ban to chuc|dai dien|can bo|.*\bngay\b.{0,12}\bthang\b.{0,12}\bnam\b|luu y\b|\*|\()"
)
_TOTAL: Final = re.compile(r"(?:tong\s*(?:cong|so)|tong\s*:?$|cong\b)")
_COUNT: Final = re.compile(r"[\d.,\s]+(?:doi|nguoi|hoc sinh|mo hinh|san pham|giai phap|thanh vien|tac gia|diem)?")
EXAMPLE: Final = "vi du"
LONGEST_FOOT: Final = 200
MOST_FOOT_CELLS: Final = 3
MOST_TOTALS: Final = 30
# So many rows show what a table's numbers count.
MOST_LOOKED_AT: Final = 3000
# "I. Bảng A": lines that part a table into sections are counted with other figures than its rows.
_SECTION_NUMBER: Final = re.compile(r"\(?(?:[ivxlc]{1,6}|[a-h])\)?\s*[.)/:]?")
_SECTION_WORDS: Final = re.compile(
    r"(?:bang (?:\w|tieu hoc|thcs|thpt|trung hoc\b.*)$|truong (?:tieu hoc|thcs|thpt|th|ptdt|pho thong|trung hoc)\b)"
)
_ORDINAL: Final = re.compile(r"\(?\d{1,2}\)?")


class RowSorter:
    """Judge rows one after another."""

    def __init__(self, grid: Grid, columns: Mapping[Kind, TableColumn], people: PeopleReader, start: int) -> None:
        self.grid, self.columns, self.people = grid, columns, people
        self.ended = False
        self._numbers_count_people = people.one_a_row and self._titles_are_rarer_than_numbers(start)

    def is_example(self, row: int) -> bool:
        """Tell the lines of a template that show how it is filled in."""
        return self._has(Kind.NUMBER, row) and fold(self.grid.text(row, self._index(Kind.NUMBER))) == EXAMPLE

    def is_data(self, row: int, filled: list[int]) -> bool:
        """Tell whether a row belongs to the table."""
        if self._is_ordinals(row, filled):
            return False
        if self._is_foot(row, filled):
            self.ended = True
            return False
        if filled == [self._index(Kind.NUMBER)]:
            # A numbered line of a form that nobody filled in.
            return False
        titled, named = self._has(Kind.TITLE, row), self.people.named_on(row)
        numbered = self._has(Kind.NUMBER, row)
        if numbered and self._is_section(row, filled, named=named):
            return False
        if self.ended:
            # A total may be one of several: the table goes on with a row that nobody takes for a signature.
            self.ended = not self._goes_on(filled, titled=titled, named=named, numbered=numbered)
            return not self.ended
        if numbered:
            return True
        if len(filled) == 1:
            # A name alone belongs to the team above; anything else alone is a line of text.
            return named and self._in_merged_title(row)
        return titled or named

    def _goes_on(self, filled: list[int], *, titled: bool, named: bool, numbered: bool) -> bool:
        if not titled or not named:
            return False
        return numbered or len(filled) > (MOST_FOOT_CELLS if Kind.NUMBER in self.columns else 2)

    def _is_section(self, row: int, filled: list[int], *, named: bool) -> bool:
        """Tell a line "I | Bảng A" or "1 | Trường THCS Kép" between the rows; a numbered team without people is none."""
        if len(filled) > MOST_FOOT_CELLS:
            return False
        number, *words = self._folded(row, filled)
        if not words or filled[0] != self._index(Kind.NUMBER):
            return False
        if named and not (words[1:] and all(map(_COUNT.fullmatch, words[1:]))):
            return False
        return bool(_SECTION_NUMBER.fullmatch(number)) or (len(words) == 1 and bool(_SECTION_WORDS.match(words[0])))

    def begins_entry(self, row: int, entry: ParsedEntry) -> bool:
        """Tell whether a row begins a new entry or goes on with the one above it."""
        title = self.columns[Kind.TITLE].index
        top, _left = self.grid.origin(row, title)
        if entry.row - 1 <= top < row:
            return False
        if self._has(Kind.TITLE, row):
            return not self._repeats(row, entry)
        numbered = self._has(Kind.NUMBER, row) and self.grid.origin(row, self._index(Kind.NUMBER))[0] == row
        return numbered and not self._numbers_count_people

    def _repeats(self, row: int, entry: ParsedEntry) -> bool:
        """Tell whether the row writes the title above once more, as lists with a row a person do."""
        title = self.columns[Kind.TITLE].index
        if self.grid.origin(row, title) != (row, title) or self._is_merged(row, title):
            return False
        if fold(self.grid.text(row, title)) != fold(entry.title):
            return False
        if Kind.SCHOOL in self.columns:
            school = self.grid.text(row, self._index(Kind.SCHOOL))
            if school and fold(school) != fold(entry.school or ""):
                return False
        return self.people.one_a_row or not self._has(Kind.NUMBER, row)

    def _index(self, kind: Kind) -> int:
        column = self.columns.get(kind)
        return column.index if column else -1

    def _has(self, kind: Kind, row: int) -> bool:
        index = self._index(kind)
        return index >= 0 and bool(self.grid.text(row, index))

    def _is_merged(self, row: int, column: int) -> bool:
        return row + 1 < self.grid.height and self.grid.origin(row + 1, column) == (row, column)

    def _in_merged_title(self, row: int) -> bool:
        return self.grid.origin(row, self.columns[Kind.TITLE].index)[0] < row

    def _is_ordinals(self, row: int, filled: list[int]) -> bool:
        """Tell a line "(1) (2) (3)" below the heading."""
        if len(filled) < 3 or not all(_ORDINAL.fullmatch(self.grid.text(row, column)) for column in filled):
            return False
        texts = [self.grid.text(row, column) for column in filled]
        numbers = [int(text.strip("()")) for text in texts]
        return all(after - before in (0, 1) for before, after in zip(numbers, numbers[1:], strict=False))

    def _is_foot(self, row: int, filled: list[int]) -> bool:
        """Tell totals, remarks, dates and signatures from entries, which have a name and people with names."""
        words = self._first_words(row, filled)
        if (
            words
            and _TOTAL.match(words)
            and all(map(_COUNT.fullmatch, (t for t in self._folded(row, filled) if t != words)))
        ):
            return True
        if len(filled) > MOST_FOOT_CELLS:
            return False
        # "Người lập biểu" may stand below the names of teams, and "Hiệu trưởng" below those of people.
        whole = self._has(Kind.TITLE, row) and self.people.named_on(row)
        return (all if whole else any)(map(_FOOT.match, self._folded(row, filled)))

    def _folded(self, row: int, filled: list[int]) -> list[str]:
        return [fold(self.grid.text(row, column)[:LONGEST_FOOT]) for column in filled[:MOST_TOTALS]]

    def _first_words(self, row: int, filled: list[int]) -> str:
        """Return the first text of a row that has a letter in it, folded; nearly every row is judged by it alone."""
        for column in filled[:MOST_TOTALS]:
            text = self.grid.text(row, column)[:LONGEST_FOOT]
            if any(map(str.isalpha, text)):
                return fold(text)
        return ""

    def _titles_are_rarer_than_numbers(self, start: int) -> bool:
        numbered = titled = 0
        for row in range(start, min(self.grid.height, start + MOST_LOOKED_AT)):
            if self._has(Kind.NUMBER, row) and self.people.named_on(row):
                numbered += 1
                titled += self._has(Kind.TITLE, row)
        return (numbered - titled) * 10 > numbered * 3
