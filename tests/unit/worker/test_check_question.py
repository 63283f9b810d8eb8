"""The question that lets a child see whether they understood: offered, answered kindly, remembered by nobody."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.payloads import WalkPayload
from bot.model import Hits, Reply, Tier
from bot.store import conversations
from bot.store.store import Store
from bot.worker import respond
from bot.worker.respond import Outcome
from bot.worker.voice import Voice
from tests.conftest import FakeClock
from tests.kit import make_kit
from tests.unit.content.trees import GUARDIAN, STEPS, Tree
from tests.unit.people import somebody
from tests.unit.worker.small import small_tree, small_voice, with_buttons

NOTED = {"draft_noted": ("en",)}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return small_tree(tmp_path)


@pytest.fixture
def voice(tree: Tree) -> Voice:
    return small_voice(tree)


def payloads(reply: Reply) -> list[str]:
    return [button.payload for button in reply.buttons]


def tapped(payload: str, voice: Voice, **person: object) -> Outcome:
    outcome = respond.to_button(payload, voice, somebody(**NOTED, **person))
    assert outcome is not None
    return outcome


def test_an_answer_offers_its_check(voice: Voice) -> None:
    """The topics that come next stay; the check is the last choice."""
    (reply,) = tapped("topic:people.guardian", voice).replies
    assert payloads(reply) == ["topic:family.steps", "topic:help.emergency", "check:people.guardian"]
    assert reply.buttons[-1].label == "Did I understand?"


@pytest.mark.parametrize("tier", [Tier.TEEN, Tier.ADULT])
def test_ages_without_a_check_are_offered_none(voice: Voice, tier: Tier) -> None:
    """Nothing is offered that does not exist."""
    (reply,) = tapped("topic:people.guardian", voice, tier=tier).replies
    assert "check:people.guardian" not in payloads(reply)


def test_three_choices_show_at_once_and_a_person_is_one_of_them(tree: Tree) -> None:
    """The check takes no more room than a channel shows, and never that of a way to a person."""
    tree.topic({**GUARDIAN, "id": "help.talk_to_person", "label": "A person", "critical": True})
    tree.topic({**GUARDIAN, "id": "people.lawyer", "label": "A lawyer"})
    tree.topic(with_buttons(GUARDIAN, "family.steps", "people.lawyer", "help.talk_to_person"))
    voice = small_voice(tree)
    (reply,) = tapped("topic:people.guardian", voice).replies
    assert payloads(reply) == ["topic:family.steps", "topic:help.talk_to_person", "check:people.guardian"]
    (person,) = tapped("topic:help.talk_to_person", voice).replies
    assert payloads(person) == ["person", "topic:family.steps", "check:help.talk_to_person"]


def test_a_check_is_asked_and_each_answer_is_met_kindly(voice: Voice) -> None:
    """The question has its answers as buttons; what follows says the fact again and leads on to all that comes next."""
    asked = tapped("check:people.guardian", voice, topic="people.guardian")
    assert asked.replies[0].text == "Who is on your side?"
    assert payloads(asked.replies[0]) == ["check:people.guardian/nobody", "check:people.guardian/guardian"]
    assert asked.changes == {"misses": 0, "expects": "check"}
    for answer, words in (("nobody", "Not quite."), ("guardian", "Yes.")):
        told = tapped(f"check:people.guardian/{answer}", voice, topic="people.guardian")
        assert told.replies[0].text == f"{words} A guardian is on your side."
        assert payloads(told.replies[0]) == ["topic:family.steps", "topic:help.emergency"]
        assert told.changes == {"misses": 0, "expects": None}
        assert told.acts == ()


def test_an_answer_may_be_typed(voice: Voice) -> None:
    """The words of a label are the tap; any other words are an ordinary message."""
    person = somebody(**NOTED, topic="people.guardian", expects="check")
    typed = respond.to_words("the GUARDIAN!", voice, person)
    assert typed is not None
    assert typed.replies[0].text.startswith("Yes.")
    assert respond.to_words("I am afraid", voice, person) is None
    assert respond.to_words("?", voice, person) is None
    assert (
        respond.to_words("the guardian", voice, somebody(**NOTED, topic="people.guardian", expects="country")) is None
    )


def test_a_check_of_an_older_answer_is_not_typed(voice: Voice) -> None:
    """Who has gone on to another topic taps the old button, and the talk stays where it is."""
    asked = tapped("check:people.guardian", voice, topic="help.emergency")
    assert asked.replies[0].text == "Who is on your side?"
    assert asked.changes["expects"] is None
    assert "topic" not in asked.changes


@pytest.mark.parametrize(
    "payload", ["check:people.guardian", "check:people.guardian/nobody", "check:people.guardian/x"]
)
def test_a_question_that_is_gone_tells_the_topic(voice: Voice, payload: str) -> None:
    """The age changed, or an answer was renamed: the child reads the topic, never nothing."""
    tier = Tier.TEEN if not payload.endswith("x") else Tier.YOUNG
    told = tapped(payload, voice, tier=tier)
    assert told.replies[0].text.startswith("A guardian is on your side")
    assert told.changes["topic"] == "people.guardian"


def test_a_check_of_nothing_shows_the_menu(voice: Voice) -> None:
    """A payload that names no topic ends in the menu."""
    assert payloads(tapped("check:people.nobody", voice).replies[0])[0] == "group:rights"


def test_a_pulled_topic_asks_nothing(voice: Voice) -> None:
    """Where words of a topic were taken out, its check would repeat them: it goes too."""
    pulled = replace(voice, catalogue=voice.catalogue.pulling(frozenset({"people.guardian/middle/what"})))
    told = tapped("check:people.guardian/guardian", pulled)
    assert "checked again" in told.replies[0].text


def test_the_first_draft_is_said_with_its_note(voice: Voice) -> None:
    """A check that nobody has read carries the note like any text."""
    outcome = respond.to_button("check:people.guardian", voice, somebody(topic="people.guardian"))
    assert outcome is not None
    assert "No person has checked" in outcome.replies[0].text
    assert outcome.changes["draft_noted"] == ["en"]


def test_a_walk_ends_with_its_check(voice: Voice) -> None:
    """The last step and the words after it offer the check; what follows leads back, to a person or to the menu."""
    here = {"topic": "family.steps", "step": "meet"}
    (last,) = tapped("walk:where", voice, **here).replies
    assert payloads(last) == ["walk:back", "walk:stop", "check:family.steps"]
    (end,) = tapped("walk:next", voice, **here).replies
    assert payloads(end) == ["person", "menu", "check:family.steps"]
    (middle,) = tapped("walk:back", voice, **here).replies
    assert "check:family.steps" not in payloads(middle)
    (told,) = tapped("check:family.steps/guardian", voice, **here).replies
    assert payloads(told) == ["walk:back", "person", "menu"]
    (elsewhere,) = tapped("check:family.steps/guardian", voice, topic="people.guardian").replies
    assert payloads(elsewhere) == ["person", "menu"]


def test_a_walk_without_a_check_ends_as_ever(tree: Tree) -> None:
    """Back, a person and the menu."""
    tiers = {tier: {"steps": text["steps"]} for tier, text in STEPS["tiers"].items()}
    tree.topic({**STEPS, "tiers": tiers})
    (end,) = tapped("walk:next", small_voice(tree), topic="family.steps", step="meet").replies
    assert payloads(end) == ["walk:back", "person", "menu"]


def test_a_language_without_the_button_offers_no_check(voice: Voice) -> None:
    """The phrase is optional: without it everything else is said."""
    bare = replace(voice, catalogue=voice.catalogue.pulling(frozenset({"button.check"})))
    (reply,) = tapped("topic:people.guardian", bare).replies
    assert payloads(reply) == ["topic:family.steps", "topic:help.emergency"]


async def test_the_assistant_never_hears_of_a_check(store: Store, clock: FakeClock, tree: Tree) -> None:
    """A typed answer needs no assistant; other words reach it as if nothing had been asked, and nothing is counted."""
    voice, kit = small_voice(tree), make_kit(store, clock)
    kit.pipeline = replace(kit.pipeline, talker=replace(kit.pipeline.talker, voice=lambda: voice))
    conversation = await kit.says(payload="topic:people.guardian")
    await kit.says(payload="check:people.guardian")
    await kit.says("Nobody")
    assert (await kit.last(conversation)).text.startswith("Not quite.")
    assert kit.assistant.asked == []
    await kit.says(payload="check:people.guardian")
    await kit.says("what is a lawyer in this land")
    assert [question.expects for question in kit.assistant.asked] == [None]
    person = await kit.store.read(lambda conn: conversations.load(conn, conversation))
    assert (person.topic, person.expects) == ("people.guardian", None)


def test_a_check_does_not_stand_in_the_way(voice: Voice) -> None:
    """Whatever the assistant decides next ends the question."""
    person = somebody(**NOTED, topic="family.steps", step="tell", expects="check")
    moved = respond.to_payloads((WalkPayload("next"),), Hits(), voice, person)
    assert moved.changes["expects"] is None
