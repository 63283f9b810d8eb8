"""The syntax of staff-written patterns.

Words follow each other; `a|b` are alternatives for one word; `word*`, `*word` and `*word*` begin with, end with and
contain; `...` is a gap of up to four words. Patterns are folded by the same function as messages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.language import normalise

GAP = 4
_JOINERS = re.compile(r"[-‐‑\u200c]")
_ELLIPSES = frozenset({"...", "…"})
PREFIXES_FA = frozenset({"مي", "نمي"})
"""Persian verb prefixes, typed apart or joined: "می زند", "میزند"."""


class BadPattern(ValueError):
    """Say what is wrong with the syntax of a pattern."""


class Spec(NamedTuple):
    """What one word must be: `text` whole, or with more letters before (`left`) or after (`right`).

    A tuple, because tens of thousands of them are compared while the screen starts.
    """

    text: str
    left: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a pattern: alternatives, each a run of words; up to `gap` words may stand before it."""

    options: tuple[tuple[Spec, ...], ...]
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: slots in order."""

    slots: tuple[Slot, ...]

    def specs(self) -> Iterator[Spec]:
        """Yield every word spec, some twice."""
        return (spec for slot in self.slots for option in slot.options for spec in option)


def parse(source: str) -> Pattern:
    """Compile a pattern; raise BadPattern with what is wrong."""
    slots: list[Slot] = []
    gap = 0
    parts = source.split()
    for part in parts:
        if part in _ELLIPSES:
            gap = GAP
            continue
        slots.append(Slot(_options(part), gap if slots else 0))
        gap = 0
    if not slots:
        raise BadPattern("has no words")
    if gap or parts[0] in _ELLIPSES:
        raise BadPattern("begins or ends with a gap, which says nothing")
    return Pattern(tuple(slots))


@lru_cache(maxsize=50_000)
def _options(part: str) -> tuple[tuple[Spec, ...], ...]:
    """Return the alternatives of one place; entries repeat whole lists of them."""
    options = [_option(word) for word in part.split("|")]
    return tuple(dict.fromkeys(options))


@lru_cache(maxsize=100_000)
def _option(word: str) -> tuple[Spec, ...]:
    """Return the specs of one alternative; a hyphen or a half space joins words that must stand together."""
    specs = [spec for part in _JOINERS.split(word) for spec in _specs(part, word)]
    if not specs:
        raise BadPattern(f"has an alternative without letters: {word!r}")
    return tuple(specs)


def _specs(part: str, word: str) -> list[Spec]:
    left, right = part.startswith("*"), len(part) > 1 and part.endswith("*")
    bare = part.strip("*")
    if "*" in bare:
        raise BadPattern(f"has a * inside a word: {word!r}")
    words = _folded(bare)
    last = len(words) - 1
    return [Spec(text, left and at == 0, right and at == last) for at, text in enumerate(words)]


@lru_cache(maxsize=50_000)
def _folded(word: str) -> tuple[str, ...]:
    """Return the words that one written word becomes; files repeat the same words by the thousand."""
    return tuple(normalise(word).split())


def joined(pattern: Pattern) -> Pattern | None:
    """Return the pattern with Persian verb prefixes joined to the next word, or None when it has none."""
    if not any(map(_has_prefix, pattern.specs())):
        return None
    slots = [Slot(tuple(_join_option(option) for option in slot.options), slot.gap) for slot in pattern.slots]
    out: list[Slot] = []
    for slot in slots:
        if out and slot.gap == 0 and any(_is_prefix(option) for option in out[-1].options):
            out[-1] = _merge(out[-1], slot)
        else:
            out.append(slot)
    result = Pattern(tuple(out))
    return None if result == pattern else result


def _has_prefix(spec: Spec) -> bool:
    return spec.text in PREFIXES_FA and not spec.right


def _is_prefix(option: tuple[Spec, ...]) -> bool:
    return len(option) == 1 and option[0].text in PREFIXES_FA and not option[0].right


def _join_option(option: tuple[Spec, ...]) -> tuple[Spec, ...]:
    out: list[Spec] = []
    for spec in option:
        if out and _is_prefix((out[-1],)) and not spec.left:
            out[-1] = Spec(out[-1].text + spec.text, out[-1].left, spec.right)
        else:
            out.append(spec)
    return tuple(out)


def _merge(before: Slot, after: Slot) -> Slot:
    options = [_join_option((*first, *then)) for first in before.options for then in after.options]
    return Slot(tuple(dict.fromkeys(options)), before.gap)
