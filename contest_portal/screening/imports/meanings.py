"""Let people say what a column holds that the portal does not know, or knows twice: pure, without the database."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets import Sheet, Workbook, column_letter
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.columns import LABELS, OF_PERSON, Kind, heading_key, read_heading
from contest_portal.registration.tables.grid import Grid, as_text
from contest_portal.registration.tables.headings import DEEPEST_HEADING, find_headings

LEFT_OUT: Final = ""
LONGEST_KEY: Final = 100
SAMPLES: Final = 3
LONGEST_SAMPLE: Final = 80
MOST_QUESTIONS: Final = 60

# What a column may mean: how it is offered, and a heading that says the same.
MEANINGS: Final[Mapping[str, tuple[Any, str]]] = {
    "title": (LABELS[Kind.TITLE], "Tên đội"),
    "members": (lazy("Thành viên, tác giả (mỗi dòng một hồ sơ)"), "Thành viên"),
    "coaches": (lazy("Người hướng dẫn, huấn luyện viên"), "Người hướng dẫn"),
    "person": (lazy("Họ và tên (mỗi dòng một người)"), "Họ và tên"),
    "role": (LABELS[Kind.ROLE], "Vai trò"),
    "birth_date": (LABELS[Kind.BIRTH_DATE], "Ngày sinh"),
    "class_name": (LABELS[Kind.CLASS_NAME], "Lớp"),
    "class_school": (LABELS[Kind.CLASS_SCHOOL], "Lớp, trường"),
    "school": (LABELS[Kind.SCHOOL], "Trường"),
    "unit": (LABELS[Kind.UNIT], "Huyện, thị xã, thành phố"),
    "division": (LABELS[Kind.DIVISION], "Bảng"),
    "field": (LABELS[Kind.FIELD], "Lĩnh vực"),
    "phone": (LABELS[Kind.PHONE], "Điện thoại"),
    "email": (LABELS[Kind.EMAIL], "Thư điện tử"),
    "gender": (LABELS[Kind.GENDER], "Giới tính"),
    "workplace": (LABELS[Kind.WORKPLACE], "Đơn vị công tác"),
    "share": (LABELS[Kind.SHARE], "Tỷ lệ đóng góp"),
    "job_title": (LABELS[Kind.JOB_TITLE], "Chức danh"),
    "education": (LABELS[Kind.EDUCATION], "Trình độ chuyên môn"),
    "address": (LABELS[Kind.ADDRESS], "Địa chỉ"),
    "made_on": (LABELS[Kind.MADE_ON], "Ngày tạo ra"),
    "entrant": (LABELS[Kind.ENTRANT], "Hình thức dự thi"),
    "contact_name": (LABELS[Kind.CONTACT_NAME], "Người liên hệ"),
    "received_on": (LABELS[Kind.RECEIVED_ON], "Ngày nhận hồ sơ"),
    "unit_score": (LABELS[Kind.UNIT_SCORE], "Điểm sơ khảo"),
    "unit_prize": (LABELS[Kind.UNIT_PRIZE], "Xếp giải"),
    "forwarded": (LABELS[Kind.FORWARDED], "Đề nghị dự thi cấp tỉnh"),
    "reference": (LABELS[Kind.REFERENCE], "Mã số"),
    "number": (LABELS[Kind.NUMBER], "STT"),
    "note": (LABELS[Kind.NOTE], "Ghi chú"),
}
_LEFT_OUT: Final = lazy("bỏ qua")
# Columns that may stand there several times, each for other people.
_SEVERAL: Final = OF_PERSON | {Kind.PERSON, Kind.NUMBER}


@dataclass(frozen=True, slots=True)
class Question:
    """Be one column whose meaning only its owner knows."""

    sheet: str
    letter: str
    heading: str
    key: str
    samples: list[str]
    # What it means already, where two columns mean the same; "" for one that is not known.
    like: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what must be asked about the columns of a workbook."""

    questions: list[Question]
    # What no column says yet and every list must.
    missing: list[Kind]


def questions_about(workbook: Workbook, chosen: Mapping[str, str]) -> Asked:
    """Return which columns nobody has explained yet; nothing where every column is known or explained."""
    questions: list[Question] = []
    missing: list[Kind] = []
    readable = False
    for sheet in workbook.sheets:
        if sheet.hidden or not any(map(any, sheet.rows)):
            continue
        found = _Sheet(sheet, chosen)
        if found.missing and readable:
            continue
        if not found.missing and not readable:
            # Where one sheet is a list, what other sheets hold besides lists is not asked for.
            readable, questions, missing = True, [], []
        missing = missing or found.missing
        questions += found.questions()
    # Fewer columns than meanings that must be there: no answer could make a list of it.
    return Asked(questions[:MOST_QUESTIONS] if len(questions) >= len(missing) else [], missing)


