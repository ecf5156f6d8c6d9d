"""How a unit marks, from which score on it forwards, its prizes, the head of its papers, and marking again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import EntryEvent
from contest_portal.registration.status import Status
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.queries import find_result
from contest_portal.screening.round import services
from contest_portal.screening.round.marked import marked_in, sheets_of_screener
from contest_portal.screening.round.models import ScreeningSheet
from contest_portal.screening.round.queries import pass_mark_for, prizes_for, round_of
from contest_portal.screening.services import Decision, Verdict, complete_unit, decide, record_result, take_back
from tests.at_once import at_once
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, make_screener, set_quota, unit_entry, write_sheet


def edition() -> Edition:
    """Return the youth edition."""
    return get_edition(YOUTH)


def set_edition_mark(mark: int | None) -> None:
    """Say below which score nothing is forwarded in the youth edition."""
    with transaction():
        found = edition()
        found.rules = {**found.rules, "pass_mark": mark}


def set_marking(marking: str, rank_within: str = "unit", version: int | None = None) -> None:
    """Say how Lạng Giang marks."""
    services.set_marking(
        SYSTEM, edition(), unit_of(YOUTH).id, marking=marking, rank_within=rank_within, version=version
    )


def set_prizes(*prizes: tuple[str, int]) -> None:
    """Name Lạng Giang's prizes."""
    services.set_prizes(SYSTEM, edition(), unit_of(YOUTH).id, prizes, version=None)


def set_pass_mark(mark: str | None) -> None:
    """Say below which score Lạng Giang forwards nothing."""
    wanted = None if mark is None else Decimal(mark)
    services.set_pass_mark(SYSTEM, edition(), unit_of(YOUTH).id, wanted, version=None)


def here() -> tuple[int, int]:
    """Return the ids that name Lạng Giang in the youth edition."""
    return edition().id, unit_of(YOUTH).id


def test_a_unit_that_has_set_nothing_is_as_the_edition_has_it(app: Flask) -> None:
    found = round_of(*here())
    assert (found.marking, found.own_criteria, found.rank_within, found.prizes, found.version) == (
        "agreed",
        False,
        "unit",
        [],
        0,
    )
    assert found not in db.session


def test_what_is_set_is_kept_and_written_down(app: Flask) -> None:
    actor = coordinator_of(unit_of(YOUTH), edition())
    services.set_marking(actor, edition(), here()[1], marking="sheets", rank_within="group", version=0)
    found = round_of(*here())
    assert (found.marking, found.rank_within, found.updated_by) == ("sheets", "group", actor.user_id)
    last = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "round.changed")).one()
    assert last.subject == f"youth-2024/{unit_of(YOUTH).code}"
    assert last.before == {"marking": "agreed", "rank_within": "unit"}
    assert last.after == {"marking": "sheets", "rank_within": "group"}


def test_two_people_at_once_do_not_write_over_each_other(app: Flask) -> None:
    set_marking("sheets", version=0)
    version = round_of(*here()).version
    set_marking("sheets", "group", version=version)
    for seen in (0, version, -1):
        with pytest.raises(Conflict):
            set_marking("agreed", version=seen)
    assert round_of(*here()).rank_within == "group"


def test_of_first_savings_that_arrive_together_one_counts(app: Flask) -> None:
    edition_id, unit_id = here()

    def save(number: int) -> str:
        found = db.session.get_one(Edition, edition_id)
        place = f"Xã số {number}"
        services.set_head(SYSTEM, found, unit_id, parent_body=None, issuer=None, place=place, version=0)
        return place

    answers = at_once(app, save, 4)
    db.session.rollback()
    assert answers.count(Conflict) == 3
    assert round_of(edition_id, unit_id).place in answers


def test_the_way_of_marking_is_held_fast_once_something_was_marked(app: Flask) -> None:
    unit_entry(status=Status.SCREENED)
    with pytest.raises(Invalid) as refused:
        set_marking("sheets")
    assert refused.value.problems[0].field == "marking"
    assert str(refused.value).startswith("Đã có 0 phiếu chấm và 1 hồ sơ có điểm")
    # Ranking takes no points away.
    set_marking("agreed", "group")
    assert round_of(*here()).rank_within == "group"


