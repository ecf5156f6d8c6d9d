"""The contests that ship with the portal, and what a preset file may say."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from contest_portal.contests.presets import (
    EditionPreset,
    PrizeScope,
    RoundKind,
    load_preset,
    load_presets,
    load_unit_set,
    read_preset,
)
from contest_portal.contests.reading import BadRules
from contest_portal.contests.rulebook import Need, Rulebook, Window

SMALL = """
[contest]
code = "poster"
name = "Cuộc thi Tranh cổ động"
name_en = "Poster contest"

[rules]
entry_kind = "work"
entry_word = "tranh"
entry_word_en = "poster"
person_role = "author"
person_word = "tác giả"
person_word_en = "author"
coach_word = "người hướng dẫn"
coach_word_en = "instructor"
min_people = 1
max_people = 1
min_coaches = 0
max_coaches = 0
counted_roles = ["author"]
grouping = "field"
field = "required"

[[fields]]
code = "water"
name = "Nước sạch"
name_en = "Clean water"

[[rounds]]
code = "council"
name = "Hội đồng chấm"
name_en = "Judging"
kind = "judging"

[[rounds.criteria]]
code = "idea"
name = "Ý tưởng"
name_en = "Idea"
max_points = 10
step = 0.25

[[prizes]]
code = "first"
name = "Giải nhất"
name_en = "First prize"
quantity = 1
per = "field"

[[editions]]
code = "poster-2024"
number = 1
year = 2024
title = "Cuộc thi Tranh cổ động năm 2024"
title_en = "Poster contest 2024"
prefix = "TR24"
unit_set = "bac-giang-2024"
opens = 2024-02-01T08:00:00
closes = 2024-03-01T17:00:00
"""
LATER = """
[[editions]]
code = "poster-2026"
number = 2
year = 2026
title = "Cuộc thi Tranh cổ động năm 2026"
title_en = "Poster contest 2026"
prefix = "TR26"
unit_set = "bac-ninh-2025"
opens = 2026-02-01T08:00:00
closes = 2026-03-01T17:00:00
rules = { max_people = 2, school_quota = 5 }
prizes = []

[editions.dates.council]
opens = 2026-03-10T08:00:00

