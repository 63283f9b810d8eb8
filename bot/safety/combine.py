"""Bring together what patterns and classifier found: which concerns, the main one first, how urgent, which flags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.model import Finding, Reason, Urgency
from bot.safety.catalogue import Concerns
from bot.safety.classifier import DISCLOSURE, RAISED
from bot.safety.entries import CONCERN, FLAG, RAISES
from bot.safety.evidence import Evidence, urgency_of

PERSON = "asked_for_person"
_PATTERN = 0.8
"""How sure a pattern is of its concern, against the classifier's probability."""

_NEVER = 2.0
_MOST_CONCERNS = 4


@dataclass(frozen=True)
class Judged:
    """One piece of a message with the classifier's probabilities; `span` in characters of the original text."""

    span: tuple[int, int]
    chances: Mapping[str, float]

    @property
    def disclosure(self) -> float:
        """Return the probability that the piece is a disclosure."""
        return self.chances.get(DISCLOSURE, 0.0)


@dataclass(frozen=True)
class Rules:
    """What combining needs: the catalogue, and the probabilities from which each head of the classifier counts."""

    concerns: Concerns
    thresholds: Mapping[str, float]

    def counts(self, head: str, chances: Mapping[str, float]) -> bool:
        """Tell whether a head counts in a piece."""
        return chances.get(head, 0.0) >= self.thresholds.get(head, _NEVER)


def combine(rules: Rules, evidence: Sequence[Evidence], judged: Sequence[Judged]) -> Finding | None:
    """Return the finding, or None when neither patterns nor classifier raise."""
    raising = [piece for piece in judged if rules.counts(DISCLOSURE, piece.chances)]
    strength = _strengths(rules, evidence, raising, judged)
    if not strength:
        return None
    ranked = sorted(strength, key=lambda code: (code == PERSON, -strength[code]))
    flags = _flags(rules, evidence, raising or judged)
    return Finding(
        concerns=tuple(ranked[:_MOST_CONCERNS]),
        urgency=_urgency(rules, ranked, flags, evidence, raising or judged),
        flags=flags,
        reasons=_reasons(ranked, evidence, raising, judged),
    )


def _strengths(
    rules: Rules, evidence: Sequence[Evidence], raising: Sequence[Judged], judged: Sequence[Judged]
) -> dict[str, float]:
    """Return how sure each found concern is; a pattern is sure, the classifier ranks among the sure."""
    found = {hit.entry.codes[0]: _PATTERN for hit in evidence if hit.entry.kind == CONCERN}
    if any(rules.counts(PERSON, piece.chances) for piece in judged):
        found.setdefault(PERSON, 0.0)
    strength = {code: base + _chance(code, judged) for code, base in found.items()}
    for piece in raising:
        for code in _learnt(rules, piece.chances, sure=not strength.keys() - {PERSON}):
            strength[code] = max(strength.get(code, 0.0), piece.chances[code])
    return strength


def _chance(code: str, judged: Sequence[Judged]) -> float:
    return max((piece.chances.get(code, 0.0) for piece in judged), default=0.0)


def _learnt(rules: Rules, chances: Mapping[str, float], *, sure: bool) -> list[str]:
    """Return the concerns the classifier sees in a piece that is a disclosure; the likeliest if it must name one."""
    codes = [code for code in rules.concerns.codes if code in chances and code != PERSON]
    likely = [code for code in codes if rules.counts(code, chances)]
    if likely or not sure or not codes:
        return likely
    return [max(codes, key=lambda code: chances[code])]


def _flags(rules: Rules, evidence: Sequence[Evidence], pieces: Sequence[Judged]) -> tuple[str, ...]:
    seen = {hit.entry.codes[0] for hit in evidence if hit.entry.kind == FLAG}
    learnt = {flag for flag in rules.concerns.flags if any(rules.counts(flag, piece.chances) for piece in pieces)}
    return tuple(flag for flag in rules.concerns.flags if flag in seen | learnt)


def _urgency(
    rules: Rules,
    codes: Sequence[str],
    flags: Sequence[str],
    evidence: Sequence[Evidence],
    pieces: Sequence[Judged],
) -> Urgency:
    """Return the highest urgency: the concerns' own, raised by entries, lifted by flags, raised by the classifier."""
    urgencies = urgency_of(evidence, {code: rules.concerns.urgency(code) for code in codes})
    for code in codes:
        lifts = rules.concerns.by_code[code].lifted_by
        urgencies[code] = max([urgencies[code], *(lifts[flag] for flag in flags if flag in lifts)])
    main = codes[0]
    if main != PERSON and any(rules.counts(RAISED, piece.chances) for piece in pieces):
        own = rules.concerns.urgency(main)
        urgencies[main] = max(urgencies[main], Urgency(min(own + 1, Urgency.NOW)))
    return max(urgencies.values())


def _reasons(
    codes: Sequence[str], evidence: Sequence[Evidence], raising: Sequence[Judged], judged: Sequence[Judged]
) -> tuple[Reason, ...]:
    reasons = [hit.reason for hit in evidence if hit.entry.kind != RAISES or set(hit.entry.codes) & set(codes)]
    for piece in raising:
        best = max(codes, key=lambda code: piece.chances.get(code, 0.0))
        reasons.append(Reason(best, "classifier", f"disclosure {piece.disclosure:.2f}", piece.span))
    if PERSON in codes and not any(reason.code == PERSON for reason in reasons):
        piece = max(judged, key=lambda piece: piece.chances.get(PERSON, 0.0))
        reasons.append(Reason(PERSON, "classifier", f"{PERSON} {piece.chances[PERSON]:.2f}", piece.span))
    return tuple(reasons)
