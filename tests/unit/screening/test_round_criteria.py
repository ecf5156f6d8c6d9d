"""What a sheet's points add up to, and what a criterion may be; no database but for the unit's own list."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.models import Criterion, Edition, Round
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.i18n import set_language
from contest_portal.registration.status import Status
from contest_portal.screening.queries import scale_of
from contest_portal.screening.round.criteria import (
    CriterionLine,
    criterion_problems,
    mark_problem,
    most_of,
    step_of,
    total_of,
)
from contest_portal.screening.round.own_criteria import (
    add_criterion,
    change_criterion,
    choose_criteria,
    copy_criteria,
    move_criterion,
    remove_criterion,
)
from contest_portal.screening.round.queries import criteria_for, own_criteria_of, round_of
from contest_portal.screening.services import Verdict, complete_unit, record_result
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, make_screener, unit_entry, write_sheet


def line(
    name: str = "Tính mới", most: str = "10", step: str = "0.5", weight: str = "1", code: str = ""
) -> CriterionLine:
    """Return a criterion."""
    return CriterionLine(code, name, None, Decimal(most), Decimal(step), Decimal(weight))


def edition() -> Edition:
    """Return the youth edition."""
    return get_edition(YOUTH)


def coordinator() -> Actor:
    """Return Lạng Giang's coordinator for the youth edition."""
    return coordinator_of(unit_of(YOUTH), edition())


def added(*lines: CriterionLine) -> int:
    """Add criteria to Lạng Giang's own; return the unit."""
    unit_id = unit_of(YOUTH).id
    for one in lines:
        add_criterion(SYSTEM, edition(), unit_id, one)
    return unit_id


def codes(unit_id: int) -> list[str]:
    """Return the codes of the unit's own criteria in their order."""
    return [one.code for one in own_criteria_of(edition().id, unit_id)]


def test_a_total_is_the_sum_of_points_times_weight() -> None:
    criteria = [line(code="a", weight="2"), line(code="b", most="30")]
    assert most_of(criteria) == Decimal(50)
    assert total_of(criteria, {"a": Decimal("7.5"), "b": Decimal(20)}) == Decimal(35)
    assert total_of(criteria, {"a": Decimal("7.5")}) is None
    assert total_of([], {}) is None


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(["0.5"], "0.5"), (["0.5", "0.25"], "0.25"), (["0.75", "0.5"], "0.25"), (["1", "5"], "1"), ([], "0.5")],
)
def test_totals_go_by_what_all_steps_share(steps: list[str], expected: str) -> None:
    assert step_of([line(step=step) for step in steps]) == Decimal(expected)
    # A weight widens the step: by halves, counted twice, a total goes by wholes.
    assert step_of([line(step="0.5", weight="2")]) == Decimal(1)


def test_points_lie_within_bounds_and_on_a_step() -> None:
    assert mark_problem(line(), Decimal("7.5")) is None
    assert str(mark_problem(line(), Decimal("10.5"))) == "Điểm phải từ 0 đến 10."
    assert str(mark_problem(line(), Decimal("-1"))) == "Điểm phải từ 0 đến 10."
    assert str(mark_problem(line(), Decimal("7.3"))) == "Điểm phải là bội số của 0,5."


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (line(most="0"), "max_points", "Hãy nhập một số lớn hơn 0 và không quá 1.000."),
        (line(most="1000.5"), "max_points", "Hãy nhập một số lớn hơn 0 và không quá 1.000."),
        (line(step="-1"), "step", "Hãy nhập một số lớn hơn 0 và không quá 1.000."),
        (line(weight="0"), "weight", "Hãy nhập một số lớn hơn 0 và không quá 100."),
        (line(step="0.125"), "step", "Hãy nhập nhiều nhất hai chữ số sau dấu phẩy."),
        (line(step="3"), "step", "Điểm tối đa 10 phải chia hết cho bước điểm."),
        (
            line(step="0.25", weight="0.25"),
            "weight",
            "Bước điểm nhân hệ số phải viết được với hai chữ số sau dấu phẩy. Hãy chọn hệ số khác.",
        ),
    ],
)
def test_bounds_that_do_not_fit_are_named_at_their_field(wrong: CriterionLine, field: str, sentence: str) -> None:
    (problem,) = criterion_problems(wrong)
    assert (problem.field, str(problem.message)) == (field, sentence)


def test_two_criteria_of_one_name_are_told_apart() -> None:
    (problem,) = criterion_problems(line("TÍNH MỚI"), [line("Tính mới", code="c1")])
    assert (problem.field, str(problem.message)) == ("name", "Đã có tiêu chí tên này. Hãy đặt tên khác để phân biệt.")
    assert criterion_problems(line(code="c1"), [line(code="c1")]) == []


