"""Judge a vector: a probability for every label, and how near the nearest example is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.search.ngrams import Floats, softmax


@dataclass(frozen=True)
class Judged:
    """A probability for every label, and the cosine of the nearest example."""

    probabilities: Floats
    nearest: float


@dataclass(frozen=True)
class Head:
    """The example vectors [examples, dimensions] with their labels, and a linear judge over the dimensions."""

    vectors: Floats
    labels: NDArray[np.int64]
    weights: Floats
    bias: Floats

    def judge(self, vector: Floats) -> Judged:
        """Return what the linear judge says, and the cosine of the nearest example."""
        nearest = float((self.vectors @ vector).max())
        return Judged(softmax(self.bias + vector @ self.weights), nearest)

    def save(self, path: Path) -> None:
        """Write the head to an .npz file, without pickle."""
        np.savez_compressed(path, vectors=self.vectors, labels=self.labels, weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> "Head":
        """Read a head that `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["vectors"], stored["labels"], stored["weights"], stored["bias"])
