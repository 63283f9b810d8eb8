"""Decide what one message asks for: a command of Kite's own, or a topic that search found.

A command wins when the classifier is sure and the message is short enough to be one; how sure and how short depends
on what search thinks of the same words. Otherwise search's calibrated decision stands.
"""

from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, List, Mapping, Tuple

QUESTION = "ask"
OUT_OF_SCOPE = "out_of_scope"
OFFERED = 3

# search's decision -> (least confidence of a command, most words in one)
BARS: Mapping[str, Tuple[float, int]] = {"answer": (0.75, 7), "offer": (0.55, 9), "none": (0.35, 14)}
# what Kite asked -> the detail that answers it, and the command that the answer is
ANSWERS: Mapping[str, Tuple[FrozenSet[str], str]] = {
    "country": (frozenset({"country"}), "set_country"),
    "language": (frozenset({"language"}), "change_language"),
    "tier": (frozenset({"age", "grown_up"}), "set_age"),
}
# a name and nothing else
NAMED: Mapping[str, str] = {"language": "change_language", "country": "set_country"}
LONGEST_ANSWER = 6  # words
# the details that each command's action reads; the rest is dropped before the turn is kept anywhere
DETAILS: Mapping[str, FrozenSet[str]] = {
    "change_language": frozenset({"language"}),
    "set_age": frozenset({"age", "grown_up"}),
    "set_country": frozenset({"country"}),
    "ask_numbers": frozenset({"country"}),
    "walk_step": frozenset({"step_number"}),
}
SIMPLER = "simpler"
ANSWERED = frozenset({"affirm", "deny"})
WALKED = frozenset({"walk_next", "walk_back", "walk_where", "walk_stop", "walk_step"})


@dataclass(frozen=True)
class Heard:
    """What the classifier and the detail finder made of a message of `words` words."""

    intent: str
    confidence: float
    words: int
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What the worker knows about the turn (the request's metadata)."""

    hits: Tuple[str, ...] = ()
    decision: str = "none"
    walking: bool = False
    misses: int = 0
    expects: str = ""
    tier: str = "middle"


def known_from(metadata: Mapping[str, Any]) -> Known:
    """Read the metadata of a request that the channel has checked."""
    return Known(
        hits=tuple(hit["topic"] for hit in metadata.get("hits") or ()),
        decision=metadata.get("decision") or "none",
        walking=metadata.get("step") is not None,
        misses=metadata.get("misses") or 0,
        expects=metadata.get("expects") or "",
        tier=metadata.get("tier") or "middle",
    )


def entity(name: str, value: Any) -> Dict[str, Any]:
    """Return an entity as Rasa writes it; where it stood in the text does not matter to any rule."""
    return {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "kite"}


def choose_intent(heard: Heard, known: Known) -> str:
    """Return the intent that the rules decide on."""
    if heard.words <= LONGEST_ANSWER:
        wanted, command = ANSWERS.get(known.expects, (frozenset(), ""))
        if wanted & heard.details.keys():
            return command
    if heard.details.get("whole"):
        return next(command for name, command in NAMED.items() if name in heard.details)
    if _is_command(heard, known) or _is_elsewhere(heard, known):
        return heard.intent
    return QUESTION


def _is_command(heard: Heard, known: Known) -> bool:
    """Tell whether the classifier's word stands against search's."""
    if heard.intent in (QUESTION, OUT_OF_SCOPE):
        return False
    sure, short = BARS[known.decision]
    return heard.confidence >= sure and heard.words <= short


def _is_elsewhere(heard: Heard, known: Known) -> bool:
    """Tell whether the message is about something Kite does not do: search found nothing, the classifier is sure."""
    sure, _ = BARS["none"]
    return heard.intent == OUT_OF_SCOPE and heard.confidence >= sure and not _found(known)


def _found(known: Known) -> str:
    """Return "answer" or "offer" when search found topics, else ""."""
    return known.decision if known.hits and known.decision in ("answer", "offer") else ""


def facts(intent: str, heard: Heard, known: Known) -> List[Dict[str, Any]]:
    """Return the entities that the rules, responses and actions of `intent` read, and no others."""
    kept = [
        entity(name, heard.details[name]) for name in sorted(DETAILS.get(intent, frozenset()) & heard.details.keys())
    ]
    if intent == QUESTION:
        kept += _search_facts(known)
    if intent in ANSWERED:
        kept.append(entity("expects", known.expects or ("step" if known.walking else "nothing")))
    if intent == SIMPLER:
        kept.append(entity("tier", known.tier))
    if intent in WALKED:
        kept.append(entity("walking", known.walking))
    return kept


def _search_facts(known: Known) -> List[Dict[str, Any]]:
    """Return what search found: a topic, up to three to offer, or nothing (for the first time or again)."""
    found = _found(known)
    if found == "answer":
        return [entity("found", found), entity("topic", known.hits[0])]
    if found == "offer":
        offered = [*known.hits, *[""] * OFFERED][:OFFERED]
        return [entity("found", found)] + [entity(f"offer_{n}", topic) for n, topic in enumerate(offered, start=1)]
    return [entity("found", "nothing_again" if known.misses > 0 else "nothing")]