def test_what_another_unit_or_a_withdrawn_entry_has_holds_nothing(app: Flask) -> None:
    unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.SCREENED)
    assert not marked_in(*here())
    set_marking("sheets")
    assert round_of(*here()).marking == "sheets"


class TestPassMark:
    """A unit's own mark is never below the edition's."""

    def test_without_its_own_the_editions_holds(self, app: Flask) -> None:
        assert pass_mark_for(edition(), here()[1]) is None
        set_edition_mark(50)
        assert pass_mark_for(edition(), here()[1]) == Decimal(50)

    def test_the_units_own_is_checked_when_it_forwards(self, app: Flask) -> None:
        set_edition_mark(50)
        set_pass_mark("70.5")
        assert pass_mark_for(edition(), here()[1]) == Decimal("70.5")
        assert pass_mark_for(edition(), unit_of(YOUTH, "Huyện Yên Thế").id) == Decimal(50)
        low, high = (unit_entry(status=Status.SCREENED, score=score) for score in ("70", "70.5"))
        with pytest.raises(Invalid) as refused:
            decide(SYSTEM, set_quota(unit_of(YOUTH), None), [low.reference, high.reference], Decision.FORWARD)
        assert str(refused.value) == f"Dưới 70,5 điểm thì không chuyển lên tỉnh được: {low.reference}."
        decide(SYSTEM, set_quota(unit_of(YOUTH), None), [high.reference], Decision.FORWARD)
        far = unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.FORWARDED, score="50")
        assert far.status == Status.FORWARDED

    def test_an_edition_that_asks_more_later_wins(self, app: Flask) -> None:
        set_pass_mark("60")
        set_edition_mark(80)
        assert pass_mark_for(edition(), here()[1]) == Decimal(80)

    @pytest.mark.parametrize("mark", ["49.5", "-1", "100.5"])
    def test_it_lies_between_the_editions_and_the_highest_total(self, app: Flask, mark: str) -> None:
        set_edition_mark(50)
        with pytest.raises(Invalid) as refused:
            set_pass_mark(mark)
        assert str(refused.value) == "Điểm sàn phải từ 50 (điểm sàn của cuộc thi) đến 100 (tổng điểm tối đa)."
        assert refused.value.problems[0].field == "pass_mark"

    def test_it_goes_by_hundredths(self, app: Flask) -> None:
        with pytest.raises(Invalid) as refused:
            set_pass_mark("50.125")
        assert str(refused.value) == "Hãy nhập nhiều nhất hai chữ số sau dấu phẩy."

    def test_it_is_not_raised_over_what_was_forwarded(self, app: Flask) -> None:
        entry = unit_entry(status=Status.FORWARDED, score="60")
        with pytest.raises(Invalid) as refused:
            set_pass_mark("61")
        assert str(refused.value) == (
            f"1 hồ sơ đã chuyển lên tỉnh có điểm thấp hơn: {entry.reference}. "
            "Hãy rút lại quyết định của các hồ sơ đó trước."
        )
        set_pass_mark("60")
        set_pass_mark(None)
        assert round_of(*here()).pass_mark is None


