"""Cut a message into units: its words, its pairs of words, and how it begins and how long it is.

Every unit has pieces. Those of a word overlap and forgive spelling, endings and dialect: "tutrice" and "tuteur" share
"_tut". "=" marks a whole word, "~" pieces of a word's consonants (`skeleton`), "&" two words side by side, "^" how the
message begins, "#" how many words it has.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.language import normalise
from bot.search.skeleton import skeleton

LONGEST = 600
"""Characters of a message that are read; a question is told in fewer."""
_SIZES = range(3, 6)
_CONSONANTS = range(3, 5)
_MANY_WORDS = 8
_EDGE = "_"
Unit = tuple[str, ...]
"""The pieces of a unit; none of them contains a blank."""


@dataclass(frozen=True)
class Read:
    """A message as the search reads it: its units, with repeats, and how many words it has."""

    units: tuple[Unit, ...]
    words: int


def read(text: str) -> Read:
    """Return a message cut into units; a text without words has none."""
    words = normalise(text[:LONGEST]).split()
    if not words:
        return Read((), 0)
    pairs = [(f"&{one}{_EDGE}{other}",) for one, other in pairwise(words)]
    shape = [(f"^{words[0]}",), (f"^{_EDGE.join(words[:2])}",), (f"#{min(len(words), _MANY_WORDS)}",)]
    return Read((*map(of_word, words), *pairs, *shape), len(words))


@lru_cache(maxsize=16_384)
def of_word(word: str) -> Unit:
    """Return the pieces of a folded word."""
    bones = skeleton(word)
    consonants = [f"~{piece}" for piece in _cut(f"{_EDGE}{bones}{_EDGE}", _CONSONANTS)]
    return (*_cut(f"{_EDGE}{word}{_EDGE}", _SIZES), *consonants, f"={word}", f"~{bones}")


def _cut(word: str, sizes: range) -> list[str]:
    return [word[start : start + size] for size in sizes for start in range(len(word) - size + 1)]
