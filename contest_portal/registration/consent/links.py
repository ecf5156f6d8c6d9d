"""Make, find and end the links through which parents answer; the secret itself is shown once and kept nowhere."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from contest_portal.accounts import throttle
from contest_portal.accounts.actor import Actor
from contest_portal.accounts.messages import letter, mail_to
from contest_portal.accounts.models import SignInFailure
from contest_portal.accounts.queries import hold_tries, recent_failures
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests.invitation_codes import hash_code, new_code, normal_code
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock, mail, outbox
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.filters import show_name
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.answering import (
    Answers,
    Way,
    check_record,
    person_in,
    withdrawal,
    write_answers,
)
from contest_portal.registration.consent.models import ConsentLink
from contest_portal.registration.consent.queries import answered_since, standings_of
from contest_portal.registration.models import Entry, Participant

# Long enough to withdraw for as long as the entry matters: a year from the link or from the closing, whichever is later.
LIFE: Final = timedelta(days=365)
# A code that was typed opens a link of its own for a day.
LIFE_BY_CODE: Final = timedelta(days=1)
# log2(30) × 15 letters: 73 bits, and tries are counted. The link beside it has 256.
CODE_GROUPS: Final = 3
MOST_ANSWERS, ANSWERS_WINDOW = 60, timedelta(hours=1)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")

ASK = letter(
    "consent.ask",
    subject=lazy("Xin ý kiến cha mẹ, người giám hộ: %(contest)s"),
    body=lazy(
        "Kính gửi cha mẹ hoặc người giám hộ,\n\n"
        "%(school)s đăng ký cho con em anh chị dự %(contest)s. Xin anh chị đọc và cho biết có đồng ý với từng việc hay "
        "không, qua liên kết dưới đây. Không cần tài khoản, mất khoảng hai phút.\n\n"
        "Anh chị có thể mở lại liên kết này để thay đổi hoặc rút lại bất cứ lúc nào. Xin đừng chuyển tiếp thư này."
    ),
    secret=True,
)
outbox.FORGETTING.add(ASK.kind)


@dataclass(frozen=True)
class Made:
    """Be a link as it is shown once: its secret and the short code."""

    person: Participant
    token: str
    code: str


@dataclass(frozen=True)
class Opened:
    """Be what a link leads to."""

    link: ConsentLink
    person: Participant
    entry: Entry


def make_sheets(actor: Actor, entry: Entry, person_ids: Iterable[int]) -> list[Made]:
    """Make a link and a code for each person, to be printed; sheets printed before that nobody opened end.

    Raises NotAllowed, Conflict, NotFound.
    """
    with transaction():
        check_record(actor, entry)
        people = [person_in(entry, person_id) for person_id in person_ids]
        unopened = ConsentLink.opened_at.is_(None) & (ConsentLink.channel == "sheet") & ConsentLink.revoked_at.is_(None)
        of_these = ConsentLink.participant_id.in_([person.id for person in people])
        db.session.execute(update(ConsentLink).where(of_these, unopened).values(revoked_at=clock.now()))
        made = [_make(actor, entry, person, "sheet", code=new_code(CODE_GROUPS)) for person in people]
        audit.record(actor, "consent.asked", entry.reference, after={"people": [p.id for p in people], "by": "sheet"})
    return made


def send_links(actor: Actor, entry: Entry, addresses: Mapping[int, str]) -> int:
    """Write to each person's parent; of the address only its beginning and its end are kept with the link.

    Raises NotAllowed, Conflict, NotFound.
    """
    if not mail.configured():
        raise Conflict(lazy("Cổng chưa gửi được thư. Hãy in phiếu có liên kết cho từng em."))
    with transaction():
        check_record(actor, entry)
        for person_id, address in addresses.items():
            person = person_in(entry, person_id)
            made = _make(actor, entry, person, "mail", sent_to=mail.masked(address))
            mail_to(
                address, ASK.kind, _values(entry), key=f"consent:{_hash(made.token)}", link=f"/consent/{made.token}"
            )
        after = {"people": sorted(addresses), "by": "mail"}
        audit.record(actor, "consent.asked", entry.reference, after=after)
    return len(addresses)


def revoke_links(actor: Actor, entry: Entry, person_id: int) -> int:
    """End every link of a person: lost, or sent to a wrong address; what was answered stays. Return how many ended."""
    with transaction():
        check_record(actor, entry)
        person = person_in(entry, person_id)
        open_ones = (ConsentLink.participant_id == person.id) & ConsentLink.revoked_at.is_(None)
        ended = db.session.execute(update(ConsentLink).where(open_ones).values(revoked_at=clock.now()))
        audit.record(actor, "consent.links_ended", entry.reference, after={"person": person.id})
    return int(ended.rowcount)  # type: ignore[attr-defined]


def open_link(token: str) -> Opened:
    """Return what a link leads to; raises NotFound in the same words for wrong, expired and revoked ones."""
    found = _find(token) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise NotFound(lazy("Liên kết này không dùng được. Hãy xin nhà trường một liên kết mới."))
    return found


def note_opened(link: ConsentLink) -> None:
    """Remember when a link was first opened."""
    if link.opened_at is None:
        with transaction():
            link.opened_at = clock.now()


def redeem_code(typed: str, address: str | None) -> str:
    """Return the secret of a fresh link, for whoever typed the code of a printed sheet.

    Raises TooManyTries: wrong codes of one network are counted; NotFound for a code that opens nothing.
    """
    counter = SignInFailure(account="consent code", address=f"consent {throttle.network_of(address)}"[:64])
    with transaction():
        hold_tries()
        _check_patience(counter)
        found = _by_code(typed)
        if found is None:
            db.session.add(counter)
        else:
            return _token_for_code(found)
    raise NotFound(lazy("Mã này không dùng được. Hãy xem lại tờ giấy, hoặc xin nhà trường một mã mới."))


def answer(token: str, answers: Answers, address: str | None) -> str:
    """Write down what a parent answers through a link; return the receipt's reference.

    Raises NotFound, Conflict, Invalid.
    """
    with transaction():
        opened = open_link(token)
        return _answer(opened, answers, address)


def withdraw_all(token: str, answers: Answers, address: str | None) -> str:
    """Take back every yes of a person through a link; return the receipt's reference.

    Raises NotFound, Conflict where nothing is agreed to, Invalid.
    """
    with transaction():
        opened = open_link(token)
        standing = standings_of([opened.person], rulebook_of(opened.entry.edition))[0]
        given = withdrawal(standing)
        if not given:
            raise Conflict(lazy("Hiện không có đồng ý nào để rút lại."))
        return _answer(opened, Answers(given, answers.giver, answers.relation, answers.seen), address)


def parent(address: str | None) -> Actor:
    """Return who acts when somebody answers through a link."""
    return Actor(None, "", "liên kết phụ huynh", (), address)


def _answer(opened: Opened, answers: Answers, address: str | None) -> str:
    since = clock.now() - ANSWERS_WINDOW
    if answered_since(opened.link.id, since) >= MOST_ANSWERS:
        raise Conflict(lazy("Liên kết này vừa được dùng quá nhiều lần. Hãy thử lại sau một giờ."))
    way = Way("link", link_id=opened.link.id)
    reference = write_answers(parent(address), opened.entry, opened.person, answers, way)
    opened.link.answered_at = clock.now()
    return reference


def _make(
    actor: Actor,
    entry: Entry,
    person: Participant,
    channel: str,
    *,
    code: str = "",
    sent_to: str | None = None,
) -> Made:
    token = secrets.token_urlsafe(32)
    db.session.add(
        ConsentLink(
            participant_id=person.id,
            token_hash=_hash(token),
            code_hash=hash_code(code) if code else None,
            channel=channel,
            sent_to=sent_to,
            made_by=actor.user_id,
            expires_at=max(clock.now(), entry.edition.closes_at) + LIFE,
        )
    )
    return Made(person, token, code)


def _find(token: str) -> Opened | None:
    return _lead(ConsentLink.token_hash == _hash(token))


def _by_code(typed: str) -> Opened | None:
    return _lead(ConsentLink.code_hash == hash_code(typed)) if normal_code(typed) else None


def _lead(which: object) -> Opened | None:
    row = db.session.execute(
        select(ConsentLink, Participant)
        .join(Participant, Participant.id == ConsentLink.participant_id)
        .where(
            which,  # type: ignore[arg-type]
            ConsentLink.revoked_at.is_(None),
            ConsentLink.expires_at > clock.now(),
        )
        .options(joinedload(Participant.entry, innerjoin=True).joinedload(Entry.edition, innerjoin=True))
        .execution_options(populate_existing=True)
    ).one_or_none()
    return Opened(row[0], row[1], row[1].entry) if row else None


def _token_for_code(opened: Opened) -> str:
    token = secrets.token_urlsafe(32)
    expires: datetime = min(clock.now() + LIFE_BY_CODE, opened.link.expires_at)
    opened.link.opened_at = opened.link.opened_at or clock.now()
    db.session.add(
        ConsentLink(participant_id=opened.person.id, token_hash=_hash(token), channel="code", expires_at=expires)
    )
    return token


def _check_patience(counter: SignInFailure) -> None:
    now = clock.now()
    _all, of_network = recent_failures(counter.account, counter.address, now - throttle.WINDOW)
    wait = throttle.wait_after(
        of_network,
        now,
        free=throttle.FREE_FOR_ADDRESS,
        most=throttle.MOST_FOR_ADDRESS,
        step=throttle.STEP_FOR_ADDRESS,
    )
    if wait > timedelta(0):
        raise TooManyTries(wait)


def _values(entry: Entry) -> dict[str, str]:
    school = entry.school.name if entry.school else str(lazy("Nhà trường"))
    return {"contest": show_name(entry.edition), "school": school}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
