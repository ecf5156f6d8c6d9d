"""A unit's minutes say what the portal holds, are frozen when issued, and come as .docx and PDF alike."""

import io
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import EditionUnit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.papers.pdf import write_pdf
from contest_portal.core.papers.word import write_docx
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.imports import Outcome, import_workbook
from contest_portal.screening.minutes import queries, services
from contest_portal.screening.minutes.forms import read_hour, read_people, write_hour
from contest_portal.screening.minutes.lines import lines_of
from contest_portal.screening.minutes.models import SignedPaper, UnitMinutes
from contest_portal.screening.minutes.services import MinutesDetails
from contest_portal.screening.minutes.summary import write_summary
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.round.models import Screener, ScreeningSheet, TieDecision, UnitRound
from contest_portal.screening.services import Verdict, complete_unit, record_result
from contest_portal.screening.services.entries import add_reception
from tests.counting import counted_statements
from tests.factories import unit_of
from tests.factories.files import pdf_bytes
from tests.factories.people import actor_for, make_user
from tests.factories.screening import YOUTH, coordinator_of, organiser, unit_entry

LANG_GIANG, FAR = "Huyện Lạng Giang", "Huyện Yên Thế"
DETAILS = MinutesDetails(
    held_on=date(2024, 5, 20),
    number="05/BB-BTC",
    began_at=time(8, 0),
    ended_at=time(11, 30),
    place="Phòng họp tầng 2",
    chair="Giáp Văn Bình",
    secretary="Ngô Thị Hoa",
    present=({"name": "Giáp Văn Bình", "title": "Trưởng ban"}, {"name": "Lương Văn Tài", "title": "Thành viên"}),
    absent=({"name": "Trần Văn Vắng", "title": "đi công tác"},),
    opinions="Ý kiến thứ nhất.\nÝ kiến thứ hai.",
)


@pytest.fixture
def place(app: Flask) -> EditionUnit:
    """Return a unit with two works forwarded, one kept, one waiting; another unit has one that nobody may name."""
    here = unit_of(YOUTH, LANG_GIANG)
    unit_entry(here, Status.FORWARDED, title="Máy lọc nước", score="82.5", day=date(2024, 5, 18))
    unit_entry(here, Status.FORWARDED, title="Xe lăn leo bậc", score="82.5", field="software", day=date(2024, 5, 18))
    unit_entry(here, Status.NOT_FORWARDED, title="Đèn bàn", score="41", day=date(2024, 5, 18))
    unit_entry(here, Status.RECEIVED, title="Chậu cây tự tưới", day=date(2024, 5, 19))
    with transaction():
        for entry in db.session.query(Entry).filter_by(unit_id=here.id):
            add_reception(SYSTEM, entry, Parcel(date(2024, 5, 19 if entry.status == Status.RECEIVED else 18)))
    unit_entry(here, Status.SUBMITTED, title="Chưa đến nơi")
    unit_entry(unit_of(YOUTH, FAR), Status.FORWARDED, title="Của huyện khác")
    return get_edition_unit(get_edition(YOUTH).id, here.id)


def begin(place: EditionUnit, details: MinutesDetails = DETAILS) -> UnitMinutes:
    """Begin minutes as the unit's coordinator."""
    return services.begin_minutes(coordinator_of(place.unit), get_edition(YOUTH), place, details)


def issued(place: EditionUnit) -> UnitMinutes:
    """Return minutes that are issued."""
    minutes = begin(place)
    services.issue_minutes(coordinator_of(place.unit), get_edition(YOUTH), place, minutes)
    return minutes


def text_of(place: EditionUnit, minutes: UnitMinutes) -> str:
    """Return what the .docx says, as one line."""
    stream = io.BytesIO()
    write_docx(services.paper_of(get_edition(YOUTH), place, minutes), stream)
    document = Document(stream)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(p.text for p in document.paragraphs), *cells]).split())


