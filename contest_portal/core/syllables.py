"""Tell whether a word is built as a Vietnamese syllable; pure. Used to know which of two readings of a text is the right one."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_ONSETS: Final = "ngh nh ng ch gh gi kh ph qu th tr b c d đ g h k l m n p r s t v x".split()
_RHYMES: Final = frozenset(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc op ot "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uy uya uych uyên uyêt uyn uynh uyt uyu "
    "uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu".split()
)
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
# A tone stands over a vowel: ñ is no letter of the language.
_STRANGE: Final = re.compile("[^aeiouy\u0302\u0306\u031b][\u0300\u0301\u0303\u0309\u0323]")


@lru_cache(maxsize=16_384)
def is_syllable(word: str) -> bool:
    """Tell whether a word could be one Vietnamese syllable, whatever its case."""
    letters = unicodedata.normalize("NFD", word.lower())
    if sum(sign in _TONES for sign in letters) > 1 or _STRANGE.search(letters):
        return False
    bare = unicodedata.normalize("NFC", "".join(sign for sign in letters if sign not in _TONES))
    return bare in _RHYMES or any(bare[len(onset) :] in _RHYMES for onset in _ONSETS if bare.startswith(onset))
