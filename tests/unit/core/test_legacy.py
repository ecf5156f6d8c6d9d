"""Text typed before Unicode is told from ordinary text, and converted sign by sign."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.legacy import Encoding, Votes, convert, encoding_of_font, recognise, vote_of
from contest_portal.core.syllables import is_syllable

# The other way round, written down apart: letter by letter as the two standards list them.
LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
IN_TCVN3 = (
    "µ ¸ ¶ · ¹ ¨ » ¾ ¼ ½ Æ © Ç Ê È É Ë ® Ì Ð Î Ï Ñ ª Ò Õ Ó Ô Ö × Ý Ø Ü Þ ß ã á â ä « å è æ ç é ¬ ê í ë ì î ï ó ñ ò ô \xad õ ø ö ÷ ù ú ý û ü þ"
).split(" ")
IN_VNI = (
    "aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä ñ eø eù eû eõ eï eâ eà eá eå eã eä ì í æ ó ò "
    "oø où oû oõ oï oâ oà oá oå oã oä ô ôø ôù ôû ôõ ôï uø uù uû uõ uï ö öø öù öû öõ öï yø yù yû yõ î"
).split(" ")
TO_TCVN3 = dict(zip(LETTERS, IN_TCVN3, strict=True))
TO_VNI = dict(zip(LETTERS, IN_VNI, strict=True))

SYLLABLES = "nguyễn trần lê phạm hoàng võ vũ đặng bùi đỗ hồ ngô dương lý thị văn đức hữu thành công minh quốc bảo"
SENTENCES = [
    "Trường Trung học cơ sở Tân Dĩnh, huyện Lạng Giang",
    "Cuộc thi Sáng tạo thanh thiếu niên, nhi đồng",
    "Người hướng dẫn: cô Đỗ Thị Hồng Ánh; lớp 8A5",
    "Máy phân loại rác tự động dùng năng lượng mặt trời",
    "Ủy ban nhân dân thành phố quyết định thưởng giải nhất",
]
ORDINARY = [
    "café crème brûlée, déjà vu, garçon, naïveté, façade, hôtel de ville, forêt, où, là-bas, élève",
    "Müller grüßt schöne Straße über Äpfel; Jalapeño, niño, mañana, año, señor, corazón, acción",
    "Blåbærsyltetøj på ø, smörgåsbord, Málaga, São Paulo, coração, informação, avô, três",
    "Nguyen Van An, lop 8A, THCS Tan Dinh",
    "18,5 × 24 cm ± 0,5 °C; § 3 ¶ 2; © 2024 ® ™",
    *SENTENCES,
]


def in_tcvn3(text: str) -> str:
    """Write small letters as the .Vn fonts drew them."""
    return "".join(TO_TCVN3.get(letter, letter) for letter in text)


def in_vni(text: str) -> str:
    """Write letters as the VNI- fonts drew them."""
    return "".join(
        TO_VNI.get(letter) or (TO_VNI[letter.lower()].upper() if letter.lower() in TO_VNI else letter)
        for letter in text
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_comes_back(letter: str) -> None:
    assert convert(TO_TCVN3[letter], Encoding.TCVN3) == letter
    assert convert(TO_VNI[letter], Encoding.VNI) == letter
    assert convert(TO_VNI[letter].upper(), Encoding.VNI) == letter.upper()
    assert convert(TO_TCVN3[letter], Encoding.TCVN3_CAPITALS) == letter.upper()


@given(st.lists(st.sampled_from(SYLLABLES.split()), min_size=1, max_size=12).map(" ".join))
def test_whatever_was_written_is_read_again(text: str) -> None:
    assert convert(in_tcvn3(text), Encoding.TCVN3) == text
    assert convert(in_vni(text), Encoding.VNI) == text
    assert convert(in_vni(text.title()), Encoding.VNI) == text.title()


@given(st.text())
def test_nothing_breaks_the_converter(text: str) -> None:
    for encoding in Encoding:
        assert unicodedata.is_normalized("NFC", convert(text, encoding))


def test_a_known_sentence_is_read() -> None:
    assert convert("Xin chµo tÊt c¶ mäi ng\xadêi", Encoding.TCVN3) == "Xin chào tất cả mọi người"
    assert convert("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", Encoding.VNI) == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert convert("§éc lËp - Tù do - H¹nh phóc", Encoding.TCVN3) == "Độc lập - Tự do - Hạnh phúc"
    assert convert("céng hßa x· héi", Encoding.TCVN3_CAPITALS) == "CỘNG HÒA XÃ HỘI"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_old_text_is_recognised_and_converted(sentence: str) -> None:
    small = sentence.lower()
    assert recognise([in_tcvn3(small)]) is Encoding.TCVN3
    assert recognise([in_vni(sentence)]) is Encoding.VNI
    assert convert(in_tcvn3(small), Encoding.TCVN3) == small
    assert convert(in_vni(sentence), Encoding.VNI) == sentence


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert recognise([text]) is None
    assert recognise([unicodedata.normalize("NFD", text)]) is None


@given(st.lists(st.sampled_from(SYLLABLES.split()), max_size=60))
def test_vietnamese_is_never_taken_for_old(words: list[str]) -> None:
    assert recognise([" ".join(words), " ".join(words).upper(), " ".join(words).title()]) is None


@given(st.lists(st.text(), max_size=30))
def test_noise_is_hardly_ever_taken_for_old(texts: list[str]) -> None:
    found = recognise(texts)
    votes = [vote_of(word) for text in texts for word in text.split()]
    assert found is None or votes.count("tcvn3") + votes.count("vni") >= 3


def test_a_few_old_words_among_many_new_ones_decide_nothing() -> None:
    assert recognise(["NguyÔn V¨n An", *SENTENCES]) is None
    assert recognise(["NguyÔn"]) is None


def test_text_with_letters_only_unicode_has_is_not_converted() -> None:
    assert convert("Nguyễn µ", Encoding.TCVN3) == "Nguyễn µ"


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", Encoding.TCVN3),
        (".VnArial NarrowH", Encoding.TCVN3_CAPITALS),
        (".vntimeh", Encoding.TCVN3_CAPITALS),
        ("VNI-Times", Encoding.VNI),
        (" VNI-Helve", Encoding.VNI),
        ("Times New Roman", None),
        ("Arial", None),
        ("", None),
    ],
)
def test_a_fonts_name_tells(font: str, encoding: Encoding | None) -> None:
    assert encoding_of_font(font) is encoding


def test_votes_need_number_and_share() -> None:
    assert Votes(tcvn3=2).winner() is None
    assert Votes(tcvn3=3).winner() is Encoding.TCVN3
    assert Votes(vni=30, unicode=10).winner() is Encoding.VNI
    assert Votes(vni=29, unicode=10).winner() is None


@pytest.mark.parametrize("word", ["Nguyễn", "ĐẶNG", "quyền", "giếng", "oanh", "y", "khuỷu", "nghiêng", "ươn"])
def test_syllables(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(
    "word", ["", "Nguyeãn", "NguyÔn", "café", "brûlée", "strasse", "áà", "bcd", "1", "ñy", "señor"]
)
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)
