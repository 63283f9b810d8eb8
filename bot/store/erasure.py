"""Forgetting: at a person's wish, and by the clock.

Ordinary text goes after 60 idle minutes. The text of a closed case goes after its own time. A deletion erases all
but what a case must keep; deleting the data key makes every copy, backups included, unreadable.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from bot.cases import events
from bot.model import CaseState, Channel, InboxState, Memory, OutboxState, Tier
from bot.store import conversations, schema
from bot.store.sql import locked_conversation

IDLE = timedelta(minutes=60)
UNFETCHED = timedelta(minutes=2)
BATCH = 200
PULLED = (Channel.WEB, Channel.TERMINAL)
CONV, IN, OUT, CASES = schema.conversation, schema.inbox, schema.outbox, schema.cases
OPEN_OUT = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNCERTAIN)


def erase(conn: Connection, conversation_id: str, *, now: datetime) -> None:
    """Erase at once what no case must keep, and what the conversation remembers of the person.

    What is waiting to be sent stays readable until it is sent; `finish_erasures` then deletes the key.
    """
    conn.execute(
        update(IN)
        .where(IN.c.conversation_id == conversation_id, IN.c.case_id.is_(None), IN.c.state == InboxState.DONE)
        .values(body=None)
    )
    conn.execute(
        update(OUT)
        .where(OUT.c.conversation_id == conversation_id, OUT.c.case_id.is_(None), OUT.c.state.not_in(OPEN_OUT))
        .values(body=None)
    )
    conversations.change(
        conn,
        conversation_id,
        topic=None,
        step=None,
        walk=None,
        expects=None,
        misses=0,
        country=None,
        tier=Tier.MIDDLE,
        tier_chosen=False,
        greeted=False,
        language_chosen=False,
        touched=False,
        draft_noted=[],
        memory=asdict(Memory()),
        erase_requested_at=now,
    )
    for case_id in conn.execute(
        select(CASES.c.id).where(CASES.c.conversation_id == conversation_id, CASES.c.purged_at.is_(None))
    ).scalars():
        events.record(conn, case_id, "deletion_asked", actor="person", now=now)


def give_up_unfetched(conn: Connection, *, now: datetime) -> int:
    """Settle replies that a closed page will never fetch, so that nothing is kept for them; return how many.

    They are given an hour, or two minutes where deletion was asked for. A caseworker is told of theirs.
    """
    asked = CONV.c.erase_requested_at.is_not(None)
    since = or_(OUT.c.created_at < now - IDLE, and_(asked, OUT.c.created_at < now - UNFETCHED))
    rows = conn.execute(
        select(OUT.c.id, OUT.c.case_id, OUT.c.purpose)
        .join_from(OUT, CONV, OUT.c.conversation_id == CONV.c.id)
        .where(OUT.c.state == OutboxState.PENDING, CONV.c.channel.in_(PULLED), since)
        .limit(BATCH)
    ).all()
    for row in rows:
        conn.execute(update(OUT).where(OUT.c.id == row.id).values(state=OutboxState.FAILED, failed_code="not_fetched"))
        if row.case_id is not None and row.purpose == "staff":
            events.record(conn, row.case_id, "reply_failed", now=now, outbox_id=row.id, code="not_fetched")
    return len(rows)


def finish_erasures(conn: Connection) -> int:
    """Delete the keys and addresses of conversations that asked for deletion, once nothing is under way there.

    Conversations with a case keep their key until the case's own time is over. Return how many were erased.
    """
    wanted = select(CONV.c.id).where(CONV.c.erase_requested_at.is_not(None), CONV.c.key_wrapped.is_not(None))
    return sum(_erase_key(conn, conversation_id) for conversation_id in list(conn.execute(wanted).scalars()))


def _erase_key(conn: Connection, conversation_id: str) -> bool:
    """Erase one conversation unless something is under way there, judged only once its row is locked."""
    locked_conversation(conn, conversation_id)  # a message that is just arriving holds this row: wait for it
    busy = (
        exists().where(IN.c.conversation_id == conversation_id, IN.c.state != InboxState.DONE),
        exists().where(OUT.c.conversation_id == conversation_id, OUT.c.state.in_(OPEN_OUT)),
        exists().where(CASES.c.conversation_id == conversation_id, CASES.c.purged_at.is_(None)),
    )
    if conn.execute(select(or_(*busy))).scalar():
        return False
    for table in (IN, OUT):
        conn.execute(update(table).where(table.c.conversation_id == conversation_id).values(body=None))
    conn.execute(delete(schema.address).where(schema.address.c.conversation_id == conversation_id))
    conversations.change(conn, conversation_id, key_wrapped=None)
    return True


def purge_idle(conn: Connection, *, now: datetime) -> int:
    """Purge ordinary text of conversations that have been idle for 60 minutes; return how many messages."""
    idle = select(CONV.c.id).where(or_(CONV.c.last_inbound_at < now - IDLE, CONV.c.last_inbound_at.is_(None)))
    inbound = conn.execute(
        update(IN)
        .where(
            IN.c.conversation_id.in_(idle),
            IN.c.case_id.is_(None),
            IN.c.state == InboxState.DONE,
            IN.c.body.is_not(None),
        )
        .values(body=None)
    ).rowcount
    outbound = conn.execute(
        update(OUT)
        .where(
            OUT.c.conversation_id.in_(idle),
            OUT.c.case_id.is_(None),
            OUT.c.state.not_in(OPEN_OUT),
            OUT.c.body.is_not(None),
            OUT.c.created_at < now - IDLE,
        )
        .values(body=None)
    ).rowcount
    return int(inbound) + int(outbound)


def purge_cases(conn: Connection, *, now: datetime, keep: timedelta) -> int:
    """Purge the text of cases that were closed longer than `keep` ago; return how many cases."""
    over = and_(CASES.c.state == CaseState.CLOSED, CASES.c.closed_at < now - keep, CASES.c.purged_at.is_(None))
    case_ids = list(conn.execute(select(CASES.c.id).where(over)).scalars())
    for case_id in case_ids:
        for table in (IN, OUT, schema.case_event, schema.case_task):
            conn.execute(update(table).where(table.c.case_id == case_id).values(body=None))
        conn.execute(update(CASES).where(CASES.c.id == case_id).values(purged_at=now, card=None))
    return len(case_ids)
