"""Test how entries begin and change."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Division, Unit
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord, first_broken
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.queries import get_entry, history_of
from contest_portal.registration.rules import Closed
from contest_portal.registration.services import Details, add_person, change_details, create_entry, start_draft
from contest_portal.registration.status import Status
from tests.factories.people import make_school, unit_of
from tests.unit.registration.conftest import COACH, PUPIL, Stage

TOKEN = "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"


def details_of(entry: Entry, **changes: object) -> Details:
    """Return an entry's details with some of them changed."""
    names = Details.__dataclass_fields__
    return replace(Details(**{name: getattr(entry, name) for name in names}), **changes)  # type: ignore[arg-type]


def test_a_draft_belongs_to_the_school_and_its_unit(stage: Stage) -> None:
    entry = stage.draft("  Rồng   Xanh ")
    assert (entry.title, entry.title_folded, entry.status) == ("Rồng Xanh", "rong xanh", "draft")
    assert (entry.school_id, entry.unit_id, entry.created_by) == (
        stage.school.id,
        stage.school.unit_id,
        stage.teacher.user_id,
    )
    assert [(e.kind, e.status_from, e.status_to, e.source) for e in history_of(entry)] == [
        ("moved", None, "draft", "web")
    ]


def test_a_unit_that_takes_no_part_is_not_taken_over(stage: Stage) -> None:
    elsewhere = db.session.scalars(select(Unit).where(Unit.kind == "province").limit(1)).one()
    school = make_school("Trường ở nơi khác", elsewhere)
    actor = replace(stage.teacher, posts=(replace(stage.teacher.posts[0], school_id=school.id),))
    assert start_draft(actor, stage.edition, title="Sao Mai", school=school).unit_id is None


def test_the_same_form_begins_one_entry(stage: Stage) -> None:
    first = start_draft(stage.teacher, stage.edition, title="Một", school=stage.school, once_token=TOKEN)
    again = start_draft(stage.teacher, stage.edition, title="Một", school=stage.school, once_token=TOKEN)
    assert again.reference == first.reference
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_anothers_form_leads_nowhere(stage: Stage, organiser: Actor) -> None:
    start_draft(stage.teacher, stage.edition, title="Một", school=stage.school, once_token=TOKEN)
    with pytest.raises(NotFound):
        start_draft(organiser, stage.edition, title="Hai", school=stage.school, once_token=TOKEN)


