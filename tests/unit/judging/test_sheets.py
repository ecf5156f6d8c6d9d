"""A judge's sheet: saved, changed, handed in, locked, opened again; on both databases."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from contest_portal.judging.models import Score, ScoreEvent, ScoreSheet
from contest_portal.judging.queries import get_panel_sheet
from contest_portal.judging.queries_judge import my_panels, my_sheets, next_sheet, open_sheet, subject_of
from contest_portal.judging.services import Marks, reopen_sheet, save_sheet
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import history_of
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from tests.counting import counted_statements
from tests.factories.judging import assign_all, make_judge, make_panel, score, sheet_for
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry
from tests.factories.screening import YOUTH, organiser, unit_entry

FULL = ("30", "10.5", "20", "10")


@pytest.fixture
def judge(app: Flask) -> Any:
    """Return a judge of the youth contest."""
    return make_judge()


@pytest.fixture
def token(judge: Any) -> str:
    """Return the token of the judge's only sheet."""
    unit_entry(status=Status.FORWARDED)
    return assign_all(make_panel([judge]))[0].token


def _events() -> list[tuple[str, Decimal | None, Decimal | None]]:
    rows = db.session.scalars(select(ScoreEvent).order_by(ScoreEvent.id))
    return [(str(event.criterion_id), event.before, event.after) for event in rows]


def test_a_draft_keeps_what_was_given_so_far(judge: Any, token: str) -> None:
    score(judge, token, "30", None, "20.5", None, submit=False, remark="Xem lại mục 2")
    opened = open_sheet(actor_for(judge), token)
    assert [opened.points.get(line.id) for line in opened.lines] == [Decimal(30), None, Decimal("20.5"), None]
    sheet = opened.sheet
    assert (sheet.status, sheet.total, sheet.remark) == ("draft", Decimal("50.5"), "Xem lại mục 2")
    assert sheet.submitted_at is None


def test_every_change_of_a_score_is_written_down(judge: Any, token: str) -> None:
    lines = [str(line.id) for line in open_sheet(actor_for(judge), token).lines]
    score(judge, token, "30", "10", None, None, submit=False)
    score(judge, token, "31", "10", None, None, submit=False)
    score(judge, token, "31", None, "5", None, submit=False)
    assert _events() == [
        (lines[0], None, Decimal(30)),
        (lines[1], None, Decimal(10)),
        (lines[0], Decimal(30), Decimal(31)),
        (lines[1], Decimal(10), None),
        (lines[2], None, Decimal(5)),
    ]
    stored = {str(s.criterion_id): s.points for s in db.session.scalars(select(Score))}
    assert stored == {lines[0]: Decimal(31), lines[2]: Decimal(5)}


def test_saving_the_same_again_writes_nothing(judge: Any, token: str) -> None:
    first = score(judge, token, "30", None, None, None, submit=False).version
    second = score(judge, token, "30", None, None, None, submit=False).version
    assert first == second
    assert len(_events()) == 1


def test_a_change_that_leaves_the_total_still_counts_as_a_version(judge: Any, token: str) -> None:
    before = score(judge, token, "30", "10", None, None, submit=False).version
    after = score(judge, token, "31", "9", None, None, submit=False).version
    assert after == before + 1


@pytest.mark.parametrize("bad", ["-0.5", "40.5", "30.3", "1000000"])
def test_bounds_and_step_hold_on_the_server(judge: Any, token: str, bad: str) -> None:
    opened = open_sheet(actor_for(judge), token)
    with pytest.raises(Invalid) as refused:
        score(judge, token, bad, "10", None, None, submit=False)
    assert [problem.field for problem in refused.value.problems] == [opened.lines[0].field]
    assert db.session.scalar(select(func.count()).select_from(Score)) == 0
    assert _events() == []


def test_what_is_missing_is_named_when_handing_in(judge: Any, token: str) -> None:
    with pytest.raises(Invalid) as refused:
        score(judge, token, "30", None, "20", None)
    assert [str(problem.message) for problem in refused.value.problems] == [
        "Chưa chấm tiêu chí “Nguyên vật liệu, sử dụng năng lượng”.",
        "Chưa chấm tiêu chí “Mỹ thuật, công nghệ, tự động hóa, thông minh”.",
    ]
    assert open_sheet(actor_for(judge), token).sheet.status == "assigned"


def test_a_criterion_of_another_round_is_refused(judge: Any, token: str) -> None:
    opened = open_sheet(actor_for(judge), token)
    foreign = get_edition(YOUTH).rounds[0].criteria[0].id
    with pytest.raises(Invalid):
        save_sheet(actor_for(judge), opened, Marks({foreign: Decimal(1)}, version=1))
    assert _events() == []


def test_handing_in_locks_the_sheet_and_scores_the_entry(judge: Any, token: str) -> None:
    sheet = score(judge, token, *FULL)
    assert (sheet.status, sheet.total) == ("submitted", Decimal("70.5"))
    assert sheet.submitted_at is not None
    entry = db.session.scalars(select(Entry)).one()
    assert entry.status == Status.SCORED
    assert history_of(entry)[-1].status_to == "scored"
    for submit in (True, False):
        with pytest.raises(Conflict):
            score(judge, token, "1", "1", "1", "1", submit=submit)
    assert len(_events()) == 4
    actions = db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id.desc())).first()
    assert actions == "sheet.submitted"


