"""Find all patterns of all languages in one pass over a message.

Each word is looked up once (exact, by its beginnings, ends and insides); a pattern is tried only when its rarest place
is filled, so the cost grows with what the message says and hardly with the number of patterns.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeVar

from bot.language import Token
from bot.language.folding import is_emoji, script
from bot.safety.patterns import PREFIXES_FA, Pattern, Spec, joined

Key = TypeVar("Key")
_AND = ("و", "ف")
_SHORTEST_AFTER_AND = 3
_WORDS_KEPT = 20_000

Places = Mapping[int, Sequence[int]]
"""Where something fits: the words it may begin at, and for each the words past its end."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """A pattern found: what it stands for, and the characters of the original text it covers."""

    key: Key
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Compiled(Generic[Key]):
    """A pattern as numbers: (slot, words that may stand before it) in order; `rarest` are its slots, rarest first."""

    slots: tuple[tuple[int, int], ...]
    rarest: tuple[int, ...]
    key: Key


LONGEST_WORD = 48
"""Letters of one word that are looked at; a joined word longer than this is noise."""


class Matcher(Generic[Key]):
    """Hold compiled patterns, each with a key; `find` returns the matches in the order of the text."""

    def __init__(self, patterns: Iterable[tuple[Pattern, Key]]) -> None:
        both = [(form, key) for pattern, key in patterns for form in (pattern, joined(pattern)) if form is not None]
        self._lexicon = _Lexicon(spec for pattern, _ in both for spec in pattern.specs())
        self._options: list[tuple[tuple[int, ...], ...]] = []
        numbers: dict[tuple[tuple[Spec, ...], ...], int] = {}
        slots = [(self._numbered(pattern, numbers), key) for pattern, key in both]
        begins = [{option[0] for option in options} for options in self._options]
        used = Counter(first for numbered, _ in slots for slot, _ in numbered for first in begins[slot])
        common = [sum(used[first] for first in firsts) for firsts in begins]
        self._patterns = [
            _Compiled(numbered, tuple(sorted({slot for slot, _ in numbered}, key=common.__getitem__)), key)
            for numbered, key in slots
        ]
        self._by_spec: dict[int, list[int]] = defaultdict(list)
        for number, pattern in enumerate(self._patterns):
            for first in begins[pattern.rarest[0]]:
                self._by_spec[first].append(number)

    def _numbered(
        self, pattern: Pattern, numbers: dict[tuple[tuple[Spec, ...], ...], int]
    ) -> tuple[tuple[int, int], ...]:
        """Return a pattern's slots by number; equal slots of different patterns share one."""
        slots = []
        for slot in pattern.slots:
            if slot.options not in numbers:
                numbers[slot.options] = len(numbers)
                options = (tuple(map(self._lexicon.number, option)) for option in slot.options)
                self._options.append(tuple(options))
            slots.append((numbers[slot.options], slot.gap))
        return tuple(slots)

    def find(self, tokens: Sequence[Token]) -> list[Match[Key]]:
        """Return every match, without doubles, in the order of the text."""
        found = {match: None for stream in streams(tokens) for match in self._find_in(stream)}
        return sorted(found, key=lambda match: (match.start, match.end))

    def _find_in(self, tokens: Sequence[Token]) -> Iterator[Match[Key]]:
        where: dict[int, list[int]] = defaultdict(list)
        for place, token in enumerate(tokens):
            for spec in self._lexicon.fits(token):
                where[spec].append(place)
        places: dict[int, Places] = {}
        for number in {number for spec in where for number in self._by_spec.get(spec, ())}:
            pattern = self._patterns[number]
            for first, past in self._fits(pattern, where, places):
                yield Match(pattern.key, tokens[first].start, tokens[past - 1].end)

    def _fits(
        self, pattern: _Compiled[Key], where: Mapping[int, list[int]], places: dict[int, Places]
    ) -> Iterable[tuple[int, int]]:
        """Return (first, past last) of the places where a pattern fits, one for each end."""
        for slot in pattern.rarest:
            if slot not in places:
                places[slot] = _places(self._options[slot], where)
            if not places[slot]:
                return ()
        reached: dict[int, int] = {}
        for order, (slot, gap) in enumerate(pattern.slots):
            reached = _step(reached, places[slot], gap) if order else _begin(places[slot])
            if not reached:
                return ()
        return [(first, past) for past, first in reached.items()]


