"""Kite's own model: several small ones, the voices, that were trained apart and speak together.

To a voice every piece of a word is a vector. It adds up the vectors of a message's pieces, and the direction of the
sum tells the topic. Each voice learned from other questions, in another order and with other pieces left out, so their
mistakes differ and the mean of their scores is better than any of them. Read with numpy alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.search.grams import Read

Floats = NDArray[np.float32]
SHARPNESS = 7.0
"""How far the scores of a voice lie apart: a direction has length 1."""
_TABLE = "voices.npy"
_REST = "voices.npz"
_PIECES = "pieces.txt"
_LARGEST = 127


@dataclass(frozen=True)
class Voices:
    """The voices side by side.

    `rows` tells the row of each piece in `table` [pieces, voices * width], whose numbers are to be multiplied by the
    row's `spread` [pieces]; `heads` [voices, width, labels] and `bias` [voices, labels] judge directions.
    """

    rows: Mapping[str, int]
    table: NDArray[np.int8]
    spread: Floats
    heads: Floats
    bias: Floats

    def judge(self, message: Read) -> Floats:
        """Return a score for every label: the mean of the voices'."""
        known = [row for unit in message.units for row in map(self.rows.get, unit) if row is not None]
        sums = (self.spread[known] @ self.table[known].astype(np.float32)).reshape(len(self.heads), 1, -1)
        return judged(sums, self.heads, self.bias).mean(axis=0)[0]  # type: ignore[no-any-return]

    def save(self, folder: Path) -> None:
        """Write the voices into a folder, without pickle."""
        np.save(folder / _TABLE, self.table, allow_pickle=False)
        np.savez(folder / _REST, spread=self.spread, heads=self.heads, bias=self.bias)
        (folder / _PIECES).write_text("\n".join(self.rows), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Voices":
        """Read what `save` wrote; the table stays on the disk until its rows are asked for."""
        pieces = (folder / _PIECES).read_text(encoding="utf-8").split("\n")
        table = np.load(folder / _TABLE, mmap_mode="r", allow_pickle=False)
        with np.load(folder / _REST, allow_pickle=False) as rest:
            return cls(dict(zip(pieces, range(len(pieces)), strict=True)), table, *map(rest.get, _PARTS))


_PARTS = ("spread", "heads", "bias")


def judged(sums: Floats, head: Floats, bias: Floats) -> Floats:
    """Return the scores [..., messages, labels] of the directions of `sums` [..., messages, width]."""
    return np.asarray(SHARPNESS * directions(sums) @ head + bias[..., None, :], dtype=np.float32)


def directions(sums: Floats) -> Floats:
    """Return vectors of length 1 (or 0) along the last axis."""
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=-1, keepdims=True), 1e-6), dtype=np.float32)


def shrunk(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return a table as small whole numbers, and the spread of each row."""
    spread = np.maximum(np.abs(table).max(axis=1), 1e-9) / _LARGEST
    return np.rint(table / spread[:, None]).astype(np.int8), spread.astype(np.float32)
