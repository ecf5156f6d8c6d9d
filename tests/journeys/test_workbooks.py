"""Two people and their workbooks in a real browser: a school's three teams, and a whole district."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.jobs import Job, JobState
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.status import Status
from contest_portal.screening.imports import batches
from tests.factories.people import PASSWORD, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.factories.screening import YOUTH
from tests.factories.workbooks import TEAM_HEADS, team, work, works
from tests.journeys.conftest import Journey
from tests.journeys.test_season import heading, look, press, type_in

ROBOCON = "robocon-2024"
SCHOOL, UNIT = "Trường THCS Tân Dĩnh", "Huyện Lạng Giang"
MOTTO = "Khẩu hiệu của đội"
REFUSED = "422"


@pytest.fixture
def portal_of_two(live: tuple[Flask, str]) -> Flask:
    """Open two contests; give a school and a district an account each."""
    app, _address = live
    with app.app_context():
        for code in (YOUTH, ROBOCON):
            open_edition(code)
        unit = unit_of(YOUTH, UNIT)
        school = make_school(SCHOOL, unit)
        make_user(Role.SCHOOL, username="co.giao", school=school, full_name="Lê Thị Thu Hà")
        make_user(Role.COORDINATOR, username="can.bo", unit=unit, full_name="Nguyễn Văn Thành")
    return app


def school_list() -> bytes:
    """Return a teacher's list: three teams, two mistakes, one column nobody knows, a title above and a signature below."""
    names = ("Rồng Xanh", "Sao Mai", "Thần Tốc")
    rows = [[*team(n, c1=name, c2=SCHOOL), f"Vững bước {name}"] for n, name in enumerate(names, start=1)]
    rows[1][5] = "31/2/2011"
    rows[2][6] = "lá"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Danh sách đội"
    sheet.append([SCHOOL.upper()])
    sheet.append([])
    sheet.append([*TEAM_HEADS, MOTTO])
    for row in rows:
        sheet.append(row)
    sheet.append([])
    sheet.append(["", "", "", "", "", "", "", "", "", "HIỆU TRƯỞNG"])
    sheet.column_dimensions["B"].width = 24
    return saved(book)


def saved(book: Any) -> bytes:
    """Save a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(walk: Journey, code: str, file: Path, **typed: str) -> None:
    """Choose a file and send it."""
    walk.open(f"/screening/import/{code}")
    walk.page.set_input_files("main input[type=file]", str(file))
    type_in(walk, **typed)
    look(walk, f"{file.stem}-upload")
    press(walk, "Xem trước")
    walk.page.wait_for_url("**/imports/**")


def fetch_marked(walk: Journey, target: Path) -> Any:
    """Download the workbook with its problems marked, and open it."""
    with walk.page.expect_download() as waiting:
        walk.page.get_by_role("link", name="Tải tệp đã đánh dấu chỗ cần sửa").first.click()
    waiting.value.save_as(target)
    return openpyxl.load_workbook(target)


def marked_cells(sheet: Any) -> list[str]:
    """Return which cells a person sees coloured."""
    return [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFD9B3"]


def mend(book: Any, sheet: str, cells: dict[str, Any], target: Path) -> Path:
    """Type the corrections into the marked workbook and save it, marks and all."""
    for place, value in cells.items():
        book[sheet][place] = value
    target.write_bytes(saved(book))
    return target


def entries(app: Flask) -> list[tuple[str, str]]:
    """Return the names and statuses of what is stored, in the order it came."""
    with app.app_context():
        return [(entry.title, entry.status) for entry in db.session.scalars(select(Entry).order_by(Entry.id))]


def figures(walk: Journey) -> Sequence[str]:
    """Return the figures on the page."""
    return [figure.strip() for figure in walk.page.locator("main .stat-figure").all_inner_texts()]


def test_a_school_registers_three_teams_by_workbook_mends_two_mistakes_and_submits(
    portal_of_two: Flask, journey: Any, tmp_path: Path
) -> None:
    file = tmp_path / "doi-tan-dinh.xlsx"
    file.write_bytes(school_list())
    walk: Journey = journey("workbook-school")
    walk.sign_in("co.giao", PASSWORD)
    press_menu(walk, "Nhập Excel")
    look(walk, "01-index")
    upload(walk, ROBOCON, file)
    assert heading(walk).endswith("Các cột này ghi gì?")
    assert MOTTO in walk.page.inner_text("main")
    look(walk, "02-columns")
    press(walk, "Xem trước")
    assert figures(walk)[:4] == ["1", "0", "0", "2"]
    look(walk, "03-preview-mistakes")
    book = fetch_marked(walk, tmp_path / "danh-dau.xlsx")
    assert marked_cells(book["Danh sách đội"]) == ["F5", "G6"]
    mended = mend(book, "Danh sách đội", {"F5": "18/10/2011", "G6": "7A"}, tmp_path / "da-sua.xlsx")
    press(walk, "Tải lên tệp đã sửa")
    upload(walk, ROBOCON, mended)
    # What the column of mottos is was said once and is not asked again.
    assert heading(walk).endswith("Xem trước danh sách")
    assert figures(walk)[:4] == ["3", "0", "0", "0"]
    look(walk, "04-preview-mended")
    press(walk, "Xác nhận nhập")
    look(walk, "05-imported")
    assert [status for _title, status in entries(portal_of_two)] == [Status.DRAFT] * 3
    press(walk, "Kiểm tra và nộp")
    look(walk, "06-check")
    press(walk, "Nộp các hồ sơ đã đánh dấu")
    assert "Hãy đánh dấu lời cam đoan" in walk.page.inner_text(".error-summary")
    walk.page.check("[name=declared]")
    press(walk, "Nộp các hồ sơ đã đánh dấu")
    walk.page.wait_for_url("**/receipt/**")
    look(walk, "07-receipt")
    assert walk.page.locator("main tbody tr").count() == 3
    assert [status for _title, status in entries(portal_of_two)] == [Status.SUBMITTED] * 3
    assert [c for c in walk.complaints if REFUSED not in c] == []
    walk.complaints.clear()


def press_menu(walk: Journey, words: str) -> None:
    """Follow a link of the menu."""
    walk.page.get_by_role("link", name=words, exact=True).first.click()
    walk.page.wait_for_load_state()


def district_list(count: int) -> bytes:
    """Return a district's list with two mistakes: a field nobody has, and a date in no calendar."""
    rows = [work(number, c9="x" if number <= 5 else "") for number in range(1, count + 1)]
    rows[3][2] = "Chế biến món ăn"
    rows[7][4] = "30/02/2011\n02/02/2010"
    return works(*rows)


