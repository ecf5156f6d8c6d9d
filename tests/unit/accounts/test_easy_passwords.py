"""What people choose first is refused, however they write it; what takes thought is not."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import extract_parameters
from flask import Flask

from contest_portal.accounts import passwords, signing, throttle
from contest_portal.accounts.passwords import hash_password, matches, problem_with
from tests.factories import make_user

GOOD = "ngõ nhỏ phố tôi"
hashed = hash_password(GOOD)


def refusal(password: str, username: str = "") -> str | None:
    """Return the sentence that refuses a password."""
    problem = problem_with(password, username)
    return None if problem is None else str(problem)


EASY = "Mật khẩu này rất dễ đoán. Hãy chọn một câu dài mà chỉ bạn nhớ."


@pytest.mark.parametrize(
    "password",
    [
        # A word with figures or signs around it, or some of its letters written as figures.
        *("Password1!", "p@ssw0rd", "P@$$w0rd", "admin@123", "Matkhau@123", "Mật khẩu 1", "trustno1", "123456abc"),
        # Ways along the keyboard and the alphabet.
        *("1q2w3e4r", "1qaz@WSX", "asdf1234", "zxcvbnm1", "!@#$%^&*", "poiuytrewq", "hijklmno"),
        # Short pieces again and again, also of signs that are no letters.
        *("abcabcabc", "12341234", "--------", "        ", "ệệệệệệệệệ"),
        # Telephone numbers, dates, and a given name with a year or a date.
        *("0912345678", "01012000", "20/11/2011", "hung1990", "Lân 12/05/1985", "an123456", "thuy5555"),
        # Vietnamese habits, and the words of this very portal.
        *("anhyeuem", "Vietnam@2024", "giamkhao2024", "Bắc Giang 2024", "tienhoclehauhocvan", "robocon2024"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert refusal(password) == EASY


@pytest.mark.parametrize(
    "password",
    ["ngõ nhỏ phố tôi 7", "Tr0ub4dor&3", "cho-xanh-nui-7", "73915028461937", "一二三四五六七八", "пароль от дома"],
)
def test_what_takes_thought_is_accepted(password: str) -> None:
    assert refusal(password) is None


def test_length_is_that_of_what_is_kept() -> None:
    assert refusal("abcx7\u200b\u200b\u200b") == "Mật khẩu cần ít nhất 8 ký tự."
    assert refusal("xa" * 512 + "y") == "Mật khẩu dài quá 1024 ký tự."


def test_every_word_of_the_list_can_be_met() -> None:
    words = passwords._common()
    assert len(words) > 300
    assert {word for word in words if not word.isascii() or not word.isalnum() or word != word.lower()} == set()


def test_hashes_have_the_strength_recommended() -> None:
    used = extract_parameters(hash_password("ngõ nhỏ phố tôi"))
    assert (used.type.name, used.memory_cost, used.time_cost, used.parallelism) == ("ID", 19456, 2, 1)
    assert (used.salt_len, used.hash_len) == (16, 32)
    assert extract_parameters(passwords._nobodys_hash()) == used


def test_too_long_passwords_match_nothing() -> None:
    assert matches(hash_password("x" * 1024), "x" * 1024)
    assert not matches(hash_password("x" * 1024), "x" * 1025)
    assert not matches(hash_password("x" * 1024), "x" * 1_000_000)


def test_many_comparisons_at_once_are_made_by_two_threads() -> None:
    got: list[bool] = []
    crowd = [threading.Thread(target=lambda: got.append(matches(hashed, "guess"))) for _ in range(12)]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join(60)
    assert got == [False] * 12
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("password")]) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX forks")
def test_a_process_that_was_forked_compares_as_well() -> None:
    assert matches(hashed, GOOD)
    code = (
        "import os; from contest_portal.accounts.passwords import hash_password, matches;"
        "kept = hash_password('x'); child = os.fork();"
        "os._exit(0 if matches(kept, 'x') else 1) if child == 0 else None;"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "0\n"


NAMES = 4


def ratio_of_work(one: Callable[[], Any], other: Callable[[], Any], rounds: int = 15) -> float:
    """Compare the processor's time of two acts; noise of a busy machine only adds, so the lower quarter is looked at."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for act, times in zip((one, other), spent, strict=True):
            started = time.process_time()
            act()
            times.append(time.process_time() - started)
    return sorted(spent[0])[rounds // 4] / sorted(spent[1])[rounds // 4]


def costs_the_same(compare: Callable[[], float]) -> bool:
    """Tell whether two acts cost the same within 15 per cent; a real difference shows each of three times."""
    return any(0.85 < compare() < 1.15 for _ in range(3))


def test_a_name_that_nobody_has_costs_what_a_wrong_password_costs(app: Flask) -> None:
    tries = iter(range(1000))

    def guess(names: Iterator[str]) -> None:
        with pytest.raises(signing.WrongPassword):
            signing.sign_in(next(names), "guess", address=f"198.51.100.{next(tries)}", device=None)

    def compare() -> float:
        # Several of each, for no more rounds than each may fail without waiting.
        somebody = itertools.cycle([make_user().username for _ in range(NAMES)])
        nobody = itertools.cycle([f"nobody.{next(tries)}" for _ in range(NAMES)])
        rounds = NAMES * (throttle.FREE_FOR_ACCOUNT - 1)
        return ratio_of_work(lambda: guess(somebody), lambda: guess(nobody), rounds)

    assert costs_the_same(compare)
    assert costs_the_same(lambda: ratio_of_work(lambda: matches(hashed, "guess"), lambda: matches(None, "guess")))
