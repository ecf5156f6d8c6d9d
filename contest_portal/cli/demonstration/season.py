"""The season of 2024: as many teams, people, works and districts as the Union's report counts."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from contest_portal.accounts.actor import SYSTEM
from contest_portal.cli.demonstration.names import LEVELS, WORKPLACES, Inventor, Level
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.queries import get_edition_unit, get_edition_with_rules, units_of
from contest_portal.core.database import db
from contest_portal.core.vietnamese import fold
from contest_portal.registration.people import Person
from contest_portal.registration.services import create_entry
from contest_portal.registration.status import Status
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services import (
    Decision,
    PaperEntry,
    Verdict,
    complete_unit,
    decide,
    log_paper,
    record_result,
)

Tick = Callable[[int], None]

# 432 teams with 1.484 members and instructors by 20/5/2024, then 21 with 73 more.
TEAMS: Final = 432
TEAMS_OF_THREE: Final = 188
LATE_TEAMS: Final = 21
LATE_TEAMS_OF_THREE: Final = 10
REPORT_DAY: Final = date(2024, 5, 20)
LATE_DAY: Final = date(2024, 5, 27)
FIRST_TEAM_DAY: Final = date(2024, 4, 2)
# Works received and forwarded by each district: 302 and 132 in all.
YOUTH: Final[dict[str, tuple[int, int]]] = {
    "213": (44, 17),
    "222": (32, 10),
    "223": (28, 16),
    "217": (19, 9),
    "218": (32, 15),
    "219": (38, 15),
    "220": (42, 15),
    "216": (23, 8),
    "221": (21, 10),
    "215": (23, 17),
}
SOLUTIONS: Final = 58
STEPS: Final = TEAMS + LATE_TEAMS + sum(entries for entries, _ in YOUTH.values()) + SOLUTIONS


class Schools:
    """Find a school by name, or found it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[tuple[int | None, str], School] = {}

    def get(self, name: str, unit: Unit | None, kind: str = "school") -> School:
        """Return the school of this name in this unit."""
        key = (unit.id if unit else None, fold(name))
        if key not in self._known:
            school = School(name=name, name_folded=key[1], unit_id=key[0], kind=kind)
            db.session.add(school)
            db.session.flush()
            self._known[key] = school
        return self._known[key]


def build_robocon(inventor: Inventor, schools: Schools, tick: Tick) -> None:
    """Register the teams of the first Robocon contest, most before the report's day and some after."""
    edition = get_edition_with_rules("robocon-2024")
    span = (REPORT_DAY - FIRST_TEAM_DAY).days
    # More teams come the nearer the day is, as in every contest.
    days = sorted(FIRST_TEAM_DAY + timedelta(days=int(span * inventor.random.random() ** 0.5)) for _ in range(TEAMS))
    days[-1] = REPORT_DAY
    for number, day in enumerate(days):
        _team(inventor, schools, edition, number, day, members=3 if number % 432 < TEAMS_OF_THREE else 2)
        tick(1)
    for number in range(LATE_TEAMS):
        _team(inventor, schools, edition, number, LATE_DAY, members=3 if number < LATE_TEAMS_OF_THREE else 2)
        tick(1)


def _team(inventor: Inventor, schools: Schools, edition: Edition, number: int, day: date, *, members: int) -> None:
    units = units_of_edition(edition)
    unit = units[number % len(units)]
    level = inventor.random.choices(LEVELS, weights=(30, 50, 20))[0]
    school = schools.get(inventor.school(unit.code, level), unit)
    create_entry(
        SYSTEM,
        edition,
        title=inventor.team(),
        school=school,
        unit=unit,
        division=next(d for d in edition.divisions if d.code == level.division),
        people=[*(inventor.pupil("member", level, 2024) for _ in range(members)), inventor.coach()],
        status=Status.SUBMITTED,
        happened_on=day,
        source="demo",
    )


def build_youth(inventor: Inventor, schools: Schools, tick: Tick) -> None:
    """Let every district receive, score and forward the works of the twentieth youth contest."""
    edition = get_edition_with_rules("youth-2024")
    for position, unit in enumerate(units_of_edition(edition)):
        received, forwarded = YOUTH[unit.code]
        done = date(2024, 5, 20) + timedelta(days=position + 1)
        _district(inventor, schools, edition, unit, (received, forwarded), done, tick)
        complete_unit(SYSTEM, edition, unit, done)


def _district(
    inventor: Inventor,
    schools: Schools,
    edition: Edition,
    unit: Unit,
    numbers: tuple[int, int],
    done: date,
    tick: Tick,
) -> None:
    received, forwarded = numbers
    scores = sorted((_unit_score(inventor, best=place < forwarded) for place in range(received)), reverse=True)
    references = []
    for place, score in enumerate(scores):
        level = inventor.random.choice(LEVELS)
        school = schools.get(inventor.school(unit.code, level), unit)
        day = done - timedelta(days=inventor.random.randint(8, 30))
        paper = PaperEntry(
            title=inventor.work(),
            received_on=day,
            school=school,
            field=inventor.random.choice(edition.fields),
            people=[*_authors(inventor, level), inventor.coach()],
            parcel=Parcel(
                day, brought_by=school.name, contents=("application", "description", "model"), condition="good"
            ),
        )
        entry = log_paper(SYSTEM, edition, unit, paper)
        decided = done - timedelta(days=3)
        record_result(SYSTEM, entry, Verdict(decided, score, _unit_prize(place)), source="demo")
        references.append(entry.reference)
        tick(1)
    row = get_edition_unit(edition.id, unit.id)
    decide(SYSTEM, row, references[:forwarded], Decision.FORWARD, done)
    if references[forwarded:]:
        decide(SYSTEM, row, references[forwarded:], Decision.KEEP, done)


def build_technical(inventor: Inventor, schools: Schools, tick: Tick) -> None:
    """Register the solutions of the eleventh technical contest, straight with the province."""
    edition = get_edition_with_rules("technical-2024")
    first, last = date(2024, 3, 4), date(2024, 5, 27)
    for number in range(SOLUTIONS):
        workplace = inventor.random.choice(WORKPLACES)
        authors = inventor.random.choice((1, 1, 2, 3, 4))
        create_entry(
            SYSTEM,
            edition,
            title=f"{inventor.work()} quy mô sản xuất",
            school=schools.get(workplace, None, kind="organisation"),
            field=edition.fields[number % len(edition.fields)],
            people=[inventor.adult("author", workplace) for _ in range(authors)],
            status=Status.SUBMITTED,
            happened_on=first + timedelta(days=inventor.random.randrange((last - first).days)),
            source="demo",
        )
        tick(1)


def units_of_edition(edition: Edition) -> Sequence[Unit]:
    """Return an edition's units, read once."""
    cached: dict[int, Sequence[Unit]] = db.session.info.setdefault("demonstration_units", {})
    if edition.id not in cached:
        cached[edition.id] = units_of(edition.id)
    return cached[edition.id]


def _unit_score(inventor: Inventor, *, best: bool) -> Decimal:
    least, most = (68, 95) if best else (42, 67)
    return Decimal(inventor.random.randint(least * 2, most * 2)) / 2


def _unit_prize(place: int) -> str | None:
    return (
        "Nhất" if place == 0 else "Nhì" if place < 3 else "Ba" if place < 6 else "Khuyến khích" if place < 10 else None
    )


def _authors(inventor: Inventor, level: Level) -> list[Person]:
    return [inventor.pupil("author", level, 2024) for _ in range(inventor.random.choice((1, 1, 2, 2, 3)))]
