"""What an edition asks for besides people."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.asking import (
    PERSONAL,
    ConsentRule,
    DocumentKind,
    DocumentRule,
    Need,
    SectionRule,
    Words,
    read_documents,
    read_sections,
)
from contest_portal.contests.presets import load_preset, load_presets
from contest_portal.contests.reading import BadRules, Table
from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.i18n import language

documents = st.builds(
    DocumentRule,
    kind=st.sampled_from([kind for kind in DocumentKind if kind is not DocumentKind.VIDEO]),
    need=st.sampled_from(Need),
    most=st.integers(1, 50),
    megabytes=st.integers(1, 500),
)
sections = st.builds(
    SectionRule,
    code=st.sampled_from(["idea", "build", "use"]),
    name=st.builds(Words, st.just("Ý tưởng"), st.just("Idea")),
    need=st.sampled_from(Need),
    most=st.integers(1, 9000),
)


def rules_with(**more: Any) -> dict[str, Any]:
    """Return stored rules of the youth contest with some keys changed."""
    return load_preset("youth").editions[0].rules.to_dict() | more


@given(documents)
def test_document_rule_is_read_as_it_was_written(rule: DocumentRule) -> None:
    assert DocumentRule.read(Table(rule.to_dict(), "documents[1]")) == rule


@given(sections)
def test_section_rule_is_read_as_it_was_written(rule: SectionRule) -> None:
    assert SectionRule.read(Table(rule.to_dict(), "sections[1]")) == rule


@pytest.mark.parametrize("preset", load_presets(), ids=lambda preset: preset.code)
def test_rules_of_every_preset_are_read_as_they_are_stored(preset: Any) -> None:
    for edition in preset.editions:
        assert Rulebook.from_dict(edition.rules.to_dict()) == edition.rules


def test_rules_stored_before_documents_were_known_are_read_with_none() -> None:
    old = {
        key: value
        for key, value in rules_with().items()
        if key not in {"documents", "sections", "summary_most", "document_check", "consent", "public_list"}
    }
    rules = Rulebook.from_dict(old)
    assert (rules.documents, rules.sections, rules.consent) == ((), (), ConsentRule.DECLARED)
    assert (rules.document_check, rules.public_list, rules.summary_most) == (True, False, 6000)


def test_youth_asks_for_no_birth_certificate_and_no_portrait() -> None:
    rules = load_preset("youth").editions[0].rules
    assert {rule.kind for rule in rules.documents}.isdisjoint(PERSONAL)
    assert rules.document("photo") == DocumentRule(DocumentKind.PHOTO, Need.OPTIONAL, most=8)
    assert rules.document("birth_certificate") is None


def test_a_kind_turned_off_is_not_asked_for() -> None:
    rules = Rulebook.from_dict(rules_with(documents=[{"kind": "photo", "need": "absent", "most": 1}]))
    assert rules.document("photo") is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"documents": [{"kind": "photo"}, {"kind": "photo"}]}, "rules.documents: “photo” có hai lần."),
        ({"documents": [{"kind": "photo", "link": True}]}, "rules.documents[1].link: chỉ dùng cho video."),
        ({"documents": [{"kind": "photo", "size": 1}]}, "rules.documents[1].size: không có mục nào tên như vậy."),
        ({"documents": "ảnh"}, "rules.documents: cần một danh sách các bảng."),
        ({"substitution_percent": 101}, "rules.substitution_percent: không được lớn hơn 100."),
        ({"consent": "maybe"}, "rules.consent: cần một trong: declared, recorded."),
        ({"summary_most": 0}, "rules.summary_most: cần một số nguyên từ 1 trở lên."),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_their_place(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRules) as refused:
        Rulebook.from_dict(rules_with(**changed))
    assert str(refused.value) == sentence


def test_two_parts_with_one_code_are_refused() -> None:
    part = {"code": "idea", "name": "Ý tưởng", "name_en": "Idea"}
    with pytest.raises(BadRules, match="hai lần"):
        read_sections(Table({"sections": [part, part]}, "rules"))
    assert read_documents(Table({}, "rules")) == ()


def test_a_word_is_printed_in_the_readers_language() -> None:
    word = Words("Ý tưởng", "Idea")
    assert str(word) == "Ý tưởng"
    with language("en"):
        assert str(word) == "Idea"
