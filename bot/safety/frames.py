"""Spare what a sentence only tells about: a film, a joke, a lesson, what a word means or what the law says.

A pattern alone does not raise inside such a frame when the classifier is as good as sure that nothing is disclosed.
Without a classifier nothing is spared. What stands in another sentence spares nothing.
"""

from collections.abc import Iterable, Sequence

from bot.language import Token
from bot.safety.combine import Judged
from bot.safety.concepts import Placed
from bot.safety.evidence import Evidence
from bot.safety.segments import around, place_of

FRAMES = frozenset({"story", "dream", "laugh", "hyperbole", "definition", "law_general", "school_task"})
SPARED_BELOW = 0.1
"""The probability of a disclosure below which a framed pattern is spared; costs about 2 of 1,000 disclosures."""


def unframed(
    evidence: Iterable[Evidence], tokens: Sequence[Token], placed: Sequence[Placed], judged: Sequence[Judged]
) -> list[Evidence]:
    """Return the evidence that counts."""
    return [hit for hit in evidence if not _is_framed(hit, tokens, placed, judged)]


def _is_framed(hit: Evidence, tokens: Sequence[Token], placed: Sequence[Placed], judged: Sequence[Judged]) -> bool:
    holding = [piece.disclosure for piece in judged if piece.span[0] < hit.end and hit.start < piece.span[1]]
    if not holding or max(holding) >= SPARED_BELOW:
        return False
    start, end = around(tokens, *place_of(tokens, hit.start, hit.end))
    return any(name in FRAMES for at, name in placed if start <= at < end)
