"""Add a unit, and say until when one exists; what was decided before is kept beside it."""

import re
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Unit
from contest_portal.contests.models_schools import UnitChange
from contest_portal.contests.presets import KIND_OF_WORD, UnitKind
from contest_portal.contests.rules import check_manages_schools
from contest_portal.core import audit, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, format_date

_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,19}")


def add_unit(
    actor: Actor,
    unit_set: str,
    *,
    code: str,
    name: str,
    valid_from: date | None,
    reason: str,
    aliases: tuple[str, ...] = (),
    once_token: str | None = None,
) -> Unit:
    """Add a unit to a set; editions that are open keep the units they have.

    Raises NotAllowed, Invalid for a code that is taken or a name that is missing.
    """
    check_manages_schools(actor)
    name, code = clean_text(name)[:150], clean_text(code)[:20]
    if not name or not code:
        raise Invalid(problems=[Problem(lazy("Hãy nhập mã và tên đơn vị."), field="name" if code else "code")])
    if not _CODE.fullmatch(code):
        words = lazy("Mã chỉ gồm chữ không dấu, chữ số, dấu chấm và dấu gạch, ví dụ 07432.")
        raise Invalid(problems=[Problem(words, field="code")])
    try:
        with transaction():
            known = once.find_number(once_token)
            if known is not None:
                return db.session.get_one(Unit, known)
            unit = _new_unit(unit_set, code, name, valid_from, aliases)
            db.session.add(unit)
            # Flushed: its history names the unit by its id.
            db.session.flush()
            once.remember(once_token, str(unit.id))
            _note(actor, unit, "added", reason)
            audit.record(actor, "unit.added", _subject(unit), after={"name": name, "from": format_date(valid_from)})
    except IntegrityError as error:
        raise Invalid(problems=[Problem(lazy("Mã này đã có trong danh mục."), field="code")]) from error
    return unit


def close_unit(actor: Actor, unit: Unit, last_day: date | None, reason: str) -> None:
    """Say which day is a unit's last, or with None that it goes on; its entries and schools stay where they are.

    Raises NotAllowed, Invalid for a day before its first or without a reason, Conflict where it is so already.
    """
    check_manages_schools(actor)
    if not clean_text(reason):
        raise Invalid(problems=[Problem(lazy("Hãy ghi căn cứ, ví dụ số nghị quyết."), field="reason")])
    if last_day is not None and unit.valid_from is not None and last_day < unit.valid_from:
        words = lazy("Ngày cuối phải từ ngày %(day)s trở đi.", day=format_date(unit.valid_from))
        raise Invalid(problems=[Problem(words, field="day")])
    with transaction():
        db.session.refresh(unit, with_for_update={"of": Unit})
        if unit.valid_to == last_day:
            raise Conflict(lazy("Đơn vị đã được ghi như vậy."))
        before, unit.valid_to = unit.valid_to, last_day
        _note(actor, unit, "closed" if last_day else "opened", reason)
        audit.record(
            actor,
            "unit.closed" if last_day else "unit.opened",
            _subject(unit),
            before=format_date(before),
            after=format_date(last_day),
        )


def _new_unit(unit_set: str, code: str, name: str, valid_from: date | None, aliases: tuple[str, ...]) -> Unit:
    kind, short_name = _kind_of(name)
    of_set = Unit.unit_set == unit_set
    last = db.session.scalar(select(func.max(Unit.position)).where(of_set)) or 0
    province = db.session.scalar(select(Unit.id).where(of_set, Unit.kind == "province"))
    return Unit(
        unit_set=unit_set,
        code=code,
        name=name,
        short_name=short_name,
        kind=kind,
        aliases=[alias for alias in map(clean_text, aliases) if alias],
        parent_id=province,
        valid_from=valid_from,
        position=last + 1,
    )


def _kind_of(name: str) -> tuple[str, str]:
    """Return what kind of unit a name says, and the name without it."""
    for word, kind in KIND_OF_WORD.items():
        if kind is not UnitKind.PROVINCE and name.lower().startswith(word.lower() + " "):
            return kind.value, name[len(word) + 1 :]
    words = lazy("Tên đơn vị bắt đầu bằng Xã, Phường, Huyện, Thị xã, Thành phố hoặc Cụm.")
    raise Invalid(problems=[Problem(words, field="name")])


def _note(actor: Actor, unit: Unit, kind: str, reason: str) -> None:
    db.session.add(
        UnitChange(
            unit_id=unit.id,
            kind=kind,
            valid_from=unit.valid_from,
            valid_to=unit.valid_to,
            recorded_by=actor.user_id,
            actor_name=actor.name,
            reason=clean_text(reason)[:300] or None,
        )
    )


def _subject(unit: Unit) -> str:
    return f"{unit.unit_set}/{unit.code}"
