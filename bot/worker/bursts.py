"""Several messages of one person within moments are one saying: they are understood and answered together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from bot.model import Kind
from bot.store.inbox import Message

SPOKEN = (Kind.VOICE, Kind.VIDEO, Kind.IMAGE, Kind.DOCUMENT)
"""What a person can listen to or look at, the kinds that most want a word about it first."""


@dataclass(frozen=True)
class Saying:
    """What is answered as one: `message` stands for all of them, `texts` are the words of each."""

    message: Message
    texts: tuple[str, ...] = ()


def gathered(messages: tuple[Message, ...]) -> tuple[Saying, ...]:
    """Return what a burst says, in order: typed words joined, each tap by itself, and media once however many."""
    return tuple(_sayings(messages))


def _sayings(messages: tuple[Message, ...]) -> Iterator[Saying]:
    for kind, group in groupby(messages, key=_sort):
        found = list(group)
        if kind == "typed":
            yield _typed(found)
        elif kind == "tapped":
            yield from (Saying(message, (message.text,)) for message in found)
        else:
            yield Saying(min(found, key=lambda message: SPOKEN.index(message.kind) if message.kind in SPOKEN else 9))


def _sort(message: Message) -> str:
    if message.payload:
        return "tapped"
    return "typed" if message.kind in {Kind.TEXT, Kind.BUTTON} else "sent"


def _typed(messages: list[Message]) -> Saying:
    texts = tuple(message.text for message in messages if message.text.strip())
    return Saying(replace(messages[-1], text=" ".join(dict.fromkeys(texts))), tuple(dict.fromkeys(texts)))
