"""Reduce a word to its consonants, in one alphabet for the Arabic and the Latin script.

People write Arabic and Persian in Latin letters ("tar7il", "peyvand"), drop vowels, and spell one word in many ways.
Its consonants stay: "ترحيل" and "tar7eel" are both "trhl". Words are taken as `bot.language.normalise` folds them.
"""

import re
from functools import lru_cache

_ARABIC = str.maketrans(
    {
        "ا": "", "ء": "", "و": "", "ي": "", "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ث": "s", "س": "s", "ص": "s",
        "ج": "j", "ژ": "j", "چ": "S", "ش": "S", "ح": "h", "ه": "h", "خ": "x", "د": "d", "ض": "d", "ذ": "z", "ز": "z",
        "ظ": "z", "ر": "r", "ع": "3", "غ": "q", "ق": "q", "ف": "f", "ڤ": "v", "ك": "k", "گ": "g", "ل": "l", "م": "m",
        "ن": "n",
    }
)  # fmt: skip
_PAIRS = (("sh", "S"), ("ch", "S"), ("kh", "x"), ("gh", "q"), ("ph", "f"), ("th", "t"))
_LATIN = str.maketrans({"c": "k", "5": "x", "7": "h", "9": "q", "2": "q", "8": "q", **dict.fromkeys("aeiouyw", "")})
_SOFT_C = re.compile(r"c(?=[eiy])")
_FRENCH_QU = re.compile(r"qu(?=[aeio])")
_DOUBLED = re.compile(r"(.)\1+")
_FEMININE = "ه"


@lru_cache(maxsize=16_384)
def skeleton(word: str) -> str:
    """Return the consonants of a folded word, or "" when it has none."""
    if not word.isascii():
        return _collapsed(word.removesuffix(_FEMININE).translate(_ARABIC))
    for pair, letter in _PAIRS:
        word = word.replace(pair, letter)
    return _collapsed(_FRENCH_QU.sub("k", _SOFT_C.sub("s", word)).translate(_LATIN))


def _collapsed(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)
