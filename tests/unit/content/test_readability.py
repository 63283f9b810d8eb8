"""How hard a text reads, and which words an age knows."""

from pathlib import Path

import pytest

from bot.content import commands
from bot.content.plain import forms, read_plain
from bot.content.readability import measure, syllables, words
from bot.model import Tier
from tests.unit.content.trees import GUARDIAN, WORD, Tree

ROOT = Path(__file__).parents[3]
COUNTED = {
    1: "a the name helped called scared judge locked friend our IOM UNHCR through",
    2: "lawyer people uncle centre needed going being quiet safely statement handled interests watches every places",
    3: "guardian family decision usual video idea racism different fingerprints interpreter's disabled consulate",
    4: "caseworkers' situation ombudsperson usually interpreter asylum-seeker",
}


@pytest.mark.parametrize(
    ("word", "count"),
    [(word, count) for count, listed in COUNTED.items() for word in listed.split()],
)
def test_syllables_are_counted_by_rule_and_list(word: str, count: int) -> None:
    """Silent letters, endings and vowels that stand apart; a hyphen parts two words."""
    expected = {"interpreter's": 4, "caseworkers'": 3, "asylum-seeker": 5}.get(word, count)
    assert sum(map(syllables, words(word))) == expected


def test_a_text_has_a_grade() -> None:
    """The formula of Kincaid and others over words, sentences and syllables; speech after a colon is a sentence."""
    found = measure("A judge is a person. You may say: I am ill. 112")
    assert (found.sentences, found.words, found.syllables) == (3, 11, 12)
    assert found.grade == pytest.approx(0.39 * 11 / 3 + 11.8 * 12 / 11 - 15.59)
    assert found.words_a_sentence == pytest.approx(11 / 3)
    assert (measure("").grade, measure("112!").words_a_sentence) == (0.0, 0.0)


def test_a_harder_text_has_a_higher_grade() -> None:
    """Long words and long sentences each count."""
    easy, longer = "You may ask. We help you.", "You may ask us and then we help you with it."
    harder = "Authorities may determine eligibility. Examination necessitates documentation."
    assert measure(easy).grade < measure(longer).grade < measure(harder).grade


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("helpers", "help"), ("stories", "story"), ("stopped", "stop"), ("making", "make"), ("happier", "happy"),
        ("child's", "child"), ("don’t", "do"), ("Safely", "safe"), ("kindness", "kind"), ("boxes", "box"),
    ],
)  # fmt: skip
def test_a_word_is_known_by_its_base(word: str, base: str) -> None:
    """Usual endings do not make a word hard."""
    assert base in forms(word)


def test_ages_know_the_words_of_the_younger(tree: Tree) -> None:
    """The lists add to each other; comments are no words."""
    tree.write("plain/young.txt", "# for children\nask help  # and more\n")
    tree.write("plain/teen.txt", "procedure\n")
    plain = read_plain(tree.content)
    assert plain.there
    assert plain.knows("Helpers", Tier.YOUNG)
    assert plain.knows("helpers", Tier.ADULT)
    assert not plain.knows("procedure", Tier.MIDDLE)
    assert plain.knows("procedures", Tier.TEEN)
    assert not plain.knows("more", Tier.ADULT)


def test_without_lists_no_word_is_hard(tree: Tree) -> None:
    """A content without `plain/` is checked for everything else."""
    assert not read_plain(tree.content).there
    tree.run(commands.extract)
    assert tree.run(commands.check)[0] == 0


def plain_findings(tree: Tree, text: str) -> list[str]:
    """Return the hard words of a message to the youngest, where that age knows few words."""
    tree.write(
        "plain/young.txt",
        "a is on your side you pay this and who ask by so or called mean training school way of not test\n",
    )
    young = {**GUARDIAN["tiers"]["young"], "messages": [{"id": "what", "text": text}]}
    tree.topic({**GUARDIAN, "tiers": {**GUARDIAN["tiers"], "young": young}})
    return [
        one.problem
        for one in tree.findings()
        if one.check == "plain-words" and one.place == "people.guardian/young/what"
    ]


@pytest.mark.parametrize(
    ("text", "hard"),
    [
        ("You pay a bureaucrat.", True),
        ("This is called vocational training.", False),
        ("Vocational means training on your way.", False),
        ("Ask a psychologist, who is on your side.", False),
        ("Ask UNHCR or Kite.", False),
        ("Ask a lawyer.", False),
        ("Vocational school.", True),
    ],
)
def test_a_word_may_be_explained_where_it_stands(tree: Tree, text: str, hard: bool) -> None:
    """Names, words of the glossary and words that the text itself explains are not hard."""
    tree.yaml("glossary.yaml", {"glossary": [WORD]})
    assert bool(plain_findings(tree, text)) is hard


def test_only_the_youngest_are_spared_the_passive(tree: Tree) -> None:
    """States are no passive, and older readers may meet it."""
    for text, found in (("You are sent back.", True), ("You are tired.", False), ("You are locked in.", False)):
        young = {**GUARDIAN["tiers"]["young"], "messages": [{"id": "what", "text": text}]}
        teen = {**GUARDIAN["tiers"]["teen"], "messages": [{"id": "what", "text": text}]}
        tree.topic({**GUARDIAN, "tiers": {**GUARDIAN["tiers"], "young": young, "teen": teen}})
        places = [one.place for one in tree.findings() if one.check == "passive"]
        assert places == (["people.guardian/young/what"] if found else [])


def test_a_tier_is_excused_with_its_reason(tree: Tree) -> None:
    """A grade is of a whole tier, and so is its exception."""
    hard = "Documentation regarding administrative procedures necessitates examination."
    young = {**GUARDIAN["tiers"]["young"], "messages": [{"id": "what", "text": hard}]}
    tree.topic({**GUARDIAN, "tiers": {**GUARDIAN["tiers"], "young": young}})
    assert [one.place for one in tree.findings() if one.check == "grade"] == ["people.guardian/young"]
    tree.write(
        "exceptions.yaml", "exceptions:\n  - {check: grade, place: people.guardian/young, reason: a word to learn}\n"
    )
    assert {"grade", "ignore-known"}.isdisjoint({one.check for one in tree.findings()})


def test_the_lists_of_this_repository_are_clean() -> None:
    """Each word stands in one list only, in small letters; nothing a list of sayings holds is empty."""
    plain = read_plain(ROOT / "content")
    assert all(len(plain.words[tier]) > 100 for tier in Tier)
    sizes = [len(plain.words[tier]) for tier in Tier]
    assert sizes == sorted(sizes)
    assert all(entry == entry.strip() and entry for entry in (*plain.idioms, *plain.blame))
    listed = [
        word
        for tier in Tier
        for line in (ROOT / "content" / "plain" / f"{tier}.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for word in line.split()
    ]
    assert len(listed) == len(set(listed))
    assert all(word == word.lower() for word in listed)
