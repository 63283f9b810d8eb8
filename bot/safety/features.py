"""Turn a message into the features the classifier weighs.

Four blocks, each brought to length one: letter groups (2 to 5 letters of a word), words with their neighbours, concepts
with who and what meets them, and sense: a word's consonants and the meanings that the search knows too. A feature is a
column found by hashing: no vocabulary to keep in step.
Every feature knows the words it spans: a piece of the message has exactly the features that lie inside it, so what
stands around a disclosure does not change how the disclosure itself is judged.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from bot.language import Token
from bot.language.meanings import Phrase, meanings
from bot.language.skeleton import skeleton
from bot.safety.concepts import NEGATION, Placed

COLUMNS = 1 << 18
LETTERS, WORDS, CONCEPTS, SENSE = BLOCKS = range(4)
_ORDERS = (2, 3, 4, 5)
_SKIPS = (2, 3)
_NEGATED = 3
_MEET = 14
_BEFORE, _AFTER = 3, 4
_LENGTHS = 4
_LONGEST = 8
_OPENING = 2
_BONES = 3
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=200_000)
def column(text: str) -> int:
    """Return the column of a named feature."""
    return zlib.crc32(text.encode()) % COLUMNS


@lru_cache(maxsize=20_000)
def letter_columns(word: str) -> tuple[int, ...]:
    """Return the columns of a word's letter groups."""
    padded = f" {word} "
    return tuple(column(padded[at : at + size]) for size in _ORDERS for at in range(max(1, len(padded) - size + 1)))


@dataclass(frozen=True)
class Table:
    """The features of a message, one a row: the first and last word it spans, its column and its block.

    Rows are sorted by block, then by first word.
    """

    words: tuple[str, ...]
    first: Ints
    last: Ints
    columns: Ints
    blocks: Ints

    def rows(self, block: int) -> tuple[int, int]:
        """Return where the rows of a block begin and end."""
        begin, end = np.searchsorted(self.blocks, (block, block + 1))
        return int(begin), int(end)

    def inside(self, block: int, start: int, end: int) -> tuple[slice, Floats]:
        """Return the rows of a block that begin in the piece start..end, and 1 for each that ends in it too, else 0."""
        begin, past = self.rows(block)
        low, high = np.searchsorted(self.first[begin:past], (start, end))
        rows = slice(begin + int(low), begin + int(high))
        return rows, (self.last[rows] < end).astype(np.float32)


def table(tokens: Sequence[Token], placed: Sequence[Placed]) -> Table:
    """Return the features of a message whose concepts are `placed`."""
    words = tuple(token.other or token.text for token in tokens)
    negations = [at for at, name in placed if name == NEGATION]
    rows = [*_letters(words), *_words(tokens, words, negations), *_concepts(placed, words), *_sense(words)]
    found = np.array(rows, dtype=np.int64).reshape(-1, 4)
    found = found[np.lexsort((found[:, 0], found[:, 3]))]
    return Table(words, found[:, 0], found[:, 1], found[:, 2], found[:, 3])


def edge_columns(words: Sequence[str], start: int, end: int) -> list[int]:
    """Return the columns that only a piece has: how it opens and how long it is. They belong to the block of words."""
    opening = [column(f"<{word}") for word in words[start : min(end, start + _OPENING)]]
    return [*opening, column(f"<<{min((end - start) // _LENGTHS, _LONGEST)}")]


Row = tuple[int, int, int, int]


def _letters(words: Sequence[str]) -> Iterator[Row]:
    for at, word in enumerate(words):
        for found in letter_columns(word):
            yield at, at, found, LETTERS


def _words(tokens: Sequence[Token], words: Sequence[str], negations: Sequence[int]) -> Iterator[Row]:
    for at, word in enumerate(words):
        yield at, at, column(f"_{word}"), WORDS
        if tokens[at].asked:
            yield at, at, column("_?"), WORDS
        if at:
            yield at - 1, at, column(f"{words[at - 1]}_{word}"), WORDS
        for skip in _SKIPS:
            if at >= skip:
                yield at - skip, at, column(f"{words[at - skip]}~{word}"), WORDS
        near = [other for other in negations if 0 < at - other <= _NEGATED]
        if near:
            yield near[-1], at, column(f"NOT_{word}"), WORDS


def _concepts(placed: Sequence[Placed], words: Sequence[str]) -> Iterator[Row]:
    seen: set[str] = set()
    for at, name in placed:
        if name not in seen:
            yield at, at, column(f"#{name}"), CONCEPTS
        seen.add(name)
        for other in range(max(0, at - _BEFORE), min(len(words), at + _AFTER + 1)):
            if other != at:
                yield min(at, other), max(at, other), column(f"#{name}@{words[other]}"), CONCEPTS
    yield from _meetings(placed)


def _sense(words: Sequence[str]) -> Iterator[Row]:
    each, phrases = meanings(words)
    told = [(tag, at, at) for at, tags in enumerate(each) for tag in tags]
    for at, word in enumerate(words):
        for found in _consonant_columns(word):
            yield at, at, found, SENSE
    for tag, first, last in (*told, *phrases):
        yield first, last, column(f"@{tag}"), SENSE
    for (tag, at, _), (other, then, _) in pairwise(told):
        yield at, then, column(f">{tag}>{other}"), SENSE
    yield from _together(sorted((*told, *phrases), key=itemgetter(1, 2)))


def _together(told: Sequence[Phrase]) -> Iterator[Row]:
    """Yield each two meanings that stand within some words, once."""
    met: set[tuple[str, str]] = set()
    for number, (tag, at, end) in enumerate(told):
        for other, then, last in told[number + 1 :]:
            if then - at > _MEET:
                break
            both = (min(tag, other), max(tag, other))
            if other != tag and both not in met:
                met.add(both)
                yield at, max(end, last), column(f"+{both[0]}+{both[1]}"), SENSE


@lru_cache(maxsize=20_000)
def _consonant_columns(word: str) -> tuple[int, ...]:
    bones = f" {skeleton(word)} "
    return tuple(column(f"~{bones[at : at + _BONES]}") for at in range(max(1, len(bones) - _BONES + 1)))


def _meetings(placed: Sequence[Placed]) -> Iterator[Row]:
    """Yield each two concepts that meet within some words, and each two that stand near each other in order."""
    met: set[tuple[str, str]] = set()
    for number, (at, name) in enumerate(placed):
        for then, other in placed[number + 1 :]:
            if then - at > _MEET or other == name:
                continue
            both = (min(name, other), max(name, other))
            if both not in met:
                yield at, then, column(f"#{both[0]}+{both[1]}"), CONCEPTS
            met.add(both)
            if then - at <= _AFTER and (name, other + ">") not in met:
                met.add((name, other + ">"))
                yield at, then, column(f"#{name}>{other}"), CONCEPTS
