"""Sentences of an English text."""

import re
from collections.abc import Iterator

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+|(?<=:)\s+(?=[\"'“]?[A-Z])|\n+")


def sentences(words: str) -> Iterator[str]:
    """Yield the sentences of an English text; a line is one too, and so is speech after a colon ("Say: I am ill.")."""
    return (part for part in _SENTENCE_END.split(words) if part)
