"""Pages where an edition is set up: new from a preset or last year's, rules, rows, check, versions."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Edition
from contest_portal.contests.models_setup import EditionDraft, EditionVersion
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories import make_user
from tests.factories.registration import make_entry, open_edition

ROBOCON = "/setup/robocon-2024"
NEW = {
    "title": "Cuộc thi Robocon năm 2025",
    "number": "2",
    "year": "2025",
    "unit_set": "bac-ninh-2025",
    "opens_at": "08:00 01/03/2025",
    "closes_at": "17:00 15/06/2025",
}


def browser(portal: Flask, code: str | None = None, role: Role = Role.ORGANISER) -> CheckingClient:
    """Return the browser of an organiser of every edition, or of one."""
    with portal.app_context():
        user = make_user(role, edition=get_edition(code) if code else None, password="")
    client: CheckingClient = portal.test_client()
    client.sign_in(user)
    return client


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return an organiser's browser."""
    return browser(portal)


def make_entries(portal: Flask, number: int = 1) -> list[str]:
    """Make teams of one person in grade 8, handed in; return their references."""
    with portal.app_context():
        edition = open_edition()
        division = edition.divisions[1]
        people = [{"class_name": "8A", "grade": 8}, {"role": "coach"}]
        return [make_entry(edition, division=division, people=people).reference for _ in range(number)]


def revision(portal: Flask, code: str = "robocon-2024") -> int:
    """Return the number of an edition's newest version."""
    with portal.app_context():
        return get_edition(code).revision


def change(client: CheckingClient, path: str, status: int = 200, **values: object) -> Page:
    """Open a form of the set-up, fill it in, save."""
    return client.submit(client.get_page(path), "Lưu", status=status, **values)


@pytest.mark.parametrize("source", ["preset:robocon", "edition:robocon-2024"])
def test_a_new_edition_is_a_draft_until_it_is_published(portal: Flask, organiser: CheckingClient, source: str) -> None:
    made = organiser.submit(organiser.get_page("/setup/new"), "Lập bản nháp", source=source, **NEW)
    assert "Đây là bản nháp" in made.text
    visitor = portal.test_client()
    assert NEW["title"] not in visitor.get_page("/contests").text
    visitor.get_page("/contests/robocon-2025", status=404)
    organiser.get_page("/contests/robocon-2025", status=404)
    assert len(organiser.get_page("/setup/robocon-2025/part/criteria-final").rows(0)) == 3
    change(organiser, "/setup/robocon-2025/matter/publish", published=True)
    assert NEW["title"] in visitor.get_page("/contests").text
    assert visitor.get_page("/contests/robocon-2025").h1.endswith(NEW["title"])


def test_bad_input_for_a_new_edition_keeps_what_was_typed(organiser: CheckingClient) -> None:
    form = organiser.get_page("/setup/new")
    wrong = NEW | {"closes_at": "17:00 01/01/2025"}
    page = organiser.submit(form, "Lập bản nháp", source="preset:robocon", status=422, **wrong)
    assert page.errors == ["Ngày mở phải trước ngày đóng."]
    for bad in ("hôm nào đó", "25:00 01/03/2025", "08:00 31/02/2025", "08:00"):
        page = organiser.submit(form, "Lập bản nháp", source="preset:robocon", status=422, **NEW | {"opens_at": bad})
        assert page.errors == ["Hãy viết giờ và ngày, ví dụ 17:00 20/05/2024."]
        assert page.soup.find("input", {"name": "opens_at"})["value"] == bad
    page = organiser.submit(form, "Lập bản nháp", source="edition:robocon-2024", status=409, **NEW | {"year": "2024"})
    assert "Đã có một lần tổ chức mang mã" in page.text


