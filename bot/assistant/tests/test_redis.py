"""Trackers and locks in a real Redis (`eval "$(tests/services.sh start)"` at the root starts one)."""

import os

import pytest
from redis import Redis

from components import lock_store, tracker_store
from components.lock_store import ConversationLockStore
from components.tracker_store import RedisShelf

URL = os.environ.get("KITE_TEST_REDIS_URL", "")


@pytest.fixture
def redis() -> Redis:
    """Return a client of the test's Redis."""
    if not URL:
        pytest.skip("no Redis: KITE_TEST_REDIS_URL is not set")
    return Redis.from_url(URL, decode_responses=True)


async def test_a_tracker_is_kept_for_a_day(redis: Redis) -> None:
    """What is kept is found, and Redis forgets it by itself."""
    shelf = RedisShelf(URL)
    await shelf.put("c1", "kept")
    assert await shelf.get("c1") == "kept"
    assert await shelf.get("other") is None
    assert 0 < redis.ttl(f"{tracker_store.PREFIX}c1") <= tracker_store.SECONDS_KEPT


async def test_a_lock_is_shared_and_leaves_nothing(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two assistants see the same lock while a turn runs; afterwards it is gone."""
    monkeypatch.setenv("KITE_REDIS_URL", URL)
    one, other = ConversationLockStore(), ConversationLockStore()
    async with one.lock("c1"):
        assert other.get_lock("c1") is not None
    assert other.get_lock("c1") is None
    assert not redis.keys(f"{lock_store.PREFIX}*")
