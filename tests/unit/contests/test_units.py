"""The units of both eras: how many, which, and from when to when."""

from collections import Counter
from datetime import date

import pytest

from contest_portal.contests.presets import UnitKind, UnitPreset, load_unit_set, load_unit_sets, read_unit_set
from contest_portal.contests.reading import BadRules

OLD, NEW = "bac-giang-2024", "bac-ninh-2025"
SEASON = date(2024, 5, 20)
TWO_TIERS = date(2025, 7, 1)
DISTRICTS_2024 = {
    "213": "Thành phố Bắc Giang",
    "215": "Huyện Yên Thế",
    "216": "Huyện Tân Yên",
    "217": "Huyện Lạng Giang",
    "218": "Huyện Lục Nam",
    "219": "Huyện Lục Ngạn",
    "220": "Huyện Sơn Động",
    "221": "Huyện Yên Dũng",
    "222": "Thị xã Việt Yên",
    "223": "Huyện Hiệp Hòa",
}
SMALL = """
[set]
code = "x"
name = "Tỉnh X"
name_en = "X province"
valid_to = 2025-06-30

[province]
code = "99"
name = "Tỉnh X"

[[units]]
code = "1"
name = "Huyện Y"
valid_from = 2020-01-01
"""


def by_code(unit_set: str) -> dict[str, UnitPreset]:
    return {unit.code: unit for unit in load_unit_set(unit_set).units}


def former_bac_giang() -> list[UnitPreset]:
    """Return the 58 communes and wards of former Bắc Giang, by the old code blocks."""
    return [unit for unit in load_unit_set(NEW).valid_on(TWO_TIERS) if unit.code < "08000"]


def test_two_eras_ship_the_older_first() -> None:
    assert [found.code for found in load_unit_sets()] == [OLD, NEW]


def test_the_season_of_2024_had_these_ten() -> None:
    assert {unit.code: unit.name for unit in load_unit_set(OLD).valid_on(SEASON)} == DISTRICTS_2024


def test_2025_began_with_another_ten() -> None:
    before, after = load_unit_set(OLD).valid_on(date(2024, 12, 31)), load_unit_set(OLD).valid_on(date(2025, 1, 1))
    assert len(before) == len(after) == 10
    assert {unit.name for unit in before} - {unit.name for unit in after} == {"Huyện Yên Dũng"}
    assert {unit.name for unit in after} - {unit.name for unit in before} == {"Thị xã Chũ"}
    assert by_code(OLD)["224"].name == "Thị xã Chũ"


def test_the_districts_end_where_the_two_tiers_begin() -> None:
    assert len(load_unit_set(OLD).valid_on(date(2025, 6, 30))) == 10
    assert load_unit_set(OLD).valid_on(TWO_TIERS) == ()
    assert load_unit_set(NEW).valid_on(date(2025, 6, 30)) == ()
    assert len(load_unit_set(NEW).valid_on(TWO_TIERS)) == 99


def test_bac_ninh_has_66_communes_and_33_wards() -> None:
    kinds = Counter(unit.kind for unit in load_unit_set(NEW).valid_on(TWO_TIERS))
    assert kinds == {UnitKind.COMMUNE: 66, UnitKind.WARD: 33}


def test_58_of_them_were_bac_giang() -> None:
    kinds = Counter(unit.kind for unit in former_bac_giang())
    assert kinds == {UnitKind.COMMUNE: 45, UnitKind.WARD: 13}
    counts = Counter(unit.former for unit in former_bac_giang())
    assert counts == {
        "213": 2,
        "215": 5,
        "216": 5,
        "217": 5,
        "218": 8,
        "219": 11,
        "220": 8,
        "221": 6,
        "222": 4,
        "223": 4,
    }
    assert set(counts) == set(DISTRICTS_2024)


def test_the_other_41_name_a_district_of_former_bac_ninh() -> None:
    others = [unit for unit in load_unit_set(NEW).valid_on(TWO_TIERS) if unit.code >= "08000"]
    assert len(others) == 41
    assert {unit.former for unit in others} == {"256", "258", "259", "260", "261", "262", "263", "264"}


@pytest.mark.parametrize(
    ("code", "name", "former"),
    [
        ("07210", "Phường Bắc Giang", "213"),
        ("07399", "Xã Kép", "217"),
        ("07525", "Phường Chũ", "219"),
        ("07777", "Phường Việt Yên", "222"),
        ("07864", "Xã Hợp Thịnh", "223"),
        ("09187", "Phường Kinh Bắc", "256"),
        ("09367", "Phường Từ Sơn", "261"),
        ("09529", "Xã Lâm Thao", "264"),
    ],
)
def test_codes_name_the_units_they_were_given_to(code: str, name: str, former: str) -> None:
    unit = by_code(NEW)[code]
    assert (unit.name, unit.former) == (name, former)


def test_codes_are_official_ones() -> None:
    assert all(len(unit.code) == 3 and unit.code.isdigit() for unit in load_unit_set(OLD).valid_on(SEASON))
    assert all(len(unit.code) == 5 and unit.code.isdigit() for unit in load_unit_set(NEW).valid_on(TWO_TIERS))


@pytest.mark.parametrize("unit_set", [OLD, NEW])
def test_the_province_stands_above_every_unit_and_is_not_one_of_them(unit_set: str) -> None:
    province, *below = load_unit_set(unit_set).units
    assert (province.kind, province.code, province.parent) == (UnitKind.PROVINCE, "24", None)
    assert {unit.parent for unit in below} == {"24"}
    assert province not in load_unit_set(unit_set).valid_on(SEASON) + load_unit_set(unit_set).valid_on(TWO_TIERS)


@pytest.mark.parametrize("unit_set", [OLD, NEW])
def test_every_way_to_write_a_unit_means_one_unit(unit_set: str) -> None:
    units = load_unit_set(unit_set).units
    said = [name for unit in units for name in {unit.code, unit.name, unit.short_name, *unit.aliases}]
    assert [name for name, count in Counter(said).items() if count > 1] == []


def test_units_are_found_as_workbooks_write_them() -> None:
    city, town = by_code(OLD)["213"], by_code(OLD)["222"]
    assert {"Bắc Giang", "TP Bắc Giang"} <= {city.short_name, *city.aliases}
    assert {"Việt Yên", "TX Việt Yên", "Huyện Việt Yên"} <= {town.short_name, *town.aliases}


def test_kind_and_short_name_follow_from_the_name() -> None:
    province, district = read_unit_set(SMALL, "x.toml").units
    assert (district.kind, district.short_name, district.parent) == (UnitKind.DISTRICT, "Y", "99")
    assert (district.valid_from, district.valid_to) == (date(2020, 1, 1), date(2025, 6, 30))
    assert (province.valid_from, province.valid_to) == (None, date(2025, 6, 30))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Huyện Y", "Quận Y", "x.toml.units[1].name: cần bắt đầu bằng một trong: Tỉnh, Thành phố, Thị xã, Huyện,"),
        ('code = "1"', 'code = "99"', "x.toml.units: “99” có hai lần."),
        ("Huyện Y", "Tỉnh X", "x.toml.units: “Tỉnh X” có hai lần."),
        ('code = "1"', "code = 1", "x.toml.units[1].code: cần một dòng chữ."),
        ("valid_from", "valid_form", "x.toml.units[1].valid_form: không có mục nào tên như vậy."),
    ],
)
def test_a_mistake_in_a_set_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in SMALL
    with pytest.raises(BadRules) as caught:
        read_unit_set(SMALL.replace(old, new, 1), "x.toml")
    assert said in str(caught.value)