def test_every_matter_is_saved_as_it_is_shown(portal: Flask, organiser: CheckingClient) -> None:
    """Saving a page as it came changes nothing: no value is lost on the way to the form and back."""
    for matter in ("name", "who", "people", "asked", "quotas", "checking", "contact", "publish"):
        for code in ("robocon-2024", "youth-2024"):
            change(organiser, f"/setup/{code}/matter/{matter}")
    assert [revision(portal, code) for code in ("robocon-2024", "youth-2024")] == [0, 0]


@pytest.mark.parametrize("part", ["divisions", "documents", "rounds", "prizes", "criteria-final", "units"])
def test_every_row_is_saved_as_it_is_shown(portal: Flask, organiser: CheckingClient, part: str) -> None:
    page = organiser.get_page(f"{ROBOCON}/part/{part}")
    for link in page.soup.select("table th[scope=row] a")[:4]:
        change(organiser, link["href"])
    assert revision(portal) == 0


def test_rows_are_added_changed_moved_and_removed(organiser: CheckingClient) -> None:
    path = f"{ROBOCON}/part/prizes"
    change(organiser, f"{path}/new", name="Giải đặc biệt", quantity="1", per="edition", amount="10.000.000")
    assert organiser.get_page(path).rows(0)[-1][:2] == [
        "Giải đặc biệt",
        "1 giải, tính theo: Cả kỳ thi; 10.000.000 đồng mỗi giải",
    ]
    page = organiser.get_page(path)
    button = page.soup.select("table tr")[-1].select("form")[-1]
    values = {field["name"]: field["value"] for field in button.select("input")}
    organiser.post(path, data=values)
    assert organiser.get_page(path).rows(0)[-2][0] == "Giải đặc biệt"
    change(organiser, f"{path}/row/giai-dac-biet", amount="12.000.000")
    assert "12.000.000" in organiser.get_page("/contests/robocon-2024").text
    removal = organiser.get_page(f"{path}/row/giai-dac-biet/remove")
    organiser.submit(removal, "Bỏ mục này")
    assert "Giải đặc biệt" not in organiser.get_page(path).text


def test_bad_bounds_get_a_sentence_at_their_field(organiser: CheckingClient) -> None:
    page = change(organiser, f"{ROBOCON}/matter/people", status=422, min_people="4", max_people="2")
    assert page.errors == ["Mục này không được nhỏ hơn hoặc sớm hơn “Số người dự thi ít nhất”."]
    page = change(organiser, f"{ROBOCON}/matter/who", status=422, age_min="6")
    assert page.errors == ["Tuổi phải tính đến một ngày. Hãy ghi ngày ấy, ví dụ 31/12/2024."]
    page = change(organiser, f"{ROBOCON}/part/prizes/new", status=422, name="", quantity="0")
    assert len(page.errors) == 2


def test_a_change_is_checked_against_the_entries_before_it_is_saved(portal: Flask, organiser: CheckingClient) -> None:
    reference = make_entries(portal)[0]
    check = change(organiser, f"{ROBOCON}/part/divisions/row/B", grade_min="9")
    assert check.rows(0) == [["Khối lớp ngoài giới hạn", "Sẽ vi phạm", "1"]]
    assert check.rows(1)[0][:2] == [reference, "Sẽ vi phạm"]
    assert "học lớp 8" in check.text
    assert "lớp 6 đến lớp 9" in check.text
    assert revision(portal) == 0, "nothing is saved before it is confirmed"
    again = organiser.submit(check, "Lưu thay đổi", status=422)
    assert again.errors == ["Hãy điền mục này."]
    done = organiser.submit(again, "Lưu thay đổi", reason="Theo Kế hoạch số 12")
    assert "Đã lưu thành bản 2." in done.flashes[0]
    versions = organiser.get_page(f"{ROBOCON}/versions")
    assert "Theo Kế hoạch số 12" in versions.text
    assert "Từ “lớp 6 đến lớp 9” thành “lớp 9”" in versions.text
    assert "lớp 6 đến lớp 9" in organiser.get_page(f"{ROBOCON}/versions/1").text
    assert "lớp 6 đến lớp 9" not in organiser.get_page(f"{ROBOCON}/versions/2").text
    organiser.get_page(f"{ROBOCON}/versions/3", status=404)


