"""The way of a list from its upload to its entries: questions about columns, marks to mend by, long lists in the background."""

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.core import jobs
from contest_portal.core.database import db
from contest_portal.core.jobs import Job, JobState
from contest_portal.core.spreadsheets.marking import HEADING
from contest_portal.registration.models import Entry, ImportBatch, Participant
from contest_portal.screening.imports import batches
from contest_portal.screening.models_imports import ColumnMapping
from tests.client import CheckingClient, Page
from tests.factories.registration import open_edition
from tests.factories.screening import YOUTH
from tests.factories.workbooks import TEAM_HEADS, team, teams, typed_in_tcvn3, work, workbook, works
from tests.web.screening.test_import_pages import ROBOCON, browser, sent, stored

ODD_HEADS = [*TEAM_HEADS[:2], "Nơi các em học", *TEAM_HEADS[3:], "Món ăn ưa thích"]


@pytest.fixture
def organiser(portal: Flask, client: CheckingClient) -> CheckingClient:
    """Return an organiser's browser."""
    return browser(portal, client, Role.ORGANISER)


@pytest.fixture
def school(portal: Flask, client: CheckingClient) -> CheckingClient:
    """Return the browser of a school's teacher, while registration is open."""
    with portal.app_context():
        open_edition(ROBOCON)
    return browser(portal, client, Role.SCHOOL, school_name="Trường THCS Số 1")


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shortest list be worked on in the background."""
    monkeypatch.setattr(batches, "LARGE", 1)


def downloaded(client: CheckingClient, page: Page, label: str = "Tải tệp đã đánh dấu chỗ cần sửa") -> Any:
    """Fetch the marked workbook and open it."""
    answer = client.get(page.link(label))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="danh_sach-can-sua.xlsx"'
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def saved(book: Any) -> bytes:
    """Save a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def arrived(portal: Flask, client: CheckingClient, page: Page) -> Page:
    """Wait for the job whose page this is; return the page it leads to."""
    with portal.app_context():
        jobs.settle()
    return client.get_page(page.path)


def own_team(number: int, **cells: Any) -> list[Any]:
    """Return a team of the school that is signed in."""
    return team(number, **{"c2": "Trường THCS Số 1", **cells})


def statuses(portal: Flask) -> list[tuple[str, str]]:
    """Return the names and statuses of all entries."""
    with portal.app_context():
        return [(title, status) for title, status in db.session.execute(select(Entry.title, Entry.status))]


def test_a_school_mends_two_mistakes_in_its_own_workbook_and_hands_in(portal: Flask, school: CheckingClient) -> None:
    page = sent(school, teams(own_team(1), own_team(2, c5="31/2/2011"), own_team(3, c6="lá")))
    assert "Các dòng thêm mới sẽ thành bản nháp" in page.text
    assert [row[4] for row in page.rows()] == ["Không nhận", "Không nhận", "Thêm mới"]
    book = downloaded(school, page)
    sheet = book["Sheet"]
    assert sheet["M1"].value == HEADING
    assert (sheet["M2"].value, sheet["M3"].value[:4]) == (None, "F3: ")
    sheet["F3"], sheet["G4"] = "18/10/2011", "7A"
    back = school.get_page(page.link("Tải lên tệp đã sửa"))
    assert back.path.startswith(f"/screening/import/{ROBOCON}")
    mended = sent(school, saved(book))
    assert [row[4] for row in mended.rows()] == ["Thêm mới"] * 3
    done = school.submit(mended, "Xác nhận nhập")
    assert "Các hồ sơ mới là bản nháp, chưa nộp." in done.text
    assert [status for _title, status in statuses(portal)] == ["draft"] * 3
    check = school.get_page(done.link("Kiểm tra và nộp"))
    receipt = school.submit(check, "Nộp các hồ sơ đã đánh dấu", declared=True)
    assert "Đã nộp 3 hồ sơ" in receipt.h1
    assert [status for _title, status in statuses(portal)] == ["submitted"] * 3
    # The corrected list once more changes nothing.
    assert "không có gì thay đổi" in sent(school, saved(book)).text


