"""Words for the same thing in every language: which concepts a message speaks of.

`data/concepts.yaml` is Kite's own: it finds nothing by itself, it only lets what is learnt in one language help in others.
A sentence is looked up in the language it seems to be in, so that "ma" is "my" in French and "not" in Arabic.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path

from bot.content.yamlfile import read_yaml
from bot.language import Token, guess_from_lists
from bot.safety.matcher import Matcher
from bot.safety.patterns import Pattern, parse
from bot.safety.segments import sentences

Placed = tuple[int, str]
"""The number of the word where a concept begins, and the concept's name."""

Sense = tuple[str, str]
"""A concept and the language of the word that stands for it."""

NEGATION = "negation"


class Concepts:
    """The lexicon of concepts, ready to search."""

    def __init__(self, patterns: Sequence[tuple[Pattern, Sense]]) -> None:
        self.languages = frozenset(language for _, (_, language) in patterns)
        self._matcher = Matcher(patterns)

    def find(self, text: str, tokens: Sequence[Token]) -> list[Placed]:
        """Return the concepts of a message, each with the word it begins at, in the order of the text.

        `tokens` are the words of `text`. A sentence in no language of the lexicon is looked up in all of them.
        """
        place = {token.start: at for at, token in enumerate(tokens)}
        spoken = self._spoken(text, tokens)
        found = ((place[match.start], *match.key) for match in self._matcher.find(tokens))
        return sorted({(at, name) for at, name, language in found if spoken.get(at, language) in (language, "")})

    def _spoken(self, text: str, tokens: Sequence[Token]) -> dict[int, str]:
        """Return for each word the language of its sentence, or "" when it is none of the lexicon's."""
        spoken: dict[int, str] = {}
        for start, end in sentences(tokens):
            language = guess_from_lists(text[tokens[start].start : tokens[end - 1].end])
            spoken.update(dict.fromkeys(range(start, end), language if language in self.languages else ""))
        return spoken


@lru_cache(maxsize=1)
def load_concepts() -> Concepts:
    """Read the lexicon that comes with Kite."""
    with resources.as_file(resources.files("bot.safety").joinpath("data/concepts.yaml")) as path:
        return Concepts(read_lexicon(path))


def read_lexicon(path: Path) -> list[tuple[Pattern, Sense]]:
    """Read `concept: {language: words}`; words joined by _ follow each other. Raise ValueError when it is broken."""
    document = read_yaml(path, path.name)
    if not isinstance(document.value, dict) or document.findings:
        raise ValueError("\n".join(map(str, document.findings)) or f"{path.name} is empty")
    found = [
        (parse(word.replace("_", " ")), (name, language))
        for name, languages in document.value.items()
        if isinstance(languages, dict)
        for language, words in languages.items()
        for word in str(words).split()
    ]
    return list(dict.fromkeys(found))
