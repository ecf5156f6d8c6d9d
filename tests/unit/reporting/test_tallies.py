"""Every figure as of every day, on both databases: against what happened, and against a plain model."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.registration.services import move_entry, remove_person
from contest_portal.registration.status import Status
from contest_portal.reporting.tallies import TALLIES, figures_of
from contest_portal.screening.services import complete_unit, reopen_unit
from tests.counting import counted_statements
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry, make_participant, open_edition
from tests.factories.screening import YOUTH, unit_entry

ROBOCON = "robocon-2024"
TEAM = [{"role": "member"}, {"role": "member"}, {"role": "coach"}]

Clock = Callable[..., datetime]


def _people(entry_or_code: str, day: date) -> tuple[int, int, int]:
    figures = figures_of(get_edition(entry_or_code), day)
    return figures.members, figures.coaches, figures.people


def test_an_edition_without_entries_has_every_figure_at_nought(app: Flask, at: Clock) -> None:
    at(2024, 5, 20)
    figures = figures_of(get_edition(ROBOCON))
    assert figures.as_of == date(2024, 5, 20)
    assert (figures.entries, figures.teams, figures.people, figures.forwarded) == (0, 0, 0, 0)
    assert (figures.units_completed, figures.units_total) == (0, 10)
    assert set(figures.by_status.values()) == set(figures.by_unit.values()) == {0}
    assert len(figures.by_unit) == 10
    assert [group.code for group in figures.divisions or ()] == ["A", "B", "C"]
    assert figures.by_field is None


def test_an_entry_counts_from_the_day_it_was_submitted(app: Flask, at: Clock) -> None:
    at(2024, 5, 25)
    edition = open_edition(ROBOCON)
    make_entry(edition, happened_on=date(2024, 5, 18), people=TEAM, division=edition.divisions[1])
    make_entry(edition, happened_on=date(2024, 5, 21), people=TEAM, division=edition.divisions[1])
    by_day = {day: figures_of(edition, date(2024, 5, day)) for day in (17, 18, 20, 21, 25)}
    assert [by_day[day].entries for day in by_day] == [0, 1, 1, 2, 2]
    assert [by_day[day].teams for day in by_day] == [0, 1, 1, 2, 2]
    assert _people(ROBOCON, date(2024, 5, 20)) == (2, 1, 3)
    assert _people(ROBOCON, date(2024, 5, 21)) == (4, 2, 6)
    name = edition.divisions[1].name
    assert [(by_day[day].by_division or {})[name] for day in by_day] == [0, 1, 1, 2, 2]
    assert sum((by_day[21].by_division or {}).values()) == 2


def test_an_entry_withdrawn_later_still_counts_on_the_days_before(app: Flask, at: Clock) -> None:
    at(2024, 5, 25)
    edition = open_edition(ROBOCON)
    entry = make_entry(edition, happened_on=date(2024, 5, 10), people=TEAM)
    move_entry(SYSTEM, entry, Status.WITHDRAWN, happened_on=date(2024, 5, 20), reason="Đội xin rút")
    assert figures_of(edition, date(2024, 5, 19)).entries == 1
    after = figures_of(edition, date(2024, 5, 20))
    assert (after.entries, after.people, after.by_status["withdrawn"]) == (0, 0, 1)
    assert figures_of(edition, date(2024, 5, 19)).people == 3


def test_two_moves_of_one_day_leave_the_later_one(app: Flask, at: Clock) -> None:
    at(2024, 5, 25)
    edition = open_edition(ROBOCON)
    entry = make_entry(edition, happened_on=date(2024, 5, 10), status=Status.DRAFT)
    move_entry(SYSTEM, entry, Status.SUBMITTED, happened_on=date(2024, 5, 12))
    move_entry(SYSTEM, entry, Status.DRAFT, happened_on=date(2024, 5, 12))
    move_entry(SYSTEM, entry, Status.SUBMITTED, happened_on=date(2024, 5, 12))
    assert figures_of(edition, date(2024, 5, 11)).by_status == dict.fromkeys(Status, 0) | {"draft": 1}
    assert figures_of(edition, date(2024, 5, 12)).by_status == dict.fromkeys(Status, 0) | {"submitted": 1}


def test_a_person_counts_from_joining_until_the_day_of_leaving(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(ROBOCON)
    entry = make_entry(edition, people=[{"role": "member"}, {"role": "coach"}], happened_on=date(2024, 5, 10))
    late = make_participant(entry, role="member", joined_on=date(2024, 5, 14))
    with transaction():
        late.left_on = date(2024, 5, 18)
    days = (9, 10, 13, 14, 17, 18)
    assert [_people(ROBOCON, date(2024, 5, day)) for day in days] == [
        (0, 0, 0),
        (1, 1, 2),
        (1, 1, 2),
        (2, 1, 3),
        (2, 1, 3),
        (1, 1, 2),
    ]


def test_removing_a_person_through_the_service_takes_the_person_out_of_the_figures(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(ROBOCON)
    entry = make_entry(edition, people=TEAM)
    at(2024, 5, 15)
    remove_person(SYSTEM, entry, entry.participants[0].id)
    assert _people(ROBOCON, date(2024, 5, 14)) == (2, 1, 3)
    assert _people(ROBOCON, date(2024, 5, 15)) == (1, 1, 2)


def test_a_paper_entry_counts_on_the_day_it_came_not_the_day_it_was_typed_in(app: Flask, at: Clock) -> None:
    at(2024, 5, 21)
    edition = open_edition(YOUTH)
    unit_entry(status=Status.RECEIVED, day=date(2024, 5, 18))
    assert figures_of(edition, date(2024, 5, 17)).entries == 0
    figures = figures_of(edition, date(2024, 5, 18))
    assert (figures.entries, figures.by_status["received"], figures.by_unit["Huyện Lạng Giang"]) == (1, 1, 1)
    assert figures.teams == 0


def test_coaches_are_no_people_where_the_edition_counts_authors_only(app: Flask, at: Clock) -> None:
    at(2024, 5, 21)
    open_edition(YOUTH)
    unit_entry(people=[{"role": "author"}, {"role": "author"}, {"role": "coach"}])
    assert _people(YOUTH, date(2024, 5, 21)) == (2, 1, 2)


def test_what_was_forwarded_stays_forwarded_once_it_is_scored(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(YOUTH)
    entry, other = unit_entry(status=Status.FORWARDED), unit_entry(status=Status.NOT_FORWARDED)
    move_entry(SYSTEM, entry, Status.SCORED, happened_on=at(2024, 5, 12).date())
    figures = figures_of(edition, date(2024, 5, 12))
    assert (figures.forwarded, figures.by_status["scored"], figures.by_status["forwarded"]) == (1, 1, 0)
    assert figures_of(edition, date(2024, 5, 11)).forwarded == 1
    assert figures_of(edition, date(2024, 5, 9)).forwarded == 0
    assert other.status == Status.NOT_FORWARDED


def test_what_was_scored_without_a_unit_round_was_not_forwarded(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(ROBOCON)
    move_entry(SYSTEM, make_entry(edition), Status.SCORED)
    figures = figures_of(edition)
    assert (figures.entries, figures.forwarded, figures.by_status["scored"]) == (1, 0, 1)


def test_a_reopened_unit_is_not_completed_until_it_completes_again(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(YOUTH)
    unit = unit_of(edition)
    complete_unit(SYSTEM, edition, unit, date(2024, 5, 10))
    at(2024, 5, 15)
    reopen_unit(SYSTEM, edition, unit, "Còn một mô hình nộp muộn", date(2024, 5, 12))
    complete_unit(SYSTEM, edition, unit, date(2024, 5, 15))
    days = (9, 10, 11, 12, 14, 15)
    assert [figures_of(edition, date(2024, 5, day)).units_completed for day in days] == [0, 1, 1, 0, 0, 1]
    line = next(u for u in figures_of(edition).units if u.code == unit.code)
    assert line.completed_on == date(2024, 5, 15)


def test_units_make_the_whole_also_with_entries_of_no_unit(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(ROBOCON)
    make_entry(edition, school=make_school(unit=unit_of(edition, "Huyện Yên Thế")), people=TEAM)
    make_entry(edition, people=TEAM)
    figures = figures_of(edition)
    assert figures.by_unit["Huyện Yên Thế"] == figures.by_unit["Không thuộc đơn vị nào"] == 1
    assert sum(figures.by_unit.values()) == figures.entries == 2
    assert sum(unit.people for unit in figures.units) == figures.people == 6
    assert figures.units_total == 10


def test_another_editions_entries_do_not_count(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    open_edition(ROBOCON), open_edition(YOUTH)
    unit_entry()
    assert figures_of(get_edition(ROBOCON)).entries == 0
    assert figures_of(get_edition(YOUTH)).entries == 1


def test_the_json_has_the_keys_other_programs_read(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    edition = open_edition(ROBOCON)
    make_entry(edition, people=TEAM)
    found = figures_of(edition).as_json()
    assert list(found) == [
        "edition", "as_of", "entries", "by_status", "by_unit", "by_division", "teams", "members", "coaches", "people",
        "forwarded", "units_completed", "units_total", "units",
    ]  # fmt: skip
    assert (found["edition"], found["as_of"], found["entries"], found["teams"]) == (ROBOCON, "2024-05-10", 1, 1)
    assert list(found["units"][0]) == ["code", "name", "entries", "people", "forwarded", "completed_on"]
    youth = figures_of(get_edition(YOUTH)).as_json()
    assert "by_field" in youth
    assert set(youth) - set(found) <= {"by_field"}


@pytest.mark.parametrize("entries", [0, 1, 12])
def test_all_figures_are_read_in_at_most_six_statements(app: Flask, at: Clock, entries: int) -> None:
    at(2024, 5, 10)
    edition = open_edition(ROBOCON)
    for _ in range(entries):
        make_entry(edition, people=TEAM)
    with counted_statements() as sent:
        assert figures_of(edition).entries == entries
    assert len(sent) <= 6


def test_every_tally_has_a_name_of_its_own_and_a_label(app: Flask) -> None:
    assert len(TALLIES) == len({str(tally.label) for tally in TALLIES.values()}) == 12
    assert all(str(figures_of(get_edition(ROBOCON)).label(name)) for name in TALLIES)
