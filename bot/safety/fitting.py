"""Fit the classifier's heads on examples, whole and in folds."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.model import Urgency
from bot.safety.catalogue import Concerns
from bot.safety.classifier import BLOCK_WEIGHTS, DISCLOSURE, RAISED, Model
from bot.safety.combine import PERSON
from bot.safety.corpus import Example
from bot.safety.features import BLOCKS, COLUMNS, WORDS, Table, edge_columns

SEED = 20_261_121
FOLDS = 4
_COST = 0.4
_TOLERANCE = 0.01
"""Ten times finer changes no figure and takes twice as long."""
_NO = -8.0
"""The sum of a head that had no example to learn from: never."""

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Fitted = tuple[Floats, Floats]
"""Weights (a row a column, a column a head) and biases."""


@dataclass(frozen=True)
class Head:
    """A question the classifier answers: which examples it learns from, and which of them are yes."""

    name: str
    rows: Flags
    yes: Flags


def heads_for(examples: Sequence[Example], concerns: Concerns) -> list[Head]:
    """Return the heads: is it a disclosure, which concern, which flags, is it more urgent than its concern.

    A plain wish for a person is learnt apart, so that it does not blur what a disclosure is.
    """
    told = np.array([bool(set(example.concerns) - {PERSON}) for example in examples])
    harmless = np.array([example.harmless for example in examples])
    own = [max((concerns.urgency(code) for code in example.concerns), default=Urgency.NOW) for example in examples]
    liftable = told & np.array([urgency < Urgency.NOW for urgency in own])
    lifted = np.array([(example.urgency or 0) > base for example, base in zip(examples, own, strict=True)])
    whole = np.array([not example.extra for example in examples])
    heads = [Head(DISCLOSURE, told | harmless, told), Head(RAISED, liftable & whole, lifted)]
    for code in concerns.codes:
        yes = np.array([code in example.concerns for example in examples])
        heads.append(Head(code, np.ones_like(told) if code == PERSON else told, yes))
    flags = (Head(flag, told & whole, np.array([flag in each.flags for each in examples])) for flag in concerns.flags)
    return [*heads, *flags]


def folds_for(examples: Sequence[Example]) -> list[npt.NDArray[np.int64]]:
    """Return the rows of each fold, every kind of message of every language spread evenly; extras are in none."""
    rows = np.array([row for row, example in enumerate(examples) if not example.extra])
    keys = [f"{examples[row].language} {(*examples[row].concerns, examples[row].kind)[0]}" for row in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a kind with fewer messages than folds goes as far as it can
        splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        return [rows[held] for _, held in splitter.split(keys, keys)]


def inverse_frequency(tables: Sequence[Table]) -> Floats:
    """Return the weight of each column: the rarer the heavier."""
    seen = np.zeros(COLUMNS)
    for features in tables:
        edges = edge_columns(features.words, 0, len(features.words))
        seen[np.unique(np.concatenate([features.columns, edges]).astype(np.int64))] += 1
    return (np.log((1 + len(tables)) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)


def matrix_of(tables: Sequence[Table], idf: Floats) -> csr_matrix:
    """Return the examples as rows of numbers, just as `Model.sums` adds them up for a whole message."""
    values, rows, columns = [], [], []
    for row, features in enumerate(tables):
        for block in BLOCKS:
            found = features.columns[features.blocks == block]
            if block == WORDS:
                found = np.concatenate([found, edge_columns(features.words, 0, len(features.words))]).astype(np.int64)
            weights = idf[found]
            values.append(BLOCK_WEIGHTS[block] * weights / np.sqrt(max(float(weights @ weights), 1e-9)))
            rows.append(np.full(len(found), row))
            columns.append(found)
    where = (np.concatenate(rows), np.concatenate(columns))
    return csr_matrix((np.concatenate(values), where), shape=(len(tables), COLUMNS), dtype=np.float64)


def fit(matrix: csr_matrix, heads: Sequence[Head], use: Flags) -> Fitted:
    """Fit every head on the rows of `use`.

    One after the other: liblinear shares its random numbers between threads, and the same examples must give the same
    model.
    """
    fitted = [_fit_head(matrix, head, use) for head in heads]
    weights = np.stack([weights for weights, _ in fitted], axis=1)
    return weights, np.array([bias for _, bias in fitted], dtype=np.float32)


def _fit_head(matrix: csr_matrix, head: Head, use: Flags) -> tuple[Floats, float]:
    rows = np.flatnonzero(head.rows & use)
    yes = head.yes[rows]
    if not yes.any() or yes.all():
        return np.zeros(COLUMNS, np.float32), _NO if not yes.any() else -_NO
    machine = LinearSVC(C=_COST, class_weight="balanced", random_state=SEED, max_iter=3000, tol=_TOLERANCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(matrix[rows], yes)
    return machine.coef_[0].astype(np.float32), float(machine.intercept_[0])


def probabilities(sums: Floats, head: Head, unseen: Flags) -> tuple[float, float]:
    """Return slope and shift that turn the sums of `unseen` messages into probabilities (Platt)."""
    rows = head.rows & unseen
    yes = head.yes[rows]
    if not yes.any() or yes.all():
        return 1.0, 0.0
    line = LogisticRegression(C=10.0).fit(sums[rows, None], yes)
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def unseen_sums(matrix: csr_matrix, fitted: Sequence[Fitted], folds: Sequence[npt.NDArray[np.int64]]) -> Floats:
    """Return the sums of every example by the model of the fold that did not see it; NaN where every model did."""
    sums = np.full((matrix.shape[0], len(fitted[0][1])), np.nan, np.float32)
    for (weights, bias), held in zip(fitted, folds, strict=True):
        sums[held] = matrix[held] @ weights + bias
    return sums


def as_model(fitted: Fitted, heads: Sequence[Head], idf: Floats, sums: Floats) -> Model:
    """Return a model whose sums are calibrated on unseen messages; thresholds are still open."""
    unseen = ~np.isnan(sums[:, 0])
    lines = [probabilities(sums[:, at], head, unseen) for at, head in enumerate(heads)]
    return Model(
        heads=tuple(head.name for head in heads),
        idf=idf,
        weights=fitted[0],
        bias=fitted[1],
        slope=np.array([slope for slope, _ in lines], np.float32),
        shift=np.array([shift for _, shift in lines], np.float32),
        thresholds={},
    )
