"""The inbox: a message is ours once its row is committed, in order under its conversation's row.

States: received -> screened -> done. Screening takes the oldest received row of a conversation; dialogue takes
screened rows under a lease with a fencing token.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, or_, select, update

from bot.errors import LeaseLost
from bot.model import Conversation, InboxState, Incoming, Kind
from bot.store import conversations, schema
from bot.store.sql import insert_ignored, locked_conversation, new_id
from bot.store.vault import Vault

TABLE = schema.inbox
MAX_TEXT = 8_000
"""Characters of one message that are kept; the longest a channel delivers is 4,096."""


@dataclass(frozen=True)
class Accepted:
    """What became of an incoming message; `fresh` is False for a delivery seen before."""

    inbox_id: str
    conversation_id: str
    sequence: int
    fresh: bool


@dataclass(frozen=True)
class Message:
    """A message of a person on its route, decrypted in memory only."""

    id: str
    conversation_id: str
    sequence: int
    kind: Kind
    text: str
    payload: str
    received_at: datetime
    case_id: str | None
    shown_id: str = ""


@dataclass(frozen=True)
class Turn:
    """Screened messages of one conversation, handed out under a lease."""

    conversation: Conversation
    messages: tuple[Message, ...]
    token: int


def accept(
    conn: Connection, vault: Vault, incoming: Incoming, *, now: datetime, defaults: conversations.Defaults
) -> Accepted:
    """Write an incoming message with the next number of its conversation, once however often it is delivered."""
    external = vault.hash("external", incoming.channel, incoming.endpoint, incoming.external_id)
    known = _known(conn, incoming, external)
    if known is not None:
        return known
    conversation_id = conversations.find_or_create(conn, vault, incoming, now=now, defaults=defaults)
    row = locked_conversation(conn, conversation_id)
    inbox_id = new_id()
    said = {"text": incoming.text[:MAX_TEXT], "payload": incoming.payload, "shown": incoming.shown_id}
    body = json.dumps(said, ensure_ascii=False)
    fresh = insert_ignored(
        conn,
        TABLE,
        id=inbox_id,
        conversation_id=conversation_id,
        channel=incoming.channel,
        endpoint=incoming.endpoint,
        external_hash=external,
        sequence=row.next_inbound,
        kind=incoming.kind,
        body=vault.encrypt(row.key_wrapped, body),
        state=InboxState.RECEIVED,
        received_at=now,
    )
    if not fresh:  # the same delivery, committed by another process a moment ago
        again = _known(conn, incoming, external)
        assert again is not None
        return again
    conversations.change(conn, conversation_id, next_inbound=row.next_inbound + 1, last_inbound_at=now, blocked_at=None)
    return Accepted(inbox_id, conversation_id, row.next_inbound, fresh=True)


def _known(conn: Connection, incoming: Incoming, external: str) -> Accepted | None:
    row = conn.execute(
        select(TABLE.c.id, TABLE.c.conversation_id, TABLE.c.sequence).where(
            TABLE.c.channel == incoming.channel,
            TABLE.c.endpoint == incoming.endpoint,
            TABLE.c.external_hash == external,
        )
    ).one_or_none()
    return None if row is None else Accepted(row.id, row.conversation_id, row.sequence, fresh=False)


def withdraw(conn: Connection, vault: Vault, channel: str, endpoint: str, external_id: str) -> bool:
    """Forget the words of a message that the person deleted; return whether there was anything to forget.

    What is not screened yet is screened first, and what belongs to a case stays: somebody else may hold the phone.
    """
    statement = (
        update(TABLE)
        .where(
            TABLE.c.channel == channel,
            TABLE.c.endpoint == endpoint,
            TABLE.c.external_hash == vault.hash("external", channel, endpoint, external_id),
            TABLE.c.case_id.is_(None),
            TABLE.c.state == InboxState.DONE,
        )
        .values(body=None)
    )
    return conn.execute(statement).rowcount > 0


def read_message(vault: Vault, key: bytes | None, row: Row[Any]) -> Message:
    """Return the message of an inbox row, decrypted; text is "" once it has been purged."""
    body = vault.decrypt(key, row.body)
    values = json.loads(body) if body else {"text": "", "payload": ""}
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        kind=Kind(row.kind),
        text=values["text"],
        payload=values["payload"],
        received_at=row.received_at,
        case_id=row.case_id,
        shown_id=values.get("shown", ""),
    )


def unscreened(conn: Connection, *, limit: int = 64) -> list[str]:
    """Return conversations that have received rows, the longest waiting first."""
    statement = (
        select(TABLE.c.conversation_id)
        .where(TABLE.c.state == InboxState.RECEIVED)
        .group_by(TABLE.c.conversation_id)
        .order_by(func.min(TABLE.c.received_at))
        .limit(limit)
    )
    return list(conn.execute(statement).scalars())


def next_received(conn: Connection, conversation_id: str) -> Row[Any] | None:
    """Return the oldest received row of a conversation whose row the caller has locked, or None."""
    statement = (
        select(TABLE)
        .where(TABLE.c.conversation_id == conversation_id, TABLE.c.state == InboxState.RECEIVED)
        .order_by(TABLE.c.sequence)
        .limit(1)
    )
    return conn.execute(statement).one_or_none()


def mark(conn: Connection, inbox_id: str, state: InboxState, *, now: datetime, **values: Any) -> None:  # noqa: ANN401 (column values)
    """Move a message on; the time of the step is written with it."""
    at = {InboxState.SCREENED: "screened_at", InboxState.DONE: "done_at"}[state]
    conn.execute(update(TABLE).where(TABLE.c.id == inbox_id).values(state=state, **{at: now}, **values))


def lease(
    conn: Connection,
    vault: Vault,
    *,
    now: datetime,
    hold: timedelta,
    limit: int = 8,
    quiet: timedelta = timedelta(0),
) -> Turn | None:
    """Hand out the conversation that has waited longest, with its screened messages in order, or None.

    Who is still typing is left in peace until they have paused for `quiet`, or the first message has waited four times
    as long; a tap waits for nothing. The lease ends after `hold`; its token grows with every hand-out, so that a stale
    holder is told so.
    """
    conv = schema.conversation
    waiting = (
        select(conv.c.id)
        .join_from(TABLE, conv, TABLE.c.conversation_id == conv.c.id)
        .where(
            TABLE.c.state == InboxState.SCREENED,
            or_(conv.c.lease_until.is_(None), conv.c.lease_until < now),
            or_(
                conv.c.last_inbound_at <= now - quiet,
                TABLE.c.received_at <= now - 4 * quiet,
                TABLE.c.kind != Kind.TEXT,
            ),
        )
        .order_by(TABLE.c.screened_at)
        .limit(1)
        .with_for_update(of=conv, skip_locked=True)
    )
    conversation_id = conn.execute(waiting).scalar_one_or_none()
    if conversation_id is None:
        return None
    row = locked_conversation(conn, conversation_id)
    if row.lease_until is not None and row.lease_until >= now:
        return None  # another worker took it between the two statements
    token = row.fencing + 1
    conversations.change(conn, conversation_id, lease_until=now + hold, fencing=token)
    rows = conn.execute(
        select(TABLE)
        .where(TABLE.c.conversation_id == conversation_id, TABLE.c.state == InboxState.SCREENED)
        .order_by(TABLE.c.sequence)
        .limit(limit)
    ).all()
    messages = tuple(read_message(vault, row.key_wrapped, item) for item in rows)
    return Turn(conversations.from_row(row), messages, token)


def renew(conn: Connection, turn: Turn, *, until: datetime) -> None:
    """Prolong a lease that is still ours; raise LeaseLost otherwise."""
    check_lease(conn, turn)
    conversations.change(conn, turn.conversation.id, lease_until=until)


def check_lease(conn: Connection, turn: Turn) -> Conversation:
    """Return the conversation as it is now, locked; raise LeaseLost when the lease was handed to another."""
    row = locked_conversation(conn, turn.conversation.id)
    if row.fencing != turn.token:
        raise LeaseLost("this turn was handed to another worker")
    return conversations.from_row(row)


def release(conn: Connection, turn: Turn) -> None:
    """End a lease that is still ours."""
    conv = schema.conversation
    conn.execute(
        update(conv).where(conv.c.id == turn.conversation.id, conv.c.fencing == turn.token).values(lease_until=None)
    )


def found_after(conn: Connection, turn: Turn) -> bool:
    """Return whether a finding arrived after the messages of a turn: then the dialogue must stay silent."""
    last = turn.messages[-1].sequence
    statement = select(
        exists().where(
            schema.finding.c.inbox_id == TABLE.c.id,
            TABLE.c.conversation_id == turn.conversation.id,
            TABLE.c.sequence > last,
        )
    )
    return bool(conn.execute(statement).scalar())
