"""What an edition's units are: a set's own places, clusters of them, or schools that screen their own; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from contest_portal.contests.setup.content import Content, Row, find_row, new_code, with_row
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold

LONGEST_NAME: Final = 150
# The first word of a place's kind may be left out of a list, or written short.
_SHOWN: Final = 20
_DIVIDERS: Final = ("\t", "|", ";")


class Shape(StrEnum):
    """Name what the units of an edition are."""

    UNITS = "units"
    CLUSTERS = "clusters"
    SCHOOLS = "schools"


@dataclass(frozen=True)
class Place:
    """Be a place that may belong to a cluster."""

    code: str
    name: str
    names: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """Return what a cluster's row keeps of the place."""
        return {"code": self.code, "name": self.name}


@dataclass
class PlaceList:
    """Hold what a list of clusters says: the places of each, and what could not be read."""

    clusters: dict[str, list[Place]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def shape_of(content: Content) -> Shape:
    """Return what the units of a set-up are."""
    return next((shape_of_row(row) for row in content["units"]), Shape.UNITS)


def shape_of_row(row: Row) -> Shape:
    """Return what one unit of a set-up is."""
    if "members" in row:
        return Shape.CLUSTERS
    return Shape.SCHOOLS if "school" in row else Shape.UNITS


def check_units(content: Content) -> None:
    """Raise Invalid unless all units are of one shape, called differently, and no place is in two."""
    rows = content["units"]
    if len({shape_of_row(row) for row in rows}) > 1:
        raise Invalid(
            lazy("Kỳ thi chỉ dùng một loại đơn vị sơ khảo. Hãy đổi loại ở trang “Đơn vị sơ khảo” của phần thiết lập.")
        )
    for row in rows:
        if not clean_text(row["name"]) or len(row["name"]) > LONGEST_NAME:
            words = lazy("Tên đơn vị cần từ 1 đến %(most)s ký tự.", most=LONGEST_NAME)
            raise Invalid(problems=[Problem(words, field="name")])
    _refuse_twice(fold(row["name"]) for row in rows)
    members = [member for row in rows for member in row.get("members", ())]
    twice = [code for code, number in Counter(member["code"] for member in members).items() if number > 1]
    if twice:
        name = next(member["name"] for member in members if member["code"] == twice[0])
        words = lazy("“%(name)s” đang ở hai cụm. Mỗi nơi chỉ thuộc một cụm.", name=name)
        raise Invalid(problems=[Problem(words, field="members")])
    empty = next((row["name"] for row in rows if row.get("members") == []), None)
    if empty is not None:
        words = lazy("Cụm “%(name)s” chưa có xã, phường nào.", name=empty)
        raise Invalid(problems=[Problem(words, field="members")])


def _refuse_twice(names: Iterable[str]) -> None:
    if any(number > 1 for number in Counter(names).values()):
        raise Invalid(problems=[Problem(lazy("Đã có đơn vị mang tên này. Hãy đặt tên khác."), field="name")])


def in_shape(content: Content, shape: Shape, unit_set: str) -> Content:
    """Return the set-up with no other units than those of this shape and set."""
    changed = deepcopy(content)
    if shape_of(content) is not shape or content["unit_set"] != unit_set:
        changed["units"] = []
    changed["unit_set"] = unit_set
    return changed


def with_places(content: Content, unit_set: str, places: Sequence[Place]) -> Content:
    """Return the set-up with these places as its units; the quota of one that stays is kept."""
    changed = in_shape(content, Shape.UNITS, unit_set)
    quotas = {row["code"]: row["forward_quota"] for row in changed["units"]}
    changed["units"] = [place.row | {"forward_quota": quotas.get(place.code)} for place in places]
    return changed


def with_cluster(content: Content, unit_set: str, code: str | None, name: str, places: Sequence[Place]) -> Content:
    """Return the set-up with a cluster changed, or added where it has no code yet; raises NotFound."""
    changed = in_shape(content, Shape.CLUSTERS, unit_set)
    known = find_row(changed, "units", code) if code else {"code": new_code(changed["units"], name)}
    row = {"code": known["code"], "name": name, "forward_quota": known.get("forward_quota")}
    return with_row(changed, "units", row | {"members": [place.row for place in places]})


def with_clusters(content: Content, unit_set: str, clusters: Mapping[str, Sequence[Place]]) -> Content:
    """Return the set-up with just these clusters; one of the same name stays the same unit with its quota."""
    changed = in_shape(content, Shape.CLUSTERS, unit_set)
    known: dict[str, Row] = {fold(row["name"]): row for row in changed["units"]}
    rows: list[Row] = []
    for name, places in clusters.items():
        before = known.get(fold(name)) or {"code": new_code([*known.values(), *rows], name), "forward_quota": None}
        kept = {"code": before["code"], "name": name, "forward_quota": before["forward_quota"]}
        rows.append(kept | {"members": [place.row for place in places]})
    changed["units"] = rows
    return changed


def with_schools(content: Content, unit_set: str, schools: Sequence[tuple[int, str, str]]) -> Content:
    """Return the set-up with these schools (id, name, place) as units beside those that are there."""
    changed = in_shape(content, Shape.SCHOOLS, unit_set)
    known = {row["school"] for row in changed["units"]}
    for number, name, place in schools:
        if number in known:
            continue
        taken = {fold(row["name"]) for row in changed["units"]}
        called = name if fold(name) not in taken else f"{name} ({place})"
        row = {"code": f"truong_{number}", "name": called[:LONGEST_NAME], "forward_quota": None, "school": number}
        changed["units"].append(row)
    return changed


def with_quotas(content: Content, quotas: Mapping[str, int | None]) -> Content:
    """Return the set-up with the quota of each unit that is named."""
    changed = deepcopy(content)
    for row in changed["units"]:
        row["forward_quota"] = quotas.get(row["code"], row["forward_quota"])
    return changed


def places_without_cluster(content: Content, places: Sequence[Place]) -> list[Place]:
    """Return the places that no cluster has."""
    taken = {member["code"] for row in content["units"] for member in row.get("members", ())}
    return [place for place in places if place.code not in taken]


def read_clusters(lines: Iterable[Sequence[str]], places: Sequence[Place]) -> PlaceList:
    """Read a list of two columns, cluster and place; a cluster left empty is that of the line above."""
    found, above, seen = PlaceList(), "", set[str]()
    index = _index(places)
    for number, cells in enumerate(lines, 1):
        cluster, place = (clean_text(cell) for cell in ([*cells, "", ""])[:2])
        if not (cluster or place) or (number == 1 and _is_heading(cluster, place, index)):
            continue
        cluster = above = next((name for name in found.clusters if fold(name) == fold(cluster)), cluster) or above
        known = index.get(fold(place), [])
        problem = _problem(cluster, place, known, seen)
        if problem is not None:
            found.problems.append(Problem(lazy("Dòng %(row)s: %(words)s", row=number, words=problem), field="text"))
            continue
        seen.add(known[0].code)
        found.clusters.setdefault(cluster, []).append(known[0])
    found.problems = found.problems[:_SHOWN]
    return found


def split_lines(text: str) -> list[list[str]]:
    """Return the cells of pasted lines: divided by a tabulator, a bar or a semicolon."""
    return [_cells(line) for line in text.splitlines()]


def list_text(content: Content) -> str:
    """Return the clusters as a list that can be read back."""
    return "\n".join(f"{row['name']} | {m['name']}" for row in content["units"] for m in row.get("members", ()))


def _cells(line: str) -> list[str]:
    divider = next((sign for sign in _DIVIDERS if sign in line), None)
    return [cell.strip() for cell in line.split(divider)] if divider else ["", line.strip()]


def _index(places: Sequence[Place]) -> dict[str, list[Place]]:
    index: dict[str, list[Place]] = {}
    for place in places:
        for name in {fold(name) for name in (place.code, place.name, *place.names)}:
            index.setdefault(name, []).append(place)
    # Two places may share a short name; the full one is only one's own.
    return index | {fold(place.name): [place] for place in places}


def _is_heading(cluster: str, place: str, index: Mapping[str, Any]) -> bool:
    words = {"cum", "ten cum", "xa", "phuong", "xa, phuong", "xa/phuong", "don vi", "xa phuong"}
    return fold(cluster) in words and fold(place) not in index


def _problem(cluster: str, place: str, known: Sequence[Place], seen: set[str]) -> Any:
    if not place:
        return lazy("chưa ghi xã, phường.")
    if not cluster:
        return lazy("chưa ghi tên cụm.")
    if not known:
        return lazy("không có xã, phường nào tên “%(name)s”.", name=place)
    if len(known) > 1:
        names = ", ".join(found.name for found in known)
        return lazy("“%(name)s” có thể là %(names)s. Hãy ghi đủ tên.", name=place, names=names)
    if known[0].code in seen:
        return lazy("“%(name)s” đã có ở một dòng trên.", name=known[0].name)
    return None
