"""Test that entries are found by anything, by those who may, and in the order that was asked for."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from werkzeug.datastructures import MultiDict

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.models import School
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db, transaction
from contest_portal.core.paging import Cursor, Page, decode, keyset
from contest_portal.core.vietnamese import fold
from contest_portal.registration import finding
from contest_portal.registration.filters import SORTS, Filters
from contest_portal.registration.indexing import index_entries, index_missing, reindex
from contest_portal.registration.listing import _ordered, choices_for, list_entries
from contest_portal.registration.listing_people import list_people
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.models_finding import SearchTerm
from contest_portal.registration.people import Person
from contest_portal.registration.services import Details, add_person, change_details, remove_person
from contest_portal.registration.status import Status
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, make_participant, open_edition

pytestmark = pytest.mark.usefixtures("app")

ROBOCON = "robocon-2024"


def listed(actor: Actor = SYSTEM, cursor: str | None = None, **filters: str) -> Page[Any]:
    """Return one page of the list."""
    wanted = Filters.read(MultiDict(filters))
    return list_entries(actor, wanted, choices_for(wanted, actor), decode(cursor))


def found(q: str, actor: Actor = SYSTEM, **filters: str) -> list[str]:
    """Return the titles that a search finds."""
    return [row.title for row in listed(actor, q=q, **filters).items]


def named(actor: Actor = SYSTEM, cursor: str | None = None, **filters: str) -> Page[Any]:
    """Return one page of the people of an edition."""
    wanted = Filters.read(MultiDict({"edition": ROBOCON, **filters}))
    return list_people(actor, wanted, choices_for(wanted, actor), decode(cursor))


@pytest.fixture
def entry() -> Entry:
    """Return an entry with everything that it may be found by."""
    school = make_school("Trường THCS Tân Dĩnh", unit_of(ROBOCON))
    people = [{"full_name": "Nguyễn Thị Hồng Ánh"}, {"full_name": "Đỗ Quý", "role": "coach", "phone": "0987 111 222"}]
    made = make_entry(ROBOCON, school=school, title="Rồng Xanh", people=people)
    with transaction():
        made.contact_phone, made.contact_email = "0912345678", "co.lan@thcs.edu.vn"
    return made


@pytest.mark.parametrize(
    "q",
    [
        "rong",
        "Rồng Xanh",
        "xanh rồng",
        "XANH",
        "anh hong",
        "do quy",
        "đỗ quí",
        "tan dinh",
        "thcs tân",
        "hồng rồng dĩnh",
        "0912345678",
        "0912 345 678",
        "+84912345678",
        "345678",
        "111222",
        "co.lan@",
        "co.lan@thcs.edu.vn",
    ],
)
def test_an_entry_is_found_by_anything_it_is_known_by(entry: Entry, q: str) -> None:
    make_entry(ROBOCON, title="Sao Mai")
    for edition in ("", ROBOCON):
        assert found(q, edition=edition) == ["Rồng Xanh"], edition


def test_an_entry_is_found_by_its_reference(entry: Entry) -> None:
    make_entry("youth-2024", title="Khác")
    for q in (entry.reference, entry.reference[:-2], entry.reference.lower(), entry.reference[5:], "rb24 rong"):
        assert found(q) == ["Rồng Xanh"], q
    assert found("RB24-XXXXXXX") == []
    assert found(f"{entry.reference} khac") == []


@pytest.mark.parametrize("q", ["ong", "rong bo", "xanhh", "0912345679", "%", "anh@", "dinh tan khong"])
def test_what_is_not_there_is_not_found(entry: Entry, q: str) -> None:
    assert found(q) == []


def test_the_index_follows_every_change() -> None:
    school = make_school("Trường THCS Cũ", unit_of(open_edition(ROBOCON)))
    teacher = actor_for(make_user(Role.SCHOOL, school=school))
    entry = make_entry(ROBOCON, school=school, title="Tên đầu", status=Status.DRAFT, people=[])
    change_details(teacher, entry, Details("Tên sau", unit_id=entry.unit_id, contact_phone="0911222333"))
    assert (found("dau"), found("sau"), found("222333")) == ([], ["Tên sau"], ["Tên sau"])
    add_person(teacher, entry, Person("member", "Vũ Thị Mới", date(2011, 5, 20), "7A2"))
    assert found("vu moi") == ["Tên sau"]
    person = db.session.scalars(select(Participant.id)).one()
    remove_person(teacher, entry, person)
    assert found("vu moi") == []
    with transaction():
        db.session.get_one(School, school.id).name = "Trường THCS Đổi Tên"
    assert (found("cu"), found("doi ten")) == ([], ["Tên sau"])


def test_what_is_undone_leaves_no_words(entry: Entry) -> None:
    with pytest.raises(RuntimeError), transaction():
        entry.title = "Tên hụt"
        db.session.flush()
        raise RuntimeError
    db.session.rollback()
    with transaction():
        make_participant(make_entry(ROBOCON, title="Sau đó"))
    assert (found("hut"), found("rong")) == ([], ["Rồng Xanh"])


def raw_entry(number: int) -> int:
    """Bring an entry in past the session, as a bulk statement does."""
    values = {
        "reference": f"RB24-{number:06d}",
        "edition_id": get_edition(ROBOCON).id,
        "title": f"Đội số {number}",
        "title_folded": fold(f"Đội số {number}"),
        "status": "submitted",
        "status_on": date(2024, 5, 20),
    }
    with transaction():
        return db.session.execute(insert(Entry).values(**values).returning(Entry.id)).scalar_one()


def test_entries_that_came_in_past_the_session_are_indexed_on_demand() -> None:
    ids = [raw_entry(number) for number in range(3)]
    assert found("doi so") == []
    with transaction():
        index_entries(ids[:1])
    assert found("doi so") == ["Đội số 0"]
    assert index_missing() == 2
    assert index_missing() == 0
    assert len(found("doi so")) == 3


def test_indexing_anew_changes_nothing_that_was_right(entry: Entry) -> None:
    def terms() -> list[tuple[Any, ...]]:
        rows = db.session.execute(select(SearchTerm.entry_id, SearchTerm.term).order_by(SearchTerm.term))
        return [tuple(row) for row in rows]

    before = terms()
    assert before
    with transaction():
        db.session.execute(text("UPDATE entries SET title_key = '', title = 'Tên Khác'"))
    assert list(reindex()) == [1]
    assert found("khac") == ["Tên Khác"]
    assert len(terms()) == len(before)


def test_each_finds_only_what_is_theirs(entry: Entry) -> None:
    stranger = make_school("Trường THCS Khác", unit_of(ROBOCON, "Huyện Sơn Động"))
    far = unit_of(ROBOCON, "Huyện Sơn Động")
    nobody_elses = [
        actor_for(make_user(Role.SCHOOL, school=stranger)),
        actor_for(make_user(Role.COORDINATOR, unit=far)),
        actor_for(make_user(Role.JUDGE)),
        actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024"))),
    ]
    for actor in nobody_elses:
        for q in ("rong", entry.reference, "0912345678", "tan dinh", "co.lan@"):
            assert found(q, actor) == [], (actor.posts, q)
        assert list(named(actor).items) == []


def test_telephone_numbers_are_found_only_by_those_who_work_with_the_entry(entry: Entry) -> None:
    own = unit_of(ROBOCON)
    finders = [
        make_user(Role.SCHOOL, school=entry.school),
        make_user(Role.COORDINATOR, unit=own),
        make_user(Role.ORGANISER, edition=get_edition(ROBOCON)),
    ]
    for user in finders:
        assert found("0912345678", actor_for(user)) == found("co.lan@", actor_for(user)) == ["Rồng Xanh"]
    auditor = actor_for(make_user(Role.AUDITOR))
    assert found("rong", auditor) == ["Rồng Xanh"]
    assert found("0912345678", auditor) == found("345678", auditor) == found("co.lan@", auditor) == []
    # A post that finds numbers elsewhere opens none here.
    both = actor_for(make_user(Role.AUDITOR, Role.COORDINATOR, unit=unit_of(ROBOCON, "Huyện Sơn Động")))
    assert found("0912345678", both) == []


def test_a_common_word_and_a_rare_one_lead_to_the_same(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcdefghiklm":
        make_entry(ROBOCON, title=f"Rồng Số van{name}", people=[{"full_name": "Lê Văn Chung"}])
    for few in (0, 5, 1000):
        monkeypatch.setattr(finding, "FEW", few)
        assert found("rong xanh") == ["Rồng Xanh"]
        assert len(found("rong")) == 13
        assert found("rong so chung vang") == ["Rồng Số vang"]
        assert found("rong", edition=ROBOCON, sort="title")[0] == "Rồng Số vana"


TITLES = ["Ánh Dương", "An Bình", "Ăn Mặc", "Đội Đỏ", "Dế Mèn", "Âm Vang", "Ánh Sao"]


def test_titles_stand_in_vietnamese_order_page_by_page() -> None:
    for title in TITLES:
        make_entry(ROBOCON, title=title, people=[])
    assert found("", edition=ROBOCON, sort="title") == [
        "An Bình",
        "Ánh Dương",
        "Ánh Sao",
        "Ăn Mặc",
        "Âm Vang",
        "Dế Mèn",
        "Đội Đỏ",
    ]


@pytest.mark.parametrize("sort", list(SORTS))
def test_every_order_leads_through_all_pages_and_back(sort: str) -> None:
    schools = [make_school(f"Trường {letter}", unit_of(ROBOCON)) for letter in "CABĐ"]
    for number in range(103):
        make_entry(
            ROBOCON,
            school=schools[number % 4],
            title=f"Đội {number % 7}",
            people=[],
            happened_on=date(2024, 5, 1 + number % 5),
        )
    seen, cursor, sizes = [], None, []
    while True:
        page = listed(cursor=cursor, edition=ROBOCON, sort=sort)
        seen += [row.id for row in page.items]
        sizes.append(len(page.items))
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert (sizes, len(set(seen))) == ([50, 50, 3], 103)
    back = listed(cursor=page.previous_cursor, edition=ROBOCON, sort=sort)
    assert [row.id for row in back.items] == seen[50:100]
    if sort == "school":
        names = [db.session.get_one(Entry, entry_id).school.name for entry_id in seen]  # type: ignore[union-attr]
        assert list(dict.fromkeys(names)) == ["Trường A", "Trường B", "Trường C", "Trường Đ"]
    if sort == "status":
        days = [db.session.get_one(Entry, entry_id).status_on for entry_id in seen]
        assert days == sorted(days, reverse=True)


PEOPLE = ["Nguyễn Văn Đạt", "Trần Thị Ánh", "Lê Quý", "Nguyễn Thị Ánh", "Phạm Ân", "Đỗ Anh"]


def test_people_stand_by_given_name_then_middle_then_family() -> None:
    make_entry(ROBOCON, people=[{"full_name": name} for name in PEOPLE])
    make_entry("youth-2024", people=[{"full_name": "Người Nơi Khác", "role": "author"}])
    assert [row.full_name for row in named().items] == [
        "Đỗ Anh",
        "Nguyễn Thị Ánh",
        "Trần Thị Ánh",
        "Phạm Ân",
        "Nguyễn Văn Đạt",
        "Lê Quý",
    ]


def test_people_are_found_by_their_own_names_and_those_who_left_are_gone(entry: Entry) -> None:
    make_entry(ROBOCON, people=[{"full_name": "Lê Thị Ánh"}, {"full_name": "Lê Văn Rồng"}])
    assert [row.full_name for row in named(q="anh").items] == ["Lê Thị Ánh", "Nguyễn Thị Hồng Ánh"]
    assert {row.full_name for row in named(q="anh").items} == {"Nguyễn Thị Hồng Ánh", "Lê Thị Ánh"}
    assert {row.full_name for row in named(q="le").items} == {"Lê Thị Ánh", "Lê Văn Rồng"}
    with transaction():
        gone = db.session.scalars(select(Participant).where(Participant.full_name == "Lê Thị Ánh")).one()
        gone.left_on = date(2024, 6, 1)
    assert {row.full_name for row in named(q="anh").items} == {"Nguyễn Thị Hồng Ánh"}


def test_people_are_paged_and_each_sees_their_own() -> None:
    school = make_school(unit=unit_of(ROBOCON))
    make_entry(ROBOCON, people=[{"full_name": f"Trần Văn {chr(97 + n % 26)}{n}"} for n in range(60)])
    make_entry(ROBOCON, school=school, people=[{"full_name": "Của Trường"}])
    first = named()
    second = named(cursor=first.next_cursor)
    assert (len(first.items), len(second.items), second.next_cursor) == (50, 11, None)
    assert [row.id for row in named(cursor=second.previous_cursor).items] == [row.id for row in first.items]
    own = named(actor_for(make_user(Role.SCHOOL, school=school)))
    assert [row.full_name for row in own.items] == ["Của Trường"]
    assert named(actor_for(make_user(Role.JUDGE))).items == []


def test_filters_by_day_school_and_check(entry: Entry, at: Callable[..., datetime]) -> None:
    other = make_entry(ROBOCON, title="Tháng Năm", happened_on=date(2024, 5, 20))
    with transaction():
        other.check_state = "eligible"
    assert found("", since="19/05/2024", until="21/5/2024") == ["Tháng Năm"]
    assert found("", until="19/05/2024") == []
    assert found("", check="eligible") == ["Tháng Năm"]
    assert found("", check="all", edition=ROBOCON) == ["Tháng Năm", "Rồng Xanh"]
    assert found("", school=str(entry.school_id)) == ["Rồng Xanh"]
    faulty = Filters.read(MultiDict({"since": "31/02/2024", "until": "hôm qua"}))
    assert len(faulty.faults) == 2
    assert "31/02/2024" in str(faulty.faults[0])


@pytest.mark.parametrize("school", ["0", "999999", "-1", "1e3", "٣", "9" * 30, "' OR 1=1"])
def test_a_school_that_is_not_there_is_as_if_it_had_not_been_asked(entry: Entry, school: str) -> None:
    assert found("", school=school) == ["Rồng Xanh"]


def test_a_strangers_school_is_not_named(entry: Entry) -> None:
    stranger = actor_for(make_user(Role.SCHOOL, school=make_school()))
    assert choices_for(Filters.read({"school": str(entry.school_id)}), stranger).school is None
    assert choices_for(Filters.read({"school": str(entry.school_id)}), SYSTEM).school is not None


def plan_of(statement: Any) -> str:
    """Return how SQLite would read a statement."""
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    return " ".join(row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("title", "ix_entries_edition_id_title_key_id"),
        ("school", "ix_entries_edition_id_school_key_id"),
        ("status", "ix_entries_edition_id_status_on_id"),
        ("oldest", "ix_entries_edition_id_id"),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_every_order_reads_its_own_index_from_any_page(sort: str, index: str, deep: bool) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite tells its plan without rows; PostgreSQL chooses by their number")
    entry = make_entry(ROBOCON)
    filters = Filters.read({"edition": ROBOCON, "sort": sort})
    wanted, columns = _ordered(SYSTEM, filters, choices_for(filters, SYSTEM), ())
    cursor = Cursor(tuple(getattr(entry, column.key) for column in columns)) if deep else None
    statement, used = keyset(wanted, columns, cursor, descending=SORTS[sort].descending)
    assert used == cursor
    plan = plan_of(statement)
    assert index in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    # From the cursor on the index is entered in the middle, not read from its beginning.
    assert not deep or f"{columns[0].key}" in plan.rpartition("(")[2] or "rowid" in plan, plan


def test_a_word_is_one_stretch_of_the_index() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite tells its plan without rows; PostgreSQL chooses by their number")
    wanted = select(Entry.id).where(finding._leading(["rong"], [1]))
    assert "ix_search_terms_edition_id_term_entry_id (edition_id=? AND term>? AND term<?)" in plan_of(wanted)
    asked = select(Entry.id).where(Entry.edition_id == 1, finding._has(["rong"])).order_by(Entry.id.desc())
    assert "PRIMARY KEY (entry_id=? AND term>? AND term<?)" in plan_of(asked)


def test_postgresql_reads_a_stretch_too() -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL has a collation of its own for each column")
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    compiled = (
        select(Entry.id)
        .where(finding._leading(["rong"], [1]))
        .compile(db.engine, compile_kwargs={"literal_binds": True})
    )
    plan = " ".join(row[0] for row in db.session.execute(text(f"EXPLAIN {compiled}")))
    assert "search_terms" in plan
    assert "term >= 'rong'" in plan.partition("Index Cond")[2], plan
