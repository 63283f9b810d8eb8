"""Judge what came out against what was expected, and count it: per language and in all.

Counts only: `n` is how many lines there were, everything else how many of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue import payloads as said
from bot.evaluation.lines import Line
from bot.model import Finding, Urgency

ASKED = "asked_for_person"
PERSON = "help.talk_to_person"
EFFECT_TOPICS = {"ask_for_person": PERSON, "delete_data": "help.delete_my_data", "numbers": "help.emergency"}
"""Topics that are answered by doing: a wish for a person, for deletion, for numbers."""


@dataclass
class Judged:
    """A line with its verdict: `marks` are the counts it adds to, `wrong` says what went wrong, or ""."""

    line: Line
    marks: dict[str, int]
    wrong: str = ""
    concern: str = ""
    answers: tuple[str, ...] = field(default_factory=tuple)


def raised(finding: Finding | None) -> bool:
    """Return whether the screen raised for more than a plain wish for a person."""
    return finding is not None and finding.concerns != (ASKED,)


def question(line: Line, finding: Finding | None, answer: str | None, offered: tuple[str, ...]) -> Judged:
    """Judge a question: answered right, among the offered, answered wrong, or none of these."""
    topic = str(line.expected["topic"])
    right = answer == topic
    suggested = not right and topic in offered
    wrong = answer is not None and not right
    marks = {
        "n": 1,
        "right": int(right),
        "suggested": int(suggested),
        "wrong": int(wrong),
        "none": int(not right and not suggested and not wrong),
        "alarmed": int(raised(finding)),
    }
    told = (
        ""
        if right
        else f"wanted {topic}, " + (f"answered {answer}" if wrong else f"offered {', '.join(offered) or 'nothing'}")
    )
    return Judged(line, marks, told)


def disclosure(line: Line, finding: Finding | None) -> Judged:
    """Judge a disclosure: found, its first concern on top, its urgency not lower."""
    concern, urgency = str(line.expected["concerns"][0]), Urgency.parse(str(line.expected["urgency"]))
    found = finding is not None
    concern_right = finding is not None and finding.concerns[:1] == (concern,)
    urgency_ok = finding is not None and finding.urgency >= urgency
    marks = {"n": 1, "found": int(found), "concern_right": int(concern_right), "urgency_ok": int(urgency_ok)}
    told = ""
    if finding is None:
        told = f"not found: {concern} {urgency.code}"
    elif not (concern_right and urgency_ok):
        told = f"wanted {concern} {urgency.code}, found {', '.join(finding.concerns)} {finding.urgency.code}"
    return Judged(line, marks, told, concern)


def safe(line: Line, finding: Finding | None) -> Judged:
    """Judge a harmless line: it must not raise; a plain wish for a person is no alarm."""
    alarm = raised(finding)
    told = f"alarm: {', '.join(finding.concerns)}" if alarm and finding is not None else ""
    return Judged(line, {"n": 1, "alarms": int(alarm)}, told)


def language(line: Line, guessed: str | None) -> Judged:
    """Judge a guessed language."""
    right = guessed == line.expected["language"]
    return Judged(line, {"n": 1, "right": int(right)}, "" if right else f"guessed {guessed or 'none'}")


def answered(payloads: tuple[said.Payload, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Return (the topic answered with, the topics offered) of what the assistant decided."""
    answer: str | None = None
    offered: tuple[str, ...] = ()
    for payload in payloads:
        match payload:
            case said.ContentPayload(topic=topic):
                answer = answer or topic
            case said.OfferPayload(topics=topics):
                offered += topics
            case said.EffectPayload(effect=effect):
                answer = answer or EFFECT_TOPICS.get(effect)
            case said.PhrasePayload(phrase="chat.privacy"):
                answer = answer or "help.about_this_chat"
    return answer, offered


def counted(judged: Iterable[Judged]) -> dict[str, Any]:
    """Return `{"languages": {…}, "all": {…}}`; disclosures are counted per concern as well."""
    told: dict[str, Any] = {"languages": {}, "all": {}}
    for one in judged:
        for total in (told["languages"].setdefault(one.line.language, {}), told["all"]):
            _add(total, one.marks)
            if one.concern:
                _add(total.setdefault("concerns", {}).setdefault(one.concern, {}), one.marks)
    return told


def _add(total: dict[str, Any], marks: dict[str, int]) -> None:
    for name, value in marks.items():
        total[name] = total.get(name, 0) + value
