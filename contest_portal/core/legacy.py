"""Text typed before Unicode: TCVN3 (the .Vn fonts) and VNI (the VNI- fonts), told from ordinary text and converted; pure.

Both wrote Vietnamese with the letters of Western Europe and relied on a font to draw them otherwise. TCVN3 gives each
letter one sign; VNI writes the plain letter and, behind it, a sign for its marks. Sources: TCVN 5712:1993 (VN3), and the
VNI-Windows table as font makers publish it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from contest_portal.core.syllables import is_syllable
from contest_portal.core.vietnamese import nfc


class Encoding(StrEnum):
    """Name how a text was written."""

    TCVN3 = "tcvn3"
    # The fonts whose names end in H draw small letters as capitals.
    TCVN3_CAPITALS = "tcvn3-capitals"
    VNI = "vni"


_TCVN3: Final = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_FROM_TCVN3: Final = str.maketrans(_TCVN3)

# Behind a plain letter: the tone, or the shape with its tone.
_VNI_TONES: Final = dict(zip("øùûõï", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_VNI_HAT: Final = dict(zip("âàáåãä", ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"], strict=True))
_VNI_BREVE: Final = dict(zip("êèéúüë", ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"], strict=True))
_VNI_ALONE: Final = dict(zip("ñôöîíìæóò", "đơưỵíìỉĩị", strict=True))


def _vni_table() -> dict[str, str]:
    """Return what each sign, or letter and sign, stands for, small and capital."""
    pairs = {base + sign: base + mark for base in "aeouyôö" for sign, mark in _VNI_TONES.items()}
    pairs |= {base + sign: base + "\u0302" + mark for base in "aeo" for sign, mark in _VNI_HAT.items()}
    pairs |= {"a" + sign: "a\u0306" + mark for sign, mark in _VNI_BREVE.items()}
    small = {key: nfc(_horned(value)) for key, value in pairs.items()} | _VNI_ALONE
    capital = {key.upper(): value.upper() for key, value in small.items()}
    mixed = {key[0].upper() + key[1:]: value.upper() for key, value in small.items() if len(key) > 1}
    return small | mixed | capital


def _horned(text: str) -> str:
    return text.replace("ô", "ơ", 1) if text[0] == "ô" else text.replace("ö", "ư", 1)


_VNI: Final = _vni_table()
_VNI_PART: Final = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

# A sign that neither encoding has says that the text is none of them: the letters of Unicode's own Vietnamese block,
# and ă, đ, ĩ, ũ, ơ, ư.
_UNICODE: Final = re.compile(r"[\u0100-\u01ff\u0300-\u036f\u1e00-\u1eff]")
# So many words must speak for an old encoding, and so large a part of those that can tell.
LEAST_WORDS: Final = 3
LEAST_SHARE: Final = 0.75
MOST_WORDS: Final = 4_000


@dataclass(frozen=True)
class Votes:
    """Count the words that could only have been written in one way."""

    tcvn3: int = 0
    vni: int = 0
    unicode: int = 0

    def winner(self) -> Encoding | None:
        """Return the old encoding that the words speak for, if they do so clearly."""
        best = Encoding.TCVN3 if self.tcvn3 >= self.vni else Encoding.VNI
        most = max(self.tcvn3, self.vni)
        all_votes = self.tcvn3 + self.vni + self.unicode
        return best if most >= LEAST_WORDS and most >= LEAST_SHARE * all_votes else None


def encoding_of_font(font: str) -> Encoding | None:
    """Return what a font's name says of the text it draws; None for a font of our day."""
    name = font.strip().lower()
    if name.startswith(".vn"):
        return Encoding.TCVN3_CAPITALS if name.endswith("h") else Encoding.TCVN3
    return Encoding.VNI if name.startswith("vni") else None


def convert(text: str, encoding: Encoding | str) -> str:
    """Return a legacy text in Unicode, composed; a text with letters only Unicode has is left as it is."""
    if _UNICODE.search(text):
        return nfc(text)
    if encoding == Encoding.VNI:
        return nfc(_VNI_PART.sub(lambda found: _VNI[found[0]], text))
    converted = nfc(text.translate(_FROM_TCVN3))
    return converted.upper() if encoding == Encoding.TCVN3_CAPITALS else converted


def recognise(texts: Iterable[str]) -> Encoding | None:
    """Return the old encoding that texts without fonts were written in; None for ordinary text of any language."""
    words = list(dict.fromkeys(word for text in texts for word in _words(text)))[:MOST_WORDS]
    votes = [vote_of(word) for word in words]
    return Votes(votes.count("tcvn3"), votes.count("vni"), votes.count("unicode")).winner()


@lru_cache(maxsize=16_384)
def vote_of(word: str) -> str:
    """Return which reading alone makes a Vietnamese syllable of a word: unicode, tcvn3, vni, or "" where none does."""
    if is_syllable(word) and (word.islower() or word.isupper() or word.istitle()):
        return "unicode"
    readings = [encoding.value for encoding in (Encoding.TCVN3, Encoding.VNI) if _reads(word, encoding)]
    return readings[0] if len(readings) == 1 else ""


def _reads(word: str, encoding: Encoding) -> bool:
    read = convert(word, encoding)
    return read != word and is_syllable(read)


def _words(text: str) -> list[str]:
    """Return the words that can tell: some of their signs are no letters to Unicode, so only white space parts them."""
    if text.isascii():
        return []
    stripped = (piece.strip(".,;:()[]\"'“”-–/") for piece in text.split())
    return [piece for piece in stripped if not piece.isascii() and not any(sign.isdigit() for sign in piece)]