def test_good_rows_first_and_the_rest_after_mending(portal: Flask, school: CheckingClient) -> None:
    page = sent(school, teams(own_team(1), own_team(2, c5="31/2/2011")))
    done = school.submit(page, "Chỉ nhập các dòng đúng")
    book = downloaded(school, done)
    book["Sheet"]["F3"] = "18/10/2011"
    mended = sent(school, saved(book))
    assert [row[4] for row in mended.rows()] == ["Thêm mới", "Không đổi"]
    school.submit(mended, "Xác nhận nhập")
    assert len(statuses(portal)) == 2


def test_a_school_is_not_asked_for_a_day(school: CheckingClient) -> None:
    page = school.get_page(f"/screening/import/{ROBOCON}")
    assert not page.soup.select("[name=effective], [name=unit]")


class TestColumns:
    """What the portal does not know is asked once and remembered."""

    def test_each_unknown_column_is_asked_with_samples(self, organiser: CheckingClient) -> None:
        page = sent(organiser, workbook(ODD_HEADS, [*team(1), "Phở"], [*team(2), "Bún"]))
        assert page.h1.endswith("Các cột này ghi gì?")
        assert "Cột C: “Nơi các em học”" in page.text
        assert "Ví dụ: Trường THCS Số 1; Trường THCS Số 2" in page.text
        assert "Cột M: “Món ăn ưa thích” Trang “Sheet”. Ví dụ: Phở; Bún" in page.text

    def test_answers_lead_to_the_preview_and_are_remembered(self, portal: Flask, organiser: CheckingClient) -> None:
        data = workbook(ODD_HEADS, [*team(1), "Phở"])
        page = organiser.submit(sent(organiser, data), "Xem trước", column_0="school", column_1="")
        assert page.rows()[0][2] == "Trường THCS Số 1"
        assert "“Nơi các em học”: Trường" in page.text
        assert "“Món ăn ưa thích”: bỏ qua" in page.text
        # The next list of the same make goes straight to its preview.
        assert sent(organiser, data).h1.endswith("Xem trước danh sách")
        with portal.app_context():
            remembered = {row.heading: row.meaning for row in db.session.scalars(select(ColumnMapping))}
        assert remembered == {"noi cac em hoc": "school", "mon an ua thich": ""}
        done = organiser.submit(page, "Xác nhận nhập")
        assert done.h1 == "Đã nhập danh sách"
        with portal.app_context():
            assert db.session.scalars(select(Entry)).one().school.name == "Trường THCS Số 1"  # type: ignore[union-attr]

    def test_what_was_said_can_be_forgotten(self, portal: Flask, organiser: CheckingClient) -> None:
        data = workbook(ODD_HEADS, [*team(1), "Phở"])
        page = organiser.submit(sent(organiser, data), "Xem trước", column_0="school", column_1="")
        asked = organiser.submit(page, "Quên và hỏi lại")
        assert asked.h1.endswith("Các cột này ghi gì?")
        with portal.app_context():
            assert db.session.scalar(select(func.count(ColumnMapping.id))) == 0

    def test_what_one_person_said_is_not_anothers(self, portal: Flask, organiser: CheckingClient) -> None:
        data = workbook(ODD_HEADS, [*team(1), "Phở"])
        organiser.submit(sent(organiser, data), "Xem trước", column_0="school", column_1="")
        other = browser(portal, organiser, Role.ORGANISER)
        assert sent(other, data).h1.endswith("Các cột này ghi gì?")
        assert sent(other, workbook(["x"], *[[*work(1), "Phở"]]), YOUTH, status=422).errors

    def test_required_meanings_that_are_missing_are_named(self, organiser: CheckingClient) -> None:
        heads = ["A1x", "Nhóm bạn", "Các em", *TEAM_HEADS[11:]]
        rows = [["-", "Đội Sao", "Lê Văn An", "Lạng Giang"], ["-", "Đội Mây", "Vũ Thị Bình", "Lạng Giang"]]
        page = sent(organiser, workbook(heads, *rows))
        assert (
            "Danh sách phải có cột: Tên đội (mô hình, sản phẩm, giải pháp), Họ và tên (thành viên, tác giả)."
            in page.text
        )
        refused = organiser.submit(page, "Xem trước", column_0="title", status=422)
        assert refused.errors == [
            "Chưa cột nào được chọn là “Họ và tên (thành viên, tác giả)”: hãy chọn ý nghĩa này cho một cột."
        ]
        chosen = [box["name"] for box in refused.soup.select("main select")]
        assert refused.soup.select_one(f"[name={chosen[0]}] [selected]") is not None
        page = organiser.submit(refused, "Xem trước", column_0="", column_1="title", column_2="members")
        assert [row[0] for row in page.rows()] == ["Đội Sao", "Đội Mây"]

    def test_two_columns_of_one_meaning_are_asked_about(self, organiser: CheckingClient) -> None:
        heads = [*TEAM_HEADS, "Đơn vị dự thi"]
        page = sent(organiser, workbook(heads, [*team(1), "Trường THCS Khác"]))
        assert "Nhiều cột cùng được hiểu là “Trường”" in page.text
        shown = organiser.submit(page, "Xem trước", column_0="", column_1="school")
        assert shown.rows()[0][2] == "Trường THCS Khác"

    def test_a_column_without_a_single_value_is_not_asked_about(self, organiser: CheckingClient) -> None:
        page = sent(organiser, workbook([*TEAM_HEADS, "Món ăn ưa thích"], team(1)))
        assert page.h1.endswith("Xem trước danh sách")

    def test_an_answer_that_was_not_offered_is_refused(self, organiser: CheckingClient) -> None:
        page = sent(organiser, workbook(ODD_HEADS, [*team(1), "Phở"]))
        token = str(page.soup.select_one("[name=csrf_token]")["value"])  # type: ignore[index]
        answer = organiser.post(page.path, data={"csrf_token": token, "column_0": "user_id", "column_1": ""})
        assert answer.status_code == 422


