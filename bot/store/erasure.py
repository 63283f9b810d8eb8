"""Forgetting: at a person's wish, and by the clock.

Ordinary text goes after 60 idle minutes. The text of a closed case goes after its own time. A deletion erases all
but what a case must keep; deleting the data key makes every copy, backups included, unreadable.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from bot.cases import events
from bot.model import CaseState, InboxState, Memory, OutboxState, Tier
from bot.store import conversations, schema

IDLE = timedelta(minutes=60)
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
        expects=None,
        misses=0,
        country=None,
        tier=Tier.MIDDLE,
        tier_chosen=False,
        greeted=False,
        draft_noted=[],
        memory=asdict(Memory()),
        erase_requested_at=now,
    )
    for case_id in conn.execute(
        select(CASES.c.id).where(CASES.c.conversation_id == conversation_id, CASES.c.purged_at.is_(None))
    ).scalars():
        events.record(conn, case_id, "deletion_asked", actor="person", now=now)


def finish_erasures(conn: Connection) -> int:
    """Delete the keys and addresses of conversations that asked for deletion, once nothing is under way there.

    Conversations with a case keep their key until the case's own time is over. Return how many were erased.
    """
    busy_in = exists().where(IN.c.conversation_id == CONV.c.id, IN.c.state != InboxState.DONE)
    busy_out = exists().where(OUT.c.conversation_id == CONV.c.id, OUT.c.state.in_(OPEN_OUT))
    kept = exists().where(CASES.c.conversation_id == CONV.c.id, CASES.c.purged_at.is_(None))
    statement = select(CONV.c.id).where(
        CONV.c.erase_requested_at.is_not(None), CONV.c.key_wrapped.is_not(None), ~busy_in, ~busy_out, ~kept
    )
    erased = list(conn.execute(statement.with_for_update()).scalars())
    for conversation_id in erased:
        conn.execute(update(IN).where(IN.c.conversation_id == conversation_id).values(body=None))
        conn.execute(update(OUT).where(OUT.c.conversation_id == conversation_id).values(body=None))
        conn.execute(delete(schema.address).where(schema.address.c.conversation_id == conversation_id))
        conversations.change(conn, conversation_id, key_wrapped=None)
    return len(erased)


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
        for table in (IN, OUT, schema.case_event):
            conn.execute(update(table).where(table.c.case_id == case_id).values(body=None))
        conn.execute(update(CASES).where(CASES.c.id == case_id).values(purged_at=now))
    return len(case_ids)
