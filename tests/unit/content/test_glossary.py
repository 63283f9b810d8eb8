"""Words that are explained: found by exact rules in each language, told at each age, never mistaken for a cry for help."""

from pathlib import Path
from typing import Any

import pytest

from bot.content import NotAvailable, UnknownTopic
from bot.content.catalogue import Catalogue
from bot.content.glossary import asking, words_of
from bot.content.loader import load_content, read_content
from bot.content.locales import LOCALES
from bot.content.texts import Kind, texts_of
from bot.language import normalise
from bot.model import Tier
from tests.unit.content.trees import TODAY, Tree, arabic

ROOT = Path(__file__).parents[3]
GUARDIAN_WORD: dict[str, Any] = {
    "id": "guardian",
    "term": "guardian",
    "also": ["guardians", "gardian", "my helper"],
    "define": {tier.value: f"A guardian helps you, {tier}." for tier in Tier},
    "topic": "people.guardian",
    "notes": "Use the official word.",
}
POLICE: dict[str, Any] = {**GUARDIAN_WORD, "id": "police", "term": "the police", "also": ["cops"], "alone": False}


def with_words(tree: Tree, *words: dict[str, Any]) -> Catalogue:
    tree.yaml("glossary.yaml", {"glossary": list(words or (GUARDIAN_WORD, POLICE))})
    return tree.load()


def lines(tree: Tree) -> str:
    return "\n".join(map(str, read_content(tree.content)[1]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("what is a guardian?", ("guardian",)),
        ("What does the word GUARDIAN mean", ("guardian",)),
        ("hi kite, whats a gardian please", ("guardian",)),
        ("guardian", ("guardian",)),
        ("the guardians!", ("guardian",)),
        ("who are the police", ("police",)),
        ("what are cops", ("police",)),
        ("police", ()),
        ("cops", ()),
        ("my helper", ()),
        ("what is my helper", ("guardian",)),
        ("what is a guardian and where do I find one", ()),
        ("my guardian hits me", ()),
        ("what is", ()),
        ("please", ()),
        ("?", ()),
        ("", ()),
        ("what is " + "very " * 20 + "guardian", ()),
    ],
)  # fmt: skip
def test_a_question_about_a_word_is_that_and_nothing_more(tree: Tree, text: str, found: tuple[str, ...]) -> None:
    """A frame around a word, or the word itself; whatever says more goes to the search, and a cry for help stays one."""
    assert with_words(tree).terms_asked(text, locale="en", tier=Tier.YOUNG) == found


@pytest.mark.parametrize(
    ("locale", "word", "texts"),
    [
        ("fr", "tuteur", ("c'est quoi un tuteur ?", "Qu'est-ce qu'un tuteur", "que veut dire tuteur", "tuteurs")),
        ("fr", "asile", ("c’est quoi l’asile", "qu'est-ce que l'asile ?")),
        ("ar", "وصي", ("ما هو الوصي؟", "شو يعني وصي", "ماذا تعني كلمة وصي", "الوصي")),
        ("fa", "سرپرست", ("سرپرست چیست؟", "سرپرست یعنی چه", "معنی سرپرست چیست")),
        ("es", "tutor", ("¿qué es un tutor?", "tutor")),
        ("uk", "опікун", ("що таке опікун?",)),
    ],
)
def test_other_languages_ask_in_their_own_way(locale: str, word: str, texts: tuple[str, ...]) -> None:
    """Articles and what is written together with a word do not matter."""
    words = words_of([("guardian", word, f"{word}s, {word}x")], locale, frozenset())
    assert [words.asked(text) for text in texts] == [("guardian",)] * len(texts)


def test_forms_may_be_parted_by_the_commas_of_any_script() -> None:
    """A list typed with an Arabic comma is a list."""
    words = words_of([("papers", "اوراق", "وثائق، مستندات")], "ar", frozenset())
    assert words.asked("ما هي الوثائق") == words.asked("ما معنى مستندات") == ("papers",)


def test_words_written_alike_are_both_found() -> None:
    """Two terms of one form are offered for choice, in the order of the glossary."""
    words = words_of([("a", "decision", "no"), ("b", "verdict", "decision")], "en", frozenset())
    assert words.asked("what is a decision") == ("a", "b")
    assert words.asked("decision") == ("a",)


def test_every_locale_knows_how_people_ask() -> None:
    """Each frame has its word's place, and folds to something."""
    for locale in LOCALES:
        frames = asking(locale).frames
        assert frames, locale
        assert all(before or after for before, after in frames)
    assert asking("xx").frames == ()


def test_a_definition_is_told_in_the_tier(tree: Tree) -> None:
    """It has its word, its topic and the mark of a draft; a word that is not there is refused."""
    catalogue = with_words(tree)
    found = catalogue.definition("guardian", locale="en", tier=Tier.TEEN)
    assert (found.term, found.text, found.topic, found.draft) == (
        "guardian", "A guardian helps you, teen.", "people.guardian", True,
    )  # fmt: skip
    assert catalogue.term("police", "en") == "the police"
    with pytest.raises(UnknownTopic):
        catalogue.definition("nobody", locale="en", tier=Tier.TEEN)