class TestOldLetters:
    """A list typed with TCVN3 or VNI fonts is converted once its owner has seen what becomes of it."""

    def test_letters_are_shown_before_and_after_and_then_converted(
        self, portal: Flask, organiser: CheckingClient
    ) -> None:
        asked = sent(organiser, typed_in_tcvn3(TEAM_HEADS, team(1, c4="Nguyễn Thị Hồng Thắm"), team(2)))
        assert asked.h1.endswith("Chữ trong tệp có cần chuyển không?")
        assert "TCVN3 (ABC)" in asked.text
        assert ["Tªn ®éi", "Tên đội"] in asked.rows()
        refused = organiser.submit(asked, "Tiếp tục", status=422)
        assert refused.errors == ["Hãy chọn một trong hai cách đọc chữ."]
        page = organiser.submit(refused, "Tiếp tục", convert="yes")
        assert [row[0] for row in page.rows()] == ["Đội 1", "Đội 2"]
        assert organiser.submit(page, "Xác nhận nhập").h1 == "Đã nhập danh sách"
        with portal.app_context():
            names = set(db.session.scalars(select(Participant.full_name)))
        assert "Nguyễn Thị Hồng Thắm" in names

    def test_whoever_says_that_they_are_right_keeps_them(self, organiser: CheckingClient) -> None:
        asked = sent(organiser, typed_in_tcvn3(TEAM_HEADS, team(1), team(2)))
        page = organiser.submit(asked, "Tiếp tục", convert="no")
        # Nothing in it is a heading we know, so its columns are asked about as they stand.
        assert page.h1.endswith("Các cột này ghi gì?")
        assert "Tªn ®éi" in page.text

    def test_ordinary_text_is_not_asked_about(self, organiser: CheckingClient) -> None:
        assert sent(organiser, teams(team(1))).h1.endswith("Xem trước danh sách")

    def test_a_long_old_list_is_asked_about_too(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        asked = arrived(portal, organiser, sent(organiser, typed_in_tcvn3(TEAM_HEADS, team(1), team(2))))
        page = arrived(portal, organiser, organiser.submit(asked, "Tiếp tục", convert="yes"))
        assert [row[0] for row in page.rows()] == ["Đội 1", "Đội 2"]


def test_a_text_file_comes_back_as_a_workbook_with_its_marks(portal: Flask, organiser: CheckingClient) -> None:
    lines = [TEAM_HEADS, team(1), team(2, c5="31/2/2011", c1="=HYPERLINK(1)")]
    data = "\r\n".join(";".join(str(cell) for cell in line) for line in lines).encode("utf-8-sig")
    page = sent(organiser, data, name="danh sách.csv")
    assert [row[4] for row in page.rows()] == ["Không nhận", "Thêm mới"]
    book = downloaded(organiser, page)
    (sheet, _summary) = book.worksheets
    assert sheet["M3"].value.startswith("F3: ")
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=HYPERLINK(1)", "s")
    sheet["F3"] = "18/10/2011"
    mended = sent(organiser, saved(book))
    assert [row[4] for row in mended.rows()] == ["Thêm mới"] * 2
    organiser.submit(mended, "Xác nhận nhập")
    assert stored(portal) == 2


class TestLongLists:
    """What takes long is done in the background, once, and seen only by its owner."""

    def test_a_long_list_is_read_while_one_looks_on(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        waiting = sent(organiser, teams(team(1), team(2, c5="31/2/2011")))
        assert waiting.path.startswith("/jobs/") or waiting.h1.endswith("Xem trước danh sách")
        page = arrived(portal, organiser, waiting)
        assert page.h1.endswith("Xem trước danh sách")
        assert [row[4] for row in page.rows()] == ["Không nhận", "Thêm mới"]
        assert stored(portal) == 0
        # Turning pages and filtering reads nothing again.
        again = organiser.get_page(page.path + "?show=rejected")
        assert [row[0] for row in again.rows()] == ["Đội 2"]
        with portal.app_context():
            assert db.session.scalar(select(func.count(Job.id))) == 1

    def test_a_long_list_is_written_once_however_often_it_is_confirmed(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        page = arrived(portal, organiser, sent(organiser, teams(team(1), team(2))))
        waits = [organiser.submit(page, "Xác nhận nhập") for _time in range(3)]
        assert arrived(portal, organiser, waits[-1]).h1 == "Đã nhập danh sách"
        assert stored(portal) == 2
        with portal.app_context():
            folder = portal.config["SETTINGS"].uploads / "imports"
            (batch,) = db.session.scalars(select(ImportBatch)).all()
            assert batch.examined_name is not None
            assert not (folder / batch.stored_name).exists()
            assert not (folder / batch.examined_name).exists()

    def test_marks_of_a_long_list_are_prepared_on_demand(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        page = arrived(portal, organiser, sent(organiser, teams(team(1), team(2, c5="31/2/2011"))))
        assert organiser.get(page.path + "/marked.xlsx").status_code == 404
        ready = arrived(portal, organiser, organiser.submit(page, "Chuẩn bị tệp đánh dấu chỗ cần sửa"))
        assert downloaded(organiser, ready)["Sheet"]["M3"].value.startswith("F3: ")

    def test_questions_about_a_long_list_are_asked_after_it_was_read(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        asked = arrived(portal, organiser, sent(organiser, workbook(ODD_HEADS, [*team(1), "Phở"])))
        assert asked.h1.endswith("Các cột này ghi gì?")
        page = arrived(portal, organiser, organiser.submit(asked, "Xem trước", column_0="school", column_1=""))
        assert page.rows()[0][2] == "Trường THCS Số 1"

    def test_a_long_file_that_cannot_be_read_says_so_and_keeps_what_was_typed(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        data = b"PK\x03\x04" + b"x" * 50
        failed = arrived(portal, organiser, sent(organiser, data, effective="19/05/2024"))
        assert "Tệp bị hỏng nên không đọc được." in failed.text
        back = organiser.get_page(failed.link("Quay lại và thử lại"))
        assert back.soup.select_one("[name=effective]")["value"] == "19/05/2024"  # type: ignore[index]

    def test_rows_gone_bad_since_the_preview_write_nothing_and_are_shown(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        first = arrived(portal, organiser, sent(organiser, works(work(1, c9="x")), YOUTH))
        later = arrived(portal, organiser, sent(organiser, works(work(1, c9="x")), YOUTH, effective="25/05/2024"))
        arrived(portal, organiser, organiser.submit(later, "Xác nhận nhập"))
        changed = works(work(1, c9="x", c7=99.0))
        late = arrived(portal, organiser, sent(organiser, changed, YOUTH))
        shown = arrived(portal, organiser, organiser.get_page(late.path))
        assert [row[4] for row in shown.rows()] == ["Không nhận"]
        # The first list only repeats what is stored by now, so there is nothing to write and nothing wrong.
        done = arrived(portal, organiser, organiser.submit(first, "Xác nhận nhập"))
        assert stored(portal) == 1
        assert done.h1 == "Đã nhập danh sách"

    def test_a_job_of_the_list_is_its_owners(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        page = arrived(portal, organiser, sent(organiser, teams(team(1))))
        with portal.app_context():
            token = db.session.scalars(select(Job.token)).one()
        other = browser(portal, organiser, Role.ORGANISER)
        other.get_page(f"/jobs/{token}", status=404)
        for rest in ("", "/columns", "/marked.xlsx"):
            assert other.get(page.path + rest).status_code == 404

    def test_a_process_that_was_killed_leaves_work_that_is_done_again(
        self, portal: Flask, organiser: CheckingClient, small_is_large: None
    ) -> None:
        page = arrived(portal, organiser, sent(organiser, teams(team(1))))
        arrived(portal, organiser, organiser.submit(page, "Xác nhận nhập"))
        with portal.app_context():
            job = db.session.scalars(select(Job).where(Job.kind == "import.confirm")).one()
            job.state, job.heartbeat_at = JobState.RUNNING, job.heartbeat_at - 2 * jobs.STALE
            db.session.commit()
            address = f"/jobs/{job.token}"
        assert arrived(portal, organiser, organiser.get_page(address)).h1 == "Đã nhập danh sách"
        assert stored(portal) == 1


def test_rows_are_shown_in_pages_and_by_what_becomes_of_them(organiser: CheckingClient) -> None:
    rows = [team(number) for number in range(1, 61)] + [team(61, c5="31/2/2011")]
    page = sent(organiser, teams(*rows))
    assert "Dòng 1–50 trong 61" in page.text
    assert len(page.rows()) == 50
    following = organiser.get_page(page.link("Trang sau"))
    assert len(following.rows()) == 11
    assert following.link("Trang trước")
    only = organiser.get_page(page.path + "?show=rejected")
    assert [row[0] for row in only.rows()] == ["Đội 61"]
    odd = organiser.get_page(page.path + "?show=nonsense&cursor=xyz")
    assert len(odd.rows()) == 50


def test_problems_name_their_sheet_where_there_are_several(organiser: CheckingClient) -> None:
    book = openpyxl.Workbook()
    for name, number in (("Khối 6", 1), ("Khối 7", 2)):
        sheet = book.create_sheet(name)
        sheet.append(TEAM_HEADS)
        sheet.append(team(number, c5="31/2/2011"))
    page = sent(organiser, saved(book))
    assert [row[1] for row in page.rows()] == ["2 Khối 6", "2 Khối 7"]
    marked = downloaded(organiser, page)
    assert [marked[name]["M2"].value[:4] for name in ("Khối 6", "Khối 7")] == ["F2: "] * 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "trống"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "hỏng"),
        (b"PK\x03\x04" + b"\0" * 60, "hỏng"),
        (b"%PDF-1.7 \x00\x01", ""),
        (b"\xff\xd8\xff\xe0 anh", ""),
    ],
)
def test_every_refused_kind_of_file_gets_a_sentence_and_the_form_stays(
    organiser: CheckingClient, data: bytes, words: str
) -> None:
    page = sent(organiser, data, status=422, effective="19/05/2024")
    assert len(page.errors) == 1
    assert words in page.errors[0]
    assert page.errors[0].endswith((".", "lên."))
    assert page.soup.select_one("[name=effective]")["value"] == "19/05/2024"  # type: ignore[index]
