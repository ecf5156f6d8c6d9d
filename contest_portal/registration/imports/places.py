"""Find what a cell names among the edition's units, divisions, fields and the schools that are known."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.contests.presets import UnitKind
from contest_portal.contests.queries import units_of
from contest_portal.contests.reach import members_of, screened_by, units_of_schools
from contest_portal.core.database import db
from contest_portal.core.vietnamese import fold
from contest_portal.registration.imports.model import WantedSchool

_SIGNS: Final = re.compile(r"[^0-9a-z]+")
_NUMBERED: Final = re.compile(r"^(?:linh vuc )?(?:so )?\d{1,2} (?=\S)")
_SHORT: Final = ((re.compile(r"^tp\b"), "thanh pho"), (re.compile(r"^tx\b"), "thi xa"), (re.compile(r"^h\b"), "huyen"))
LONGEST_SCHOOL: Final = 200

Part = TypeVar("Part", Unit, Division, Field)


def place_key(text: str) -> str:
    """Return a name in the form places are compared in."""
    key = _SIGNS.sub(" ", fold(text)).strip()
    for pattern, word in _SHORT:
        key = pattern.sub(word, key)
    return key


class Places:
    """Know an edition's places, read once for a whole import."""

    def __init__(self, edition: Edition) -> None:
        self.units = list(units_of(edition.id))
        # A list may name the commune where the edition has clusters: its cluster is meant.
        members = members_of(edition.id)
        self._place_ids = _names_of_places((unit, unit.id) for unit, _unit_id in members)
        self.divisions, self.fields = list(edition.divisions), list(edition.fields)
        by_id = {unit.id: unit for unit in self.units}
        in_units = {key: by_id[place] for key, place in _names_of_places(members).items() if place in by_id}
        self._units = in_units | _index(self.units, _names_of_unit)
        self._divisions = _index(self.divisions, lambda d: (d.code, d.name, d.name_en, *d.aliases))
        self._fields = _index(self.fields, lambda f: (f.code, f.name, f.name_en, *f.aliases))
        self._units_by_id = {unit.id: unit for unit in self.units}
        self._schools: dict[tuple[int | None, str], WantedSchool] = {}
        self._schools_by_id: dict[int, WantedSchool] = {}
        self._by_name: dict[str, list[WantedSchool]] = defaultdict(list)
        for school, unit_id in _schools_of(edition.id, list(by_id)):
            known = WantedSchool(school.name, school.name_folded, unit_id, school)
            self._schools.setdefault((unit_id, school.name_folded), known)
            self._schools_by_id[school.id] = known
            self._by_name[school.name_folded].append(known)

    def unit(self, text: str) -> Unit | None:
        """Return the unit a text names, by code, name, short name or alias."""
        return self._units.get(place_key(text))

    def unit_by_id(self, unit_id: int | None) -> Unit | None:
        """Return one of the edition's units."""
        return self._units_by_id.get(unit_id) if unit_id is not None else None

    def division(self, text: str) -> Division | None:
        """Return the division a text names."""
        return self._divisions.get(place_key(text))

    def field(self, text: str) -> Field | None:
        """Return the field a text names, with or without a number before it."""
        key = place_key(text)
        return self._fields.get(key) or self._fields.get(_NUMBERED.sub("", key))

    def school(self, name: str, unit: Unit | None, place: str | None = None) -> WantedSchool:
        """Return the school of this name under a unit; one that is new is the same for every row that names it."""
        folded = fold(name)[:LONGEST_SCHOOL]
        key = (unit.id if unit else None, folded)
        if key not in self._schools and unit is None and len(self._by_name[folded]) == 1:
            # A list that names no unit means the one school of that name there is.
            return self._by_name[folded][0]
        if key not in self._schools:
            place_id = self._place_ids.get(place_key(place)) if place else None
            self._schools[key] = WantedSchool(name[:LONGEST_SCHOOL], folded, key[0], place_id=place_id)
        return self._schools[key]

    def school_of_unit(self, unit: Unit | None) -> WantedSchool | None:
        """Return the one school of a unit that is a school."""
        if unit is None or unit.kind != UnitKind.SCHOOL:
            return None
        return next((school for school in self._schools_by_id.values() if school.unit_id == unit.id), None)

    def school_by_id(self, school_id: int) -> WantedSchool | None:
        """Return a school that is known."""
        return self._schools_by_id.get(school_id)


def names_of(parts: Iterable[Part]) -> str:
    """Return the names that are accepted, for a sentence."""
    return "; ".join(part.name for part in parts)


def _index(parts: Sequence[Part], names: Any) -> dict[str, Part]:
    return {place_key(name): part for part in reversed(parts) for name in names(part) if name}


def _names_of_unit(unit: Unit) -> tuple[str, ...]:
    return unit.code, unit.name, unit.short_name, *unit.aliases


def _names_of_places(members: Iterable[tuple[Unit, int]]) -> dict[str, int]:
    return {place_key(name): number for unit, number in members for name in _names_of_unit(unit) if name}


def _schools_of(edition_id: int, unit_ids: Sequence[int]) -> list[tuple[School, int | None]]:
    """Return the schools a list may name, each with the unit that screens it, in its order."""
    wanted = select(School).where(or_(screened_by(edition_id, unit_ids), School.unit_id.is_(None)))
    found = db.session.scalars(wanted.order_by(School.id).options(lazyload(School.unit))).all()
    units = units_of_schools(edition_id)
    return [(school, units.get(school.id)) for school in found]
