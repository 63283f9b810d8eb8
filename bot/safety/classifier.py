"""The learnt half of the screen: a linear model for each question, stored as plain numbers and applied with numpy."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.safety.features import BLOCKS, COLUMNS, WORDS, Table, edge_columns

VERSION = 2
BLOCK_WEIGHTS = (1.0, 0.7, 1.0, 1.0)
"""How much letters, words, concepts and sense count."""

DISCLOSURE, RAISED = "disclosure", "raised"
_TINY = 1e-9
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """Weights, a row a feature column and a column a head; `slope` and `shift` turn a head's sum into a probability.

    `thresholds` are the probabilities from which a head counts, by name of the head.
    """

    heads: tuple[str, ...]
    idf: Floats
    weights: Floats
    bias: Floats
    slope: Floats
    shift: Floats
    thresholds: Mapping[str, float]

    def probabilities(self, features: Table, pieces: Sequence[tuple[int, int]]) -> list[dict[str, float]]:
        """Return the probability of each head for each piece of a message."""
        sums = self.sums(features, pieces)
        chances = 1.0 / (1.0 + np.exp(-(sums * self.slope + self.shift)))
        return [dict(zip(self.heads, map(float, row), strict=True)) for row in chances]

    def sums(self, features: Table, pieces: Sequence[tuple[int, int]]) -> Floats:
        """Return the raw sums, a row a piece and a column a head."""
        idf = self.idf[features.columns]
        values = idf[:, None] * self.weights[features.columns]
        return np.stack([self._sum(features, idf, values, start, end) for start, end in pieces])

    def _sum(self, features: Table, idf: Floats, values: Floats, start: int, end: int) -> Floats:
        """Return the sums of one piece: each block brought to length one, then weighed."""
        total = self.bias.copy()
        for block in BLOCKS:
            rows, inside = features.inside(block, start, end)
            part, square = inside @ values[rows], float(inside @ idf[rows] ** 2)
            if block == WORDS:
                edges = edge_columns(features.words, start, end)
                part = part + self.idf[edges] @ self.weights[edges]
                square += float(self.idf[edges] @ self.idf[edges])
            total += BLOCK_WEIGHTS[block] / max(square, _TINY) ** 0.5 * part
        return total


def save(model: Model, path: Path) -> None:
    """Write a model as one compressed file without pickles."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        "version": np.array(VERSION),
        "heads": np.array(model.heads),
        "idf": model.idf.astype(np.float16),
        "weights": model.weights.astype(np.float16),
        "bias": model.bias,
        "slope": model.slope,
        "shift": model.shift,
        "threshold_names": np.array(list(model.thresholds)),
        "thresholds": np.array(list(model.thresholds.values())),
    }
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
    part.replace(path)


def load(path: Path) -> Model:
    """Read a model; raise OSError when it is missing and ValueError when it is broken or of another version."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            model = _from_arrays(stored)
    except (KeyError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise ValueError(f"the file is broken ({type(error).__name__})") from error
    shape = (COLUMNS, len(model.heads))
    if model.weights.shape != shape or model.idf.shape != (COLUMNS,) or not np.isfinite(model.weights).all():
        raise ValueError("the numbers in the file do not fit together")
    return model


def _from_arrays(stored: Mapping[str, Any]) -> Model:
    if int(stored["version"]) != VERSION:
        raise ValueError(f"it was made by another version of Kite ({int(stored['version'])})")
    names = [str(name) for name in stored["threshold_names"]]
    numbers = {key: stored[key].astype(np.float32) for key in ("idf", "weights", "bias", "slope", "shift")}
    return Model(
        heads=tuple(str(head) for head in stored["heads"]),
        thresholds=dict(zip(names, map(float, stored["thresholds"]), strict=True)),
        **numbers,
    )
