"""How people answer, hint and ask, in every language: the lexicon behind what the screen remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from bot.content.yamlfile import Plain, read_yaml
from bot.language import Token
from bot.safety.concepts import Placed
from bot.safety.matcher import Matcher
from bot.safety.patterns import Pattern, parse

YES, NO, VAGUE, PLEA, OWN, ABOUT = _KINDS = ("yes", "no", "vague", "plea", "own", "about")


@dataclass(frozen=True)
class Talk:
    """The lexicon: `frames` finds the kinds of talk; `harms` are concepts that lean to a concern, best match first."""

    frames: Matcher[str]
    harms: tuple[tuple[frozenset[str], str], ...]

    def kinds(self, tokens: Sequence[Token]) -> set[str]:
        """Return the kinds of talk in a message; an answer counts only where the message begins."""
        begins = tokens[0].start if tokens else 0
        found = self.frames.find(tokens)
        return {match.key for match in found if match.key not in (YES, NO) or match.start == begins}

    def leaning(self, placed: Sequence[Placed]) -> str:
        """Return the concern that a question about these concepts leans to, or ""."""
        names = {name for _, name in placed}
        fitting = [(len(needed), code) for needed, code in self.harms if needed <= names]
        return max(fitting, key=lambda item: item[0])[1] if fitting else ""


@lru_cache(maxsize=1)
def load_talk() -> Talk:
    """Read the lexicon that comes with Kite."""
    with resources.as_file(resources.files("bot.safety").joinpath("data/talk.yaml")) as path:
        return read_talk(path)


def read_talk(path: Path) -> Talk:
    """Read the lexicon at `path`; raise ValueError when it is broken."""
    document = read_yaml(path, path.name)
    if not isinstance(document.value, dict) or document.findings:
        raise ValueError("\n".join(map(str, document.findings)) or f"{path.name} is empty")
    patterns = [(pattern, kind) for kind in _KINDS for pattern in _patterns(document.value.get(kind))]
    return Talk(Matcher(patterns), tuple(_harms(document.value.get("harms"))))


def _patterns(languages: Plain) -> list[Pattern]:
    if not isinstance(languages, dict):
        return []
    return [parse(str(source)) for sources in languages.values() if isinstance(sources, list) for source in sources]


def _harms(harms: Plain) -> list[tuple[frozenset[str], str]]:
    if not isinstance(harms, Mapping):
        return []
    return [
        (frozenset(str(needed).split("+")), code)
        for code, rows in harms.items()
        if isinstance(rows, list)
        for needed in rows
    ]
