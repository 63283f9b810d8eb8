"""Asking what a word means in the middle of a talk."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import Tier
from bot.store import conversations
from bot.store.store import Store
from bot.worker import respond
from tests.conftest import FakeClock
from tests.kit import HURT, make_kit
from tests.unit.content.test_glossary import GUARDIAN_WORD, POLICE
from tests.unit.content.trees import GUARDIAN, Tree
from tests.unit.people import somebody
from tests.unit.worker.small import small_tree, small_voice

DECISION = {**GUARDIAN_WORD, "id": "decision", "term": "decision", "also": ["verdict"], "topic": "family.steps"}
ANSWER = {**DECISION, "id": "answer", "term": "answer", "also": ["answers", "verdict"]}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = small_tree(tmp_path)
    made.yaml("glossary.yaml", {"glossary": [GUARDIAN_WORD, POLICE, DECISION, ANSWER]})
    return made


def asked(tree: Tree, text: str, **person: object) -> respond.Outcome | None:
    return respond.to_words(text, small_voice(tree), somebody(draft_noted=("en",), **person))


def buttons(outcome: respond.Outcome | None) -> list[str]:
    assert outcome is not None
    return [button.payload for button in outcome.replies[-1].buttons]


def test_a_word_is_explained_at_the_tier_with_the_way_to_more(tree: Tree) -> None:
    """The definition stands alone; the topic is a tap away, and the talk stays where it was."""
    outcome = asked(tree, "what is a guardian?", tier=Tier.TEEN, topic="help.emergency", expects="country")
    assert outcome is not None
    assert outcome.replies[0].text == "A guardian helps you, teen."
    assert buttons(outcome) == ["topic:people.guardian", "menu"]
    assert outcome.changes == {"misses": 0}


def test_a_word_asked_in_a_walk_leads_back_into_it(tree: Tree) -> None:
    """Who stands at a step goes on from there."""
    outcome = asked(tree, "guardian", topic="family.steps", step="wait")
    assert buttons(outcome) == ["topic:people.guardian", "walk:resume", "menu"]
    assert buttons(asked(tree, "decision", topic="family.steps", step="wait")) == ["topic:family.steps", "menu"]


def test_words_written_alike_are_offered(tree: Tree) -> None:
    """The person chooses, and a tap explains."""
    outcome = asked(tree, "what does verdict mean")
    assert buttons(outcome) == ["word:decision", "word:answer"]
    tapped = respond.to_button("word:answer", small_voice(tree), somebody(draft_noted=("en",)))
    assert tapped is not None
    assert tapped.replies[0].text == "A guardian helps you, middle."


def test_a_word_that_may_stand_for_harm_leads_to_a_person(tree: Tree) -> None:
    """Whoever asks what the police are may have a reason."""
    assert buttons(asked(tree, "who are the police?")) == ["topic:people.guardian", "person"]


def test_a_word_that_is_gone_is_said_honestly(tree: Tree) -> None:
    """An old button whose word nobody explains any more offers a person."""
    outcome = respond.to_button("word:nobody", small_voice(tree), somebody())
    assert outcome is not None
    assert outcome.replies[0].text.startswith("I do not know this word.")
    assert buttons(outcome) == ["person", "menu"]


def test_other_words_need_the_assistant(tree: Tree) -> None:
    """Whatever is more than a word is a question for the search."""
    assert asked(tree, "what is a guardian and who pays") is None
    assert asked(tree, "police") is None


async def test_a_word_reaches_no_assistant_and_a_disclosure_is_never_a_word(
    store: Store, clock: FakeClock, tree: Tree
) -> None:
    """The screen comes first; only what it lets pass may be a question about a word."""
    voice, kit = small_voice(tree), make_kit(store, clock)
    kit.pipeline = replace(kit.pipeline, talker=replace(kit.pipeline.talker, voice=lambda: voice))
    conversation = await kit.says(payload="language:en")
    await kit.says("what is a guardian?")
    assert (await kit.last(conversation)).text == "A guardian helps you, middle."
    assert kit.assistant.asked == []
    person = await kit.store.read(lambda conn: conversations.load(conn, conversation))
    assert person.topic is None
    await kit.says(HURT)
    assert len(await kit.cases()) == 1


SAYS_POLICE = {
    **GUARDIAN,
    "tiers": {
        tier: {**text, "messages": [{"id": "what", "text": "Call a guardian, or ask the police."}]}
        for tier, text in GUARDIAN["tiers"].items()
    },
}


@pytest.mark.parametrize(("known", "shown"), [([], ["word:police"]), (["middle"], [])])
def test_a_word_that_an_answer_does_not_explain_has_a_button(tree: Tree, known: list[str], shown: list[str]) -> None:
    """Nobody has to know a word, nor how to ask for it; the topic's own word and those an age knows need none."""
    police = {**POLICE, "topic": "help.emergency", "known": known}
    tree.yaml("glossary.yaml", {"glossary": [GUARDIAN_WORD, police]})
    tree.topic(SAYS_POLICE)
    told = respond.to_button("topic:people.guardian", small_voice(tree), somebody(draft_noted=("en",)))
    assert [payload for payload in buttons(told) if payload.startswith("word:")] == shown
    assert told is not None
    labels = {button.payload: button.label for button in told.replies[-1].buttons}
    assert labels.get("word:police", "❓ the police") == "❓ the police"
