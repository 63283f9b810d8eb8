"""Take in what a channel parsed: one transaction, committed before anybody is told that it arrived."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.channels.base import Batch
from bot.model import Channel, Clock
from bot.store import inbox
from bot.store.conversations import Defaults
from bot.store.inbox import Accepted
from bot.store.store import Store
from bot.worker.bell import Bell
from bot.worker.sender import apply_batch


@dataclass(frozen=True)
class Intake:
    """Commit batches to the store and ring the bell."""

    store: Store
    clock: Clock
    bell: Bell
    defaults: Defaults

    async def take(self, channel: Channel, batch: Batch) -> tuple[Accepted, ...]:
        """Write a whole batch in one transaction; return what became of its messages, in order."""
        now = self.clock()

        def write(conn: Connection) -> tuple[Accepted, ...]:
            vault = self.store.vault
            accepted = tuple(
                inbox.accept(conn, vault, incoming, now=now, defaults=self.defaults) for incoming in batch.incoming
            )
            apply_batch(conn, self.store, channel, batch, now=now)
            return accepted

        result = await self.store.write(write)
        if any(one.fresh for one in result):
            self.bell.ring()
        return result
