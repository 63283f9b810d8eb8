"""Try the screen on a sentence, and check that every entry catches and spares what it says it does."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bot.content.findings import Finding as Problem
from bot.content.findings import sort_key
from bot.errors import ContentError
from bot.language import guess, read
from bot.model import Finding, Memory, Reason
from bot.safety.catalogue import load_concerns
from bot.safety.corpus import read_examples
from bot.safety.entries import Entry, load_entries
from bot.safety.evidence import Patterns
from bot.safety.screen import Screen


def try_sentence(screen: Screen, text: str, *, now: datetime, language: str | None = None) -> list[str]:
    """Return the lines that tell an officer what the screen makes of a sentence, and why."""
    spoken = language or guess(text)
    memory = Memory()
    finding, after = screen.screen(text, spoken or "en", memory, now=now)
    lines = [f"language: {spoken or 'unsure'}"]
    if screen.degraded:
        lines.append(f"careful: {screen.degraded}")
    if finding is None:
        hint = after.hints[-1][1] if after.hints else ""
        lines.append("finding: none" + (f" (remembered as a hint: {hint})" if hint else ""))
        return [*lines, *_chances(screen, text)]
    why = [f"  {_why(reason, text)}" for reason in finding.reasons]
    return [*lines, *_told(finding), *why, *_chances(screen, text)]


def _told(finding: Finding) -> list[str]:
    flags = f", flags: {', '.join(finding.flags)}" if finding.flags else ""
    return [f"finding: {', '.join(finding.concerns)}, urgency: {finding.urgency.code}{flags}", "because:"]


def _why(reason: Reason, text: str) -> str:
    words = "" if reason.span is None else f" in {text[slice(*reason.span)]!r}"
    return f"{reason.code}: {reason.source} {reason.name}{words}"


def _chances(screen: Screen, text: str) -> list[str]:
    """Return the likeliest heads of the classifier for the whole sentence."""
    tokens = read(text)
    judged = screen.judge(tokens, screen.concepts.find(text, tokens)) if tokens else []
    if not judged:
        return []
    best = sorted(judged[-1].chances.items(), key=lambda item: -item[1])[:5]
    return ["classifier: " + ", ".join(f"{head} {chance:.2f}" for head, chance in best)]


def check(content_dir: Path) -> list[Problem]:
    """Return everything that is wrong with the pattern and example files, in the order an officer walks through them.

    An entry must find its `catches` and must not find its `spares`; files must be readable and know their codes.
    """
    problems: list[Problem] = []
    try:
        concerns = load_concerns(content_dir)
    except ContentError as error:
        return _problems(error)
    for load in (load_entries, read_examples):
        try:
            found = load(content_dir, concerns)
        except ContentError as error:
            problems += _problems(error)
            continue
        if load is load_entries:
            problems += check_entries([entry for entry in found if isinstance(entry, Entry)])
    return sorted(problems, key=sort_key)


def _problems(error: ContentError) -> list[Problem]:
    return [problem for problem in error.findings if isinstance(problem, Problem)]


def check_entries(entries: Sequence[Entry]) -> list[Problem]:
    """Return the entries whose `catches` or `spares` do not hold, or are missing."""
    patterns = Patterns(entries)
    return [problem for entry in entries for problem in _check_entry(entry, patterns)]


def _check_entry(entry: Entry, patterns: Patterns) -> Iterator[Problem]:
    if not entry.catches:
        yield _problem(entry, "has no `catches`", "write a message the entry must find")
    elif not finds(patterns, entry, entry.catches):
        yield _problem(entry, f"does not catch {entry.catches!r}", "mend the patterns, the unless or the sentence")
    if not entry.spares:
        yield _problem(entry, "has no `spares`", "write a harmless message with the same words")
    elif finds(patterns, entry, entry.spares):
        yield _problem(entry, f"does not spare {entry.spares!r}", "narrow the patterns or add an unless")


def finds(patterns: Patterns, entry: Entry, text: str) -> bool:
    """Tell whether this entry finds something in `text`."""
    return any(hit.entry is entry for hit in patterns.find(read(text), entry.language))


def _problem(entry: Entry, problem: str, remedy: str) -> Problem:
    return Problem(check="safety", file=entry.file, line=entry.line, place=entry.id, problem=problem, remedy=remedy)