def test_the_list_of_touched_entries_is_paged(portal: Flask, organiser: CheckingClient) -> None:
    references = make_entries(portal, 53)
    check = change(organiser, f"{ROBOCON}/part/divisions/row/B", grade_min="9")
    second = organiser.follow(check, "Trang sau")
    assert [row[0] for row in [*check.rows(1), *second.rows(1)]] == references
    assert len(check.rows(1)) == 50


def test_what_is_in_use_is_not_removed(portal: Flask, organiser: CheckingClient) -> None:
    make_entries(portal)
    page = organiser.get_page(f"{ROBOCON}/part/divisions/row/B/remove")
    refused = organiser.submit(page, "Bỏ mục này", status=422)
    assert "1 hồ sơ" in refused.errors[0]
    assert len(organiser.get_page(f"{ROBOCON}/part/divisions").rows(0)) == 3


def test_two_people_on_one_form_see_both_versions(portal: Flask, organiser: CheckingClient) -> None:
    colleague = browser(portal)
    mine = organiser.get_page(f"{ROBOCON}/matter/people")
    change(colleague, f"{ROBOCON}/matter/contact", contact="Chị Hoa, 0912 345 678")
    refused = organiser.submit(mine, "Lưu", max_people="5", status=409)
    assert "Chị Hoa, 0912 345 678" in refused.text
    assert refused.soup.find("input", {"name": "max_people"})["value"] == "5"
    organiser.submit(refused, "Lưu")
    public = portal.test_client().get_page("/contests/robocon-2024").text
    assert "Chị Hoa" in public
    assert "Từ 1 đến 5" in public


def test_an_organiser_of_another_edition_finds_nothing(portal: Flask) -> None:
    stranger = browser(portal, "youth-2024")
    assert "Robocon" not in stranger.get_page("/setup").text
    for path in ("", "/matter/who", "/part/divisions", "/part/divisions/row/A", "/versions", "/versions/1"):
        stranger.get_page(ROBOCON + path, status=404)
    stranger.get_page("/setup/youth-2024")
    stranger.get_page("/setup/new", status=403)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.JUDGE):
        browser(portal, role=role).get_page("/setup", status=403)


def test_a_change_waits_for_its_own_maker_only(portal: Flask, organiser: CheckingClient) -> None:
    make_entries(portal)
    change(organiser, f"{ROBOCON}/matter/people", max_people="5")
    with portal.app_context():
        token = db.session.scalars(select(EditionDraft.token)).one()
    organiser.get_page(f"{ROBOCON}/check/{token}")
    organiser.get_page(f"/setup/youth-2024/check/{token}", status=404)
    browser(portal).get_page(f"{ROBOCON}/check/{token}", status=404)


@pytest.mark.parametrize(
    "path", ["/matter/x", "/part/x", "/part/criteria", "/part/criteria-x", "/part/divisions/row/x", "/part/rules"]
)
def test_what_is_not_there_is_not_found(organiser: CheckingClient, path: str) -> None:
    organiser.get_page(ROBOCON + path, status=404)


def test_pages_cost_the_same_with_many_versions(portal: Flask, organiser: CheckingClient) -> None:
    counts = []
    for number in range(1, 31):
        change(organiser, f"{ROBOCON}/matter/contact", contact=f"Người thứ {number}")
        if number in (3, 30):
            with counted_statements() as statements:
                organiser.get_page(f"{ROBOCON}/versions")
            counts.append(len(statements))
    assert counts[0] == counts[1]
    older = organiser.follow(organiser.get_page(f"{ROBOCON}/versions"), "Các bản cũ hơn")
    assert "Bản 1" in older.text
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(EditionVersion)) == 31
        assert db.session.scalars(select(Edition).where(Edition.code == "robocon-2024")).one().revision == 31
