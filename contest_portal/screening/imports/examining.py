"""Look a list through: what must be asked about it first, and then what it would do, ready to be shown and kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, Unit
from contest_portal.core.collecting import collected_later
from contest_portal.core.i18n import current_language, lazy
from contest_portal.core.progress import Report, quiet
from contest_portal.core.spreadsheets import (
    Legacy,
    Mark,
    Workbook,
    converted,
    legacy_of,
    read_workbook,
    without_marks,
)
from contest_portal.registration.imports import Action
from contest_portal.registration.tables import read_tables
from contest_portal.screening.imports.meanings import explained_in, questions_about, with_meanings
from contest_portal.screening.imports.planning import ScreenedPlan, plan_screened
from contest_portal.screening.previewing import left_out, preview_rows

YES: Final = "yes"
NO: Final = "no"
# What people call the old encodings; the rest of a name says which fonts.
_ENCODINGS: Final = {"tcvn3": "TCVN3 (ABC)", "tcvn3-capitals": "TCVN3 (ABC)", "vni": "VNI"}
READING: Final = lazy("Đang đọc bảng tính")
LOOKING: Final = lazy("Đang tìm các cột")
PLANNING: Final = lazy("Đang so với thể lệ và hồ sơ đã có")
WRITING: Final = lazy("Đang ghi hồ sơ")
SHOWING: Final = lazy("Đang lập bảng xem trước")


@dataclass(frozen=True)
class Choices:
    """Hold what the person said about reading this list."""

    # "yes" to convert letters of an old encoding, "no" to leave them; None where nobody was asked.
    letters: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the choices ready for JSON."""
        return {"letters": self.letters, "columns": dict(self.columns)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> Self:
        """Read stored choices."""
        stored = values or {}
        return cls(stored.get("letters"), dict(stored.get("columns") or {}))


@dataclass
class Examination:
    """Be what came of looking a list through: a question to answer first, or the preview."""

    step: str
    language: str = ""
    letters: dict[str, Any] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    people: int = 0
    sheets: dict[str, int] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    explained: list[tuple[str, str]] = field(default_factory=list)
    born: str = ""

    def to_json(self) -> bytes:
        """Write the examination down."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read an examination that was written down."""
        return cls(**json.loads(data))

    @property
    def marks(self) -> list[Mark]:
        """Return every problem with its place in the workbook."""
        return [
            Mark(row["sheet"], problem["row"], problem["column"], problem["value"], problem["message"])
            for row in sorted(self.rows, key=lambda row: row["row"])
            for problem in row["problems"]
        ]


def examine(
    actor: Actor,
    edition: Edition,
    data: bytes,
    choices: Choices,
    *,
    unit: Unit | None = None,
    effective: date | None = None,
    report: Report = quiet,
) -> Examination:
    """Return the next question about a list, or its preview; raises Unusable and what plan_screened() raises."""
    report(READING, 0, 0)
    with collected_later():
        workbook, question = lettered(without_marks(read_workbook(data)), choices)
        asked = question or ask_about(workbook, choices, report)
        if asked is not None:
            return asked
        tables = read_tables(with_meanings(workbook, choices.columns), report=report)
        screened = plan_screened(actor, edition, tables, unit=unit, effective=effective, report=report)
        report(SHOWING, 0, 0)
        return _preview(screened, explained_in(workbook, choices.columns))


def ask_about(workbook: Workbook, choices: Choices, report: Report = quiet) -> Examination | None:
    """Return what must be asked before a list can be read; None where nothing is open."""
    report(LOOKING, 0, 0)
    asked = questions_about(workbook, choices.columns)
    if not asked.questions:
        return None
    return Examination(
        "columns",
        current_language(),
        questions=[asdict(question) for question in asked.questions],
        missing=[kind.value for kind in asked.missing],
    )


def lettered(workbook: Workbook, choices: Choices) -> tuple[Workbook, Examination | None]:
    """Return a list typed before Unicode as the person wants it read, and the question where that is not known."""
    legacy = legacy_of(workbook) if choices.letters != NO else None
    if legacy is None:
        return workbook, None
    if choices.letters == YES:
        return converted(workbook, legacy), None
    return workbook, Examination("letters", current_language(), letters=_letters(legacy))


def _letters(legacy: Legacy) -> dict[str, Any]:
    """Return what the page asks with: the encoding, how many cells, and some of them before and after."""
    return {"name": _ENCODINGS[legacy.encoding.value], "cells": legacy.cells, "samples": list(legacy.samples)}


def read_chosen(data: Path | bytes, choices: Choices) -> Workbook:
    """Return an uploaded workbook as it is read after the person's choices; raises Unusable."""
    workbook, _question = lettered(without_marks(read_workbook(data)), choices)
    return with_meanings(workbook, choices.columns)


def _preview(screened: ScreenedPlan, explained: list[tuple[str, str]]) -> Examination:
    plan = screened.plan
    return Examination(
        "preview",
        current_language(),
        counts={action.value: plan.count(action) for action in Action},
        people=plan.people,
        # The first of several tables on a sheet says where its headings are.
        sheets={row.table.sheet: row.table.header_rows[1] for row in reversed(plan.rows)},
        rows=preview_rows(plan),
        left_out=left_out(plan),
        explained=explained,
        born=plan.born.value,
    )
