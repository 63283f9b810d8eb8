"""Wishes that every channel takes in every language: to be left alone, to have one's words deleted, to know who writes.

They are whole messages, so that nothing else is taken for one; what is said in other words goes the way of all words.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.language.folding import fold

FILE = Path(__file__).parent / "wishes.yaml"
LONGEST = 60


class Wish(StrEnum):
    """What is wished for; the values are the names in the file."""

    STOP = "stop"
    DELETE = "delete"
    WHO = "who"


PAYLOADS: Mapping[Wish, str] = MappingProxyType(
    {Wish.STOP: "safety:contact_no", Wish.DELETE: "delete:", Wish.WHO: "topic:help.about_this_chat"}
)
"""What a wish opens: the same as a tapped button would."""


@cache
def words() -> Mapping[str, Mapping[Wish, tuple[str, ...]]]:
    """Return the wishes of each language as they are typed."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {language: {Wish(name): tuple(said) for name, said in wishes.items()} for language, wishes in read.items()}


@cache
def _known() -> Mapping[str, Wish]:
    return {_folded(text): wish for wishes in words().values() for wish, texts in wishes.items() for text in texts}


def _folded(text: str) -> str:
    return " ".join("".join(fold(char) for char in text).split())


def wish(text: str) -> Wish | None:
    """Return the wish that a whole message is, or None."""
    return _known().get(_folded(text)) if 0 < len(text) <= LONGEST else None