def test_a_coordinator_brings_a_whole_district_mends_and_confirms_with_progress(
    portal_of_two: Flask, journey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every list counts as a long one here, so that the way through the background is walked.
    monkeypatch.setattr(batches, "LARGE", 1)
    file = tmp_path / "huyen-lang-giang.xlsx"
    file.write_bytes(district_list(120))
    walk: Journey = journey("workbook-district")
    walk.sign_in("can.bo", PASSWORD)
    upload_long(walk, file)
    assert figures(walk)[:4] == ["118", "0", "0", "2"]
    look(walk, "02-preview-mistakes")
    walk.page.get_by_role("link", name="Không nhận").first.click()
    walk.page.wait_for_load_state()
    assert walk.page.locator("main tbody tr").count() == 2
    look(walk, "03-only-mistakes")
    press(walk, "Chuẩn bị tệp đánh dấu chỗ cần sửa")
    walk.page.wait_for_selector("text=Tải tệp đã đánh dấu chỗ cần sửa")
    book = fetch_marked(walk, tmp_path / "danh-dau.xlsx")
    assert marked_cells(book["Sheet"]) == ["C7", "E11"]
    cells = {"C7": "Phần mềm tin học", "E11": "28/02/2011\n02/02/2010"}
    upload_long(walk, mend(book, "Sheet", cells, tmp_path / "da-sua.xlsx"))
    assert figures(walk)[:4] == ["120", "0", "0", "0"]
    look(walk, "04-preview-mended")
    press(walk, "Xác nhận nhập")
    walk.page.wait_for_selector("h1:has-text('Đã nhập danh sách')", timeout=60_000)
    look(walk, "05-imported")
    assert len(entries(portal_of_two)) == 120
    with portal_of_two.app_context():
        rows = db.session.execute(select(Entry.status, func.count()).group_by(Entry.status))
        by_status = {row[0]: row[1] for row in rows}
        people = db.session.scalar(select(func.count(Participant.id)))
    assert by_status[Status.FORWARDED] == 5
    assert sum(by_status.values()) == 120
    assert people == 360


def upload_long(walk: Journey, file: Path) -> None:
    """Send a long list and wait on the page that shows how far it is."""
    walk.open(f"/screening/import/{YOUTH}")
    walk.page.set_input_files("main input[type=file]", str(file))
    type_in(walk, effective="20/05/2024")
    look(walk, f"{file.stem}-upload")
    press(walk, "Xem trước")
    walk.page.wait_for_selector("h1:has-text('Xem trước danh sách')", timeout=60_000)


def test_long_work_shows_how_far_it_is_with_and_without_script(
    portal_of_two: Flask, journey: Any, browser: Any
) -> None:
    with portal_of_two.app_context():
        owner = db.session.scalars(select(User).where(User.username == "can.bo")).one().id
        job = Job(
            token="t" * 43, kind="import.read", user_id=owner, language="vi", values={}, leads_to="/contests",
            leads_back="/", state=JobState.RUNNING, step="Đang đọc từng dòng", done=2_400, total=10_000,
        )  # fmt: skip
        with transaction():
            db.session.add(job)
    walk: Journey = journey("workbook-progress")
    walk.sign_in("can.bo", PASSWORD)
    address = "/jobs/" + "t" * 43
    walk.open(address)
    look(walk, "01-progress")
    assert walk.page.inner_text("[data-job-figure]") == "2.400/10.000"
    advance(portal_of_two, done=7_200, step="Đang so từng dòng với thể lệ và hồ sơ đã có")
    walk.page.wait_for_selector("text=7.200/10.000")
    look(walk, "02-further")
    advance(portal_of_two, state=JobState.DONE)
    walk.page.wait_for_url("**/contests")
    advance(portal_of_two, state=JobState.RUNNING, done=100)
    plain = browser.new_context(java_script_enabled=False, storage_state=walk.page.context.storage_state())
    page = plain.new_page()
    page.goto(walk.address + address)
    assert page.inner_text("[data-job-figure]") == "100/10.000"
    advance(portal_of_two, state=JobState.DONE)
    page.wait_for_url("**/contests", timeout=10_000)
    plain.close()


def advance(app: Flask, **values: Any) -> None:
    """Let the work go on, as the process does that works."""
    with app.app_context(), transaction():
        db.session.execute(update(Job).values(heartbeat_at=clock.now(), **values))