def _places(options: Sequence[tuple[int, ...]], where: Mapping[int, list[int]]) -> Places:
    """Return where any of the options fits."""
    found: dict[int, list[int]] = {}
    for option in options:
        begins = where.get(option[0])
        if begins is None:
            continue
        size = len(option)
        for begin in begins:
            if size == 1 or all(begin + at in where.get(spec, ()) for at, spec in enumerate(option[1:], start=1)):
                found.setdefault(begin, []).append(begin + size)
    return found


def _begin(places: Places) -> dict[int, int]:
    """Return the ends of the first slot, each with the beginning of its longest option."""
    reached: dict[int, int] = {}
    for begin, ends in places.items():
        for end in ends:
            reached[end] = min(begin, reached.get(end, begin))
    return reached


def _step(reached: Mapping[int, int], places: Places, gap: int) -> dict[int, int]:
    """Return the ends reached through the next slot, each with its latest beginning."""
    after: dict[int, int] = {}
    for past, first in reached.items():
        for begin in range(past, past + gap + 1):
            for end in places.get(begin, ()):
                after[end] = max(first, after.get(end, first))
    return after


class _Lexicon:
    """Tell which specs a word fits; specs are known by number."""

    def __init__(self, specs: Iterable[Spec]) -> None:
        self._numbers: dict[Spec, int] = {}
        self._tables: dict[tuple[bool, bool], dict[str, int]] = defaultdict(dict)
        for spec in specs:
            number = self._numbers.setdefault(spec, len(self._numbers))
            self._tables[spec.left, spec.right][spec.text] = number
        self._fits = lru_cache(maxsize=_WORDS_KEPT)(self._look_up)

    def number(self, spec: Spec) -> int:
        return self._numbers[spec]

    def fits(self, token: Token) -> frozenset[int]:
        return self._fits(token.text) | self._fits(token.other) if token.other else self._fits(token.text)

    def _look_up(self, word: str) -> frozenset[int]:
        return frozenset(spec for form in forms(word) for spec in self._specs_of(form))

    def _specs_of(self, word: str) -> Iterator[int]:
        word = word[:LONGEST_WORD]  # the pieces of a word grow with the square of its length
        size = len(word)
        pieces = {
            (False, False): (word,),
            (False, True): tuple(word[:end] for end in range(1, size + 1)),
            (True, False): tuple(word[start:] for start in range(size)),
            (True, True): tuple({word[a:b] for a in range(size) for b in range(a + 1, size + 1)}),
        }
        for kind, table in self._tables.items():
            yield from (table[piece] for piece in pieces[kind] if piece in table)


def forms(word: str) -> tuple[str, ...]:
    """Return the spellings of a word to look up: Arabic "and" (و, ف) may be written onto the next word."""
    if word.startswith(_AND) and len(word) > _SHORTEST_AFTER_AND and script(word[1]) == "arabic":
        return word, word[1:]
    return (word,)


def streams(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the readings of a message to search: as it stands, without emoji, with Persian prefixes joined."""
    words = [token for token in tokens if not is_emoji(token.text[0])]
    result = [list(tokens)]
    if len(words) < len(tokens):
        result.append(words)
    if any(token.text in PREFIXES_FA for token in words):
        result.append(_join_prefixes(words))
    return result


def _join_prefixes(tokens: Sequence[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        if out and out[-1].text in PREFIXES_FA and script(token.text[0]) == "arabic":
            before = out[-1]
            out[-1] = replace(before, text=before.text + token.text, end=token.end, other="")
        else:
            out.append(token)
    return out
