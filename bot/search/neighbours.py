"""Judge a vector by the examples of each topic that lie nearest to it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.search.ngrams import Floats

NEAREST = 10
_TOGETHER = 512
"""Vectors compared with all examples at once: bounded memory."""


@dataclass(frozen=True)
class Neighbours:
    """The vectors of the examples [examples, dimensions], those of one label together, the labels in order.

    The examples of label n begin at `starts[n]`.
    """

    vectors: Floats
    starts: NDArray[np.int64]

    def scores(self, vector: Floats) -> Floats:
        """Return, for every label, the mean cosine of its ten nearest examples."""
        scores: Floats = self._scores(vector[None])[0]
        return scores

    def all_scores(self, vectors: Floats) -> Floats:
        """Return the scores of many vectors, a row each."""
        parts = np.split(np.arange(len(vectors)), range(_TOGETHER, len(vectors), _TOGETHER))
        return np.concatenate([self._scores(vectors[part]) for part in parts])

    def _scores(self, vectors: Floats) -> Floats:
        each = np.split(vectors @ self.vectors.T, self.starts[1:], axis=1)
        return np.stack([_nearest(cosines).mean(axis=1) for cosines in each], axis=1).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the examples to an .npz file, without pickle."""
        np.savez_compressed(path, vectors=self.vectors, starts=self.starts)

    @classmethod
    def load(cls, path: Path) -> "Neighbours":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["vectors"], stored["starts"])


def of_examples(vectors: Floats, labels: NDArray[np.int64]) -> Neighbours:
    """Return the neighbours that examples make; their labels are 0..n-1, all present."""
    return Neighbours(vectors[np.argsort(labels, kind="stable")], np.searchsorted(np.sort(labels), np.unique(labels)))


def _nearest(cosines: Floats) -> Floats:
    """Return the ten highest of each row, or all where there are fewer."""
    return cosines if cosines.shape[1] <= NEAREST else np.partition(cosines, -NEAREST, axis=1)[:, -NEAREST:]