def test_the_minutes_say_who_was_there_what_came_the_scores_and_who_goes_on(place: EditionUnit) -> None:
    text = text_of(place, begin(place))
    for wanted in (
        "Số: 05/BB-BTC",
        "Lạng Giang, ngày 20 tháng 5 năm 2024",
        "Thời gian bắt đầu: 08 giờ 00, ngày 20/05/2024.",
        "Địa điểm: Phòng họp tầng 2.",
        "Chủ trì: Giáp Văn Bình.",
        "Có mặt (02 người): Giáp Văn Bình (Trưởng ban); Lương Văn Tài (Thành viên).",
        "Vắng mặt (01 người): Trần Văn Vắng (đi công tác).",
        "đã tiếp nhận 04 mô hình, sản phẩm của 04 tác giả",
        "từ ngày 18/05/2024 đến ngày 19/05/2024",
        "Tính mới, tính sáng tạo",
        "Máy lọc nước",
        "82,5",
        "Thống nhất chuyển 02 mô hình, sản phẩm dự thi cấp tỉnh; 02 bài không chuyển.",
        "Ý kiến thứ hai.",
        "Cuộc họp kết thúc lúc 11 giờ 30 cùng ngày.",
        "NGÔ",
    ):
        assert wanted.casefold() in text.casefold(), wanted
    assert "Của huyện khác" not in text
    assert "Chưa đến nơi" not in text


def test_the_pdf_says_the_same(place: EditionUnit) -> None:
    made = write_pdf(services.paper_of(get_edition(YOUTH), place, begin(place)))
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())
    assert "Máy lọc nước" in text
    assert "Thống nhất chuyển 02 mô hình, sản phẩm" in text
    assert "Của huyện khác" not in text


def test_a_decided_tie_is_told_with_its_reason(place: EditionUnit) -> None:
    with transaction():
        db.session.add(
            TieDecision(
                edition_id=place.edition_id,
                unit_id=place.unit_id,
                score=Decimal("82.5"),
                ordered=["B", "A"],
                reason="Chạy thử ổn định hơn",
                decided_on=date(2024, 5, 20),
                actor_name="Ai",
            )
        )
    text = text_of(place, begin(place))
    assert "cùng 82,5 điểm được xếp theo thứ tự B, A (quyết định ngày 20/05/2024). Lý do: Chạy thử ổn định hơn" in text


def test_a_unit_that_set_its_head_has_it_on_its_papers(place: EditionUnit) -> None:
    with transaction():
        db.session.add(
            UnitRound(
                edition_id=place.edition_id,
                unit_id=place.unit_id,
                parent_body="UBND huyện Lạng Giang",
                issuer="Ban Tổ chức Cuộc thi huyện",
                place="Vôi",
                marking="sheets",
            )
        )
    text = text_of(place, begin(place))
    assert "UBND HUYỆN LẠNG GIANG" in text
    assert "Vôi, ngày 20 tháng 5 năm 2024" in text
    assert "điểm của mỗi bài là trung bình cộng các phiếu" in text


def test_issued_minutes_stay_what_they_were_and_say_when_they_no_longer_hold(place: EditionUnit) -> None:
    minutes, edition = issued(place), get_edition(YOUTH)
    before = text_of(place, minutes)
    assert services.still_holds(edition, place, minutes)
    waiting = db.session.query(Entry).filter_by(title="Chậu cây tự tưới").one()
    record_result(SYSTEM, waiting, Verdict(date(2024, 5, 20), Decimal(77)))
    assert text_of(place, minutes) == before
    assert not services.still_holds(edition, place, minutes)
    assert minutes.checksum == services.checksum_of(minutes.content)


def test_issued_minutes_are_never_written_anew_issued_again_or_thrown_away(place: EditionUnit) -> None:
    minutes, actor, edition = issued(place), coordinator_of(place.unit), get_edition(YOUTH)
    with pytest.raises(Conflict):
        services.change_minutes(actor, minutes, DETAILS, version=minutes.version)
    with pytest.raises(Conflict):
        services.issue_minutes(actor, edition, place, minutes)
    with pytest.raises(Conflict):
        services.discard_draft(actor, edition, place, minutes)


