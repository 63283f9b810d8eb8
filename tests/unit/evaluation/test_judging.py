"""Judging and counting what came out of the understanding."""

import json
from pathlib import Path

import pytest

from bot.dialogue.payloads import ContentPayload, EffectPayload, OfferPayload, PhrasePayload
from bot.errors import ContentError
from bot.evaluation import judging
from bot.evaluation.lines import Line, read
from bot.model import Finding, Urgency

ASKED = Finding(concerns=("asked_for_person",), urgency=Urgency.SOON)
VIOLENCE = Finding(concerns=("violence", "neglect"), urgency=Urgency.TODAY)


def line(**expected: object) -> Line:
    return Line("f:1", "en", "text", {"text": "text", **expected})


@pytest.mark.parametrize(
    ("answer", "offered", "mark"),
    [
        ("people.guardian", (), "right"),
        (None, ("people.lawyer", "people.guardian"), "suggested"),
        ("people.lawyer", (), "wrong"),
        (None, ("people.lawyer",), "none"),
        (None, (), "none"),
    ],
)
def test_a_question_gets_exactly_one_verdict(answer: str | None, offered: tuple[str, ...], mark: str) -> None:
    """Right, suggested, wrong or none; an alarm is counted beside."""
    judged = judging.question(line(topic="people.guardian"), VIOLENCE, answer, offered)
    assert {name for name, count in judged.marks.items() if count} == {"n", mark, "alarmed"}
    assert judging.question(line(topic="people.guardian"), ASKED, answer, offered).marks["alarmed"] == 0


def test_a_disclosure_is_found_named_and_urgent_enough() -> None:
    """The first concern counts; a higher urgency is right, a lower is not."""
    wanted = line(concerns=["violence"], urgency="today")
    assert judging.disclosure(wanted, VIOLENCE).marks == {"n": 1, "found": 1, "concern_right": 1, "urgency_ok": 1}
    assert judging.disclosure(line(concerns=["neglect"], urgency="now"), VIOLENCE).marks == {
        "n": 1, "found": 1, "concern_right": 0, "urgency_ok": 0,
    }  # fmt: skip
    assert judging.disclosure(wanted, None).marks["found"] == 0
    assert "not found" in judging.disclosure(wanted, None).wrong


def test_a_wish_for_a_person_is_no_alarm_and_an_answer() -> None:
    """Neither alarm nor miss."""
    assert judging.safe(line(kind="ordinary"), ASKED).marks["alarms"] == 0
    assert judging.safe(line(kind="ordinary"), VIOLENCE).marks["alarms"] == 1
    assert judging.answered((EffectPayload(effect="ask_for_person"),)) == ("help.talk_to_person", ())


def test_what_the_assistant_decided_is_an_answer_or_an_offer() -> None:
    """Content and effects answer, offers offer, phrases do neither."""
    assert judging.answered((ContentPayload("a"), ContentPayload("b"))) == ("a", ())
    assert judging.answered((OfferPayload(("a", "b")),)) == (None, ("a", "b"))
    assert judging.answered((PhrasePayload("chat.not_understood"),)) == (None, ())
    assert judging.answered((EffectPayload(effect="delete_data"),))[0] == "help.delete_my_data"


def test_counts_are_per_language_per_concern_and_in_all() -> None:
    """The shape of `--json`."""
    told = judging.counted([judging.disclosure(line(concerns=["violence"], urgency="today"), VIOLENCE)] * 2)
    assert told["languages"]["en"]["found"] == 2
    assert told["all"]["concerns"]["violence"] == {"n": 2, "found": 2, "concern_right": 2, "urgency_ok": 2}


def test_bad_files_name_file_line_and_remedy(tmp_path: Path) -> None:
    """All findings at once."""
    good = tmp_path / "questions.sw.jsonl"
    good.write_text(json.dumps({"text": "nani?", "topic": "people.guardian"}) + "\n\n")
    assert read("questions", [good])[0].language == "sw"
    bad = tmp_path / "questions.en.jsonl"
    bad.write_text('{"text": "x"}\nnot json\n{"text": 3, "topic": "a"}\n')
    odd = tmp_path / "lines.txt"
    odd.write_text("")
    with pytest.raises(ContentError) as caught:
        read("questions", [bad, odd, tmp_path / "missing.en.jsonl"])
    told = str(caught.value)
    assert all(
        part in told for part in ("questions.en.jsonl:1", ":2", ":3", "lines.txt", "missing.en.jsonl", '"topic"')
    )
    with pytest.raises(ContentError):
        wrong = tmp_path / "disclosures.en.jsonl"
        wrong.write_text(
            '{"text": "x", "concerns": [], "urgency": "today"}\n{"text": "x", "concerns": ["a"], "urgency": "later"}\n'
        )
        read("disclosures", [wrong])
