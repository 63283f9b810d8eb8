"""Which words an age may be expected to know: lists of plain words, and what is not said to anybody.

`content/plain/young.txt`, `middle.txt`, `teen.txt` and `adult.txt` add to each other. They hold base forms: a word is
plain when it, or what is left without a usual ending, stands in the list of its age or a younger one. `idioms.txt` and
`blame.txt` hold what no age is told. Lines that begin with `#` are comments.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.model import Tier

_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ily", "y"), ("ness", ""), ("es", ""), ("es", "e"),
    ("s", ""), ("ed", ""), ("ed", "e"), ("d", ""), ("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("est", ""),
    ("est", "e"), ("ly", ""), ("n't", ""), ("'s", ""), ("'ll", ""), ("'re", ""), ("'ve", ""), ("'m", ""), ("'d", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """The word lists of a content tree; `there` is False where nobody has written any."""

    words: Mapping[Tier, frozenset[str]] = field(default_factory=dict)
    idioms: tuple[str, ...] = ()
    blame: tuple[str, ...] = ()

    @property
    def there(self) -> bool:
        """Tell whether there are lists of words."""
        return any(self.words.values())

    def knows(self, word: str, tier: Tier) -> bool:
        """Tell whether an age may be expected to know a word."""
        known = self.words.get(tier, frozenset())
        return any(form in known for form in forms(word))


def read_plain(content_dir: Path) -> Plain:
    """Read `plain/` below the content; a missing file is an empty list."""
    folder, known, words = content_dir / "plain", frozenset[str](), {}
    for tier in Tier:
        known |= frozenset(_lines(folder / f"{tier}.txt"))
        words[tier] = known
    return Plain(words, tuple(_lines(folder / "idioms.txt")), tuple(_lines(folder / "blame.txt")))


def forms(word: str) -> Iterator[str]:
    """Yield a word in small letters, and what it may be a form of: "helpers", "helper", "help"."""
    plain = word.lower().replace("’", "'")
    yield plain
    for base in _bases(plain):
        yield base
        yield from _bases(base)


def _bases(word: str) -> Iterator[str]:
    """Yield what is left of a word without one usual ending."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 1:
            base = word.removesuffix(ending) + instead
            yield base
            if re.search(r"([bdfgklmnprst])\1$", base):
                yield base[:-1]


def _lines(path: Path) -> Iterator[str]:
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.partition("#")[0].strip().lower()
            if words:
                yield from words.split() if path.stem in set(Tier) else (words,)
