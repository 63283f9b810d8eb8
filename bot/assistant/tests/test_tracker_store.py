"""Little is kept of a conversation, and none of its words."""

from typing import Any

import pytest
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import check_if_tracker_store_async
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from components import tracker_store
from components.lock_store import ConversationLockStore, RedisUrlLockStore
from components.tracker_store import BoundedTrackerStore, MemoryShelf, RedisShelf, condense, revive

DOMAIN = Domain.from_dict(
    {
        "intents": ["set_age"],
        "entities": ["topic"],
        "slots": {"topic": {"type": "text", "mappings": [{"type": "from_entity", "entity": "topic"}]}},
    }
)


def turn(number: int) -> "list[Any]":
    entities = [{"entity": "age", "value": 9}]
    said = UserUttered(f"my secret {number}", {"name": "set_age"}, entities, metadata={"hits": ["x"]})
    done = [ActionExecuted("utter_topic"), BotUttered("words"), ActionExecuted("action_listen")]
    return [said, SlotSet("topic", f"topic.{number}"), *done]


def talked(turns: int) -> DialogueStateTracker:
    events = [ActionExecuted("action_listen"), *(event for number in range(turns) for event in turn(number))]
    return DialogueStateTracker.from_events("c1", events, slots=DOMAIN.slots, domain=DOMAIN)


def test_what_is_kept_has_no_words_and_no_details() -> None:
    """Text, entities, metadata and what was answered are gone."""
    kept = condense(talked(3))
    assert "secret" not in kept
    assert "age" in kept  # the intent's name
    for gone in ('"value"', "hits", "words"):
        assert gone not in kept


def test_what_is_kept_does_not_grow() -> None:
    """After five hundred turns no more is kept than after ten."""
    assert abs(len(condense(talked(500))) - len(condense(talked(10)))) < 10


def test_a_revived_tracker_knows_its_slots_and_listens() -> None:
    """The next message finds the state that the last one left."""
    tracker = revive("c1", condense(talked(40)), DOMAIN)
    assert tracker.get_slot("topic") == "topic.39"
    assert tracker.latest_action_name == "action_listen"
    assert tracker.latest_message.intent_name == "set_age"
    assert len(tracker.events) <= tracker_store.LAST_EVENTS + len(DOMAIN.slots) + 1


async def test_an_unknown_conversation_begins_listening() -> None:
    """No message pays for starting a session."""
    tracker = await BoundedTrackerStore(DOMAIN).retrieve("new")
    assert tracker is not None
    assert [event.type_name for event in tracker.events] == ["action"]


async def test_the_store_keeps_and_finds() -> None:
    """What was saved is found again, as Rasa expects of an asynchronous store."""
    store = BoundedTrackerStore(DOMAIN)
    await store.save(talked(2))
    found = await store.retrieve("c1")
    assert found is not None
    assert found.get_slot("topic") == "topic.1"
    assert check_if_tracker_store_async(store)


async def test_the_longest_silent_conversation_makes_room() -> None:
    """Memory is bounded by the number of conversations."""
    shelf = MemoryShelf(most=2)
    for key in ("a", "b", "a", "c"):
        await shelf.put(key, key)
    assert [await shelf.get(key) for key in "abc"] == ["a", None, "c"]
    assert len(shelf) == 2


async def test_a_dead_redis_loses_trackers_but_no_turn() -> None:
    """A tracker is disposable: without Redis a turn goes on from the worker's metadata."""
    shelf = RedisShelf("redis://127.0.0.1:1/0")
    await shelf.put("c1", "{}")
    assert await shelf.get("c1") is None


def test_the_environment_chooses_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """KITE_REDIS_URL moves trackers and locks to Redis."""
    monkeypatch.delenv("KITE_REDIS_URL", raising=False)
    assert isinstance(BoundedTrackerStore(DOMAIN).shelf, MemoryShelf)
    assert isinstance(ConversationLockStore()._kept, InMemoryLockStore)
    monkeypatch.setenv("KITE_REDIS_URL", "redis://127.0.0.1:1/0")
    assert isinstance(BoundedTrackerStore(DOMAIN).shelf, RedisShelf)
    assert isinstance(ConversationLockStore()._kept, RedisUrlLockStore)


async def test_locks_serve_one_turn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is there while a turn runs and gone afterwards."""
    monkeypatch.delenv("KITE_REDIS_URL", raising=False)
    store = ConversationLockStore()
    async with store.lock("c1"):
        assert store.get_lock("c1") is not None
    assert store.get_lock("c1") is None
