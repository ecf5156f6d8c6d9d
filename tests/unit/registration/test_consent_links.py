"""Test the links parents answer through, withdrawal, paper, wording and what is sensitive; on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.models import Edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.consent import links, sensitive
from contest_portal.registration.consent.answering import Way
from contest_portal.registration.consent.models import Consent, ConsentLink, ConsentScan, SensitiveDetail
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, Relation, Side, State
from contest_portal.registration.consent.queries import lacking, may_publish, missing_consents, standings_of
from contest_portal.registration.consent.recording import record_paper
from contest_portal.registration.consent.scans import keep_scan, kind_of, read_scan
from contest_portal.registration.consent.wordings import (
    current_words,
    mark_of,
    new_version,
    versions_of,
    words_that_held,
)
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.services import submit_entry, withdraw_entry
from tests.at_once import at_once
from tests.factories.consent import answer_all, link_for, said
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_participant
from tests.unit.registration.conftest import Stage
from tests.unit.registration.test_consent import (
    ETHNIC,
    MEDIA,
    OWN_PUBLISH,
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
    for actor in (stranger, coordinator):
        for act in (
            lambda who=actor: links.make_sheets(who, entry, [child.id]),
            lambda who=actor: links.revoke_links(who, entry, child.id),
            lambda who=actor: record(who, entry, {child.id: said({TAKE_PART: True})}),
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


# Paper


PDF = b"%PDF-1.7 a scan"


def make_scan(actor: Actor, entry: Entry, data: bytes = PDF) -> int:
    """Store a scan in a folder of the test's own."""
    folder = Path(current_app.config["SETTINGS"].uploads) / "consent"
    return keep_scan(actor, entry, folder, data, "Phiếu đã ký.pdf")


def record(actor: Actor, entry: Entry, sheets: Any, **more: Any) -> dict[int, str]:
    """Record signed sheets of today."""
    words = current_words(entry.edition_id, tuple(Purpose))
    values = {"signed_on": clock.today(), "words": words, "keep_scan": lambda: make_scan(actor, entry)} | more
    return record_paper(actor, entry, sheets, **values)


def test_one_scan_records_several_children(entry: Entry, stage: Stage, child: Participant) -> None:
    second = make_participant(entry, full_name="Lê Văn Em", birth_date=date(2012, 1, 1))
    db.session.expire(entry, ["participants"])
    done = record(
        stage.teacher, entry, {child.id: said({TAKE_PART: True}), second.id: said({TAKE_PART: False}, giver="Bà")}
    )
    rows = db.session.scalars(select(Consent).order_by(Consent.participant_id)).all()
    scan_id = db.session.scalars(select(ConsentScan.id)).one()
    assert [(r.participant_id, r.given, r.how, r.scan_id, r.recorded_by, r.signed_on) for r in rows] == [
        (child.id, True, "paper", scan_id, stage.teacher.user_id, clock.today()),
        (second.id, False, "paper", scan_id, stage.teacher.user_id, clock.today()),
    ]
    assert {row.reference for row in rows} == set(done.values())


def test_paper_is_all_or_nothing(entry: Entry, stage: Stage, child: Participant) -> None:
    coach = entry.participants[1]
    wrong = {child.id: said({TAKE_PART: True}), coach.id: said({TAKE_PART: True})}
    for sheets, more in (
        (wrong, {}),
        ({}, {}),
        ({child.id: said({TAKE_PART: True})}, {"signed_on": clock.today() + timedelta(days=1)}),
    ):
        with pytest.raises(Invalid):
            record(stage.teacher, entry, sheets, **more)
    assert db.session.scalars(select(Consent)).all() == []


def test_a_sheet_is_recorded_with_the_words_it_was_printed_with(
    entry: Entry, stage: Stage, organiser: Actor, child: Participant
) -> None:
    printed = current_words(entry.edition_id, EVERYBODYS)
    assert mark_of(printed) == "C1-C1-C1"
    new_version(organiser, entry.edition, Purpose.PUBLISH, text="Bản mới", text_en="A new one")
    assert [mark_of(one) for one in words_that_held(entry.edition_id, EVERYBODYS)] == ["C1-E1-C1", "C1-C1-C1"]
    record(stage.teacher, entry, {child.id: said({PUBLISH: True})}, words=printed)
    row = db.session.scalars(select(Consent)).one()
    assert row.wording_id == current_words_id(Purpose.PUBLISH)
    links.answer(link_for(entry), said({PUBLISH: True}), None)
    newest = db.session.scalars(select(Consent).order_by(Consent.id.desc())).first()
    assert newest is not None and newest.wording_id != row.wording_id


def current_words_id(purpose: Purpose) -> int | None:
    """Return the id of the common first words."""
    return current_words(0, (purpose,))[purpose].id


# Wording


def test_a_new_version_leaves_the_old_ones(entry: Entry, organiser: Actor, stage: Stage) -> None:
    first = new_version(organiser, entry.edition, Purpose.MEDIA, text="Một", text_en="One", seen="C1")
    second = new_version(organiser, entry.edition, Purpose.MEDIA, text="Hai", text_en="Two", seen="E1")
    assert [w.mark for w in versions_of(entry.edition_id, Purpose.MEDIA)] == ["E2", "E1", "C1"]
    assert (first.text, second.text) == ("Một", "Hai")
    with pytest.raises(Conflict):
        new_version(organiser, entry.edition, Purpose.MEDIA, text="Ba", text_en="Three", seen="E1")
    with pytest.raises(NotAllowed):
        new_version(stage.teacher, entry.edition, Purpose.MEDIA, text="Ba", text_en="Three")
    for bad in ("", " ", "x" * 4001):
        with pytest.raises(Invalid):
            new_version(organiser, entry.edition, Purpose.MEDIA, text=bad, text_en="Three")


