"""Cut a message into overlapping pieces of its words: what both the linear model and Kite's own embedding read.

Pieces forgive spelling, endings and dialect: "tutrice" and "tuteur" share "_tut". "~" marks pieces of
a word's consonants (`skeleton`), "^" how the message begins, "#" how many words it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language import normalise
from bot.search.skeleton import skeleton

LONGEST = 600
"""Characters of a message that are read; a question is told in fewer."""
_SIZES = range(2, 6)
_CONSONANTS = range(2, 5)
_MANY_WORDS = 8
_EDGE = "_"
_BONES = "~"
_OPENING = "^"
_LENGTH = "#"


@dataclass(frozen=True)
class Read:
    """A message as the search reads it: its pieces, with repeats, and how many words it has."""

    pieces: list[str]
    words: int


def read(text: str) -> Read:
    """Return a message cut into pieces; no piece contains a blank, and a text without words has none."""
    words = normalise(text[:LONGEST]).split()
    pieces = [piece for word in words for piece in _pieces(word)]
    return Read([*pieces, *_shape(words)] if words else [], len(words))


def grams(text: str) -> list[str]:
    """Return the pieces of a message alone."""
    return read(text).pieces


def _pieces(word: str) -> Iterator[str]:
    yield from _cut(f"{_EDGE}{word}{_EDGE}", _SIZES)
    for piece in _cut(f"{_EDGE}{skeleton(word)}{_EDGE}", _CONSONANTS):
        yield _BONES + piece


def _cut(word: str, sizes: range) -> Iterator[str]:
    for size in sizes:
        for start in range(len(word) - size + 1):
            yield word[start : start + size]


def _shape(words: list[str]) -> Iterator[str]:
    """Yield how a message begins and how long it is: a greeting and a question differ in both."""
    yield _OPENING + words[0]
    yield _OPENING + _EDGE.join(words[:2])
    yield f"{_LENGTH}{min(len(words), _MANY_WORDS)}"
