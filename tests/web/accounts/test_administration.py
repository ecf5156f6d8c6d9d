"""An administrator's pages: accounts, posts, the log."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Membership, School
from contest_portal.core.database import db
from tests.factories import make_school, make_user, unit_of


@pytest.fixture
def administrator(portal: Flask, client: Any) -> User:
    """Return an administrator who is signed in."""
    with portal.app_context():
        user = make_user(Role.ADMINISTRATOR, username="quan.tri", full_name="Lê Minh Quân")
    client.sign_in(user)
    return user


def _find(portal: Flask, username: str) -> User:
    with portal.app_context():
        return db.session.scalars(select(User).where(User.username == username)).one()


def test_an_account_is_made_given_a_post_and_a_password(portal: Flask, client: Any, administrator: User) -> None:
    page = client.follow(client.get_page("/users"), "Tạo tài khoản")
    page = client.submit(page, "Tạo tài khoản", username="Thcs.Kep", full_name="Nguyễn Thị Hạnh", email="", phone="")
    assert page.h1.endswith("Nguyễn Thị Hạnh")
    assert "chưa có mật khẩu" in page.text
    made = _find(portal, "thcs.kep")
    posts = client.get_page(f"/users/{made.id}/posts")
    posts = client.submit(posts, "Giao vai trò", role="school", unit="217", school="Trường THCS Kép")
    assert posts.rows()[0][:2] == ["Nhà trường", "Trường THCS Kép"]
    shown = client.submit(client.get_page(f"/users/{made.id}"), "Cấp mật khẩu mới")
    password = shown.soup.select_one(".panel .reference, .panel strong, .panel-reference").get_text(strip=True)
    browser = portal.test_client()
    page = browser.submit(browser.get_page("/sign-in"), "Đăng nhập", username="thcs.kep", password=password)
    assert "Hồ sơ của nhà trường" in page.text


def test_the_same_form_sent_twice_makes_one_account(portal: Flask, client: Any, administrator: User) -> None:
    page = client.get_page("/users/new")
    for _ in range(2):
        client.submit(page, "Tạo tài khoản", username="mot.lan", full_name="Một Lần", email="", phone="")
    with portal.app_context():
        assert len(db.session.scalars(select(User).where(User.username == "mot.lan")).all()) == 1


@pytest.mark.parametrize("name", ["quan.tri", "QUAN.TRI", "quan-tri", "quantrl"])
def test_names_that_are_taken_or_look_taken_are_refused(client: Any, administrator: User, name: str) -> None:
    page = client.get_page("/users/new")
    page = client.submit(page, "Tạo tài khoản", username=name, full_name="Ai Đó", email="", phone="", status=422)
    assert "trông giống" in page.errors[0]
    assert page.soup.select_one("[name=full_name]")["value"] == "Ai Đó"


def test_two_administrators_change_one_account(portal: Flask, client: Any, administrator: User) -> None:
    with portal.app_context():
        user = make_user(full_name="Tên Cũ")
    first, second = client.get_page(f"/users/{user.id}"), client.get_page(f"/users/{user.id}")
    client.submit(first, "Lưu", full_name="Tên Mới", email="", phone="")
    page = client.submit(second, "Lưu", full_name="Tên Khác", email="", phone="", status=409)
    assert "Tên Mới" in page.text
    assert page.soup.select_one("[name=full_name]")["value"] == "Tên Khác"


def test_a_closed_account_is_signed_out_at_once(portal: Flask, client: Any, administrator: User) -> None:
    with portal.app_context():
        user = make_user(Role.JUDGE)
    other = portal.test_client()
    other.sign_in(user)
    page = client.submit(client.get_page(f"/users/{user.id}"), "Khóa tài khoản")
    assert "Đã khóa tài khoản." in page.flashes
    assert other.get("/account").status_code == 302
    client.submit(page, "Mở lại tài khoản")
    other.sign_in(user)
    assert other.get("/account").status_code == 200


def test_nobody_closes_their_own_account_or_ends_the_last_administrator(
    portal: Flask, client: Any, administrator: User
) -> None:
    page = client.get_page(f"/users/{administrator.id}")
    assert "Khóa tài khoản" not in page.text
    posts = client.get_page(f"/users/{administrator.id}/posts")
    page = client.submit(posts, "form[action$='/end']", status=409)
    assert "quản trị viên cuối cùng" in page.text
    with portal.app_context():
        assert db.session.scalars(select(Membership.ended_at).where(Membership.user_id == administrator.id)).all() == [
            None
        ]


def test_an_ended_post_is_kept_and_counts_no_more(portal: Flask, client: Any, administrator: User) -> None:
    with portal.app_context():
        user = make_user(Role.JUDGE)
    posts = client.get_page(f"/users/{user.id}/posts")
    page = client.submit(posts, "form[action$='/end']")
    assert "chưa giữ vai trò nào" in page.text
    other = portal.test_client()
    other.sign_in(user)
    assert other.get("/judging/").status_code == 403


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"role": "coordinator"}, "Hãy chọn đơn vị."),
        ({"role": "coordinator", "unit": "Huyện Không Có"}, "Không có đơn vị"),
        ({"role": "school"}, "Hãy chọn trường."),
        ({"role": "school", "school": "Trường chưa có"}, "Hãy ghi cả đơn vị."),
        ({"role": ""}, "Hãy chọn vai trò."),
    ],
)
def test_a_post_needs_its_place(
    portal: Flask, client: Any, administrator: User, values: dict[str, str], sentence: str
) -> None:
    with portal.app_context():
        user = make_user()
    page = client.submit(client.get_page(f"/users/{user.id}/posts"), "Giao vai trò", fields=values, status=422)
    assert any(sentence in error for error in page.errors)


def test_a_schools_name_in_two_units_needs_the_unit(portal: Flask, client: Any, administrator: User) -> None:
    with portal.app_context():
        user = make_user()
        for name in ("Huyện Lạng Giang", "Huyện Yên Thế"):
            make_school("Trường THCS Trùng Tên", unit_of("youth-2024", name))
    posts = client.get_page(f"/users/{user.id}/posts")
    page = client.submit(posts, "Giao vai trò", role="school", school="truong thcs trung ten", status=422)
    client.submit(page, "Giao vai trò", role="school", school="truong thcs trung ten", unit="215")
    with portal.app_context():
        assert db.session.scalars(select(School)).all()[1].unit_id == unit_of("youth-2024", "Huyện Yên Thế").id
        held = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
        assert held.school_id is not None


def test_foreign_fields_change_nothing(portal: Flask, client: Any) -> None:
    with portal.app_context():
        user = make_user(Role.JUDGE)
    client.sign_in(user)
    page = client.get_page("/account/password")
    token = page.soup.select_one("main form [name=csrf_token]")["value"]
    foreign = {"role": "administrator", "active": "0", "username": "other"}
    client.post("/account/password", data={"csrf_token": token, "current": "sai", "new": "x", **foreign})
    with portal.app_context():
        roles = db.session.scalars(select(Membership.role).where(Membership.user_id == user.id)).all()
        assert roles == ["judge"]
        assert db.session.get_one(User, user.id).username == user.username


def test_the_list_is_found_without_diacritics_and_sorted_by_given_name(
    portal: Flask, client: Any, administrator: User
) -> None:
    with portal.app_context():
        for number, name in enumerate(("Trần Văn Ước", "Đặng Thị Ánh", "Bùi Đình Đạt")):
            make_user(username=f"nguoi{number}", full_name=name)
    names = [row[0] for row in client.get_page("/users").rows()]
    assert names == ["Đặng Thị Ánh", "Bùi Đình Đạt", "Lê Minh Quân", "Trần Văn Ước"]
    assert [row[0] for row in client.get_page("/users?q=dang thi anh").rows()] == ["Đặng Thị Ánh"]
    assert [row[0] for row in client.get_page("/users?q=NGUOI2").rows()] == ["Bùi Đình Đạt"]
    assert "Không có tài khoản nào khớp." in client.get_page("/users?q=zzz").text


@pytest.mark.parametrize("rows", [1, 3, 120])
def test_the_list_asks_the_same_number_of_questions(portal: Flask, client: Any, administrator: User, rows: int) -> None:
    with portal.app_context():
        for number in range(rows):
            db.session.add(
                User(
                    username=f"u{number}",
                    username_folded=f"u{number}",
                    full_name="A",
                    name_folded="a",
                    name_key=f"{number:05}",
                )
            )
        db.session.commit()
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    client.get_page("/users")
    assert len([s for s in statements if s.startswith("SELECT")]) == 4


def test_the_log_is_read_by_those_who_watch(portal: Flask, client: Any, administrator: User) -> None:
    page = client.get_page("/users/new")
    client.submit(page, "Tạo tài khoản", username="moi.tao", full_name="Mới Tạo", email="", phone="")
    rows = client.get_page("/audit?action=user.created&subject=moi.tao").rows()
    assert [row[1:4] for row in rows] == [["quan.tri", "Tạo tài khoản", "moi.tao"]]
    with portal.app_context():
        auditor = make_user(Role.AUDITOR)
    other = portal.test_client()
    other.sign_in(auditor)
    assert "moi.tao" in other.get_page("/audit").text
    assert other.get("/users").status_code == 403
