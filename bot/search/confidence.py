"""How sure Kite may be: both models' opinions become one calibrated probability for every label, and a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.model import Decision, Hit, Hits
from bot.search.grams import Read
from bot.search.labels import OUTSIDE
from bot.search.ngrams import Floats, Ngrams

MOST_HITS = 5


def features(ngrams: Floats, neighbours: Floats, known: Floats, words: Floats) -> Floats:
    """Return what the mixture weighs, one row a message.

    `ngrams` and `neighbours` [messages, labels] are the two models' scores; of each message, `known` is the share of
    its pieces seen in training, and `words` how many it has.
    """
    return np.concatenate([ngrams, neighbours, known[:, None], np.log1p(words)[:, None]], axis=1, dtype=np.float32)


def of_one(ngrams: Ngrams, neighbours: Floats, message: Read) -> Floats:
    """Return the features of a single message whose vector has the scores `neighbours`."""
    scores, known = ngrams.judge(message.pieces)
    more = np.array([[known], [message.words]], dtype=np.float32)
    row: Floats = features(scores[None], neighbours[None], more[0], more[1])[0]
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
    """The least calibrated probability for each decision: of the first topic, and of all topics together.

    They are the same for every language: with a few hundred questions a language, bars of their own would follow
    chance (from one way of holding out to another they moved by 0.05, the common one by 0.01).
    """

    answer: float
    offer: float

    def decide(self, first: float, any_topic: float) -> Decision:
        """Return what the probability of the first hit, and of all topics together, allow."""
        if first >= self.answer:
            return Decision.ANSWER
        return Decision.OFFER if any_topic >= self.offer else Decision.NONE


def decided(probabilities: Floats, labels: Sequence[str], bars: Bars) -> Hits:
    """Return up to five topics, best first, and what their confidence allows."""
    found = [Hit(label, float(p)) for label, p in zip(labels, probabilities, strict=True) if label not in OUTSIDE]
    found.sort(key=lambda hit: hit.score, reverse=True)
    any_topic = sum(hit.score for hit in found)
    return Hits(tuple(found[:MOST_HITS]), bars.decide(found[0].score, any_topic))


def softmax(scores: Floats) -> Floats:
    """Return probabilities for scores, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)
