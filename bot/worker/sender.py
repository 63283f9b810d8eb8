"""The outbox sender: the attempt is committed before anything leaves, and every doubt is written down.

One task a channel slot takes rows in order per conversation. What a dead process left in `sending` is uncertain: it
waits for the channel's status to settle it and is then sent again. Duplicates can arise from such rows only.

The channel's pace is kept here: so many messages a second altogether, and one in so many seconds to a person. After a
channel's window has closed, a caseworker's reply waits: the person is asked by an approved template to write again.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.cases import events, opening, work
from bot.channels.base import Batch, Sender, Status
from bot.errors import RetryLater, Undeliverable, WindowClosed
from bot.model import Channel, Clock, OutboxState
from bot.store import conversations, inbox, outbox
from bot.store.outbox import Outgoing
from bot.store.sql import locked_conversation
from bot.store.store import Store

MAX_ATTEMPTS = 12
FIRST_WAIT = 2.0
LONGEST_WAIT = 600.0

MARGIN = timedelta(minutes=1)
"""How long before its end a window counts as closed."""
WAITS = timedelta(days=30)
"""How long a reply waits for the person to write again."""
WORTH_KNOCKING = frozenset({"staff", "acknowledgement"})

BLOCKED = "blocked"

TELLS = frozenset({Channel.WHATSAPP})
"""Channels that tell when a message was delivered."""
ARRIVED = frozenset({OutboxState.DELIVERED, OutboxState.READ})

log = structlog.get_logger(__name__)


class Pace:
    """Let so many through a second; 0 lets everybody through."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._next = 0.0

    async def wait(self) -> None:
        """Wait for a turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._gap
        if turn > now:
            await asyncio.sleep(turn - now)


@dataclass(frozen=True)
class Post:
    """Send what the outbox holds for the channels that push."""

    store: Store
    senders: Mapping[Channel, Sender]
    clock: Clock
    paces: dict[Channel, Pace] = field(default_factory=dict)

    async def send_next(self, channel: Channel) -> bool:
        """Send the next reply that is due on a channel; return False when none is."""
        sender, now = self.senders[channel], self.clock()
        vault, after, pace = self.store.vault, sender.uncertain_after, timedelta(seconds=sender.limits.pair_seconds)

        def take(conn: Connection) -> Outgoing | None:
            return outbox.take(conn, vault, now=now, channels=(channel,), uncertain_after=after, pace=pace)

        outgoing = await self.store.write(take)
        if outgoing is None:
            return False
        await self._send(sender, outgoing)
        return True

    async def _send(self, sender: Sender, outgoing: Outgoing) -> None:
        try:
            self._check_open(sender, outgoing)
            await self._send_parts(sender, outgoing)
        except RetryLater as wait:
            await self._again(outgoing, seconds=wait.seconds, uncertain=False, alarm=wait.alarm)
        except WindowClosed as error:
            await self._knock(sender, outgoing, error)
        except Undeliverable as error:
            await self._failed(outgoing, error.code or "undeliverable")
        except Exception as error:  # noqa: BLE001 (whatever happened, the reply may or may not have left)
            log.warning("send_doubtful", channel=outgoing.channel, outbox=outgoing.id, error=type(error).__name__)
            await self._again(outgoing, seconds=sender.uncertain_after.total_seconds(), uncertain=True)

    def _check_open(self, sender: Sender, outgoing: Outgoing) -> None:
        """Raise Undeliverable for who blocked us, WindowClosed once the channel allows nothing free any more."""
        if outgoing.blocked:
            raise Undeliverable("The person blocked us.", code=BLOCKED)
        window, last = sender.limits.window, outgoing.last_inbound_at
        if window is not None and last is not None and self.clock() - last > window - MARGIN:
            raise WindowClosed("The person has to write first.", code="window_closed")

    async def _knock(self, sender: Sender, outgoing: Outgoing, error: WindowClosed) -> None:
        """Ask the person to write again, once; the reply waits for it. Without a template it fails, and is told."""
        part = sender.knock(outgoing.reply.language)
        if part is None or outgoing.waiting or outgoing.purpose not in WORTH_KNOCKING:
            await self._failed(outgoing, error.code)
            return
        try:
            await self._pace(sender).wait()
            await sender.send(outgoing.address, part, attempt_id=f"knock:{outgoing.id}", endpoint=outgoing.endpoint)
        except RetryLater as wait:
            await self._again(outgoing, seconds=wait.seconds, uncertain=False, alarm=wait.alarm)
        except Undeliverable:
            await self._failed(outgoing, error.code)
        else:
            await self.store.write(lambda conn: self._asked_to_write(conn, outgoing))

    def _asked_to_write(self, conn: Connection, outgoing: Outgoing) -> None:
        now = self.clock()
        outbox.wait_for_person(conn, outgoing, until=now + WAITS)
        if outgoing.case_id is not None and outgoing.purpose == "staff":
            events.record(
                conn, outgoing.case_id, "reply_failed", now=now, outbox_id=outgoing.id, code="window_closed_asked"
            )

    def _pace(self, sender: Sender) -> Pace:
        return self.paces.setdefault(sender.channel, Pace(sender.limits.per_second))

    async def _send_parts(self, sender: Sender, outgoing: Outgoing) -> None:
        """Send what is left of a reply; where the channel has a pace to a person, one part and the rest later."""
        parts, vault = sender.render(outgoing.reply), self.store.vault
        for number, part in enumerate(parts[outgoing.parts_sent :], start=outgoing.parts_sent + 1):
            mark = f"{outgoing.attempt_id}:{number}/{len(parts)}"
            await self._pace(sender).wait()
            external_id = await sender.send(outgoing.address, part, attempt_id=mark, endpoint=outgoing.endpoint)
            external = vault.hash("message", outgoing.channel, external_id)
            sent = partial(self._sent, outgoing=outgoing, number=number, external=external, last=number == len(parts))
            await self.store.write(sent)
            if number < len(parts) and sender.limits.pair_seconds:
                later = self.clock() + timedelta(seconds=sender.limits.pair_seconds)
                await self.store.write(partial(outbox.put_back, outgoing=outgoing, not_before=later))
                return

    def _sent(self, conn: Connection, *, outgoing: Outgoing, number: int, external: str, last: bool) -> None:
        """Record an accepted part; where a channel tells of deliveries, only they answer the child."""
        now = self.clock()
        outbox.part_sent(conn, outgoing, number, external)
        if last and outbox.settle(conn, outgoing.id, OutboxState.SENT, now=now) and outgoing.channel not in TELLS:
            settle_reply(conn, outgoing.id, outgoing.case_id, outgoing.purpose, delivered=True, now=now)

    async def _again(self, outgoing: Outgoing, *, seconds: float, uncertain: bool, alarm: str = "") -> None:
        if alarm:
            log.error("channel_alarm", channel=outgoing.channel, code=alarm)
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
                if code == BLOCKED and not outgoing.blocked:
                    block(conn, outgoing.conversation_id, now=now)

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
    if status.alarm:
        log.error("channel_alarm", channel=channel, code=status.code)
    row = outbox.by_attempt(conn, status.attempt_id) if status.attempt_id else None
    if row is None:
        row = outbox.by_external(conn, store.vault.hash("message", channel, status.external_id))
    failed = status.state is OutboxState.FAILED
    if row is None or not (failed or _is_last_part(status.attempt_id)):
        return False
    if failed and status.again and _resent(conn, row, status, now=now):
        return True
    arrived = OutboxState(row.state) in ARRIVED
    values = {"failed_code": status.code} if failed else {}
    if not outbox.settle(conn, row.id, status.state, now=now, **values):
        return False
    if failed or (status.state in ARRIVED and not arrived):
        settle_reply(conn, row.id, row.case_id, row.purpose, delivered=not failed, code=status.code, now=now)
    return True


def _resent(conn: Connection, row: Row[Any], status: Status, *, now: datetime) -> bool:
    """Put back what failed for a passing reason, and return True; not twice for one report, and not for ever.

    Only the last part is sent again: the ones after another part have arrived already.
    """
    attempt, part = status.attempt_id.rpartition(":")[0], status.attempt_id.rpartition(":")[2].partition("/")[0]
    if row.attempt_id != attempt or row.state == OutboxState.PENDING:
        return True  # of an attempt before the last: that one is known, and another is under way
    if row.state != OutboxState.SENT or row.attempts >= MAX_ATTEMPTS or not _is_last_part(status.attempt_id):
        return False
    wait = timedelta(seconds=max(status.again, backoff(row.attempts)))
    outbox.send_again(conn, row, parts_sent=max(int(part) - 1, 0) if part.isdecimal() else 0, not_before=now + wait)
    log.warning("send_again", outbox=row.id, code=status.code)
    return True


def _is_last_part(attempt_id: str) -> bool:
    """Return whether a mark `<id>:<attempt>:<part>/<parts>` is of the last part: only that settles the whole reply."""
    part, _, parts = attempt_id.rpartition(":")[2].partition("/")
    return part == parts or not parts


def block(conn: Connection, conversation_id: str, *, now: datetime) -> None:
    """Note that a person blocked us: nothing more is sent, and an open case shows it, once."""
    row = locked_conversation(conn, conversation_id)
    if row.blocked_at is not None:
        return
    conversations.change(conn, conversation_id, blocked_at=now)
    case = opening.open_case_of(conn, conversation_id)
    if case is not None:
        events.record(conn, case.id, "person_blocked", actor="person", now=now)


def apply_batch(conn: Connection, store: Store, channel: str, batch: Batch, *, now: datetime) -> None:
    """Write statuses, blocks, moved addresses and deletions of one webhook body."""
    for status in batch.statuses:
        apply_status(conn, store, channel, status, now=now)
    for presence in batch.presence:
        known = conversations.find(conn, store.vault, channel, presence.endpoint, presence.address)
        if known is not None and presence.blocked:
            block(conn, known, now=now)
        elif known is not None:
            conversations.change(conn, known, blocked_at=None)
    for moved in batch.moved:
        known = conversations.find(conn, store.vault, channel, moved.endpoint, moved.old)
        if known is not None:
            conversations.add_address(conn, store.vault, known, channel, moved.endpoint, moved.new, now=now)
    for withdrawn in batch.withdrawn:
        inbox.withdraw(conn, store.vault, channel, withdrawn.endpoint, withdrawn.external_id)
