"""The season of 2024 as schools and districts sent it in: nobody in it is turned away by the rules."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from contest_portal.contests.eligibility import (
    DivisionRule,
    EntryFacts,
    PersonFacts,
    RuleProblem,
    check_entry,
    division_for,
    parse_grade,
)
from contest_portal.contests.presets import DivisionPreset, FieldPreset, load_preset, load_unit_set
from contest_portal.contests.rulebook import Words
from contest_portal.core.vietnamese import fold, parse_date

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "season-2024"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample workbooks are not here")

(ROBOCON,), (YOUTH,), (TECHNICAL,) = (load_preset(code).editions for code in ("robocon", "youth", "technical"))
DIVISIONS = [DivisionRule(d.code, Words(d.name, d.name_en), d.window) for d in ROBOCON.divisions]
ON = date(2024, 5, 31)


def rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """Return the rows of the first sheet."""
    yield from load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)


def numbered(path: Path) -> Iterator[tuple[Any, ...]]:
    """Return the rows that begin with a number: one an entry."""
    return (row for row in rows(path) if isinstance(row[0], int))


def code_of(parts: tuple[DivisionPreset, ...] | tuple[FieldPreset, ...], name: str) -> str | None:
    """Return the code of the division or field that is written so."""
    return next((p.code for p in parts if fold(name) in map(fold, (p.name, *p.aliases))), None)


def day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else parse_date(value)


def lines(value: Any) -> list[Any]:
    """Return what a cell holds, one for each person."""
    return value.split("\n") if isinstance(value, str) else [] if value is None else [value]


def member(name: str, born: Any, class_name: str) -> PersonFacts:
    return PersonFacts("member", name, day(born), parse_grade(class_name), class_name)


def teams_in_rows(name: str) -> Iterator[EntryFacts]:
    """Read the sheets with one row for a team."""
    for row in numbered(SAMPLES / name):
        members = [member(*row[at : at + 3]) for at in (4, 7, 10) if row[at]]
        coach = PersonFacts("coach", row[13].split(" - ")[0])
        yield EntryFacts([*members, coach], division=code_of(ROBOCON.divisions, row[3]), school=row[2], unit=row[14])


def teams_in_blocks(name: str) -> Iterator[EntryFacts]:
    """Read the sheet with one row for a person, cells of the team merged."""
    blocks: list[list[tuple[Any, ...]]] = []
    for row in rows(SAMPLES / name):
        if isinstance(row[0], int):
            blocks.append([])
        if blocks and row[5] and row[8]:
            blocks[-1].append(row)
    for block in blocks:
        people = [PersonFacts("coach", row[5], day(row[6])) if row[8] == "HLV" else member(*row[5:8]) for row in block]
        head = block[0]
        yield EntryFacts(people, division=code_of(ROBOCON.divisions, head[4]), school=head[2], unit=head[3])


def works() -> Iterator[EntryFacts]:
    """Read the districts' sheets of models and products."""
    for path in sorted(SAMPLES.glob("sang-tao-ttnnd-*.xlsx")):
        for row in numbered(path):
            class_name = row[5].split(",")[0]
            authors = [
                PersonFacts("author", name.strip(), day(born), parse_grade(class_name), class_name)
                for name, born in zip(lines(row[3]), lines(row[4]), strict=True)
            ]
            coaches = [PersonFacts("coach", name) for name in lines(row[6])]
            yield EntryFacts([*authors, *coaches], field=code_of(YOUTH.fields, row[2]), school=row[5], unit=path.stem)


def solutions() -> Iterator[EntryFacts]:
    """Read the sheet of technical solutions."""
    for row in numbered(SAMPLES / "sang-tao-ky-thuat.xlsx"):
        names = [row[3], *(name.strip() for name in re.split("[;\n]", row[4] or "") if name.strip())]
        authors = [PersonFacts("author", name) for name in names]
        yield EntryFacts(authors, field=code_of(TECHNICAL.fields, row[2]), school=row[5])


def teams() -> list[EntryFacts]:
    """Return the teams of 20 May 2024."""
    by_team, by_person = "robocon-dang-ky-theo-doi.xlsx", "robocon-dang-ky-theo-nguoi.xlsx"
    return [*teams_in_rows(by_team), *teams_in_blocks(by_person)]


def problems_of(rules_of: Any, entries: list[EntryFacts]) -> list[RuleProblem]:
    return [problem for entry in entries for problem in check_entry(rules_of.rules, entry, DIVISIONS, on=ON)]


def test_every_robocon_team_keeps_the_rules() -> None:
    entries = teams()
    assert (len(entries), sum(len(entry.people) for entry in entries)) == (432, 1484)
    assert problems_of(ROBOCON, entries) == []


def test_every_late_robocon_team_keeps_the_rules() -> None:
    entries = list(teams_in_rows("robocon-bo-sung-sau-20-5.xlsx"))
    assert (len(entries), sum(len(entry.people) for entry in entries)) == (21, 73)
    assert problems_of(ROBOCON, entries) == []


def test_the_classes_of_every_team_lead_to_the_division_it_wrote() -> None:
    assert {entry.division for entry in teams()} == {"A", "B", "C"}
    for entry in teams():
        found = division_for(DIVISIONS, entry.people)
        assert found is not None and found.code == entry.division


def test_every_model_keeps_the_rules() -> None:
    entries = list(works())
    assert len(entries) == 302
    assert None not in {entry.field for entry in entries}
    assert problems_of(YOUTH, entries) == []


def test_every_solution_keeps_the_rules() -> None:
    entries = list(solutions())
    assert len(entries) == 58
    assert Counter(entry.field for entry in entries) == {
        "materials": 14,
        "health": 11,
        "education": 9,
        "agriculture": 8,
        "it": 8,
        "mechanics": 8,
    }
    assert problems_of(TECHNICAL, entries) == []


def test_units_are_written_as_the_preset_knows_them() -> None:
    known = {fold(name) for unit in load_unit_set("bac-giang-2024").units for name in (unit.name, unit.short_name)}
    written = {entry.unit for entry in teams()}
    assert len(written) == 20
    assert {fold(unit or "") for unit in written} <= known
