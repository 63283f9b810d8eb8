"""Checks of how an English text reads: its grade, its commas and verbs, its words.

Translators answer for their own language: no list is translated.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.content.checks.base import Check, Scope, Wording, WordingCheck
from bot.content.findings import Finding
from bot.content.readability import measure, words
from bot.content.schema import Topic
from bot.content.sentences import sentences
from bot.content.texts import Kind, Text
from bot.model import Tier

GRADES = {Tier.YOUNG: 3.0, Tier.MIDDLE: 5.0, Tier.TEEN: 7.0, Tier.ADULT: 8.0}
"""The hardest Flesch-Kincaid grade of all messages of a topic in a tier."""

COMMAS = {Tier.YOUNG: 2, Tier.MIDDLE: 4, Tier.TEEN: 5, Tier.ADULT: 6}
"""The most commas in a sentence: each is a turn that a reader has to follow."""

_UNREAD = frozenset({Kind.FORMS, Kind.NUMBER})
_SHORT = frozenset({Kind.TITLE, Kind.LABEL, Kind.TERM})
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_BE = r"(?:am|is|are|was|were|be|been|being|get|gets|got)"
_IRREGULAR = (
    "beaten|bought|brought|caught|chosen|cut|done|driven|fed|forced|found|forgotten|given|held|hidden|hit|kept|known|"
    "led|left|locked|made|paid|put|read|seen|sent|set|sold|spoken|stolen|taken|taught|thrown|told|understood|written"
)
_PASSIVE = re.compile(rf"\b{_BE}\s+(?:not\s+|never\s+|often\s+|also\s+)?(\w+ed|{_IRREGULAR})\b", re.IGNORECASE)
_STATES = frozenset(
    {
        "afraid", "allowed", "ashamed", "bored", "called", "confused", "disabled", "excited", "exhausted", "finished",
        "frightened", "hurried", "interested", "locked", "married", "need", "needed", "pleased", "related", "scared",
        "shocked", "stressed", "surprised", "tired", "unaccompanied", "undocumented", "united", "upset", "used", "wet",
        "worried", "wounded", "left", "hidden", "red", "bed", "hundred", "speed",
    }
)  # fmt: skip
"""Participles that tell a state, and words that only look like one."""


class Grade(Check):
    """Refuse a tier of a topic, or of the glossary, that is too hard to read for its age."""

    id = "grade"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Measure all messages of a tier as one text, and all definitions, and name the hardest sentence."""
        for topic in scope.content.topics.values():
            for tier in Tier:
                line = topic.origin.line("tiers", tier.value)
                told = " ".join(messages_of(topic, tier))
                yield from self._about(told, tier, topic.origin.file, line, f"{topic.id}/{tier}")
        for tier in Tier if scope.content.glossary else ():
            told = " ".join(term.define[tier] for term in scope.content.glossary.values())
            file = next(iter(scope.content.glossary.values())).origin.file
            yield from self._about(told, tier, file, 1, f"glossary/{tier}")

    def _about(self, told: str, tier: Tier, file: str, line: int, place: str) -> Iterator[Finding]:
        grade = measure(told).grade
        if grade > GRADES[tier]:
            hardest = max(sentences(told), key=lambda sentence: measure(sentence).grade)
            problem = f"is of grade {grade:.1f}, at most {GRADES[tier]:.0f}; hardest: {hardest!r}"
            remedy = "use shorter words and sentences, or excuse it with the word a child must learn"
            yield self.found(file, line, place, problem, remedy)


class SentenceCheck(WordingCheck):
    """Look at each English sentence by itself."""

    translations = False

    def problem(self, wording: Wording) -> str | None:
        """Return what is wrong with the first sentence that has a problem."""
        if wording.text.kind in _UNREAD | _SHORT:
            return None
        tier = wording.text.tier or Tier.YOUNG
        told = (self.about(sentence, tier) for sentence in sentences(_PLACEHOLDER.sub("X", wording.words)))
        return next((problem for problem in told if problem), None)

    def about(self, sentence: str, tier: Tier) -> str | None:
        """Return what is wrong with a sentence for an age, or None."""
        raise NotImplementedError


class Commas(SentenceCheck):
    """Refuse sentences with many turns."""

    id = "commas"
    remedy = "make two sentences of it, or a short list of messages"

    def about(self, sentence: str, tier: Tier) -> str | None:
        """Count commas."""
        count = sentence.count(",") + sentence.count(";")
        return f"has {count} commas, at most {COMMAS[tier]}: {sentence!r}" if count > COMMAS[tier] else None


