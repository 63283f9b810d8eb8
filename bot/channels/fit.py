"""Fit texts and buttons to a channel's limits: split at paragraph, sentence or word, never inside a word."""

import re

from bot.channels.base import Limits
from bot.model import Button

SENTENCE_END = re.compile(r"(?<=[.!?…。؟۔።])\s+")
_OUTSIDE = r"(?![^\u2068]*\u2069)"
"""Not between FSI and PDI: a phone number that is kept together in right-to-left text is never split."""
_GAPS = (
    (re.compile(rf"\n{{2,}}{_OUTSIDE}"), "\n\n"),
    (re.compile(rf"\n{_OUTSIDE}"), "\n"),
    (re.compile(SENTENCE_END.pattern + _OUTSIDE), " "),
    (re.compile(rf"\s+{_OUTSIDE}"), " "),
)
"""Where a text may be split, the best first, and what joins its pieces again."""
ELLIPSIS = "…"


def length(text: str, unit: str) -> int:
    """Return the length of a text as the channel counts it: in characters, or in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2 if unit == "utf16" else len(text)


def split(text: str, limit: int, unit: str = "chars") -> tuple[str, ...]:
    """Split a text into pieces of at most `limit`, at paragraphs first, then sentences, then words.

    A single word longer than the limit is cut between characters, as nothing else is left. Joining the pieces with
    white space gives the text again.
    """
    if length(text, unit) <= limit:
        return (text,)
    for gap, joint in _GAPS:
        pieces = [piece for piece in gap.split(text) if piece]
        if len(pieces) > 1:
            return _packed(pieces, joint, limit, unit)
    return _cut(text, limit, unit)


def _packed(pieces: list[str], joint: str, limit: int, unit: str) -> tuple[str, ...]:
    packed: list[str] = []
    for piece in pieces:
        joined = f"{packed[-1]}{joint}{piece}" if packed else piece
        if packed and length(joined, unit) <= limit:
            packed[-1] = joined
        else:
            packed.extend(split(piece, limit, unit))
    return tuple(packed)


def _cut(word: str, limit: int, unit: str) -> tuple[str, ...]:
    pieces = [""]
    for character in word:
        if length(pieces[-1] + character, unit) > limit:
            pieces.append("")
        pieces[-1] += character
    return tuple(pieces)


def shorten(label: str, limit: int, unit: str = "chars") -> str:
    """Return a label of at most `limit`, cut at a word where possible and marked with an ellipsis."""
    if length(label, unit) <= limit:
        return label
    kept = ""
    for word in label.split():
        if length(f"{kept} {word}".strip() + ELLIPSIS, unit) > limit:
            break
        kept = f"{kept} {word}".strip()
    return (kept or _cut(label, limit - 1, unit)[0]) + ELLIPSIS


def fits_buttons(buttons: tuple[Button, ...], limits: Limits) -> bool:
    """Return whether all choices can be reply buttons."""
    return len(buttons) <= limits.buttons and all(
        length(button.label, limits.unit) <= limits.button_title for button in buttons
    )


def fits_list(buttons: tuple[Button, ...], limits: Limits) -> bool:
    """Return whether all choices can be rows of a list."""
    return len(buttons) <= limits.list_rows


def numbered(text: str, buttons: tuple[Button, ...]) -> str:
    """Return the text with its choices as numbered lines, for what fits neither buttons nor a list."""
    lines = [f"{number}. {button.label}" for number, button in enumerate(buttons, start=1)]
    return "\n".join([text, "", *lines])
