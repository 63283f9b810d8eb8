"""The `{name}` placeholders of texts: plain names only, no formats, no attributes."""

import re
from collections import Counter

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACE = re.compile(r"[{}]")


def placeholders(text: str) -> Counter[str]:
    """Return the names in `text` and how often each stands there."""
    return Counter(_NAME.findall(text))


def stray_braces(text: str) -> bool:
    """Tell whether a brace is left that belongs to no `{name}`."""
    return _BRACE.search(_NAME.sub("", text)) is not None


def same_placeholders(source: str, translation: str) -> bool:
    """Tell whether a translation has the placeholders of its source, each as often, and no stray brace."""
    return placeholders(source) == placeholders(translation) and not stray_braces(translation)


def fill(text: str, values: dict[str, str]) -> str:
    """Return `text` with each `{name}` replaced once; braces inside values are never read again.

    Raise KeyError for a name without a value.
    """
    return _NAME.sub(lambda match: values[match[1]], text)
