"""Ask for more than the quota, and answer; every number stands with its reason."""

import secrets

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.messages import letter, notify
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.queries_memberships import organisers_of, users_of_unit
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.screening.forwarding.models import QuotaRequest
from contest_portal.screening.forwarding.queries import find_waiting, get_request
from contest_portal.screening.queries import quota_of
from contest_portal.screening.rules import check_organises
from contest_portal.screening.services.units import unit_at_work

MOST = 1000
ASKED = letter(
    "screening.quota_asked",
    subject=lazy("%(unit)s xin chuyển thêm %(asked)s hồ sơ"),
    body=lazy("%(unit)s xin chuyển lên tỉnh thêm %(asked)s hồ sơ (%(edition)s).\n\nLý do: %(reason)s"),
)
ANSWERED = letter(
    "screening.quota_answered",
    subject=lazy("Hạn mức của %(unit)s: được thêm %(granted)s hồ sơ"),
    body=lazy("Ban Tổ chức cho %(unit)s chuyển thêm %(granted)s hồ sơ (%(edition)s).\n\nTrả lời: %(answer)s"),
)
REFUSED = letter(
    "screening.quota_refused",
    subject=lazy("Hạn mức của %(unit)s: không được thêm"),
    body=lazy("Ban Tổ chức không tăng hạn mức của %(unit)s (%(edition)s).\n\nTrả lời: %(answer)s"),
)


def ask_for_more(
    actor: Actor, edition: Edition, edition_unit: EditionUnit, asked: int, reason: str, *, once_token: str | None = None
) -> QuotaRequest:
    """Ask the organiser to let a unit forward more; one request at a time, and the same form sent twice asks once.

    Raises Conflict while another request waits or the unit has no quota, Invalid without a number or a reason.
    """
    _check_number(asked, "asked")
    _check_words(reason, "reason")
    with unit_at_work(actor, edition.id, edition_unit.unit_id) as locked:
        known = once.find_outcome(once_token)
        if known is not None:
            return get_request(actor, known)
        if quota_of(edition, locked) is None:
            raise Conflict(lazy("Đơn vị không có hạn mức: chuyển bao nhiêu hồ sơ cũng được."))
        if find_waiting(edition.id, locked.unit_id) is not None:
            raise Conflict(lazy("Đơn vị đang có một đề nghị chờ Ban Tổ chức trả lời."))
        request = _new(actor, edition, locked, asked, reason.strip())
        once.remember(once_token, request.token)
        values = {"unit": locked.unit.name, "asked": str(asked), "edition": edition.title, "reason": reason.strip()}
        link = f"/screening/quota/{request.token}"
        notify(organisers_of(edition.id), ASKED.kind, values, key=f"quota_asked:{request.id}", link=link)
        return request


def answer_request(actor: Actor, edition: Edition, request: QuotaRequest, granted: int, answer: str) -> None:
    """Grant all that was asked for, part of it or more; none is a refusal, which needs words.

    Raises NotAllowed for whoever does not organise the edition, Conflict once it was answered or taken back.
    """
    check_organises(actor, edition.id)
    if granted:
        _check_number(granted, "granted")
    else:
        _check_words(answer, "answer")
    with transaction():
        _hold_waiting(request)
        _settle(actor, request, granted, answer)
        _tell(edition, request)


def grant_unasked(
    actor: Actor, edition: Edition, edition_unit: EditionUnit, more: int, reason: str, *, once_token: str | None = None
) -> QuotaRequest:
    """Let a unit forward more although it did not ask; the reason stands beside the number."""
    check_organises(actor, edition.id)
    _check_number(more, "asked")
    _check_words(reason, "reason")
    with transaction():
        known = once.find_outcome(once_token)
        if known is not None:
            return get_request(actor, known)
        if quota_of(edition, edition_unit) is None:
            raise Conflict(lazy("Đơn vị không có hạn mức: chuyển bao nhiêu hồ sơ cũng được."))
        request = _new(actor, edition, edition_unit, more, reason.strip())
        once.remember(once_token, request.token)
        _settle(actor, request, more, reason)
        _tell(edition, request)
        return request


def take_back_request(actor: Actor, request: QuotaRequest) -> None:
    """Take a request back that waits for an answer."""
    with unit_at_work(actor, request.edition_id, request.unit_id):
        _hold_waiting(request)
        request.state, request.decided_at, request.decided_by = "taken_back", clock.now(), actor.user_id
        audit.record(actor, "quota.taken_back", request.unit.name)


def _new(actor: Actor, edition: Edition, edition_unit: EditionUnit, asked: int, reason: str) -> QuotaRequest:
    request = QuotaRequest(
        token=secrets.token_urlsafe(24),
        edition_id=edition.id,
        unit_id=edition_unit.unit_id,
        unit=edition_unit.unit,
        asked=asked,
        reason=reason,
        asked_by=actor.user_id,
    )
    db.session.add(request)
    # Flushed: letters name it by its id.
    db.session.flush()
    audit.record(actor, "quota.asked", edition_unit.unit.name, after={"asked": asked, "reason": reason})
    return request


def _settle(actor: Actor, request: QuotaRequest, granted: int, answer: str) -> None:
    request.state = "granted" if granted else "refused"
    request.granted = granted or None
    request.answer = answer.strip() or None
    request.decided_at, request.decided_by = clock.now(), actor.user_id
    audit.record(actor, "quota.answered", request.unit.name, after={"granted": granted, "answer": request.answer})


def _tell(edition: Edition, request: QuotaRequest) -> None:
    values = {
        "unit": request.unit.name,
        "granted": str(request.granted or 0),
        "edition": edition.title,
        "answer": request.answer or "–",
    }
    template = ANSWERED if request.granted else REFUSED
    link = f"/screening/quota/{request.token}"
    people = users_of_unit(edition.id, request.unit_id)
    notify(people, template.kind, values, key=f"quota_answered:{request.id}", link=link)


def _hold_waiting(request: QuotaRequest) -> None:
    db.session.refresh(request, with_for_update=True)
    if request.state != "waiting":
        raise Conflict(lazy("Đề nghị này đã được trả lời hoặc đã rút lại."))


def _check_number(number: int | None, field: str) -> None:
    if not number or not 1 <= number <= MOST:
        raise Invalid(problems=[Problem(lazy("Hãy nhập một số từ 1 đến %(most)s.", most=MOST), field=field)])


def _check_words(words: str | None, field: str) -> None:
    if not (words or "").strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do."), field=field)])
