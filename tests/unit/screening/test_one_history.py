"""One entry from a school's draft to the panel: its reference, papers, scores and remarks stay, and each step is told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core.database import db
from contest_portal.dashboard.dossier import dossier_of
from contest_portal.dashboard.life import life_of
from contest_portal.registration.describing import describe_history
from contest_portal.registration.documents.queries import documents_of
from contest_portal.registration.queries import history_of
from contest_portal.registration.services import submit_entry
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services import Decision, Verdict, decide, record_result
from contest_portal.screening.services.entries import receive_parcel
from tests.factories.files import make_photo
from tests.factories.judging import assign_all, make_judge, make_panel
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.factories.screening import YOUTH, coordinator_of, organiser, unit_entry


def test_one_history_from_the_school_to_the_panel(app: Flask, tmp_path: Path) -> None:
    edition, unit = open_edition(YOUTH), unit_of(YOUTH)
    school = make_school(unit=unit)
    teacher = actor_for(make_user(Role.SCHOOL, school=school))
    coordinator, runs = coordinator_of(unit), organiser()
    entry = unit_entry(unit, Status.DRAFT, school=school, title="Máy lọc nước")
    reference, photo = entry.reference, make_photo(entry, tmp_path).token
    submit_entry(teacher, entry, declared=True)
    day = entry.status_on
    parcel = Parcel(day, brought_by="Cô Hà", contents=("application", "model"), condition="flawed", note="Thiếu ảnh")
    receive_parcel(coordinator, entry, parcel)
    record_result(coordinator, entry, Verdict(day, Decimal("82.5"), "Giải nhất", "Chắc chắn, dễ dùng"))
    place = get_edition_unit(edition.id, unit.id)
    decide(coordinator, place, [reference], Decision.FORWARD, day)
    confirm_arrivals(runs, edition, {reference: Seen("good", "Đủ phụ kiện")}, day)
    assign_all(make_panel([make_judge(None, "Ngô Giám Khảo")]), [entry])

    db.session.expire_all()
    assert entry.reference == reference
    assert [document.token for document in documents_of(entry.id)] == [photo]
    result = db.session.get_one(ScreeningResult, entry.id)
    assert (result.score, result.prize, result.remark) == (Decimal("82.5"), "Giải nhất", "Chắc chắn, dễ dùng")
    told = dossier_of(runs, reference)
    lines = [line.what for line in reversed(told["history"])]
    assert lines == [
        "Bản nháp",
        "Đã nộp",
        "Đã tiếp nhận",
        "Đã sơ khảo",
        "Đã chuyển lên tỉnh",
        "Ban Tổ chức đã nhận từ đơn vị",
    ]
    said = " ".join(change for line in told["history"] for change in line.changes)
    for words in (
        "Người giao: Cô Hà",
        "Trong hồ sơ có: Phiếu dự thi có chữ ký, đóng dấu, mô hình",
        "Mô hình: Có lỗi nhỏ, trầy xước",
        "Điểm của đơn vị: 82,5",
        "Giải của đơn vị: Giải nhất",
        "Nhận xét: Chắc chắn, dễ dùng",
        "Ghi chú: Đủ phụ kiện",
    ):
        assert words in said, words
    assert (told["assigned"], told["arrival"].arrived_on) == (1, day)


def test_each_line_has_the_day_it_happened_and_the_moment_it_was_written(app: Flask) -> None:
    entry = unit_entry(status=Status.FORWARDED, day=date(2024, 5, 18))
    for line in life_of(entry, history_of(entry)):
        assert line.happened_on == date(2024, 5, 18)
        assert line.recorded_at.date() > line.happened_on


def test_a_school_reads_no_score_in_its_history(app: Flask) -> None:
    entry = unit_entry(status=Status.SCREENED, score="82.5")
    said = " ".join(f"{line.what} {line.changes}" for line in describe_history(entry, history_of(entry)))
    assert "82" not in said


def test_the_edition_is_the_same_all_the_way(app: Flask) -> None:
    entry = unit_entry(status=Status.FORWARDED)
    assert {event.edition_id for event in history_of(entry)} == {get_edition(YOUTH).id}