class TestPrizes:
    """A unit's prizes have names and numbers; results keep to them."""

    def result(self, prize: str | None, entry: Any = None) -> ScreeningResult:
        """Write a result with a prize."""
        entry = entry or unit_entry(status=Status.RECEIVED)
        stored = find_result(entry.id)
        verdict = Verdict(entry.status_on, Decimal(80), prize)
        return record_result(SYSTEM, entry, verdict, version=stored.version if stored else None)

    def test_without_prizes_any_words_will_do(self, app: Flask) -> None:
        assert self.result("Giải sáng tạo").prize == "Giải sáng tạo"

    def test_a_result_gets_one_of_the_units_prizes_as_the_unit_writes_it(self, app: Flask) -> None:
        set_prizes(("Giải Nhất", 1), ("  Giải   Nhì ", 2))
        assert prizes_for(*here()) == [("Giải Nhất", 1), ("Giải Nhì", 2)]
        assert self.result("giải nhất").prize == "Giải Nhất"
        assert self.result(None).prize is None
        with pytest.raises(Invalid) as refused:
            self.result("Giải ba")
        assert str(refused.value) == "Đơn vị không có giải này. Các giải của đơn vị: Giải Nhất, Giải Nhì."
        assert refused.value.problems[0].field == "prize"

    def test_no_more_are_given_than_there_are(self, app: Flask) -> None:
        set_prizes(("Giải Nhất", 1))
        first = unit_entry(status=Status.RECEIVED)
        self.result("Giải Nhất", first)
        with pytest.raises(Invalid) as refused:
            self.result("Giải Nhất")
        assert str(refused.value) == (
            f"“Giải Nhất” chỉ có 1, đã trao cho {first.reference}. Hãy chọn giải khác, hoặc sửa số giải của đơn vị."
        )
        # The one who has it may be written again.
        assert self.result("Giải Nhất", first).prize == "Giải Nhất"

    def test_prizes_that_were_given_stay(self, app: Flask) -> None:
        entries = [unit_entry(status=Status.RECEIVED) for _number in range(2)]
        for entry in entries:
            self.result("Giải ba", entry)
        named = ", ".join(sorted(entry.reference for entry in entries))
        for prizes in ([("Giải nhất", 1)], [("Giải ba", 1)]):
            with pytest.raises(Invalid) as refused:
                set_prizes(*prizes)
            assert str(refused.value) == (
                f"2 hồ sơ đang có “Giải ba”: {named}. Hãy để đủ số giải này, hoặc sửa kết quả các hồ sơ đó trước."
            )
        set_prizes(("Giải ba", 2))
        # Without a list results may say what they like again.
        set_prizes()
        assert prizes_for(*here()) == []

    def test_two_prizes_of_one_name_are_refused(self, app: Flask) -> None:
        with pytest.raises(Invalid) as refused:
            set_prizes(("Giải nhất", 1), ("GIẢI NHẤT", 2))
        assert str(refused.value) == "Có hai giải tên “GIẢI NHẤT”. Hãy gộp làm một và ghi tổng số giải."

    def test_there_are_at_most_twenty(self, app: Flask) -> None:
        with pytest.raises(Invalid) as refused:
            set_prizes(*((f"Giải {number}", 1) for number in range(21)))
        assert str(refused.value) == "Mỗi đơn vị đặt nhiều nhất 20 giải."


