"""Only what is complete goes to the province, within the quota and what was granted beyond it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry, EntryEvent, RuleOverride
from contest_portal.registration.status import Status
from contest_portal.screening.forwarding import queries, services
from contest_portal.screening.forwarding.completeness import shortcomings_of
from contest_portal.screening.forwarding.quotas import granted_in
from contest_portal.screening.imports import import_workbook
from contest_portal.screening.queries import quota_of, unit_counts
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services import Decision, Verdict, decide, record_result
from contest_portal.screening.services.entries import add_reception
from tests.counting import counted_statements
from tests.factories import unit_of
from tests.factories.people import actor_for, make_user
from tests.factories.screening import YOUTH, coordinator_of, organiser, set_quota, unit_entry
from tests.factories.workbooks import work, works


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Return the youth contest."""
    return get_edition(YOUTH)


@pytest.fixture
def place(edition: Edition) -> EditionUnit:
    """Return the unit that forwards."""
    return get_edition_unit(edition.id, unit_of(edition).id)


def screened(**more: Any) -> Entry:
    """Return an entry that waits for a decision."""
    return unit_entry(status=Status.SCREENED, **more)


def nameless(**more: Any) -> Entry:
    """Return an entry whose author's date of birth nobody wrote down."""
    return screened(people=[{"role": "author", "full_name": "Lê Thị An", "birth_date": None}], **more)


def ask_for(edition: Edition, **rules: Any) -> None:
    """Change the edition's rules."""
    with transaction():
        edition.rules = {**edition.rules, **rules}


def sentences(entry: Entry) -> list[str]:
    """Return what is missing of one entry."""
    return [str(sentence) for sentence in shortcomings_of([entry]).get(entry.id, [])]


APPLICATION = {"kind": "application", "need": "required", "most": 1, "link": False, "megabytes": 10}


def test_a_complete_entry_lacks_nothing(edition: Edition) -> None:
    assert shortcomings_of([screened(), screened()]) == {}
    assert shortcomings_of([]) == {}


def test_what_the_rules_ask_of_people_is_missing_by_name(edition: Edition) -> None:
    (said,) = sentences(nameless())
    assert said.startswith("Lê Thị An chưa có ngày sinh.")


def test_a_required_paper_may_be_uploaded_or_lie_in_the_parcel(edition: Edition) -> None:
    ask_for(edition, documents=[APPLICATION])
    entry = screened()
    assert sentences(entry) == ["Chưa có Phiếu dự thi có chữ ký, đóng dấu. Hãy tải lên ở mục Tài liệu."]
    with transaction():
        add_reception(organiser(), entry, Parcel(date(2024, 5, 18), contents=("application",)))
    assert sentences(entry) == []
    with transaction():
        add_reception(organiser(), entry, Parcel(date(2024, 5, 18), contents=("model",)))
    assert any("Trong hồ sơ giấy chưa có" in sentence for sentence in sentences(entry))


def test_consent_is_missing_where_the_edition_records_it(edition: Edition) -> None:
    ask_for(edition, consent="recorded")
    (said,) = sentences(screened())
    assert said.startswith("Chưa có đồng ý cho dự thi")


def test_what_the_organiser_found_ineligible_stays(edition: Edition) -> None:
    entry = screened()
    with transaction():
        entry.check_state = "ineligible"
    assert sentences(entry) == ["Ban Tổ chức đã duyệt hồ sơ và kết luận không đủ điều kiện."]


def test_an_exception_the_organiser_made_is_no_shortcoming(edition: Edition) -> None:
    entry = nameless()
    with transaction():
        db.session.add(
            RuleOverride(
                entry_id=entry.id,
                participant_id=entry.participants[0].id,
                rule="birth_date",
                value=None,
                allowed=True,
                reason="Trẻ chưa có giấy khai sinh",
                actor_name="Ban Tổ chức",
            )
        )
    assert sentences(entry) == []


def test_many_are_held_to_it_in_the_same_number_of_statements(edition: Edition) -> None:
    ask_for(edition, documents=[APPLICATION], consent="recorded")
    counts = []
    for many in (1, 3, 40):
        entries = [nameless() for _ in range(many)]
        ids = [entry.id for entry in entries]
        db.session.expire_all()
        loaded = list(db.session.query(Entry).filter(Entry.id.in_(ids)))
        _ = loaded[0].edition.divisions, loaded[0].edition.fields, loaded[0].unit
        with counted_statements() as sent:
            assert len(shortcomings_of(loaded)) == many
        counts.append(len(sent))
    assert counts[0] == counts[1] == counts[2]


def test_incomplete_entries_are_named_and_none_of_the_others_goes(place: EditionUnit) -> None:
    whole, lacking = screened(score="90"), nameless(score="80")
    coordinator = coordinator_of(place.unit)
    with pytest.raises(Invalid) as refused:
        decide(coordinator, place, [whole.reference, lacking.reference], Decision.FORWARD)
    (problem,) = refused.value.problems
    assert lacking.reference in str(problem.message)
    assert "chưa có ngày sinh" in str(problem.message)
    db.session.refresh(whole)
    assert whole.status == Status.SCREENED
    decide(coordinator, place, [lacking.reference], Decision.KEEP)


def test_a_result_with_its_decision_is_held_to_the_same(place: EditionUnit) -> None:
    entry = unit_entry(status=Status.RECEIVED, people=[{"role": "author", "birth_date": None}])
    verdict = Verdict(clock.today(), decision=Decision.FORWARD)
    with pytest.raises(Invalid):
        record_result(coordinator_of(place.unit), entry, verdict)
    record_result(coordinator_of(place.unit), entry, replace(verdict, decision=None))


