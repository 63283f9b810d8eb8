"""Judge a vector by the examples of each topic that lie nearest to it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.search.ngrams import Floats

NEAREST = 10


@dataclass(frozen=True)
class Neighbours:
    """The vectors of the examples [examples, dimensions], those of one label together, the labels in order.

    The examples of label n begin at `starts[n]`.
    """

    vectors: Floats
    starts: NDArray[np.int64]

    def scores(self, vector: Floats) -> Floats:
        """Return, for every label, the mean cosine of its ten nearest examples."""
        each = np.split(self.vectors @ vector, self.starts[1:])
        return np.array([_nearest(cosines).mean() for cosines in each], dtype=np.float32)

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
    return cosines if len(cosines) <= NEAREST else np.partition(cosines, -NEAREST)[-NEAREST:]
