"""What tests of registration start from: a school, its person, an open contest, an entry ready to be handed in."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.contests.queries import get_edition
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.services import Details, add_person, change_details, start_draft
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition

PUPIL = Person("member", "Nguyễn Thị Hồng Ánh", date(2011, 5, 20), "7A2")
COACH = Person("coach", "Trần Văn Bình")


@dataclass(frozen=True)
class Stage:
    """Hold who acts on what."""

    edition: Edition
    school: School
    teacher: Actor

    def draft(self, title: str = "Rồng Xanh") -> Entry:
        """Begin an entry."""
        return start_draft(self.teacher, self.edition, title=title, school=self.school)

    def ready(self, title: str = "Rồng Xanh") -> Entry:
        """Begin an entry and fill in everything."""
        entry = self.draft(title)
        division = next(d for d in self.edition.divisions if d.code == "B")
        change_details(
            self.teacher, entry, Details(title, division.id, unit_id=entry.unit_id, contact_phone="0912345678")
        )
        for person in (PUPIL, COACH):
            add_person(self.teacher, entry, person)
        return entry


@pytest.fixture
def stage(app: Flask) -> Stage:
    """Open the Robocon contest to one school."""
    edition = open_edition("robocon-2024")
    school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
    return Stage(edition, school, actor_for(make_user(Role.SCHOOL, school=school)))


@pytest.fixture
def organiser(app: Flask) -> Actor:
    """Return somebody who organises every contest."""
    return actor_for(make_user(Role.ORGANISER))


@pytest.fixture
def coordinator(app: Flask) -> Actor:
    """Return somebody who coordinates the unit of the school."""
    return actor_for(make_user(Role.COORDINATOR, unit=unit_of(get_edition("robocon-2024"))))


@pytest.fixture
def stranger(app: Flask) -> Actor:
    """Return somebody of another school in the same unit."""
    school = make_school("Trường THCS Hương Lạc", unit_of("robocon-2024"))
    return actor_for(make_user(Role.SCHOOL, school=school))
