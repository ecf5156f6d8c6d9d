"""The units of an edition between its rows and its set-up: what takes part, what each reaches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Edition, EditionUnit, School, Unit
from contest_portal.contests.models_units import UnitReach
from contest_portal.contests.presets import UnitKind
from contest_portal.contests.queries import unit_ids_by_code
from contest_portal.contests.setup.content import Content, Row
from contest_portal.contests.setup.hooks import HOOKS
from contest_portal.contests.setup.queries import edition_units
from contest_portal.contests.setup.shapes import Shape, shape_of_row
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import lazy

_KINDS = {Shape.CLUSTERS: UnitKind.CLUSTER, Shape.SCHOOLS: UnitKind.SCHOOL}
_NAMED = 5


def unit_rows(edition: Edition) -> list[Row]:
    """Return the units as the set-up has them."""
    reaches = _reaches(edition.id)
    return [_row(found, reaches[found.unit_id]) for found in edition_units(edition.id)]


def _row(found: EditionUnit, reaches: Sequence[UnitReach]) -> Row:
    row: Row = {"code": found.unit.code, "name": found.unit.name, "forward_quota": found.forward_quota}
    if found.unit.kind == UnitKind.CLUSTER and reaches:
        places = sorted((reach.member_unit for reach in reaches if reach.member_unit), key=lambda u: (u.position, u.id))
        row["members"] = [{"code": place.code, "name": place.name} for place in places]
    schools = [reach.school_id for reach in reaches if reach.school_id]
    return row | ({"school": schools[0]} if found.unit.kind == UnitKind.SCHOOL and schools else {})


def _reaches(edition_id: int) -> Mapping[int, list[UnitReach]]:
    found: dict[int, list[UnitReach]] = defaultdict(list)
    query = select(UnitReach).where(UnitReach.edition_id == edition_id).options(joinedload(UnitReach.member_unit))
    for reach in db.session.scalars(query.order_by(UnitReach.id)):
        found[reach.unit_id].append(reach)
    return found


def check_removed(edition: Edition, content: Content) -> None:
    """Raise Invalid where units that entries belong to would no longer take part."""
    kept = {_key(edition, content, row) for row in content["units"]}
    counts = HOOKS.entries_by_unit(edition.id)
    gone = [found.unit for found in edition_units(edition.id) if (found.unit.unit_set, found.unit.code) not in kept]
    used = [unit for unit in gone if counts.get(unit.id)]
    if not used:
        return
    names = ", ".join(f"{unit.name} ({counts[unit.id]})" for unit in used[:_NAMED])
    more = len(used) - _NAMED
    raise Invalid(
        lazy(
            "Không bỏ được %(units)s đơn vị vì đang có %(count)s hồ sơ ở đó: %(names)s%(more)s."
            " Hãy chuyển hoặc rút các hồ sơ ấy trước.",
            units=len(used),
            count=sum(counts[unit.id] for unit in used),
            names=names,
            more=lazy(" và %(count)s đơn vị khác", count=more) if more > 0 else "",
        )
    )


def write_units(edition: Edition, content: Content) -> None:
    """Make the edition's units what the set-up says; units of its own are made, none is ever deleted."""
    edition.unit_set = content["unit_set"]
    known = {(found.unit.unit_set, found.unit.code): found for found in edition_units(edition.id)}
    wanted = {_key(edition, content, row): row for row in content["units"]}
    reaches = _reaches(edition.id)
    for key in known.keys() - wanted.keys():
        _remove(known[key], reaches[known[key].unit_id])
    places = unit_ids_by_code(edition.unit_set)
    own = _own_units(edition)
    # Flushed: a place may go from one unit to another, and belongs to one at a time.
    db.session.flush()
    let_go = [reach for key, row in wanted.items() if key in known for reach in _lost(row, reaches[known[key].unit_id])]
    for reach in let_go:
        db.session.delete(reach)
    db.session.flush()
    for position, (key, row) in enumerate(wanted.items()):
        unit_id = _unit_id(edition, row, position, places, own)
        _take_part(edition, unit_id, row, known.get(key))
        _reach(edition, unit_id, row, places, [r for r in reaches[unit_id] if r not in let_go and key in known])


def _key(edition: Edition, content: Content, row: Row) -> tuple[str, str]:
    own = shape_of_row(row) is not Shape.UNITS
    return (edition.code if own else content["unit_set"]), row["code"]


def _remove(found: EditionUnit, reaches: Sequence[UnitReach]) -> None:
    for reach in reaches:
        db.session.delete(reach)
    db.session.delete(found)


def _own_units(edition: Edition) -> dict[str, Unit]:
    found = db.session.scalars(select(Unit).where(Unit.unit_set == edition.code))
    return {unit.code: unit for unit in found}


def _lost(row: Row, reaches: Sequence[UnitReach]) -> list[UnitReach]:
    kept = {member["code"] for member in row.get("members", ())}
    return [reach for reach in reaches if reach.member_unit is not None and reach.member_unit.code not in kept]


def _unit_id(edition: Edition, row: Row, position: int, places: Mapping[str, int], own: dict[str, Unit]) -> int:
    if shape_of_row(row) is Shape.UNITS:
        return _place(places, row["code"])
    unit = own.get(row["code"])
    if unit is None:
        unit = Unit(unit_set=edition.code, code=row["code"], kind=_KINDS[shape_of_row(row)], aliases=[])
        unit.name = unit.short_name = row["name"]
        unit.position = position
        db.session.add(unit)
        # Flushed: its rows name the unit by its id.
        db.session.flush()
    unit.name = unit.short_name = row["name"]
    unit.position = position
    return unit.id


def _place(places: Mapping[str, int], code: str) -> int:
    if code not in places:
        raise Invalid(lazy("Không có đơn vị mang mã “%(code)s”.", code=code))
    return places[code]


def _take_part(edition: Edition, unit_id: int, row: Row, known: EditionUnit | None) -> None:
    quota = row["forward_quota"]
    if known is None:
        db.session.add(EditionUnit(edition_id=edition.id, unit_id=unit_id, forward_quota=quota))
    else:
        known.forward_quota = quota


def _reach(edition: Edition, unit_id: int, row: Row, places: Mapping[str, int], reaches: Sequence[UnitReach]) -> None:
    there = {reach.member_unit_id for reach in reaches}
    for member in row.get("members", ()):
        place = _place(places, member["code"])
        if place not in there:
            db.session.add(UnitReach(edition_id=edition.id, unit_id=unit_id, member_unit_id=place))
    school = row.get("school")
    if school is not None and not any(reach.school_id == school for reach in reaches):
        if db.session.get(School, school) is None:
            raise Invalid(lazy("Trường “%(name)s” không còn trong danh sách.", name=row["name"]))
        db.session.add(UnitReach(edition_id=edition.id, unit_id=unit_id, school_id=school))
