"""Read how a unit marks: its own rules where it has set them, else the edition's."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from contest_portal.accounts.models import User
from contest_portal.contests.models import Criterion, Edition, Round
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import name_key
from contest_portal.screening.round.criteria import (
    MEAN_STEP,
    POSTS,
    SHEETS,
    USUAL_CODE,
    CriterionLine,
    most_of,
    step_of,
)
from contest_portal.screening.round.models import (
    Screener,
    TieDecision,
    UnitCriterion,
    UnitRound,
)


def round_of(edition_id: int, unit_id: int) -> UnitRound:
    """Return how a unit marks; what was never set is as the edition has it (version 0, not stored)."""
    found = db.session.get(UnitRound, (edition_id, unit_id), populate_existing=True)
    return found or UnitRound(
        edition_id=edition_id,
        unit_id=unit_id,
        marking="agreed",
        own_criteria=False,
        rank_within="unit",
        prizes=[],
        version=0,
    )


def criteria_for(edition: Edition, unit_id: int) -> list[CriterionLine]:
    """Return what a unit's sheets ask for: its own criteria, else those of the edition's screening round."""
    return criteria_in(edition.id, unit_id)


def criteria_in(edition_id: int, unit_id: int) -> list[CriterionLine]:
    """Return what the sheets of a unit ask for in the edition with this id."""
    if round_of(edition_id, unit_id).own_criteria:
        return own_criteria_of(edition_id, unit_id)
    return edition_criteria(edition_id)


def unit_scale(edition_id: int, unit_id: int | None) -> tuple[Decimal, Decimal]:
    """Return the highest score a unit may give and the step of its scores; the edition's without a unit.

    Where screeners mark by themselves a score is the mean of their sheets, so it goes by hundredths.
    """
    if unit_id is None:
        criteria = edition_criteria(edition_id)
        return most_of(criteria), step_of(criteria)
    criteria = criteria_in(edition_id, unit_id)
    by_sheets = round_of(edition_id, unit_id).marking == SHEETS
    return most_of(criteria), MEAN_STEP if by_sheets else step_of(criteria)


def own_criteria_of(edition_id: int, unit_id: int) -> list[CriterionLine]:
    """Return a unit's own criteria in their order."""
    rows = db.session.scalars(
        select(UnitCriterion)
        .where(UnitCriterion.edition_id == edition_id, UnitCriterion.unit_id == unit_id)
        .order_by(UnitCriterion.position, UnitCriterion.id)
    )
    return [line_of(row) for row in rows]


def line_of(row: UnitCriterion) -> CriterionLine:
    """Return a stored criterion as a line of a sheet."""
    return CriterionLine(row.code, row.name, row.guidance, row.max_points, row.step, row.weight)


def edition_criteria(edition_id: int) -> list[CriterionLine]:
    """Return the criteria of the edition's screening round; one line for the whole where it lists none."""
    rows = db.session.scalars(
        select(Criterion)
        .join(Round, Round.id == Criterion.round_id)
        .where(Round.edition_id == edition_id, Round.kind == "screening")
        .order_by(Round.position, Criterion.position, Criterion.id)
    )
    found = [CriterionLine(c.code, c.name, c.guidance, c.max_points, c.step, name_en=c.name_en) for c in rows]
    return found or [CriterionLine(USUAL_CODE, str(lazy("Điểm chung")))]


def pass_mark_for(edition: Edition, unit_id: int) -> Decimal | None:
    """Return below which score a unit forwards nothing: its own mark, never below the edition's."""
    own, whole = round_of(edition.id, unit_id).pass_mark, rulebook_of(edition).pass_mark
    marks = [Decimal(mark) for mark in (own, whole) if mark is not None]
    return max(marks, default=None)


def screeners_of(edition_id: int, unit_id: int, *, marking: bool = False) -> Sequence[Screener]:
    """Return a unit's present board: chair, secretary, members, each by given name; only those who mark where asked."""
    query = select(Screener).where(
        Screener.edition_id == edition_id, Screener.unit_id == unit_id, Screener.ended_at.is_(None)
    )
    if marking:
        query = query.where(Screener.marks)
    return sorted(db.session.scalars(query), key=lambda s: (POSTS.index(s.post), name_key(s.full_name), s.id))


def prizes_for(edition_id: int, unit_id: int) -> list[tuple[str, int]]:
    """Return the unit's own prizes: name and how many."""
    return [(prize["name"], int(prize["quantity"])) for prize in round_of(edition_id, unit_id).prizes]


def tie_decisions_of(edition_id: int, unit_id: int) -> Sequence[TieDecision]:
    """Return how a unit decided its ties, in the order it did; of one score the newest holds."""
    return db.session.scalars(
        select(TieDecision)
        .where(TieDecision.edition_id == edition_id, TieDecision.unit_id == unit_id)
        .order_by(TieDecision.id)
    ).all()


def find_screener(edition_id: int, unit_id: int, token: str) -> Screener | None:
    """Return who sits or sat on a unit's board under this token."""
    return db.session.scalar(
        select(Screener)
        .where(Screener.token == token, Screener.edition_id == edition_id, Screener.unit_id == unit_id)
        .execution_options(populate_existing=True)
    )


def get_screener(edition_id: int, unit_id: int, token: str) -> Screener:
    """Return who sits on a unit's board now under this token; raises NotFound."""
    found = find_screener(edition_id, unit_id, token)
    if found is None or found.ended_at is not None:
        raise NotFound
    return found


def former_screeners(edition_id: int, unit_id: int) -> Sequence[Screener]:
    """Return who left a unit's board, the last one first."""
    return db.session.scalars(
        select(Screener)
        .where(Screener.edition_id == edition_id, Screener.unit_id == unit_id, Screener.ended_at.is_not(None))
        .order_by(Screener.ended_at.desc(), Screener.id)
    ).all()


def find_open_seat(code_hash: str, *, hold: bool = False) -> Screener | None:
    """Return whose code this is while it may be used: neither used, replaced, ended nor expired."""
    query = select(Screener).where(Screener.code_hash == code_hash).execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update(of=Screener) if hold else query)
    if found is None or found.user_id is not None or found.ended_at is not None:
        return None
    still = found.code_expires_at is not None and found.code_expires_at > clock.now()
    return found if still else None


def seat_of(edition_id: int, unit_id: int, user_id: int) -> Screener | None:
    """Return the seat an account has on a unit's present board."""
    return db.session.scalars(
        select(Screener).where(
            Screener.edition_id == edition_id,
            Screener.unit_id == unit_id,
            Screener.user_id == user_id,
            Screener.ended_at.is_(None),
        )
    ).first()


def usernames_of(board: Sequence[Screener]) -> dict[int, str]:
    """Return the account names of those on a board who have one."""
    ids = [member.user_id for member in board if member.user_id is not None]
    rows = db.session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    return {row[0]: row[1] for row in rows}
