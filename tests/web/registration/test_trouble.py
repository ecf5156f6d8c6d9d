"""Test what a school is told when time, another person or a bad form stands against it."""

from contest_portal.accounts.actor import Role
from tests.web.registration.conftest import Browser, World


def test_the_second_of_two_is_shown_both_versions_and_loses_nothing(world: World) -> None:
    first = world.school.get_page(f"{world.home}/details")
    second = world.school.get_page(f"{world.home}/details")
    world.school.submit(first, title="Của người thứ nhất")
    page = world.school.submit(second, title="Của người thứ hai", contact_name="Lê Văn Hai", status=409)
    assert "Của người thứ nhất" in page.text
    title = page.soup.select_one("input[name=title]")
    contact = page.soup.select_one("input[name=contact_name]")
    assert title is not None
    assert contact is not None
    assert (title["value"], contact["value"]) == ("Của người thứ hai", "Lê Văn Hai")
    assert world.stored("title") == "Của người thứ nhất"
    world.school.submit(page)
    assert (world.stored("title"), world.stored("contact_name")) == ("Của người thứ hai", "Lê Văn Hai")


def test_two_on_one_person_are_shown_both_versions(world: World) -> None:
    people = world.school.get_page(f"{world.home}/people/member")
    first, second = world.school.follow(people, "Sửa"), world.school.follow(people, "Sửa")
    world.school.submit(first, class_name="8A1")
    page = world.school.submit(second, class_name="8A9", status=409)
    assert "8A1" in page.text
    box = page.soup.select_one("input[name=class_name]")
    assert box is not None
    assert box["value"] == "8A9"
    world.school.submit(page)
    assert "lớp 8A9" in world.school.get_page(f"{world.home}/people/member").text


def test_a_deadline_that_passes_while_filling_in_is_said_and_the_draft_stays(world: World) -> None:
    form = world.school.get_page(f"{world.home}/details")
    check = world.school.get_page(f"{world.home}/check")
    world.close()
    page = world.school.submit(form, title="Rồng Muộn", status=409)
    assert page.errors[0].startswith("Đã hết hạn đăng ký lúc")
    box = page.soup.select_one("input[name=title]")
    assert box is not None
    assert box["value"] == "Rồng Muộn"
    late = world.school.submit(check, "Nộp hồ sơ", declared=True, status=409)
    assert late.errors[0].startswith("Đã hết hạn đăng ký lúc")
    home = world.school.get_page(world.home)
    assert "mà hồ sơ chưa nộp" in home.text
    assert "Nguyễn Thị Hồng Ánh" in home.text
    assert (world.stored("title"), world.stored("status")) == ("Rồng Xanh", "draft")


def test_after_the_deadline_nothing_new_is_begun(world: World) -> None:
    form = world.school.get_page("/entries/new")
    world.close()
    page = world.school.submit(form, title="Muộn", status=409)
    assert page.h1 == "Chưa đăng ký được"
    assert len(world.school.get_page("/entries/").rows()) == 1


def test_an_organiser_changes_late_with_a_reason_that_everybody_reads(submitted: World, browser_of: Browser) -> None:
    submitted.close()
    organiser = browser_of(Role.ORGANISER)
    form = organiser.get_page(f"{submitted.home}/details")
    assert organiser.submit(form, title="Rồng Vàng", status=422).errors == ["Hãy ghi lý do sửa sau khi hết hạn."]
    organiser.submit(form, title="Rồng Vàng", reason="Công văn số 5")
    assert "Lý do: Công văn số 5" in submitted.school.get_page(submitted.home).text
    assert submitted.stored("title") == "Rồng Vàng"


def test_an_expired_form_comes_back_with_what_was_typed(world: World) -> None:
    form = world.school.get_page(f"{world.home}/people/member/new")
    page = world.school.submit(
        form, status=400, csrf_token="cũ", full_name="Lê An", birth_date="1/2/2011", class_name="7A"
    )
    box = page.soup.select_one("input[name=full_name]")
    assert box is not None
    assert box["value"] == "Lê An"
    assert "Lê An" not in world.school.get_page(f"{world.home}/people/member").text
    world.school.submit(page)
    assert "Lê An" in world.school.get_page(f"{world.home}/people/member").text


def test_what_people_type_is_text(world: World) -> None:
    form = world.school.get_page(f"{world.home}/details")
    world.school.submit(form, title="<script>alert(1)</script>", contact_name="=1+1 <b>đậm</b>")
    page = world.school.get_page(world.home)
    assert page.h1.endswith("<script>alert(1)</script>")
    assert page.soup.select("main script") == []
    check = world.school.get_page(f"{world.home}/check")
    assert "=1+1 <b>đậm</b>" in check.text


def test_strange_addresses_are_answered_without_a_crash(world: World) -> None:
    for address in (
        "/people/judge",
        "/people/member/x",
        "/people/0/edit",
        "/people/99999999999999999999/edit",
        "/people/1/edit/x",
    ):
        world.school.get_page(world.home + address, 404)
    for reference in ("RB24-ÁÁÁÁÁÁ", "%F0%9F%98%80", "a" * 500, "..%2f..%2fetc"):
        world.school.get_page(f"/entries/{reference}", 404)