def test_nobody_begins_for_another_school(stage: Stage, stranger: Actor, coordinator: Actor) -> None:
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            start_draft(actor, stage.edition, title="Một", school=stage.school)
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize(
    ("title", "sentence"), [(" ", "Hãy nhập tên."), ("a" * 301, "Chỉ được viết nhiều nhất 300 ký tự.")]
)
def test_a_title_is_needed_and_bounded(stage: Stage, title: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        stage.draft(title)
    assert [(p.field, str(p.message)) for p in refusal.value.problems] == [("title", sentence)]


def test_a_change_is_written_down_with_what_was_there(stage: Stage) -> None:
    entry = stage.draft()
    change_details(stage.teacher, entry, details_of(entry, title="Rồng Vàng", contact_phone="0912345678"))
    event = history_of(entry)[-1]
    assert (event.kind, event.happened_on, event.actor_name) == ("changed", clock.today(), stage.teacher.username)
    assert event.details == {
        "part": "details",
        "version": entry.version,
        "before": {"title": "Rồng Xanh", "contact_phone": None},
        "after": {"title": "Rồng Vàng", "contact_phone": "0912345678"},
    }
    stored = get_entry(stage.teacher, entry.reference)
    assert (stored.title, stored.title_folded) == ("Rồng Vàng", "rong vang")


def test_the_log_knows_what_was_changed_but_not_its_content(stage: Stage) -> None:
    entry = stage.draft()
    change_details(stage.teacher, entry, details_of(entry, contact_phone="0912345678"))
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (record.action, record.subject, record.actor_name) == (
        "entry.changed",
        entry.reference,
        stage.teacher.username,
    )
    assert record.after == {"part": "details", "fields": ["contact_phone"]}
    assert first_broken() is None


def test_saving_what_is_stored_writes_nothing(stage: Stage) -> None:
    entry = stage.draft()
    version = entry.version
    change_details(stage.teacher, entry, details_of(entry))
    assert entry.version == version
    assert [event.kind for event in history_of(entry)] == ["moved"]


def test_a_division_of_another_edition_is_refused(stage: Stage) -> None:
    entry = stage.draft()
    foreign = db.session.scalars(select(Division).where(Division.edition_id == get_edition("logo-2024").id)).first()
    assert foreign is not None
    with pytest.raises(Invalid) as refusal:
        change_details(stage.teacher, entry, details_of(entry, division_id=foreign.id))
    assert refusal.value.problems[0].field == "division_id"
    assert get_entry(stage.teacher, entry.reference).division_id is None


def test_a_unit_that_takes_no_part_is_refused(stage: Stage) -> None:
    entry = stage.draft()
    with pytest.raises(Invalid) as refusal:
        change_details(stage.teacher, entry, details_of(entry, unit_id=2**31 - 1))
    assert refusal.value.problems[0].field == "unit_id"


def test_the_second_of_two_is_told(stage: Stage) -> None:
    entry = stage.draft()
    seen = entry.version
    change_details(stage.teacher, entry, details_of(entry, title="Của người thứ nhất"), version=seen)
    with pytest.raises(Conflict):
        change_details(stage.teacher, entry, details_of(entry, title="Của người thứ hai"), version=seen)
    assert get_entry(stage.teacher, entry.reference).title == "Của người thứ nhất"


def test_a_person_added_meanwhile_is_no_conflict_for_the_details(stage: Stage) -> None:
    entry = stage.draft()
    seen = entry.version
    add_person(stage.teacher, entry, COACH)
    change_details(stage.teacher, entry, details_of(entry, summary="Ý tưởng"), version=seen)
    assert get_entry(stage.teacher, entry.reference).summary == "Ý tưởng"


def test_strangers_and_coordinators_change_nothing(stage: Stage, stranger: Actor, coordinator: Actor) -> None:
    entry = stage.draft()
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            change_details(actor, entry, details_of(entry, title="Khác"))
    assert get_entry(stage.teacher, entry.reference).title == "Rồng Xanh"


def test_the_closing_second_is_too_late(stage: Stage) -> None:
    entry = stage.draft()
    last = stage.edition.closes_at
    change_details(stage.teacher, entry, details_of(entry, title="Kịp"), at=last - timedelta(microseconds=1))
    with pytest.raises(Closed):
        change_details(stage.teacher, entry, details_of(entry, title="Muộn"), at=last)
    with pytest.raises(Closed):
        start_draft(stage.teacher, stage.edition, title="Muộn", school=stage.school, at=last)


def test_an_organiser_changes_after_the_deadline_with_a_reason(stage: Stage, organiser: Actor) -> None:
    entry = stage.draft()
    late = stage.edition.closes_at
    with pytest.raises(Invalid) as refusal:
        change_details(organiser, entry, details_of(entry, title="Sửa"), at=late)
    assert refusal.value.problems[0].field == "reason"
    change_details(organiser, entry, details_of(entry, title="Sửa"), at=late, reason="Công văn số 5")
    event = history_of(entry)[-1]
    assert (event.reason, event.actor_name) == ("Công văn số 5", organiser.username)


def test_an_entry_on_paper_is_written_down_as_of_the_day_it_came(stage: Stage, coordinator: Actor) -> None:
    division = stage.edition.divisions[0]
    entry = create_entry(
        coordinator,
        stage.edition,
        title="Trên giấy",
        school=stage.school,
        unit=unit_of(stage.edition),
        division=division,
        people=(PUPIL, COACH),
        status=Status.RECEIVED,
        happened_on=date(2024, 5, 18),
        note="Bưu điện",
    )
    stored = get_entry(coordinator, entry.reference)
    assert [(p.full_name, p.grade, p.position, p.joined_on) for p in stored.participants] == [
        ("Nguyễn Thị Hồng Ánh", 7, 0, date(2024, 5, 18)),
        ("Trần Văn Bình", None, 1, date(2024, 5, 18)),
    ]
    event = db.session.scalars(select(EntryEvent)).one()
    assert (event.status_to, event.happened_on, event.source) == ("received", date(2024, 5, 18), "paper")
    assert event.recorded_at.date() > date(2024, 5, 18)
    assert (stored.note, stored.division_id) == ("Bưu điện", division.id)


def test_a_coordinator_writes_down_only_for_the_own_unit(stage: Stage, coordinator: Actor) -> None:
    with pytest.raises(NotAllowed):
        create_entry(coordinator, stage.edition, title="Nơi khác", unit=unit_of(stage.edition, "Huyện Sơn Động"))


def test_an_entry_is_not_written_down_for_tomorrow(stage: Stage, organiser: Actor) -> None:
    with pytest.raises(Invalid):
        create_entry(organiser, stage.edition, title="Ngày mai", happened_on=date(2999, 1, 1))
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0
