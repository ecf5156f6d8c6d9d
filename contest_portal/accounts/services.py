"""Make, change and close accounts: what an administrator does."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models import User
from contest_portal.accounts.names import normal_name, problem_with_name, skeleton
from contest_portal.accounts.passwords import hash_password, problem_with
from contest_portal.accounts.queries import get_user
from contest_portal.accounts.signing import end_sign_ins, set_hash
from contest_portal.core import audit, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold, name_key

# Easily read out: no letter or digit that is taken for another.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
NAME_TAKEN = lazy("Đã có tài khoản với tên này, hoặc một tên trông giống nó. Hãy chọn tên khác.")


def create_user(
    actor: Actor,
    *,
    username: str,
    full_name: str,
    password: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    demonstration: bool = False,
    once_token: str | None = None,
) -> User:
    """Make an account; the same form sent twice makes one.

    Raises NotAllowed, Invalid for a name that is taken or not accepted, and for an easy password.
    """
    _check_administers(actor)
    name = normal_name(username)
    problems = _problems(name, full_name, password)
    if problems:
        raise Invalid(problems=problems)
    hashed = hash_password(password) if password else None
    user = User(
        username=name,
        username_folded=skeleton(name),
        password_hash=hashed,
        demonstration=demonstration,
        **_person(full_name, email, phone),
    )
    try:
        with transaction():
            known = once.find_number(once_token)
            if known is not None:
                return get_user(known)
            db.session.add(user)
            # Flushed: the log and the form's token name the account by its id.
            db.session.flush()
            once.remember(once_token, str(user.id))
            audit.record(actor, "user.created", name, after={"full_name": user.full_name, "email": user.email})
    except IntegrityError as error:
        # Two posts of one form at the same moment: the other one was first.
        known = once.find_number(once_token)
        if known is not None:
            return get_user(known)
        raise Invalid(problems=[Problem(NAME_TAKEN, field="username")]) from error
    return user


def change_user(
    actor: Actor, user: User, *, full_name: str, email: str | None, phone: str | None, version: int | None = None
) -> None:
    """Save what an account says of its person; raises Conflict when it was changed meanwhile."""
    _check_administers(actor)
    if not clean_text(full_name):
        raise Invalid(problems=[Problem(lazy("Hãy nhập họ và tên."), field="full_name")])
    with transaction():
        _check_version(user, version)
        before = _shown(user)
        for field, value in _person(full_name, email, phone).items():
            setattr(user, field, value)
        audit.record(actor, "user.changed", user.username, before=before, after=_shown(user))


def set_active(actor: Actor, user: User, *, active: bool) -> None:
    """Close an account, ending its sign-ins, or open it again; nobody closes their own."""
    _check_administers(actor)
    if user.id == actor.user_id and not active:
        raise Conflict(lazy("Bạn không thể khóa tài khoản của chính mình."))
    with transaction():
        if user.active == active:
            return
        user.active = active
        if not active:
            end_sign_ins(user.id)
        audit.record(actor, "user.opened" if active else "user.closed", user.username)


def reset_password(actor: Actor, user: User, password: str | None = None) -> str:
    """Give an account another password and return it, to be shown once; its sign-ins end."""
    _check_administers(actor)
    if password is not None and (problem := problem_with(password, user.username)):
        raise Invalid(problems=[Problem(problem, field="password")])
    chosen = password or new_password()
    hashed = hash_password(chosen)
    with transaction():
        set_hash(user, hashed)
        audit.record(actor, "user.password_reset", user.username)
    return chosen


def new_password() -> str:
    """Return a password that can be read out over a phone; 80 bits."""
    letters = "".join(secrets.choice(_READABLE) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _check_administers(actor: Actor) -> None:
    if not actor.holds(Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed


def _problems(name: str, full_name: str, password: str | None) -> list[Problem]:
    found = {
        "username": problem_with_name(name),
        "full_name": None if clean_text(full_name) else lazy("Hãy nhập họ và tên."),
        "password": problem_with(password, name) if password else None,
    }
    return [Problem(message, field=field) for field, message in found.items() if message]


def _check_version(user: User, version: int | None) -> None:
    db.session.refresh(user)
    if version is not None and version != user.version:
        raise Conflict


def _person(full_name: str, email: str | None, phone: str | None) -> dict[str, Any]:
    name = clean_text(full_name)[:150]
    return {
        "full_name": name,
        "name_folded": fold(name),
        "name_key": name_key(name),
        "email": email or None,
        "phone": phone or None,
    }


def _shown(user: User) -> Mapping[str, Any]:
    return {"full_name": user.full_name, "email": user.email, "phone": user.phone}
