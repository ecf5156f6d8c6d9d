"""Set up contests, editions and units from their presets, and read an edition's rules."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests import queries
from contest_portal.contests.models import (
    Contest,
    Criterion,
    Division,
    Edition,
    EditionUnit,
    Field,
    Prize,
    Round,
    School,
    Unit,
)
from contest_portal.contests.models_schools import keys_of
from contest_portal.contests.presets import (
    EditionPreset,
    Preset,
    RoundPreset,
    UnitPreset,
    UnitSet,
    load_preset,
    load_presets,
    load_unit_sets,
)
from contest_portal.contests.renewal import renewed
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.rules import check_may_open_edition
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.i18n import lazy


def rulebook_of(edition: Edition) -> Rulebook:
    """Return the rules of an edition, read once for each content; raises BadRules."""
    return _read_rules(json.dumps(edition.rules, sort_keys=True))


@lru_cache(maxsize=256)
def _read_rules(stored: str) -> Rulebook:
    return Rulebook.from_dict(json.loads(stored))


def install_presets(actor: Actor = SYSTEM) -> None:
    """Store every contest, edition and unit that ships with the portal and is not stored yet.

    What is there already is left as it is: an organiser may have changed it.
    """
    with transaction():
        added = [code for found in load_unit_sets() for code in _install_units(found)]
        for position, preset in enumerate(load_presets()):
            added += _install_contest(preset, position)
        if added:
            audit.record(actor, "presets.installed", "contests", after=added)


def create_edition(
    actor: Actor,
    preset_code: str,
    *,
    code: str,
    number: int,
    year: int,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    unit_set: str,
    title_en: str | None = None,
    prefix: str | None = None,
    contact: str | None = None,
) -> Edition:
    """Open a new edition of a contest with the rules of its newest preset, moved to the year.

    Raises NotAllowed, BadRules for an unknown preset, Conflict for a code in use, Invalid for dates the wrong way round.
    """
    check_may_open_edition(actor)
    preset = load_preset(preset_code)
    newest = max(preset.editions, key=lambda edition: edition.year)
    wanted = replace(
        renewed(newest, year),
        code=code,
        number=number,
        title=title,
        title_en=title_en or title,
        prefix=prefix or f"{newest.prefix.rstrip('0123456789')}{year % 100:02}",
        unit_set=unit_set,
        units_on=clock.local(opens_at).date(),
        contact=contact or newest.contact,
    )
    if opens_at >= closes_at:
        raise Invalid(lazy("Ngày mở phải trước ngày đóng."))
    with transaction():
        if queries.find_edition(code) is not None:
            raise Conflict(lazy("Đã có một lần tổ chức mang mã “%(code)s”.", code=code))
        contest = _contest(preset, position=len(load_presets()))
        edition = _store_edition(contest, wanted, opens_at, closes_at)
        audit.record(actor, "edition.created", code, after={"preset": preset_code, "year": year})
    return edition


def key_schools() -> None:
    """Give schools of an earlier version what they are sorted and found by."""
    with transaction():
        for school in db.session.scalars(select(School).where(School.name_key == "")):
            for name, value in keys_of(school.name, school.code, school.aliases).items():
                setattr(school, name, value)


def _install_units(wanted: UnitSet) -> list[str]:
    known = queries.unit_ids_by_code(wanted.code)
    added = []
    for position, preset in enumerate(wanted.units):
        if preset.code in known:
            continue
        unit = _new_unit(wanted.code, preset, position, known.get(preset.parent or ""))
        db.session.add(unit)
        if preset.parent is None:
            # Flushed: those below name the one above by its id.
            db.session.flush()
            known[preset.code] = unit.id
        added.append(f"{wanted.code}/{preset.code}")
    db.session.flush()
    return added


def _new_unit(unit_set: str, preset: UnitPreset, position: int, parent_id: int | None) -> Unit:
    return Unit(
        unit_set=unit_set,
        code=preset.code,
        name=preset.name,
        short_name=preset.short_name,
        kind=preset.kind,
        aliases=list(preset.aliases),
        parent_id=parent_id,
        valid_from=preset.valid_from,
        valid_to=preset.valid_to,
        position=position,
    )


def _install_contest(preset: Preset, position: int) -> list[str]:
    contest = _contest(preset, position)
    added = []
    for edition in preset.editions:
        if queries.find_edition(edition.code) is None:
            _store_edition(contest, edition, _moment(edition.opens), _moment(edition.closes))
            added.append(edition.code)
    return added


def _contest(preset: Preset, position: int) -> Contest:
    contest = queries.find_contest(preset.code)
    if contest is None:
        contest = Contest(code=preset.code, name=preset.name, name_en=preset.name_en, position=position)
        db.session.add(contest)
        db.session.flush()
    return contest


def _store_edition(contest: Contest, preset: EditionPreset, opens_at: datetime, closes_at: datetime) -> Edition:
    edition = Edition(
        code=preset.code,
        contest=contest,
        number=preset.number,
        year=preset.year,
        title=preset.title,
        title_en=preset.title_en,
        prefix=preset.prefix,
        unit_set=preset.unit_set,
        opens_at=opens_at,
        closes_at=closes_at,
        rules=preset.rules.to_dict(),
        contact=preset.contact,
        divisions=_divisions(preset),
        fields=_fields(preset),
        rounds=[_round(part, position) for position, part in enumerate(preset.rounds)],
        prizes=_prizes(preset),
    )
    db.session.add(edition)
    # Flushed: the units' rows name the edition by its id.
    db.session.flush()
    db.session.add_all(_edition_units(edition, preset.units_on))
    db.session.flush()
    return edition


def _divisions(preset: EditionPreset) -> list[Division]:
    return [
        Division(
            code=part.code,
            name=part.name,
            name_en=part.name_en,
            aliases=list(part.aliases),
            window=part.window.to_dict(),
            position=position,
        )
        for position, part in enumerate(preset.divisions)
    ]


def _fields(preset: EditionPreset) -> list[Field]:
    return [
        Field(code=part.code, name=part.name, name_en=part.name_en, aliases=list(part.aliases), position=position)
        for position, part in enumerate(preset.fields)
    ]


def _round(part: RoundPreset, position: int) -> Round:
    return Round(
        code=part.code,
        name=part.name,
        name_en=part.name_en,
        kind=part.kind,
        opens_at=_moment(part.opens) if part.opens else None,
        closes_at=_moment(part.closes) if part.closes else None,
        weight=part.weight,
        blind=part.blind,
        position=position,
        criteria=[
            Criterion(
                code=line.code,
                name=line.name,
                name_en=line.name_en,
                guidance=line.guidance,
                max_points=line.max_points,
                step=line.step,
                position=place,
            )
            for place, line in enumerate(part.criteria)
        ],
    )


def _prizes(preset: EditionPreset) -> list[Prize]:
    return [
        Prize(
            code=part.code,
            name=part.name,
            name_en=part.name_en,
            quantity=part.quantity,
            per=part.per,
            amount=part.amount,
            position=position,
        )
        for position, part in enumerate(preset.prizes)
    ]


def _edition_units(edition: Edition, day: date) -> Sequence[EditionUnit]:
    return [
        EditionUnit(edition_id=edition.id, unit_id=unit.id) for unit in queries.units_valid_on(edition.unit_set, day)
    ]


def _moment(wall_clock: datetime) -> datetime:
    return clock.at_local(wall_clock.date(), wall_clock.hour, wall_clock.minute, wall_clock.second)
