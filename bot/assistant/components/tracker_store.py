"""Keep little of a conversation: its slots and its last dozen turns' skeleton, free of text.

The conversation row of the worker is the authority; a tracker can be lost at any time. Because it is bounded, message
500 costs what message 5 costs.
"""

import json
import logging
import os
from collections import OrderedDict
from typing import Any, Dict, Iterable, List, Optional, Protocol, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_SLOT_NAMES
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from redis import RedisError
from redis.asyncio import Redis

logger = logging.getLogger(__name__)

LAST_EVENTS = 12
MOST_CONVERSATIONS = 20_000
SECONDS_KEPT = 24 * 60 * 60
PREFIX = "kite:tracker:"


def condense(tracker: DialogueStateTracker) -> str:
    """Return what is kept of a tracker: slots, then actions and intents; no text, entity or metadata."""
    names = [row for row in map(_row, tracker.events) if row is not None][-LAST_EVENTS:]
    slots = {name: slot.value for name, slot in tracker.slots.items() if name not in DEFAULT_SLOT_NAMES}
    return json.dumps({"slots": {k: v for k, v in slots.items() if v is not None}, "events": names})


def _row(event: Event) -> "List[str] | None":
    if isinstance(event, ActionExecuted) and event.action_name:
        return ["action", event.action_name]
    if isinstance(event, UserUttered):
        return ["intent", event.intent_name or ""]
    return None


def revive(sender_id: Text, kept: Optional[str], domain: Domain) -> DialogueStateTracker:
    """Return a tracker that listens: the one `condense` kept, or a new one."""
    data: Dict[str, Any] = json.loads(kept) if kept else {"slots": {}, "events": []}
    events: List[Event] = [SlotSet(name, value) for name, value in data["slots"].items()]
    events += [ActionExecuted(n) if kind == "action" else UserUttered("", {"name": n}) for kind, n in data["events"]]
    if not data["events"] or data["events"][-1] != ["action", ACTION_LISTEN_NAME]:
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return DialogueStateTracker.from_events(sender_id, events, slots=domain.slots, domain=domain)


class Shelf(Protocol):
    """A place for condensed trackers."""

    async def get(self, key: str) -> Optional[str]:
        """Return what lies under `key`, or None."""

    async def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""


class MemoryShelf:
    """Hold the most recently used conversations, `most` of them."""

    def __init__(self, most: int = MOST_CONVERSATIONS) -> None:
        self._rows: "OrderedDict[str, str]" = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._rows)

    async def get(self, key: str) -> Optional[str]:
        """Return what lies under `key`, or None."""
        return self._rows.get(key)

    async def put(self, key: str, value: str) -> None:
        """Keep `value`; the conversation that was silent longest makes room."""
        self._rows[key] = value
        self._rows.move_to_end(key)
        while len(self._rows) > self._most:
            self._rows.popitem(last=False)


class RedisShelf:
    """Hold conversations in Redis for a day; what Redis cannot do is done without, and logged."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, decode_responses=True, socket_timeout=1.0, socket_connect_timeout=1.0)

    async def get(self, key: str) -> Optional[str]:
        """Return what lies under `key`; None when Redis does not answer."""
        try:
            value: Optional[str] = await self._redis.get(PREFIX + key)
        except RedisError as error:
            logger.warning("tracker not read: %s", type(error).__name__)
            return None
        return value

    async def put(self, key: str, value: str) -> None:
        """Keep `value` for a day, if Redis answers."""
        try:
            await self._redis.set(PREFIX + key, value, ex=SECONDS_KEPT)
        except RedisError as error:
            logger.warning("tracker not kept: %s", type(error).__name__)


class BoundedTrackerStore(TrackerStore):
    """Store condensed trackers: in Redis when KITE_REDIS_URL is set, else in memory."""

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **{key: kwargs[key] for key in kwargs if key != "host"})
        url = os.environ.get("KITE_REDIS_URL", "")
        self.shelf: Shelf = RedisShelf(url) if url else MemoryShelf()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what `condense` leaves of the tracker."""
        await self.shelf.put(tracker.sender_id, condense(tracker))

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """Return a listening tracker, new when none was kept: so no message pays for starting a session."""
        return revive(sender_id, await self.shelf.get(sender_id), self.domain)

    async def keys(self) -> Iterable[Text]:
        """Return nothing: nobody lists conversations here."""
        return []
