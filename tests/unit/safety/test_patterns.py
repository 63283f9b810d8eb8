"""The syntax of patterns, and what fits one."""

import pytest

from bot.language import read
from bot.safety.matcher import Matcher
from bot.safety.patterns import BadPattern, parse


def fits(source: str, text: str) -> list[str]:
    matcher = Matcher([(parse(source), source)])
    return [text[match.start : match.end] for match in matcher.find(read(text))]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("hit|hits me|us", "He HITS us, daily", ["HITS us"]),
        ("hit|hits me|us", "he hits the ball", []),
        ("hit me", "hit and me", []),
        ("father ... hit* me", "my father always and often hitting me", ["father always and often hitting me"]),
        ("father ... hit* me", "father is so very much often hitting me", []),
        ("father ... hits", "father hits", ["father hits"]),
        ("beat*", "beaten unbeaten", ["beaten"]),
        ("*beat", "unbeat beaten", ["unbeat"]),
        ("*beat*", "unbeaten", ["unbeaten"]),
        ("بيضرب*", "وبيضربني كل يوم", ["وبيضربني"]),
        ("don't touch", "dont touch me", ["dont touch"]),
        ("peut-être|sûr frappé", "peut être frappé", ["peut être frappé"]),
        ("crise*-d'angoisse", "des crises d'angoisse", ["crises d'angoisse"]),
        ("مره می‌زند", "پدرم مره میزند", ["مره میزند"]),
        ("مره میزند", "پدرم مره می زند", ["مره می زند"]),
        ("می|نمی زند|زنه مره", "میزنه مره", ["میزنه مره"]),
        ("hit me", "hit 😭 me", ["hit 😭 me"]),
        ("hit", "hiiiit", ["hiiiit"]),
        ("hit me", "h i t  m e", ["h i t  m e"]),
        ("on|off on|off", "on off on", ["on off", "off on"]),
    ],
)
def test_what_a_pattern_finds(source: str, text: str, found: list[str]) -> None:
    """A match covers exactly the words of the original."""
    assert fits(source, text) == found


@pytest.mark.parametrize("source", ["", "...", "... hit", "hit ...", "hit|?", "hi*t", "* me", "!"])
def test_bad_syntax_is_refused(source: str) -> None:
    """What can never match, or says nothing, is an error for the officer to see."""
    with pytest.raises(BadPattern):
        parse(source)


def test_many_patterns_are_found_in_one_pass() -> None:
    """Every match of every pattern comes back once, in the order of the text."""
    matcher = Matcher([(parse(source), source) for source in ("hits me", "me ... door", "door", "never")])
    found = matcher.find(read("he hits me by the door, the door"))
    assert [(match.key, match.start) for match in found] == [
        ("hits me", 3), ("me ... door", 8), ("me ... door", 8), ("door", 18), ("door", 28),
    ]  # fmt: skip
