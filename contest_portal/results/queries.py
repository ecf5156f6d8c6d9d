"""Read scores and rank them: one definition for the page, the workbook and whatever comes later."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.models import User
from contest_portal.contests.models import Division, Edition, Field, Round, School, Unit
from contest_portal.contests.queries import all_editions
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _, local_name
from contest_portal.core.vietnamese import sort_key
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.judging.queries import SCORED_KINDS, base_status
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.results.ranking import mean_of, ranked, shown, weighted
from contest_portal.results.rules import sees_results
from contest_portal.screening.models import ScreeningResult

# Position, code and name: groups are told apart and sorted by all three.
Group = tuple[int, str, str]
LAST = 2**31


@dataclass(frozen=True)
class RankedRow:
    """Be one entry in its group's ranking; totals stand in the order of columns.

    Columns are judges' names in a judged round, the unit in a unit's round, the rounds over all rounds.
    """

    group: str
    group_code: str
    place: int | None
    reference: str
    title: str
    school: str
    unit: str
    columns: tuple[str, ...]
    totals: tuple[Decimal | None, ...]
    mean: Decimal | None
    assigned: int
    submitted: int

    @property
    def missing(self) -> int:
        """Return how many sheets are still to be handed in."""
        return self.assigned - self.submitted


@dataclass
class _Scored:
    """Gather one entry's scores while they are read: column key to total, None while it is missing."""

    reference: str
    title: str
    school: str
    unit: str
    group: Group
    given: dict[Any, Decimal | None] = field(default_factory=dict)
    score: Fraction | None = None
    assigned: int = 0
    submitted: int = 0


def editions_for(actor: Actor) -> list[Edition]:
    """Return the editions whose results the actor may see, the newest first."""
    return [edition for edition in all_editions() if sees_results(actor, edition.id)]


def get_edition(edition_id: int) -> Edition:
    """Return an edition by id; raises NotFound."""
    found = db.session.get(Edition, edition_id)
    if found is None:
        raise NotFound
    return found


def rounds_begun(edition_id: int) -> set[int]:
    """Return the ids of an edition's rounds in which at least one sheet was given out."""
    given_out = select(Panel.round_id).join(ScoreSheet, ScoreSheet.panel_id == Panel.id)
    return set(db.session.scalars(select(Round.id).where(Round.edition_id == edition_id, Round.id.in_(given_out))))


def ranking_of(edition_id: int, round_id: int | None = None) -> list[RankedRow]:
    """Return the ranking of one round, or over all judged rounds by their weights; group by group, best first.

    An entry has a place once every sheet it was given is handed in. Raises NotFound for a foreign round.
    """
    edition = get_edition(edition_id)
    if round_id is None:
        return _overall(edition)
    chosen = db.session.get(Round, round_id)
    if chosen is None or chosen.edition_id != edition_id:
        raise NotFound
    return _of_units(edition) if chosen.kind == "screening" else _of_panels(edition, chosen)


def _of_panels(edition: Edition, chosen: Round) -> list[RankedRow]:
    read = _reader(edition)
    entries: dict[int, _Scored] = {}
    seats: dict[Group, dict[Any, str]] = {}
    for row in db.session.execute(_sheets(edition, [chosen.id])):
        scored = entries.setdefault(row.entry_id, read(row))
        # A judge who sits on two panels of one round has a column for each.
        seat = (row.name_key, row.judge_id, row.panel_id)
        seats.setdefault(scored.group, {})[seat] = row.full_name
        scored.assigned += 1
        scored.submitted += row.status == "submitted"
        scored.given[seat] = row.total if row.status == "submitted" else None
    for scored in entries.values():
        scored.score = _whole_mean(scored.given.values())
    rows: list[RankedRow] = []
    for group, members in _by_group(entries.values()):
        keys = sorted(seats[group])
        rows += _rank(group, members, keys, tuple(seats[group][key] for key in keys))
    return rows


def _of_units(edition: Edition) -> list[RankedRow]:
    query = _entries(edition, [ScreeningResult.score])
    query = query.join(ScreeningResult, ScreeningResult.entry_id == Entry.id).where(
        ScreeningResult.score.is_not(None),
        Entry.status.in_((Status.SCREENED, Status.FORWARDED, Status.NOT_FORWARDED, Status.SCORED)),
    )
    read = _reader(edition)
    scored = []
    for row in db.session.execute(query):
        one = read(row)
        one.given, one.score = {"unit": row.score}, Fraction(row.score)
        one.assigned = one.submitted = 1
        scored.append(one)
    column = (_("Đơn vị sơ khảo"),)
    return [line for group, members in _by_group(scored) for line in _rank(group, members, ["unit"], column)]


