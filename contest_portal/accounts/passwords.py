"""Passwords: what is accepted, how they are kept, and comparing them in the same time for everybody."""

import base64
import functools
import os
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold, nfc

LEAST: Final = 8
# Longer ones are accepted by nobody's keyboard; hashing megabytes is how a server is kept busy.
MOST: Final = 1024
# OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MiB, which the C library keeps for the thread that asked: with threads of their own, and only these,
# memory stays bounded however many strangers try at once.
_THREADS: Final = 2
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "!@#$%^&*()")
# A telephone number or a date is the first thing tried, so figures alone have to be many.
_LEAST_OF_FIGURES: Final = 14
_SPELLED: Final = str.maketrans("013457@$!", "oieastasi")
_YEAR: Final = re.compile(r"(\d{4})?(19|20)\d\d")


def hash_password(password: str) -> str:
    """Return what the database keeps of a password."""
    return _pool(os.getpid()).submit(_hasher.hash, nfc(password)).result()


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password is the stored one; an account without one takes as long to say no."""
    if len(password) > MOST:
        password = password[:MOST] + "too long to be anybody's"
    try:
        _pool(os.getpid()).submit(_hasher.verify, stored or _nobodys_hash(), nfc(password)).result()
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def problem_with(password: str, username: str = "") -> Any:
    """Return the sentence that says why a password is not accepted; None when it is."""
    password = nfc(password)
    if len(password) < LEAST:
        return lazy("Mật khẩu cần ít nhất %(least)s ký tự.", least=LEAST)
    if len(password) > MOST:
        return lazy("Mật khẩu dài quá %(most)s ký tự.", most=MOST)
    folded = fold(password)
    plain = _letters(folded)
    if _is_pattern(password.lower()) or any(map(_is_easy, {plain, _letters(folded.translate(_SPELLED))})):
        return lazy("Mật khẩu này rất dễ đoán. Hãy chọn một câu dài mà chỉ bạn nhớ.")
    if len(name := _letters(fold(username))) >= 4 and name in plain and len(plain) < len(name) + 5:
        return lazy("Mật khẩu không được gần giống tên đăng nhập.")
    return None


@functools.cache
def _pool(_process: int) -> ThreadPoolExecutor:
    # One for each process: threads survive no fork.
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="password")


@functools.cache
def _nobodys_hash() -> str:
    # As long to compare as any, yet made without hashing: the first stranger would wait twice as long.
    salt, tag = (
        base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${salt}${tag}"


@functools.cache
def _common() -> frozenset[str]:
    text = files("contest_portal.accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.split())


def _letters(folded: str) -> str:
    return re.sub(r"[^a-z0-9]", "", folded)


def _is_easy(plain: str) -> bool:
    # "matkhau2024" is "matkhau" to whoever guesses, and "2024matkhau1" too.
    bare = plain.strip("0123456789")
    if not _common().isdisjoint({plain, bare, plain.rstrip("0123456789")}):
        return True
    if not bare:
        return 0 < len(plain) < _LEAST_OF_FIGURES
    return _is_pattern(plain) or _is_run(bare) or _is_short_word_and_figures(plain)


def _is_pattern(text: str) -> bool:
    """Tell whether it is one short piece again and again, or a walk along the keyboard."""
    if len(set(text)) <= 2:
        return bool(text)
    repeated = any(text == (text[:size] * len(text))[: len(text)] for size in (2, 3, 4))
    return (repeated and len(text) <= 4 * LEAST) or _is_run(text)


def _is_run(text: str) -> bool:
    return len(text) >= 3 and any(text in row * 3 or text in row[::-1] * 3 for row in _ROWS)


def _is_short_word_and_figures(plain: str) -> bool:
    """Tell whether it is somebody's given name with a year, a date or 123456 behind it."""
    found = re.fullmatch(r"[a-z]{1,6}(\d+)", plain)
    return found is not None and (_is_pattern(found[1]) or _YEAR.fullmatch(found[1]) is not None)
