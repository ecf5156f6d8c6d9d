"""One clock for everybody: UTC inside, the portal's time zone for people."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contest_portal.core import clock

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def home() -> Iterator[None]:
    """Leave the portal where it was."""
    yield
    clock.set_zone(HANOI)


def test_now_is_this_moment_in_utc() -> None:
    before = datetime.now(UTC)
    found = clock.now()
    assert before <= found <= datetime.now(UTC)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2024, 5, 20, 16, 59, 59, tzinfo=UTC), date(2024, 5, 20)),
        (datetime(2024, 5, 20, 17, 0, 0, tzinfo=UTC), date(2024, 5, 21)),
    ],
)
def test_a_day_ends_at_midnight_where_the_portal_works(moment: datetime, day: date) -> None:
    clock.set_clock(lambda: moment)
    assert clock.today() == day


def test_wall_clock_times_are_moments() -> None:
    closing = clock.at_local(date(2024, 5, 20), 17, 30, 15)
    assert closing == datetime(2024, 5, 20, 10, 30, 15, tzinfo=UTC)
    assert clock.local(closing).strftime("%H:%M:%S %d/%m/%Y") == "17:30:15 20/05/2024"
    assert clock.at_local(date(2024, 5, 20)) == datetime(2024, 5, 19, 17, tzinfo=UTC)


def test_another_zone_may_be_chosen() -> None:
    clock.set_zone(ZoneInfo("Europe/Paris"))
    assert clock.at_local(date(2024, 7, 1), 12) == datetime(2024, 7, 1, 10, tzinfo=UTC)


def test_the_clock_goes_on_once_it_is_given_back() -> None:
    still = datetime(2024, 5, 20, tzinfo=UTC)
    clock.set_clock(lambda: still)
    assert clock.now() is still
    clock.set_clock(None)
    assert clock.now() > still
