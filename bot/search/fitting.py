"""Fit the linear parts with scikit-learn; used in training only."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bot.search.confidence import Mixture
from bot.search.head import Head
from bot.search.ngrams import BUCKETS, Floats, Ngrams, buckets

Labels = NDArray[np.int64]
Counts: TypeAlias = Any
"""A scipy.sparse.csr_matrix [texts, BUCKETS]; scipy says nothing of its types."""
STRENGTH = 10.0
"""Inverse of the regularisation of the linear model over pieces."""
HEAD_STRENGTH = 3.0
MIXTURE_STRENGTH = 0.1
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
    """Return the model that tells labels (0..n-1, all present) from pieces."""
    frequency = np.bincount(counts.indices, minlength=BUCKETS)
    rarity = np.where(frequency > 0, np.log((1 + len(labels)) / (1 + frequency)) + 1, 0).astype(np.float32)
    seen = np.flatnonzero(frequency)
    model = LogisticRegression(C=STRENGTH, max_iter=60, tol=1e-3)
    model.fit(weighed(counts, rarity)[:, seen], labels)
    weights, bias = _per_label(model)
    table = np.zeros((BUCKETS, len(bias)), dtype=np.float16)
    table[seen] = weights
    return Ngrams(rarity, table, bias)


def weighed(counts: Counts, rarity: Floats) -> Counts:
    """Return rows of length 1 whose columns are weighed by rarity."""
    weights = counts.multiply(rarity).tocsr()
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ weights


def fit_head(vectors: Floats, labels: Labels) -> Head:
    """Return what judges vectors."""
    model = LogisticRegression(C=HEAD_STRENGTH, max_iter=200)
    model.fit(vectors.astype(np.float64), labels)  # in single precision the solver does not come to rest
    weights, bias = _per_label(model)
    return Head(vectors, labels, weights, bias)


def _per_label(model: LogisticRegression) -> tuple[Floats, Floats]:
    """Return weights [features, labels] and bias [labels]; scikit-learn keeps one column when there are two labels."""
    weights, bias = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # noqa: PLR2004
        weights, bias = np.hstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
    return weights.astype(np.float32), bias.astype(np.float32)


def fit_mixture(features: Floats, labels: Labels) -> Mixture:
    """Return the calibrated mixture; the scaling of the features is folded into it."""
    middle, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > LEAST_SPREAD, spread, 1.0)
    model = LogisticRegression(C=MIXTURE_STRENGTH, max_iter=1000)
    model.fit(((features - middle) / spread).astype(np.float64), labels)
    weights, bias = _per_label(model)
    scaled = (weights / spread[:, None]).astype(np.float32)
    return Mixture(scaled, (bias - middle @ scaled).astype(np.float32))
