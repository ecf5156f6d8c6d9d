"""Panels and assignments, on both databases."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition, get_edition_with_rules
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.judging.queries import eligible_entries, get_panel, judge_candidates, list_panels, scored_rounds
from contest_portal.judging.services import NewPanel, assign, change_judges, create_panel, remove_assignment
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.status import Status
from tests.factories.judging import assign_all, make_judge, make_panel, round_of, score, sheet_for
from tests.factories.people import actor_for, make_user
from tests.factories.registration import make_entry
from tests.factories.screening import YOUTH, organiser, unit_entry


def test_a_panel_sits_judges_of_the_edition(app: Flask) -> None:
    judges = [make_judge(full_name=name) for name in ("Trần Bình", "Lê An")]
    panel = make_panel(judges, group="green")
    assert (panel.round.code, panel.field.code if panel.field else None) == ("provincial", "green")
    assert [seat.user_id for seat in panel.judges] == [judge.id for judge in judges]


def test_the_same_form_sent_twice_makes_one_panel(app: Flask) -> None:
    edition, token = get_edition_with_rules(YOUTH), uuid.uuid4().hex
    new = NewPanel(round_of(edition, "provincial"), "Hội đồng A")
    first, second = (create_panel(SYSTEM, edition, new, once_token=token) for _ in range(2))
    assert first.id == second.id
    assert db.session.scalar(select(func.count()).select_from(Panel)) == 1


def test_candidates_hold_a_judges_post_that_covers_the_edition(app: Flask) -> None:
    youth, everywhere = make_judge(full_name="Lê An"), make_judge(None, full_name="Trần Bình")
    make_judge("robocon-2024")
    make_user(Role.ORGANISER)
    assert [user.id for user in judge_candidates(get_edition(YOUTH).id)] == [youth.id, everywhere.id]


def test_who_is_no_judge_of_the_edition_has_no_seat(app: Flask) -> None:
    with pytest.raises(Invalid) as refused:
        make_panel([make_judge("robocon-2024")])
    assert [problem.field for problem in refused.value.problems] == ["judges"]
    assert db.session.scalar(select(func.count()).select_from(Panel)) == 0


def test_a_units_round_and_another_editions_round_have_no_panel(app: Flask) -> None:
    edition = get_edition_with_rules(YOUTH)
    assert [r.code for r in scored_rounds(edition)] == ["provincial"]
    for round_ in (round_of(edition, "unit"), round_of(get_edition("robocon-2024"), "final")):
        with pytest.raises(Invalid):
            create_panel(SYSTEM, edition, NewPanel(round_, "Hội đồng"))
    with pytest.raises(Invalid):
        create_panel(SYSTEM, edition, NewPanel(round_of(edition, "provincial"), "   "))


def test_only_organisers_of_the_edition_make_panels(app: Flask) -> None:
    edition = get_edition_with_rules(YOUTH)
    new = NewPanel(round_of(edition, "provincial"), "Hội đồng")
    with pytest.raises(NotAllowed):
        create_panel(actor_for(make_user(Role.AUDITOR)), edition, new)
    for stranger in (organiser(get_edition("robocon-2024")), actor_for(make_judge())):
        with pytest.raises(NotFound):
            create_panel(stranger, edition, new)
    panel = create_panel(organiser(edition), edition, new)
    with pytest.raises(NotFound):
        get_panel(organiser(get_edition("robocon-2024")), panel.id)


def test_only_forwarded_works_of_the_field_are_eligible(app: Flask) -> None:
    panel = make_panel([make_judge()], group="green")
    eligible = unit_entry(status=Status.FORWARDED, field="green")
    unit_entry(status=Status.FORWARDED, field="software")
    for status in (Status.SUBMITTED, Status.SCREENED, Status.NOT_FORWARDED):
        unit_entry(status=status, field="green")
    assert eligible_entries(panel) == {eligible.reference: eligible.id}


def test_without_a_unit_round_submitted_entries_are_eligible(app: Flask) -> None:
    edition = get_edition("robocon-2024")
    divisions = {division.code: division for division in edition.divisions}
    codes = sorted(divisions)
    entry = make_entry(edition, division=divisions[codes[0]])
    make_entry(edition, division=divisions[codes[1]])
    make_entry(edition, division=divisions[codes[0]], status=Status.DRAFT)
    panel = make_panel([make_judge("robocon-2024")], "robocon-2024", "qualifier", group=codes[0])
    assert eligible_entries(panel) == {entry.reference: entry.id}


def test_a_later_round_also_takes_what_was_scored_before(app: Flask) -> None:
    judge = make_judge("robocon-2024")
    entry = make_entry("robocon-2024")
    first = make_panel([judge], "robocon-2024", "qualifier")
    (sheet,) = assign_all(first)
    score(judge, sheet.token, "60", "5")
    final = make_panel([judge], "robocon-2024", "final")
    assert eligible_entries(first) == {}
    assert eligible_entries(final) == {entry.reference: entry.id}


def test_every_judge_gets_every_entry_once(app: Flask) -> None:
    judges = [make_judge() for _ in range(3)]
    entries = [unit_entry(status=Status.FORWARDED) for _ in range(2)]
    panel = make_panel(judges)
    assert assign(SYSTEM, panel) == 6
    assert assign(SYSTEM, panel) == 0
    rows = db.session.execute(select(ScoreSheet.entry_id, ScoreSheet.judge_id, ScoreSheet.status)).all()
    assert {tuple(row) for row in rows} == {(e.id, j.id, "assigned") for e in entries for j in judges}


def test_chosen_entries_go_to_chosen_judges(app: Flask) -> None:
    judges = [make_judge() for _ in range(2)]
    entries = [unit_entry(status=Status.FORWARDED) for _ in range(3)]
    panel = make_panel(judges)
    assert assign(SYSTEM, panel, references=[entries[0].reference], judge_ids=[judges[1].id]) == 1
    assert sheet_for(panel, entries[0], judges[1]).status == "assigned"
    assert assign(SYSTEM, panel) == 5


def test_sheets_tell_nothing_by_id_number_token_or_time(app: Flask) -> None:
    entries = [unit_entry(status=Status.FORWARDED) for _ in range(12)]
    panel = make_panel([make_judge()])
    sheets = assign_all(panel, seed=7)
    order = [sheet.entry_id for sheet in sheets]
    assert sorted(order) == sorted(entry.id for entry in entries)
    assert order != sorted(order)
    numbers = [sheet.number for sheet in sorted(sheets, key=lambda sheet: sheet.entry_id)]
    assert numbers != sorted(numbers)
    assert len(set(numbers)) == 12
    assert len({sheet.assigned_at for sheet in sheets}) == 1
    assert {len(sheet.token) for sheet in sheets} == {22}


def test_a_reference_that_is_not_the_panels_is_named(app: Flask) -> None:
    panel = make_panel([make_judge()], group="green")
    foreign = unit_entry(status=Status.FORWARDED, field="software")
    with pytest.raises(Invalid) as refused:
        assign(SYSTEM, panel, references=[foreign.reference, "TN24-XXXXXX"])
    assert foreign.reference in str(refused.value)
    assert "TN24-XXXXXX" in str(refused.value)


@pytest.mark.parametrize("judge_ids", [[], [999_999]])
def test_nobody_or_a_stranger_is_given_nothing(app: Flask, judge_ids: list[int]) -> None:
    unit_entry(status=Status.FORWARDED)
    panel = make_panel([make_judge()])
    with pytest.raises(Invalid) as refused:
        assign(SYSTEM, panel, judge_ids=judge_ids)
    assert [problem.field for problem in refused.value.problems] == ["judges"]


def test_without_an_eligible_entry_there_is_nothing_to_assign(app: Flask) -> None:
    with pytest.raises(Invalid):
        assign(SYSTEM, make_panel([make_judge()]))


@pytest.mark.parametrize("checked", [True, False])
def test_what_has_to_be_mended_or_is_out_is_not_judged(app: Flask, checked: bool) -> None:
    entries = {state: unit_entry(status=Status.FORWARDED) for state in CheckState}
    edition = get_edition(YOUTH)
    with transaction():
        edition.rules = {**edition.rules, "document_check": checked}
        for state, entry in entries.items():
            entry.check_state = state
    offered = set(eligible_entries(get_panel(SYSTEM, make_panel([make_judge()]).id)))
    judged = (CheckState.PENDING, CheckState.ELIGIBLE) if checked else tuple(CheckState)
    assert offered == {entries[state].reference for state in judged}


def test_an_assignment_nobody_began_is_removed_and_a_begun_one_stays(app: Flask) -> None:
    judge = make_judge()
    entries = [unit_entry(status=Status.FORWARDED) for _ in range(2)]
    panel = make_panel([judge])
    assign_all(panel)
    fresh, begun = (sheet_for(panel, entry, judge) for entry in entries)
    score(judge, begun.token, "10", None, None, None, submit=False)
    remove_assignment(SYSTEM, panel, fresh)
    with pytest.raises(Conflict):
        remove_assignment(SYSTEM, panel, sheet_for(panel, entries[1], judge))
    assert db.session.scalars(select(ScoreSheet.id)).all() == [begun.id]
    with pytest.raises(NotAllowed):
        remove_assignment(actor_for(make_user(Role.AUDITOR)), panel, begun)


def test_removing_the_last_open_sheet_leaves_the_entry_scored(app: Flask) -> None:
    judges = [make_judge() for _ in range(2)]
    entry = unit_entry(status=Status.FORWARDED)
    panel = make_panel(judges)
    assign_all(panel)
    score(judges[0], sheet_for(panel, entry, judges[0]).token, "30", "10", "20", "10")
    assert entry.status == Status.FORWARDED
    remove_assignment(SYSTEM, panel, sheet_for(panel, entry, judges[1]))
    assert entry.status == Status.SCORED


def test_judges_come_and_go_while_they_have_no_sheets(app: Flask) -> None:
    first, second, third = (make_judge() for _ in range(3))
    unit_entry(status=Status.FORWARDED)
    panel = make_panel([first, second])
    change_judges(SYSTEM, panel, [second.id, third.id])
    panel = get_panel(SYSTEM, panel.id)
    assert {seat.user_id for seat in panel.judges} == {second.id, third.id}
    assign_all(panel)
    with pytest.raises(Invalid) as refused:
        change_judges(SYSTEM, get_panel(SYSTEM, panel.id), [third.id])
    assert "hãy gỡ phân công trước" in str(refused.value)
    assert {seat.user_id for seat in get_panel(SYSTEM, panel.id).judges} == {second.id, third.id}


def test_progress_is_counted_judge_by_judge(app: Flask) -> None:
    judges = [make_judge(full_name=name) for name in ("Lê An", "Trần Bình")]
    entries = [unit_entry(status=Status.FORWARDED) for _ in range(3)]
    panel = make_panel(judges)
    assign_all(panel)
    score(judges[0], sheet_for(panel, entries[0], judges[0]).token, "30", "10", "20", "10")
    score(judges[0], sheet_for(panel, entries[1], judges[0]).token, "30", None, None, None, submit=False)
    (row,) = list_panels(get_edition(YOUTH).id).items
    assert (row.whole.total, row.whole.draft, row.whole.submitted) == (6, 1, 1)
    counted = [(user.full_name, p.total, p.draft, p.submitted) for user, p in row.judges]
    assert counted == [("Lê An", 3, 1, 1), ("Trần Bình", 3, 0, 0)]
