"""Accounts, posts, schools and units for tests."""

import functools
import itertools
from typing import Any

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.models import User
from contest_portal.accounts.passwords import hash_password
from contest_portal.accounts.services import create_user
from contest_portal.contests.models import Edition, Membership, School, Unit
from contest_portal.contests.queries import find_unit, get_edition, posts_of
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import fold

PASSWORD = "mật khẩu đủ dài 2024"
_numbers = itertools.count(1)


_hashed = functools.cache(hash_password)


def unit_of(edition: Edition | str, name: str = "Huyện Lạng Giang") -> Unit:
    """Return a unit of an edition by name."""
    found = get_edition(edition) if isinstance(edition, str) else edition
    unit = find_unit(found.id, name)
    assert unit is not None, name
    return unit


def make_school(name: str | None = None, unit: Unit | None = None, kind: str = "school") -> School:
    """Make a school in a unit."""
    name = name or f"Trường THCS Thử Nghiệm {next(_numbers)}"
    school = School(name=name, name_folded=fold(name), unit_id=unit.id if unit else None, kind=kind)
    with transaction():
        db.session.add(school)
    return school


def make_user(
    *roles: Role,
    username: str | None = None,
    full_name: str = "Nguyễn Thị Hồng Ánh",
    school: School | None = None,
    unit: Unit | None = None,
    edition: Edition | None = None,
    password: str = PASSWORD,
    **fields: Any,
) -> User:
    """Make an account with a password and one post for each role."""
    user = create_user(SYSTEM, username=username or f"nguoi.dung.{next(_numbers)}", full_name=full_name, **fields)
    with transaction():
        # Hashing takes long on purpose; nearly all tests use the one password.
        user.password_hash = _hashed(password)
        for role in roles:
            db.session.add(
                Membership(
                    user_id=user.id,
                    role=role,
                    edition_id=edition.id if edition else None,
                    unit_id=unit.id if unit and role in (Role.COORDINATOR, Role.SCREENER) else None,
                    school_id=school.id if school and role is Role.SCHOOL else None,
                )
            )
    return user


def actor_for(user: User) -> Actor:
    """Return the actor a service is handed when this person acts."""
    return Actor(user.id, user.full_name, user.username, posts_of(user.id), "127.0.0.1")
