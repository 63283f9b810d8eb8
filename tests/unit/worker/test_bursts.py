"""Bursts: several messages of one person within moments are answered once, together, and none is lost."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.dialogue.payloads import ContentPayload, EffectPayload
from bot.model import Decision, Hit, Hits, Kind
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.kit import HURT, Kit, make_kit

QUIET = timedelta(seconds=2)


@dataclass
class Knows:
    """A search that knows a few texts."""

    topics: dict[str, str] = field(default_factory=dict)

    async def search(self, text: str, language: str) -> Hits:
        if text not in self.topics:
            return Hits()
        return Hits((Hit(self.topics[text], 0.9),), Decision.ANSWER)


@pytest.fixture
async def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock, quiet=QUIET)


async def known(kit: Kit) -> str:
    """Return a conversation that has chosen its language and age."""
    conversation = await kit.says(payload="language:en")
    await kit.says(payload="tier:teen")
    return conversation


async def test_six_messages_get_one_answer(kit: Kit) -> None:
    """A question typed in pieces is understood as one."""
    conversation = await known(kit)
    before = len(await kit.replies(conversation))
    kit.assistant.answers = [(ContentPayload("people.guardian"),)]
    for word in ("hello", "can you", "tell me", "what", "a guardian", "is?"):
        await kit.receives(word)
        await kit.works()
    assert kit.assistant.asked == []
    kit.clock.forward(seconds=2)
    await kit.works()
    assert [question.text for question in kit.assistant.asked] == ["hello can you tell me what a guardian is?"]
    answers = (await kit.replies(conversation))[before:]
    assert len([reply for reply in answers if "guardian" in reply.text]) == 1
    assert {row.state for row in await kit.rows(schema.inbox)} == {"done"}


async def test_two_questions_in_a_burst_are_both_offered(store: Store, clock: FakeClock) -> None:
    """Neither is answered in place of the other."""
    knows = Knows({"what is a guardian?": "people.guardian", "what is a lawyer?": "people.lawyer"})
    kit = make_kit(store, clock, searcher=knows, quiet=QUIET)
    conversation = await known(kit)
    for text in knows.topics:
        await kit.receives(text)
    kit.clock.forward(seconds=3)
    await kit.works()
    buttons = [button.payload for button in (await kit.last(conversation)).buttons]
    assert buttons[:2] == ["topic:people.guardian", "topic:people.lawyer"]


async def test_a_tap_waits_for_nothing(kit: Kit) -> None:
    """Only who types is waited for."""
    conversation = await known(kit)
    before = len(await kit.replies(conversation))
    await kit.says(payload="menu")
    assert len(await kit.replies(conversation)) == before + 1


async def test_three_voice_messages_are_answered_once(kit: Kit) -> None:
    """The honest word about listening is said once."""
    conversation = await known(kit)
    before = len(await kit.replies(conversation))
    for _ in range(3):
        await kit.receives(kind=Kind.VOICE)
    await kit.works()
    assert len(await kit.replies(conversation)) == before + 1


async def test_asking_twice_for_a_person_in_a_burst_is_one_case(kit: Kit) -> None:
    """A wish is taken once."""
    await known(kit)
    await kit.receives(payload="person")
    await kit.receives(payload="person")
    await kit.works()
    assert len(await kit.cases()) == 1


async def test_twenty_messages_a_second_lose_no_disclosure(kit: Kit) -> None:
    """A flood is slowed, not dropped: every message is screened, the disclosure is a case, and answers stay few."""
    conversation = await known(kit)
    before = len(await kit.replies(conversation))
    for number in range(100):
        text = HURT if number == 57 else f"spam {number}"
        await kit.receives(text)
        kit.clock.forward(seconds=-0.95)  # twenty a second
        await kit.pipeline.screen()
        await kit.pipeline.answer()
    kit.clock.forward(seconds=10)
    await kit.works()
    assert len(await kit.cases()) == 1
    inbox = await kit.rows(schema.inbox)
    assert {row.state for row in inbox} == {"done"}
    assert len([row for row in inbox if row.screened_at or row.done_at]) == len(inbox)
    assert len(await kit.replies(conversation)) - before <= 4


async def test_deletion_in_a_burst_deletes(kit: Kit) -> None:
    """What stands before a wish to delete does not stop it."""
    conversation = await known(kit)
    kit.assistant.answers = [(EffectPayload(effect="delete_data"),)]
    await kit.receives("stop")
    await kit.receives("delete everything")
    kit.clock.forward(seconds=3)
    await kit.works()
    assert (await kit.last(conversation)).buttons[0].payload == "delete:yes"