def test_two_organisers_write_two_versions_or_one_is_told(app: Flask, entry: Entry, organiser: Actor) -> None:
    edition_id = entry.edition_id

    def act(number: int) -> str:
        edition = db.session.get_one(Edition, edition_id)
        return new_version(organiser, edition, Purpose.MEDIA, text=f"{number}", text_en="x", seen="C1").mark

    outcomes = at_once(app, act, 6)
    assert outcomes.count("E1") == 1 and outcomes.count(Conflict) == 5


def test_the_first_words_are_stored_once_by_many_at_once(app: Flask, entry: Entry) -> None:
    token = link_for(entry)
    outcomes = at_once(app, lambda _n: links.answer(token, said({TAKE_PART: True}), None), 6)
    assert all(isinstance(outcome, str) for outcome in outcomes), outcomes
    assert len({row.wording_id for row in db.session.scalars(select(Consent))}) == 1


# What is sensitive


def test_the_ethnic_group_lives_as_long_as_its_consent(entry: Entry, stage: Stage, child: Participant) -> None:
    set_rule(entry, ethnic_group="optional")
    token = link_for(entry)
    sensitive.tell_through_link(token, "Tày", said({ETHNIC: True}), None)
    assert kept() == [(child.id, "Tày")]
    sensitive.tell_through_link(token, "Nùng", said({ETHNIC: True}), None)
    assert kept() == [(child.id, "Nùng")]
    links.withdraw_all(token, said({}), None)
    assert kept() == []
    # Neither the history nor the log ever knew which.
    told = [repr(e.details) for e in db.session.scalars(select(EntryEvent))]
    told += [repr((r.before, r.after)) for r in db.session.scalars(select(AuditRecord))]
    assert not any(group in line for line in told for group in ("Tày", "Nùng"))
    assert any("'ethnic_group': 'changed'" in line for line in told)


def kept() -> list[tuple[int, str]]:
    """Return what is kept of ethnic groups."""
    rows = db.session.execute(select(SensitiveDetail.participant_id, SensitiveDetail.ethnic_group))
    return [(row[0], row[1]) for row in rows]


def test_the_ethnic_group_is_asked_only_where_the_edition_asks(entry: Entry, stage: Stage, child: Participant) -> None:
    with pytest.raises(NotFound):
        sensitive.tell_through_link(link_for(entry), "Tày", said({ETHNIC: True}), None)
    with pytest.raises(NotFound):
        sensitive.view_groups(stage.teacher, entry)
    set_rule(entry, ethnic_group="required")
    for group in (None, "", "Sao Hỏa"):
        with pytest.raises(Invalid):
            sensitive.tell_through_link(link_for(entry), group, said({ETHNIC: True}), None)
    # Whatever the edition says, nobody has to tell: no is an answer, and handing in asks nothing.
    sensitive.tell_through_link(link_for(entry), None, said({ETHNIC: False}), None)
    assert kept() == []
    assert submit_entry(stage.teacher, entry, declared=True)


def test_every_look_at_what_is_sensitive_is_logged(
    entry: Entry, stage: Stage, stranger: Actor, organiser: Actor, child: Participant
) -> None:
    set_rule(entry, ethnic_group="optional")
    way = Way("paper", signed_on=clock.today())
    sensitive.tell_from_paper(stage.teacher, entry, child.id, "Dao", said({ETHNIC: True}), way)
    coordinator = actor_for(make_user(Role.COORDINATOR, unit=unit_of(entry.edition)))
    for actor in (stage.teacher, organiser):
        assert sensitive.view_groups(actor, entry) == [(child, "Dao")]
    for actor in (stranger, coordinator):
        with pytest.raises(NotFound):
            sensitive.view_groups(actor, entry)
    views = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "sensitive.viewed")).all()
    assert [view.actor_id for view in views] == [stage.teacher.user_id, organiser.user_id]
    assert all(view.after == {"people": [child.id]} for view in views)


def test_media_and_publishing_are_kept_apart(entry: Entry, child: Participant) -> None:
    links.answer(link_for(entry), said({PUBLISH: True, OWN_PUBLISH: True, MEDIA: False}), None)
    assert may_publish([child.id]) == {child.id}
    assert state(entry, child, Purpose.MEDIA) is State.REFUSED


@pytest.mark.parametrize("data", [b"", b"<html>", b"MZ\x90", b"PK\x03\x04", b"<svg xmlns=", b"GIF89a", b" %PDF-"])
def test_only_scans_are_kept_whatever_they_are_called(data: bytes) -> None:
    with pytest.raises(Invalid):
        kind_of(data)


def test_a_scan_is_kept_once_and_handed_to_its_own(entry: Entry, stage: Stage, stranger: Actor) -> None:
    with transaction():
        first, again = make_scan(stage.teacher, entry), make_scan(stage.teacher, entry)
    assert first == again
    folder = Path(current_app.config["SETTINGS"].uploads) / "consent"
    assert read_scan(stage.teacher, entry, first, folder)[:2] == (PDF, "application/pdf")
    other = stage.ready("Sao Vàng")
    for actor, which in ((stranger, entry), (stage.teacher, other)):
        with pytest.raises(NotFound):
            read_scan(actor, which, first, folder)
    seen = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "consent.scan_seen")).all()
    assert [row.after for row in seen] == [{"scan": first}]
