"""The outbox: replies are enqueued exactly once, and sent at least once with every doubt written down.

The attempt and the state `sending` are committed before anything leaves. A row found in `sending` at a start is
*uncertain*: the old process may or may not have sent it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, or_, select, true, update

from bot.errors import NotFound
from bot.model import Button, Channel, OutboxState, Reply
from bot.store import conversations, schema
from bot.store.sql import insert_ignored, locked_conversation, new_id
from bot.store.vault import Vault

TABLE = schema.outbox
STUCK = timedelta(seconds=90)
"""After this a row in `sending` belongs to nobody any more: longer than the longest send."""
URGENT = "acknowledgement"
"""The purpose of what waits behind no answer."""
WAITING = "waiting"
"""The mark of a reply that waits until the person writes again."""
FINISHED = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ, OutboxState.FAILED)
LEFT = (OutboxState.SENDING, OutboxState.UNCERTAIN, OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
RANK = {
    OutboxState.PENDING: 0,
    OutboxState.SENDING: 1,
    OutboxState.UNCERTAIN: 2,
    OutboxState.SENT: 3,
    OutboxState.DELIVERED: 4,
    OutboxState.READ: 5,
    OutboxState.FAILED: 6,
}


@dataclass(frozen=True)
class Outgoing:
    """A reply on its way out, decrypted in memory only; `attempt_id` travels to the channel where it can."""

    id: str
    conversation_id: str
    channel: Channel
    endpoint: str
    sequence: int
    address: str
    reply: Reply
    attempt_id: str
    attempts: int
    parts_sent: int
    last_inbound_at: datetime | None
    case_id: str | None
    purpose: str
    waiting: bool = False
    """The person was asked to write again before this can be sent."""
    blocked: bool = False
    """The person blocked us: nothing may be sent."""


def enqueue(
    conn: Connection,
    vault: Vault,
    conversation_id: str,
    reply: Reply,
    *,
    dedupe_key: str,
    purpose: str,
    now: datetime,
    case_id: str | None = None,
    not_before: datetime | None = None,
) -> str | None:
    """Write a reply with the next sequence number of its conversation; return its id.

    Return None when a reply with this `dedupe_key` (at most 96 characters) was written before: enqueueing twice is
    harmless. Purposes: answer, acknowledgement, staff, notice.
    """
    row = locked_conversation(conn, conversation_id)
    outbox_id = new_id()
    inserted = insert_ignored(
        conn,
        TABLE,
        id=outbox_id,
        conversation_id=conversation_id,
        sequence=row.next_outbound,
        dedupe_key=dedupe_key,
        purpose=purpose,
        case_id=case_id,
        body=vault.encrypt(row.key_wrapped, json.dumps(asdict(reply), ensure_ascii=False)),
        state=OutboxState.PENDING,
        not_before=not_before or now,
        created_at=now,
    )
    if not inserted:
        return None
    conversations.change(conn, conversation_id, next_outbound=row.next_outbound + 1)
    return outbox_id


def read_reply(vault: Vault, key: bytes | None, body: bytes | None) -> Reply:
    """Return the reply of a body; its text is "" once it has been purged."""
    if body is None:
        return Reply(text="")
    values = json.loads(vault.decrypt(key, body))
    values["buttons"] = tuple(Button(**button) for button in values["buttons"])
    return Reply(**values)


def recover(conn: Connection) -> int:
    """Mark every row a dead process left in `sending` as uncertain; return how many there were."""
    statement = (
        update(TABLE)
        .where(TABLE.c.state == OutboxState.SENDING)
        .values(state=OutboxState.UNCERTAIN, uncertain_count=TABLE.c.uncertain_count + 1)
    )
    return conn.execute(statement).rowcount


def take(
    conn: Connection,
    vault: Vault,
    *,
    now: datetime,
    channels: tuple[str, ...],
    uncertain_after: timedelta,
    pace: timedelta = timedelta(0),
) -> Outgoing | None:
    """Take the next reply that is due, in order per conversation, and write `sending` and a new attempt id.

    The acknowledgement of a disclosure goes before answers that still wait, whosever they are. Otherwise a
    conversation's later replies wait for its earlier ones, and until `pace` has passed since the last one left. An
    uncertain row is due `uncertain_after` its last attempt, so that a status of the channel can settle it first.
    """
    earlier = TABLE.alias()
    blocked = (
        select(earlier.c.id)
        .where(
            earlier.c.conversation_id == TABLE.c.conversation_id,
            earlier.c.sequence < TABLE.c.sequence,
            earlier.c.state.in_((OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNCERTAIN)),
            ~and_(TABLE.c.purpose == URGENT, earlier.c.purpose == "answer", earlier.c.state == OutboxState.PENDING),
        )
        .exists()
    )
    conv = schema.conversation
    due = or_(
        and_(TABLE.c.state == OutboxState.PENDING, TABLE.c.not_before <= now),
        and_(TABLE.c.state == OutboxState.SENDING, TABLE.c.sending_at <= now - STUCK),
        and_(
            TABLE.c.state == OutboxState.UNCERTAIN,
            TABLE.c.sending_at <= now - uncertain_after,
            TABLE.c.not_before <= now,
        ),
    )
    statement = (
        select(TABLE, conv.c.channel, conv.c.endpoint, conv.c.key_wrapped, conv.c.last_inbound_at, conv.c.blocked_at)
        .join_from(TABLE, conv, TABLE.c.conversation_id == conv.c.id)
        .where(due, ~blocked, ~_hurried(now - pace) if pace else true(), conv.c.channel.in_(channels))
        .order_by(
            case((TABLE.c.purpose == URGENT, 0), else_=1), TABLE.c.not_before, TABLE.c.created_at, TABLE.c.sequence
        )
        .limit(1)
        .with_for_update(of=TABLE, skip_locked=True)
    )
    row = conn.execute(statement).one_or_none()
    if row is None:
        return None
    try:
        return _taken(conn, vault, row, now=now)
    except NotFound:  # the person was deleted meanwhile: nothing may block the others
        settle(conn, row.id, OutboxState.FAILED, now=now, failed_code="deleted")
        return take(conn, vault, now=now, channels=channels, uncertain_after=uncertain_after, pace=pace)


def _hurried(since: datetime) -> ColumnElement[bool]:
    """Return whether something left to the same person after `since`: then nothing more may leave yet."""
    other = TABLE.alias()
    return (
        select(other.c.id)
        .where(
            other.c.conversation_id == TABLE.c.conversation_id,
            other.c.id != TABLE.c.id,
            or_(other.c.sending_at > since, other.c.sent_at > since),
            other.c.state != OutboxState.FAILED,
        )
        .exists()
    )


def _taken(conn: Connection, vault: Vault, row: Row[Any], *, now: datetime) -> Outgoing:
    attempt_id = f"{row.id}:{row.attempts + 1}"
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == row.id)
        .values(state=OutboxState.SENDING, attempt_id=attempt_id, attempts=row.attempts + 1, sending_at=now)
    )
    return Outgoing(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=Channel(row.channel),
        endpoint=row.endpoint,
        sequence=row.sequence,
        address=conversations.address_of(conn, vault, row.conversation_id),
        reply=read_reply(vault, row.key_wrapped, row.body),
        attempt_id=attempt_id,
        attempts=row.attempts + 1,
        parts_sent=row.parts_sent,
        last_inbound_at=row.last_inbound_at,
        case_id=row.case_id,
        purpose=row.purpose,
        waiting=row.failed_code == WAITING,
        blocked=row.blocked_at is not None,
    )


def settle(conn: Connection, outbox_id: str, state: OutboxState, *, now: datetime, **values: Any) -> bool:  # noqa: ANN401 (column values)
    """Write what became of a reply; a state never goes back. Return whether anything changed."""
    row = conn.execute(select(TABLE.c.state).where(TABLE.c.id == outbox_id).with_for_update()).one_or_none()
    if row is None or RANK[OutboxState(row.state)] >= RANK[state]:
        return False
    column = {
        OutboxState.SENT: "sent_at",
        OutboxState.DELIVERED: "delivered_at",
        OutboxState.READ: "read_at",
    }.get(state)
    times = {column: now} if column else {}
    conn.execute(update(TABLE).where(TABLE.c.id == outbox_id).values(state=state, **times, **values))
    return True


def put_back(conn: Connection, outgoing: Outgoing, *, not_before: datetime, uncertain: bool = False) -> None:
    """Return a reply that was not sent (or may have been: `uncertain`) to the queue until `not_before`."""
    state = OutboxState.UNCERTAIN if uncertain else OutboxState.PENDING
    values: dict[str, Any] = {"state": state, "not_before": not_before}
    if uncertain:
        values["uncertain_count"] = TABLE.c.uncertain_count + 1
    conn.execute(
        update(TABLE)
        .where(
            TABLE.c.id == outgoing.id,
            TABLE.c.attempt_id == outgoing.attempt_id,
            TABLE.c.state == OutboxState.SENDING,  # a status may have settled it meanwhile
        )
        .values(**values)
    )


def wait_for_person(conn: Connection, outgoing: Outgoing, *, until: datetime) -> None:
    """Keep a reply back until the person writes again, at the longest until `until`."""
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == outgoing.id, TABLE.c.attempt_id == outgoing.attempt_id)
        .values(state=OutboxState.PENDING, not_before=until, failed_code=WAITING)
    )


def person_wrote(conn: Connection, conversation_id: str, *, now: datetime) -> None:
    """Let go what waited until the person writes again."""
    conn.execute(
        update(TABLE)
        .where(
            TABLE.c.conversation_id == conversation_id,
            TABLE.c.state == OutboxState.PENDING,
            TABLE.c.failed_code == WAITING,
        )
        .values(not_before=now, failed_code=None)
    )


def send_again(conn: Connection, row: Row[Any], *, parts_sent: int, not_before: datetime) -> None:
    """Put back a reply that the channel had accepted and then reported as failed for a passing reason."""
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == row.id)
        .values(state=OutboxState.PENDING, parts_sent=parts_sent, not_before=not_before)
    )


def last_choices(conn: Connection, vault: Vault, conversation_id: str, *, limit: int = 5) -> Reply | None:
    """Return the newest reply with choices that has left, among the last few; None where there is none."""
    conv = schema.conversation
    rows = conn.execute(
        select(TABLE.c.body, conv.c.key_wrapped)
        .join_from(TABLE, conv, TABLE.c.conversation_id == conv.c.id)
        .where(
            TABLE.c.conversation_id == conversation_id,
            TABLE.c.state.in_(LEFT),
            TABLE.c.body.is_not(None),
        )
        .order_by(TABLE.c.sequence.desc())
        .limit(limit)
    ).all()
    replies = (read_reply(vault, row.key_wrapped, row.body) for row in rows)
    return next((reply for reply in replies if reply.buttons), None)


def part_sent(conn: Connection, outgoing: Outgoing, parts: int, external_hash: str) -> None:
    """Record that the first `parts` channel messages of a reply were accepted by the channel."""
    conn.execute(update(TABLE).where(TABLE.c.id == outgoing.id).values(parts_sent=parts, external_hash=external_hash))


def by_attempt(conn: Connection, attempt_id: str) -> Row[Any] | None:
    """Return the row that an attempt id belongs to, or None."""
    return conn.execute(select(TABLE).where(TABLE.c.id == attempt_id.partition(":")[0])).one_or_none()


def by_external(conn: Connection, external_hash: str) -> Row[Any] | None:
    """Return the newest row with this keyed hash of the channel's message id, or None."""
    statement = select(TABLE).where(TABLE.c.external_hash == external_hash).order_by(TABLE.c.created_at.desc()).limit(1)
    return conn.execute(statement).one_or_none()