def test_without_its_own_a_unit_marks_by_the_editions_criteria(app: Flask) -> None:
    unit = unit_of(YOUTH)
    used = criteria_for(edition(), unit.id)
    assert [(one.code, one.weight) for one in used] == [
        (c.code, Decimal(1)) for r in edition().rounds if r.kind == "screening" for c in r.criteria
    ]
    assert most_of(used) == scale_of(edition().id, unit.id).most == scale_of(edition().id).most == Decimal(100)


def test_an_edition_without_criteria_is_marked_by_one_score_of_a_hundred(app: Flask) -> None:
    rounds = select(Round.id).where(Round.edition_id == edition().id, Round.kind == "screening")
    with transaction():
        db.session.execute(delete(Criterion).where(Criterion.round_id.in_(rounds)))
    (only,) = criteria_for(edition(), unit_of(YOUTH).id)
    assert (only.name, only.max_points, only.step) == ("Điểm chung", Decimal(100), Decimal("0.5"))


def test_own_criteria_bound_the_units_scores_and_nobody_elses(app: Flask) -> None:
    unit_id = added(line(weight="2"), line("Tính hiệu quả", most="30", step="1"))
    assert round_of(edition().id, unit_id).own_criteria
    assert codes(unit_id) == ["c1", "c2"]
    scale = scale_of(edition().id, unit_id)
    assert (scale.most, scale.step) == (Decimal(50), Decimal(1))
    far = unit_of(YOUTH, "Huyện Yên Thế")
    assert scale_of(edition().id, far.id).most == Decimal(100)
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Invalid) as refused:
        record_result(SYSTEM, entry, Verdict(entry.status_on, Decimal(51)))
    assert str(refused.value) == "Điểm phải từ 0 đến 50."
    record_result(SYSTEM, unit_entry(far, Status.RECEIVED), Verdict(entry.status_on, Decimal(51)))


def test_where_screeners_mark_by_themselves_a_score_goes_by_hundredths(app: Flask) -> None:
    unit_id = added(line())
    with transaction():
        round_of(edition().id, unit_id).marking = "sheets"
    assert scale_of(edition().id, unit_id).step == Decimal("0.01")


def test_copying_begins_with_the_editions_and_changes_nothing_yet(app: Flask) -> None:
    unit_id = unit_of(YOUTH).id
    before = criteria_for(edition(), unit_id)
    copy_criteria(coordinator(), edition(), unit_id)
    assert own_criteria_of(edition().id, unit_id) == before == criteria_for(edition(), unit_id)
    with pytest.raises(Invalid) as refused:
        copy_criteria(SYSTEM, edition(), unit_id)
    assert "Đơn vị đã có tiêu chí riêng" in str(refused.value)
    last = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "round.criteria")).one()
    assert last.subject == f"youth-2024/{unit_of(YOUTH).code}"


def test_criteria_change_places_and_stay_at_the_ends(app: Flask) -> None:
    unit_id = added(line("Một"), line("Hai"), line("Ba"))
    move_criterion(SYSTEM, edition(), unit_id, "c3", up=True)
    assert codes(unit_id) == ["c1", "c3", "c2"]
    move_criterion(SYSTEM, edition(), unit_id, "c1", up=False)
    assert codes(unit_id) == ["c3", "c1", "c2"]
    move_criterion(SYSTEM, edition(), unit_id, "c3", up=True)
    assert codes(unit_id) == ["c3", "c1", "c2"]
    with pytest.raises(NotFound):
        move_criterion(SYSTEM, edition(), unit_id, "c9", up=True)


def test_dropping_the_last_one_leads_back_to_the_editions(app: Flask) -> None:
    unit_id = added(line("Một"), line("Hai"))
    remove_criterion(SYSTEM, edition(), unit_id, "c1")
    assert (codes(unit_id), round_of(edition().id, unit_id).own_criteria) == (["c2"], True)
    # A code that is free again may be given again: nothing was marked by it.
    added(line("Ba"))
    assert codes(unit_id) == ["c2", "c1"]
    for code in ("c1", "c2"):
        remove_criterion(SYSTEM, edition(), unit_id, code)
    assert not round_of(edition().id, unit_id).own_criteria
    assert scale_of(edition().id, unit_id).most == Decimal(100)
    with pytest.raises(Invalid) as refused:
        choose_criteria(SYSTEM, edition(), unit_id, own=True)
    assert str(refused.value) == "Đơn vị chưa có tiêu chí riêng nào. Hãy thêm tiêu chí trước."


def test_own_criteria_stay_written_down_while_the_editions_are_used(app: Flask) -> None:
    unit_id = added(line())
    choose_criteria(SYSTEM, edition(), unit_id, own=False)
    assert (codes(unit_id), most_of(criteria_for(edition(), unit_id))) == (["c1"], Decimal(100))
    choose_criteria(SYSTEM, edition(), unit_id, own=True)
    assert most_of(criteria_for(edition(), unit_id)) == Decimal(10)


