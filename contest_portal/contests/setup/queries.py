"""Read an edition's set-up, its versions, and what uses its parts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Criterion, Division, Edition, EditionUnit, Field, Round, School, Unit
from contest_portal.contests.models_setup import EditionDraft, EditionVersion
from contest_portal.contests.presets import UnitKind
from contest_portal.contests.queries import all_editions
from contest_portal.core.database import Base, db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy

# Tables of the set-up itself: that a criterion names its round is no use of the round.
_OWN = frozenset({"criteria", "divisions", "fields", "rounds", "prizes", "edition_units"})
_WORDS = {
    "entries": lazy("%(count)s hồ sơ"),
    "panels": lazy("%(count)s hội đồng"),
    "scores": lazy("%(count)s điểm đã chấm"),
}
_OTHER = lazy("%(count)s dòng dữ liệu khác")


def manages(actor: Actor, edition_id: int | None) -> bool:
    """Tell whether the actor sets up this edition; None: every edition."""
    return actor.holds(Role.ORGANISER, edition_id=edition_id)


def managed_editions(actor: Actor) -> list[Edition]:
    """Return the editions the actor sets up, drafts too."""
    return [edition for edition in all_editions() if manages(actor, edition.id)]


def load_edition(actor: Actor, code: str) -> Edition:
    """Return an edition with all its parts; raises NotFound also for somebody else's."""
    edition = db.session.scalar(
        select(Edition)
        .where(Edition.code == code)
        .options(
            selectinload(Edition.divisions),
            selectinload(Edition.fields),
            selectinload(Edition.rounds).selectinload(Round.criteria),
            selectinload(Edition.prizes),
            selectinload(Edition.deadline_events),
        )
        .execution_options(populate_existing=True)
    )
    if edition is None or not manages(actor, edition.id):
        raise NotFound
    return edition


def edition_units(edition_id: int) -> Sequence[EditionUnit]:
    """Return the units that take part, with their quotas, in their own order."""
    query = select(EditionUnit).join(EditionUnit.unit).where(EditionUnit.edition_id == edition_id)
    return db.session.scalars(query.order_by(Unit.position, Unit.id)).all()


def unit_choices(unit_set: str) -> list[tuple[str, str]]:
    """Return the code and name of each unit of a set, without the province above them."""
    query = select(Unit.code, Unit.name).where(Unit.unit_set == unit_set, Unit.kind != "province")
    return [(code, name) for code, name in db.session.execute(query.order_by(Unit.position, Unit.id))]


def unit_sets() -> list[str]:
    """Return the sets of places there are, the newest name last; not an edition's own clusters and schools."""
    places = Unit.kind.not_in((UnitKind.CLUSTER, UnitKind.SCHOOL))
    return list(db.session.scalars(select(Unit.unit_set).where(places).distinct().order_by(Unit.unit_set)))


def schools_to_choose(unit_set: str, place: str) -> Sequence[School]:
    """Return the schools at a place of a set that are not closed, by name."""
    at = select(Unit.id).where(Unit.unit_set == unit_set, Unit.code == place)
    wanted = select(School).where(School.unit_id.in_(at), School.closed_on.is_(None))
    return db.session.scalars(wanted.order_by(School.name_key, School.id)).all()


def places_with_schools(unit_set: str) -> list[tuple[str, str, int]]:
    """Return the code, the name and the number of schools of each place of a set that has some."""
    counted = func.count(School.id)
    query = select(Unit.code, Unit.name, counted).join(School, School.unit_id == Unit.id)
    query = query.where(Unit.unit_set == unit_set, School.closed_on.is_(None))
    rows = db.session.execute(query.group_by(Unit.id, Unit.code, Unit.name).order_by(Unit.position, Unit.id))
    return [(code, name, number) for code, name, number in rows]


def versions_of(edition_id: int, before: int | None, most: int) -> Sequence[EditionVersion]:
    """Return versions, the newest first, from below a number on."""
    query = select(EditionVersion).where(EditionVersion.edition_id == edition_id)
    if before is not None:
        query = query.where(EditionVersion.number < before)
    return db.session.scalars(query.order_by(EditionVersion.number.desc()).limit(most)).all()


def find_version(edition_id: int, number: int) -> EditionVersion | None:
    """Return one version."""
    return db.session.scalar(
        select(EditionVersion).where(EditionVersion.edition_id == edition_id, EditionVersion.number == number)
    )


def get_draft(actor: Actor, edition_id: int, token: str) -> EditionDraft:
    """Return a change that waits for the actor's own word; raises NotFound."""
    draft = db.session.scalar(select(EditionDraft).where(EditionDraft.token == token))
    if draft is None or draft.edition_id != edition_id or draft.user_id != actor.user_id:
        raise NotFound
    return draft


def uses_of(stored: Division | Field | Round | Criterion | Any) -> list[Any]:
    """Say what names this part of the set-up, whatever stage it belongs to; an empty list: nothing."""
    target = stored.__table__
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if table.name in _OWN or not any(key.column.table is target for key in column.foreign_keys):
                continue
            count = db.session.scalar(select(func.count()).select_from(table).where(column == stored.id))
            if count:
                found.append(lazy(str(_WORDS.get(table.name, _OTHER)), count=count))
    return found
