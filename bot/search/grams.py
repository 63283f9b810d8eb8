"""Cut a message into units: its words, words side by side, what they mean together, its beginning and its length.

Every unit has pieces. Those of a word overlap and forgive spelling, endings and dialect: "tutrice" and "tuteur" share
"_tut". "=" marks a whole word, "~" pieces of a word's consonants (`skeleton`), "@" what a word means (`meanings`), "&"
two words side by side, ">" what two neighbours mean, "+" two meanings anywhere, "^" how the message begins, "#" how
many words it has.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from bot.language import normalise
from bot.language.meanings import Tags, meanings
from bot.language.skeleton import skeleton

LONGEST = 600
"""Characters of a message that are read; a question is told in fewer."""
_SIZE = 4
_CONSONANTS = 3
_MANY_WORDS = 8
_MANY_MEANINGS = 20
_WEIGHT = 2
"""A meaning counts as so many pieces."""
_EDGE = "_"
Unit = tuple[str, ...]
"""The pieces of a unit, perhaps with repeats; none of them contains a blank."""


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
    each, phrases = meanings(words)
    units = [_spelt(word) + _meant(tags) for word, tags in zip(words, each, strict=True)]
    pairs = [(f"&{one}{_EDGE}{other}",) for one, other in pairwise(words)]
    shape = [(f"^{words[0]}",), (f"^{_EDGE.join(words[:2])}",), (f"#{min(len(words), _MANY_WORDS)}",)]
    joint = sorted({tag for tag, *_ in phrases})
    told = [tag for tags in each for tag in tags] + joint
    return Read((*units, *(_meant((tag,)) for tag in joint), *pairs, *shape, *_together(told)), len(words))


@lru_cache(maxsize=16_384)
def _spelt(word: str) -> Unit:
    bones = skeleton(word)
    consonants = [f"~{piece}" for piece in _cut(f"{_EDGE}{bones}{_EDGE}", _CONSONANTS)]
    return (*_cut(f"{_EDGE}{word}{_EDGE}", _SIZE), *consonants, f"={word}", f"~{bones}")


def _meant(tags: Tags) -> Unit:
    return tuple(f"@{tag}" for tag in tags) * _WEIGHT


def _together(told: list[str]) -> list[Unit]:
    """Return the meanings of a message by twos: neighbours in order, and any in none."""
    some = sorted(dict.fromkeys(told))[:_MANY_MEANINGS]
    neighbours: list[Unit] = [(f">{one}>{other}",) for one, other in pairwise(told)]
    return [*neighbours, *((f"+{one}+{other}",) for one, other in combinations(some, 2))]


def _cut(word: str, size: int) -> list[str]:
    return [word[start : start + size] for start in range(len(word) - size + 1)]