def test_the_same_form_sent_twice_adds_one(app: Flask) -> None:
    unit_id = unit_of(YOUTH).id
    for _time in range(2):
        add_criterion(SYSTEM, edition(), unit_id, line(), once_token="a" * 32)
    assert codes(unit_id) == ["c1"]


@pytest.mark.parametrize("what", ["a sheet", "a begun sheet", "a score"])
def test_once_something_is_marked_the_points_are_held_fast_but_words_may_be_put_right(app: Flask, what: str) -> None:
    unit_id = added(line(), line("Tính hiệu quả"))
    if what == "a score":
        unit_entry(status=Status.SCREENED, score="15")
    else:
        write_sheet(unit_entry(status=Status.RECEIVED), make_screener(), {"c1": "7"}, submitted=what == "a sheet")
    sheets, results = (0, 1) if what == "a score" else (1, 0)
    sentence = (
        f"Đã có {sheets} phiếu chấm và {results} hồ sơ có điểm, nên cách chấm và tiêu chí không đổi được nữa. "
        "Nếu phải đổi, hãy dùng “Chấm lại từ đầu”."
    )
    version = round_of(edition().id, unit_id).version
    acts = [
        lambda: add_criterion(SYSTEM, edition(), unit_id, line("Ba")),
        lambda: remove_criterion(SYSTEM, edition(), unit_id, "c1"),
        lambda: choose_criteria(SYSTEM, edition(), unit_id, own=False),
        lambda: change_criterion(SYSTEM, edition(), unit_id, line(most="20", code="c1"), version=version),
    ]
    for act in acts:
        with pytest.raises(Invalid) as refused:
            act()
        assert str(refused.value) == sentence
    change_criterion(SYSTEM, edition(), unit_id, line("Tính mới, sáng tạo", code="c1"), version=version)
    assert own_criteria_of(edition().id, unit_id)[0].name == "Tính mới, sáng tạo"
    move_criterion(SYSTEM, edition(), unit_id, "c2", up=True)
    assert codes(unit_id) == ["c2", "c1"]


def test_a_change_on_an_older_version_is_refused(app: Flask) -> None:
    unit_id = added(line())
    version = round_of(edition().id, unit_id).version
    change_criterion(SYSTEM, edition(), unit_id, line(most="20", code="c1"), version=version)
    with pytest.raises(Conflict) as refused:
        change_criterion(SYSTEM, edition(), unit_id, line(most="30", code="c1"), version=version)
    assert "Người khác vừa đổi thiết lập vòng sơ khảo" in str(refused.value)
    assert own_criteria_of(edition().id, unit_id)[0].max_points == Decimal(20)


def test_only_those_who_act_for_the_unit_write_its_criteria(app: Flask) -> None:
    unit_id = unit_of(YOUTH).id
    stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"), edition())
    with pytest.raises(NotFound):
        add_criterion(stranger, edition(), unit_id, line())
    for role in (Role.AUDITOR, Role.SCREENER):
        reader = actor_for(make_user(role, unit=unit_of(YOUTH), edition=edition()))
        with pytest.raises((NotAllowed, NotFound)):
            add_criterion(reader, edition(), unit_id, line())
    assert codes(unit_id) == []
    add_criterion(coordinator(), edition(), unit_id, line())
    assert codes(unit_id) == ["c1"]


def test_a_complete_unit_changes_its_criteria_no_more(app: Flask) -> None:
    complete_unit(SYSTEM, edition(), unit_of(YOUTH))
    with pytest.raises(Conflict) as refused:
        added(line())
    assert "đã hoàn thành sơ khảo" in str(refused.value)


def test_a_sheet_has_at_most_thirty_criteria(app: Flask) -> None:
    unit_id = added(*(line(f"Tiêu chí {number}") for number in range(30)))
    with pytest.raises(Invalid) as refused:
        added(line("Một tiêu chí nữa"))
    assert str(refused.value) == "Một phiếu có nhiều nhất 30 tiêu chí."
    assert len(codes(unit_id)) == 30


def test_the_editions_criteria_are_named_in_the_readers_language(app: Flask) -> None:
    unit_id = unit_of(YOUTH).id
    first = criteria_for(edition(), unit_id)[0]
    assert (first.shown, first.name) == ("Tính mới, tính sáng tạo", "Tính mới, tính sáng tạo")
    set_language("en")
    assert (first.shown, first.name) == ("Novelty and creativity", "Tính mới, tính sáng tạo")
    # What a unit wrote itself has one name.
    copy_criteria(SYSTEM, edition(), unit_id)
    assert criteria_for(edition(), unit_id)[0].shown == "Tính mới, tính sáng tạo"
