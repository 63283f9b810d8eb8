"""Choose from which probability each head of the classifier counts, on messages it has not seen.

The trade-off is deliberate: a disclosure missed is worse than a caseworker asked in vain. The head that decides whether
a message is a disclosure may raise on a bounded share of the *hardest* harmless messages (denials, films, idioms,
questions about harm); the ordinary questions people put to Kite stay below that.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.safety.catalogue import Concerns
from bot.safety.classifier import DISCLOSURE, RAISED
from bot.safety.combine import PERSON
from bot.safety.corpus import TOPIC
from bot.safety.report import Unseen

HARD_ALARMS = 0.08
"""The share of hard harmless messages on which the classifier may raise."""
PERSON_ALARMS = 0.01
_NAMED = 0.5
_FLAGGED = 0.4
_LIFTED = 0.55
_STEPS = (0.02, 0.05, 0.08, 0.10, 0.15, 0.20, 0.30)
Chances = npt.NDArray[np.float64]


def choose(unseen: Sequence[Unseen], concerns: Concerns) -> dict[str, float]:
    """Return the thresholds of all heads."""
    hard = [item for item in unseen if item.example.harmless and item.example.kind != TOPIC]
    chosen = {code: _NAMED for code in concerns.codes if code != PERSON}
    chosen |= dict.fromkeys(concerns.flags, _FLAGGED)
    chosen[RAISED] = _LIFTED
    chosen[DISCLOSURE] = _bound(_highest(hard, DISCLOSURE), HARD_ALARMS)
    chosen[PERSON] = _bound(_highest(hard, PERSON), PERSON_ALARMS)
    return chosen


def trade_off(unseen: Sequence[Unseen]) -> tuple[tuple[float, float], ...]:
    """Return (share of disclosures found, share of hard harmless messages raised) of the classifier alone."""
    hard = _highest([item for item in unseen if item.example.harmless and item.example.kind != TOPIC], DISCLOSURE)
    told = _highest([item for item in unseen if set(item.example.concerns) - {PERSON}], DISCLOSURE)
    return tuple((float(np.mean(told >= _bound(hard, share))), share) for share in _STEPS)


def _highest(items: Sequence[Unseen], head: str) -> Chances:
    """Return for each message the highest probability of its pieces."""
    return np.array([max((piece.chances[head] for piece in item.judged), default=0.0) for item in items])


def _bound(chances: Chances, share: float) -> float:
    """Return the lowest threshold that at most `share` of `chances` reach."""
    if not len(chances):
        return _NAMED
    ranked = np.sort(chances)[::-1]
    at = min(int(len(ranked) * share), len(ranked) - 1)
    return float(np.nextafter(ranked[at], np.inf))
