"""A small model of languages: which letters stand together in each, learnt from word lists and lines of chat.

Naive Bayes over letter groups of one to four within a word, and over whole words. A table of log probabilities by
hashed group; one lookup a word, remembered, so a message costs some microseconds.
"""

import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 15
_ORDERS = (1, 2, 3, 4)
_SMOOTHING = 0.02
_WORD_WEIGHT = 3
Floats = npt.NDArray[np.float32]
Counts = Mapping[str, Sequence[tuple[str, float]]]
"""For each class its words with how often each was seen."""


def groups(word: str) -> list[int]:
    """Return the buckets of a word: its letter groups, and the word itself, which counts for more."""
    padded = f" {word} "
    found = [
        zlib.crc32(padded[at : at + size].encode()) % BUCKETS
        for size in _ORDERS
        for at in range(len(padded) - size + 1)
        if padded[at : at + size] != " "
    ]
    return found + [zlib.crc32(f"={word}".encode()) % BUCKETS] * _WORD_WEIGHT


@dataclass(frozen=True)
class Languages:
    """A trained model: `table` has a row a bucket and a column a class of `classes` (log probabilities)."""

    classes: tuple[str, ...]
    table: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "_score", lru_cache(maxsize=20_000)(self._score_word))

    def scores(self, words: Sequence[str], among: Sequence[str]) -> dict[str, float]:
        """Return the mean log probability a letter group of `words` for each class of `among`."""
        columns = [self.classes.index(name) for name in among if name in self.classes]
        if not words or not columns:
            return {}
        rows = [getattr(self, "_score")(word) for word in words]  # noqa: B009 (set on a frozen class)
        total = np.sum([row for row, _ in rows], axis=0) / sum(size for _, size in rows)
        return {self.classes[column]: float(total[column]) for column in columns}

    def _score_word(self, word: str) -> tuple[Floats, int]:
        found = groups(word)
        return self.table[found].sum(axis=0), len(found)


def fit(counts: Counts) -> Languages:
    """Learn a model from words a class."""
    classes = tuple(sorted(counts))
    table = np.zeros((BUCKETS, len(classes)))
    for column, name in enumerate(classes):
        for word, seen in counts[name]:
            np.add.at(table[:, column], groups(word), seen)
    smooth = table + _SMOOTHING
    return Languages(classes, np.log(smooth / smooth.sum(axis=0)).astype(np.float32))


def listed_words() -> dict[str, tuple[str, ...]]:
    """Return the words of `data/words/` by class: a locale, a locale in Latin letters ("ar-latn"), another language."""
    folder = resources.files("bot.language").joinpath("data/words")
    return {
        item.name.removesuffix(".txt"): tuple(_words_of(item.read_text(encoding="utf-8").splitlines()))
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".txt")
    }


def _words_of(lines: Iterable[str]) -> list[str]:
    return [word for line in lines if not line.startswith("#") for word in line.lower().split()]


def save(model: Languages, path: Path) -> None:
    """Write a model as a compressed file without pickles."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {"classes": np.array(model.classes), "table": model.table.astype(np.float16)}
    np.savez_compressed(path, **arrays)


def read_model(path: Path) -> Languages:
    """Read a model; raise OSError or ValueError when it is missing or broken."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            classes = tuple(str(name) for name in stored["classes"])
            table = stored["table"].astype(np.float32)
    except (KeyError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} is no language model: {error}") from error
    if table.shape != (BUCKETS, len(classes)):
        raise ValueError(f"{path.name} has the wrong shape {table.shape}")
    return Languages(classes, table)
