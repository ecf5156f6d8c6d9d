"""The words that entries are found by, and those that somebody looks for; pure."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from contest_portal.core.vietnamese import fold
from contest_portal.registration.models_finding import TERM_LENGTH

MOST_WORDS: Final = 8
LEAST_DIGITS: Final = 3
# What telephone numbers and addresses begin with, so that no ordinary word ever finds them.
NUMBER, NUMBER_FROM_THE_END, MAILBOX = "+", "-", "@"

_BREAK: Final = re.compile(r"[\W_]+")
_NUMBER: Final = re.compile(r"\+?[\d\s.()\-]+")
_NO_DIGIT: Final = re.compile(r"[^0-9]")


@dataclass(frozen=True)
class Wanted:
    """Hold what somebody looks for: all of it has to be found in one entry."""

    words: tuple[str, ...] = ()
    # References, as far as they were written.
    references: tuple[str, ...] = ()
    # Editions named by what their references begin with.
    prefixes: tuple[str, ...] = ()
    # What stands before the @ of an address.
    mails: tuple[str, ...] = ()
    # Figures only: a telephone number, or else the words they are.
    number: str = ""

    @property
    def nothing(self) -> bool:
        """Tell whether not one word was written."""
        return not (self.words or self.references or self.prefixes or self.mails or self.number)


def words_of(text: str) -> list[str]:
    """Return the words of a text without diacritics, in their order, each once."""
    return list(dict.fromkeys(word[:TERM_LENGTH] for word in _BREAK.split(fold(text)) if word))


def number_terms(phone: str | None) -> list[str]:
    """Return the terms of a telephone number: as it is dialled, and from its end."""
    digits = _dialled(phone or "")
    if len(digits) < LEAST_DIGITS:
        return []
    return [*number_beginnings(digits)]


def mail_terms(address: str | None) -> list[str]:
    """Return the term of an e-mail address: what stands before the @."""
    local = fold((address or "").partition("@")[0])
    return [(MAILBOX + local)[:TERM_LENGTH]] if local else []


def terms_of(
    *, reference: str, texts: Iterable[str | None], phones: Iterable[str | None], addresses: Iterable[str | None]
) -> set[str]:
    """Return every term of an entry: the end of its reference, the words of its texts, its contacts."""
    found = set(words_of(reference.partition("-")[2]))
    for text in texts:
        found.update(words_of(text or ""))
    for phone in phones:
        found.update(number_terms(phone))
    for address in addresses:
        found.update(mail_terms(address))
    return found


def read_query(text: str, prefixes: Collection[str]) -> Wanted:
    """Take a search apart; the prefixes are what references begin with, RB24 for instance."""
    if _NUMBER.fullmatch(text.strip()) and len(_NO_DIGIT.sub("", text)) > LEAST_DIGITS:
        return Wanted(words=tuple(words_of(text))[:MOST_WORDS], number=_dialled(text))
    words: list[str] = []
    references: list[str] = []
    named: list[str] = []
    mails: list[str] = []
    for piece in text.split():
        head, _dash, tail = piece.upper().partition("-")
        if head in prefixes:
            (references if tail else named).append(f"{head}-{tail}" if tail else head)
        elif piece.find("@") > 0:
            mails += mail_terms(piece)
        else:
            words += words_of(piece)
    return Wanted(tuple(dict.fromkeys(words))[:MOST_WORDS], tuple(references), tuple(named), tuple(mails))


def number_beginnings(number: str) -> tuple[str, str]:
    """Return what the terms of a number begin with: its first figures, or its last ones."""
    return NUMBER + number, NUMBER_FROM_THE_END + number[::-1]


def _dialled(phone: str) -> str:
    """Return the figures as they are dialled in the country."""
    digits = _NO_DIGIT.sub("", phone)[: TERM_LENGTH - 1]
    return "0" + digits[2:] if phone.strip().startswith("+84") else digits
