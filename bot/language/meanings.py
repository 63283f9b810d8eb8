"""What words mean, so that languages learn from each other: "mama", "ماما" and "мама" are all `mother`.

`data/meanings/<language>.txt` holds a line a meaning: its name, a colon, and the words that carry it as people type
them. A star stands for any letters at that end of a word, "_" joins words that stand side by side. A word may carry
several meanings. The search and the safety screen both learn from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bot.language.reading import normalise

DATA = Path(__file__).parent / "data" / "meanings"
Tags = tuple[str, ...]
Phrase = tuple[str, int, int]
"""A meaning, and the first and the last of the words that carry it together."""
_LONGEST_PHRASE = 4
_PHRASE_COUNTS = 1.5
_NEARLY = 0.8
"""Languages that know nearly as many words of a message as the one that knows most have a say too."""
_LEADING = {
    "ar": ("وال", "بال", "عال", "هال", "لل", "ال", "و", "ب", "ل", "ع", "ف", "ه", "ك"),
}
"""What grows onto the front of a word, longest first."""


@dataclass(frozen=True)
class Book:
    """The words of one language; `prefixes` begin words, `parts` stand anywhere in them, `phrases` are whole."""

    words: Mapping[str, Tags]
    prefixes: Mapping[str, Tags]
    parts: tuple[tuple[str, str], ...]
    phrases: Mapping[str, Tags]
    leading: Tags

    def of_word(self, word: str) -> Tags:
        """Return what a folded word means; one that is not in the book is tried without what grew onto its front."""
        found = self._of(word)
        if found or not self.leading:
            return found
        rests = (word.removeprefix(front) for front in self.leading if word.startswith(front))
        return next((tags for rest in rests if len(rest) > 1 and (tags := self._of(rest))), ())

    def _of(self, word: str) -> Tags:
        found = {*self.words.get(word, ())}
        for end in range(2, len(word) + 1):
            found.update(self.prefixes.get(word[:end], ()))
        found.update(tag for part, tag in self.parts if part in word)
        return tuple(sorted(found))

    def of_phrases(self, words: Sequence[str]) -> list[Phrase]:
        """Return what words side by side mean."""
        spans = (
            (start, end)
            for start in range(len(words))
            for end in range(start + 2, min(start + _LONGEST_PHRASE, len(words)) + 1)
        )
        found = ((start, end, self.phrases.get(" ".join(words[start:end]), ())) for start, end in spans)
        return [(tag, start, end - 1) for start, end, tags in found for tag in tags]


def meanings(words: Sequence[str]) -> tuple[list[Tags], list[Phrase]]:
    """Return what each folded word of a message means, and what its phrases mean.

    Only the languages that know most of its words are asked: one language's mother is another's "but".
    """
    found = {name: [_of_word(name, word) for word in words] for name in books()}
    phrases = {name: book.of_phrases(words) for name, book in books().items()}
    known = {name: sum(map(bool, found[name])) + _PHRASE_COUNTS * len(phrases[name]) for name in found}
    asked = [name for name, count in known.items() if 0 < count >= _NEARLY * max(known.values())]
    each = [_all(found[name][at] for name in asked) for at in range(len(words))]
    return each, sorted({phrase for name in asked for phrase in phrases[name]})


def _all(found: Iterable[Iterable[str]]) -> Tags:
    return tuple(sorted({tag for tags in found for tag in tags}))


@lru_cache(maxsize=65_536)
def _of_word(language: str, word: str) -> Tags:
    return books()[language].of_word(word)


@cache
def books() -> Mapping[str, Book]:
    """Return the book of every language."""
    return {path.stem: read_book(path.read_text(encoding="utf-8"), path.stem) for path in sorted(DATA.glob("*.txt"))}


def read_book(text: str, language: str) -> Book:
    """Return the book that lines of meanings stand for."""
    kinds: dict[str, dict[str, set[str]]] = {"words": {}, "prefixes": {}, "parts": {}, "phrases": {}}
    for line in text.splitlines():
        tag, _, entries = line.partition(":")
        for entry in entries.split() if not line.startswith("#") else ():
            folded = normalise(entry.strip("*").replace("_", " "))
            kinds[_kind(entry, folded)].setdefault(folded, set()).add(tag)
    sorted_kinds = {kind: {word: tuple(sorted(tags)) for word, tags in some.items()} for kind, some in kinds.items()}
    parts = tuple((part, tag) for part, tags in sorted_kinds.pop("parts").items() for tag in tags)
    return Book(parts=parts, leading=_LEADING.get(language, ()), **sorted_kinds)


def _kind(entry: str, folded: str) -> str:
    if " " in folded:
        return "phrases"
    if entry.startswith("*"):
        return "parts"
    return "prefixes" if entry.endswith("*") else "words"
