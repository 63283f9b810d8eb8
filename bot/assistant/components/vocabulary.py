"""The words that name a country, a language, an age or a step, read once from `lookups/` and from CLDR."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List, Mapping, Sequence, Tuple

import yaml
from babel import Locale

from components.folding import tokens

FOLDER = Path(__file__).parent.parent / "lookups"
_COMMON = "common"
SPOKEN = tuple(sorted(path.stem for path in FOLDER.glob("*.yml") if path.stem != _COMMON))
"""The languages that have a file of words."""
_SHORTEST = 3  # letters that must be left of a name when a clitic is taken off
_LONGEST = 4  # words in a name
_SCRIPTS = (
    (re.compile("[\u0600-\u06ff]"), ("ar", "fa", "ps", "ur")),
    (re.compile("[\u0400-\u04ff]"), ("ru", "uk")),
    (re.compile("[\u1200-\u137f]"), ("ti",)),
)
"""Letters other than Latin, and the languages that are written in them."""
_LATIN = ("es", "so", "tr")


@dataclass(frozen=True)
class Match:
    """A name found at words `start` to `stop` (exclusive)."""

    value: str
    start: int
    stop: int


@dataclass(frozen=True)
class Names:
    """Folded names and the codes they stand for, with the clitics that may hang on them."""

    codes: Mapping[str, str]
    prefixes: Tuple[str, ...] = ()
    suffixes: Tuple[str, ...] = ()

    def find(self, words: Sequence[str]) -> Tuple[Match, ...]:
        """Return every name in `words`, the longest first at each place, none overlapping."""
        found: List[Match] = []
        start = 0
        while start < len(words):
            match = self._at(words, start)
            found += [match] if match else []
            start = match.stop if match else start + 1
        return tuple(found)

    def _at(self, words: Sequence[str], start: int) -> "Match | None":
        """Return the longest name that begins at `start`."""
        for stop in range(min(start + _LONGEST, len(words)), start, -1):
            for spelling in self._spellings(" ".join(words[start:stop])):
                if spelling in self.codes:
                    return Match(self.codes[spelling], start, stop)
        return None

    def _spellings(self, name: str) -> Iterator[str]:
        """Yield a name as written, then without the clitics it may carry."""
        yield name
        for prefix in self.prefixes:
            if name.startswith(prefix) and len(name) - len(prefix) >= _SHORTEST:
                yield name[len(prefix) :]
                yield "ال" + name[len(prefix) :]
        for suffix in self.suffixes:
            if name.endswith(suffix) and len(name) - len(suffix) >= _SHORTEST:
                yield name[: -len(suffix)]


@dataclass(frozen=True)
class Speech:
    """The small words of one language: numbers, and what turns a name or an age into somebody else's."""

    numbers: Mapping[str, str]
    ordinals: Mapping[str, str]
    grown_up: FrozenSet[str]
    others: FrozenSet[str]
    origin: FrozenSet[str]
    negation: FrozenSet[str]
    whose: FrozenSet[str]


@dataclass(frozen=True)
class Vocabulary:
    """Everything the details are found with."""

    countries: Names
    languages: Names
    speech: Mapping[str, Speech]


def _folded(words: Iterable[str]) -> FrozenSet[str]:
    return frozenset(map(_key, words))


def _key(words: str) -> str:
    return " ".join(tokens(words))


def _speech(data: Mapping[str, Any]) -> Speech:
    """Return one language's small words; numbers are folded words to digits."""
    numbers = {_key(word): str(place) for place, word in enumerate(data["numbers"], start=1)}
    for number, more in data["numbers_too"].items():
        numbers.update({_key(word): str(number) for word in more})
    return Speech(
        numbers=numbers,
        ordinals={_key(word): str(place) for place, word in enumerate(data["ordinals"], start=1)},
        grown_up=_folded(data["grown_up"]),
        others=_folded(data["others"]),
        origin=_folded(data["from"]),
        negation=_folded(data["not"]),
        whose=_folded(data["whose"]),
    )


def _read(name: str) -> Dict[str, Any]:
    data: Dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return data


def _names(kind: str, common: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> Names:
    """Return the names of `kind` ("countries" or "languages"): CLDR's first, then what people type."""
    codes: Dict[str, str] = {}
    for locale in dict.fromkeys((*common["locales"], *SPOKEN)):
        for code, name in _cldr(kind, locale, common):
            codes.setdefault(_key(name), code)
    for data in files.values():
        codes.update({_key(name): code for code, more in data[kind].items() for name in more})
    affixes = [tuple(_key(a) for data in files.values() for a in data[part]) for part in ("prefixes", "suffixes")]
    return Names(codes=codes, prefixes=affixes[0], suffixes=affixes[1])


def _cldr(kind: str, locale: str, common: Mapping[str, Any]) -> Iterator[Tuple[str, str]]:
    """Yield (code, name): ISO 3166 codes of countries in lower case, or the codes of the languages listed."""
    if kind == "languages":
        names = Locale.parse(locale).languages
        yield from ((code, names[code]) for code in common["languages"] if code in names)
        yield from ((code, Locale.parse(code).languages[code]) for code in SPOKEN)
        return
    for code, name in Locale.parse(locale).territories.items():
        if code.isalpha() and len(code) == len("de") and code.lower() not in common["countries_left_out"]:
            yield code.lower(), name


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read on the first call."""
    common, files = _read(_COMMON), {language: _read(language) for language in SPOKEN}
    return Vocabulary(
        countries=_names("countries", common, files),
        languages=_names("languages", common, files),
        speech={language: _speech(data) for language, data in files.items()},
    )


def spoken_in(text: str, language: "str | None") -> Tuple[str, ...]:
    """Return the languages whose small words count for `text`: by its script, then by the conversation's language.

    A text in the letters of several languages from a person who speaks none of them is read as all of those: a
    negation seen once too often only means that Kite asks.
    """
    for letters, languages in _SCRIPTS:
        if letters.search(text):
            return _known((language,) if language in languages else languages)
    return _known((language, "en") if language in _LATIN else ("en", "fr"))


def _known(languages: "Iterable[str | None]") -> Tuple[str, ...]:
    return tuple(language for language in languages if language in SPOKEN)
