"""Fold one character to the letters that patterns are written in.

Folding is a fixed point: what comes out folds to itself. Case, accents, Arabic and Persian diacritics, tatweel,
zero-width and bidirectional marks go; letters that only differ between Arabic and Persian keyboards become one, and so
do Ge'ez letters that writers exchange.
"""

import unicodedata
from functools import lru_cache

ZWNJ = "\u200c"
SPACE = " "
_EMOJI_FROM = 0x2600
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Sk", "Cs", "Co", "Cn"})
_BLANK = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x1f\x85")
_APOSTROPHES = frozenset("'’‘ʼ`´ʻʽʾʿ′＇")
_LETTERS = {
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ۍ": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه",
    "ە": "ه", "ۃ": "ه", "ـ": "", "ı": "i", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe",
}  # fmt: skip
_SERIES = ("ሐሀ", "ኀሀ", "ሠሰ", "ዐአ", "ፀጸ", "ኸከ", "ቐቀ", "ዀኰ", "ቘቈ")
"""Ge'ez letters that Tigrinya and Amharic exchange in writing: a row of eight vowels becomes the other row."""


def _geez() -> dict[str, str]:
    rows = {chr(ord(pair[0]) + vowel): chr(ord(pair[1]) + vowel) for pair in _SERIES for vowel in range(8)}
    like = {"ሃ": "ሀ", "ኣ": "አ"}  # the first and the fourth vowel of these sound alike
    return {letter: like.get(row, row) for letter, row in rows.items()} | like


_LETTERS |= _geez()


@lru_cache(maxsize=8192)
def fold(char: str) -> str:
    """Return what one character becomes: letters and digits, an emoji, a space, or nothing.

    An emoji comes back alone; the caller puts spaces around it.
    """
    if char in _APOSTROPHES:
        return ""
    if char in _BLANK:
        return SPACE
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(_fold_plain(part) for part in plain)


def _fold_plain(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    category = unicodedata.category(char)
    if category in _DROPPED or char in _APOSTROPHES:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category[0] in "LM" or is_emoji(char):
        return char
    return SPACE


@lru_cache(maxsize=8192)
def is_emoji(char: str) -> bool:
    """Tell whether a character is a picture that stands for itself."""
    return ord(char) >= _EMOJI_FROM and unicodedata.category(char) == "So"


@lru_cache(maxsize=8192)
def script(char: str) -> str:
    """Return the script of a letter: latin, arabic, cyrillic, greek, ethiopic, or "" for any other character."""
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:  # noqa: PLR2004 (the blocks of Unicode)
        return "latin" if char.isalpha() else ""
    return next((name for first, last, name in _BLOCKS if first <= code <= last), "")


_BLOCKS = (
    (0x370, 0x3FF, "greek"),
    (0x400, 0x52F, "cyrillic"),
    (0x600, 0x65F, "arabic"),
    (0x66E, 0x6FF, "arabic"),
    (0x750, 0x77F, "arabic"),
    (0x8A0, 0x8FF, "arabic"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFC, "arabic"),
    (0x1200, 0x139F, "ethiopic"),
    (0x2D80, 0x2DDF, "ethiopic"),
    (0xAB00, 0xAB2F, "ethiopic"),
)
