"""Gather what the drop-down lists of a workbook offer: the edition's own words, and the places of whoever fills it in."""

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, School
from contest_portal.contests.queries import units_of
from contest_portal.contests.reach import screened_by
from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.database import db
from contest_portal.registration import rules as open_rules
from contest_portal.registration.columns import Kind
from contest_portal.registration.workbooks.shape import ENTRANT_WORDS, GENDERS, ROLE_WORDS

# A province has some nine hundred schools.
MOST_SCHOOLS = 3000


def lists_of(edition: Edition, rules: Rulebook, actor: Actor | None) -> dict[Kind, list[str]]:
    """Return the values of each column that has a list; without an actor no school is named."""
    found = {
        Kind.DIVISION: [division.name for division in edition.divisions],
        Kind.FIELD: [field.name for field in edition.fields],
        Kind.UNIT: _units(edition, actor),
        Kind.SCHOOL: _schools(edition, actor) if actor else [],
        Kind.GENDER: list(GENDERS),
        Kind.ROLE: [ROLE_WORDS[rule.role] for rule in rules.roles],
        Kind.ENTRANT: list(ENTRANT_WORDS.values()),
    }
    return {kind: values for kind, values in found.items() if values}


def _units(edition: Edition, actor: Actor | None) -> list[str]:
    units = units_of(edition.id)
    own = actor.unit_ids(edition.id) if actor else frozenset()
    return [unit.name for unit in units if not own or unit.id in own]


def _schools(edition: Edition, actor: Actor) -> list[str]:
    wanted = select(School.name).order_by(School.name_folded, School.id).limit(MOST_SCHOOLS)
    if open_rules.runs(actor, edition.id):
        wanted = wanted.where(screened_by(edition.id, [unit.id for unit in units_of(edition.id)]))
    elif units := actor.unit_ids(edition.id):
        wanted = wanted.where(screened_by(edition.id, units))
    else:
        wanted = wanted.where(School.id.in_(actor.school_ids))
    return list(dict.fromkeys(db.session.scalars(wanted)))
