"""A linear model over pieces of words: small, quick and hard to fool by spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BUCKETS = 1 << 17


def buckets(pieces: Iterable[str]) -> tuple[NDArray[np.int64], Floats]:
    """Return the buckets that pieces fall into, ascending, and the weight of each: 1 + log of how often."""
    numbers = np.fromiter((crc32(piece.encode()) % BUCKETS for piece in pieces), dtype=np.int64)
    at, counts = np.unique(numbers, return_counts=True)
    return at, (1 + np.log(counts)).astype(np.float32)


@dataclass(frozen=True)
class Ngrams:
    """The model: `rarity` [BUCKETS] weighs each bucket, `weights` [BUCKETS, labels] and `bias` [labels] judge."""

    rarity: Floats
    weights: NDArray[np.float16]
    bias: Floats

    def judge(self, pieces: Sequence[str]) -> tuple[Floats, float]:
        """Return a score for every label, and which share of the pieces was seen in training, 0..1.

        A score is about 1 where the label is sure, and -1 where it is out of the question.
        """
        at, values = buckets(pieces)
        rarity = self.rarity[at]
        values = values * rarity
        length = float(np.linalg.norm(values)) or 1.0
        scores = self.bias + (values / length) @ self.weights[at].astype(np.float32)
        return scores, float((rarity > 0).mean()) if len(at) else 0.0

    def save(self, path: Path) -> None:
        """Write the model to an .npz file, without pickle."""
        np.savez_compressed(path, rarity=self.rarity, weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> "Ngrams":
        """Read a model that `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["rarity"], stored["weights"], stored["bias"])
