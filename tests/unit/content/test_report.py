"""The readability report: figures for each tier, and a page that needs nothing else."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.content import commands
from bot.content.loader import load_content
from bot.content.page import page
from bot.content.readability import measure
from bot.content.report import readings, summaries
from bot.model import Tier
from tests.unit.content.trees import GUARDIAN, TODAY, Tree

VOID = {"meta", "circle", "line"}


class Balance(HTMLParser):
    """Follow the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_figures_of_each_tier(tree: Tree) -> None:
    """Sums over all topics, the grade of all words together, and the hardest topic."""
    rows = summaries(load_content(tree.content))
    assert [row.tier for row in rows] == list(Tier)
    young = rows[0]
    texts = ("A guardian is on your side, young. You pay 0 euros.", "Call 112.",
             "Tell an adult you trust. Wait for the answer. Meet your family.")  # fmt: skip
    whole = measure(" ".join(texts))
    assert (young.topics, young.messages, young.words) == (3, 6, whole.words)
    assert young.grade == pytest.approx(whole.grade)
    assert young.hardest == pytest.approx(max(measure(text).grade for text in texts))
    assert (young.most_words, young.limit) == (12, 3.0)


def test_hard_words_are_those_an_age_does_not_have(tree: Tree) -> None:
    """Each is counted once in a tier; names in capitals are none."""
    tree.write(
        "plain/young.txt", "a is on your side you pay call tell an adult trust wait for the answer meet family\n"
    )
    by_tier = {row.tier: row.hard for row in summaries(load_content(tree.content))}
    assert by_tier[Tier.YOUNG] == 3  # guardian, young, euros
    guardian = next(one for one in readings(load_content(tree.content)) if one.topic == "people.guardian")
    assert guardian.hard == {"guardian", "young", "euros"}


def test_the_report_is_a_table_or_json(tree: Tree) -> None:
    """People get a row for each tier with what is allowed, programmes get the figures."""
    code, printed = tree.run(commands.report, today=TODAY)
    assert code == 0
    row = next(line for line in printed.splitlines() if line.strip().startswith("young"))
    assert "/ 12" in row
    assert "/ 3" in row
    told = json.loads(tree.run(commands.report, today=TODAY, as_json=True)[1])
    assert [one["tier"] for one in told] == list(Tier)


def test_the_page_stands_alone(tree: Tree, tmp_path: Path) -> None:
    """No script, no address of anything else; well-formed, light and dark, the same bytes each time."""
    target = tmp_path / "report.html"
    assert "report.html: written" in tree.run(commands.report, today=TODAY, html=target)[1]
    assert "report.html: unchanged" in tree.run(commands.report, today=TODAY, html=target)[1]
    text = target.read_text(encoding="utf-8")
    assert not re.search(r"<script|https?:|src=|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text
    found = Balance()
    found.feed(text)
    assert found.open == []
    assert found.seen.count("circle") == 3 * len(Tier)
    assert "people.guardian" in text
    assert str(TODAY) in text


def test_what_is_too_hard_stands_out(tree: Tree) -> None:
    """A topic above its limit is marked in the table, and stays inside the picture."""
    hard = "Documentation regarding administrative determination procedures necessitates examination."
    young = {**GUARDIAN["tiers"]["young"], "messages": [{"id": "what", "text": hard}]}
    tree.topic({**GUARDIAN, "tiers": {**GUARDIAN["tiers"], "young": young}})
    content = load_content(tree.content)
    text = page(summaries(content), readings(content), today=TODAY)
    assert 'class="over"' in text
    places = [float(one) for one in re.findall(r'cx="([\d.]+)"', text)]
    assert all(90 <= place <= 736 for place in places)
    assert max(places) == 736


def test_without_topics_there_is_nothing_to_report(tmp_path: Path) -> None:
    """An empty content has no figures and no error."""
    (tmp_path / "topics").mkdir()
    assert summaries(load_content(tmp_path)) == ()


def test_a_broken_tree_is_refused(tree: Tree) -> None:
    """The line that is wrong is printed, and no page is written."""
    tree.write("phrases/chat.yaml", "words: []\n")
    target = tree.root / "report.html"
    code, printed = tree.run(commands.report, today=TODAY, html=target)
    assert code == 1
    assert "does not hold a list" in printed
    assert not target.exists()
