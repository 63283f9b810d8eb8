"""Which words of the glossary a text uses without explaining them, read from the English source."""

import re
from collections.abc import Sequence
from functools import cache

from bot.content.schema import Content, Step, Term, TierText, Topic
from bot.content.sentences import sentences
from bot.model import Tier

MOST = 2
"""Words that one answer offers to explain."""

_ARTICLE = r"(?:a|an|the|your|my|this|these|every|each)\s+"


def unexplained(content: Content, topic: Topic, part: Step | TierText, tier: Tier) -> tuple[str, ...]:
    """Return the ids of the words that a part of a topic uses, and that neither the topic nor that age explains."""
    told = [known for other, known, _ in topic.parts() if other is tier]
    return tuple(
        term.id
        for term in content.glossary.values()
        if tier not in term.known and term.topic != topic.id and _uses(part, term) and not _explained(told, term)
    )


def _uses(part: Step | TierText, term: Term) -> bool:
    used, _ = _patterns(term.term, term.also)
    return any(used.search(message.text) for message in part.messages)


def _explained(parts: Sequence[Step | TierText], term: Term) -> bool:
    """Tell whether a sentence is about the word ("A guardian is …", "This is called an appeal", "a lawyer, who …")."""
    _, explains = _patterns(term.term, term.also)
    texts = (message.text for part in parts for message in part.messages)
    return any(explains.search(sentence) for text in texts for sentence in sentences(text))


@cache
def _patterns(term: str, also: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a word in English, and what finds a sentence that explains it."""
    first = term.removeprefix("the ")
    forms = [first, *(form for form in also if form.casefold().startswith(first.casefold()))]
    word = "(?:" + "|".join(sorted(map(re.escape, forms), key=len, reverse=True)) + ")"
    used = re.compile(rf"\b{word}\b", re.IGNORECASE)
    shapes = (
        rf"^(?:{_ARTICLE})?{word}\b(?! (?:should|may|can|will|must)\b)",
        rf"\b(?:called|means|named|word for)\s+(?:{_ARTICLE})?{word}\b",
        rf"\b{word}\b,? (?:who|which|that|is|are|means)\b",
        rf"\b{word}\b\s*(?:\(|:|, an? )",
    )
    return used, re.compile("|".join(shapes), re.IGNORECASE)
