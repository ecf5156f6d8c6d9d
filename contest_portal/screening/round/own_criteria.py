"""Write a unit's own criteria: add, change, order, drop, begin from the edition's."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import audit, once
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.screening.round.criteria import MOST_CRITERIA, CriterionLine, criterion_problems
from contest_portal.screening.round.models import UnitCriterion, UnitRound
from contest_portal.screening.round.queries import edition_criteria, line_of
from contest_portal.screening.round.services import check_unmarked, round_at_work

# What points are made of; a name or an explanation may be put right at any time.
_HELD: Final = ("max_points", "step", "weight")


def choose_criteria(actor: Actor, edition: Edition, unit_id: int, *, own: bool) -> None:
    """Let the unit mark by its own criteria, or by the edition's; its own stay written down for another time.

    Raises Invalid once something was marked, and where there are no criteria of its own.
    """
    with round_at_work(actor, edition, unit_id) as unit_round:
        if own == unit_round.own_criteria:
            return
        check_unmarked(edition.id, unit_id)
        if own and not _rows(edition.id, unit_id):
            raise Invalid(lazy("Đơn vị chưa có tiêu chí riêng nào. Hãy thêm tiêu chí trước."))
        unit_round.own_criteria = own


def copy_criteria(actor: Actor, edition: Edition, unit_id: int) -> None:
    """Begin the unit's own criteria with the edition's; nothing changes yet in what a sheet asks for.

    Raises Invalid where the unit has criteria of its own, which would be lost.
    """
    with round_at_work(actor, edition, unit_id) as unit_round:
        if _rows(edition.id, unit_id):
            raise Invalid(lazy("Đơn vị đã có tiêu chí riêng. Hãy sửa các tiêu chí đó, hoặc bỏ hết rồi sao chép lại."))
        for position, line in enumerate(edition_criteria(edition.id)):
            _store(UnitCriterion(edition_id=edition.id, unit_id=unit_id, code=line.code, position=position), line)
        unit_round.own_criteria = True
        _tell(actor, edition, unit_round, after="edition")


def add_criterion(
    actor: Actor, edition: Edition, unit_id: int, line: CriterionLine, *, once_token: str | None = None
) -> None:
    """Add a criterion at the end, and mark by the unit's own from now on; the same form sent twice adds one.

    Raises Invalid once something was marked, for too many, and for bounds that do not fit each other.
    """
    with round_at_work(actor, edition, unit_id) as unit_round:
        if once.find_outcome(once_token) is not None:
            return
        check_unmarked(edition.id, unit_id)
        rows = _rows(edition.id, unit_id)
        if len(rows) >= MOST_CRITERIA:
            raise Invalid(lazy("Một phiếu có nhiều nhất %(most)s tiêu chí.", most=MOST_CRITERIA))
        _check(line, rows)
        code = _free_code(rows)
        position = max((row.position for row in rows), default=-1) + 1
        _store(UnitCriterion(edition_id=edition.id, unit_id=unit_id, code=code, position=position), line)
        unit_round.own_criteria = True
        once.remember(once_token, code)
        _tell(actor, edition, unit_round, after=_told(line))


def change_criterion(actor: Actor, edition: Edition, unit_id: int, line: CriterionLine, *, version: int | None) -> None:
    """Write a criterion anew; its points, step and weight only while nothing was marked."""
    with round_at_work(actor, edition, unit_id, version) as unit_round:
        rows = _rows(edition.id, unit_id)
        row = _row(rows, line.code)
        before = line_of(row)
        if any(getattr(line, name) != getattr(before, name) for name in _HELD):
            check_unmarked(edition.id, unit_id)
        _check(line, rows)
        _store(row, line)
        _tell(actor, edition, unit_round, before=_told(before), after=_told(line))


def move_criterion(actor: Actor, edition: Edition, unit_id: int, code: str, *, up: bool) -> None:
    """Let a criterion change places with the one before or after it; at the end of the list nothing happens."""
    with round_at_work(actor, edition, unit_id) as unit_round:
        rows = _rows(edition.id, unit_id)
        place = rows.index(_row(rows, code))
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for position, row in enumerate(rows):
            row.position = position
        _tell(actor, edition, unit_round, after=[row.code for row in rows])


def remove_criterion(actor: Actor, edition: Edition, unit_id: int, code: str) -> None:
    """Drop a criterion; without any the unit marks by the edition's again. Raises Invalid once something was marked."""
    with round_at_work(actor, edition, unit_id) as unit_round:
        rows = _rows(edition.id, unit_id)
        row = _row(rows, code)
        check_unmarked(edition.id, unit_id)
        db.session.delete(row)
        if len(rows) == 1:
            unit_round.own_criteria = False
        _tell(actor, edition, unit_round, before=_told(line_of(row)))


def _rows(edition_id: int, unit_id: int) -> list[UnitCriterion]:
    return list(
        db.session.scalars(
            select(UnitCriterion)
            .where(UnitCriterion.edition_id == edition_id, UnitCriterion.unit_id == unit_id)
            .order_by(UnitCriterion.position, UnitCriterion.id)
            .execution_options(populate_existing=True)
        )
    )


def _row(rows: Sequence[UnitCriterion], code: str) -> UnitCriterion:
    found = next((row for row in rows if row.code == code), None)
    if found is None:
        raise NotFound
    return found


def _free_code(rows: Sequence[UnitCriterion]) -> str:
    taken = {row.code for row in rows}
    return next(code for code in (f"c{number}" for number in range(1, len(rows) + 2)) if code not in taken)


def _check(line: CriterionLine, rows: Sequence[UnitCriterion]) -> None:
    problems: list[Problem] = criterion_problems(line, [line_of(row) for row in rows])
    if problems:
        raise Invalid(problems=problems)


def _store(row: UnitCriterion, line: CriterionLine) -> None:
    row.name, row.guidance = line.name, line.guidance or None
    row.max_points, row.step, row.weight = line.max_points, line.step, line.weight
    db.session.add(row)


def _told(line: CriterionLine) -> dict[str, Any]:
    plain = {name: str(getattr(line, name)) for name in _HELD}
    return {"code": line.code, "name": line.name, "guidance": line.guidance, **plain}


def _tell(actor: Actor, edition: Edition, unit_round: UnitRound, before: Any = None, after: Any = None) -> None:
    # Its code is enough to find it: a criterion has no page of its own for others.
    subject = f"{edition.code}/{unit_round.unit.code}"
    audit.record(actor, "round.criteria", subject, before=before, after=after)
