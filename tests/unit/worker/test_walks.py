"""Leaving a walk and coming back to it."""

from pathlib import Path

import pytest

from bot.dialogue.payloads import AgainPayload, MorePayload, Payload, WalkPayload
from bot.model import Conversation, Hits
from bot.worker import respond
from bot.worker.voice import Voice
from tests.unit.people import somebody
from tests.unit.worker.small import small_tree, small_voice

WALK = "family.steps"


@pytest.fixture
def voice(tmp_path: Path) -> Voice:
    return small_voice(small_tree(tmp_path))


def at(step: str | None, **more: object) -> Conversation:
    return somebody(draft_noted=("en",), topic=WALK, step=step, **more)


def after(outcome: respond.Outcome | None, person: Conversation) -> Conversation:
    assert outcome is not None
    return respond.after_changes(person, outcome.changes)


def said(payload: Payload, voice: Voice, person: Conversation) -> respond.Outcome:
    return respond.to_payloads((payload,), Hits(), voice, person)


@pytest.mark.parametrize("payload", [WalkPayload("resume"), WalkPayload("next"), AgainPayload(), MorePayload()])
def test_who_stopped_goes_on_where_they_stopped(voice: Voice, payload: Payload) -> None:
    """ "Continue" after a stop shows the step they were at, not the one after it."""
    last = voice.steps(WALK)[-1]
    stopped = after(said(WalkPayload("stop"), voice, at(last)), at(last))
    assert (stopped.topic, stopped.step, stopped.walk) == (WALK, None, f"{WALK}/{last}")
    back = after(said(payload, voice, stopped), stopped)
    assert (back.topic, back.step, back.walk) == (WALK, last, None)


def test_a_question_in_between_keeps_the_place(voice: Voice) -> None:
    """The answer to something else has a button back into the walk; asking on and on does not lose it."""
    last = voice.steps(WALK)[-1]
    person = at(last)
    for topic in ("people.guardian", "help.emergency"):
        told = respond.to_button(f"topic:{topic}", voice, person)
        person = after(told, person)
        assert told is not None
        assert "walk:resume" in [button.payload for button in told.replies[0].buttons]
        assert (person.topic, person.step, person.walk) == (topic, None, f"{WALK}/{last}")
    back = after(respond.to_button("walk:resume", voice, person), person)
    assert (back.topic, back.step, back.walk) == (WALK, last, None)
    assert after(respond.to_button(f"topic:{WALK}", voice, person), person).step == last


def test_a_place_that_is_gone_begins_anew(voice: Voice) -> None:
    """An editor took the step out meanwhile: the walk begins, and nobody is left without an answer."""
    person = somebody(draft_noted=("en",), topic="people.guardian", walk=f"{WALK}/gone")
    assert after(respond.to_button("walk:resume", voice, person), person).step == voice.steps(WALK)[0]
    nowhere = somebody(draft_noted=("en",), walk="people.nobody/gone")
    told = respond.to_button("walk:resume", voice, nowhere)
    assert told is not None
    assert told.replies[0].buttons[0].payload.startswith("group:")


def test_going_on_outside_a_walk_tells_the_last_answer_again(voice: Voice) -> None:
    """Without a walk to go on with, what was told last is what they mean."""
    person = somebody(draft_noted=("en",), topic="people.guardian")
    assert said(WalkPayload("resume"), voice, person).replies[0].text.startswith("A guardian")
