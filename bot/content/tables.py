"""How findings, states and sources look in a terminal."""

from collections import Counter
from collections.abc import Iterable

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bot.content.findings import Finding, Level
from bot.content.report import Summary
from bot.content.schema import Content
from bot.content.state import State, Status


def print_findings(console: Console, findings: Iterable[Finding], *, notices: bool = False) -> None:
    """Print a line for each error (and each notice if wanted), then how many there are of each."""
    listed = list(findings)
    for finding in listed:
        if finding.level is Level.ERROR or notices:
            console.print(str(finding), markup=False, highlight=False, soft_wrap=True)
    counted = Counter((finding.level, finding.check) for finding in listed)
    for (level, check), count in sorted(counted.items()):
        console.print(f"{count:6d} {level:7s} {check}", markup=False, highlight=False)
    if not listed:
        console.print("No findings.", markup=False, highlight=False)


def print_status(console: Console, status: Status) -> None:
    """Print one row for each locale, group and tier, and a last line for each locale."""
    table = _table("Texts by state", "locale", "group", "tier", *(state.value for state in State))
    for row in status.rows:
        table.add_row(row.locale, row.group, row.tier, *(str(row.counts[state]) for state in State))
    console.print(table)
    for locale, live in status.live.items():
        counts = {state: sum(row.counts[state] for row in status.rows if row.locale == locale) for state in State}
        total = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        console.print(f"{locale}: {'live' if live else 'not live'}; {total}", markup=False, highlight=False)


def print_sources(console: Console, content: Content) -> None:
    """Print one row for each topic, then the points of the seed documents that no topic uses, and why."""
    table = _table("What the topics rest on", "topic", "sources", "points", "reviewed", "expires")
    for topic in content.topics.values():
        reviewed = f"{topic.reviewed.by}, {topic.reviewed.on}" if topic.reviewed else "-"
        names = ", ".join(source.name for source in topic.sources) or "-"
        points = ", ".join(content.sourcing.used_by(topic.id)) or "-"
        table.add_row(topic.id, names, points, reviewed, str(topic.expires or "-"))
    console.print(table)
    unused = [point for point in content.sourcing.points if not point.used_in]
    if unused:
        table = _table("Points that no topic uses", "point", "what it says", "why")
        for point in unused:
            table.add_row(point.id, point.point, point.left_out or "-")
        console.print(table)
    used = len(content.sourcing.points) - len(unused)
    line = f"{len(content.topics)} topics; {used} points used, {len(unused)} left out"
    console.print(line, markup=False, highlight=False)


def print_report(console: Console, rows: Iterable[Summary]) -> None:
    """Print one row for each tier; figures after a slash are what is allowed."""
    columns = ("tier", "topics", "messages", "words", "words a sentence", "grade", "hardest topic", "hard words")
    table = _table("How easy the English is to read", *columns)
    for row in rows:
        sentence, hardest = f"{row.words_a_sentence:.1f} / {row.most_words}", f"{row.hardest:.1f} / {row.limit:.0f}"
        figures = (row.topics, row.messages, row.words, sentence, f"{row.grade:.1f}", hardest, row.hard)
        table.add_row(row.tier.value, *map(str, figures))
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
