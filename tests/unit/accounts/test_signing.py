"""Signing in lets owners in, slows guessing, and shuts nobody out; on both databases."""

import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts import signing, throttle
from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import SignIn, SignInFailure, TrustedDevice, User
from contest_portal.accounts.passwords import matches
from contest_portal.accounts.queries import find_live_sign_in, has_demonstration_accounts
from contest_portal.accounts.services import reset_password, set_active
from contest_portal.accounts.sessions import hash_token
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from tests.factories import actor_for, make_user
from tests.factories.people import PASSWORD

ELSEWHERE = "203.0.113.9"


def _sign_in(user: User, password: str = PASSWORD, **where: Any) -> signing.Signed:
    return signing.sign_in(user.username, password, **{"address": "127.0.0.1", "device": None, **where})


def _fail(username: str, times: int, **where: Any) -> list[type[Exception]]:
    seen: list[type[Exception]] = []
    for _ in range(times):
        with pytest.raises((signing.WrongPassword, signing.TooManyTries)) as caught:
            signing.sign_in(username, "wrong", **{"address": ELSEWHERE, "device": None, **where})
        seen.append(caught.type)
    return seen


def test_the_right_password_opens_a_sign_in_that_only_its_hash_is_kept_of(app: Flask) -> None:
    signed = _sign_in(make_user(Role.JUDGE))
    row = db.session.scalars(select(SignIn)).one()
    assert row.token_hash == hash_token(signed.token)
    assert signed.token not in (row.token_hash, signed.device)
    assert db.session.scalars(select(TrustedDevice)).one().token_hash == hash_token(signed.device)


@pytest.mark.parametrize("name", ["nobody.here", "", "x" * 500, "đội\x00trưởng"])
def test_an_unknown_name_is_answered_like_a_wrong_password(app: Flask, name: str) -> None:
    user = make_user()
    with pytest.raises(signing.WrongPassword) as unknown:
        _sign_in(User(username=name))
    with pytest.raises(signing.WrongPassword) as wrong:
        _sign_in(user, "wrong")
    assert str(unknown.value) == str(wrong.value)


def test_closed_accounts_are_answered_the_same_way(app: Flask) -> None:
    user = make_user()
    set_active(SYSTEM, user, active=False)
    with pytest.raises(signing.WrongPassword):
        _sign_in(user)


def test_wrong_names_and_wrong_passwords_take_the_same_time(app: Flask) -> None:
    user = make_user()

    def seconds(name: str, address: str) -> float:
        started = time.perf_counter()
        with pytest.raises(signing.WrongPassword):
            signing.sign_in(name, "wrong", address=address, device=None)
        return time.perf_counter() - started

    _fail("warm.up", 1)
    pairs = []
    for turn in range(4):
        pairs.append((seconds(user.username, f"198.51.100.{turn}"), seconds(f"nobody{turn}", f"198.51.101.{turn}")))
    known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))
    # The comparison, which takes tens of milliseconds on purpose, is made for both.
    assert unknown > known / 2
    assert known > unknown / 2


def test_guessing_at_an_account_slows_to_a_stop(app: Flask, at: Any) -> None:
    start = at(2024, 5, 20)
    user = make_user()
    tried = 0
    for minute in range(40):
        moment = start + timedelta(minutes=minute / 2)
        clock.set_clock(lambda moment=moment: moment)
        tried += _fail(user.username, 1, address=f"198.51.100.{minute}") == [signing.WrongPassword]
    assert tried <= throttle.MOST_FOR_ACCOUNT
    with pytest.raises(signing.TooManyTries) as caught:
        _sign_in(user, address="198.51.100.250")
    assert caught.value.code == 429
    assert caught.value.seconds <= throttle.WINDOW.total_seconds() + 1


def test_a_stranger_cannot_shut_the_owner_out(app: Flask) -> None:
    user = make_user()
    device = _sign_in(user).device
    _fail(user.username, 30)
    assert _sign_in(user, device=device).user.id == user.id
    with pytest.raises(signing.TooManyTries):
        _sign_in(user)


