"""A parcel is taken in with what lay in it; in time or late, corrected with its past kept, found by its code."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from contest_portal.contests.asking import Need
from contest_portal.contests.models import EditionUnit
from contest_portal.contests.presets import load_preset
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.contests.rulebook import Rulebook
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status
from contest_portal.screening.models import Reception
from contest_portal.screening.reception import queries, services
from contest_portal.screening.reception.contents import absent_contents, expected_contents, missing_contents
from contest_portal.screening.reception.papers import receipt_pdf, stickers_pdf
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.reception.timing import counted_day, is_late
from contest_portal.screening.services import PaperEntry, complete_unit, log_paper
from contest_portal.screening.services.entries import receive_parcel
from tests.factories import unit_of
from tests.factories.screening import YOUTH, coordinator_of, field_of, unit_entry

DAY = date(2024, 5, 18)
FULL = Parcel(
    received_on=DAY,
    postmark_on=date(2024, 5, 16),
    brought_by="Cô Hà, Trường THCS Tân Dĩnh",
    received_by="Giáp Văn Nghĩa",
    contents=("application", "model"),
    condition="flawed",
    condition_note="Gãy một bánh xe",
    note="Bổ sung ảnh sau",
)


@pytest.fixture
def place(app: Flask) -> EditionUnit:
    """Return the unit whose desk it is."""
    return get_edition_unit(get_edition(YOUTH).id, unit_of(YOUTH).id)


def waiting(place: EditionUnit, **more: object) -> Entry:
    """Return an entry that was handed in through the portal."""
    return unit_entry(place.unit, Status.SUBMITTED, day=date(2024, 5, 2), **more)


def taken_in(place: EditionUnit, parcel: Parcel = FULL) -> Entry:
    """Return an entry whose parcel was taken in."""
    entry = waiting(place)
    receive_parcel(coordinator_of(place.unit), entry, parcel)
    return entry


def test_all_that_was_seen_is_kept_and_the_official_day_is_not_the_typing_day(place: EditionUnit) -> None:
    entry = taken_in(place)
    stored = db.session.get_one(Reception, entry.id, populate_existing=True)
    assert services.parcel_of(stored) == FULL
    assert (stored.received_on, clock.local(stored.recorded_at).date()) == (DAY, clock.today())
    assert (entry.status, entry.status_on) == (Status.RECEIVED, DAY)
    event = db.session.query(EntryEvent).filter_by(entry_id=entry.id, status_to="received").one()
    assert event.details["reception"]["condition_note"] == "Gãy một bánh xe"


def test_paper_that_never_was_in_the_portal_is_taken_in_the_same_way(place: EditionUnit) -> None:
    edition = get_edition(YOUTH)
    paper = PaperEntry("Máy gieo hạt", DAY, new_school="Trường mới", field=field_of(edition), parcel=FULL)
    entry = log_paper(coordinator_of(place.unit), edition, place.unit, paper)
    assert services.parcel_of(db.session.get_one(Reception, entry.id)) == FULL


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(FULL, postmark_on=DAY + timedelta(days=1)), "postmark_on"),
        (replace(FULL, contents=("application", "identity_card")), "contents"),
        (replace(FULL, condition="stolen"), "condition"),
    ],
)
def test_what_does_not_fit_together_is_refused_and_nothing_is_written(
    place: EditionUnit, wrong: Parcel, field: str
) -> None:
    entry = waiting(place)
    with pytest.raises(Invalid) as refused:
        receive_parcel(coordinator_of(place.unit), entry, wrong)
    assert [problem.field for problem in refused.value.problems] == [field]
    db.session.refresh(entry)
    assert (entry.status, db.session.get(Reception, entry.id)) == (Status.SUBMITTED, None)


def test_a_late_parcel_is_taken_in_where_somebody_says_why(place: EditionUnit) -> None:
    edition = get_edition(YOUTH)
    edition.rules = {**edition.rules, "receive_until": "2024-05-15", "postmark_counts": False}
    db.session.commit()
    entry = waiting(place)
    with pytest.raises(Invalid) as refused:
        receive_parcel(coordinator_of(place.unit), entry, replace(FULL, note=None))
    assert [problem.field for problem in refused.value.problems] == ["note"]
    receive_parcel(coordinator_of(place.unit), entry, FULL)


@given(st.dates(), st.dates(), st.one_of(st.none(), st.dates()), st.booleans())
def test_the_postmark_decides_only_where_it_counts(
    until: date, received: date, mark: date | None, counts: bool
) -> None:
    book = replace(_book(), receive_until=until, postmark_counts=counts)
    decides = mark if counts and mark is not None else received
    assert counted_day(book, received, mark) == decides
    assert is_late(book, received, mark) == (decides > until)
    assert not is_late(replace(book, receive_until=None), received, mark)


def _book() -> Rulebook:
    return load_preset("youth").editions[0].rules


def test_a_parcel_is_held_to_what_the_edition_asks_for() -> None:
    book = _book()
    codes = [content.code for content in expected_contents(book)]
    assert codes == ["application", "description", "photo", "drawing", "video", "model"]
    assert missing_contents((), book) == []
    needed = replace(book, documents=tuple(replace(rule, need=Need.REQUIRED) for rule in book.documents[:1]))
    assert [c.code for c in missing_contents(("model",), needed)] == ["application"]
    assert missing_contents(None, needed) == []
    assert [c.code for c in absent_contents(("application",), needed)] == ["model"]


def test_a_correction_keeps_what_stood_there_before(place: EditionUnit) -> None:
    entry = taken_in(place)
    stored = db.session.get_one(Reception, entry.id, populate_existing=True)
    better = replace(FULL, condition="good", condition_note=None)
    services.correct_reception(coordinator_of(place.unit), entry, better, version=stored.version)
    assert services.parcel_of(db.session.get_one(Reception, entry.id, populate_existing=True)) == better
    event = db.session.query(EntryEvent).filter_by(entry_id=entry.id, kind="reception").one()
    assert event.details["reception"]["before"]["condition"] == "flawed"
    assert event.details["reception"]["after"]["condition"] == "good"
    with pytest.raises(Conflict):
        services.correct_reception(coordinator_of(place.unit), entry, FULL, version=1)


def test_a_correction_is_refused_ahead_of_time_for_strangers_and_once_the_unit_is_done(place: EditionUnit) -> None:
    entry = taken_in(place)
    version = db.session.get_one(Reception, entry.id).version
    with pytest.raises(Invalid):
        ahead = replace(FULL, received_on=clock.today() + timedelta(days=1))
        services.correct_reception(coordinator_of(place.unit), entry, ahead, version=version)
    stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"))
    with pytest.raises(NotFound):
        services.correct_reception(stranger, entry, FULL, version=version)
    other = get_edition_unit(place.edition_id, unit_of(YOUTH, "Huyện Sơn Động").id)
    forwarded = unit_entry(other.unit, Status.FORWARDED)
    complete_unit(coordinator_of(other.unit), get_edition(YOUTH), other.unit)
    with pytest.raises(Conflict):
        services.correct_reception(coordinator_of(other.unit), forwarded, FULL, version=1)


def test_many_are_taken_in_at_once_or_none(place: EditionUnit) -> None:
    actor = coordinator_of(place.unit)
    first, second = waiting(place), waiting(place)
    far = unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.SUBMITTED)
    with pytest.raises(NotFound):
        services.receive_many(actor, place, [first.reference, far.reference], FULL)
    with pytest.raises(Invalid):
        services.receive_many(actor, place, [], FULL)
    made = services.receive_many(actor, place, [first.reference, second.reference], FULL)
    assert {entry.status for entry in made} == {Status.RECEIVED}
    assert db.session.get_one(Reception, second.id).contents is None
    assert db.session.get_one(Reception, second.id).brought_by == FULL.brought_by


@pytest.mark.parametrize(
    ("scanned", "reference"),
    [
        ("TN24-FY854P", "TN24-FY854P"),
        (" tn24 fy854p ", "TN24-FY854P"),
        ("https://cong.example/e/TN24-FY854P", "TN24-FY854P"),
        ("https://cong.example/e/TN24-FY854P?x=1", "TN24-FY854P"),
        ("TN24", None),
        ("", None),
        ("https://xấu.example/", None),
    ],
)
def test_a_code_is_read_however_a_scanner_types_it(scanned: str, reference: str | None) -> None:
    assert queries.reference_in(scanned) == reference


@given(st.text(max_size=60))
def test_whatever_is_scanned_is_a_reference_or_nothing(scanned: str) -> None:
    found = queries.reference_in(scanned)
    assert found is None or queries.is_reference(found)


def test_the_log_is_the_units_own_the_newest_first_and_by_day(place: EditionUnit) -> None:
    old, new = taken_in(place, replace(FULL, received_on=DAY - timedelta(days=1))), taken_in(place)
    far = unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.SUBMITTED, day=date(2024, 5, 2))
    receive_parcel(coordinator_of(unit_of(YOUTH, "Huyện Yên Thế")), far, FULL)
    assert [line.reference for line in queries.log_of(place).items] == [new.reference, old.reference]
    assert [line.reference for line in queries.log_of(place, day=DAY).items] == [new.reference]
    assert [line.reference for line in queries.whole_log(place)] == [old.reference, new.reference]
    assert queries.count_received_on(place, DAY) == 1


def test_the_receipt_says_what_was_received_and_what_is_missing(place: EditionUnit) -> None:
    entry = taken_in(place)
    made = receipt_pdf(entry, db.session.get_one(Reception, entry.id), f"https://x.example/e/{entry.reference}")
    pages = PdfReader(io.BytesIO(made)).pages
    text = " ".join(pages[0].extract_text().split())
    assert len(pages) == 1
    for wanted in (entry.reference, "18/05/2024", "16/05/2024", "Giáp Văn Nghĩa", "Gãy một bánh xe", "Bản thuyết minh"):
        assert wanted in text


def test_stickers_name_nobody_and_no_school(place: EditionUnit) -> None:
    entries = [taken_in(place) for _ in range(3)]
    addresses = {entry.reference: f"https://x.example/e/{entry.reference}" for entry in entries}
    pages = PdfReader(io.BytesIO(stickers_pdf(entries, addresses, first=24))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert len(pages) == 2
    for entry in entries:
        assert entry.reference in text
        assert entry.school is not None
        assert entry.school.name not in text
        assert entry.participants[0].full_name not in text