class TestMarkingAgain:
    """What was marked is cleared with a reason, and stays in the history."""

    def test_scores_and_sheets_go_and_entries_wait_for_their_score(self, app: Flask) -> None:
        scored, screened = unit_entry(status=Status.RECEIVED), unit_entry(status=Status.SCREENED, score="81.5")
        screener = make_screener(full_name="Vũ Thị Chấm")
        write_sheet(scored, screener, {"novelty": "7.5"})
        actor = coordinator_of(unit_of(YOUTH), edition())
        assert services.mark_again(actor, edition(), here()[1], "Đổi sang tiêu chí riêng") == 2
        assert not marked_in(*here())
        assert sheets_of_screener(screener) == (0, 0)
        sheet = db.session.scalars(select(ScreeningSheet)).one()
        assert (sheet.total, sheet.submitted_at, sheet.marks) == (None, None, [])
        result = find_result(screened.id)
        assert result is not None
        assert (result.score, result.prize) == (None, None)
        assert {scored.status, screened.status} == {Status.RECEIVED}
        set_marking("sheets")

    def test_the_history_and_the_log_keep_what_stood_there(self, app: Flask) -> None:
        entry = unit_entry(status=Status.SCREENED, score="81.5")
        write_sheet(entry, make_screener(full_name="Vũ Thị Chấm"), {"novelty": "7.5"})
        services.mark_again(SYSTEM, edition(), here()[1], "Chấm nhầm tiêu chí")
        sheets = [{"screener": "Vũ Thị Chấm", "points": {"novelty": "7.5"}, "total": "7.5"}]
        newest = db.session.scalars(
            select(EntryEvent).where(EntryEvent.entry_id == entry.id).order_by(EntryEvent.id.desc())
        ).first()
        assert newest is not None
        assert (newest.status_from, newest.status_to, newest.reason) == ("screened", "received", "Chấm nhầm tiêu chí")
        assert newest.details == {"screening": {"score": "81.5", "prize": None, "sheets": sheets}}
        last = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "round.again")).one()
        assert last.before == {entry.reference: sheets}
        assert last.after == {"reason": "Chấm nhầm tiêu chí", "sheets": 1, "results": 1}

    def test_remarks_stay(self, app: Flask) -> None:
        entry = unit_entry(status=Status.RECEIVED)
        record_result(SYSTEM, entry, Verdict(entry.status_on, Decimal(80), "Giải nhất", "Chạy tốt"))
        services.mark_again(SYSTEM, edition(), here()[1], "Đổi cách chấm")
        result = find_result(entry.id)
        assert result is not None
        assert (result.score, result.prize, result.remark) == (None, None, "Chạy tốt")

    def test_it_waits_until_no_forwarding_is_decided(self, app: Flask) -> None:
        entry = unit_entry(status=Status.FORWARDED)
        with pytest.raises(Conflict) as refused:
            services.mark_again(SYSTEM, edition(), here()[1], "Đổi cách chấm")
        assert str(refused.value) == (
            f"1 hồ sơ đã có quyết định: {entry.reference}. Hãy rút lại quyết định của các hồ sơ đó trước khi chấm lại "
            "từ đầu."
        )
        take_back(SYSTEM, entry, "Chấm lại")
        assert services.mark_again(SYSTEM, edition(), here()[1], "Đổi cách chấm") == 1

    def test_a_reason_is_asked_and_something_to_clear(self, app: Flask) -> None:
        with pytest.raises(Invalid) as refused:
            services.mark_again(SYSTEM, edition(), here()[1], "  ")
        assert refused.value.problems[0].field == "reason"
        with pytest.raises(Conflict) as nothing:
            services.mark_again(SYSTEM, edition(), here()[1], "Đổi cách chấm")
        assert "Chưa có điểm nào" in str(nothing.value)

    def test_another_units_scores_stay(self, app: Flask) -> None:
        far = unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.SCREENED, score="70")
        unit_entry(status=Status.SCREENED)
        services.mark_again(SYSTEM, edition(), here()[1], "Đổi cách chấm")
        result = find_result(far.id)
        assert result is not None
        assert (result.score, far.status) == (Decimal(70), Status.SCREENED)


def test_the_head_of_the_papers_is_kept_clean(app: Flask) -> None:
    services.set_head(
        SYSTEM,
        edition(),
        here()[1],
        parent_body=" UBND  HUYỆN LẠNG GIANG ",
        issuer="",
        place="Lạng Giang",
        version=0,
    )
    found = round_of(*here())
    assert (found.parent_body, found.issuer, found.place) == ("UBND HUYỆN LẠNG GIANG", None, "Lạng Giang")


def test_only_those_who_act_for_the_unit_set_its_round(app: Flask) -> None:
    unit = unit_of(YOUTH)
    stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"), edition())
    readers = [actor_for(make_user(role, unit=unit, edition=edition())) for role in (Role.AUDITOR, Role.SCREENER)]
    for actor, refusal in zip((stranger, *readers), (NotFound, NotAllowed, NotFound), strict=True):
        for act in (
            lambda who: services.set_pass_mark(who, edition(), unit.id, Decimal(60), version=None),
            lambda who: services.set_prizes(who, edition(), unit.id, [("Giải nhất", 1)], version=None),
            lambda who: services.mark_again(who, edition(), unit.id, "Vì sao"),
        ):
            with pytest.raises(refusal):
                act(actor)
    assert round_of(*here()).version == 0


def test_a_complete_unit_sets_nothing_any_more(app: Flask) -> None:
    complete_unit(SYSTEM, edition(), unit_of(YOUTH), date(2024, 5, 30))
    with pytest.raises(Conflict) as refused:
        set_pass_mark("60")
    assert "đã hoàn thành sơ khảo ngày 30/05/2024" in str(refused.value)
