"""Browsers of a school, of another school and of staff, and an entry between them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.queries import get_user
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.registration.people import Person
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.services import Details, add_person, change_details, start_draft, submit_entry
from tests.client import CheckingClient
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition

Browser = Callable[..., CheckingClient]


@pytest.fixture
def browser_of(portal: Flask) -> Browser:
    """Sign a fresh browser in as somebody with a post."""

    def make(role: Role, **post: Any) -> CheckingClient:
        with portal.app_context():
            user_id = make_user(role, **post).id
        browser: Any = portal.test_client()
        browser.sign_in(user_id)
        return browser

    return make


@dataclass(frozen=True)
class World:
    """Hold a school's browser and an entry of it, ready to be handed in."""

    portal: Flask
    school: CheckingClient
    reference: str

    @property
    def home(self) -> str:
        """Return the address of the entry's page."""
        return f"/entries/{self.reference}"

    def close(self) -> None:
        """Let the deadline pass."""
        with self.portal.app_context(), transaction():
            edition: Edition = get_edition("robocon-2024")
            edition.closes_at = edition.opens_at

    def stored(self, name: str) -> Any:
        """Return a column of the entry as the database has it."""
        with self.portal.app_context():
            return getattr(find_by_reference(self.reference), name)


@pytest.fixture
def world(portal: Flask) -> World:
    """Make a draft with everything in it."""
    with portal.app_context():
        edition = open_edition("robocon-2024")
        school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
        user = make_user(Role.SCHOOL, school=school)
        teacher = actor_for(user)
        entry = start_draft(teacher, edition, title="Rồng Xanh", school=school)
        division = next(d for d in edition.divisions if d.code == "B")
        change_details(
            teacher, entry, Details("Rồng Xanh", division.id, unit_id=entry.unit_id, contact_phone="0912345678")
        )
        add_person(teacher, entry, Person("member", "Nguyễn Thị Hồng Ánh", date(2011, 5, 20), "7A2"))
        add_person(teacher, entry, Person("coach", "Trần Văn Bình"))
        reference = entry.reference
    browser: Any = portal.test_client()
    browser.sign_in(user)
    return World(portal, browser, reference)


@pytest.fixture
def submitted(world: World) -> World:
    """Hand the entry in."""
    with world.portal.app_context():
        entry = find_by_reference(world.reference)
        assert entry is not None
        submit_entry(actor_for_creator(entry.created_by), entry, declared=True)
    return world


def actor_for_creator(user_id: int | None) -> Actor:
    """Return the actor who began an entry."""
    assert user_id is not None
    return actor_for(get_user(user_id))
