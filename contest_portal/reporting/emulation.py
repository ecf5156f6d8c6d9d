"""The emulation report: which contests it speaks of, and what it says of them; every figure is a tally's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from contest_portal.contests.models import Edition
from contest_portal.contests.queries import all_editions, units_of
from contest_portal.contests.rulebook import EntryKind
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date, format_number
from contest_portal.reporting.tallies import EditionFigures, figures_for


@dataclass(frozen=True)
class Period:
    """Be the time a report speaks of, and the day its figures are counted to."""

    begins: date
    ends: date
    as_of: date

    def __post_init__(self) -> None:
        """Raise Invalid for a period that ends before it begins, or figures from the future."""
        if self.ends < self.begins:
            raise Invalid(problems=[Problem(lazy("Ngày kết thúc phải sau ngày bắt đầu."), field="ends")])
        if self.as_of > clock.today():
            raise Invalid(problems=[Problem(lazy("Ngày chốt số liệu còn ở phía trước."), field="as_of")])

    @property
    def name(self) -> str:
        """Return what Vietnamese readers call the period."""
        same_year = self.begins.year == self.ends.year
        if same_year and (self.begins.month, self.begins.day, self.ends.month, self.ends.day) == (1, 1, 6, 30):
            return f"6 tháng đầu năm {self.begins.year}"
        if same_year and (self.begins.month, self.begins.day, self.ends.month, self.ends.day) == (7, 1, 12, 31):
            return f"6 tháng cuối năm {self.begins.year}"
        if same_year and (self.begins.month, self.begins.day, self.ends.month, self.ends.day) == (1, 1, 12, 31):
            return f"năm {self.begins.year}"
        return f"từ ngày {spoken(self.begins)} đến ngày {spoken(self.ends)}"


@dataclass(frozen=True)
class ReportedFigure:
    """Be one figure of the report, with the edition and the day it was counted for."""

    edition: str
    title: str
    name: str
    # In the reader's language; the document is Vietnamese whoever asks.
    label: Any
    value: int
    as_of: date


@dataclass(frozen=True)
class ReportedEdition:
    """Be what the report says of one edition."""

    edition: Edition
    figures: EditionFigures
    sentences: tuple[str, ...]
    reported: tuple[ReportedFigure, ...]


@dataclass(frozen=True)
class EmulationReport:
    """Be the contests' part of the report."""

    period: Period
    editions: tuple[ReportedEdition, ...] = field(default_factory=tuple)

    @property
    def figures(self) -> list[ReportedFigure]:
        """Return every figure the report states."""
        return [figure for part in self.editions for figure in part.reported]

    @property
    def paragraphs(self) -> list[str]:
        """Return one paragraph for each edition."""
        return [" ".join(part.sentences) for part in self.editions]


def compose(period: Period, editions: Sequence[Edition] | None = None) -> EmulationReport:
    """Count what belongs to the period, as of its day."""
    known = all_editions() if editions is None else editions
    chosen = sorted((e for e in known if _overlaps(e, period)), key=lambda e: (e.contest.position, e.year, e.id))
    counted = zip(chosen, figures_for(chosen, period.as_of), strict=True)
    parts = (_speak(edition, figures, period.as_of) for edition, figures in counted if figures.entries)
    return EmulationReport(period, tuple(parts))


def spoken(day: date) -> str:
    """Return a date as running text has it in the Union's reports: 20/5/2024, and 05/6 only in heads."""
    return f"{day.day}/{day.month}/{day.year}"


def _overlaps(edition: Edition, period: Period) -> bool:
    return (
        clock.local(edition.opens_at).date() <= period.ends and clock.local(edition.closes_at).date() >= period.begins
    )


def _speak(edition: Edition, figures: EditionFigures, as_of: date) -> ReportedEdition:
    rules = rulebook_of(edition)
    if rules.screening:
        names, sentences = _of_units(edition, figures, as_of)
    elif rules.entry_kind == EntryKind.TEAM:
        names, sentences = _of_teams(edition, figures, as_of)
    else:
        names, sentences = _of_works(edition, figures, as_of)
    reported = tuple(
        ReportedFigure(edition.code, edition.title, name, figures.label(name), getattr(figures, name), as_of)
        for name in names
    )
    return ReportedEdition(edition, figures, tuple(sentences), reported)


def _of_teams(edition: Edition, figures: EditionFigures, as_of: date) -> tuple[tuple[str, ...], list[str]]:
    who = "thành viên, người hướng dẫn" if figures.people == figures.members + figures.coaches else "thành viên"
    sentence = (
        f"Tính đến ngày {spoken(as_of)} đã có {format_number(figures.teams)} đội đăng ký dự thi với "
        f"{format_number(figures.people)} {who} tham gia {edition.title}."
    )
    return ("teams", "people", "members", "coaches"), [sentence]


def _of_units(edition: Edition, figures: EditionFigures, as_of: date) -> tuple[tuple[str, ...], list[str]]:
    done, total = figures.units_completed, figures.units_total
    word = rulebook_of(edition).entry_word.vi
    sentences = [
        f"Tính đến ngày {spoken(as_of)}, {done}/{total} {units_word(edition)} đã hoàn thành việc thu nhận, đánh giá "
        f"mô hình tham gia {edition.title}, với {format_number(figures.entries)} {word} của "
        f"{format_number(figures.people)} tác giả.",
        f"Ban Tổ chức Cuộc thi cấp tỉnh đã thu nhận {format_number(figures.forwarded)} {word} "
        "đăng ký tham gia Cuộc thi cấp tỉnh.",
    ]
    return ("units_completed", "units_total", "entries", "people", "forwarded"), sentences


def _of_works(edition: Edition, figures: EditionFigures, as_of: date) -> tuple[tuple[str, ...], list[str]]:
    word = rulebook_of(edition).entry_word.vi
    sentence = (
        f"Tính đến ngày {spoken(as_of)} đã có {format_number(figures.entries)} {word} của "
        f"{format_number(figures.people)} tác giả đăng ký tham gia {edition.title}."
    )
    return ("entries", "people"), [sentence]


def units_word(edition: Edition) -> str:
    """Return what an edition's units are called together: districts before July 2025, communes or others since."""
    kinds = {unit.kind for unit in units_of(edition.id)}
    return next((word for known, word in _UNIT_WORDS if kinds and kinds <= known), "đơn vị")


# The report is a paper of the province's: its words are Vietnamese, whoever reads it.
_UNIT_WORDS: Final = (
    ({"district", "town", "city"}, "huyện, thị xã, thành phố"),
    ({"commune", "ward"}, "xã, phường"),
    ({"cluster"}, "cụm"),
    ({"school"}, "trường"),
)


def as_json(report: EmulationReport) -> dict[str, Any]:
    """Return the report's figures and sentences for programs."""
    return {
        "from": report.period.begins.isoformat(),
        "to": report.period.ends.isoformat(),
        "as_of": report.period.as_of.isoformat(),
        "figures": [
            {
                "edition": figure.edition,
                "title": figure.title,
                "name": figure.name,
                "label": str(figure.label),
                "value": figure.value,
                "as_of": figure.as_of.isoformat(),
            }
            for figure in report.figures
        ],
        "paragraphs": report.paragraphs,
    }


def file_name(period: Period) -> str:
    """Return a name for the document that every system can keep."""
    return f"bao-cao-thi-dua_{format_date(period.begins).replace('/', '-')}_{format_date(period.ends).replace('/', '-')}.docx"
