"""Fit the small parts in closed form or nearly so; used in training only."""

from collections.abc import Sequence

import numpy as np
from scipy import optimize

from bot.search.confidence import Mixture
from bot.search.lessons import Ids
from bot.search.sentences import Head
from bot.search.voices import Floats

RIDGE = 1.0
"""How much the judge of sentence vectors is held back."""


def fit_head(vectors: Floats, truth: Ids, labels: int) -> Head:
    """Return the ridge regression that tells labels (1 for the right one, else 0) from sentence vectors."""
    middle = vectors.mean(axis=0)
    wanted = np.eye(labels, dtype=np.float32)[truth]
    bias = wanted.mean(axis=0)
    moved = vectors - middle
    square = moved.T @ moved + RIDGE * np.eye(moved.shape[1], dtype=np.float32)
    weights = np.linalg.solve(square, moved.T @ (wanted - bias)).astype(np.float32)
    return Head(weights, (bias - middle @ weights).astype(np.float32))


def fit_mixture(opinions: Sequence[Floats], truth: Ids) -> Mixture:
    """Return the weights that make the truth likeliest; the scores must be of messages that nobody learned from."""
    rows = np.arange(len(truth))

    def surprise(logs: Floats) -> tuple[float, Floats]:
        mixture = Mixture(tuple(np.exp(logs)))
        found = mixture.probabilities(opinions)
        slopes = [
            weight * ((found * scores).sum(axis=1) - scores[rows, truth]).mean()
            for weight, scores in zip(mixture.weights, opinions, strict=True)
        ]
        return float(-np.log(found[rows, truth] + 1e-9).mean()), np.array(slopes, dtype=np.float64)

    found = optimize.minimize(surprise, np.zeros(len(opinions)), jac=True, bounds=[(-7.0, 7.0)] * len(opinions))
    return Mixture(tuple(float(weight) for weight in np.exp(found.x)))
