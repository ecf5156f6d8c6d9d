"""Passwords are kept with argon2id, and easy ones are not accepted."""

import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.accounts.passwords import LEAST, MOST, hash_password, is_outdated, matches, problem_with

GOOD = "con đò qua sông Thương"


def test_hash_is_argon2id_and_says_yes_to_its_password_only() -> None:
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$")
    assert matches(stored, GOOD)
    assert not matches(stored, GOOD + " ")
    assert not matches(None, GOOD)
    assert not matches("not a hash", GOOD)


def test_the_same_letters_typed_another_way_are_the_same_password() -> None:
    stored = hash_password("mật khẩu của trường")
    assert matches(stored, unicodedata.normalize("NFD", "mật khẩu của trường"))


def test_older_parameters_are_noticed() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD))
    assert not is_outdated(hash_password(GOOD))


@pytest.mark.parametrize(
    "easy",
    [
        "short",
        "password",
        "Password1",
        "matkhau2024",
        "Mật khẩu 2024",
        "aaaaaaaaaa",
        "12345678",
        "87654321",
        "qwertyuiop",
        "abcdefgh",
        "anhyeuem123",
        "bacgiang2024",
        "1212121212",
    ],
)
def test_easy_ones_are_refused(easy: str) -> None:
    assert problem_with(easy) is not None


@pytest.mark.parametrize("fine", [GOOD, "x9$Lq2!v", "bốn con trâu gặm cỏ", "k" + "ab3" * 60])
def test_others_are_accepted(fine: str) -> None:
    assert problem_with(fine) is None


def test_long_ones_are_accepted_up_to_a_bound() -> None:
    assert problem_with("ab1!" * 32) is None
    assert problem_with("ab1!" * (MOST // 4)) is None
    assert problem_with("ab1!" * (MOST // 4) + "x") is not None
    assert len("ab1!" * 32) >= 128 > LEAST


def test_the_account_name_is_no_password() -> None:
    assert problem_with("thcs.kep1", "thcs.kep") is not None
    assert problem_with("đêm trăng ở thcs kep rất đẹp", "thcs.kep") is None


@given(st.text(max_size=LEAST - 1))
def test_nothing_short_is_accepted(text: str) -> None:
    assert problem_with(text) is not None


@given(st.text(min_size=1, max_size=40))
def test_any_text_can_be_judged(text: str) -> None:
    problem = problem_with(text)
    assert problem is None or str(problem)