def test_an_entry_is_scored_only_when_every_judge_has_handed_in(judge: Any) -> None:
    other = make_judge()
    entry = unit_entry(status=Status.FORWARDED)
    panel = make_panel([judge, other])
    assign_all(panel)
    score(judge, sheet_for(panel, entry, judge).token, *FULL)
    assert entry.status == Status.FORWARDED
    score(other, sheet_for(panel, entry, other).token, *FULL)
    assert entry.status == Status.SCORED


def test_two_panels_of_one_round_must_both_be_done(judge: Any) -> None:
    other = make_judge()
    entry = unit_entry(status=Status.FORWARDED)
    first, second = make_panel([judge]), make_panel([other], name="Hội đồng 2")
    for panel in (first, second):
        assign_all(panel, [entry])
    score(judge, sheet_for(first, entry, judge).token, *FULL)
    assert entry.status == Status.FORWARDED
    score(other, sheet_for(second, entry, other).token, *FULL)
    assert entry.status == Status.SCORED


def test_nobody_opens_or_saves_anothers_sheet(judge: Any, token: str) -> None:
    opened = open_sheet(actor_for(judge), token)
    for stranger in (make_judge(), make_user(Role.ORGANISER), make_user(Role.ADMINISTRATOR)):
        with pytest.raises(NotFound):
            open_sheet(actor_for(stranger), token)
        with pytest.raises(Conflict):
            save_sheet(actor_for(stranger), opened, Marks({}, "Sửa trộm", opened.sheet.version))
    with pytest.raises(NotFound):
        open_sheet(actor_for(judge), "không-có-phiếu-này")
    assert _events() == []


def test_a_judge_whose_post_ended_or_is_for_another_contest_finds_nothing(judge: Any, token: str) -> None:
    actor = actor_for(judge)
    elsewhere = actor_for(make_judge("robocon-2024"))
    moved = type(actor)(actor.user_id, actor.name, actor.username, elsewhere.posts)
    with pytest.raises(NotFound):
        open_sheet(moved, token)
    assert my_panels(moved) == []
    assert list(my_sheets(moved).items) == []


def test_an_older_version_is_refused_and_changes_nothing(judge: Any, token: str) -> None:
    score(judge, token, "30", None, None, None, submit=False)
    with pytest.raises(Conflict):
        score(judge, token, "5", None, None, None, submit=False, version=1)
    with pytest.raises(Conflict):
        score(judge, token, "5", None, None, None, submit=False, version=None)
    assert db.session.scalars(select(Score.points)).all() == [Decimal(30)]


def test_a_withdrawn_entry_is_not_scored(judge: Any, token: str) -> None:
    entry = db.session.scalars(select(Entry)).one()
    move_entry(SYSTEM, entry, Status.WITHDRAWN)
    with pytest.raises(Conflict):
        score(judge, token, *FULL)


def test_an_organiser_opens_a_sheet_again_with_a_reason(judge: Any, token: str) -> None:
    score(judge, token, *FULL)
    sheet = db.session.scalars(select(ScoreSheet)).one()
    panel = sheet.panel
    for stranger in (judge, make_user(Role.ADMINISTRATOR)):
        with pytest.raises(NotFound):
            reopen_sheet(actor_for(stranger), panel, sheet, "Nhầm")
    with pytest.raises(NotAllowed):
        reopen_sheet(actor_for(make_user(Role.AUDITOR)), panel, sheet, "Nhầm")
    with pytest.raises(Invalid):
        reopen_sheet(organiser(), panel, sheet, " ")
    reopen_sheet(organiser(), panel, sheet, "Giám khảo cộng nhầm")
    entry = db.session.scalars(select(Entry)).one()
    event = history_of(entry)[-1]
    assert (event.status_from, event.status_to, event.reason) == ("scored", "forwarded", "Giám khảo cộng nhầm")
    assert (sheet.status, sheet.submitted_at, sheet.total) == ("draft", None, Decimal("70.5"))
    score(judge, token, "31", *FULL[1:])
    assert entry.status == Status.SCORED
    assert get_panel_sheet(panel, token).total == Decimal("71.5")


def test_a_sheet_that_was_not_handed_in_is_not_opened_again(judge: Any, token: str) -> None:
    sheet = db.session.scalars(select(ScoreSheet)).one()
    with pytest.raises(Conflict):
        reopen_sheet(SYSTEM, sheet.panel, sheet, "Nhầm")


def test_opening_a_final_sheet_again_leaves_the_first_rounds_score(app: Flask) -> None:
    judge = make_judge("robocon-2024")
    entry = make_entry("robocon-2024")
    first = make_panel([judge], "robocon-2024", "qualifier")
    score(judge, assign_all(first)[0].token, "60", "5")
    final = make_panel([judge], "robocon-2024", "final")
    (sheet,) = assign_all(final)
    score(judge, sheet.token, "10", "50", "5")
    reopen_sheet(SYSTEM, final, sheet_for(final, entry, judge), "Nhầm")
    assert entry.status == Status.SCORED


