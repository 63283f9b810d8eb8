"""Checks of the words that are explained: each can be found, leads on, and is explained where a child meets it."""

import re
from collections.abc import Iterator
from functools import cache

from bot.content.checks.base import Check, Scope
from bot.content.checks.wording import sentences
from bot.content.findings import Finding, Level
from bot.content.schema import Term, Topic
from bot.model import Tier

_ARTICLE = r"(?:a|an|the|your|my|this|these|every|each)\s+"


class GlossaryTerm(Check):
    """Refuse words of the glossary that lead nowhere, or that two of them claim."""

    id = "glossary-term"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look each word and its topic up."""
        seen: dict[str, str] = {}
        for term in scope.content.glossary.values():
            at, place = term.origin, f"glossary.{term.id}"
            if term.topic not in scope.content.topics:
                problem = f"leads to {term.topic!r}, which is no topic"
                yield self.found(at.file, at.line("topic"), place, problem, "name a topic that exists")
            for word in (term.term, *term.also):
                first = seen.setdefault(word.casefold(), term.id)
                if first != term.id:
                    problem = f"has the word {word!r}, which is one of glossary.{first} too"
                    yield self.found(at.file, at.line("also"), place, problem, "leave it to one of them")


class GlossaryExplained(Check):
    """List topics that use a word of the glossary without explaining it to that age.

    A word is explained where a sentence is about it ("A guardian is …", "This is called an appeal", "a lawyer, who …").
    Ages for which a word counts as known are listed with the word.
    """

    id = "glossary-explained"
    level = Level.NOTICE

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look at each topic and age, sentence by sentence."""
        for topic in scope.content.topics.values():
            for tier in Tier:
                for term in scope.content.glossary.values():
                    if tier not in term.known and term.topic != topic.id and (line := unexplained(topic, tier, term)):
                        place = f"{topic.id}/{tier}"
                        remedy = "explain it in that age's text, or list the age under `known` in content/glossary.yaml"
                        yield self.found(topic.origin.file, line, place, f"uses {term.term!r} unexplained", remedy)


def unexplained(topic: Topic, tier: Tier, term: Term) -> int | None:
    """Return the line where a topic first uses a word in a tier without explaining it there; None if it does not."""
    used, explains = _patterns(term.term, term.also)
    first: int | None = None
    for known, part, path in topic.parts():
        if known is not tier:
            continue
        for index, message in enumerate(part.messages):
            if used.search(message.text) and first is None:
                first = topic.origin.line(*path, "messages", index, "text")
            if any(explains.search(sentence) for sentence in sentences(message.text)):
                return None
    return first


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
