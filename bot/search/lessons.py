"""Messages as numbers: which units each message has, and which pieces each unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.search.grams import Read, Unit

Ids = NDArray[np.int64]
Matrix: TypeAlias = Any
"""A scipy.sparse.csr_matrix; scipy says nothing of its types."""
LEAST = 3
"""A piece is kept that stands in so many messages: seen less often it says little."""


@dataclass(frozen=True)
class Lessons:
    """`units` [messages, units] and `pieces` [units, pieces] count; `rows` tells the column of each piece.

    A word stands in many messages but is cut once: sums over pieces are sums over words.
    """

    units: Matrix
    pieces: Matrix
    rows: dict[str, int]


def read_lessons(messages: Sequence[Read]) -> Lessons:
    """Return messages as numbers."""
    numbers: dict[Unit, int] = {}
    units = _counts([numbers.setdefault(unit, len(numbers)) for unit in message.units] for message in messages)
    columns: dict[str, int] = {}
    pieces = _counts([columns.setdefault(piece, len(columns)) for piece in unit] for unit in numbers)
    often = np.asarray(units.sum(axis=0)).ravel() @ (pieces > 0)
    kept = np.flatnonzero(often >= LEAST) if len(messages) > LEAST else np.arange(len(columns))
    names = list(columns)
    return Lessons(units, pieces[:, kept].tocsr(), {names[column]: row for row, column in enumerate(kept.tolist())})


def _counts(rows: Iterable[list[int]]) -> Matrix:
    found = list(rows)
    columns = np.fromiter(chain.from_iterable(found), dtype=np.int32)
    starts = np.cumsum([0, *map(len, found)])
    shape = (len(found), int(columns.max(initial=-1)) + 1)
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=shape)


def only(matrix: Matrix, rows: Ids) -> tuple[Matrix, Ids]:
    """Return some rows of a matrix without the columns that they leave empty, and which columns stayed."""
    some = matrix[rows]
    columns, places = np.unique(some.indices, return_inverse=True)
    shape = (some.shape[0], len(columns))
    return sparse.csr_matrix((some.data, places.astype(np.int32), some.indptr), shape=shape), columns
