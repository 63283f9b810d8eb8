"""Keep numbers and links readable inside text that runs from right to left (Unicode Standard Annex 9).

A phone number between FSI and PDI keeps its own direction; without them "116 000" can be read "000 116".
"""

import re

FSI = "\u2068"
PDI = "\u2069"
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Characters that turn whole lines round; refused in content, dropped from values."""

_ISOLATES = str.maketrans("", "", "\u2066\u2067\u2068\u2069")
_DROPPED = str.maketrans("", "", "\u2066\u2067\u2068\u2069" + "".join(sorted(OVERRIDES)))
_KEPT = r"(?P<kept>[\u2066-\u2068][^\u2069]*\u2069|\{[^{}]*\})"
_LINK = r"(?:https?://|www\.)[^\s\u2066-\u2069]*[^\s\u2066-\u2069.,;:!?)\]»،؛؟]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_NUMBER = r"[+*#]?\d(?:(?:[ /.:,\u00a0\u202f-]|\) ?| ?\()?\d)*[#%]?"
_PIECE = re.compile(f"{_KEPT}|{_LINK}|{_NUMBER}")


def isolate(text: str) -> str:
    """Wrap each number, phone number and link in FSI and PDI; what is wrapped already and {placeholders} stay."""
    return _PIECE.sub(_wrap, text)


def isolate_value(value: str) -> str:
    """Wrap a value that goes into right-to-left text; one of several lines gets its numbers wrapped line by line."""
    bare = value.translate(_DROPPED)
    if not bare:
        return ""
    return isolate(bare) if "\n" in bare else f"{FSI}{bare}{PDI}"


def without_isolates(text: str) -> str:
    """Return the text as its writer typed it, without isolates."""
    return text.translate(_ISOLATES)


def _wrap(match: re.Match[str]) -> str:
    return match[0] if match["kept"] is not None else f"{FSI}{match[0]}{PDI}"
