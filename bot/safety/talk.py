"""How people answer, hint and ask, in every language: the lexicon behind what the screen remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from bot.content.yamlfile import Plain
from bot.language import Token
from bot.safety.concepts import Placed, read_lines
from bot.safety.matcher import Matcher
from bot.safety.patterns import Pattern, parse

YES, NO, VAGUE, PLEA, OWN, ABOUT = _KINDS = ("yes", "no", "vague", "plea", "own", "about")
_HARMS = "harms"


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
    with resources.as_file(resources.files("bot.safety").joinpath("data/talk")) as folder:
        return read_talk(folder)


def read_talk(folder: Path) -> Talk:
    """Read `<language>.yaml` and `harms.yaml` of `folder`; raise ValueError when one is broken or missing."""
    languages = [read_lines(path) for path in sorted(folder.glob("*.yaml")) if path.stem != _HARMS]
    patterns = [
        (pattern, kind) for kind in _KINDS for language in languages for pattern in _patterns(language.get(kind))
    ]
    return Talk(Matcher(patterns), tuple(_harms(read_lines(folder / f"{_HARMS}.yaml"))))


def _patterns(sources: Plain) -> list[Pattern]:
    return [parse(str(source)) for source in sources] if isinstance(sources, list) else []


def _harms(harms: Mapping[str, Plain]) -> list[tuple[frozenset[str], str]]:
    return [
        (frozenset(str(needed).split("+")), code)
        for code, rows in harms.items()
        if isinstance(rows, list)
        for needed in rows
    ]