def test_a_blind_round_shows_a_number_and_a_blinded_title_only(judge: Any) -> None:
    school = make_school("Trường THCS Tân Mỹ", unit_of(YOUTH))
    people = [{"role": "author", "full_name": "Nguyễn Văn An"}]
    title = "Cối xay của Nguyễn Văn An, THCS Tân Mỹ, Lạng Giang"
    unit_entry(status=Status.FORWARDED, title=title, school=school, people=people)
    (sheet,) = assign_all(make_panel([judge]))
    opened = open_sheet(actor_for(judge), sheet.token)
    subject = subject_of(opened.sheet)
    assert (subject.number, subject.title) == (sheet.number, "Cối xay của …")
    assert (subject.reference, subject.school, subject.unit, subject.people, subject.summary) == (None,) * 3 + (
        (),
        None,
    )
    assert [row.title for row in my_sheets(actor_for(judge)).items] == ["Cối xay của …"]


def test_an_open_round_shows_the_team(app: Flask) -> None:
    judge = make_judge("robocon-2024")
    school = make_school("Trường THCS Tân Mỹ")
    entry = make_entry("robocon-2024", school=school, title="Rồng Xanh", people=[{"full_name": "Lê An"}])
    (sheet,) = assign_all(make_panel([judge], "robocon-2024", "qualifier"))
    subject = subject_of(open_sheet(actor_for(judge), sheet.token).sheet)
    assert (subject.title, subject.reference, subject.school) == ("Rồng Xanh", entry.reference, "Trường THCS Tân Mỹ")
    assert subject.people == ("Lê An",)


def test_a_judge_sees_only_own_sheets_and_progress(judge: Any) -> None:
    other = make_judge()
    entries = [unit_entry(status=Status.FORWARDED) for _ in range(3)]
    panel = make_panel([judge, other])
    assign_all(panel)
    score(judge, sheet_for(panel, entries[0], judge).token, *FULL)
    actor = actor_for(judge)
    (mine,) = my_panels(actor)
    assert (mine.name, mine.progress.total, mine.progress.submitted) == ("Hội đồng 1", 3, 1)
    rows = my_sheets(actor).items
    assert [row.number for row in rows] == sorted(row.number for row in rows)
    own = set(db.session.scalars(select(ScoreSheet.token).where(ScoreSheet.judge_id == judge.id)))
    assert {row.token for row in rows} == own


def test_after_one_sheet_comes_the_next_that_is_open(judge: Any) -> None:
    for _ in range(3):
        unit_entry(status=Status.FORWARDED)
    sheets = sorted(assign_all(make_panel([judge])), key=lambda sheet: sheet.number)
    actor = actor_for(judge)
    assert next_sheet(actor, sheets[0]) == sheets[1].token
    assert next_sheet(actor, sheets[2]) == sheets[0].token
    for sheet in sheets[1:]:
        score(judge, sheet.token, *FULL)
    assert next_sheet(actor, sheets[0]) is None


def test_opening_and_saving_a_sheet_are_few_statements(judge: Any, token: str) -> None:
    actor = actor_for(judge)
    with counted_statements() as opening:
        opened = open_sheet(actor, token)
        subject_of(opened.sheet)
    marks = Marks({line.id: Decimal(5) for line in opened.lines}, version=opened.sheet.version)
    with counted_statements() as saving:
        save_sheet(actor, opened, marks)
    # Two more for the session of a request.
    assert len(opening) <= 4
    assert len(saving) <= 4


def test_two_windows_of_one_judge_cannot_both_win(both: Flask) -> None:
    """The same version from two threads: one is saved, the other is told, and every score has one event."""
    with both.app_context():
        judge = make_judge()
        unit_entry(status=Status.FORWARDED)
        token = assign_all(make_panel([judge]))[0].token
        actor = actor_for(judge)
        db.session.remove()
    answers = _together(
        both, [lambda p=p: score(actor, token, p, p, p, p, submit=False, version=1) for p in ("5", "6")]
    )
    with both.app_context():
        points = set(db.session.scalars(select(Score.points)))
        events = _events()
    assert sorted(answers) == ["Conflict", "done"]
    assert len(points) == 1
    assert len(events) == 4


def test_two_last_sheets_handed_in_at_once_still_score_the_entry(both: Flask) -> None:
    with both.app_context():
        judges = [make_judge() for _ in range(2)]
        entry = unit_entry(status=Status.FORWARDED)
        panel = make_panel(judges)
        assign_all(panel)
        work = [(actor_for(judge), sheet_for(panel, entry, judge).token) for judge in judges]
        db.session.remove()
    answers = _together(both, [lambda a=actor, t=token: score(a, t, *FULL) for actor, token in work])
    with both.app_context():
        assert answers == ["done", "done"]
        assert db.session.scalars(select(Entry.status)).all() == ["scored"]


def _together(app: Flask, acts: list[Any]) -> list[str]:
    barrier, answers = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                act()
                answers.append("done")
            except PortalError as error:
                answers.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers
