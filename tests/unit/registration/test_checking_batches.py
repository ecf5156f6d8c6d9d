"""Test decisions on many entries: exactly what was shown, once, portion by portion."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord, first_broken
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, NotFound
from contest_portal.registration.checking import batches
from contest_portal.registration.checking.batches import apply_batch, get_batch, plan_batch, stage_batch
from contest_portal.registration.checking.models import CheckBatch
from contest_portal.registration.checking.services import decide
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from tests.counting import counted_statements
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.unit.registration.test_checking import ACCEPT, good_entry, refused

pytestmark = pytest.mark.usefixtures("app")

ROBOCON = "robocon-2024"


@pytest.fixture
def organiser() -> Actor:
    """Return an organiser of every edition."""
    return actor_for(make_user(Role.ORGANISER))


def stage(actor: Actor, entries: list[Entry], state: CheckState = CheckState.ELIGIBLE) -> CheckBatch:
    """Choose entries for the same decision."""
    return stage_batch(actor, get_edition(ROBOCON), [entry.id for entry in entries], state)


def good_entries(count: int) -> list[Entry]:
    """Make entries without a fault."""
    school = make_school(unit=unit_of(open_edition(ROBOCON)))
    return [good_entry(school) for _ in range(count)]


def test_the_plan_names_what_is_touched_and_what_is_not(organiser: Actor) -> None:
    fine, decided, accepted, gone, changed = good_entries(5)
    draft = make_entry(ROBOCON, status=Status.DRAFT)
    wrong = make_entry(ROBOCON, people=[])
    decide(organiser, decided, refused())
    decide(organiser, accepted, ACCEPT)
    batch = stage(organiser, [fine, decided, accepted, gone, changed, draft, wrong])
    move_entry(organiser, gone, Status.WITHDRAWN)
    with transaction():
        changed.title = "Tên mới"
    plan = plan_batch(batch)
    assert [entry.reference for entry in plan.touched] == [fine.reference]
    why = {skipped.reference: str(skipped.why) for skipped in plan.skipped}
    assert "đã có quyết định “Hồ sơ không đủ điều kiện”" in why[decided.reference]
    assert why[accepted.reference] == "đã là “Hồ sơ đủ điều kiện”"
    assert "vừa được thay đổi" in why[gone.reference]
    assert "vừa được thay đổi" in why[changed.reference]
    assert "Bản nháp" in why[draft.reference]
    assert "chưa đúng thể lệ" in why[wrong.reference]
    assert db.session.scalar(select(func.count()).where(EntryEvent.kind == "checked")) == 2


def test_what_was_confirmed_is_done_once_in_portions(organiser: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PORTION", 2)
    entries = good_entries(5)
    teacher = make_user(Role.SCHOOL, school=entries[0].school)
    batch = stage(organiser, entries)
    outcome = apply_batch(organiser, batch)
    assert outcome == {"seen": 5, "done": [entry.reference for entry in entries], "skipped": []}
    assert apply_batch(organiser, batch) == outcome
    events = select(func.count()).where(EntryEvent.kind == "checked")
    assert db.session.scalar(events) == 5
    assert db.session.scalar(select(func.count()).where(Notice.user_id == teacher.id)) == 5
    records = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "entries.checked")).all()
    assert [len(record.after["references"]) for record in records] == [2, 2, 1]
    assert first_broken() is None


def test_a_batch_that_broke_off_goes_on(organiser: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PORTION", 2)
    entries = good_entries(5)
    batch = stage(organiser, entries)
    told: list[str] = []

    def fail_on_the_third(entry: Entry, *_rest: Any) -> None:
        told.append(entry.reference)
        if len(told) == 3:
            raise RuntimeError

    monkeypatch.setattr(batches, "tell_school", fail_on_the_third)
    with pytest.raises(RuntimeError):
        apply_batch(organiser, batch)
    states = select(Entry.check_state).order_by(Entry.id)
    assert list(db.session.scalars(states)) == ["eligible"] * 2 + ["pending"] * 3
    outcome = apply_batch(organiser, get_batch(organiser, batch.edition, batch.token))
    assert outcome["done"] == [entry.reference for entry in entries]
    assert told == [entry.reference for entry in (*entries[:3], *entries[2:])]


def test_a_return_and_a_refusal_of_many_say_why(organiser: Actor) -> None:
    entries = good_entries(2)
    for state, more in ((CheckState.INELIGIBLE, {}), (CheckState.INCOMPLETE, {"reason": "Nộp phiếu"})):
        with pytest.raises(Invalid):
            apply_batch(organiser, stage(organiser, entries, state), **more)
    until = clock.now() + timedelta(days=2)
    batch = stage(organiser, entries, CheckState.INCOMPLETE)
    apply_batch(organiser, batch, reason="Nộp phiếu dự thi", mend_until=until)
    stored = db.session.execute(select(Entry.check_state, Entry.mend_until)).all()
    assert {tuple(row) for row in stored} == {("incomplete", until)}


def test_only_an_editions_organiser_decides_and_only_on_its_entries(organiser: Actor) -> None:
    entries = good_entries(1)
    other = actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024")))
    for actor in (other, actor_for(make_user(Role.AUDITOR)), actor_for(make_user(Role.ADMINISTRATOR))):
        with pytest.raises(NotAllowed):
            stage(actor, entries)
    with pytest.raises(Invalid):
        stage(organiser, [make_entry("youth-2024")])
    with pytest.raises(Invalid):
        stage(organiser, entries, CheckState.PENDING)
    batch = stage(organiser, entries)
    with pytest.raises(NotFound):
        get_batch(actor_for(make_user(Role.ORGANISER)), batch.edition, batch.token)
    with pytest.raises(NotFound):
        get_batch(organiser, get_edition("youth-2024"), batch.token)


def test_a_plan_costs_the_same_number_of_statements_however_many(organiser: Actor) -> None:
    counts = []
    for count in (1, 3, 60):
        batch = stage(organiser, good_entries(count))
        db.session.expire_all()
        batch = get_batch(organiser, batch.edition, batch.token)
        with counted_statements() as sent:
            plan_batch(batch)
        counts.append(len(sent))
    assert counts == [counts[0]] * 3
