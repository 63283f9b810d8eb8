"""Teach one voice (`bot.search.voices`) by stochastic gradient descent, with numpy and scipy alone.

A step costs what its own messages cost and not what the whole vocabulary does: that makes the training quick.
"""

from dataclasses import dataclass

import numpy as np

from bot.search.lessons import Ids, Lessons, Matrix, only
from bot.search.voices import SHARPNESS, Floats, judged

WIDTH = 40
EPOCHS = 6
BATCH = 256
RATE = 0.1
DROPPED = 0.3
"""The share of units, and of their pieces, left out at random, so that no single one decides."""
DOUBT = 0.05
"""How much of the truth is spread over all labels: examples overlap."""
_FIRST_SPREAD = 0.1
_TINY = 1e-8


@dataclass(frozen=True)
class Voice:
    """What was learned: `table` [pieces, WIDTH], `head` [WIDTH, labels], `bias` [labels]."""

    table: Floats
    head: Floats
    bias: Floats

    def judge(self, lessons: Lessons, chosen: Ids) -> Floats:
        """Return the scores [chosen, labels] of some of the messages."""
        units, places = only(lessons.units, chosen)
        return judged(units @ (lessons.pieces[places] @ self.table), self.head, self.bias)


def teach(lessons: Lessons, chosen: Ids, truth: Ids, labels: int, *, seed: int) -> Voice:
    """Return a voice that learned the `chosen` messages, whose labels are `truth` [chosen]."""
    pupil = _Pupil(lessons, labels, np.random.default_rng(seed))
    batches = max(1, len(chosen) // BATCH)
    for epoch in range(EPOCHS):
        order = np.array_split(pupil.random.permutation(len(chosen)), batches)
        for number, batch in enumerate(order):
            done = (epoch * batches + number) / (EPOCHS * batches)
            pupil.step(chosen[batch], truth[batch], RATE * (1 - done))
    return pupil.taught()


class _Pupil:
    """What changes while a voice learns; the sums of squares pace each row (AdaGrad)."""

    def __init__(self, lessons: Lessons, labels: int, random: np.random.Generator) -> None:
        self.lessons = lessons
        self.random = random
        self.table = (random.standard_normal((len(lessons.rows), WIDTH)) * _FIRST_SPREAD).astype(np.float32)
        self.head = (random.standard_normal((WIDTH, labels)) / np.sqrt(WIDTH)).astype(np.float32)
        self.bias = np.zeros(labels, dtype=np.float32)
        self._squares = [np.full(shape, _TINY, np.float32) for shape in ((len(self.table), 1), self.head.shape, labels)]

    def taught(self) -> Voice:
        """Return what was learned; a piece that was never met says nothing."""
        met = self._squares[0] > _TINY
        return Voice(self.table * met, self.head, self.bias)

    def step(self, chosen: Ids, truth: Ids, rate: float) -> None:
        """Learn from some messages: cross-entropy, backwards through the direction of the sum."""
        units, places = only(self.lessons.units, chosen)
        pieces, rows = only(self.lessons.pieces, places)
        self._leave_out(units)
        self._leave_out(pieces)
        sums = units @ (pieces @ self.table[rows])
        length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        turned = sums / length
        wrong = self._wrong(turned, truth)
        back = wrong @ self.head.T * SHARPNESS
        back = (back - turned * (back * turned).sum(axis=1, keepdims=True)) / length
        self._change_rows(rows, pieces.T @ (units.T @ back), rate)
        _change(self.head, self._squares[1], turned.T @ wrong * SHARPNESS, rate)
        _change(self.bias, self._squares[2], wrong.sum(axis=0), rate)

    def _wrong(self, turned: Floats, truth: Ids) -> Floats:
        """Return the slope of the loss by the scores [messages, labels]."""
        scores = SHARPNESS * turned @ self.head + self.bias
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        slope = raised / raised.sum(axis=1, keepdims=True) - DOUBT / scores.shape[1]
        slope[np.arange(len(truth)), truth] -= 1 - DOUBT
        return np.asarray(slope / len(truth), dtype=np.float32)

    def _change_rows(self, rows: Ids, slope: Floats, rate: float) -> None:
        squares = self._squares[0]
        squares[rows] += np.square(slope).mean(axis=1, keepdims=True)
        self.table[rows] -= rate * slope / np.sqrt(squares[rows])

    def _leave_out(self, matrix: Matrix) -> None:
        matrix.data *= self.random.random(len(matrix.data), dtype=np.float32) > DROPPED


def _change(weights: Floats, squares: Floats, slope: Floats, rate: float) -> None:
    squares += slope * slope
    weights -= rate * slope / np.sqrt(squares)
