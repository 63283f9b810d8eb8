"""Find the word that somebody asks about: "what is asylum?", "what does guardian mean", or the word alone.

Deterministic and exact: a message asks about a word when it is one of the locale's frames around one of the locale's
words, and nothing else. Anything more is a question for the search.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.language.reading import normalise

LONGEST = 12
"""How many words a question about a word may have."""

_FRAMES = Path(__file__).parent / "data" / "asking.yaml"
_SLOT = "…"
_COMMAS = str.maketrans({"،": ",", "、": ",", ";": ",", "؛": ",", "\n": ","})


@dataclass(frozen=True, slots=True)
class Asking:
    """How people of one locale ask about a word: what stands before and after it, and what does not matter."""

    frames: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    articles: frozenset[str]
    glued: tuple[str, ...]
    fillers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a glossary in one locale: the terms that each form stands for, in the order of the glossary.

    `bare` are those forms that are a question when nothing else is written: the word itself and what begins with it.
    Other forms may be what somebody has to tell ("locked up", "no papers").
    """

    forms: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, tuple[str, ...]]
    asking: Asking

    def asked(self, text: str) -> tuple[str, ...]:
        """Return the terms that a message asks about; () when it asks about none, or about more than a word."""
        words = self._trimmed(normalise(text).split())
        if not words or len(words) > LONGEST:
            return ()
        framed = next((found for inner in self._framed(words) if (found := self._known(inner, self.forms))), ())
        return framed or self._known(words, self.bare)

    def _trimmed(self, words: list[str]) -> list[str]:
        """Return the words without greetings and "please" at both ends, unless nothing else is there."""
        first, last = 0, len(words)
        while first < last and words[first] in self.asking.fillers:
            first += 1
        while last > first and words[last - 1] in self.asking.fillers:
            last -= 1
        return words[first:last]

    def _framed(self, words: list[str]) -> Iterator[list[str]]:
        for before, after in self.asking.frames:
            end = len(words) - len(after)
            if len(before) < end and tuple(words[: len(before)]) == before and tuple(words[end:]) == after:
                yield words[len(before) : end]

    def _known(self, words: list[str], forms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        form = _form(words, self.asking)
        bare = (form.removeprefix(prefix) for prefix in self.asking.glued)
        return next((forms[name] for name in (form, *bare) if name in forms), ())


def words_of(terms: Iterable[tuple[str, str, str]], locale: str, shy: frozenset[str]) -> Words:
    """Return the words of a locale from (term id, its word, its other forms with commas between).

    `shy` are terms whose bare word may be a call for help and is no question.
    """
    forms: dict[str, list[str]] = {}
    bare: dict[str, list[str]] = {}
    known = asking(locale)
    for term, word, also in terms:
        first, *others = (_form(normalise(one).split(), known) for one in (word, *also.translate(_COMMAS).split(",")))
        for form in dict.fromkeys((first, *others)):
            if form:
                forms.setdefault(form, []).append(term)
            if form and form.startswith(first) and term not in shy:
                bare.setdefault(form, []).append(term)
    return Words(_frozen(forms), _frozen(bare), known)


def _form(words: list[str], asking: Asking) -> str:
    """Return words without the articles before them, as one text."""
    first = 0
    while first < len(words) - 1 and words[first] in asking.articles:
        first += 1
    return " ".join(words[first:])


def _frozen(forms: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return {form: tuple(terms) for form, terms in forms.items()}


@cache
def asking(locale: str) -> Asking:
    """Return how people ask about a word in a locale; where nobody has written it down, only the word alone counts."""
    raw = _all_asking().get(locale, {})
    return Asking(
        frames=tuple(sorted({_frame(frame) for frame in raw.get("frames", ())}, key=_weight, reverse=True)),
        articles=frozenset(map(normalise, raw.get("articles", ()))),
        glued=tuple(filter(None, map(_glued, raw.get("glued", ())))),
        fillers=frozenset(map(normalise, raw.get("fillers", ()))),
    )


@cache
def _all_asking() -> Mapping[str, Mapping[str, list[str]]]:
    found: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(_FRAMES.read_text(encoding="utf-8"))
    return found


def _frame(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, _, after = text.partition(_SLOT)
    return tuple(normalise(before).split()), tuple(normalise(after).split())


def _weight(frame: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    before, after = frame
    return len(before) + len(after), before, after


def _glued(prefix: str) -> str:
    """Return a prefix as it stands in folded text: "l'" is written together with its word there."""
    folded = normalise(prefix)
    return f"{folded} " if prefix.endswith(" ") and folded else folded
