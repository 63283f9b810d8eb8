"""How hard an English text is to read: syllables, sentences and the Flesch-Kincaid grade.

The grade is 0.39 x words per sentence + 11.8 x syllables per word - 15.59 (Kincaid and others, 1975): the year of
school in which somebody can read it. Syllables are counted by rule, with a list of words that break the rules
(`data/syllables.txt`); against a dictionary the grade of a whole topic is within 0.3.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_SENTENCE = re.compile(r"[.!?:…]+")
_VOWELS = re.compile(r"[aeiouy]+")
_RULES = (
    (re.compile(r"e(?=(?:ly|ful|fully|less|ments?|where|body|thing|times|one|hand|guard)$)"), ""),  # safely
    (re.compile(r"(?<=[aeouy])ing$"), "-ing"),  # going
    (re.compile(r"(?<=[^aeioutd])(?<![^aeiouyl]l)ed$"), "d"),  # helped and called, but not needed and handled
    (re.compile(r"(?<![cgsxz])(?<![cs]h)(?<![^aeiouy]l)es$"), "s"),  # names, but not places, watches and uncles
    (re.compile(r"(?<![^aeiouyr][lr])e$"), ""),  # name, but not uncle and centre
    (re.compile(r"(?<![cstgx])i(?=[ao])"), "i-"),  # guardian, but not nation and social
    (re.compile(r"i(?=[eu][rst]\b)|u(?=al)|(?<!p)e(?=o)"), r"\g<0>-"),  # easier, usual, video
)
"""How a word is rewritten before its groups of vowels are counted, one group a syllable."""

_LIST = Path(__file__).parent / "data" / "syllables.txt"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text is made of."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """Return the Flesch-Kincaid grade, 0.0 for no words."""
        if not self.words or not self.sentences:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def words_a_sentence(self) -> float:
        """Return how many words a sentence has."""
        return self.words / self.sentences if self.sentences else 0.0


def measure(text: str) -> Measure:
    """Return how many sentences, words and syllables a text has; speech after a colon is a sentence of its own."""
    found = words(text)
    sentences = sum(bool(_WORD.search(part)) for part in _SENTENCE.split(text))
    return Measure(sentences, len(found), sum(map(syllables, found)))


def words(text: str) -> list[str]:
    """Return the words of an English text; numbers are none."""
    return _WORD.findall(text)


@cache
def syllables(word: str) -> int:
    """Return how many syllables an English word has, at least one; initials such as IOM count as one."""
    if word.isupper() and len(word) > 1:
        return 1
    plain = word.lower().replace("’", "'")
    listed = _exceptions()
    if plain in listed:
        return listed[plain]
    plain = plain.removesuffix("'s").replace("'", "")
    return listed.get(plain) or max(1, _by_rule(plain))


def _by_rule(word: str) -> int:
    for pattern, instead in _RULES:
        word = pattern.sub(instead, word)
    return len(_VOWELS.findall(word))


@cache
def _exceptions() -> dict[str, int]:
    lines = (line.split() for line in _LIST.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return {word: int(count) for word, count in lines}