class Passive(SentenceCheck):
    """Find verbs in the passive, which hide who does something; for the youngest."""

    id = "passive"
    remedy = "say who does it"

    def about(self, sentence: str, tier: Tier) -> str | None:
        """Look for a form of "be" with a participle that is no state."""
        if tier is not Tier.YOUNG:
            return None
        found = (match for match in _PASSIVE.finditer(sentence) if match[1].lower() not in _STATES)
        return next((f"has the passive {match[0]!r}: {sentence!r}" for match in found), None)


class Unsaid(Check):
    """Look for words of a list that no age is told."""

    told: ClassVar[str]
    remedy: ClassVar[str]

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Search each English text."""
        pattern = _any_of(self.listed(scope))
        for text in scope.texts:
            source = text.source.replace("’", "'")
            if pattern and text.kind not in _UNREAD and (found := pattern.search(source)):
                sentence = next((one for one in sentences(source) if found[0] in one), source)
                problem = f"{self.told} {found[0]!r}: {sentence!r}"
                yield self.found(text.file, text.line, text.place, problem, self.remedy)

    def listed(self, scope: Scope) -> tuple[str, ...]:
        """Return the words of the list."""
        raise NotImplementedError


class Idioms(Unsaid):
    """Refuse sayings that cannot be taken at their word."""

    id = "idioms"
    told = "has the saying"
    remedy = "say what it means"

    def listed(self, scope: Scope) -> tuple[str, ...]:
        """Return the sayings."""
        return scope.content.plain.idioms


class Blame(Unsaid):
    """Refuse words that blame the reader, call people names, or promise what nobody can keep."""

    id = "blame"
    told = "says"
    remedy = "say what can be done now, or what should happen"

    def listed(self, scope: Scope) -> tuple[str, ...]:
        """Return the words."""
        return scope.content.plain.blame


class PlainWords(Check):
    """Refuse words that an age may not know and that nothing explains."""

    id = "plain-words"

    def findings(self, scope: Scope) -> Iterator[Finding]:
        """Look each word up in the lists of plain words, and then in the glossary."""
        learned = _learned(scope)
        for text in scope.texts if scope.content.plain.there else ():
            tier = text.tier or Tier.YOUNG
            if text.kind in _UNREAD or (text.kind in _SHORT and text.tier is None):
                continue
            hard = [word for word in hard_words(scope, text, tier) if word.lower() not in learned]
            hard = [word for word in hard if not _explained(word, text.source)]
            if hard:
                sentence = next(one for one in sentences(text.source) if hard[0] in one)
                listed = ", ".join(dict.fromkeys(hard))
                remedy = f"use plainer words, or add them to content/plain/{tier}.txt if that age knows them"
                problem = f"has words that are hard for that age ({listed}): {sentence!r}"
                yield self.found(text.file, text.line, text.place, problem, remedy)


def hard_words(scope: Scope, text: Text, tier: Tier) -> Iterator[str]:
    """Yield the words of an English text that are not in the lists of an age; names in capitals are none."""
    for word in words(_PLACEHOLDER.sub(" ", text.source)):
        if len(word) > 1 and not word.isupper() and word not in NAMES and not scope.content.plain.knows(word, tier):
            yield word


NAMES = frozenset({"Kite", "Europe", "Telegram", "WhatsApp", "Red", "Cross", "Crescent", "European", "Union"})
"""Names that stand for themselves."""


def messages_of(topic: Topic, tier: Tier) -> Iterator[str]:
    """Yield each message of a topic in a tier; of a walk, those of all steps."""
    for known, part, _ in topic.parts():
        if known is tier:
            yield from (message.text for message in part.messages)


def _learned(scope: Scope) -> frozenset[str]:
    """Return the words of the glossary: `glossary-explained` says where they have to be explained."""
    forms = (form for term in scope.content.glossary.values() for form in (term.term, *term.also))
    return frozenset(word.lower() for form in forms for word in words(form))


def _explained(word: str, text: str) -> bool:
    """Tell whether a text says what a word is: "this is called vocational training", "independent means …"."""
    said = rf"\b(?:called|for example an?)\s+(?:\w+\s+)?{word}\b|\b{word}\b(?:\s+\w+)?(?: means\b|, (?:the|an?|who) )"
    return re.search(said, text, re.IGNORECASE) is not None


def _any_of(listed: tuple[str, ...]) -> re.Pattern[str] | None:
    if not listed:
        return None
    inner = "|".join(map(_saying, sorted(listed, key=len, reverse=True)))
    return re.compile(rf"(?<![\w'])(?:{inner})(?![\w'])", re.IGNORECASE)


def _saying(entry: str) -> str:
    """Return the pattern of a line of a list: words, of which each may have others to stand for it (`a|b`)."""
    return r"\s+".join(f"(?:{'|'.join(map(re.escape, word.split('|')))})" for word in entry.split())
