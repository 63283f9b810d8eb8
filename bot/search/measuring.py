"""Choose the bars of a decision, and tell how good the search is: both from messages it was not trained on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from bot.search.confidence import Bars
from bot.search.labels import OUTSIDE
from bot.search.voices import Floats

MOST_WRONG = 0.04
"""Of the questions about a topic, the most that may be answered with another one."""
MOST_OUTSIDE = 0.05
"""Of the messages about nothing Kite knows, the most that may be answered with a topic."""
MOST_OFFERED = 0.25
"""Of the messages about nothing Kite knows, the most that may be offered topics."""
LEAST_ANSWER = 0.5
"""An answer must at least be likelier right than wrong."""
OFFERED = 3


@dataclass(frozen=True)
class Trial:
    """Messages judged by a model that had not seen them.

    `probabilities` [messages, labels]; `truth` holds the label of each message, `languages` its language.
    """

    probabilities: Floats
    truth: NDArray[np.str_]
    languages: NDArray[np.str_]
    labels: Sequence[str]

    @property
    def topics(self) -> Floats:
        """Return the probabilities of topics alone: those of OUTSIDE are nought."""
        outside = [label in OUTSIDE for label in self.labels]
        return np.asarray(np.where(outside, 0, self.probabilities), dtype=np.float32)

    @property
    def first(self) -> NDArray[np.str_]:
        """Return the best topic of each message."""
        best: NDArray[np.str_] = np.array(self.labels)[self.topics.argmax(axis=1)]
        return best

    @property
    def asks(self) -> NDArray[np.bool_]:
        """Tell which messages ask about a topic."""
        return np.asarray(~np.isin(self.truth, list(OUTSIDE)))

    def only(self, chosen: NDArray[np.bool_]) -> "Trial":
        """Return the trial of some of the messages."""
        return Trial(self.probabilities[chosen], self.truth[chosen], self.languages[chosen], self.labels)


@dataclass(frozen=True)
class Figures:
    """How a trial went, as shares of the questions about a topic (`first` to `none`) and of the other messages.

    `first`: the best topic is the right one, sure or not; `right`, `wrong`: answered; `offered`: among the three
    offered; `none`: neither; `outside`: messages about nothing Kite knows that were answered all the same.
    """

    questions: int
    first: float
    right: float
    wrong: float
    offered: float
    none: float
    outside: float


def choose_bars(trial: Trial) -> Bars:
    """Return the lowest bars that keep to the limits."""
    first, any_topic = trial.topics.max(axis=1), trial.topics.sum(axis=1)
    outside = trial.truth == "out_of_scope"
    mistaken = trial.asks & (trial.first != trial.truth)
    wrong = _lowest(first[mistaken], MOST_WRONG * trial.asks.sum())
    answer = max(LEAST_ANSWER, wrong, _lowest(first[outside], MOST_OUTSIDE * outside.sum()))
    return Bars(answer=answer, offer=_lowest(any_topic[outside], MOST_OFFERED * outside.sum()))


def _lowest(scores: Floats, most: float) -> float:
    """Return the lowest bar that no more than `most` of the scores reach."""
    ranked = np.sort(scores)[::-1]
    return round(float(ranked[int(most)]) + 1e-4, 4) if int(most) < len(ranked) else 0.0


def measure(trial: Trial, bars: Bars) -> Figures:
    """Return how the messages of a trial would have been answered."""
    answered = trial.topics.max(axis=1) >= bars.answer
    right = trial.first == trial.truth
    offers = ~answered & (trial.topics.sum(axis=1) >= bars.offer)
    three = np.asarray(trial.labels)[np.argsort(-trial.topics, axis=1)[:, :OFFERED]]
    offered = offers & (three == trial.truth[:, None]).any(axis=1)
    asks, outside = trial.asks, trial.truth == "out_of_scope"
    shares = {
        "first": _share(right, asks),
        "right": _share(answered & right, asks),
        "wrong": _share(answered & ~right, asks),
        "offered": _share(offered, asks),
        "none": _share(~answered & ~offered, asks),
        "outside": _share(answered, outside),
    }
    return Figures(questions=int(asks.sum()), **shares)


def _share(what: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    return round(float(what[of].mean()), 4) if of.any() else 0.0


def by_language(trial: Trial, bars: Bars) -> dict[str, dict[str, float]]:
    """Return the figures of every language and of all together, as plain values."""
    languages = sorted(set(map(str, trial.languages)))
    found = {language: measure(trial.only(trial.languages == language), bars) for language in languages}
    return {name: asdict(figures) for name, figures in [*found.items(), ("all", measure(trial, bars))]}