def with_meanings(workbook: Workbook, chosen: Mapping[str, str]) -> Workbook:
    """Return the workbook with the headings people have explained in words the portal knows."""
    known = {key: MEANINGS[meaning][1] if meaning in MEANINGS else "" for key, meaning in chosen.items()}
    return Workbook([_renamed(sheet, known) for sheet in workbook.sheets]) if known else workbook


def explained_in(workbook: Workbook, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the headings of a workbook that people have explained, with what they mean, for a sentence."""
    found: dict[str, str] = {}
    for sheet in workbook.sheets if chosen else ():
        for row in sheet.rows[:DEEPEST_HEADING]:
            for index, key in keys_of(row):
                if key in chosen:
                    meaning = chosen[key]
                    found[as_text(row[index])] = str(MEANINGS[meaning][0] if meaning in MEANINGS else _LEFT_OUT)
    return list(found.items())


def keys_of(row: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Yield the columns of a row with what their headings are remembered by."""
    seen: Counter[str] = Counter()
    for index, cell in enumerate(row):
        if cell.__class__ is not str or not cell:
            continue
        key = heading_key(cell)[:LONGEST_KEY] or clean_text(cell)[:LONGEST_KEY]
        seen[key] += 1
        if key:
            yield index, key if seen[key] == 1 else f"{key[: LONGEST_KEY - 4]}#{seen[key]}"


def _renamed(sheet: Sheet, known: Mapping[str, str]) -> Sheet:
    rows = list(sheet.rows)
    for number, row in enumerate(rows[:DEEPEST_HEADING]):
        new = {index: known[key] for index, key in keys_of(row) if key in known}
        if new:
            rows[number] = [new.get(index, cell) for index, cell in enumerate(row)]
    return replace(sheet, rows=rows)


class _Sheet:
    """Look at one sheet for columns to ask about."""

    def __init__(self, sheet: Sheet, chosen: Mapping[str, str]) -> None:
        self.sheet, self.chosen = sheet, chosen
        self.grid = Grid(with_meanings(Workbook([sheet]), chosen).sheets[0])
        self.missing: list[Kind] = []
        self.kinds: dict[int, Kind] = {}
        try:
            headings = find_headings(self.grid)
        except Unusable:
            self.first = self.last = self._likeliest_row()
            heads = {index: read_heading(self.grid.text(self.last, index)) for index in range(self.grid.width)}
            self.kinds = {index: head.kind for index, head in heads.items() if head is not None}
            self.missing = [kind for kind in (Kind.TITLE, Kind.PERSON) if kind not in self.kinds.values()]
            return
        self.first, self.last = headings.first, headings.last
        self.kinds = {column.index: column.kind for column in headings.columns}

    def _likeliest_row(self) -> int:
        """Return the row that looks most like a heading: explained already, or the first with much text."""
        rows = range(min(self.grid.height, DEEPEST_HEADING))
        return max(rows, key=lambda row: (self._worth(self.sheet.rows[row]), -row), default=0)

    def _worth(self, row: Sequence[Any]) -> int:
        worded = sum(_worded(cell) for cell in row if cell.__class__ is str)
        return worded + 2 * sum(key in self.chosen for _index, key in keys_of(row))

    def questions(self) -> list[Question]:
        """Return what to ask: columns not known, and those that mean what another one means."""
        twice = self._twice()
        found = []
        for index in range(self.grid.width):
            if index in self.kinds and index not in twice:
                continue
            question = self._question(index, twice.get(index, ""))
            if question is not None and question.key not in self.chosen:
                found.append(question)
        return found

    def _twice(self) -> dict[int, str]:
        """Return the columns whose meaning stands there more than once."""
        by_kind: dict[Kind, list[int]] = defaultdict(list)
        for index, kind in self.kinds.items():
            if kind not in _SEVERAL:
                by_kind[kind].append(index)
        return {index: kind.value for kind, several in by_kind.items() if len(several) > 1 for index in several}

    def _question(self, index: int, like: str) -> Question | None:
        for row in range(self.last, self.first - 1, -1):
            keys = dict(keys_of(self.sheet.rows[row]))
            if index in keys:
                samples = self._samples(index)
                heading = as_text(self.sheet.rows[row][index])[:LONGEST_KEY]
                asked = Question(self.sheet.name, column_letter(index), heading, keys[index], samples, like)
                return asked if samples else None
        return None

    def _samples(self, index: int) -> list[str]:
        """Return the first different values below a heading; a column without any is not worth a question."""
        found: dict[str, None] = {}
        for row in range(self.last + 1, self.grid.height):
            text = self.grid.text(row, index)[:LONGEST_SAMPLE]
            if text:
                found[text] = None
            if len(found) == SAMPLES:
                break
        return list(found)


def _worded(text: str) -> bool:
    return any(map(str.isalpha, text))
