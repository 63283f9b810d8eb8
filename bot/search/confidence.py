"""How sure Kite may be: both models' opinions become one calibrated probability for every label, and a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.model import Decision, Hit, Hits
from bot.search.grams import Read
from bot.search.head import Judged
from bot.search.labels import OUTSIDE
from bot.search.ngrams import Floats, Ngrams, softmax

MOST_HITS = 5
_FLOOR = 0.01
"""Probabilities below this are all the same: next to nothing."""


def features(ngrams: Floats, judged: Floats, nearest: Floats, known: Floats, words: Floats) -> Floats:
    """Return what the mixture weighs, one row a message.

    `ngrams` and `judged` [messages, labels] are the two models' probabilities; of each message, `nearest` is the
    cosine of the nearest example, `known` the share of its pieces seen in training, `words` how many it has.
    """
    logs = [np.log(ngrams + _FLOOR), np.log(judged + _FLOOR)]
    more = [nearest[:, None], known[:, None], np.log1p(words)[:, None]]
    return np.asarray(np.concatenate([*logs, *more], axis=1), dtype=np.float32)


def of_one(ngrams: Ngrams, judged: Judged, message: Read) -> Floats:
    """Return the features of a single message whose vector was judged."""
    probabilities, known = ngrams.judge(message.pieces)
    values = (judged.nearest, known, message.words)
    one = [np.array([value], dtype=np.float32) for value in values]
    row: Floats = features(probabilities[None], judged.probabilities[None], *one)[0]
    return row


@dataclass(frozen=True)
class Mixture:
    """The calibrated mixture of both models: `weights` [features, labels], `bias` [labels]."""

    weights: Floats
    bias: Floats

    def probabilities(self, rows: Floats) -> Floats:
        """Return a calibrated probability for every label, for one row of features or several."""
        return softmax(np.asarray(self.bias + rows @ self.weights))


@dataclass(frozen=True)
class Bars:
    """The least calibrated probability for each decision.

    `answer` is by language, with the strictest for any other; `offer` bars the probability that the message is about
    any topic at all.
    """

    answer: Mapping[str, float]
    offer: float

    def decide(self, first: float, any_topic: float, language: str) -> Decision:
        """Return what the probability of the first hit, and of all topics together, allow."""
        if first >= self.answer.get(language, max(self.answer.values())):
            return Decision.ANSWER
        return Decision.OFFER if any_topic >= self.offer else Decision.NONE


def decided(probabilities: Floats, labels: Sequence[str], bars: Bars, language: str) -> Hits:
    """Return up to five topics, best first, and what their confidence allows."""
    found = [Hit(label, float(p)) for label, p in zip(labels, probabilities, strict=True) if label not in OUTSIDE]
    found.sort(key=lambda hit: hit.score, reverse=True)
    any_topic = sum(hit.score for hit in found)
    return Hits(tuple(found[:MOST_HITS]), bars.decide(found[0].score, any_topic, language))
