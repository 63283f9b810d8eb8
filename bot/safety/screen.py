"""The safety screen: one pure function from a message and a memory to a finding and a memory.

1. Patterns written by staff, of all languages, are tried on every message.
2. A classifier judges the message piece by piece; without it the screen works on patterns alone and says so.
3. Either can raise; `combine` brings both together.
4. What is not a finding may be a hint; `context` remembers hints as codes and times, and enough hints open a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.errors import ContentError
from bot.language import Token, read
from bot.language.meanings import books
from bot.model import Finding, Memory, Reason, Urgency
from bot.safety import classifier, context
from bot.safety.catalogue import Concerns, load_concerns
from bot.safety.combine import Judged, Rules, combine
from bot.safety.concepts import Concepts, Placed, load_concepts
from bot.safety.entries import Entry, load_entries
from bot.safety.evidence import Evidence, Patterns
from bot.safety.features import Table, table
from bot.safety.frames import unframed
from bot.safety.segments import pieces
from bot.safety.talk import YES, Talk, load_talk

__all__ = ["ContentError", "Screen"]

_VAGUE_CONCERN = "mental_distress"


@dataclass(frozen=True)
class Screen:
    """A loaded screen; `degraded` says why the classifier is missing, or is None.

    It holds no state: the same message, language, memory and time give the same finding.
    """

    rules: Rules
    patterns: Patterns
    concepts: Concepts
    talk: Talk
    model: classifier.Model | None = None
    degraded: str | None = None

    @classmethod
    def load(cls, *, content_dir: Path, model_path: Path | None) -> "Screen":
        """Read patterns and classifier.

        Raise ContentError with every broken line of the pattern files. A missing or broken classifier raises nothing:
        `degraded` says what is wrong.
        """
        concerns = load_concerns(content_dir)
        entries = load_entries(content_dir, concerns)
        model, degraded = _load_model(model_path)
        return cls.build(concerns, entries, model=model, degraded=degraded)

    @classmethod
    def build(
        cls,
        concerns: Concerns,
        entries: Sequence[Entry],
        *,
        model: classifier.Model | None = None,
        degraded: str | None = None,
    ) -> "Screen":
        """Put a screen together from parts already read."""
        rules = Rules(concerns, {} if model is None else model.thresholds)
        books()  # read from disk now, and not while the first person waits
        return cls(rules, Patterns(entries), load_concepts(), load_talk(), model, degraded)

    def screen(self, text: str, language: str, memory: Memory, *, now: datetime) -> tuple[Finding | None, Memory]:
        """Return what a message discloses, or None, and what to remember.

        `language` is the person's locale; patterns of all languages are tried. `now` is aware, in UTC.
        """
        tokens = read(text)
        if not tokens:
            return None, memory
        memory = context.fresh(memory, now=now)
        placed = self.concepts.find(text, tokens)
        heard = context.listen(self.talk, tokens, placed)
        judged = self.judge(tokens, placed)
        evidence = self.evidence(tokens, language, placed, judged)
        finding = combine(self.rules, evidence, judged)
        if memory.asked and heard.answer == YES:
            finding = self._with_answer(finding, memory.asked)
        memory = replace(memory, asked="")
        hint = heard.hint or context.hint_of(evidence)
        if finding is not None or not hint:
            return finding, memory
        return self._with_hint(context.remember(memory, hint, now=now))

    def evidence(
        self, tokens: Sequence[Token], language: str, placed: Sequence[Placed], judged: Sequence[Judged]
    ) -> list[Evidence]:
        """Return what the patterns find and no frame spares."""
        return unframed(self.patterns.find(tokens, language), tokens, placed, judged)

    def judge(self, tokens: Sequence[Token], placed: Sequence[Placed], features: Table | None = None) -> list[Judged]:
        """Return the classifier's probabilities for each piece of a message; nothing without a classifier.

        `features` are the message's where they are known already.
        """
        if self.model is None:
            return []
        parts = pieces(tokens)
        chances = self.model.probabilities(features or table(tokens, placed), parts)
        spans = [(tokens[start].start, tokens[end - 1].end) for start, end in parts]
        return [Judged(span, row) for span, row in zip(spans, chances, strict=True)]

    def _with_answer(self, finding: Finding | None, asked: str) -> Finding | None:
        """Add the concern that Kite asked about and the person said yes to."""
        if asked not in self.rules.concerns.by_code:
            return finding
        urgency = self.rules.concerns.urgency(asked)
        reason = Reason(asked, "context", "answered_yes")
        if finding is None:
            return Finding(concerns=(asked,), urgency=urgency, reasons=(reason,))
        concerns = tuple(dict.fromkeys((*finding.concerns, asked)))
        urgency = max(urgency, finding.urgency)
        return replace(finding, concerns=concerns, urgency=urgency, reasons=(*finding.reasons, reason))

    def _with_hint(self, memory: Memory) -> tuple[Finding | None, Memory]:
        """Open a case of urgency soon when the hints are enough, and begin to count anew."""
        if not context.is_enough(memory):
            return None, memory
        code = context.leaning(memory)
        name = "questions" if code else "vague_hints"
        code = code if code in self.rules.concerns.by_code else _VAGUE_CONCERN
        reason = Reason(code, "context", name)
        finding = Finding(concerns=(code,), urgency=Urgency.SOON, reasons=(reason,))
        return finding, replace(memory, hints=())


def _load_model(path: Path | None) -> tuple[classifier.Model | None, str | None]:
    if path is None:
        return None, "No classifier was given: the screen works on patterns alone."
    try:
        return classifier.load(path), None
    except FileNotFoundError:
        return None, f"The classifier {path.name} is missing; run `kite train`. The screen works on patterns alone."
    except (OSError, ValueError) as error:
        return None, f"The classifier {path.name} cannot be used: {error}. The screen works on patterns alone."