def test_minutes_without_chair_hours_or_people_cannot_be_issued_and_say_all_that_is_missing(place: EditionUnit) -> None:
    minutes = begin(place, MinutesDetails(held_on=date(2024, 5, 20)))
    with pytest.raises(Invalid) as refused:
        services.issue_minutes(coordinator_of(place.unit), get_edition(YOUTH), place, minutes)
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"chair", "secretary", "place", "began_at", "ended_at", "present"}
    assert minutes.issued_at is None


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (MinutesDetails(held_on=date(2999, 1, 1)), "held_on"),
        (MinutesDetails(held_on=date(2024, 5, 20), began_at=time(9), ended_at=time(8)), "ended_at"),
    ],
)
def test_a_meeting_ahead_or_backwards_is_refused(place: EditionUnit, details: MinutesDetails, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        begin(place, details)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_two_secretaries_see_each_other(place: EditionUnit) -> None:
    minutes = begin(place)
    seen, actor = minutes.version, coordinator_of(place.unit)
    services.change_minutes(actor, minutes, DETAILS, version=seen)
    services.change_minutes(actor, minutes, MinutesDetails(held_on=date(2024, 5, 20), chair="Khác"), version=seen)
    with pytest.raises(Conflict):
        services.change_minutes(actor, minutes, DETAILS, version=seen)


def test_one_form_sent_twice_begins_one(place: EditionUnit) -> None:
    actor, edition = coordinator_of(place.unit), get_edition(YOUTH)
    first, second = (services.begin_minutes(actor, edition, place, DETAILS, once_token="o" * 20) for _ in range(2))
    assert first.id == second.id


def test_new_minutes_begin_with_the_board_and_later_ones_with_the_last(place: EditionUnit) -> None:
    chair = Screener(
        token="t1", edition_id=1, unit_id=1, full_name="Giáp Chủ Tịch", job_title="Trưởng ban", post="chair"
    )
    usual = services.usual_details(place, [chair], "Hội trường")
    assert (usual.chair, usual.place, usual.present) == (
        "Giáp Chủ Tịch",
        "Hội trường",
        ({"name": "Giáp Chủ Tịch", "title": "Trưởng ban"},),
    )
    begin(place)
    again = services.usual_details(place, [chair], "Hội trường")
    assert (again.chair, again.number, again.opinions) == ("Giáp Văn Bình", None, None)


def test_minutes_and_scans_are_possible_after_completion_for_signatures_come_last(
    place: EditionUnit, tmp_path: Path
) -> None:
    edition, actor = get_edition(YOUTH), coordinator_of(place.unit)
    far = get_edition_unit(edition.id, unit_of(YOUTH, FAR).id)
    complete_unit(SYSTEM, edition, far.unit)
    minutes = services.begin_minutes(SYSTEM, edition, far, DETAILS)
    services.issue_minutes(SYSTEM, edition, far, minutes)
    services.keep_signed(SYSTEM, edition, far, tmp_path, pdf_bytes(), kind="minutes", name="a.pdf", minutes=minutes)
    assert len(queries.signed_of(edition.id, far.unit_id)) == 1
    with pytest.raises(NotFound):
        queries.get_minutes(actor, minutes.token)


def test_only_the_units_own_people_and_the_organisers_write(place: EditionUnit, tmp_path: Path) -> None:
    edition = get_edition(YOUTH)
    minutes = begin(place)
    stranger, reader = coordinator_of(unit_of(YOUTH, FAR)), make_user(Role.AUDITOR, full_name="Kiểm Tra")
    with pytest.raises(NotFound):
        services.change_minutes(stranger, minutes, DETAILS, version=minutes.version)
    with pytest.raises(NotFound):
        services.keep_signed(stranger, edition, place, tmp_path, pdf_bytes(), kind="summary", name="a.pdf")
    with pytest.raises(NotAllowed):
        services.discard_draft(actor_for(reader), edition, place, minutes)
    services.change_minutes(organiser(), minutes, DETAILS, version=minutes.version)


def test_a_scan_is_kept_by_its_content_once_and_can_be_taken_out(place: EditionUnit, tmp_path: Path) -> None:
    edition, actor = get_edition(YOUTH), coordinator_of(place.unit)
    kept = [
        services.keep_signed(
            actor, edition, place, tmp_path, pdf_bytes(), kind="summary", name="../bảng.exe", once_token="o" * 20
        )
        for _ in range(2)
    ]
    assert kept[0].id == kept[1].id
    assert kept[0].original_name == "bảng.pdf"
    services.remove_signed(actor, edition, place, kept[0])
    assert queries.signed_of(edition.id, place.unit_id) == []
    with pytest.raises(NotFound):
        queries.get_signed(actor, kept[0].token)


@pytest.mark.parametrize("data", [b"", b"MZ\x90", b"<html><script>alert(1)</script>", b"%PDF"[:2]])
def test_what_is_no_scan_is_refused_by_its_content(place: EditionUnit, tmp_path: Path, data: bytes) -> None:
    actor, edition = coordinator_of(place.unit), get_edition(YOUTH)
    with pytest.raises(Invalid) as refused:
        services.keep_signed(actor, edition, place, tmp_path, data, kind="summary", name="bang.pdf")
    assert [problem.field for problem in refused.value.problems] == ["file"]
    assert db.session.query(SignedPaper).count() == 0


def test_a_scan_of_minutes_that_were_never_issued_is_refused(place: EditionUnit, tmp_path: Path) -> None:
    draft, actor = begin(place), coordinator_of(place.unit)
    with pytest.raises(Invalid):
        services.keep_signed(
            actor, get_edition(YOUTH), place, tmp_path, pdf_bytes(), kind="minutes", name="a.pdf", minutes=draft
        )


def test_the_summary_is_the_table_districts_keep(place: EditionUnit) -> None:
    sheet = load_workbook(io.BytesIO(write_summary(get_edition(YOUTH), place))).worksheets[0]
    rows = list(sheet.values)
    assert "TỔNG HỢP KẾT QUẢ CHẤM SƠ KHẢO" in str(rows[1][0])
    head = next(row for row in rows if row[0] == "TT")
    assert head[1:4] == ("Mã hồ sơ", "Tên mô hình, sản phẩm", "Lĩnh vực dự thi")
    body = [row for row in rows if isinstance(row[0], int)]
    assert len(body) == 4
    forwarded = head.index("Đề nghị dự thi cấp tỉnh")
    assert [row[forwarded] for row in body] == ["x", "x", None, "chưa"]
    assert sum("(Danh sách có 4 mô hình, sản phẩm; đề nghị dự thi cấp tỉnh 2" in str(row[0]) for row in rows) == 1
    assert "Của huyện khác" not in str(rows)


def test_the_summary_shows_every_sheet_under_its_screener(place: EditionUnit) -> None:
    with transaction():
        people = [
            Screener(token=f"t{n}", edition_id=place.edition_id, unit_id=place.unit_id, full_name=name)
            for n, name in enumerate(("Lê Một", "Lê Hai"))
        ]
        db.session.add_all(people)
        db.session.flush()
        entry = db.session.query(Entry).filter_by(title="Máy lọc nước").one()
        for person, total in zip(people, (80, 85), strict=True):
            sheet = ScreeningSheet(entry_id=entry.id, screener_id=person.id, total=Decimal(total))
            sheet.submitted_at = clock.now()
            db.session.add(sheet)
    rows = list(load_workbook(io.BytesIO(write_summary(get_edition(YOUTH), place))).worksheets[0].values)
    head = next(row for row in rows if row[0] == "TT")
    line = next(row for row in rows if row[2] == "Máy lọc nước")
    assert (line[head.index("GK1")], line[head.index("GK2")]) == (80, 85)
    assert [row[0] for row in rows[-2:]] == ["GK1: Lê Một", "GK2: Lê Hai"]


def test_lines_are_read_in_the_same_number_of_statements_however_many(place: EditionUnit) -> None:
    counts = []
    for more in (0, 3, 20):
        for number in range(more):
            unit_entry(place.unit, Status.SCREENED, title=f"Bài {more}-{number}")
        with counted_statements() as sent:
            lines_of(get_edition(YOUTH), place)
        counts.append(len(sent))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("8:00", time(8)),
        ("8h30", time(8, 30)),
        ("8 giờ", time(8)),
        ("14 giờ 05", time(14, 5)),
        ("25:00", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hour: time | None) -> None:
    assert read_hour(text) == hour
    assert read_hour(write_hour(hour)) == hour


def test_people_are_read_one_a_line() -> None:
    text = "  Giáp Văn Bình ,  Trưởng ban, huyện\n\nLê Thị Lan\r\n , chỉ có chức vụ"
    assert read_people(text) == [
        {"name": "Giáp Văn Bình", "title": "Trưởng ban, huyện"},
        {"name": "Lê Thị Lan", "title": ""},
    ]
    assert read_people(None) == []


def test_a_day_in_the_future_is_the_servers_day(place: EditionUnit) -> None:
    begin(place, MinutesDetails(held_on=clock.today()))
    with pytest.raises(Invalid):
        begin(place, MinutesDetails(held_on=clock.today() + timedelta(days=1)))


def _brought(place: EditionUnit, data: bytes) -> Outcome:
    return import_workbook(
        coordinator_of(place.unit), get_edition(YOUTH), data, effective=clock.today(), unit=place.unit
    )


def test_the_summary_comes_back_unchanged_as_no_change(place: EditionUnit) -> None:
    outcome = _brought(place, write_summary(get_edition(YOUTH), place))
    assert (outcome.created, outcome.updated, outcome.unchanged, outcome.rejected) == (0, 0, 4, 0)
    assert outcome.problems == []


def test_a_score_corrected_in_the_summary_comes_back_as_that_one_change(place: EditionUnit) -> None:
    book = load_workbook(io.BytesIO(write_summary(get_edition(YOUTH), place)))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if row[0].value == "TT")
    column = {cell.value: cell.column for cell in head}
    line = next(row for row in sheet.iter_rows() if row[2].value == "Đèn bàn")
    sheet.cell(line[0].row, column["Điểm sơ khảo"], 44.5)
    sheet.cell(line[0].row, column["Xếp giải"], "Khuyến khích")
    out = io.BytesIO()
    book.save(out)
    outcome = _brought(place, out.getvalue())
    assert (outcome.created, outcome.updated, outcome.unchanged, outcome.rejected) == (0, 1, 3, 0)
    entry = db.session.query(Entry).filter_by(title="Đèn bàn").one()
    result = db.session.get_one(ScreeningResult, entry.id, populate_existing=True)
    assert (result.score, result.prize) == (Decimal("44.5"), "Khuyến khích")


def test_authors_of_different_classes_and_screeners_columns_come_back_as_no_change(place: EditionUnit) -> None:
    people = [
        {"role": "author", "full_name": "Lê Thị An", "birth_date": date(2011, 5, 2), "class_name": "7A"},
        {"role": "author", "full_name": "Trần Văn Bình", "birth_date": date(2010, 1, 31), "class_name": "8B"},
        {"role": "coach", "full_name": "Ngô Thị Cô"},
        {"role": "coach", "full_name": "Vi Văn Thầy"},
    ]
    entry = unit_entry(place.unit, Status.SCREENED, title="Hai lớp", score="60", people=people)
    with transaction():
        screener = Screener(token="t9", edition_id=place.edition_id, unit_id=place.unit_id, full_name="Lê Một")
        db.session.add(screener)
        db.session.flush()
        sheet = ScreeningSheet(entry_id=entry.id, screener_id=screener.id, total=Decimal(60))
        sheet.submitted_at = clock.now()
        db.session.add(sheet)
    outcome = _brought(place, write_summary(get_edition(YOUTH), place))
    assert (outcome.created, outcome.updated, outcome.unchanged, outcome.rejected) == (0, 0, 5, 0)
    assert outcome.problems == []
