"""Read a typed number as the numbered choice it stands for, in the digits of any script."""

import itertools
import re
import unicodedata

from bot.model import Button

_AROUND = re.compile(r"^[\s#(\[.\u200e\u200f\u2066-\u2069]+|[\s.)\]:،。\ufe0f\u20e3\u200e\u200f\u2066-\u2069]+$")
_KEYCAP = re.compile(r"[\ufe0f\u20e3]")
LONGEST = 3


def number(text: str) -> int | None:
    """Return the number a text consists of, such as `7`, `٧`, `۷.`, `7️⃣`, `፯` or `⑦`; None for anything else."""
    bare = _KEYCAP.sub("", _AROUND.sub("", text))
    if not 1 <= len(bare) <= LONGEST:
        return None
    if bare.isdecimal():
        return int(bare)
    values = [unicodedata.numeric(letter, 0.0) if unicodedata.category(letter) == "No" else 0.0 for letter in bare]
    if 0.0 in values or any(not value.is_integer() for value in values):
        return None
    return int(sum(values)) if len(values) == 1 or _falls(values) else None


def _falls(values: list[float]) -> bool:
    """Return whether a number is written as tens and ones, as Ethiopic numerals are."""
    return all(one > other for one, other in itertools.pairwise(values))


def chosen(text: str, buttons: tuple[Button, ...]) -> Button | None:
    """Return the choice that a typed number names, or None."""
    which = number(text)
    return buttons[which - 1] if which is not None and 1 <= which <= len(buttons) else None