def test_an_organiser_forwards_what_is_incomplete_and_says_why(place: EditionUnit) -> None:
    entry = nameless()
    with pytest.raises(Invalid) as refused:
        decide(organiser(), place, [entry.reference], Decision.FORWARD)
    assert refused.value.problems[-1].field == "reason"
    decide(organiser(), place, [entry.reference], Decision.FORWARD, reason="Trường bổ sung khi nộp mô hình")
    event = db.session.query(EntryEvent).filter_by(entry_id=entry.id, status_to="forwarded").one()
    assert event.reason == "Trường bổ sung khi nộp mô hình"
    other = nameless()
    with pytest.raises(Invalid):
        decide(coordinator_of(place.unit), place, [other.reference], Decision.FORWARD, reason="Tự cho phép")


def test_a_units_list_forwards_nothing_incomplete_and_an_organisers_says_where_it_comes_from(
    edition: Edition, place: EditionUnit
) -> None:
    ask_for(edition, documents=[APPLICATION])
    data = works(work(1, c9="x"), work(2))
    with pytest.raises(Invalid) as refused:
        import_workbook(coordinator_of(place.unit), edition, data, effective=date(2024, 5, 20), unit=place.unit)
    assert "chưa đủ" in " ".join(str(problem.message) for problem in refused.value.problems)
    assert db.session.query(Entry).count() == 0
    import_workbook(organiser(), edition, data, effective=date(2024, 5, 20))
    told = [event.reason for event in db.session.query(EntryEvent).filter_by(status_to="forwarded")]
    assert told == ["Theo danh sách của đơn vị."]


def test_a_request_is_granted_whole_or_in_part_and_the_quota_grows_by_it(edition: Edition, place: EditionUnit) -> None:
    set_quota(place.unit, 1)
    coordinator, runs = coordinator_of(place.unit), make_user(Role.ORGANISER, full_name="Lê Tổ Chức")
    request = services.ask_for_more(coordinator, edition, place, 3, "Nhiều bài đạt giải")
    assert db.session.query(Notice).filter_by(user_id=runs.id).count() == 1
    assert quota_of(edition, place) == 1
    services.answer_request(actor_for(runs), edition, request, 2, "Chỉ thêm được hai")
    assert (request.state, request.granted, quota_of(edition, place)) == ("granted", 2, 3)
    assert db.session.query(Notice).filter_by(user_id=coordinator.user_id).count() == 1
    entries = [screened(score=str(90 - n)) for n in range(4)]
    decide(coordinator, place, [entry.reference for entry in entries[:3]], Decision.FORWARD)
    with pytest.raises(Invalid):
        decide(coordinator, place, [entries[3].reference], Decision.FORWARD)
    assert unit_counts(edition, place).left == 0


def test_a_refusal_needs_words_and_changes_nothing(edition: Edition, place: EditionUnit) -> None:
    request = services.ask_for_more(coordinator_of(place.unit), edition, place, 3, "Xin thêm")
    with pytest.raises(Invalid) as refused:
        services.answer_request(organiser(), edition, request, 0, " ")
    assert refused.value.problems[0].field == "answer"
    services.answer_request(organiser(), edition, request, 0, "Hết chỗ trưng bày")
    assert (request.state, granted_in(edition.id)) == ("refused", {})
    with pytest.raises(Conflict):
        services.answer_request(organiser(), edition, request, 1, "")


def test_one_request_waits_at_a_time_and_may_be_taken_back(edition: Edition, place: EditionUnit) -> None:
    coordinator = coordinator_of(place.unit)
    request = services.ask_for_more(coordinator, edition, place, 3, "Xin thêm", once_token="o" * 20)
    assert services.ask_for_more(coordinator, edition, place, 3, "Xin thêm", once_token="o" * 20).id == request.id
    with pytest.raises(Conflict):
        services.ask_for_more(coordinator, edition, place, 1, "Nữa")
    services.take_back_request(coordinator, request)
    assert queries.find_waiting(edition.id, place.unit_id) is None
    services.ask_for_more(coordinator, edition, place, 1, "Lần sau")


def test_the_organiser_gives_more_unasked_and_only_the_organiser(edition: Edition, place: EditionUnit) -> None:
    services.grant_unasked(organiser(), edition, place, 5, "Đơn vị đăng cai")
    assert granted_in(edition.id) == {place.unit_id: 5}
    with pytest.raises(NotAllowed):
        services.grant_unasked(coordinator_of(place.unit), edition, place, 5, "Tự cho")
    stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"))
    with pytest.raises(NotFound):
        services.ask_for_more(stranger, edition, place, 1, "Của người khác")
    with pytest.raises(NotAllowed):
        services.answer_request(stranger, edition, services.ask_for_more(organiser(), edition, place, 1, "x"), 1, "")


@pytest.mark.parametrize(("number", "reason", "field"), [(0, "x", "asked"), (1001, "x", "asked"), (1, " ", "reason")])
def test_a_request_without_number_or_reason_is_refused(
    edition: Edition, place: EditionUnit, number: int, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.ask_for_more(coordinator_of(place.unit), edition, place, number, reason)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_unit_without_a_quota_needs_no_request(edition: Edition, place: EditionUnit) -> None:
    ask_for(edition, forward_quota=None)
    edition.rules = {key: value for key, value in edition.rules.items() if key != "forward_quota"}
    db.session.commit()
    with pytest.raises(Conflict):
        services.ask_for_more(coordinator_of(place.unit), edition, place, 1, "x")
    assert quota_of(edition, place) is None
