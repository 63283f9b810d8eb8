"""How sure Kite may be: scores become one calibrated probability for every label, and a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.model import Decision, Hit, Hits
from bot.search.labels import OUTSIDE
from bot.search.voices import Floats

MOST_HITS = 5


@dataclass(frozen=True)
class Mixture:
    """How much each opinion weighs: Kite's own model, and the sentence model if there is one."""

    weights: tuple[float, ...]

    def probabilities(self, opinions: Sequence[Floats]) -> Floats:
        """Return a calibrated probability for every label, from scores [..., labels], one array an opinion."""
        weighed = [weight * scores for weight, scores in zip(self.weights, opinions, strict=True)]
        return softmax(np.sum(weighed, axis=0))


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
