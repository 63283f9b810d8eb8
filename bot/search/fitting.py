"""Fit the linear parts with scikit-learn; used in training only."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bot.search.confidence import Mixture
from bot.search.ngrams import BUCKETS, Floats, Ngrams, buckets

Labels = NDArray[np.int64]
Counts: TypeAlias = Any
"""A scipy.sparse.csr_matrix [texts, BUCKETS]; scipy says nothing of its types."""
RIDGE = 0.3
"""How much the linear model over pieces is held back: little, since most messages are unlike each other."""
STEPS = 25
"""Steps of the conjugate gradient: more change no decision."""
STRENGTH = 0.1
"""Inverse of how much the mixture is held back."""
_TINY = 1e-12
LEAST_SPREAD = 1e-3
"""A feature that varies less than this says nothing; scaled up it would drown the others."""


def counted(cut: Sequence[Sequence[str]]) -> Counts:
    """Return how often each text [texts, BUCKETS] has each bucket, dampened."""
    rows = [buckets(pieces) for pieces in cut]
    starts = np.cumsum([0, *(len(at) for at, _ in rows)])
    columns = np.concatenate([at for at, _ in rows])
    values = np.concatenate([weights for _, weights in rows])
    return sparse.csr_matrix((values, columns, starts), shape=(len(cut), BUCKETS))


def fit_ngrams(counts: Counts, labels: Labels) -> Ngrams:
    """Return the model that tells labels (0..n-1, all present) from pieces: one ridge regression a label."""
    frequency = np.bincount(counts.indices, minlength=BUCKETS)
    rarity = np.where(frequency > 0, np.log((1 + len(labels)) / (1 + frequency)) + 1, 0).astype(np.float32)
    seen = np.flatnonzero(frequency)
    wanted = np.where(labels[:, None] == np.unique(labels), 1.0, -1.0).astype(np.float32)
    bias = wanted.mean(axis=0)
    table = np.zeros((BUCKETS, wanted.shape[1]), dtype=np.float16)
    table[seen] = _ridge(weighed(counts, rarity)[:, seen].tocsr().astype(np.float32), wanted - bias)
    return Ngrams(rarity, table, bias)


def _ridge(rows: Counts, wanted: Floats) -> Floats:
    """Solve (rows' rows + RIDGE) weights = rows' wanted for all labels at once by conjugate gradients."""
    across = rows.T.tocsr()
    residual = np.asarray(across @ wanted)
    weights, direction = np.zeros_like(residual), residual.copy()
    size = np.einsum("ij,ij->j", residual, residual)
    for _ in range(STEPS):
        moved = across @ (rows @ direction) + RIDGE * direction
        length = size / np.maximum(np.einsum("ij,ij->j", direction, moved), _TINY)
        weights += length * direction
        residual -= length * moved
        size, before = np.einsum("ij,ij->j", residual, residual), size
        direction = residual + size / np.maximum(before, _TINY) * direction
    return weights


def weighed(counts: Counts, rarity: Floats) -> Counts:
    """Return rows of length 1 whose columns are weighed by rarity."""
    weights = counts.multiply(rarity).tocsr()
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ weights


def fit_mixture(features: Floats, labels: Labels) -> Mixture:
    """Return the calibrated mixture; the scaling of the features is folded into it."""
    middle, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > LEAST_SPREAD, spread, 1.0)
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(((features - middle) / spread).astype(np.float64), labels)
    weights, bias = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # noqa: PLR2004 (scikit-learn keeps one column when there are two labels)
        weights, bias = np.hstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
    scaled = (weights / spread[:, None]).astype(np.float32)
    return Mixture(scaled, (bias - middle @ scaled).astype(np.float32))