def after(
    conn: Connection, vault: Vault, conversation_id: str, sequence: int, *, now: datetime, limit: int = 100
) -> list[tuple[str, int, Reply, str]]:
    """Return replies of a conversation after a sequence number, in order: (id, sequence, reply, state).

    The web chat reads its replies here; what has been purged is left out. What is still held back holds back all
    that follows: the chat goes on from the newest number it has seen.
    """
    conv, earlier = schema.conversation, TABLE.alias()
    held_back = (
        select(earlier.c.id)
        .where(
            earlier.c.conversation_id == TABLE.c.conversation_id,
            earlier.c.sequence <= TABLE.c.sequence,
            earlier.c.state == OutboxState.PENDING,
            earlier.c.not_before > now,
        )
        .exists()
    )
    rows = conn.execute(
        select(TABLE, conv.c.key_wrapped)
        .join_from(TABLE, conv, TABLE.c.conversation_id == conv.c.id)
        .where(
            TABLE.c.conversation_id == conversation_id,
            TABLE.c.sequence > sequence,
            TABLE.c.body.is_not(None),
            ~held_back,
        )
        .order_by(TABLE.c.sequence)
        .limit(limit)
    ).all()
    return [(row.id, row.sequence, read_reply(vault, row.key_wrapped, row.body), row.state) for row in rows]
