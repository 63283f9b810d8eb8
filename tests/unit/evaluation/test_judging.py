"""Judging what came out against what was expected, and counting it."""

import pytest

from bot.dialogue import payloads as said
from bot.evaluation import judging
from bot.evaluation.lines import Line
from bot.model import Finding, Urgency

ALARM = Finding(concerns=("violence", "detention"), urgency=Urgency.TODAY)
WISH = Finding(concerns=("asked_for_person",), urgency=Urgency.SOON)


def line(of: str = "en", **expected: object) -> Line:
    return Line("some.jsonl:1", of, "a text", expected)


@pytest.mark.parametrize(
    ("answer", "offered", "mark"),
    [
        ("people.guardian", (), "right"),
        ("people.guardian", ("people.lawyer",), "right"),
        (None, ("people.lawyer", "people.guardian"), "suggested"),
        ("people.lawyer", (), "wrong"),
        (None, ("people.lawyer",), "none"),
        (None, (), "none"),
    ],
)
@pytest.mark.parametrize("finding", [None, ALARM])
def test_a_question_counts_once_and_an_alarm_beside_it(
    answer: str | None, offered: tuple[str, ...], mark: str, finding: Finding | None
) -> None:
    """Right, suggested, wrong and none add up to all; an alarm is counted beside and not instead."""
    judged = judging.question(line(topic="people.guardian"), finding, answer, offered)
    counts = {name: judged.marks[name] for name in ("right", "suggested", "wrong", "none")}
    assert counts == {"right": 0, "suggested": 0, "wrong": 0, "none": 0} | {mark: 1}
    assert judged.marks["alarmed"] == int(finding is not None)
    assert bool(judged.wrong) is (mark != "right")


def test_a_wish_for_a_person_is_no_alarm() -> None:
    """Neither in a question nor in a harmless line."""
    assert judging.question(line(topic=judging.PERSON), WISH, judging.PERSON, ()).marks["alarmed"] == 0
    assert judging.safe(line(kind="ordinary"), WISH).marks == {"n": 1, "alarms": 0}
    assert judging.safe(line(kind="ordinary"), None).marks == {"n": 1, "alarms": 0}
    alarmed = judging.safe(line(kind="film"), ALARM)
    assert alarmed.marks == {"n": 1, "alarms": 1}
    assert "violence" in alarmed.wrong


@pytest.mark.parametrize(
    ("concerns", "urgency", "found", "concern_right", "urgency_ok"),
    [
        (["violence"], "today", 1, 1, 1),
        (["violence"], "soon", 1, 1, 1),
        (["violence"], "now", 1, 1, 0),
        (["detention"], "today", 1, 0, 1),
        (["of_another_catalogue"], "today", 1, 0, 1),
    ],
)
def test_a_disclosure_is_found_named_and_hurried(
    concerns: list[str], urgency: str, found: int, concern_right: int, urgency_ok: int
) -> None:
    """The line's first concern must be the finding's top one, and its urgency not lower."""
    marks = judging.disclosure(line(concerns=concerns, urgency=urgency), ALARM).marks
    assert marks == {"n": 1, "found": found, "concern_right": concern_right, "urgency_ok": urgency_ok}


def test_a_disclosure_that_is_missed_counts_nothing() -> None:
    """What is not found is neither named nor in time."""
    judged = judging.disclosure(line(concerns=["violence"], urgency="soon"), None)
    assert judged.marks == {"n": 1, "found": 0, "concern_right": 0, "urgency_ok": 0}
    assert judged.wrong == "not found: violence soon"


@pytest.mark.parametrize(("guessed", "right"), [("ar", 1), ("fa", 0), (None, 0)])
def test_a_language_is_right_or_not(guessed: str | None, right: int) -> None:
    """No guess is not right."""
    assert judging.language(line(language="ar"), guessed).marks == {"n": 1, "right": right}


@pytest.mark.parametrize(
    ("payloads", "answer", "offered"),
    [
        ((said.ContentPayload("people.guardian"),), "people.guardian", ()),
        ((said.PhrasePayload("chat.hello"), said.ContentPayload("a.b")), "a.b", ()),
        ((said.OfferPayload(("a.b", "a.c")),), None, ("a.b", "a.c")),
        ((said.EffectPayload(effect="ask_for_person"),), "help.talk_to_person", ()),
        ((said.EffectPayload(effect="delete_data"),), "help.delete_my_data", ()),
        ((said.EffectPayload(effect="numbers"),), "help.emergency", ()),
        ((said.EffectPayload(effect="choose_tier"),), None, ()),
        ((said.PhrasePayload("chat.not_understood"),), None, ()),
        ((said.MenuPayload(),), None, ()),
        ((said.ContentPayload("a.b"), said.ContentPayload("a.c")), "a.b", ()),
    ],
)
def test_what_the_assistant_decided_is_an_answer_an_offer_or_neither(
    payloads: tuple[said.Payload, ...], answer: str | None, offered: tuple[str, ...]
) -> None:
    """Some topics are answered by doing: a person, deletion, numbers."""
    assert judging.answered(payloads) == (answer, offered)


def test_counts_are_kept_by_language_and_in_all_and_by_concern() -> None:
    """Concerns are those of the lines, the first of each."""
    told = judging.counted(
        [
            judging.disclosure(line("ar", concerns=["violence"], urgency="today"), ALARM),
            judging.disclosure(line("fr", concerns=["detention"], urgency="today"), ALARM),
            judging.disclosure(line("fr", concerns=["violence"], urgency="today"), None),
        ]
    )
    assert told["languages"]["fr"]["n"] == 2
    assert told["languages"]["fr"]["found"] == 1
    assert told["all"]["concern_right"] == 1
    assert told["all"]["concerns"]["violence"] == {"n": 2, "found": 1, "concern_right": 1, "urgency_ok": 1}
    assert set(told["languages"]["ar"]["concerns"]) == {"violence"}
