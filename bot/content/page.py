"""The readability report as one page: a table, a picture and no scripts; light or dark as the reader's machine is."""

from collections.abc import Iterable, Iterator
from datetime import date
from html import escape

from bot.content.report import Reading, Summary

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 760, 90, 24, 34, 64
_MOST = 9
"""The last grade on the axis; nothing may be harder than 8."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --dim: #5a6577; --line: #d9dee7; --ground: #ffffff; --dot: #2b6cb0;
  --limit: #b83280; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf3; --dim: #a3aec0; --line: #37415180; --ground: #141a24; --dot: #7cc0ff; --limit: #f687b3; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); margin: 0 auto;
  max-width: 60rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
p { color: var(--dim); max-width: 44rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--dim); font-weight: 600; vertical-align: bottom; }
svg { width: 100%; height: auto; min-width: 34rem; }
svg text { fill: var(--dim); font-size: 13px; } svg .tier { fill: var(--ink); font-weight: 600; }
svg .axis { stroke: var(--line); } svg .limit { stroke: var(--limit); stroke-width: 2; }
svg circle { fill: var(--dot); fill-opacity: .55; } svg .mean { stroke: var(--ink); stroke-width: 3; }
.over { color: var(--limit); font-weight: 600; }
"""


def page(summaries: Iterable[Summary], readings: Iterable[Reading], *, today: date) -> str:
    """Return the whole page; the same content and day always give the same text."""
    rows, every = tuple(summaries), tuple(readings)
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>How easy Kite is to read</title><style>{_STYLE}</style></head><body>",
            f"<h1>How easy Kite is to read</h1><p>English, {today}. The Flesch-Kincaid grade is the year of school in",
            "which somebody can read a text. Hard words are those that the lists of an age do not have: words a reader",
            "has to learn, which the topics and the glossary explain.</p>",
            "<h2>By age</h2>", _by_tier(rows), "<h2>Every topic</h2>", _picture(rows, every),
            "<p>One dot is one topic; the short line is all topics together, the long one is the limit.</p>",
            "<h2>Topic by topic</h2>", _by_topic(rows, every), "</body></html>\n",
        ]
    )  # fmt: skip


def _by_tier(rows: tuple[Summary, ...]) -> str:
    heads = (
        "age",
        "topics",
        "messages",
        "words",
        "words a sentence",
        "at most",
        "grade",
        "hardest",
        "at most",
        "hard words",
    )
    body = (
        (
            row.tier.value, row.topics, row.messages, row.words, f"{row.words_a_sentence:.1f}", row.most_words,
            f"{row.grade:.1f}", f"{row.hardest:.1f}", f"{row.limit:.0f}", row.hard,
        )
        for row in rows
    )  # fmt: skip
    return _table(heads, ([str(cell) for cell in row] for row in body))


def _by_topic(rows: tuple[Summary, ...], every: tuple[Reading, ...]) -> str:
    limits = {row.tier: row.limit for row in rows}
    cells: dict[str, list[str]] = {}
    for one in every:
        over = ' class="over"' if one.grade > limits[one.tier] else ""
        cells.setdefault(one.topic, []).append(f"<span{over}>{one.grade:.1f}</span>")
    return _table(("topic", *(row.tier.value for row in rows)), ([topic, *told] for topic, told in cells.items()))


def _table(heads: Iterable[str], rows: Iterable[list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _picture(rows: tuple[Summary, ...], every: tuple[Reading, ...]) -> str:
    height = _TOP + _ROW * len(rows) + 30
    title = "Flesch-Kincaid grade of every topic, by age"
    return "\n".join(
        [
            f'<div class="wide"><svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{title}">',
            *_axis(height),
            *(part for index, row in enumerate(rows) for part in _strip(index, row, every)),
            "</svg></div>",
        ]
    )


def _axis(height: int) -> Iterator[str]:
    for grade in range(_MOST + 1):
        yield f'<line class="axis" x1="{_x(grade)}" y1="{_TOP - 14}" x2="{_x(grade)}" y2="{height - 26}"/>'
        yield f'<text x="{_x(grade)}" y="{height - 8}" text-anchor="middle">{grade}</text>'
    yield f'<text x="{_LEFT}" y="14">grade</text>'


def _strip(index: int, row: Summary, every: tuple[Reading, ...]) -> Iterator[str]:
    middle = _TOP + _ROW * index + _ROW // 2
    yield f'<text class="tier" x="0" y="{middle + 5}">{escape(row.tier.value)}</text>'
    limit = _x(row.limit)
    yield f'<line class="limit" x1="{limit}" y1="{middle - 26}" x2="{limit}" y2="{middle + 26}"/>'
    here = sorted((one for one in every if one.tier is row.tier), key=lambda one: (one.grade, one.topic))
    for number, one in enumerate(here):
        y = middle + (number % 5 - 2) * 8
        told = f"{escape(one.topic)}: {one.grade:.1f}"
        yield f'<circle cx="{_x(one.grade)}" cy="{y}" r="5"><title>{told}</title></circle>'
    mean = _x(row.grade)
    yield f'<line class="mean" x1="{mean}" y1="{middle - 14}" x2="{mean}" y2="{middle + 14}"/>'


def _x(grade: float) -> float:
    """Return where a grade stands; what is off the axis stands at its end."""
    inside = min(max(grade, 0.0), float(_MOST))
    return round(_LEFT + inside * (_WIDTH - _LEFT - _RIGHT) / _MOST, 1)
