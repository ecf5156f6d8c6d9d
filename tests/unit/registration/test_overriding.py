"""Test an organiser's word that lets a problem pass, on both databases."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.eligibility import Severity, division_rules
from contest_portal.contests.ruling import law_of
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, NotFound
from contest_portal.registration.eligibility import check_stored, problems_of
from contest_portal.registration.models import Entry, RuleOverride
from contest_portal.registration.people import Person
from contest_portal.registration.services import change_person, override, submit_entry
from tests.at_once import at_once
from tests.counting import counted_statements
from tests.unit.registration.conftest import Stage


@pytest.fixture
def too_old(stage: Stage) -> Entry:
    """Return an entry whose pupil is in the twelfth grade, in a division for the lower ones."""
    entry = stage.ready()
    pupil = next(person for person in entry.participants if person.role == "member")
    change_person(stage.teacher, entry, pupil.id, Person("member", pupil.full_name, date(2006, 5, 20), "12A1"))
    return entry


def wrong(entry: Entry) -> list[tuple[str, int]]:
    """Return the rule and the person of each problem that stops an entry."""
    people = list(entry.participants)
    return [(p.rule, people[p.person].id) for p in problems_of(entry) if p.person is not None]


def test_what_is_let_pass_no_longer_stops_the_entry_and_says_who_and_why(
    stage: Stage, too_old: Entry, organiser: Actor
) -> None:
    with pytest.raises(Invalid):
        submit_entry(stage.teacher, too_old, declared=True)
    found = wrong(too_old)
    assert found
    for rule, person in found:
        override(organiser, too_old, rule, person, "Lưu ban, có giấy của trường")
        override(organiser, too_old, rule, person, "Lần nữa")
    assert problems_of(too_old) == []
    passed = [p for p in check_stored(too_old) if p.severity is Severity.ACCEPTED]
    assert len(passed) == len(found)
    assert "Lưu ban, có giấy của trường" in str(passed[0].accepted)
    assert organiser.name in str(passed[0].accepted)
    assert db.session.scalar(select(func.count(RuleOverride.id))) == len(found)
    submit_entry(stage.teacher, too_old, declared=True)


def test_another_value_is_another_problem(stage: Stage, too_old: Entry) -> None:
    for rule, person in wrong(too_old):
        override(SYSTEM, too_old, rule, person, "Được")
    pupil = next(person for person in too_old.participants if person.role == "member")
    change_person(stage.teacher, too_old, pupil.id, Person("member", pupil.full_name, date(2005, 1, 1), "11A1"))
    db.session.expire_all()
    assert problems_of(too_old) != []


def test_taken_back_it_stops_the_entry_again(stage: Stage, too_old: Entry) -> None:
    rule, person = wrong(too_old)[0]
    override(SYSTEM, too_old, rule, person, "Được")
    override(SYSTEM, too_old, rule, person, "Nhầm", allow=False)
    assert (rule, person) in wrong(too_old)
    assert stage.edition is not None


def test_only_organisers_and_only_what_is_wrong(stage: Stage, too_old: Entry, coordinator: Actor) -> None:
    rule, person = wrong(too_old)[0]
    for actor in (stage.teacher, coordinator):
        with pytest.raises(NotAllowed):
            override(actor, too_old, rule, person, "Được")
    with pytest.raises(NotFound):
        override(SYSTEM, too_old, "school_quota", None, "Được")
    with pytest.raises(Invalid):
        override(SYSTEM, too_old, rule, person, " ")


def test_an_override_stays_as_it_was_written(too_old: Entry) -> None:
    rule, person = wrong(too_old)[0]
    override(SYSTEM, too_old, rule, person, "Được")
    row = db.session.scalars(select(RuleOverride)).one()
    with pytest.raises(DBAPIError), transaction():
        row.reason = "Khác"


def test_the_same_word_many_times_at_once_is_one(app: Flask, too_old: Entry) -> None:
    rule, person = wrong(too_old)[0]
    entry_id = too_old.id

    def act(_number: int) -> None:
        override(SYSTEM, db.session.get_one(Entry, entry_id), rule, person, "Được")

    assert set(at_once(app, act, 8)) == {None}
    assert db.session.scalar(select(func.count(RuleOverride.id))) == 1


def test_an_entry_that_keeps_the_rules_costs_no_look_at_overrides(stage: Stage) -> None:
    entry = stage.ready()
    with counted_statements() as sent:
        assert problems_of(entry) == []
    assert not any("rule_overrides" in statement for statement in sent)


def test_each_problem_has_its_rule_in_words_its_value_and_its_remedy(too_old: Entry) -> None:
    book, divisions = rulebook_of(too_old.edition), division_rules(too_old.edition.divisions)
    for problem in check_stored(too_old):
        parts = [str(law_of(book, divisions, problem)), str(problem.fact), str(problem.remedy)]
        assert all(part.endswith(".") for part in parts), parts
        assert len(set(parts)) == 3
