"""Passwords: what is accepted, how they are kept, and comparing them in the same time for everybody."""

import functools
import re
import threading
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
# Each comparison takes 19 MiB: however many strangers try at once, memory stays bounded.
_at_once: Final = threading.BoundedSemaphore(4)
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")


def hash_password(password: str) -> str:
    """Return what the database keeps of a password."""
    with _at_once:
        return _hasher.hash(nfc(password))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password is the stored one; an account without one takes as long to say no."""
    if len(password) > MOST:
        password = password[:MOST] + "too long to be anybody's"
    try:
        with _at_once:
            _hasher.verify(stored or _nobodys_hash(), nfc(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def problem_with(password: str, username: str = "") -> Any:
    """Return the sentence that says why a password is not accepted; None when it is."""
    if len(password) < LEAST:
        return lazy("Mật khẩu cần ít nhất %(least)s ký tự.", least=LEAST)
    if len(password) > MOST:
        return lazy("Mật khẩu dài quá %(most)s ký tự.", most=MOST)
    plain = re.sub(r"[^a-z0-9]", "", fold(password))
    if _is_common(plain) or _is_pattern(plain):
        return lazy("Mật khẩu này rất dễ đoán. Hãy chọn một câu dài mà chỉ bạn nhớ.")
    if len(name := re.sub(r"[^a-z0-9]", "", fold(username))) >= 4 and name in plain and len(plain) < len(name) + 5:
        return lazy("Mật khẩu không được gần giống tên đăng nhập.")
    return None


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


@functools.cache
def _common() -> frozenset[str]:
    text = files("contest_portal.accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _is_common(plain: str) -> bool:
    # "matkhau2024" is "matkhau" to whoever guesses.
    return plain in _common() or plain.rstrip("0123456789") in _common() or plain.strip("0123456789") in _common()


def _is_pattern(plain: str) -> bool:
    if len(set(plain)) <= 2:
        return bool(plain)
    return any(plain in row * 3 or plain in row[::-1] * 3 for row in _ROWS)
