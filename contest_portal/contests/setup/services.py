"""Change an edition's set-up: proposed, checked against the entries, saved as a new version."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.models import Edition, Round
from contest_portal.contests.models_setup import EditionDraft, EditionVersion
from contest_portal.contests.queries import find_edition, units_valid_on
from contest_portal.contests.reading import BadRules
from contest_portal.contests.renewal import later_rules, later_window
from contest_portal.contests.rulebook import Rulebook, Window
from contest_portal.contests.rules import check_may_open_edition
from contest_portal.contests.setup import queries
from contest_portal.contests.setup.content import Content, check_content, pack, snapshot, write
from contest_portal.contests.setup.hooks import HOOKS
from contest_portal.contests.setup.impact import compare, law_of, touches
from contest_portal.contests.setup.shapes import check_units
from contest_portal.contests.setup.unit_rows import check_removed, unit_rows, write_units
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy

_FIRST_REASON = "Nội dung trước lần sửa đầu tiên"
_NOTHING: dict[str, Any] = {"checked": 0, "rows": [], "broken": 0, "kept": 0, "reasons": []}


def content_of(edition: Edition) -> Content:
    """Return everything that holds for an edition now."""
    return snapshot(edition, unit_rows(edition))


def copy_edition(
    actor: Actor,
    source: Edition,
    *,
    code: str,
    number: int,
    year: int,
    title: str,
    prefix: str,
    unit_set: str,
    opens_at: datetime,
    closes_at: datetime,
    once_token: str | None = None,
) -> Edition:
    """Open a new edition as a draft with everything of an earlier one, its days moved to the new year.

    Raises NotAllowed, Conflict for a code in use, Invalid.
    """
    check_may_open_edition(actor)
    with transaction():
        if once.find_outcome(once_token):
            return _get(code)
        if find_edition(code) is not None:
            raise Conflict(lazy("Đã có một lần tổ chức mang mã “%(code)s”.", code=code))
        content = _moved(content_of(source), year - source.year)
        content |= {"title": title, "title_en": title, "number": number, "year": year, "published": False}
        content |= {"opens_at": pack(opens_at), "closes_at": pack(closes_at)}
        if unit_set != source.unit_set:
            found = units_valid_on(unit_set, clock.local(opens_at).date())
            content["units"] = [{"code": unit.code, "name": unit.name, "forward_quota": None} for unit in found]
        content["unit_set"] = unit_set
        edition = _new_edition(source, content, code=code, prefix=prefix, unit_set=unit_set)
        _check(content)
        write(edition, content)
        write_units(edition, content)
        _keep(actor, edition, content, lazy("Lập từ %(code)s", code=source.code))
        audit.record(actor, "edition.created", code, after={"source": source.code, "year": year})
        once.remember(once_token, code)
    return edition


def begin_draft(actor: Actor, edition: Edition, reason: Any) -> None:
    """Make an edition that was just created a draft, and keep its first version; inside the caller's transaction."""
    edition.published = False
    db.session.flush()
    _keep(actor, edition, content_of(edition), reason)


def propose(actor: Actor, edition: Edition, base: int, content: Content) -> EditionDraft | None:
    """Save a change at once where no entry exists; else keep it, with what it would touch, to be confirmed.

    Raises NotAllowed, Conflict on an older version, Invalid for what does not hold together or is in use.
    """
    if not queries.manages(actor, edition.id):
        raise NotAllowed
    _check(content)
    if not HOOKS.count_entries(edition.id):
        save(actor, edition, base, content, None)
        return None
    with transaction():
        _check_current(edition, base)
        before = content_of(edition)
        check_uses(edition, before, content)
        draft = EditionDraft(
            token=secrets.token_urlsafe(32),
            edition_id=edition.id,
            user_id=actor.user_id,
            base=base,
            content=content,
            impact=_impact(edition, before, content),
        )
        db.session.add(draft)
    return draft


def confirm(actor: Actor, edition: Edition, draft: EditionDraft, reason: str) -> int:
    """Save a change that was checked; confirmed twice, it was saved once. Raises as save() does."""
    if draft.saved_as is not None:
        return draft.saved_as
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do thay đổi."), field="reason")])
    with transaction():
        draft.saved_as = save(actor, edition, draft.base, draft.content, reason.strip())
    return draft.saved_as


def save(actor: Actor, edition: Edition, base: int, content: Content, reason: str | None) -> int:
    """Write a set-up and keep it as the next version; return the version's number. What changes nothing makes none.

    Raises NotAllowed, Conflict on an older version, Invalid, BadRules.
    """
    if not queries.manages(actor, edition.id):
        raise NotAllowed
    _check(content)
    with transaction():
        _check_current(edition, base)
        # A change that waited since before this version knows of no set.
        content = {"unit_set": edition.unit_set} | content
        before = content_of(edition)
        if before == content:
            return edition.revision
        check_uses(edition, before, content)
        if not edition.revision:
            _keep(SYSTEM, edition, before, lazy(_FIRST_REASON))
        write(edition, content)
        write_units(edition, content)
        _keep(actor, edition, content, reason)
        changed = sorted(key for key in content if content[key] != before.get(key))
        after = {"version": edition.revision, "parts": changed, "reason": reason}
        audit.record(actor, "edition.changed", edition.code, after=after)
    return edition.revision


