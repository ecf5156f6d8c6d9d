"""Test signed paper, the wording in its versions, and what is sensitive; on both databases."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.consent import links, sensitive
from contest_portal.registration.consent.answering import Way
from contest_portal.registration.consent.models import Consent, ConsentScan, SensitiveDetail
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, State
from contest_portal.registration.consent.queries import may_publish
from contest_portal.registration.consent.recording import record_paper
from contest_portal.registration.consent.scans import keep_scan, read_scan
from contest_portal.registration.consent.wordings import (
    current_words,
    mark_of,
    new_version,
    versions_of,
    words_that_held,
)
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.services import submit_entry
from tests.at_once import at_once
from tests.factories.consent import SIGNED, link_for, said
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_participant
from tests.unit.registration.conftest import Stage
from tests.unit.registration.test_consent import (
    ETHNIC,
    MEDIA,
    OWN_PUBLISH,
    PUBLISH,
    TAKE_PART,
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


# Paper


def make_scan(actor: Actor, entry: Entry, data: bytes = SIGNED) -> int:
    """Store a scan in a folder of the test's own."""
    folder = Path(current_app.config["SETTINGS"].uploads) / "documents"
    return keep_scan(actor, entry, folder, data)


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
def test_only_scans_are_kept_whatever_they_are_called(entry: Entry, stage: Stage, data: bytes) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        make_scan(stage.teacher, entry, data)
    assert refused.value.problems[0].field == "scan"


def test_a_scan_is_kept_once_and_handed_to_its_own(entry: Entry, stage: Stage, stranger: Actor) -> None:
    with transaction():
        first, again = make_scan(stage.teacher, entry), make_scan(stage.teacher, entry)
    assert first == again
    folder = Path(current_app.config["SETTINGS"].uploads) / "documents"
    assert read_scan(stage.teacher, entry, first, folder)[:2] == (SIGNED, "application/pdf")
    other = stage.ready("Sao Vàng")
    for actor, which in ((stranger, entry), (stage.teacher, other)):
        with pytest.raises(NotFound):
            read_scan(actor, which, first, folder)
    seen = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "consent.scan_seen")).all()
    assert [row.after for row in seen] == [{"scan": first}]
