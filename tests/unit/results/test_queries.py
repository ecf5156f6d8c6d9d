"""Rankings as the page and the workbook read them, on both databases."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.core.errors import NotFound
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.results.queries import RankedRow, editions_for, ranking_of
from tests.counting import counted_statements
from tests.factories.judging import assign_all, make_judge, make_panel, round_of, score, sheet_for
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry
from tests.factories.screening import YOUTH, organiser, unit_entry


def provincial(code: str = YOUTH, round_code: str = "provincial") -> list[RankedRow]:
    """Return the ranking of one round."""
    edition = get_edition(code)
    return ranking_of(edition.id, round_of(edition, round_code).id)


def judged(
    points: dict[str, list[tuple[str, str, str, str] | None]], field: str = "green", number: int = 3
) -> list[Any]:
    """Make a panel of judges who give each title these points; None leaves a sheet open."""
    judges = [make_judge(full_name=f"Giám khảo {letter}") for letter in "ABCDE"[:number]]
    entries = {title: unit_entry(status=Status.FORWARDED, title=title, field=field) for title in points}
    panel = make_panel(judges, group=field)
    assign_all(panel)
    for title, sheets in points.items():
        for judge, given_points in zip(judges, sheets, strict=True):
            if given_points is not None:
                score(judge, sheet_for(panel, entries[title], judge).token, *given_points)
    return judges


def _sheet(total: int) -> tuple[str, str, str, str]:
    first = min(total, 40)
    second = min(total - first, 15)
    third = min(total - first - second, 30)
    return str(first), str(second), str(third), str(total - first - second - third)


def test_the_plain_mean_of_judges_decides_and_equal_ones_share_a_place(app: Flask) -> None:
    judged(
        {
            "Bình": [_sheet(70), _sheet(80), _sheet(90)],
            "An": [_sheet(80), _sheet(80), _sheet(80)],
            "Chi": [_sheet(90), _sheet(95), _sheet(100)],
            "Dung": [_sheet(50), _sheet(50), _sheet(51)],
        }
    )
    rows = provincial()
    assert [(row.place, row.title, row.mean) for row in rows] == [
        (1, "Chi", Decimal("95.00")),
        (2, "An", Decimal("80.00")),
        (2, "Bình", Decimal("80.00")),
        (4, "Dung", Decimal("50.33")),
    ]
    assert rows[2].columns == ("Giám khảo A", "Giám khảo B", "Giám khảo C")
    assert rows[2].totals == (Decimal(70), Decimal(80), Decimal(90))
    assert {(row.group, row.unit, row.assigned, row.submitted, row.missing) for row in rows} == {
        ("Sản phẩm thân thiện với môi trường", "Huyện Lạng Giang", 3, 3, 0)
    }


def test_an_entry_with_an_open_sheet_has_no_place_yet(app: Flask) -> None:
    judged({"An": [_sheet(50), _sheet(60)], "Bình": [_sheet(100), None], "Chi": [None, None]}, number=2)
    rows = provincial()
    assert [(row.place, row.title, row.mean, row.missing) for row in rows] == [
        (1, "An", Decimal("55.00"), 0),
        (None, "Bình", None, 1),
        (None, "Chi", None, 2),
    ]
    assert rows[1].totals == (Decimal(100), None)


def test_each_field_has_its_own_places_and_judges(app: Flask) -> None:
    judged({"An": [_sheet(50)]}, field="green", number=1)
    judged({"Bình": [_sheet(40), _sheet(40)], "Chi": [_sheet(60), _sheet(40)]}, field="learning", number=2)
    assert [(row.group_code, row.place, row.title, len(row.columns)) for row in provincial()] == [
        ("learning", 1, "Chi", 2),
        ("learning", 2, "Bình", 2),
        ("green", 1, "An", 1),
    ]


def test_two_judges_of_one_name_have_two_columns(app: Flask) -> None:
    judges = [make_judge(full_name="Nguyễn Văn An") for _ in range(2)]
    unit_entry(status=Status.FORWARDED)
    by_id = {judge.id: judge for judge in judges}
    for sheet in assign_all(make_panel(judges)):
        score(by_id[sheet.judge_id], sheet.token, *_sheet(50))
    (row,) = provincial()
    assert row.columns == ("Nguyễn Văn An", "Nguyễn Văn An")
    assert row.totals == (Decimal(50), Decimal(50))


def test_a_withdrawn_entry_leaves_the_ranking(app: Flask) -> None:
    judge = make_judge()
    entries = [unit_entry(status=Status.FORWARDED, title=title) for title in ("An", "Bình")]
    panel = make_panel([judge])
    assign_all(panel)
    for entry, total in zip(entries, (90, 80), strict=True):
        score(judge, sheet_for(panel, entry, judge).token, *_sheet(total))
    move_entry(SYSTEM, entries[0], Status.WITHDRAWN)
    assert [(row.place, row.title) for row in provincial()] == [(1, "Bình")]


def test_the_units_scores_can_be_ranked_too(app: Flask) -> None:
    for title, points, status in (("An", "80", Status.SCREENED), ("Bình", "90.5", Status.FORWARDED)):
        unit_entry(status=status, title=title, score=points)
    unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.NOT_FORWARDED, title="Chi", score="80")
    unit_entry(status=Status.SCREENED, title="Dung", score=None)
    unit_entry(status=Status.RECEIVED, title="Em")
    rows = provincial(round_code="unit")
    assert [(row.place, row.title, row.unit, row.mean) for row in rows] == [
        (1, "Bình", "Huyện Lạng Giang", Decimal("90.50")),
        (2, "An", "Huyện Lạng Giang", Decimal("80.00")),
        (2, "Chi", "Huyện Yên Thế", Decimal("80.00")),
    ]
    assert rows[0].columns == ("Đơn vị sơ khảo",)


def test_over_all_rounds_the_weights_count_and_who_missed_one_has_no_place(app: Flask) -> None:
    edition = get_edition("robocon-2024")
    with transaction():
        round_of(edition, "qualifier").weight = Decimal("0.5")
        round_of(edition, "final").weight = Decimal("1.5")
    judge = make_judge("robocon-2024")
    division = edition.divisions[0]
    entries = [make_entry(edition, title=title, division=division) for title in ("An", "Bình", "Chi")]
    first = make_panel([judge], "robocon-2024", "qualifier")
    assign_all(first)
    for entry, tasks in zip(entries, ("80", "60", "90"), strict=True):
        score(judge, sheet_for(first, entry, judge).token, tasks, "0")
    final = make_panel([judge], "robocon-2024", "final")
    assign_all(final, entries[:2])
    for entry, run in zip(entries[:2], ("40", "60"), strict=True):
        score(judge, sheet_for(final, entry, judge).token, "0", run, "0")
    rows = ranking_of(edition.id)
    assert [(row.place, row.title, row.totals, row.mean) for row in rows] == [
        (1, "Bình", (Decimal(60), Decimal(60)), Decimal("60.00")),
        (2, "An", (Decimal(80), Decimal(40)), Decimal("50.00")),
        (None, "Chi", (Decimal(90), None), None),
    ]
    assert rows[0].columns == ("Vòng loại trực tuyến", "Vòng chung kết")
    assert [row.title for row in provincial("robocon-2024", "qualifier")] == ["Chi", "An", "Bình"]


def test_a_round_of_another_edition_is_not_found(app: Flask) -> None:
    youth, robocon = get_edition(YOUTH), get_edition("robocon-2024")
    for edition_id, round_id in ((youth.id, robocon.rounds[0].id), (youth.id, 999_999), (999_999, None)):
        with pytest.raises(NotFound):
            ranking_of(edition_id, round_id)
    assert ranking_of(youth.id) == []


def test_only_organisers_and_auditors_have_editions_here(app: Flask) -> None:
    youth = get_edition(YOUTH)
    assert [edition.code for edition in editions_for(organiser(youth))] == [YOUTH]
    assert {edition.code for edition in editions_for(actor_for(make_user(Role.AUDITOR)))} >= {YOUTH, "robocon-2024"}
    for role in (Role.JUDGE, Role.ADMINISTRATOR):
        assert editions_for(actor_for(make_user(role))) == []
    school = actor_for(make_user(Role.SCHOOL, school=make_school()))
    assert editions_for(school) == []


def test_a_ranking_asks_as_much_for_many_entries_as_for_one(app: Flask) -> None:
    judge = make_judge()
    panel = make_panel([judge])
    edition = get_edition(YOUTH)
    round_id = panel.round_id
    sent = []
    for more in (1, 2, 27):
        entries = [unit_entry(status=Status.SCREENED, people=[]) for _ in range(more)]
        with transaction():
            for entry in entries:
                entry.status = Status.FORWARDED
        assign_all(panel, entries)
        with counted_statements() as statements:
            rows = ranking_of(edition.id, round_id)
        sent.append(len(statements))
    assert len(rows) == 30
    assert sent[0] == sent[1] == sent[2] == 1
