"""Tell people what concerns them: one notice in the portal's inbox, one letter on its way, the same thing never twice.

A stage declares its templates once, with letter(); both languages come from the catalogue, so a notice speaks the
language of whoever reads it, and a letter the one its receiver has chosen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.models import User
from contest_portal.accounts.models_messages import Notice
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import DEFAULT_LANGUAGE, _, language, lazy
from contest_portal.core.outbox import Written, put
from contest_portal.core.web import settings

PORTION: Final = 500
FOOT: Final = lazy("Thư này do cổng cuộc thi gửi tự động; xin đừng trả lời.")


@dataclass(frozen=True)
class Letter:
    """Be one template: its subject and body have %(name)s places, filled when it is shown or sent."""

    kind: str
    subject: Any
    body: Any
    # Its link or code opens something by itself: its words are kept only until it has left.
    secret: bool = False

    def subject_with(self, values: Mapping[str, Any]) -> str:
        """Return the subject in the language spoken now."""
        return str(self.subject) % values

    def body_with(self, values: Mapping[str, Any]) -> str:
        """Return the body in the language spoken now."""
        return str(self.body) % values


LETTERS: Final[dict[str, Letter]] = {}


def letter(kind: str, *, subject: Any, body: Any, secret: bool = False) -> Letter:
    """Declare a template; called once, when its module is loaded."""
    if kind in LETTERS:
        raise ValueError(f"two letters are called {kind}")
    LETTERS[kind] = Letter(kind, subject, body, secret)
    return LETTERS[kind]


def notify(
    user_ids: Iterable[int],
    kind: str,
    values: Mapping[str, str],
    *,
    key: str,
    link: str | None = None,
) -> int:
    """Tell people something, inside the caller's transaction; return how many had not been told yet.

    Each finds it in the inbox; those with an address get a letter too. `key` names what is told: nobody is told twice.
    """
    template = LETTERS[kind]
    told = 0
    wanted = sorted(set(user_ids))
    for start in range(0, len(wanted), PORTION):
        told += _notify(template, _receivers(wanted[start : start + PORTION], key), values, key, link)
    return told


def mail_to(
    address: str,
    kind: str,
    values: Mapping[str, str],
    *,
    key: str,
    link: str | None = None,
    code: str = DEFAULT_LANGUAGE,
) -> bool:
    """Write a letter to an address, inside the caller's transaction; False when it was written before.

    For somebody without an account, or about the account itself; `code` is the letter's language.
    """
    return put([_written(LETTERS[kind], address, code, values, key, link)]) == 1


def read_notice(user_id: int, notice_id: int) -> Notice:
    """Return one of a person's own notices and note that it was read; raises NotFound."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != user_id:
        raise NotFound
    if notice.read_at is None:
        with transaction():
            notice.read_at = clock.now()
    return notice


def read_all(user_id: int, *, until: int) -> None:
    """Note that a person has read every notice up to this one: what came meanwhile stays new."""
    unread = (Notice.user_id == user_id) & Notice.read_at.is_(None) & (Notice.id <= until)
    with transaction():
        db.session.execute(update(Notice).where(unread).values(read_at=clock.now()))


def choose_language(actor: Actor, code: str) -> None:
    """Let a person's letters come in this language from now on."""
    with transaction():
        db.session.execute(update(User).where(User.id == actor.user_id).values(language=code))
        audit.record(actor, "account.letters", actor.username, after=code)


def subject_of(notice: Notice) -> str:
    """Return what a notice says in one line, in the reader's language."""
    known = LETTERS.get(notice.kind)
    return known.subject_with(notice.values) if known else notice.kind


def body_of(notice: Notice) -> str:
    """Return a notice's words in the reader's language."""
    known = LETTERS.get(notice.kind)
    return known.body_with(notice.values) if known else ""


def address_of(link: str | None) -> str | None:
    """Return the public address of one of our pages; None where the settings name no public address."""
    base = (settings().public_url or "").rstrip("/")
    return base + link if base and link else None


def _receivers(user_ids: Sequence[int], key: str) -> Sequence[Any]:
    """Return who of these has an account in use and has not been told yet."""
    told = select(Notice.id).where(Notice.user_id == User.id, Notice.key == bindparam("key")).exists()
    wanted = select(User.id, User.email, User.language).where(
        User.id.in_(bindparam("ids", expanding=True)), User.active.is_(True), ~told
    )
    return db.session.execute(wanted, {"ids": list(user_ids), "key": key}).all()


def _notify(template: Letter, receivers: Sequence[Any], values: Mapping[str, str], key: str, link: str | None) -> int:
    if not receivers:
        return 0
    now = clock.now()
    db.session.execute(
        insert(Notice).execution_options(render_nulls=True),
        [_row(template, r, values, key, link, now) for r in receivers],
    )
    put(
        [_written(template, row.email, row.language, values, f"{key}:{row.id}", link) for row in receivers if row.email]
    )
    return len(receivers)


def _row(
    template: Letter, receiver: Any, values: Mapping[str, str], key: str, link: str | None, now: datetime
) -> dict[str, Any]:
    return {
        "user_id": receiver.id,
        "key": key,
        "kind": template.kind,
        "values": dict(values),
        "link": link,
        "created_at": now,
        "read_at": None,
    }


def _written(
    template: Letter, address: str, code: str, values: Mapping[str, str], key: str, link: str | None
) -> Written:
    with language(code):
        parts = [template.body_with(values), address_of(link), _("Cổng cuộc thi"), str(FOOT)]
        body = "\n\n".join(part for part in parts if part)
        return Written(key, template.kind, address, template.subject_with(values), body, template.secret)
