"""Words for the same thing in every language: which concepts a message speaks of.

`data/concepts/` is Kite's own, a file a language: it raises nothing by itself, it lets what is learnt in one language
help in others.
A sentence is looked up in the language it seems to be in, so that "ma" is "my" in French and "not" in Arabic.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from bot.content.yamlfile import Plain, read_yaml
from bot.language import Token, guess_from_lists
from bot.safety.matcher import Matcher
from bot.safety.patterns import Pattern, parse
from bot.safety.segments import sentences

Placed = tuple[int, str]
"""The number of the word where a concept begins, and the concept's name."""

Sense = tuple[str, str]
"""A concept and the language of the word that stands for it."""

NEGATION = "negation"
_GROUPS = "groups"


class Concepts:
    """The lexicon of concepts, ready to search; `groups` maps a concept to the groups it belongs to."""

    def __init__(
        self, patterns: Sequence[tuple[Pattern, Sense]], groups: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    ) -> None:
        self.names = frozenset(name for _, (name, _) in patterns)
        self.languages = frozenset(language for _, (_, language) in patterns)
        self.groups = groups
        self._matcher = Matcher(patterns)

    def find(self, text: str, tokens: Sequence[Token]) -> list[Placed]:
        """Return the concepts of a message and their groups, each with the word it begins at, in the order of the text.

        `tokens` are the words of `text`. A sentence in no language of the lexicon is looked up in all of them.
        """
        place = {token.start: at for at, token in enumerate(tokens)}
        spoken = self._spoken(text, tokens)
        found = {
            (place[match.start], match.key[0])
            for match in self._matcher.find(tokens)
            if spoken[place[match.start]] in (match.key[1], "")
        }
        return sorted(found | {(at, group) for at, name in found for group in self.groups.get(name, ())})

    def _spoken(self, text: str, tokens: Sequence[Token]) -> dict[int, str]:
        """Return for each word the language of its sentence, or "" when it is none of the lexicon's."""
        spoken = dict.fromkeys(range(len(tokens)), "")
        for start, end in sentences(tokens):
            language = guess_from_lists(text[tokens[start].start : tokens[end - 1].end])
            spoken.update(dict.fromkeys(range(start, end), language if language in self.languages else ""))
        return spoken


@lru_cache(maxsize=1)
def load_concepts() -> Concepts:
    """Read the lexicon that comes with Kite."""
    with resources.as_file(resources.files("bot.safety").joinpath("data/concepts")) as folder:
        return read_lexicon(folder)


def read_lexicon(folder: Path) -> Concepts:
    """Read `<language>.yaml` (`concept: words`; words joined by _ follow each other) and `groups.yaml` of `folder`.

    Raises:
        ValueError: a file is broken or missing, or a group names a concept that no language has.
    """
    languages = {path.stem: read_lines(path) for path in sorted(folder.glob("*.yaml")) if path.stem != _GROUPS}
    found = [
        (parse(word.replace("_", " ")), (name, language))
        for language, concepts in languages.items()
        for name, words in concepts.items()
        for word in str(words).split()
    ]
    names = {name for _, (name, _) in found}
    return Concepts(list(dict.fromkeys(found)), _groups(read_lines(folder / f"{_GROUPS}.yaml"), names))


def read_lines(path: Path) -> dict[str, Plain]:
    """Read one file of a lexicon; raise ValueError naming file and line when it is broken or empty."""
    document = read_yaml(path, path.name)
    if not isinstance(document.value, dict) or document.findings:
        raise ValueError("\n".join(map(str, document.findings)) or f"{path.name} is empty")
    return document.value


def _groups(groups: Mapping[str, Plain], known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the groups by concept; ValueError for a concept the lexicon does not have."""
    result: dict[str, tuple[str, ...]] = {}
    for group, names in groups.items():
        for name in str(names).split():
            if name not in known:
                raise ValueError(f"the group {group} names {name}, which is no concept")
            result[name] = (*result.get(name, ()), group)
    return result