def check_uses(edition: Edition, before: Content, after: Content) -> None:
    """Raise Invalid where a change takes away what is in use, or would leave given points outside their bounds."""
    for part in ("divisions", "fields", "rounds"):
        _check_removed(getattr(edition, part), after[part])
    check_removed(edition, {"unit_set": edition.unit_set} | after)
    kept = {row["code"]: row for row in after["rounds"]}
    points = {line: bounds for told in HOOKS.points_given for line, bounds in told(edition.id).items()}
    for found in edition.rounds:
        if found.code in kept:
            _check_criteria(found, kept[found.code]["criteria"], points)


def _check_removed(stored: Any, rows: list[dict[str, Any]]) -> None:
    codes = {row["code"] for row in rows}
    for gone in (row for row in stored if row.code not in codes):
        uses = queries.uses_of(gone)
        if uses:
            words = ", ".join(str(use) for use in uses)
            raise Invalid(
                lazy("Không bỏ được “%(name)s” vì đang có %(uses)s dùng mục này.", name=gone.name, uses=words)
            )


def _check_criteria(found: Round, rows: list[dict[str, Any]], points: Any) -> None:
    scored = [line for line in found.criteria if line.id in points]
    known, wanted = {line.code for line in found.criteria}, {row["code"]: row for row in rows}
    if scored and known != wanted.keys():
        raise Invalid(lazy("Vòng “%(name)s” đã có điểm, nên không thêm hoặc bỏ tiêu chí được nữa.", name=found.name))
    for line in scored:
        low, high = points[line.id]
        row = wanted[line.code]
        if Decimal(row["max_points"]) < high:
            words = lazy(
                "“%(name)s” đã có điểm %(high)s: điểm tối đa không thấp hơn được.", name=line.name, high=pack(high)
            )
            raise Invalid(problems=[Problem(words, field="max_points")])
        if Decimal(row["step"]) != line.step:
            words = lazy("“%(name)s” đã có điểm, nên không đổi bước điểm được nữa.", name=line.name)
            raise Invalid(problems=[Problem(words, field="step")])


def _impact(edition: Edition, before: Content, after: Content) -> dict[str, Any]:
    if not touches(before, after):
        return {**_NOTHING, "checked": HOOKS.count_entries(edition.id)}
    return compare(HOOKS.stored_facts(edition), law_of(before), law_of(after), clock.today())


def _check(content: Content) -> None:
    try:
        check_content(content)
        check_units(content)
    except BadRules as error:
        raise Invalid(error.message) from error


def _check_current(edition: Edition, base: int) -> None:
    # Read anew under the writer's lock: of two who save at once, the second sees the first.
    db.session.refresh(edition, with_for_update={"of": Edition})
    if edition.revision != base:
        raise Conflict(
            lazy("Người khác vừa lưu một thay đổi của kỳ thi này. Hãy xem thay đổi ấy bên dưới rồi lưu lại.")
        )


def _keep(actor: Actor, edition: Edition, content: Content, reason: Any) -> None:
    edition.revision += 1
    db.session.add(
        EditionVersion(
            edition_id=edition.id,
            number=edition.revision,
            content=content,
            actor_id=actor.user_id,
            actor_name=actor.name,
            reason=str(reason) if reason is not None else None,
        )
    )
    db.session.flush()


def _new_edition(source: Edition, content: Content, *, code: str, prefix: str, unit_set: str) -> Edition:
    edition = Edition(
        code=code,
        contest=source.contest,
        prefix=prefix,
        unit_set=unit_set,
        rules=content["rules"],
        number=content["number"],
        year=content["year"],
        title=content["title"],
        title_en=content["title_en"],
        opens_at=datetime.fromisoformat(content["opens_at"]),
        closes_at=datetime.fromisoformat(content["closes_at"]),
        revision=0,
        published=False,
        divisions=[],
        fields=[],
        rounds=[],
        prizes=[],
    )
    db.session.add(edition)
    # Flushed: its parts and units name the edition by its id.
    db.session.flush()
    return edition


def _moved(content: Content, years: int) -> Content:
    """Return a set-up as it would hold some years later; the rounds lose their dates."""
    content["rules"] = later_rules(Rulebook.from_dict(content["rules"]), years).to_dict()
    for row in content["divisions"]:
        row["window"] = later_window(Window.from_dict(row["window"] or {}), years).to_dict()
    for row in content["rounds"]:
        row["opens_at"] = row["closes_at"] = None
    return content


def _get(code: str) -> Edition:
    found = find_edition(code)
    if found is None:
        raise Conflict
    return found
