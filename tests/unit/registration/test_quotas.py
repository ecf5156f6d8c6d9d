"""How many entries a unit may register: by hand, by list, and beside what others of the unit have handed in."""

from dataclasses import replace
from datetime import date

import pytest

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.eligibility import EntryFacts, PersonFacts, check_entry
from contest_portal.contests.presets import load_preset
from contest_portal.core.database import transaction
from contest_portal.core.errors import Invalid
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.imports import ImportPlan, apply_plan, plan_import
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import count_by_unit, count_unit_entries
from contest_portal.registration.services import submit_entry, withdraw_entry
from contest_portal.registration.tables import read_tables
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry
from tests.factories.workbooks import team, teams
from tests.unit.registration.conftest import Stage

DAY = date(2024, 5, 20)


def limit(stage: Stage, most: int) -> None:
    """Let each unit register so many entries."""
    with transaction():
        stage.edition.rules = {**stage.edition.rules, "unit_quota": most}


def planned(stage: Stage, *numbers: int) -> ImportPlan:
    """Plan a list of teams, all of one unit."""
    tables = read_tables(read_workbook(teams(*[team(number) for number in numbers])))
    return plan_import(SYSTEM, stage.edition, tables, effective=DAY)


def refused(plan: ImportPlan) -> list[int]:
    """Return the rows that are kept out."""
    return [row.parsed.row for row in plan.rows if row.rejected]


def test_the_rule_counts_the_others_of_the_unit() -> None:
    rules = replace(load_preset("technical").editions[0].rules, unit_quota=3)
    facts = EntryFacts((PersonFacts("author", "Vũ Thảo Nga"),), field="health", unit="217", unit_entries=2)
    assert check_entry(rules, facts, on=DAY) == []
    (problem,) = check_entry(rules, replace(facts, unit_entries=3), on=DAY)
    assert (problem.rule, problem.field, problem.value) == ("unit_quota", "unit", "3")
    assert "thể lệ cho nhiều nhất 3" in str(problem.message)


def test_a_unit_hands_in_as_many_as_the_rules_say(stage: Stage) -> None:
    limit(stage, 1)
    other = make_school("Trường THCS Hương Lạc", unit_of(stage.edition))
    first = make_entry(stage.edition, school=other)
    entry = stage.ready()
    with pytest.raises(Invalid) as refusal:
        submit_entry(stage.teacher, entry, declared=True)
    assert [problem.rule for problem in refusal.value.problems] == ["unit_quota"]  # type: ignore[attr-defined]
    withdraw_entry(actor_for(make_user(Role.SCHOOL, school=other)), first, reason="Nhường trường bạn")
    assert submit_entry(stage.teacher, entry, declared=True) is True


def test_other_units_and_drafts_do_not_count(stage: Stage) -> None:
    limit(stage, 1)
    make_entry(stage.edition, school=make_school(unit=unit_of(stage.edition, "Huyện Yên Thế")))
    stage.draft("Bản nháp")
    entry: Entry = stage.ready()
    assert count_unit_entries(entry) == 0
    assert submit_entry(stage.teacher, entry, declared=True) is True
    assert count_unit_entries(entry) == 0
    assert sorted(count_by_unit(stage.edition.id).values()) == [1, 1]


def test_an_entry_without_a_unit_is_counted_for_none(stage: Stage) -> None:
    assert count_unit_entries(make_entry(stage.edition)) == 0


def test_a_list_is_held_to_the_quota_row_by_row(stage: Stage) -> None:
    limit(stage, 2)
    plan = planned(stage, 1, 2, 3)
    assert len(refused(plan)) == 1
    assert refused(plan) == [plan.rows[2].parsed.row]
    assert "thể lệ cho nhiều nhất 2" in str(plan.problems[0].message)


def test_the_same_list_again_is_within_the_quota_it_filled(stage: Stage) -> None:
    limit(stage, 2)
    apply_plan(SYSTEM, planned(stage, 1, 2), file_name="a.xlsx")
    assert refused(planned(stage, 1, 2)) == []
    assert len(refused(planned(stage, 1, 2, 3))) == 1
