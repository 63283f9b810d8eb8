"""Find the countries, languages, ages and step numbers that a person names.

Wrong is worse than none here (a wrong country gives a wrong emergency number): with two candidates, a negation or
somebody else's age, nothing is found, and Kite asks.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import FrozenSet, List, Mapping, Optional, Sequence, Set

from components.folding import tokens
from components.vocabulary import Match, Speech, spoken_in, vocabulary

LONGEST = 40  # words that are looked at; a longer message is a story, not a setting
AGES = range(3, 111)
STEPS = range(1, 31)
_DIGITS = re.compile(r"(?<!\d)\d{1,3}(?!\d)")


@dataclass(frozen=True)
class Details:
    """What a message names; `whole` tells that it names a country or language and says nothing else."""

    country: Optional[str] = None
    language: Optional[str] = None
    age: Optional[int] = None
    grown_up: bool = False
    step: Optional[int] = None
    whole: bool = False


def find_details(text: str, *, language: Optional[str] = None) -> Details:
    """Return what `text` names; `language` is the conversation's locale, if known."""
    known, heard = vocabulary(), tokens(text)[:LONGEST]
    speech = [known.speech[name] for name in spoken_in(text, language)]
    country = _place(heard, known.countries.find(heard), speech)
    spoken = _place(heard, known.languages.find(heard), speech)
    grown_up = _grown_up(heard, speech)
    return Details(
        country=country.value if country else None,
        language=spoken.value if spoken else None,
        age=None if grown_up else _age(heard, speech),
        grown_up=grown_up,
        step=_single(_numbers(heard, speech, ordinals=True), STEPS),
        whole=any(match is not None and match.stop - match.start == len(heard) for match in (country, spoken)),
    )


def _place(heard: Sequence[str], found: Sequence[Match], speech: Sequence[Speech]) -> Optional[Match]:
    """Return the one name that is meant: not where somebody comes from, not denied, not one of two."""
    if _any(heard, speech, "negation"):
        return None
    origin = _union(speech, "origin")
    meant = [match for match in found if not origin.intersection(heard[max(0, match.start - 2) : match.start])]
    return meant[0] if len({match.value for match in meant}) == 1 else None


def _grown_up(heard: Sequence[str], speech: Sequence[Speech]) -> bool:
    """Tell whether the person says that they are a parent, carer or adult."""
    words, whose = _union(speech, "grown_up"), _union(speech, "whose")
    said = any(
        f"{before} {word}" in words or (word in words and before not in whose)
        for before, word in pairwise(["", *heard])
    )
    return said and not _any(heard, speech, "negation")


def _age(heard: Sequence[str], speech: Sequence[Speech]) -> Optional[int]:
    """Return the one age in years, unless the message speaks of somebody else."""
    elders = _union(speech, "grown_up").intersection(heard)
    return None if elders or _any(heard, speech, "others") else _single(_numbers(heard, speech), AGES)


def _numbers(heard: Sequence[str], speech: Sequence[Speech], *, ordinals: bool = False) -> Set[int]:
    """Return the numbers in figures and in words, up to three digits."""
    found = {int(digits) for word in heard for digits in _DIGITS.findall(word)}
    pairs = [" ".join(pair) for pair in pairwise(heard)]
    for one in speech:
        tables = [one.numbers, one.ordinals] if ordinals else [one.numbers]
        found |= {int(table[word]) for table in tables for word in _longest_first(pairs, heard, table)}
    return found


def _longest_first(pairs: Sequence[str], heard: Sequence[str], table: Mapping[str, str]) -> List[str]:
    """Return the number words of `table`: two-word numbers where there are any, else single words."""
    return [pair for pair in pairs if pair in table] or [word for word in heard if word in table]


def _single(numbers: Set[int], allowed: range) -> Optional[int]:
    """Return the only number within `allowed`, or None when there is none or more than one."""
    fitting = [number for number in numbers if number in allowed]
    return fitting[0] if len(fitting) == 1 else None


def _union(speech: Sequence[Speech], part: str) -> FrozenSet[str]:
    return frozenset().union(*(getattr(one, part) for one in speech))


def _any(heard: Sequence[str], speech: Sequence[Speech], part: str) -> bool:
    return not _union(speech, part).isdisjoint(heard)
