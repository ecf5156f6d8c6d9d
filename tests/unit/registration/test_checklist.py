"""Test the list that a school sees before it hands in."""

from datetime import date
from typing import Any

import pytest

from contest_portal.contests.queries import get_edition
from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.errors import Problem
from contest_portal.registration.checking.papers import papers_of
from contest_portal.registration.checklist import Item, Mark, checklist_for, count_missing, is_ready
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry
from tests.unit.registration.test_checking import good_entry

pytestmark = pytest.mark.usefixtures("app")


def marks(entry: Entry) -> dict[str, Mark]:
    """Return how each line of an entry's list stands."""
    return {item.part: item.mark for item in papers_of(entry).items}


def checked(book: dict[str, Any], **missing: Any) -> list[Item]:
    """Return the list of a good entry under rules that differ in this."""
    entry = good_entry(make_school(unit=unit_of("robocon-2024")))
    rules = Rulebook.from_dict({**entry.edition.rules, **book})
    return checklist_for(entry, rules, entry.participants, [], **missing)


def test_a_good_entry_lacks_nothing_of_the_rules() -> None:
    entry = good_entry(make_school(unit=unit_of("robocon-2024")))
    found = marks(entry)
    assert (found["details"], found["member"], found["coach"]) == (Mark.MET, Mark.MET, Mark.MET)


def test_each_line_says_what_is_missing() -> None:
    entry = make_entry("robocon-2024", status=Status.DRAFT, people=[{"class_name": "7A"}])
    items = {item.part: item for item in papers_of(entry).items}
    assert items["details"].mark is Mark.MISSING
    assert any("bảng" in str(note).lower() for note in items["details"].notes)
    assert not is_ready(items.values())
    assert count_missing(items.values()) >= 1


def test_a_role_nobody_has_to_have_is_free() -> None:
    edition = get_edition("youth-2024")
    entry = make_entry(edition, people=[{"role": "author", "birth_date": date(2010, 5, 1)}])
    assert Rulebook.from_dict(edition.rules).coaches.least == 0
    assert marks(entry)["coach"] is Mark.FREE


def test_documents_and_consent_stand_on_the_list() -> None:
    documents = [{"kind": "application", "need": "required", "most": 1, "link": False, "megabytes": 5}]
    missing = [Problem("Thiếu phiếu dự thi.")]
    by_part = {item.part: item for item in checked({"documents": documents}, documents=missing)}
    assert (by_part["documents"].mark, by_part["documents"].notes) == (Mark.MISSING, ("Thiếu phiếu dự thi.",))
    assert {i.part: i.mark for i in checked({"documents": documents})}["documents"] is Mark.MET
    assert {i.part: i.mark for i in checked({"documents": []})}["documents"] is Mark.FREE
    recorded = {i.part: i for i in checked({"consent": "recorded"}, consents=[Problem("Chưa có đồng ý của mẹ.")])}
    assert recorded["consent"].mark is Mark.MISSING
    declared = {i.part: i for i in checked({"consent": "declared"})}["consent"]
    assert (declared.mark, len(declared.notes)) == (Mark.MET, 1)


@pytest.mark.parametrize(("signed", "mark"), [(None, Mark.FREE), (True, Mark.MET), (False, Mark.LOOK)])
def test_the_signed_list_stands_on_it_too(signed: bool | None, mark: Mark) -> None:
    assert {item.part: item.mark for item in checked({}, signed=signed)}["signed"] is mark