[[editions.fields]]
code = "air"
name = "Không khí sạch"
name_en = "Clean air"
"""


def only(code: str) -> EditionPreset:
    (edition,) = load_preset(code).editions
    return edition


def refusal(source: str) -> str:
    with pytest.raises(BadRules) as caught:
        read_preset(source, "poster.toml")
    return str(caught.value)


def test_four_contests_ship_in_the_order_they_are_shown() -> None:
    shipped = [(preset.code, [edition.code for edition in preset.editions]) for preset in load_presets()]
    assert shipped == [
        ("robocon", ["robocon-2024"]),
        ("youth", ["youth-2024"]),
        ("technical", ["technical-2024"]),
        ("logo", ["logo-2024"]),
    ]


@pytest.mark.parametrize("code", ["robocon", "youth", "technical", "logo"])
def test_every_edition_can_be_run(code: str) -> None:
    edition = only(code)
    assert Rulebook.from_dict(edition.rules.to_dict()) == edition.rules
    assert {found.max_points for found in edition.rounds} == {Decimal(100)}
    assert [found.code for found in edition.rounds if found.kind is RoundKind.JUDGING] != []
    assert load_unit_set(edition.unit_set).valid_on(edition.units_on) != ()
    assert re.fullmatch(r"[A-Z]{2,3}24", edition.prefix)
    assert edition.opens < edition.closes


def test_prefixes_and_names_tell_the_contests_apart() -> None:
    editions = [edition for preset in load_presets() for edition in preset.editions]
    assert len({edition.prefix for edition in editions}) == len({edition.title for edition in editions}) == 4


def test_robocon_divides_by_grade() -> None:
    edition = only("robocon")
    windows = {found.code: found.window for found in edition.divisions}
    assert windows == {
        "A": Window(grade_min=3, grade_max=5),
        "B": Window(grade_min=6, grade_max=9),
        "C": Window(grade_min=10, grade_max=12),
    }
    assert (edition.rules.people.least, edition.rules.people.most) == (1, 3)
    assert (edition.rules.coaches.least, edition.rules.coaches.most) == (1, 2)
    assert edition.rules.counted_roles == ("member", "coach")
    assert edition.rules.school_year == 2023
    assert not edition.rules.screening


def test_robocon_awards_thirty_teams() -> None:
    edition = only("robocon")
    assert [(prize.code, prize.quantity, prize.amount) for prize in edition.prizes] == [
        ("first", 1, None),
        ("second", 2, None),
        ("third", 3, None),
        ("consolation", 4, None),
    ]
    assert {prize.per for prize in edition.prizes} == {PrizeScope.DIVISION}
    assert sum(prize.quantity for prize in edition.prizes) * len(edition.divisions) == 30


def test_robocon_stays_open_for_the_teams_that_came_late_and_closes_before_the_qualifier() -> None:
    edition = only("robocon")
    qualifier = edition.rounds[0]
    assert datetime(2024, 5, 27, 23, 59) < edition.closes < datetime(2024, 6, 30)
    assert qualifier.opens is not None and qualifier.opens.date() == date(2024, 6, 30)
    assert edition.rounds[1].opens == datetime(2024, 8, 14, 8)


def test_youth_has_five_fields_and_a_window_of_birth() -> None:
    edition = only("youth")
    assert edition.number == 20
    assert [found.name for found in edition.fields] == [
        "Đồ dùng dành cho học tập",
        "Phần mềm tin học",
        "Sản phẩm thân thiện với môi trường",
        "Các dụng cụ sinh hoạt gia đình và đồ chơi trẻ em",
        "Các giải pháp kỹ thuật nhằm ứng phó với biến đổi khí hậu, bảo vệ môi trường và phát triển kinh tế",
    ]
    assert edition.rules.window == Window(born_from=date(2005, 7, 31), born_to=date(2018, 7, 31))
    assert edition.rules.window.admits_birth(date(2005, 8, 1))
    assert (edition.rules.people.most, edition.rules.coaches.least, edition.rules.coaches.most) == (5, 0, 2)
    assert edition.divisions == ()


def test_youth_is_screened_by_units_then_judged_blind() -> None:
    edition = only("youth")
    assert [(found.kind, found.blind) for found in edition.rounds] == [("screening", False), ("judging", True)]
    assert edition.rules.screening and edition.rules.forward_quota == 20
    assert edition.rules.needs.unit is Need.REQUIRED
    assert edition.closes == datetime(2024, 5, 31, 23, 59, 59)
    assert sum(prize.quantity for prize in edition.prizes) == 33


def test_technical_takes_solutions_of_any_age_without_screening() -> None:
    edition = only("technical")
    assert (edition.number, edition.closes) == (11, datetime(2025, 6, 30, 17))
    assert len(edition.fields) == 6
    assert not edition.rules.window.by_birth and not edition.rules.screening
    assert edition.rules.organisation_may_enter
    assert edition.rules.made_since == date(2019, 1, 1)
    assert [found.max_points for found in edition.rounds[0].criteria] == [30, 30, 40]
    assert edition.rules.coaches.most == 0


def test_logo_divides_by_age_at_the_end_of_the_year() -> None:
    young, grown = only("logo").divisions
    assert young.window == Window(age_min=6, age_max=17, age_on=date(2024, 12, 31))
    assert young.window.admits_birth(date(2007, 1, 1)) and not young.window.admits_birth(date(2006, 12, 31))
    assert grown.window.admits_birth(date(2006, 12, 31)) and grown.window.admits_birth(date(1950, 1, 1))


def test_names_that_are_recognised_lead_to_one_place_only() -> None:
    for preset in load_presets():
        for edition in preset.editions:
            for parts in (edition.divisions, edition.fields):
                said = [name.casefold() for part in parts for name in (part.name, *part.aliases)]
                assert len(said) == len(set(said)), edition.code


def test_a_contest_needs_only_a_preset() -> None:
    preset = read_preset(SMALL, "poster.toml")
    (edition,) = preset.editions
    assert (preset.name, edition.title) == ("Cuộc thi Tranh cổ động", "Cuộc thi Tranh cổ động năm 2024")
    assert edition.rules.school_year == 2023
    assert edition.units_on == date(2024, 2, 1)
    assert edition.rounds[0].criteria[0].step == Decimal("0.25")
    assert (edition.rounds[0].weight, edition.rounds[0].blind) == (Decimal(1), False)
    assert edition.rounds[0].opens is None


def test_a_later_edition_merges_rules_and_replaces_lists() -> None:
    first, later = read_preset(SMALL + LATER, "poster.toml").editions
    assert (later.rules.people.least, later.rules.people.most, later.rules.school_quota) == (1, 2, 5)
    assert later.rules.school_year == 2025
    assert [found.code for found in later.fields] == ["air"]
    assert later.prizes == ()
    assert later.rounds[0].opens == datetime(2026, 3, 10, 8)
    assert later.rounds[0].criteria == first.rounds[0].criteria
    assert (first.rules.people.most, [found.code for found in first.fields]) == (1, ["water"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max_people = 1", "max_peple = 1", "poster.toml.editions[1].rules.max_people: còn thiếu; cần một số nguyên"),
        ("counted_roles", "colour = 1\ncounted_roles", "poster.toml.editions[1].rules.colour: không có mục nào"),
        ('kind = "judging"', 'kind = "duel"', "editions[1].rounds[1].kind: cần một trong: screening, judging, arena."),
        ("max_points = 10", "max_points = 0", "rounds[1].criteria[1].max_points: cần một số lớn hơn 0."),
        ('field = "required"', 'field = "absent"', "rules.field: phải là required vì bài dự thi được xếp"),
        (
            'field = "required"',
            'field = "required"\ndivision = "optional"',
            "poster.toml.editions[1].divisions: không khớp với mục rules.division của thể lệ.",
        ),
        ('kind = "judging"', 'kind = "screening"', "editions[1].rounds: không khớp với mục rules.screening"),
        ('per = "field"', 'per = "division"', "editions[1].prizes: giải tính theo bảng hoặc lĩnh vực mà"),
        ("2024-03-01T17", "2024-01-01T17", "poster.toml.editions[1].opens: phải trước closes."),
        ("2024-03-01T17:00:00", "2024-03-01", "editions[1].closes: cần ngày giờ dạng 2024-05-31T17:00:00"),
        ("quantity = 1", "quantity = -1", "prizes[1].quantity: cần một số nguyên từ 0 trở lên."),
        ("[[editions]]", "[[edition]]", "poster.toml.edition: không có mục nào tên như vậy."),
        ('code = "poster"', 'kode = "poster"', "poster.toml.contest.code: còn thiếu; cần một dòng chữ."),
        ("[contest]", "[contest", "poster.toml: tệp TOML sai cú pháp ("),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in SMALL
    assert said in refusal(SMALL.replace(old, new, 1))


def test_a_contest_has_an_edition() -> None:
    without = SMALL[: SMALL.index("[[editions]]")]
    assert refusal(without) == "poster.toml.editions: cần ít nhất một lần tổ chức."


def test_no_code_stands_twice() -> None:
    again = SMALL[SMALL.index("[[editions]]") :]
    assert refusal(SMALL + again) == "poster.toml.editions: “poster-2024” có hai lần."
    field = SMALL[SMALL.index("[[fields]]") : SMALL.index("[[rounds]]")]
    assert refusal(SMALL.replace("[[rounds]]", field + "[[rounds]]", 1)) == (
        "poster.toml.editions[1].fields: “water” có hai lần."
    )


def test_dates_belong_to_a_round_that_is_there() -> None:
    dates = "\n[editions.dates.final]\nopens = 2024-03-10T08:00:00\n"
    assert refusal(SMALL + dates) == "poster.toml.editions[1].dates.final: không có mục nào tên như vậy."
    backwards = "\n[editions.dates.council]\nopens = 2024-03-10T08:00:00\ncloses = 2024-03-09T08:00:00\n"
    assert refusal(SMALL + backwards) == "poster.toml.editions[1].dates.council.opens: phải trước closes."


def test_rules_of_an_edition_are_a_table() -> None:
    assert refusal(SMALL + 'rules = "như năm ngoái"\n') == "poster.toml.editions[1].rules: cần một bảng các mục."


@pytest.mark.parametrize("code", ["chess", "../units/bac-giang-2024", "robocon.toml", ""])
def test_a_preset_that_does_not_ship_is_refused(code: str) -> None:
    with pytest.raises(BadRules, match=r"^Không có tệp mẫu"):
        load_preset(code)
