"""Two contests of the season to come, open now, so that every page has something to try."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from contest_portal.accounts.actor import SYSTEM
from contest_portal.cli.demonstration.names import LEVELS, Inventor, Level
from contest_portal.cli.demonstration.season import Schools
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.queries import find_unit, get_edition_unit, get_edition_with_rules, units_of
from contest_portal.contests.services import create_edition
from contest_portal.core import clock
from contest_portal.registration.services import create_entry
from contest_portal.registration.status import Status
from contest_portal.screening.services import Decision, PaperEntry, Verdict, decide, log_paper, record_result

OPEN_FOR: Final = timedelta(days=45)
UNIT_SET: Final = "bac-ninh-2025"
OWN_UNIT: Final = "Xã Kép"
TEAMS: Final = 36
# How many works each of the first communes has received.
RECEIVED: Final = (9, 6, 5, 4, 3)


def open_robocon() -> Edition:
    """Open next year's Robocon contest."""
    return _open("robocon", 2023, "RB", "Cuộc thi Robocon tỉnh Bắc Ninh")


def open_youth() -> Edition:
    """Open next year's youth contest."""
    return _open("youth", 2004, "TN", "Cuộc thi Sáng tạo thanh thiếu niên, nhi đồng tỉnh Bắc Ninh")


def _open(preset: str, before_first: int, prefix: str, title: str) -> Edition:
    today = clock.today()
    year = today.year + (today.month >= 8)
    number = year - before_first
    edition = create_edition(
        SYSTEM,
        preset,
        code=f"{preset}-{year}",
        number=number,
        year=year,
        title=f"{title} lần thứ {number}, năm {year}",
        title_en=f"{title} {year}",
        opens_at=clock.at_local(today - timedelta(days=20), 8),
        closes_at=clock.at_local(today, 17) + OPEN_FOR,
        unit_set=UNIT_SET,
        prefix=f"{prefix}{year % 100:02}",
    )
    return get_edition_with_rules(edition.code)


def own_unit(edition: Edition) -> Unit:
    """Return the commune of the demonstration's school."""
    found = find_unit(edition.id, OWN_UNIT)
    return found or units_of(edition.id)[0]


def fill_robocon(
    inventor: Inventor, schools: Schools, edition: Edition, own: School, tick: Callable[[int], None]
) -> None:
    """Register teams, some of them still drafts; the first ones are the demonstration school's."""
    units = units_of(edition.id)
    for number in range(TEAMS):
        level = LEVELS[1] if number < 3 else inventor.random.choice(LEVELS)
        unit = own_unit(edition) if number < 3 else units[number % len(units)]
        school = own if number < 3 else schools.get(f"Trường {level.name} {unit.short_name}", unit)
        draft = number in (1, 2) or number % 6 == 5
        _team(inventor, edition, school, unit, level, draft=draft)
        tick(1)


def _team(inventor: Inventor, edition: Edition, school: School, unit: Unit, level: Level, *, draft: bool) -> None:
    members = [inventor.pupil("member", level, edition.year) for _ in range(2)]
    create_entry(
        SYSTEM,
        edition,
        title=inventor.team(),
        school=school,
        unit=unit,
        division=next(d for d in edition.divisions if d.code == level.division),
        people=members if draft else [*members, inventor.coach()],
        status=Status.DRAFT if draft else Status.SUBMITTED,
        happened_on=_lately(inventor),
        source="demo",
    )


def fill_youth(
    inventor: Inventor, schools: Schools, edition: Edition, own: School, tick: Callable[[int], None]
) -> None:
    """Let a few communes receive works and score some; the demonstration school has sent one through the portal."""
    first = own_unit(edition)
    others = [unit for unit in units_of(edition.id) if unit.id != first.id]
    for unit, received in zip([first, *others], RECEIVED, strict=False):
        school = own if unit is first else schools.get(f"Trường THCS {unit.short_name}", unit)
        _commune(inventor, edition, unit, school, received)
        tick(received)
    create_entry(
        SYSTEM,
        edition,
        title=inventor.work(),
        school=own,
        unit=first,
        field=edition.fields[0],
        people=[inventor.pupil("author", LEVELS[1], edition.year), inventor.coach()],
        status=Status.SUBMITTED,
        happened_on=_lately(inventor),
        source="demo",
    )


def _commune(inventor: Inventor, edition: Edition, unit: Unit, school: School, received: int) -> None:
    today = clock.today()
    for place in range(received):
        paper = PaperEntry(
            title=inventor.work(),
            received_on=_lately(inventor),
            school=school,
            field=inventor.random.choice(edition.fields),
            people=[inventor.pupil("author", LEVELS[1], edition.year), inventor.coach()],
        )
        entry = log_paper(SYSTEM, edition, unit, paper)
        if place % 3 != 0:
            score = Decimal(inventor.random.randint(120, 180)) / 2
            record_result(SYSTEM, entry, Verdict(today, score), source="demo")
        if place % 3 == 2:
            decide(SYSTEM, get_edition_unit(edition.id, unit.id), [entry.reference], Decision.FORWARD, today)


def _lately(inventor: Inventor) -> date:
    return clock.today() - timedelta(days=inventor.random.randint(1, 15))


STEPS: Final = TEAMS + sum(RECEIVED)
