"""How easy the English of Kite is to read: figures for each tier and each topic."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.checks.reading import GRADES, messages_of
from bot.content.checks.wording import SENTENCE_LIMITS
from bot.content.readability import measure, words
from bot.content.schema import Content, Topic
from bot.model import Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One topic in one tier; `hard` are its words, in small letters, that are not in the lists of that age."""

    topic: str
    tier: Tier
    messages: int
    words: int
    sentences: int
    grade: float
    hard: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """All topics in one tier: sums, words a sentence and grade over all words, and the hardest topic."""

    tier: Tier
    topics: int
    messages: int
    words: int
    words_a_sentence: float
    grade: float
    hardest: float
    hard: int

    @property
    def most_words(self) -> int:
        """Return the most words a sentence may have in this tier."""
        return SENTENCE_LIMITS[self.tier]

    @property
    def limit(self) -> float:
        """Return the hardest grade a topic may have in this tier."""
        return GRADES[self.tier]


def readings(content: Content) -> tuple[Reading, ...]:
    """Return every topic in every tier, in the order of files."""
    return tuple(_reading(content, topic, tier) for topic in content.topics.values() for tier in Tier)


def summaries(content: Content) -> tuple[Summary, ...]:
    """Return one summary for each tier, youngest first; () without topics."""
    return tuple(_summaries(content)) if content.topics else ()


def _reading(content: Content, topic: Topic, tier: Tier) -> Reading:
    told = tuple(messages_of(topic, tier))
    found = measure(" ".join(told))
    return Reading(
        topic=topic.id, tier=tier, messages=len(told), words=found.words, sentences=found.sentences, grade=found.grade,
        hard=_hard(content, " ".join(told), tier),
    )  # fmt: skip


def _summaries(content: Content) -> Iterator[Summary]:
    every = readings(content)
    for tier in Tier:
        here = [reading for reading in every if reading.tier is tier]
        whole = measure(" ".join(" ".join(messages_of(topic, tier)) for topic in content.topics.values()))
        yield Summary(
            tier=tier, topics=len(here), messages=sum(one.messages for one in here), words=whole.words,
            words_a_sentence=whole.words_a_sentence, grade=whole.grade, hardest=max(one.grade for one in here),
            hard=len(frozenset().union(*(one.hard for one in here))),
        )  # fmt: skip


def _hard(content: Content, text: str, tier: Tier) -> frozenset[str]:
    known = content.plain.knows
    return frozenset(word.lower() for word in words(text) if not word.isupper() and not known(word, tier))
