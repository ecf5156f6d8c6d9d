"""Letters on their way: written in the transaction of the act they tell of, sent afterwards, none lost, none twice.

A letter is taken by one sender at a time. One whose sender died in the middle is not sent again by itself, because nobody
can tell whether the mail server had accepted it: it stands in the log as unsure, and a person decides.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Index, String, Text, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock, mail
from contest_portal.core.database import Base, UTCDateTime, db, transaction
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.web import settings

log = logging.getLogger(__name__)

# After the first failure a minute, then longer and longer: about two days in all.
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
# Longer than any mail server may take to answer; whoever holds a letter longer has died.
LEASE: Final = timedelta(minutes=10)
BATCH: Final = 20
# Kinds of letters whose addresses were collected for the one letter: once it has left, only enough to recognise them by.
FORGETTING: Final[set[str]] = set()


class LetterState(StrEnum):
    """Name where a letter is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    # Written while no mail server was configured: it waits for nobody.
    UNSENT = "unsent"


class OutboxLetter(Base):
    """Keep one letter from the act it tells of until it has left, and afterwards as the log of it."""

    __tablename__ = "outbox_letters"
    __table_args__ = (
        Index("ix_outbox_letters_state_next_try_at", "state", "next_try_at"),
        Index("ix_outbox_letters_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Says what the letter is about and for whom: the same letter is written once.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    # Holds a link or a code that opens something: once it has left, nobody needs its words here.
    secret: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(default=0)
    # While waiting: not before; while being sent: until when its sender is believed to live.
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # What went wrong last, as the kind of the error: an answer of the mail server may repeat the address.
    error: Mapped[str | None] = mapped_column(String(100))


@dataclass(frozen=True)
class Written:
    """Be a letter as it goes into the outbox."""

    key: str
    kind: str
    address: str
    subject: str
    body: str
    secret: bool = False


def put(letters: Sequence[Written]) -> int:
    """Put letters into the outbox, inside the caller's transaction; return how many were new.

    A key that is there already is passed over: the same letter is never sent twice.
    """
    fit = {letter.key: letter for letter in letters if mail.ADDRESS.fullmatch(letter.address)}
    known = _known(list(fit))
    state = LetterState.WAITING if mail.configured() else LetterState.UNSENT
    now = clock.now()
    rows = [
        {
            "key": letter.key,
            "kind": letter.kind,
            "address": letter.address,
            "subject": mail.header_text(letter.subject),
            "body": letter.body,
            "secret": letter.secret,
            "state": state,
            "tries": 0,
            "next_try_at": now,
            "created_at": now,
        }
        for letter in fit.values()
        if letter.key not in known
    ]
    if rows:
        db.session.execute(insert(OutboxLetter), rows)
    return len(rows)


def deliver_due(send: Callable[[Any, str], None] | None = None, *, most: int = BATCH) -> int:
    """Send the letters whose time has come, one after the other; return how many were tried.

    Side effect: letters whose sender died are marked unsure.
    """
    _give_up_the_dead()
    tried = 0
    while tried < most and (letter := _take()) is not None:
        tried += 1
        _send(letter, send or mail.deliver)
    return tried


def send_again(letter_id: int) -> None:
    """Let a letter that did not leave be tried once more; raises NotFound, Conflict for one that was sent."""
    with transaction():
        letter = get_letter(letter_id)
        if letter.state in (LetterState.SENT, LetterState.SENDING):
            raise Conflict(lazy("Thư này đã gửi hoặc đang gửi, không gửi lại."))
        if not mail.configured():
            raise Conflict(lazy("Chưa cấu hình máy chủ thư nên không gửi được."))
        letter.state, letter.next_try_at, letter.tries, letter.error = LetterState.WAITING, clock.now(), 0, None


def get_letter(letter_id: int) -> OutboxLetter:
    """Return a letter; raises NotFound."""
    letter = db.session.get(OutboxLetter, letter_id)
    if letter is None:
        raise NotFound
    return letter


def counts() -> dict[str, int]:
    """Return how many letters there are in each state."""
    rows = db.session.execute(select(OutboxLetter.state, func.count()).group_by(OutboxLetter.state))
    return {row[0]: row[1] for row in rows}


def count_due() -> int:
    """Return how many letters could leave now."""
    due = select(func.count()).where(OutboxLetter.state == LetterState.WAITING, OutboxLetter.next_try_at <= clock.now())
    return db.session.scalar(due) or 0


def _known(keys: Sequence[str]) -> set[str]:
    wanted = select(OutboxLetter.key).where(OutboxLetter.key.in_(bindparam("keys", expanding=True)))
    # In portions: a database takes only so many values in one statement.
    portions = (keys[start : start + 500] for start in range(0, len(keys), 500))
    return {key for portion in portions for key in db.session.scalars(wanted, {"keys": portion})}


def _give_up_the_dead() -> None:
    lost = (OutboxLetter.state == LetterState.SENDING) & (OutboxLetter.next_try_at < clock.now())
    if db.session.scalar(select(OutboxLetter.id).where(lost).limit(1)) is None:
        return
    with transaction():
        db.session.execute(update(OutboxLetter).where(lost).values(state=LetterState.UNSURE))


def _take() -> OutboxLetter | None:
    """Take the letter that has waited longest; of several senders one gets it."""
    now = clock.now()
    due = (OutboxLetter.state == LetterState.WAITING) & (OutboxLetter.next_try_at <= now)
    found = db.session.scalar(select(OutboxLetter.id).where(due).order_by(OutboxLetter.next_try_at).limit(1))
    db.session.rollback()
    if found is None:
        return None
    with transaction():
        taken = update(OutboxLetter).where(OutboxLetter.id == found, due)
        taken = taken.values(state=LetterState.SENDING, next_try_at=now + LEASE, tries=OutboxLetter.tries + 1)
        won = db.session.scalar(taken.returning(OutboxLetter.id))
    # Where another sender was first, the rest comes round again.
    return db.session.get(OutboxLetter, found, populate_existing=True) if won is not None else None


def _send(letter: OutboxLetter, send: Callable[[Any, str], None]) -> None:
    # The same name at every try: a mail server that had it already can tell.
    composed = mail.compose(settings(), letter.address, letter.subject, letter.body, number=f"{letter.id}.{letter.key}")
    try:
        send(composed, letter.address)
    except mail.Undelivered as error:
        _note_failure(letter, error)
        return
    with transaction():
        letter.state, letter.sent_at, letter.error = LetterState.SENT, clock.now(), None
        letter.body = "" if letter.secret else letter.body
        if letter.kind in FORGETTING:
            letter.address = mail.masked(letter.address)


def _note_failure(letter: OutboxLetter, error: mail.Undelivered) -> None:
    log.warning("a letter was not sent: %s", error)
    with transaction():
        letter.error = str(error)[:100]
        if error.final or letter.tries > len(PAUSES):
            letter.state = LetterState.FAILED
            return
        letter.state = LetterState.WAITING
        letter.next_try_at = clock.now() + PAUSES[letter.tries - 1]
