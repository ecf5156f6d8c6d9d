"""How a unit's entries stand, and how ties across the quota line are decided, on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import EditionUnit
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.audit import first_broken
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import history_of
from contest_portal.registration.status import Status
from contest_portal.screening.round.models import TieDecision
from contest_portal.screening.round.standings import Standings, standings_of
from contest_portal.screening.round.ties import decide_tie
from contest_portal.screening.services import Decision, Verdict, decide, record_result
from tests.counting import counted_statements
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.screening import (
    YOUTH,
    coordinator_of,
    make_screener,
    set_quota,
    set_round,
    unit_entry,
    write_sheet,
)


def _standings(edition_unit: EditionUnit) -> Standings:
    return standings_of(get_edition(YOUTH), edition_unit)


def _tied(*scores: str, quota: int | None = None) -> tuple[EditionUnit, list[str]]:
    """Make screened entries with these scores; return the unit and their references."""
    unit = unit_of(YOUTH)
    references = [unit_entry(unit, Status.SCREENED, score=score).reference for score in scores]
    return set_quota(unit, quota), references


def test_standings_tell_places_lines_prizes_and_each_sheet(app: Flask) -> None:
    unit = unit_of(YOUTH)
    best, worse, below = (unit_entry(unit, Status.SCREENED, score=score) for score in ("90", "80", "40"))
    unscored, _submitted = unit_entry(unit, Status.RECEIVED), unit_entry(unit, Status.SUBMITTED)
    set_round(unit, prizes=[{"name": "Giải nhất", "quantity": 1}], pass_mark=Decimal(50))
    seat = make_screener(unit)
    write_sheet(best, seat, {"new": "30", "use": "30"})
    write_sheet(worse, seat, {"new": "3"}, submitted=False)
    found = _standings(set_quota(unit, 2))
    assert [(row.reference, row.place, row.above, row.passes, row.proposed) for row in found.rows] == [
        (best.reference, 1, True, True, "Giải nhất"),
        (worse.reference, 2, True, True, None),
        (below.reference, 3, False, False, None),
        (unscored.reference, None, False, True, None),
    ]
    assert [row.sheets for row in found.rows] == [{seat.id: Decimal(60)}, {}, {}, {}]
    assert found.screeners == ((seat.id, seat.full_name),)
    assert (found.quota, found.left, found.pass_mark) == (2, 2, Decimal(50))
    assert found.first == [best.reference, worse.reference]


def test_another_units_entries_are_not_in_the_standings(app: Flask) -> None:
    edition_unit, (mine,) = _tied("80")
    unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.SCREENED, score="80")
    found = _standings(edition_unit)
    assert ([row.reference for row in found.rows], found.ranking.ties) == ([mine], ())


def test_the_first_n_leaves_out_an_undecided_tie_and_what_was_forwarded(app: Flask) -> None:
    edition_unit, (best, one, two) = _tied("90", "80", "80", quota=2)
    assert _standings(edition_unit).first == [best]
    assert [set(tie.references) for tie in _standings(edition_unit).open_ties] == [{one, two}]
    decide(SYSTEM, edition_unit, [best], Decision.FORWARD)
    decide_tie(SYSTEM, get_edition(YOUTH), edition_unit, [two, one], "Tính mới cao hơn")
    assert _standings(edition_unit).first == [two]
    assert _standings(edition_unit).open_ties == []


def test_a_part_of_an_undecided_tie_is_not_forwarded_where_the_rest_has_no_room(app: Flask) -> None:
    edition_unit, (best, one, two) = _tied("90", "80", "80", quota=2)
    actor = coordinator_of(unit_of(YOUTH))
    with pytest.raises(Invalid) as refused:
        decide(actor, edition_unit, [best, one], Decision.FORWARD)
    assert "cùng 80 điểm" in str(refused.value)
    assert "trang Xếp hạng" in str(refused.value)
    decide(actor, edition_unit, [best], Decision.FORWARD)
    with pytest.raises(Invalid):
        decide(actor, edition_unit, [two], Decision.FORWARD)
    decide_tie(actor, get_edition(YOUTH), edition_unit, [two, one], "Tính mới cao hơn")
    decide(actor, edition_unit, [two], Decision.FORWARD)
    assert [row.reference for row in _standings(edition_unit).rows if row.forwarded] == [best, two]


def test_a_result_with_its_decision_meets_the_same_rule(app: Flask) -> None:
    edition_unit, _references = _tied("80", quota=1)
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Invalid):
        record_result(SYSTEM, entry, Verdict(clock.today(), Decimal(80), decision=Decision.FORWARD))
    assert [row.score for row in _standings(edition_unit).rows] == [Decimal(80), None]


def test_a_tie_with_room_for_all_needs_no_decision(app: Flask) -> None:
    edition_unit, (one, two) = _tied("80", "80", quota=2)
    decide(SYSTEM, edition_unit, [one], Decision.FORWARD)
    decide(SYSTEM, edition_unit, [two], Decision.FORWARD)
    assert _standings(edition_unit).left == 0


def test_a_decision_is_kept_with_who_when_and_why(app: Flask) -> None:
    edition_unit, (one, two) = _tied("80", "80", quota=1)
    actor = coordinator_of(unit_of(YOUTH), full_name="Trần Thị Phối")
    row = decide_tie(actor, get_edition(YOUTH), edition_unit, [two, one], "  Tính mới   cao hơn ")
    assert (row.ordered, row.reason, row.score) == ([two, one], "Tính mới cao hơn", Decimal(80))
    assert (row.recorded_by, row.actor_name) == (actor.user_id, "Trần Thị Phối")
    found = _standings(edition_unit)
    assert [(r.reference, r.place) for r in found.rows] == [(two, 1), (one, 2)]
    entry_event = history_of(db.session.get_one(Entry, found.rows[1].entry_id))[-1]
    assert (entry_event.kind, entry_event.details, entry_event.reason) == ("tie", {"place": 2}, None)
    decide_tie(actor, get_edition(YOUTH), edition_unit, [one, two], "Xem lại phiếu")
    assert [r.reference for r in _standings(edition_unit).rows] == [one, two]
    assert [d.reason for d in _standings(edition_unit).decisions] == ["Tính mới cao hơn", "Xem lại phiếu"]
    assert first_broken() is None


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_decision_is_never_changed_nor_removed(app: Flask, change: str) -> None:
    edition_unit, (one, two) = _tied("80", "80")
    decide_tie(SYSTEM, get_edition(YOUTH), edition_unit, [two, one], "Tính mới")
    statement = delete(TieDecision) if change == "delete" else update(TieDecision).values(reason="Khác")
    with pytest.raises(DatabaseError), transaction():
        db.session.execute(statement)


def test_a_tie_is_decided_with_a_reason_and_not_tomorrow(app: Flask) -> None:
    edition_unit, (one, two) = _tied("80", "80")
    edition, tomorrow = get_edition(YOUTH), clock.today() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        decide_tie(SYSTEM, edition, edition_unit, [two, one], " ", tomorrow)
    assert [p.field for p in refused.value.problems] == ["reason", "decided_on"]


def test_only_exactly_the_tied_entries_are_put_in_order(app: Flask) -> None:
    edition_unit, (one, two, other) = _tied("80", "80", "70")
    for ordered in ([one], [one, one], [one, two, other], [one, other], [other], [], ["TN24-000000"]):
        with pytest.raises(Conflict):
            decide_tie(SYSTEM, get_edition(YOUTH), edition_unit, ordered, "Vì thế")
    assert _standings(edition_unit).decisions == ()


def test_a_tie_of_which_a_part_was_forwarded_keeps_its_order(app: Flask) -> None:
    edition_unit, (one, two) = _tied("80", "80", quota=1)
    decide_tie(SYSTEM, get_edition(YOUTH), edition_unit, [two, one], "Tính mới")
    decide(SYSTEM, edition_unit, [two], Decision.FORWARD)
    with pytest.raises(Conflict) as refused:
        decide_tie(SYSTEM, get_edition(YOUTH), edition_unit, [one, two], "Nghĩ lại")
    assert two in str(refused.value)


def test_a_changed_score_voids_the_decision_and_the_standings_say_so(app: Flask) -> None:
    edition_unit, (one, two) = _tied("80", "80", quota=1)
    decide_tie(SYSTEM, get_edition(YOUTH), edition_unit, [two, one], "Tính mới")
    entry = next(e for e in db.session.scalars(select(Entry)) if e.reference == one)
    record_result(SYSTEM, entry, Verdict(clock.today(), Decimal(81)), version=1)
    found = _standings(edition_unit)
    assert [(void.decision.ordered, void.why) for void in found.ranking.void] == [((two, one), "moved")]
    assert [row.reference for row in found.rows] == [one, two]


def test_only_whoever_acts_for_the_unit_decides(app: Flask) -> None:
    edition_unit, (one, two) = _tied("80", "80")
    edition = get_edition(YOUTH)
    with pytest.raises(NotFound):
        decide_tie(coordinator_of(unit_of(YOUTH, "Huyện Yên Thế")), edition, edition_unit, [one, two], "Tính mới")
    with pytest.raises(NotAllowed):
        decide_tie(actor_for(make_user(Role.AUDITOR)), edition, edition_unit, [one, two], "Tính mới")


def test_within_groups_each_field_has_its_own_places(app: Flask) -> None:
    unit = unit_of(YOUTH)
    first, second = unit_entry(unit, Status.SCREENED, score="80"), unit_entry(unit, Status.SCREENED, score="70")
    other = unit_entry(unit, Status.SCREENED, score="75", field="software")
    set_round(unit, rank_within="group", marking="agreed")
    found = _standings(set_quota(unit, 1))
    assert {row.reference: row.place for row in found.rows} == {
        first.reference: 1,
        second.reference: 2,
        other.reference: 1,
    }
    assert (found.within, found.first) == ("group", [])


def test_standings_ask_as_much_for_many_as_for_one(app: Flask) -> None:
    unit, school = unit_of(YOUTH), make_school(unit=unit_of(YOUTH))
    numbers = []
    for more in (1, 2, 57):
        for number in range(more):
            unit_entry(unit, Status.SCREENED, school=school, people=[], score=str(number))
        edition_unit, edition = set_quota(unit, 5), get_edition(YOUTH)
        assert edition_unit.unit_id
        with counted_statements() as sent:
            standings_of(edition, edition_unit)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] == numbers[2]
