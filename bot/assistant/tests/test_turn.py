"""Who decides: the classifier's command or search's topic."""

import pytest

from components.turn import Heard, Known, choose_intent, facts, known_from

FOUND = ("people.guardian", "people.lawyer")


def heard(intent: str, confidence: float = 0.9, words: int = 3, **details: object) -> Heard:
    return Heard(intent, confidence, words, details)


def values(intent: str, said: Heard, known: Known) -> "dict[str, object]":
    return {fact["entity"]: fact["value"] for fact in facts(intent, said, known)}


@pytest.mark.parametrize(
    ("said", "decision", "expected"),
    [
        (heard("walk_next"), "answer", "walk_next"),
        (heard("walk_next", 0.7), "answer", "ask"),
        (heard("walk_next", words=8), "answer", "ask"),
        (heard("walk_next", 0.6), "offer", "walk_next"),
        (heard("walk_next", 0.4), "offer", "ask"),
        (heard("walk_next", 0.4), "none", "walk_next"),
        (heard("walk_next", words=15), "none", "ask"),
        (heard("walk_next", 0.2), "none", "ask"),
        (heard("out_of_scope", 0.99), "answer", "ask"),
        (heard("out_of_scope", 0.99), "none", "out_of_scope"),
        (heard("out_of_scope", 0.2), "none", "ask"),
        (heard("ask"), "none", "ask"),
    ],
)
def test_a_command_wins_only_when_sure_and_short(said: Heard, decision: str, expected: str) -> None:
    """The bar for a command rises with what search thinks of the same words."""
    assert choose_intent(said, Known(hits=FOUND, decision=decision)) == expected


@pytest.mark.parametrize(
    ("expects", "details", "expected"),
    [
        ("country", {"country": "de"}, "set_country"),
        ("language", {"language": "ar"}, "change_language"),
        ("tier", {"age": 9}, "set_age"),
        ("tier", {"grown_up": True}, "set_age"),
        ("country", {"age": 9}, "ask"),
        ("", {"country": "de"}, "ask"),
    ],
)
def test_what_kite_asked_for_is_taken_as_the_answer(expects: str, details: "dict[str, object]", expected: str) -> None:
    """A detail answers the question that was asked, and only that one."""
    assert choose_intent(Heard("ask", 0.9, 2, details), Known(expects=expects)) == expected


def test_a_long_message_is_no_answer_to_a_short_question() -> None:
    """A whole story that happens to name a country goes to search."""
    said = Heard("ask", 0.9, 20, {"country": "de"})
    assert choose_intent(said, Known(hits=FOUND, decision="answer", expects="country")) == "ask"


def test_a_name_alone_is_a_command() -> None:
    """A language's or country's name by itself says what is wanted."""
    assert choose_intent(heard("ask", language="ar", whole=True), Known()) == "change_language"
    assert choose_intent(heard("ask", country="de", whole=True), Known()) == "set_country"


def test_search_facts_name_what_was_found() -> None:
    """A topic, up to three to offer, or nothing for the first time or again."""
    said = heard("ask")
    assert values("ask", said, Known(FOUND, "answer")) == {"found": "answer", "topic": "people.guardian"}
    offered = values("ask", said, Known(FOUND, "offer"))
    assert offered == {"found": "offer", "offer_1": FOUND[0], "offer_2": FOUND[1], "offer_3": ""}
    assert values("ask", said, Known()) == {"found": "nothing"}
    assert values("ask", said, Known(misses=1)) == {"found": "nothing_again"}
    assert values("ask", said, Known(decision="answer")) == {"found": "nothing"}


def test_yes_and_no_carry_what_was_asked() -> None:
    """In a walk a yes means the walk when nothing else was asked."""
    assert values("affirm", heard("affirm"), Known(expects="delete", walking=True)) == {"expects": "delete"}
    assert values("affirm", heard("affirm"), Known(walking=True)) == {"expects": "step"}
    assert values("deny", heard("deny"), Known()) == {"expects": "nothing"}


def test_details_that_no_action_needs_are_dropped() -> None:
    """A person's age does not travel with a turn about something else."""
    said = heard("set_country", country="de", age=9)
    assert values("set_country", said, Known()) == {"country": "de"}
    assert values("greet", heard("greet", age=9), Known()) == {}


def test_metadata_may_be_sparse() -> None:
    """Only the decision is needed; the rest has quiet defaults."""
    assert known_from({"decision": "none"}) == Known()
    full = {"decision": "offer", "hits": [{"topic": FOUND[0]}], "step": "tracing", "misses": 2, "expects": "tier"}
    assert known_from({**full, "tier": "teen"}) == Known(FOUND[:1], "offer", True, 2, "tier", "teen")
