"""One message's whole route, in the order it is travelled. Each stop commits before the next begins.

    receive   a webhook or the web chat     -> inbox row, committed before anybody is told it arrived
    screen    the safety screen             -> finding, case and acknowledgement in one transaction; no network
    answer    search, assistant, content    -> replies in the outbox and the message done, in one transaction
    send      the outbox                    -> the channel; every doubt about a send is written down
    tick      the clocks                    -> alerts, escalation, forgetting

A disclosure never waits for `answer`: screening has its own loop and needs neither the assistant nor the network.
Kill the process at any line: what was committed goes on from there, what was not is delivered again.
"""

import asyncio
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.channels.base import Batch
from bot.model import Channel, Clock
from bot.store import inbox, outbox
from bot.store.inbox import Accepted
from bot.store.store import Store
from bot.worker.bell import Bell
from bot.worker.intake import Intake
from bot.worker.notices import Notices
from bot.worker.screening import Screening, screen_next
from bot.worker.sender import Post
from bot.worker.timers import Timers
from bot.worker.turns import Talker

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pipeline:
    """The stops of the route, over one store."""

    store: Store
    clock: Clock
    bell: Bell
    intake: Intake
    screening: Screening
    talker: Talker
    post: Post
    timers: Timers
    notices: Notices | None = None

    async def receive(self, channel: Channel, batch: Batch) -> tuple[Accepted, ...]:
        """Commit what a channel parsed; repeated deliveries change nothing."""
        return await self.intake.take(channel, batch)

    async def screen(self) -> bool:
        """Screen the next message of every conversation that has one; return whether there was any.

        A conversation whose screening fails is tried again in the next round and holds up no other.
        """
        waiting = await self.store.read(inbox.unscreened)
        units = [self.store.write(partial(self._screen, conversation_id=one)) for one in waiting]
        results = await asyncio.gather(*units, return_exceptions=True)
        for conversation, result in zip(waiting, results, strict=True):
            if isinstance(result, BaseException):
                log.error("screening_failed", conversation=conversation, error=type(result).__name__)
        return self._rung(any(result is True for result in results))

    def _screen(self, conn: Connection, conversation_id: str) -> bool:
        return screen_next(conn, self.screening, conversation_id, now=self.clock())

    async def answer(self) -> bool:
        """Answer the conversation that has waited longest; return False when none waits."""
        return self._rung(await self.talker.turn())

    async def send(self, channel: Channel) -> bool:
        """Send the next reply that is due on a channel; return False when none is."""
        return self._rung(await self.post.send_next(channel))

    async def tick(self) -> bool:
        """Do what the clock decides; return False: there is nothing to hurry for."""
        await self.timers.tick()
        return False

    async def recover(self) -> None:
        """Mark what a dead process left half-sent as uncertain; call once before the first send.

        On SQLite nobody else can be sending. On PostgreSQL another worker may: there, time alone tells (`take`).
        """
        if not self.store.is_sqlite:
            return
        count = await self.store.write(outbox.recover)
        if count:
            log.warning("sends_uncertain", count=count)

    def _rung(self, worked: bool) -> bool:  # noqa: FBT001 (passes on whether a stop had work)
        if worked:
            self.bell.ring()
        return worked
