"""How good the screen is on messages its classifier has not seen, by language, in words a person can read."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.safety.combine import Judged, Rules, combine
from bot.safety.corpus import TOPIC, Example
from bot.safety.evidence import Evidence

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """An example with what the patterns find and what a classifier that never saw it makes of it."""

    example: Example
    evidence: tuple[Evidence, ...]
    judged: tuple[Judged, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """The numbers of one language; shares are 0..1.

    `found` of the disclosures raise, `by_classifier` would without any pattern; `main` have the right main concern
    first, `named` have it anywhere; `urgent` are at least as urgent as they should be, `over` are more urgent; `alarms`
    of the hard harmless messages and `topic_alarms` of the questions about topics raise though they should not.
    """

    language: str
    disclosures: int
    harmless: int
    found: float
    by_classifier: float
    main: float
    named: float
    urgent: float
    over: float
    alarms: float
    topic_alarms: float


@dataclass(frozen=True)
class Report:
    """The numbers of every language and of all together, and the thresholds that gave them."""

    rows: tuple[Row, ...]
    thresholds: tuple[tuple[str, float], ...]
    trade_off: tuple[tuple[float, float], ...] = ()

    def __str__(self) -> str:
        head = "language  told  safe  found  learnt  main  named  urgent  over  alarms  topics"
        lines = [
            f"{row.language:8} {row.disclosures:5} {row.harmless:5}  {row.found:.3f}   {row.by_classifier:.3f}"
            f" {row.main:.3f}  {row.named:.3f}   {row.urgent:.3f} {row.over:.3f}   {row.alarms:.3f}"
            f"   {row.topic_alarms:.3f}"
            for row in self.rows
        ]
        alone = (f"classifier alone: finds {found:.3f} at {share:.3f} false alarms" for found, share in self.trade_off)
        return "\n".join([head, *lines, *alone])


def judge(unseen: Sequence[Unseen], rules: Rules) -> Report:
    """Return the report on `unseen`; harmless examples about topics are counted apart."""
    languages = sorted({item.example.language for item in unseen})
    rows = [_row(name, [item for item in unseen if name in (ALL, item.example.language)], rules)
            for name in [*languages, ALL]]  # fmt: skip
    return Report(tuple(rows), tuple(sorted(rules.thresholds.items())))


def _row(language: str, items: Sequence[Unseen], rules: Rules) -> Row:
    told = [item for item in items if not item.example.harmless]
    hard = [item for item in items if item.example.harmless and item.example.kind != TOPIC]
    topics = [item for item in items if item.example.harmless and item.example.kind == TOPIC]
    pairs = [(item.example, finding) for item in told if (finding := combine(rules, item.evidence, item.judged))]
    return Row(
        language=language,
        disclosures=len(told),
        harmless=len(hard),
        found=_share(len(pairs), told),
        by_classifier=_share(sum(combine(rules, (), item.judged) is not None for item in told), told),
        main=_share(sum(finding.concerns[0] == example.concerns[0] for example, finding in pairs), told),
        named=_share(sum(example.concerns[0] in finding.concerns for example, finding in pairs), told),
        urgent=_share(sum(finding.urgency >= (example.urgency or 0) for example, finding in pairs), told),
        over=_share(sum(finding.urgency > (example.urgency or 0) for example, finding in pairs), told),
        alarms=_share(sum(combine(rules, item.evidence, item.judged) is not None for item in hard), hard),
        topic_alarms=_share(sum(combine(rules, item.evidence, item.judged) is not None for item in topics), topics),
    )


def _share(count: int, of: Sequence[object]) -> float:
    return count / len(of) if of else 0.0
