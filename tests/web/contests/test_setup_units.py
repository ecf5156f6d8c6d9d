"""Pages where an organiser says what an edition's units are, for each shape, and how they screen."""

from io import BytesIO

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests import reach
from contest_portal.contests.models import School, Unit
from contest_portal.contests.queries import get_edition, units_of
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from tests.client import CheckingClient, Page
from tests.factories import make_school, make_user
from tests.factories.registration import make_entry, open_edition
from tests.factories.screening import unit_entry
from tests.factories.workbooks import workbook

UNITS = "/setup/youth-2024/units"
COMMUNES = "bac-ninh-2025"


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of an organiser of every edition."""
    with portal.app_context():
        user = make_user(Role.ORGANISER, password="")
    client: CheckingClient = portal.test_client()
    client.sign_in(user)
    return client


def names(portal: Flask) -> list[str]:
    """Return the units of the youth edition."""
    with portal.app_context():
        return [unit.name for unit in units_of(get_edition("youth-2024").id)]


def later(portal: Flask) -> None:
    """Let the registration open now, when there are communes and no districts."""
    with portal.app_context():
        open_edition("youth-2024")


def choose(client: CheckingClient, shape: str, status: int = 200) -> Page:
    """Choose what the units are."""
    return client.submit(client.get_page(UNITS), "Lưu", shape=shape, status=status)


def school_at(name: str, commune: str) -> int:
    """Make a school at a commune of 2025; return its id."""
    place = db.session.query(Unit).filter_by(unit_set=COMMUNES, name=commune).one()
    return make_school(name, unit=place).id


def test_districts_become_communes_where_the_registration_opens_after_them(
    portal: Flask, organiser: CheckingClient
) -> None:
    page = choose(organiser, f"units:{COMMUNES}", status=422)
    day = page.errors[0].partition("(")[2].partition(")")[0]
    assert page.errors == [
        f"Ngày mở đăng ký ({day}) danh sách này không có đơn vị nào. Hãy chọn danh sách khác."
    ] and day.endswith("/2024")
    assert len(names(portal)) == 10
    later(portal)
    page = choose(organiser, f"units:{COMMUNES}")
    assert len(names(portal)) == 99 == len(page.rows(0))
    assert "Xã Kép" in names(portal)
    page = choose(organiser, "units:bac-giang-2024", status=422)
    assert len(names(portal)) == 99
    assert "Đơn vị sơ khảo" in organiser.get_page("/setup/youth-2024/versions").text


def test_saving_the_same_shape_changes_nothing(portal: Flask, organiser: CheckingClient) -> None:
    choose(organiser, "units:bac-giang-2024")
    with portal.app_context():
        assert get_edition("youth-2024").revision == 0


def test_clusters_are_made_of_ticked_communes_and_each_has_one(portal: Flask, organiser: CheckingClient) -> None:
    later(portal)
    page = choose(organiser, f"clusters:{COMMUNES}")
    assert page.h1.endswith("Các cụm") and "99 xã, phường chưa thuộc cụm nào" in page.text
    form = organiser.get_page(f"{UNITS}/cluster?set={COMMUNES}")
    assert len(form.soup.select("input[name=members]")) == 99
    organiser.submit(form, "Lưu", name="Cụm số 1", members=["07399", "07375"])
    assert names(portal) == ["Cụm số 1"]
    with portal.app_context():
        edition = get_edition("youth-2024")
        here, there = school_at("Trường THCS Kép", "Xã Kép"), school_at("Trường THCS Chũ", "Phường Chũ")
        schools = [db.session.get_one(School, number) for number in (here, there)]
        assert [reach.screening_unit_of(edition.id, school) for school in schools] == [units_of(edition.id)[0].id, None]
    form = organiser.get_page(f"{UNITS}/cluster?set={COMMUNES}")
    assert len(form.soup.select("input[name=members]")) == 97
    page = organiser.submit(form, "Lưu", name="Cụm số 1", members=["07381"], status=422)
    assert page.errors == ["Đã có đơn vị mang tên này. Hãy đặt tên khác."]
    page = organiser.submit(form, "Lưu", name="", status=422)
    assert page.errors == ["Hãy điền mục này.", "Hãy chọn ít nhất một xã, phường."]
    known = organiser.get_page(f"{UNITS}/cluster?cluster=cum-so-1")
    organiser.submit(known, "Lưu", name="Cụm Lạng Giang", members=["07399"])
    page = organiser.get_page(f"{UNITS}/clusters")
    assert page.rows(0) == [["Cụm Lạng Giang", "Xã Kép"]] and "98 xã, phường" in page.text


def test_a_list_says_all_clusters_at_once(portal: Flask, organiser: CheckingClient) -> None:
    later(portal)
    path = f"{UNITS}/clusters/list?set={COMMUNES}"
    wrong = "Cụm số 1 | Xã Kép\nCụm số 1 | Xã Không Có\nCụm số 2 | Xã Kép\n|\nCụm số 2 |"
    page = organiser.submit(organiser.get_page(path), "Lưu", text=wrong, status=422)
    assert page.errors == [
        "Dòng 2: không có xã, phường nào tên “Xã Không Có”.",
        "Dòng 3: “Xã Kép” đã có ở một dòng trên.",
        "Dòng 5: chưa ghi xã, phường.",
    ]
    assert page.soup.find("textarea").text.strip() == wrong.strip()
    page = organiser.submit(organiser.get_page(path), "Lưu", text="", status=422)
    assert page.errors == ["Danh sách chưa có dòng nào."]
    organiser.submit(organiser.get_page(path), "Lưu", text="Cụm\tXã\nCụm số 1\tXã Kép\n\tLạng Giang\nCụm số 2\t07531")
    assert names(portal) == ["Cụm số 1", "Cụm số 2"]
    rows = organiser.get_page(f"{UNITS}/clusters").rows(0)
    assert rows == [["Cụm số 1", "Xã Lạng Giang, Xã Kép"], ["Cụm số 2", "Xã Tân Sơn"]]
    book = workbook(["Cụm số 2", "Xã Kép"], ["Cụm số 3", "Xã Tân Sơn"])
    page = organiser.get_page(path)
    organiser.submit(page, "Lưu", text="", file=(BytesIO(book), "cum.xlsx"))
    rows = organiser.get_page(f"{UNITS}/clusters").rows(0)
    assert rows == [["Cụm số 2", "Xã Kép"], ["Cụm số 3", "Xã Tân Sơn"]]
    page = organiser.submit(organiser.get_page(path), "Lưu", text="", file=(BytesIO(b"\x00\x01"), "x.xlsx"), status=422)
    assert len(page.errors) == 1


def test_schools_screen_their_own_and_later_ones_are_added(portal: Flask, organiser: CheckingClient) -> None:
    later(portal)
    with portal.app_context():
        first, second = school_at("Trường THCS Kép", "Xã Kép"), school_at("Trường TH Kép", "Xã Kép")
        same = school_at("Trường THCS Kép", "Xã Tân Sơn")
    page = choose(organiser, f"schools:{COMMUNES}")
    assert page.h1.endswith("Trường tự sơ khảo")
    path = f"{UNITS}/schools?set={COMMUNES}&place="
    organiser.submit(organiser.get_page(f"{path}07399"), "Lưu", schools=[str(first)])
    organiser.submit(organiser.get_page(f"{path}07531"), "Lưu", schools=[str(same)])
    assert names(portal) == ["Trường THCS Kép", "Trường THCS Kép (Xã Tân Sơn)"]
    page = organiser.submit(organiser.get_page(f"{path}07399"), "Lưu", status=422)
    assert page.errors == ["Hãy chọn ít nhất một trường."]
    organiser.submit(organiser.get_page(f"{path}07399"), "Lưu", schools=[str(second)])
    assert len(names(portal)) == 3
    organiser.submit(organiser.get_page(f"/setup/youth-2024/part/units/row/truong_{first}/remove"), "Bỏ mục này")
    assert names(portal) == ["Trường THCS Kép (Xã Tân Sơn)", "Trường TH Kép"]
    with portal.app_context():
        edition = get_edition("youth-2024")
        schools = [db.session.get_one(School, number) for number in (first, second)]
        assert [reach.screening_unit_of(edition.id, s) is None for s in schools] == [True, False]


def test_a_shape_stays_while_entries_are_in_units_that_would_vanish(portal: Flask, organiser: CheckingClient) -> None:
    later(portal)
    with portal.app_context():
        unit_entry()
        unit_entry()
    page = choose(organiser, f"units:{COMMUNES}", status=422)
    sentence = "Không bỏ được 1 đơn vị vì đang có 2 hồ sơ ở đó: Huyện Lạng Giang (2). "
    assert sentence + "Hãy chuyển hoặc rút các hồ sơ ấy trước." in page.text
    assert len(names(portal)) == 10
    # One that nobody uses may go: the change waits to be confirmed with a reason.
    page = organiser.submit(organiser.get_page("/setup/youth-2024/part/units/row/219/remove"), "Bỏ mục này")
    organiser.submit(page, "Lưu thay đổi", reason="Không tham gia năm nay")
    assert len(names(portal)) == 9


def test_clusters_and_places_are_not_mixed(portal: Flask, organiser: CheckingClient) -> None:
    form = organiser.get_page(f"{UNITS}/cluster?set=bac-giang-2024")
    organiser.submit(form, "Lưu", name="Cụm số 1", members=["217", "218"])
    page = organiser.get_page("/setup/youth-2024/part/units/new")
    page = organiser.submit(page, "Lưu", code="219", status=422)
    assert "Kỳ thi chỉ dùng một loại đơn vị sơ khảo." in page.text
    organiser.get_page(f"{UNITS}/cluster?cluster=khong-co", status=404)
    organiser.get_page(f"{UNITS}/clusters?set=khong-co", status=404)


def test_quotas_of_all_units_are_on_one_page(portal: Flask, organiser: CheckingClient) -> None:
    page = organiser.get_page(f"{UNITS}/quotas")
    assert "hạn mức chung: 20 hồ sơ" in page.text
    organiser.submit(page, "Lưu", **{"quota-217": "12", "quota-218": "0"})
    page = organiser.get_page(f"{UNITS}/quotas")
    values = {field["name"]: field["value"] for field in page.soup.select("input[name^=quota]")}
    assert [values[f"quota-{code}"] for code in ("217", "218", "219")] == ["12", "0", ""]
    page = organiser.submit(page, "Lưu", status=422, **{"quota-217": "mười"})
    assert page.errors[0] == "Hãy nhập một số nguyên."
    assert page.soup.find("input", {"name": "quota-217"})["value"] == "mười"


def test_how_units_screen_is_on_a_page_with_its_history(portal: Flask, organiser: CheckingClient) -> None:
    path = "/setup/youth-2024/matter/screening"
    page = organiser.get_page(path)
    assert page.soup.find("input", {"name": "forward_quota"})["value"] == "20"
    wrong = {"receive_until": "20/05/2024", "screening_until": "10/05/2024"}
    page = organiser.submit(page, "Lưu", status=422, **wrong)
    assert len(page.errors) == 1 and "không được nhỏ hơn hoặc sớm hơn" in page.errors[0]
    told = {"forward_quota": "15", "pass_mark": "60", "postmark_counts": True}
    organiser.submit(organiser.get_page(path), "Lưu", **told, receive_until="20/05/2024", screening_until="30/05/2024")
    with portal.app_context():
        rules = rulebook_of(get_edition("youth-2024"))
        assert (rules.forward_quota, rules.pass_mark, rules.postmark_counts) == (15, 60, True)
        assert [str(day) for day in (rules.receive_until, rules.screening_until)] == ["2024-05-20", "2024-05-30"]
    said = organiser.get_page("/setup/youth-2024/versions").text
    assert "Đơn vị nhận hồ sơ, mô hình đến hết ngày" in said and "20/05/2024" in said


def test_an_edition_without_a_unit_round_may_get_one(portal: Flask, organiser: CheckingClient) -> None:
    path = "/setup/technical-2024/matter/screening"
    page = organiser.get_page(path)
    assert not page.soup.find("input", {"name": "screening"}).has_attr("checked")
    organiser.submit(page, "Lưu", screening=True)
    with portal.app_context():
        rules = rulebook_of(get_edition("technical-2024"))
        assert rules.screening and rules.needs.unit == "required"


def test_only_who_sets_an_edition_up_reaches_its_units(portal: Flask) -> None:
    with portal.app_context():
        user = make_user(Role.ORGANISER, edition=get_edition("robocon-2024"), password="")
        make_entry()
    client = portal.test_client()
    client.sign_in(user)
    for page in ("", "/quotas", "/clusters", "/cluster", "/clusters/list", "/schools"):
        client.get_page(UNITS + page, status=404)
