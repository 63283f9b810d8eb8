"""Take in what a channel parsed: one transaction, committed before anybody is told that it arrived."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.channels.base import Batch
from bot.model import Channel, Clock, Incoming
from bot.store import inbox
from bot.store.conversations import Defaults
from bot.store.inbox import Accepted
from bot.store.store import Store
from bot.worker.bell import Bell
from bot.worker.sender import apply_batch

MAX_AGE = timedelta(days=8)
"""A message older than this is a replay: no channel delivers later than Meta, which gives up after seven days."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Intake:
    """Commit batches to the store and ring the bell."""

    store: Store
    clock: Clock
    bell: Bell
    defaults: Defaults

    async def take(self, channel: Channel, batch: Batch) -> tuple[Accepted, ...]:
        """Write a whole batch in one transaction; return what became of its messages, in order.

        What is stale is left out, and told: nobody may bring old words back into a talk.
        """
        now = self.clock()
        fresh = tuple(_storable(incoming) for incoming in batch.incoming if not _stale(incoming, now))
        if len(fresh) < len(batch.incoming):
            log.warning("webhook_stale", channel=channel, count=len(batch.incoming) - len(fresh))
        for code in batch.alarms:
            log.error("channel_alarm", channel=channel, code=code)

        def write(conn: Connection) -> tuple[Accepted, ...]:
            vault = self.store.vault
            accepted = tuple(inbox.accept(conn, vault, incoming, now=now, defaults=self.defaults) for incoming in fresh)
            apply_batch(conn, self.store, channel, batch, now=now)
            return accepted

        result = await self.store.write(write)
        if any(one.fresh for one in result):
            self.bell.ring()
        return result


def _stale(incoming: Incoming, now: datetime) -> bool:
    return incoming.sent_at is not None and now - incoming.sent_at > MAX_AGE


def _storable(incoming: Incoming) -> Incoming:
    """Return the message without halves of characters, which JSON can carry and no database takes."""
    names = ("external_id", "address", "text", "payload")
    mended = {name: getattr(incoming, name).encode("utf-8", "replace").decode() for name in names}
    return replace(incoming, **mended)