def test_guessing_from_one_address_slows_down_there_only(app: Flask, at: Any) -> None:
    start = at(2024, 5, 20)
    user = make_user()
    tried = 0
    for turn in range(120):
        moment = start + timedelta(seconds=5 * turn)
        clock.set_clock(lambda moment=moment: moment)
        tried += _fail(f"name{turn}", 1) == [signing.WrongPassword]
    assert tried <= throttle.MOST_FOR_ADDRESS
    with pytest.raises(signing.TooManyTries):
        _sign_in(user, address=ELSEWHERE)
    assert _sign_in(user, address="192.0.2.1").user.id == user.id


def test_failures_are_forgotten_after_success_and_after_the_window(app: Flask, at: Any) -> None:
    start = at(2024, 5, 20)
    user = make_user()
    _fail(user.username, 3, address="127.0.0.1")
    _sign_in(user)
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 0
    _fail(user.username, 5)
    clock.set_clock(lambda: start + throttle.WINDOW + timedelta(seconds=1))
    _fail("somebody.else", 1)
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 1


def test_the_table_of_failures_holds_no_name(app: Flask) -> None:
    _fail("my password by mistake", 1)
    row = db.session.scalars(select(SignInFailure)).one()
    assert "password" not in row.account
    assert len(row.account) == 64


def test_sign_ins_end_by_idleness_by_age_and_by_signing_out(app: Flask) -> None:
    user = make_user()
    signed = _sign_in(user)
    hashed, now = hash_token(signed.token), clock.now()
    past, future = now - timedelta(hours=1), now + timedelta(hours=1)
    assert find_live_sign_in(hashed, seen_after=past, begun_after=past) is not None
    assert find_live_sign_in(hashed, seen_after=future, begun_after=past) is None
    assert find_live_sign_in(hashed, seen_after=past, begun_after=future) is None
    signing.sign_out(actor_for(user), signed.token)
    assert find_live_sign_in(hashed, seen_after=past, begun_after=past) is None


def test_changing_the_password_ends_every_other_sign_in(app: Flask) -> None:
    user = make_user(demonstration=True)
    assert has_demonstration_accounts()
    signed = _sign_in(user)
    fresh = signing.change_password(actor_for(user), PASSWORD, "một câu khác hẳn, dài hơn")
    past = clock.now() - timedelta(hours=1)
    assert find_live_sign_in(hash_token(signed.token), seen_after=past, begun_after=past) is None
    assert find_live_sign_in(hash_token(fresh), seen_after=past, begun_after=past) is not None
    assert not has_demonstration_accounts()
    # A browser that knew the old password is a stranger's again.
    assert db.session.scalars(select(TrustedDevice)).all() == []


def test_changing_the_password_needs_the_old_one_and_a_good_new_one(app: Flask) -> None:
    user = make_user()
    with pytest.raises(Invalid) as wrong:
        signing.change_password(actor_for(user), "wrong", "một câu khác hẳn, dài hơn")
    assert [p.field for p in wrong.value.problems] == ["current"]
    with pytest.raises(Invalid) as easy:
        signing.change_password(actor_for(user), PASSWORD, "12345678")
    assert [p.field for p in easy.value.problems] == ["new"]


def test_outdated_hashes_are_renewed_at_sign_in(app: Flask) -> None:
    user = make_user()
    user.password_hash = old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    db.session.commit()
    _sign_in(user)
    assert user.password_hash != old
    assert matches(user.password_hash, PASSWORD)


def test_the_log_knows_who_and_when_but_no_secret(app: Flask) -> None:
    user = make_user(Role.ADMINISTRATOR)
    signed = _sign_in(user)
    given = reset_password(actor_for(user), user)
    rows = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
    assert [row.action for row in rows][-2:] == ["account.signed_in", "user.password_reset"]
    told = " ".join(f"{row.before} {row.after} {row.subject}" for row in rows)
    for secret in (PASSWORD, given, signed.token, signed.device, user.password_hash or "-"):
        assert secret not in told
