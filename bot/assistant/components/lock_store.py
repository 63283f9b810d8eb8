"""One turn at a time in a conversation: locks in Redis when KITE_REDIS_URL is set, else in memory."""

import os
from typing import Any, Optional, Text

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from redis import Redis

PREFIX = "kite:lock:"


class RedisUrlLockStore(RedisLockStore):
    """Rasa's Redis locks, reached by a URL."""

    def __init__(self, url: str) -> None:
        self.red = Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0)
        self.key_prefix = PREFIX


class ConversationLockStore(LockStore):
    """Hand every lock to the store that the environment names."""

    def __init__(self, endpoint_config: Any = None) -> None:
        url = os.environ.get("KITE_REDIS_URL", "")
        self._kept: LockStore = RedisUrlLockStore(url) if url else InMemoryLockStore()

    def get_lock(self, conversation_id: Text) -> Optional[TicketLock]:
        """Return the lock of a conversation, if there is one."""
        return self._kept.get_lock(conversation_id)

    def delete_lock(self, conversation_id: Text) -> None:
        """Remove the lock of a conversation."""
        self._kept.delete_lock(conversation_id)

    def save_lock(self, lock: TicketLock) -> None:
        """Keep a lock."""
        self._kept.save_lock(lock)
