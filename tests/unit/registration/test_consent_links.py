"""Test the links parents answer through, two parents, withdrawal, and handing in; on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.consent import links
from contest_portal.registration.consent.models import Consent, ConsentLink
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, Relation, Side, State
from contest_portal.registration.consent.queries import lacking, may_publish, missing_consents, standings_of
from contest_portal.registration.consent.recording import record_paper
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.services import submit_entry, withdraw_entry
from tests.at_once import at_once
from tests.factories.consent import answer_all, link_for, said
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.unit.registration.conftest import Stage
from tests.unit.registration.test_consent import (
    PUBLISH,
    TAKE_PART,
    book_of,
    child,
    entry,
    set_rule,
    state,
    today,
)

__all__ = ["child", "entry", "today"]
pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def stranger(stage: Stage) -> Actor:
    """Return somebody of another school."""
    return actor_for(make_user(Role.SCHOOL, school=make_school("Trường THCS Khác", unit_of(stage.edition))))


def page(entry: Entry) -> int:
    """Return the number of the latest answer, as a page that is shown now has it."""
    return standings_of(entry.participants[:1], rulebook_of(entry.edition))[0].seen


def pass_time(span: timedelta) -> None:
    """Let time pass."""
    moment = clock.now() + span
    clock.set_clock(lambda: moment)


# Links


def test_a_link_is_kept_as_a_hash_and_ends(entry: Entry, stage: Stage, child: Participant) -> None:
    made = links.make_sheets(stage.teacher, entry, [child.id])[0]
    stored = repr(db.session.execute(select(ConsentLink.__table__)).all())
    assert len(made.token) == 43
    assert made.token not in stored and made.code not in stored and made.code.replace("-", "") not in stored
    assert links.open_link(made.token).person is child
    assert links.revoke_links(stage.teacher, entry, child.id) == 1
    with pytest.raises(NotFound):
        links.open_link(made.token)


@pytest.mark.parametrize(
    "bad", ["", "x", "A" * 43, "A" * 42 + "\0", "ﬀ" * 43, "' OR 1=1 --", "9" * 5000, "../" * 14 + "a"]
)
def test_hostile_links_are_all_the_same_nothing(entry: Entry, bad: str) -> None:
    with pytest.raises(NotFound) as refused:
        links.open_link(bad)
    assert str(refused.value) == "Liên kết này không dùng được. Hãy xin nhà trường một liên kết mới."


def test_expired_and_revoked_links_answer_as_wrong_ones(entry: Entry, stage: Stage, child: Participant) -> None:
    expired, revoked = link_for(entry), ""
    links.note_opened(links.open_link(expired).link)
    revoked = link_for(entry)
    with transaction():
        row = links.open_link(revoked).link
        row.revoked_at = clock.now()
    later = clock.now() + timedelta(days=800)
    sentences = set()
    for token, moment in ((revoked, clock.now()), (expired, later), ("B" * 43, clock.now())):
        clock.set_clock(lambda at=moment: at)
        with pytest.raises(NotFound) as refused:
            links.answer(token, said({TAKE_PART: True}), None)
        sentences.add(str(refused.value))
    assert len(sentences) == 1
    assert db.session.scalars(select(Consent)).all() == []


def test_a_new_sheet_ends_the_one_nobody_opened(entry: Entry) -> None:
    lost, kept = link_for(entry), ""
    kept = link_for(entry)
    links.note_opened(links.open_link(kept).link)
    newest = link_for(entry)
    with pytest.raises(NotFound):
        links.open_link(lost)
    assert links.open_link(kept) and links.open_link(newest)


def test_a_typed_code_opens_a_link_of_its_own(entry: Entry, stage: Stage, child: Participant) -> None:
    made = links.make_sheets(stage.teacher, entry, [child.id])[0]
    typed = f" {made.code.lower().replace('-', ' ')} "
    token = links.redeem_code(typed, "10.0.0.1")
    assert token != made.token
    assert links.open_link(token).person.id == child.id
    links.answer(token, said({TAKE_PART: True}), None)
    pass_time(timedelta(days=2))
    with pytest.raises(NotFound):
        links.open_link(token)
    assert links.open_link(made.token)


def test_codes_are_not_guessed(entry: Entry, stage: Stage, child: Participant) -> None:
    made = links.make_sheets(stage.teacher, entry, [child.id])[0]
    for number in range(20):
        with pytest.raises(NotFound):
            links.redeem_code(f"WRNGC-DE{number:02}2-22222", "10.0.0.1")
    with pytest.raises(TooManyTries):
        links.redeem_code(made.code, "10.0.0.1")
    # Bystanders in another network are not hurt.
    assert links.redeem_code(made.code, "10.9.0.1")


def test_one_link_cannot_flood_the_record(entry: Entry) -> None:
    token = link_for(entry)
    for number in range(links.MOST_ANSWERS):
        links.answer(token, said({TAKE_PART: number % 2 == 0}), None)
    with pytest.raises(Conflict):
        links.answer(token, said({TAKE_PART: True}), None)
    pass_time(timedelta(hours=2))
    links.answer(token, said({TAKE_PART: True}), None)


# Two parents


def test_two_parents_at_once_the_second_is_shown_the_first(app: Flask, entry: Entry) -> None:
    tokens, seen = [link_for(entry) for _ in range(1)] * 8, page(entry)

    def act(number: int) -> str:
        return links.answer(tokens[number], said({PUBLISH: number % 2 == 0}, seen=seen), None)

    outcomes = at_once(app, act, 8)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert [o for o in outcomes if not isinstance(o, str)] == [Conflict] * 7
    assert len(db.session.scalars(select(Consent)).all()) == 1


def test_a_father_cannot_unknowingly_undo_a_mothers_withdrawal(entry: Entry, child: Participant) -> None:
    answer_all(entry)
    fathers_page = page(entry)
    links.withdraw_all(link_for(entry), replace(said({}), giver="Trần Thị Mẹ", relation=Relation.MOTHER), None)
    with pytest.raises(Conflict):
        links.answer(link_for(entry), said({PUBLISH: True}, seen=fathers_page), None)
    assert may_publish([child.id]) == set()


def test_withdrawal_takes_back_every_yes_at_once_and_is_told(entry: Entry, child: Participant) -> None:
    answer_all(entry)
    assert may_publish([child.id]) == {child.id}
    reference = links.withdraw_all(link_for(entry), said({}), None)
    assert may_publish([child.id]) == set()
    assert {state(entry, child, purpose) for purpose in EVERYBODYS} == {State.REFUSED}
    event = db.session.scalars(
        select(EntryEvent).where(EntryEvent.kind == "consent").order_by(EntryEvent.id.desc())
    ).first()
    assert event is not None and sorted(event.details["withdrawn"]) == ["media", "publish", "take_part"]
    logged = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "consent.withdrawn")).one()
    # The log says what was withdrawn for which entry, and names nobody.
    assert child.full_name not in repr(logged.after) and "Cha" not in repr(logged.after)
    assert reference.startswith("DY-")
    with pytest.raises(Conflict):
        links.withdraw_all(link_for(entry), said({}), None)


# Bad input


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (said({}), None),
        (said({TAKE_PART: True}, giver=" "), "giver"),
        (said({TAKE_PART: True}, giver="x" * 151), "giver"),
        (replace(said({TAKE_PART: True}), relation=None), "relation"),
        (replace(said({TAKE_PART: True}), relation=Relation.CHILD), "relation"),
        (said({(Purpose.TAKE_PART, Side.OWN): True}), None),
    ],
)
def test_what_is_no_answer_is_refused_and_writes_nothing(entry: Entry, answers: Any, field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        links.answer(link_for(entry), answers, None)
    assert refused.value.problems[0].field == field
    assert db.session.scalars(select(Consent)).all() == []


def test_nobody_else_asks_or_records(entry: Entry, stranger: Actor, child: Participant, organiser: Actor) -> None:
    coordinator = actor_for(make_user(Role.COORDINATOR, unit=unit_of(entry.edition)))
    sheets = {child.id: said({TAKE_PART: True})}
    for actor in (stranger, coordinator):
        for act in (
            lambda who=actor: links.make_sheets(who, entry, [child.id]),
            lambda who=actor: links.revoke_links(who, entry, child.id),
            lambda who=actor: record_paper(who, entry, sheets, signed_on=clock.today(), words={}, keep_scan=lambda: 0),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert links.make_sheets(organiser, entry, [child.id])
    with pytest.raises(NotFound):
        links.make_sheets(organiser, entry, [999_999])


def test_a_withdrawn_entry_asks_no_more_but_consent_can_still_be_withdrawn(
    entry: Entry, stage: Stage, child: Participant
) -> None:
    answer_all(entry)
    token = link_for(entry)
    submit_entry(stage.teacher, entry, declared=True)
    withdraw_entry(stage.teacher, entry, reason="Đổi ý")
    with pytest.raises(Conflict):
        links.make_sheets(stage.teacher, entry, [child.id])
    links.withdraw_all(token, said({}), None)
    assert may_publish([child.id]) == set()


# Handing in


def test_recorded_consent_is_needed_before_handing_in(entry: Entry, stage: Stage, child: Participant) -> None:
    set_rule(entry, consent="recorded")
    book = rulebook_of(entry.edition)
    assert book.consent is ConsentRule.RECORDED
    with pytest.raises(Invalid) as refused:
        submit_entry(stage.teacher, entry, declared=True)
    assert [problem.value for problem in refused.value.problems] == [child.full_name]
    links.answer(link_for(entry), said({TAKE_PART: False}), None)
    assert "không đồng ý" in str(missing_consents(entry, book)[0].message)
    # Yes to taking part is enough: whether to publish is everybody's own choice.
    links.answer(link_for(entry), said({TAKE_PART: True, PUBLISH: False}), None)
    assert missing_consents(entry, book) == []
    assert submit_entry(stage.teacher, entry, declared=True)


def test_where_the_school_declares_nothing_is_asked_before_handing_in(
    entry: Entry, stage: Stage, child: Participant
) -> None:
    book = book_of(entry)
    assert book.consent is ConsentRule.DECLARED
    assert missing_consents(entry, book) == []
    assert [standing.person.id for standing in lacking(entry.id, book)] == [child.id]
    assert submit_entry(stage.teacher, entry, declared=True)
