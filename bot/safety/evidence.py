"""What the staff-written patterns find in a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.language import Token
from bot.model import Reason, Urgency
from bot.safety.entries import Entry
from bot.safety.matcher import Match, Matcher
from bot.safety.segments import around, place_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """One entry found, with the characters of the original text that it covers."""

    entry: Entry
    start: int
    end: int

    @property
    def reason(self) -> Reason:
        """Return this as a reason a caseworker can read: the entry's id and the words it saw."""
        return Reason(self.entry.codes[0], "pattern", self.entry.id, (self.start, self.end))


class Patterns:
    """All entries of all languages, ready to search."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._matcher = Matcher(
            [(pattern, (entry, True)) for entry in self.entries for pattern in entry.patterns]
            + [(pattern, (entry, False)) for entry in self.entries for pattern in entry.unless]
        )

    def find(self, tokens: Sequence[Token], language: str = "") -> list[Evidence]:
        """Return what is found, the person's language first, then in the order of the text.

        A match is spared when an `unless` of its entry fits in the same sentence.
        """
        matches = self._matcher.find(tokens)
        spared = [match for match in matches if not match.key[1]]
        found = [
            Evidence(match.key[0], match.start, match.end)
            for match in matches
            if match.key[1] and not any(_spares(other, match, tokens) for other in spared)
        ]
        return sorted(_longest(found), key=lambda hit: (hit.entry.language != language, hit.start, hit.entry.id))


def _spares(other: Match[tuple[Entry, bool]], match: Match[tuple[Entry, bool]], tokens: Sequence[Token]) -> bool:
    if other.key[0] is not match.key[0]:
        return False
    start, end = around(tokens, *place_of(tokens, match.start, match.end))
    return tokens[start].start <= other.start and other.end <= tokens[end - 1].end


def _longest(found: Sequence[Evidence]) -> list[Evidence]:
    """Keep one place an entry, the longest: five patterns of one entry are one reason."""
    best: dict[str, Evidence] = {}
    for hit in found:
        name = f"{hit.entry.language}:{hit.entry.id}"
        if name not in best or hit.end - hit.start > best[name].end - best[name].start:
            best[name] = hit
    return list(best.values())


def urgency_of(evidence: Iterable[Evidence], own: dict[str, Urgency]) -> dict[str, Urgency]:
    """Return the urgency each concern has by patterns alone: its own, its entries', and what `raises` it.

    `own` holds the least urgency of the concerns found; concerns that were not found are not raised.
    """
    result = dict(own)
    for hit in evidence:
        if hit.entry.urgency is None:
            continue
        for code in hit.entry.codes:
            if code in result:
                result[code] = max(result[code], hit.entry.urgency)
    return result
