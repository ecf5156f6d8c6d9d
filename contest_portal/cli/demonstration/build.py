"""Put the demonstration together: accounts, the season of 2024, its judging, and the contests to come."""

from collections.abc import Callable
from typing import Final

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.cli.demonstration import judged, screened, season, upcoming
from contest_portal.cli.demonstration.cast import cast_people, post_coordinator, post_school
from contest_portal.cli.demonstration.names import Inventor
from contest_portal.contests.queries import find_unit, get_edition
from contest_portal.core.database import transaction

SEED: Final = 2024
PANELS: Final = 5
STEPS: Final = season.STEPS + PANELS + upcoming.STEPS
SCHOOL: Final = "Trường THCS Kép số 1"


def build_demonstration(tick: Callable[[int], None]) -> None:
    """Write the whole demonstration, or nothing of it; `tick` is told how many steps were done."""
    inventor, schools = Inventor(SEED), season.Schools()
    with transaction():
        people = cast_people()
        season.build_robocon(inventor, schools, tick)
        season.build_youth(inventor, schools, tick)
        season.build_technical(inventor, schools, tick)
        judged.build_judging(inventor, people[Role.JUDGE], tick)
        old = find_unit(get_edition("youth-2024").id, "217")
        assert old is not None
        post_school(people[Role.SCHOOL], schools.get(SCHOOL, old))
        post_coordinator(people[Role.COORDINATOR], old)
        screened.build_arrivals(old)
        _build_upcoming(inventor, schools, people, tick)


def _build_upcoming(
    inventor: Inventor, schools: season.Schools, people: dict[Role, User], tick: Callable[[int], None]
) -> None:
    robocon, youth = upcoming.open_robocon(), upcoming.open_youth()
    # The commune took the district's place: the school is written down anew, and the old entries stay where they were.
    unit = upcoming.own_unit(youth)
    own = schools.get(SCHOOL, unit)
    post_school(people[Role.SCHOOL], own)
    post_coordinator(people[Role.COORDINATOR], unit)
    upcoming.fill_robocon(inventor, schools, robocon, own, tick)
    upcoming.fill_youth(inventor, schools, youth, own, tick)
    screened.build_board(youth, unit)
