"""Take in what a channel parsed: one transaction, committed before anybody is told that it arrived."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.channels import choices, forms, wishes
from bot.channels.base import Batch
from bot.channels.wishes import Wish
from bot.model import Channel, Clock, Incoming, Kind
from bot.store import conversations, inbox, outbox
from bot.store.conversations import Defaults
from bot.store.inbox import Accepted
from bot.store.store import Store
from bot.worker.bell import Bell
from bot.worker.courtesy import Courtesies
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
    courtesies: Courtesies = field(default_factory=Courtesies)

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
            accepted = tuple(self._accept(conn, incoming, now=now) for incoming in fresh)
            apply_batch(conn, self.store, channel, batch, now=now)
            return accepted

        result = await self.store.write(write)
        for crowd in batch.crowds:
            self.courtesies.refuse(channel, crowd)
        if any(one.fresh for one in result):
            self.bell.ring()
            await self._show(channel, fresh, result)
        return result

    def _accept(self, conn: Connection, incoming: Incoming, *, now: datetime) -> Accepted:
        accepted = inbox.accept(conn, self.store.vault, self._read(conn, incoming), now=now, defaults=self.defaults)
        if accepted.fresh:
            outbox.person_wrote(conn, accepted.conversation_id, now=now)
        return accepted

    def _read(self, conn: Connection, incoming: Incoming) -> Incoming:
        """Return typed words as the tap they stand for: a wish in any language, or the number of a numbered choice."""
        if incoming.kind is not Kind.TEXT or incoming.payload:
            return incoming
        wished, number = wishes.wish(incoming.text), choices.number(incoming.text)
        if wished is None and number is None:
            return incoming
        vault = self.store.vault
        known = conversations.find(conn, vault, incoming.channel, incoming.endpoint, incoming.address)
        if wished is not None:
            walking = known is not None and conversations.load(conn, known).step is not None
            stays = wished is Wish.STOP and walking  # there it ends the walk
            return incoming if stays else replace(incoming, payload=wishes.PAYLOADS[wished])
        reply = outbox.last_choices(conn, vault, known) if known is not None else None
        if reply is None or not forms.numbers(incoming.channel, reply):
            return incoming
        button = choices.chosen(incoming.text, reply.buttons)
        return incoming if button is None else replace(incoming, kind=Kind.BUTTON, payload=button.payload)

    async def _show(self, channel: Channel, fresh: tuple[Incoming, ...], accepted: tuple[Accepted, ...]) -> None:
        """Let the newest message of each person be shown as read, unless a human holds the talk: they read for us."""
        if channel not in self.courtesies:
            return
        newest = {one.conversation_id: incoming for incoming, one in zip(fresh, accepted, strict=True) if one.fresh}
        held = await self.store.read(lambda conn: conversations.held(conn, tuple(newest)))
        for conversation_id, incoming in newest.items():
            if conversation_id not in held:
                self.courtesies.show(incoming)


def _stale(incoming: Incoming, now: datetime) -> bool:
    return incoming.sent_at is not None and now - incoming.sent_at > MAX_AGE


def _storable(incoming: Incoming) -> Incoming:
    """Return the message without halves of characters, which JSON can carry and no database takes."""
    names = ("external_id", "address", "text", "payload")
    mended = {name: getattr(incoming, name).encode("utf-8", "replace").decode() for name in names}
    return replace(incoming, **mended)
