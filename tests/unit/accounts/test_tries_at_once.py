"""Many tries at the same moment are answered no further than the same tries one after the other."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts import signing, throttle
from contest_portal.accounts.models import SignIn, SignInFailure, TrustedDevice
from contest_portal.accounts.throttle import network_of
from contest_portal.core.database import db
from tests.at_once import MANY, at_once
from tests.factories import actor_for, make_user
from tests.factories.people import PASSWORD


@pytest.fixture(autouse=True)
def still(at: Callable[..., Any]) -> None:
    """Stop the clock, so that no wait ends while a busy machine is slow."""
    at(2024, 5, 20)


def failures() -> int:
    """Count the failures the database remembers."""
    return db.session.scalar(select(func.count()).select_from(SignInFailure)) or 0


def test_guesses_at_one_account_at_once_are_answered_five_times(app: Flask) -> None:
    name = make_user().username
    got = at_once(
        app, lambda number: signing.sign_in(name, f"guess {number}", address=f"198.51.100.{number}", device=None)
    )
    free = throttle.FREE_FOR_ACCOUNT
    assert Counter(got) == {signing.WrongPassword: free, signing.TooManyTries: MANY - free}
    assert failures() == free


def test_the_right_guess_among_many_at_once_is_told_to_nobody_who_is_out_of_patience(app: Flask) -> None:
    name = make_user().username
    for number in range(throttle.FREE_FOR_ACCOUNT):
        with pytest.raises(signing.WrongPassword):
            signing.sign_in(name, "guess", address=f"198.51.100.{number}", device=None)
    got = at_once(app, lambda number: signing.sign_in(name, PASSWORD, address="198.51.100.200", device=None), 4)
    assert got == [signing.TooManyTries] * 4
    assert db.session.scalars(select(SignIn)).all() == []


def test_guesses_at_many_accounts_from_one_address_are_counted_together(app: Flask) -> None:
    for number in range(throttle.FREE_FOR_ADDRESS - 2):
        with pytest.raises(signing.WrongPassword):
            signing.sign_in(f"nobody{number}", "guess", address="203.0.113.9", device=None)
    got = at_once(app, lambda number: signing.sign_in(f"other{number}", "guess", address="203.0.113.9", device=None))
    assert Counter(got) == {signing.WrongPassword: 2, signing.TooManyTries: MANY - 2}


def test_a_class_that_signs_in_at_once_all_gets_in(app: Flask) -> None:
    names = [make_user().username for _ in range(MANY)]
    got = at_once(app, lambda number: signing.sign_in(names[number], PASSWORD, address="203.0.113.9", device=None))
    assert [signed.user.username for signed in got] == names
    assert failures() == 0


def test_one_account_may_sign_in_on_many_browsers_at_once(app: Flask) -> None:
    name = make_user().username
    got = at_once(app, lambda _number: signing.sign_in(name, PASSWORD, address="203.0.113.9", device=None))
    assert len({signed.token for signed in got}) == MANY
    assert len(db.session.scalars(select(TrustedDevice)).all()) == MANY


def test_guesses_at_the_own_password_at_once_are_answered_five_times(app: Flask) -> None:
    actor = actor_for(make_user())
    got = at_once(app, lambda number: signing.confirm(actor, f"guess {number}", "no token"))
    assert sorted(found.__name__ for found in got) == ["Invalid"] * 5 + ["TooManyTries"] * (MANY - 5)


def test_other_spellings_of_a_name_are_the_same_account(app: Flask) -> None:
    make_user(username="si.so.kep")
    for name in ("si.so.kep", "SI.SO.KEP", " ſi.ſo.kep ", "si.so.\u212aep", "si.ſo.kep\u200b"):
        with pytest.raises(signing.WrongPassword):
            signing.sign_in(name, "guess", address="203.0.113.9", device=None)
    with pytest.raises(signing.TooManyTries):
        signing.sign_in("si.so.kep", PASSWORD, address="192.0.2.1", device=None)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        (None, ""),
    ],
)
def test_addresses_of_one_household_are_counted_together(address: str | None, network: str) -> None:
    assert network_of(address) == network