def test_words_are_translated_with_forms_of_their_own(tree: Tree) -> None:
    """Each language writes its own list of forms; without a definition in a tier a word is not found."""
    with_words(tree, GUARDIAN_WORD)
    texts = [text for text in texts_of(load_content(tree.content)) if text.group == "glossary"]
    assert [(text.place, text.kind) for text in texts][:3] == [
        ("glossary.guardian/term", Kind.TERM), ("glossary.guardian/also", Kind.FORMS),
        ("glossary.guardian/young", Kind.DEFINITION),
    ]  # fmt: skip
    assert texts[1].source == "guardians, gardian, my helper"
    assert all("Use the official word." in text.notes for text in texts)
    forms = {"guardian": "وصي", "guardians, gardian, my helper": "ولي، حارس"}
    tree.translate("ar", lambda source: forms.get(source, arabic(source)))
    tree.compile("ar")
    catalogue = tree.load()
    assert catalogue.terms_asked("ما هو الوصي", locale="ar", tier=Tier.YOUNG) == ("guardian",)
    assert catalogue.terms_asked("ما معنى ولي", locale="ar", tier=Tier.YOUNG) == ("guardian",)
    assert catalogue.terms_asked("what is a guardian", locale="ar", tier=Tier.YOUNG) == ()
    pulled = catalogue.pulling(frozenset({"glossary.guardian/young"}))
    assert pulled.terms_asked("ما هو الوصي", locale="ar", tier=Tier.YOUNG) == ()
    with pytest.raises(NotAvailable):
        pulled.definition("guardian", locale="ar", tier=Tier.YOUNG)


def test_a_language_can_do_without_the_glossary(tree: Tree) -> None:
    """Words that nobody has translated take no language away."""
    tree.translate("ar", arabic)
    tree.compile("ar")
    assert "ar" in with_words(tree).locales
    assert tree.load().terms_asked("guardian", locale="ar", tier=Tier.YOUNG) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"define": {"young": "A."}}, "glossary.guardian: has no tier middle -> write the text for middle"),
        ({"also": []}, "glossary.guardian: has no other words -> write at least one other form of the word"),
        ({"also": ["a, b"]}, "glossary.guardian: has a comma in 'a, b' -> make two words of it"),
        ({"topic": "guardian"}, "guardian.topic: 'guardian' has a wrong form"),
        ({"alsow": []}, "guardian.alsow: is not a key Kite knows -> did you mean 'also'?"),
    ],
)
def test_what_is_wrong_with_a_word(tree: Tree, change: dict[str, Any], expected: str) -> None:
    """Each mistake has its line and a remedy."""
    tree.yaml("glossary.yaml", {"glossary": [{**GUARDIAN_WORD, **change}]})
    assert expected in lines(tree)
    assert lines(tree).startswith("content/glossary.yaml:")


def test_a_word_is_explained_once(tree: Tree) -> None:
    """Two entries of one id are refused."""
    tree.yaml("glossary.yaml", {"glossary": [GUARDIAN_WORD, GUARDIAN_WORD]})
    assert "guardian: is there twice, first in content/glossary.yaml:3 -> keep one of them" in lines(tree)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Return the repository's own catalogue."""
    return Catalogue.load(ROOT / "content", ROOT / "translations", show_drafts=True, today=TODAY)


def test_every_word_of_this_repository_is_found_and_leads_on(catalogue: Catalogue) -> None:
    """Each term and each of its forms is found when somebody asks for it, in every tier."""
    assert len(catalogue.content.glossary) >= 60
    for term in catalogue.content.glossary.values():
        assert term.topic in catalogue.topics
        for tier in Tier:
            for form in (term.term, *term.also):
                assert catalogue.terms_asked(f"what does {form} mean?", locale="en", tier=tier) == (term.id,), form
            assert catalogue.definition(term.id, locale="en", tier=tier).text


def test_words_that_may_be_a_call_for_help_are_no_question(catalogue: Catalogue) -> None:
    """The bare word goes the ordinary way, which ends with the topic and its numbers."""
    shy = {term.id for term in catalogue.content.glossary.values() if not term.alone}
    assert {"emergency", "police", "abuse", "trafficker", "smuggler"} <= shy
    for word in ("emergency", "police", "abuse", "locked up", "deported", "no papers", "help", "danger"):
        assert catalogue.terms_asked(word, locale="en", tier=Tier.YOUNG) == (), word


def test_frames_fold_as_messages_do() -> None:
    """What Kite compares is what normalising gives."""
    assert normalise("Qu'est-ce que") == "quest ce que"
    assert (("quest", "ce", "que"), ()) in asking("fr").frames
