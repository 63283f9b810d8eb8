"""The outbox sender: the attempt is committed before anything leaves, and every doubt is written down.

One task a channel slot takes rows in order per conversation. What a dead process left in `sending` is uncertain: it
waits for the channel's status to settle it and is then sent again. Duplicates can arise from such rows only.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.cases import work
from bot.channels.base import Batch, Sender, Status
from bot.errors import RetryLater, Undeliverable
from bot.model import Channel, Clock, OutboxState
from bot.store import conversations, inbox, outbox
from bot.store.outbox import Outgoing
from bot.store.store import Store

MAX_ATTEMPTS = 12
FIRST_WAIT = 2.0
LONGEST_WAIT = 600.0

TELLS = frozenset({Channel.WHATSAPP})
"""Channels that tell when a message was delivered."""
ARRIVED = frozenset({OutboxState.DELIVERED, OutboxState.READ})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Post:
    """Send what the outbox holds for the channels that push."""

    store: Store
    senders: Mapping[Channel, Sender]
    clock: Clock

    async def send_next(self, channel: Channel) -> bool:
        """Send the next reply that is due on a channel; return False when none is."""
        sender, now = self.senders[channel], self.clock()
        vault, after = self.store.vault, sender.uncertain_after

        def take(conn: Connection) -> Outgoing | None:
            return outbox.take(conn, vault, now=now, channels=(channel,), uncertain_after=after)

        outgoing = await self.store.write(take)
        if outgoing is None:
            return False
        await self._send(sender, outgoing)
        return True

    async def _send(self, sender: Sender, outgoing: Outgoing) -> None:
        try:
            await self._send_parts(sender, outgoing)
        except RetryLater as wait:
            await self._again(outgoing, seconds=wait.seconds, uncertain=False)
        except Undeliverable as error:
            await self._failed(outgoing, error.code or "undeliverable")
        except Exception as error:  # noqa: BLE001 (whatever happened, the reply may or may not have left)
            log.warning("send_doubtful", channel=outgoing.channel, outbox=outgoing.id, error=type(error).__name__)
            await self._again(outgoing, seconds=sender.uncertain_after.total_seconds(), uncertain=True)

    async def _send_parts(self, sender: Sender, outgoing: Outgoing) -> None:
        parts, vault = sender.render(outgoing.reply), self.store.vault
        for number, part in enumerate(parts[outgoing.parts_sent :], start=outgoing.parts_sent + 1):
            mark = f"{outgoing.attempt_id}:{number}/{len(parts)}"
            external_id = await sender.send(outgoing.address, part, attempt_id=mark)
            external = vault.hash("message", outgoing.channel, external_id)
            sent = partial(self._sent, outgoing=outgoing, number=number, external=external, last=number == len(parts))
            await self.store.write(sent)

    def _sent(self, conn: Connection, *, outgoing: Outgoing, number: int, external: str, last: bool) -> None:
        """Record an accepted part; where a channel tells of deliveries, only they answer the child."""
        now = self.clock()
        outbox.part_sent(conn, outgoing, number, external)
        if last and outbox.settle(conn, outgoing.id, OutboxState.SENT, now=now) and outgoing.channel not in TELLS:
            settle_reply(conn, outgoing.id, outgoing.case_id, outgoing.purpose, delivered=True, now=now)

    async def _again(self, outgoing: Outgoing, *, seconds: float, uncertain: bool) -> None:
        if outgoing.attempts >= MAX_ATTEMPTS:
            await self._failed(outgoing, "gave_up")
            return
        wait = max(seconds, backoff(outgoing.attempts))
        until = self.clock() + timedelta(seconds=wait)
        log.warning(
            "send_again", channel=outgoing.channel, outbox=outgoing.id, seconds=round(wait, 1), uncertain=uncertain
        )
        await self.store.write(lambda conn: outbox.put_back(conn, outgoing, not_before=until, uncertain=uncertain))

    async def _failed(self, outgoing: Outgoing, code: str) -> None:
        now = self.clock()
        log.error("send_failed", channel=outgoing.channel, outbox=outgoing.id, code=code)

        def fail(conn: Connection) -> None:
            if outbox.settle(conn, outgoing.id, OutboxState.FAILED, now=now, failed_code=code):
                settle_reply(conn, outgoing.id, outgoing.case_id, outgoing.purpose, delivered=False, code=code, now=now)
                if code == "blocked":
                    conversations.change(conn, outgoing.conversation_id, blocked_at=now)

        await self.store.write(fail)


def backoff(attempts: int) -> float:
    """Return the seconds to wait after that many attempts: doubling, with jitter, ten minutes at most."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempts - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 (jitter)


def settle_reply(
    conn: Connection,
    outbox_id: str,
    case_id: str | None,
    purpose: str,
    *,
    delivered: bool,
    code: str = "",
    now: datetime,
) -> None:
    """Tell the case what became of a caseworker's reply, so that no failure is silent."""
    if purpose == "staff" and case_id is not None:
        work.reply_settled(conn, case_id, outbox_id, delivered=delivered, code=code, now=now)


def apply_status(conn: Connection, store: Store, channel: str, status: Status, *, now: datetime) -> bool:
    """Write what a channel says became of a message of ours; return whether it was news."""
    row = outbox.by_attempt(conn, status.attempt_id) if status.attempt_id else None
    if row is None:
        row = outbox.by_external(conn, store.vault.hash("message", channel, status.external_id))
    failed = status.state is OutboxState.FAILED
    if row is None or not (failed or _is_last_part(status.attempt_id)):
        return False
    arrived = OutboxState(row.state) in ARRIVED
    values = {"failed_code": status.code} if failed else {}
    if not outbox.settle(conn, row.id, status.state, now=now, **values):
        return False
    if failed or (status.state in ARRIVED and not arrived):
        settle_reply(conn, row.id, row.case_id, row.purpose, delivered=not failed, code=status.code, now=now)
    return True


def _is_last_part(attempt_id: str) -> bool:
    """Return whether a mark `<id>:<attempt>:<part>/<parts>` is of the last part: only that settles the whole reply."""
    part, _, parts = attempt_id.rpartition(":")[2].partition("/")
    return part == parts or not parts


def apply_batch(conn: Connection, store: Store, channel: str, batch: Batch, *, now: datetime) -> None:
    """Write statuses, blocks, moved addresses and deletions of one webhook body."""
    for status in batch.statuses:
        apply_status(conn, store, channel, status, now=now)
    for presence in batch.presence:
        at = now if presence.blocked else None
        conversations.block(conn, store.vault, channel, presence.endpoint, presence.address, at=at)
    for moved in batch.moved:
        known = conversations.find(conn, store.vault, channel, moved.endpoint, moved.old)
        if known is not None:
            conversations.add_address(conn, store.vault, known, channel, moved.endpoint, moved.new, now=now)
    for withdrawn in batch.withdrawn:
        inbox.withdraw(conn, store.vault, channel, withdrawn.endpoint, withdrawn.external_id)
