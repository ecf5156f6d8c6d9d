"""A forgotten password: one link, one use, thirty minutes, and nothing is learnt by asking."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.models import PasswordReset, SignIn, User
from contest_portal.accounts.passwords import matches
from contest_portal.accounts.resetting import ask_for_reset, find_reset, reset_password
from contest_portal.accounts.signing import TooManyTries, sign_in
from contest_portal.core import outbox
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.outbox import OutboxLetter
from tests.factories.people import PASSWORD, make_user

NEW = "một câu mới để nhớ 2024"


@pytest.fixture
def server(app: Flask) -> Iterator[Flask]:
    """Let the portal know a mail server and its own address."""
    before = app.config["SETTINGS"]
    more: dict[str, Any] = {"mail_server": "127.0.0.1", "mail_sender": "a@b.vn", "public_url": "https://thi.example.vn"}
    app.config["SETTINGS"] = replace(before, **more)
    yield app
    app.config["SETTINGS"] = before


@pytest.fixture
def user(server: Flask) -> User:
    """Return somebody with an address."""
    return make_user(email="an@example.vn")


def letters() -> list[OutboxLetter]:
    """Return the outbox."""
    return list(db.session.scalars(select(OutboxLetter).order_by(OutboxLetter.id)))


def tokens() -> list[str]:
    """Return the secret of every link that was written, in order."""
    found = [re.search(r"https://thi\.example\.vn/password/([\w-]{43})", sent.body) for sent in letters()]
    return [match[1] for match in found if match]


def ask(what: str, address: str = "192.0.2.1") -> None:
    """Ask for a link."""
    ask_for_reset(what, address=address)


def test_a_link_sets_a_new_password_once_and_ends_every_sign_in(user: User) -> None:
    sign_in(user.username, PASSWORD, address=None, device=None)
    ask(user.username)
    (token,) = tokens()
    reset_password(token, NEW, address="192.0.2.1")
    db.session.refresh(user)
    assert matches(user.password_hash, NEW)
    assert db.session.scalar(select(func.count(SignIn.id)).where(SignIn.ended_at.is_(None))) == 0
    with pytest.raises(NotFound, match="không dùng được nữa"):
        reset_password(token, NEW + "!", address="192.0.2.1")


@pytest.mark.parametrize("typed", ["an@example.vn", "  AN@example.vn ", "USERNAME"])
def test_a_name_or_an_address_finds_the_account(user: User, typed: str) -> None:
    ask(user.username.upper() if typed == "USERNAME" else typed)
    assert len(tokens()) == 1


def test_only_the_newest_link_counts(user: User) -> None:
    ask(user.username)
    ask("an@example.vn")
    first, second = tokens()
    with pytest.raises(NotFound):
        find_reset(first)
    assert find_reset(second).user.id == user.id


def test_a_link_lives_thirty_minutes(user: User, at: Callable[..., datetime]) -> None:
    at(2024, 5, 20, 8, 0)
    ask(user.username)
    (token,) = tokens()
    at(2024, 5, 20, 8, 29, 59)
    find_reset(token)
    at(2024, 5, 20, 8, 30)
    with pytest.raises(NotFound):
        find_reset(token)


def test_nobody_is_written_to_who_is_not_there(user: User) -> None:
    with transaction():
        make_user(username="khong.thu", email=None)
        make_user(username="da.khoa", email="khoa@example.vn").active = False
    for typed in ("nobody", "khong.thu", "da.khoa", "khoa@example.vn", "", "a' OR 1=1 --", "x" * 250):
        ask(typed)
    assert letters() == []


def test_a_closed_account_opens_nothing(user: User) -> None:
    ask(user.username)
    with transaction():
        user.active = False
    with pytest.raises(NotFound):
        find_reset(tokens()[0])


def test_an_easy_password_is_refused_and_the_link_stays(user: User) -> None:
    ask(user.username)
    (token,) = tokens()
    with pytest.raises(Invalid) as refused:
        reset_password(token, "12345678", address=None)
    assert [problem.field for problem in refused.value.problems] == ["new"]
    reset_password(token, NEW, address=None)


def test_the_secret_is_stored_nowhere_once_the_letter_left(user: User) -> None:
    ask(user.username)
    (token,) = tokens()
    outbox.deliver_due(lambda _letter, _to: None)
    assert [(sent.state, sent.body) for sent in letters()] == [("sent", "")]
    assert token not in str([row.token_hash for row in db.session.scalars(select(PasswordReset))])


def test_asking_again_and_again_slows_down(user: User) -> None:
    for _ in range(5):
        ask(user.username)
    with pytest.raises(TooManyTries):
        ask(user.username)
    # Somebody else in another place is not held up by it.
    ask("other", address="198.51.100.7")


def test_one_network_cannot_ask_for_everybody(server: Flask) -> None:
    with pytest.raises(TooManyTries):
        for number in range(61):
            ask(f"account {number}")
    # Signing in from there is counted apart.
    somebody = make_user()
    assert sign_in(somebody.username, PASSWORD, address="192.0.2.1", device=None).user.id == somebody.id


def test_of_two_with_the_same_link_one_is_served(user: User, server: Flask) -> None:
    ask(user.username)
    (token,) = tokens()
    outcomes: list[str] = []

    def use(new: str) -> None:
        with server.app_context():
            try:
                reset_password(token, new, address=None)
                outcomes.append("set")
            except NotFound:
                outcomes.append("used")
            db.session.remove()

    threads = [threading.Thread(target=use, args=(f"{NEW} {number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["set", "used", "used"]