def _overall(edition: Edition) -> list[RankedRow]:
    rounds = list(
        db.session.scalars(
            select(Round).where(Round.edition_id == edition.id, Round.kind.in_(SCORED_KINDS)).order_by(Round.position)
        )
    )
    entries, by_round = _gather_rounds(edition, [r.id for r in rounds])
    held = [r for r in rounds if any(r.id in means for means in by_round.values())]
    weights = {r.id: r.weight for r in held}
    for entry_id, scored in entries.items():
        means = {round_id: mean for round_id, mean in by_round[entry_id].items() if mean is not None}
        scored.score = weighted(means, weights)
        scored.given = {round_id: shown(mean) for round_id, mean in means.items()}
    names = tuple(local_name(r) for r in held)
    keys = [r.id for r in held]
    return [line for group, members in _by_group(entries.values()) for line in _rank(group, members, keys, names)]


def _gather_rounds(
    edition: Edition, round_ids: list[int]
) -> tuple[dict[int, _Scored], dict[int, dict[int, Fraction | None]]]:
    read = _reader(edition)
    entries: dict[int, _Scored] = {}
    totals: dict[int, dict[int, list[Decimal | None]]] = {}
    for row in db.session.execute(_sheets(edition, round_ids)):
        scored = entries.setdefault(row.entry_id, read(row))
        done = row.status == "submitted"
        scored.assigned += 1
        scored.submitted += done
        totals.setdefault(row.entry_id, {}).setdefault(row.round_id, []).append(row.total if done else None)
    return entries, {e: {r: _whole_mean(given) for r, given in rounds.items()} for e, rounds in totals.items()}


def _whole_mean(totals: Iterable[Decimal | None]) -> Fraction | None:
    given = list(totals)
    return None if None in given else mean_of(total for total in given if total is not None)


def _rank(group: Group, members: list[_Scored], keys: list[Any], columns: tuple[str, ...]) -> list[RankedRow]:
    return [
        RankedRow(
            group=group[2],
            group_code=group[1],
            place=place,
            reference=one.reference,
            title=one.title,
            school=one.school,
            unit=one.unit,
            columns=columns,
            totals=tuple(one.given.get(key) for key in keys),
            mean=shown(one.score),
            assigned=one.assigned,
            submitted=one.submitted,
        )
        for place, one in ranked(members, lambda one: one.score, lambda one: sort_key(one.title) + one.reference)
    ]


def _by_group(scored: Iterable[_Scored]) -> list[tuple[Group, list[_Scored]]]:
    groups: dict[Group, list[_Scored]] = {}
    for one in scored:
        groups.setdefault(one.group, []).append(one)
    return sorted(groups.items(), key=lambda item: item[0])


def _reader(edition: Edition) -> Callable[[Any], _Scored]:
    grouping = str(rulebook_of(edition).grouping)

    def read(row: Any) -> _Scored:
        values = row._mapping
        name, position = values[f"{grouping}_name"], values[f"{grouping}_position"]
        group = (LAST if position is None else position, values[f"{grouping}_code"] or "", name or _("Chưa xếp nhóm"))
        return _Scored(row.reference, row.title, row.school or "", row.unit or "", group)

    return read


def _entries(edition: Edition, more: list[Any]) -> Any:
    return (
        select(
            Entry.id.label("entry_id"),
            Entry.reference,
            Entry.title,
            School.name.label("school"),
            Unit.name.label("unit"),
            Division.code.label("division_code"),
            local_name(Division).label("division_name"),
            Division.position.label("division_position"),
            Field.code.label("field_code"),
            local_name(Field).label("field_name"),
            Field.position.label("field_position"),
            *more,
        )
        .select_from(Entry)
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Unit, Unit.id == Entry.unit_id)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .where(Entry.edition_id == edition.id)
    )


def _sheets(edition: Edition, round_ids: list[int]) -> Any:
    sheet = [Panel.round_id, ScoreSheet.panel_id, ScoreSheet.status, ScoreSheet.total, ScoreSheet.judge_id]
    return (
        _entries(edition, [*sheet, User.full_name, User.name_key])
        .join(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .join(Panel, Panel.id == ScoreSheet.panel_id)
        .join(User, User.id == ScoreSheet.judge_id)
        .where(Panel.round_id.in_(round_ids), Entry.status.in_((base_status(edition), Status.SCORED)))
        .order_by(ScoreSheet.id)
    )


__all__ = ["RankedRow", "editions_for", "get_edition", "ranking_of", "rounds_begun"]
