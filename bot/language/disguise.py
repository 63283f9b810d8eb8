"""See through disguised words: digits and signs for letters, look-alike letters, letters drawn out or spaced out.

Children hide words from someone who reads along. Arabic in Latin letters uses digits as letters (3 for ع, 7 for ح):
such words keep theirs, so that "ma3 as-salama" is not destroyed.
"""

import re
from functools import lru_cache
from importlib import resources

from bot.language.folding import script

SIGNS = frozenset("@$!")
_LEET = str.maketrans("013457@$!", "oieastasi")
_LEET_L = str.maketrans("013457@$!", "oleastasl")
_SURE = frozenset("014$")  # 3, 5 and 7 are letters in Latin-letter Arabic, @ and ! have uses of their own
_LEET_CHARS = frozenset("013457@$!")
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_STEM = 4
_LATIN_LIKE = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "к": "k",
    "м": "m", "т": "t", "в": "b", "н": "h", "ԁ": "d", "һ": "h", "ӏ": "l",
    "α": "a", "ε": "e", "ο": "o", "ρ": "p", "ι": "i", "κ": "k", "ν": "v", "τ": "t", "υ": "u", "χ": "x", "η": "n",
    "β": "b", "γ": "y",
}  # fmt: skip
_CYRILLIC_LIKE = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "y": "у", "x": "х", "i": "і", "k": "к"}


@lru_cache(maxsize=1)
def _stems() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the short words that must match whole and the stems that may begin a word."""
    text = resources.files("bot.language").joinpath("data/disguised.txt").read_text(encoding="utf-8")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    return frozenset(words), tuple(word for word in words if len(word) >= _STEM)


def shorten(word: str) -> str:
    """Shorten letters repeated more than twice to two."""
    return _RUN.sub(r"\1\1", word)


def single(word: str) -> str:
    """Shorten letters repeated more than twice to one: the word somebody drew out."""
    return _RUN.sub(r"\1", word)


def unmask(word: str) -> str | None:
    """Return the word behind digits and signs, or None when it is no disguise ("3am", "h2o", "b4")."""
    masked = {char for char in word if not char.isalpha()}
    if not masked or not masked <= _LEET_CHARS or not any(script(char) == "latin" for char in word):
        return None
    for table in (_LEET, _LEET_L):
        if _is_known(word.translate(table)):
            return word.translate(table)
    if masked <= _SURE and _inside(word):
        return word.translate(_LEET)
    return None


def _is_known(word: str) -> bool:
    whole, stems = _stems()
    return word in whole or word.startswith(stems)


def _inside(word: str) -> bool:
    """Tell whether every masked character has letters on both sides."""
    return all(
        char.isalpha() or (0 < at < len(word) - 1 and word[at - 1].isalpha() and word[at + 1].isalpha())
        for at, char in enumerate(word)
    )


def same_script(word: str) -> str:
    """Turn look-alike letters of a word of mixed scripts into the script its other letters have."""
    scripts = {script(char) for char in word} - {""}
    foreign = scripts & {"cyrillic", "greek"}
    if "latin" not in scripts or not foreign:
        return word
    if all(char in _LATIN_LIKE for char in word if script(char) in foreign):
        return "".join(_LATIN_LIKE.get(char, char) for char in word)
    if foreign == {"cyrillic"} and all(char in _CYRILLIC_LIKE for char in word if script(char) == "latin"):
        return "".join(_CYRILLIC_LIKE.get(char, char) for char in word)
    return word
