"""What the screen remembers between the messages of one conversation: codes and times, never text.

A question that could be about oneself counts half a case, a vague hint a third; what makes one whole within a day opens
a case. The answer yes to the one question Kite asked is a disclosure. Source: catalogue of concerns and safeguarding
rule 11.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.language import Token
from bot.language.folding import is_emoji
from bot.model import Memory
from bot.safety.concepts import Placed
from bot.safety.entries import FLAG
from bot.safety.evidence import Evidence
from bot.safety.talk import ABOUT, NO, OWN, PLEA, VAGUE, YES, Talk

HINT_VAGUE = "vague"
KEPT = timedelta(hours=24)
_MOST = 10
_WHOLE, _HALF, _THIRD = 6, 3, 2
_VAGUE_WORDS, _PLEA_WORDS = 12, 4
_FEARS = frozenset({"unsafe_to_write", "perpetrator_present"})
_SOMEBODY = frozenset({"sibling", "child_of_mine", "mother", "relative", "partner", "friend"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message says beside its finding: an `answer` to Kite's question (YES, NO or ""), a `hint` code or ""."""

    answer: str = ""
    hint: str = ""


def listen(talk: Talk, tokens: Sequence[Token], placed: Sequence[Placed]) -> Heard:
    """Return what a message says between the lines."""
    kinds = talk.kinds(tokens)
    names = {name for _, name in placed}
    return Heard(answer=_answer(kinds, names), hint=_hint(talk, kinds, tokens, placed))


def _answer(kinds: set[str], names: set[str]) -> str:
    if NO in kinds and not names & _SOMEBODY:
        return NO
    return YES if kinds & {YES, NO} else ""


def _hint(talk: Talk, kinds: set[str], tokens: Sequence[Token], placed: Sequence[Placed]) -> str:
    asks = OWN in kinds or any(token.asked for token in tokens)
    if asks:
        return "" if ABOUT in kinds else talk.leaning(placed)
    words = sum(not is_emoji(token.text[0]) for token in tokens)
    if (VAGUE in kinds and words <= _VAGUE_WORDS) or (PLEA in kinds and words <= _PLEA_WORDS):
        return HINT_VAGUE
    return ""


def hint_of(evidence: Iterable[Evidence]) -> str:
    """Return a vague hint when somebody is afraid of who reads or who comes, without saying why; else ""."""
    flags = {hit.entry.codes[0] for hit in evidence if hit.entry.kind == FLAG}
    return HINT_VAGUE if flags & _FEARS else ""


def fresh(memory: Memory, *, now: datetime) -> Memory:
    """Return the memory without hints older than a day and without times that cannot be read."""
    return replace(memory, hints=tuple((at, code) for at, code in memory.hints if _is_fresh(at, now)))


def _is_fresh(at: str, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(at) <= KEPT
    except (ValueError, TypeError):
        return False


def remember(memory: Memory, hint: str, *, now: datetime) -> Memory:
    """Return the memory with one more hint; the oldest go when there are more than ten."""
    return replace(memory, hints=(*memory.hints, (now.isoformat(), hint))[-_MOST:])


def is_enough(memory: Memory) -> bool:
    """Tell whether the hints together open a case: two questions, three vague hints, or a mixture."""
    return sum(_THIRD if code == HINT_VAGUE else _HALF for _, code in memory.hints) >= _WHOLE


def leaning(memory: Memory) -> str:
    """Return the concern the questions lean to most, the newest first, or "" when there were vague hints only."""
    codes = [code for _, code in reversed(memory.hints) if code != HINT_VAGUE]
    return Counter(codes).most_common(1)[0][0] if codes else ""
