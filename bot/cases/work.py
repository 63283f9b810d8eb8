"""What a caseworker does with a case: claim, reply, release, hand back, note, close. Each is one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.cases import events
from bot.errors import AlreadyClaimed, NotFound, StoreError
from bot.model import CaseState, OutboxState, Reply, Urgency
from bot.store import conversations, outbox, schema
from bot.store.sql import locked_conversation, one
from bot.store.vault import Vault

TABLE = schema.cases
CLOSE_REASONS = ("helped", "referred", "no_contact", "not_a_concern", "duplicate", "other")


def locked_case(conn: Connection, case_id: str) -> Row[Any]:
    """Return a case's row, locked, its conversation's row locked before it; raise NotFound."""
    conversation_id = conn.execute(select(TABLE.c.conversation_id).where(TABLE.c.id == case_id)).scalar_one_or_none()
    if conversation_id is None:
        raise NotFound("no such case")
    locked_conversation(conn, conversation_id)
    return one(conn, select(TABLE).where(TABLE.c.id == case_id).with_for_update(), "case")


def claim(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Take a case; the bot is silent in its conversation from now on.

    Raise AlreadyClaimed naming the holder when another has it, StoreError when it is closed. Claiming what one
    holds already changes nothing. The clock goes on until the child has a human answer.
    """
    case = locked_case(conn, case_id)
    if case.holder == staff_id:
        return
    if case.holder is not None:
        raise AlreadyClaimed(_name(conn, case.holder))
    if case.state == CaseState.CLOSED:
        raise StoreError("This case is closed. Reopen it first.")
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(holder=staff_id, state=CaseState.CLAIMED))
    conversations.change(conn, case.conversation_id, held_by=staff_id)
    events.record(conn, case_id, "case_claimed", actor=staff_id, now=now)


def _name(conn: Connection, staff_id: str) -> str:
    name = conn.execute(select(schema.staff.c.name).where(schema.staff.c.id == staff_id)).scalar_one_or_none()
    return str(name or "Another person")


def _held(conn: Connection, case_id: str, staff_id: str) -> Row[Any]:
    case = locked_case(conn, case_id)
    if case.holder != staff_id:
        if case.holder is None:
            raise StoreError("Claim this case first.")
        raise AlreadyClaimed(_name(conn, case.holder))
    return case


def reply(
    conn: Connection, vault: Vault, case_id: str, staff_id: str, text: str, *, request_id: str, now: datetime
) -> str | None:
    """Send a reply of the holder to the person; return its outbox id, or None for a repeated `request_id`.

    The human answer is counted when it is delivered (web, WhatsApp) or accepted by the channel, not when written.
    Raise StoreError when the case is not held by this caseworker or the text is empty.
    """
    words = text.strip()
    if not words:
        raise StoreError("The reply is empty.")
    case = _held(conn, case_id, staff_id)
    conversation = conversations.load(conn, case.conversation_id)
    outbox_id = outbox.enqueue(
        conn,
        vault,
        case.conversation_id,
        Reply(text=words, language=conversation.language, from_person=True),
        dedupe_key=f"staff:{case_id}:{request_id}",
        purpose="staff",
        now=now,
        case_id=case_id,
    )
    if outbox_id is not None:
        events.record(conn, case_id, "reply_written", actor=staff_id, now=now, outbox_id=outbox_id)
    return outbox_id


def reply_settled(
    conn: Connection, case_id: str, outbox_id: str, *, delivered: bool, code: str = "", now: datetime
) -> None:
    """Record that a caseworker's reply reached the person or failed.

    A delivered one stops the clock, unless it was written before the newest finding: that one still waits. When the
    last delivered one turns out to have failed the clock runs again, and a case closed meanwhile opens again.
    """
    case = locked_case(conn, case_id)
    if delivered:
        if case.answered_at is None and _answers_newest(conn, case_id, outbox_id):
            conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(answered_at=now))
        events.record(conn, case_id, "reply_delivered", now=now, outbox_id=outbox_id)
        return
    events.record(conn, case_id, "reply_failed", now=now, outbox_id=outbox_id, code=code)
    if not _other_delivered(conn, case, outbox_id):
        conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(answered_at=None, alerted_at=None))
        _reopen(conn, case, now=now)


def _answers_newest(conn: Connection, case_id: str, outbox_id: str) -> bool:
    written = conn.execute(select(schema.outbox.c.created_at).where(schema.outbox.c.id == outbox_id)).scalar_one()
    newest = conn.execute(
        select(func.max(schema.finding.c.created_at)).where(schema.finding.c.case_id == case_id)
    ).scalar()
    return newest is None or bool(written >= newest)


def _other_delivered(conn: Connection, case: Row[Any], outbox_id: str) -> bool:
    table = schema.outbox
    statement = select(table.c.id).where(
        table.c.case_id == case.id,
        table.c.id != outbox_id,
        table.c.purpose == "staff",
        table.c.created_at >= case.clock_at,
        table.c.state.in_((OutboxState.DELIVERED, OutboxState.READ)),
    )
    return conn.execute(statement.limit(1)).first() is not None


def _reopen(conn: Connection, case: Row[Any], *, now: datetime) -> None:
    """Open a closed case again, unless the conversation has a newer open one."""
    open_one = select(TABLE.c.id).where(
        TABLE.c.conversation_id == case.conversation_id, TABLE.c.state != CaseState.CLOSED
    )
    if case.state != CaseState.CLOSED or conn.execute(open_one).first() is not None:
        return
    values = {"state": CaseState.OPEN, "holder": None, "closed_at": None, "close_reason": None, "clock_at": now}
    conn.execute(update(TABLE).where(TABLE.c.id == case.id).values(**values))
    events.record(conn, case.id, "case_reopened", now=now)


def take_from(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Give a case that somebody else holds to a supervisor, who may be the only one there; the clock goes on."""
    case = locked_case(conn, case_id)
    if case.state == CaseState.CLOSED:
        raise StoreError("This case is closed. Reopen it first.")
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(holder=staff_id, state=CaseState.CLAIMED))
    conversations.change(conn, case.conversation_id, held_by=staff_id)
    events.record(conn, case_id, "case_assigned", actor=staff_id, now=now, before=case.holder or "")


def release_all(conn: Connection, staff_id: str, *, now: datetime) -> int:
    """Give back every case of somebody who can no longer work; return how many."""
    held = list(conn.execute(select(TABLE.c.id).where(TABLE.c.holder == staff_id)).scalars())
    for case_id in held:
        release(conn, case_id, staff_id, now=now)
    return len(held)


def release(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Give a case back to the queue: nobody holds it, the clock runs again, the bot stays silent no longer."""
    case = _held(conn, case_id, staff_id)
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == case_id)
        .values(holder=None, state=CaseState.OPEN, answered_at=None, clock_at=now, alerted_at=None)
    )
    conversations.change(conn, case.conversation_id, held_by=None)
    events.record(conn, case_id, "case_released", actor=staff_id, now=now)


def hand_back(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> str:
    """Let the bot answer again while the holder keeps the case; return the conversation's id."""
    case = _held(conn, case_id, staff_id)
    conversations.change(conn, case.conversation_id, held_by=None)
    events.record(conn, case_id, "handed_back", actor=staff_id, now=now)
    return str(case.conversation_id)


def take_over(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Silence the bot again in a case the holder had handed back."""
    case = _held(conn, case_id, staff_id)
    conversations.change(conn, case.conversation_id, held_by=staff_id)
    events.record(conn, case_id, "case_claimed", actor=staff_id, now=now, again=True)


def note(conn: Connection, vault: Vault, case_id: str, staff_id: str, text: str, *, now: datetime) -> None:
    """Write a note that staff alone see, encrypted like everything about a person."""
    if not text.strip():
        raise StoreError("The note is empty.")
    case = locked_case(conn, case_id)
    body = _sealed(conn, vault, case.conversation_id, text)
    events.record(conn, case_id, "note_written", actor=staff_id, now=now, body=body)


def close(conn: Connection, case_id: str, staff_id: str, reason: str, *, now: datetime) -> None:
    """Close a case with one of CLOSE_REASONS; the bot answers again. Raise StoreError for another reason."""
    if reason not in CLOSE_REASONS:
        raise StoreError(f"Choose a reason: {', '.join(CLOSE_REASONS)}.")
    case = _held(conn, case_id, staff_id)
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == case_id)
        .values(state=CaseState.CLOSED, holder=None, closed_at=now, close_reason=reason)
    )
    conversations.change(conn, case.conversation_id, held_by=None)
    events.record(conn, case_id, "case_closed", actor=staff_id, now=now, reason=reason)


def change_urgency(
    conn: Connection, vault: Vault, case_id: str, staff_id: str, urgency: str, why: str, *, now: datetime
) -> None:
    """Change the urgency of a held case, up or down; only a human may, and says why.

    Raise StoreError for an unknown urgency (now, today, soon) or without a reason.
    """
    if urgency not in {one.code for one in Urgency}:
        raise StoreError("Choose an urgency: now, today or soon.")
    if not why.strip():
        raise StoreError("Say why the urgency changes: others rely on it.")
    case = _held(conn, case_id, staff_id)
    after = Urgency.parse(urgency)
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(urgency=int(after)))
    body = _sealed(conn, vault, case.conversation_id, why)
    before = Urgency(case.urgency).code
    events.record(conn, case_id, "urgency_changed", actor=staff_id, now=now, body=body, before=before, after=after.code)


def _sealed(conn: Connection, vault: Vault, conversation_id: str, text: str) -> bytes:
    table = schema.conversation
    row = one(conn, select(table.c.key_wrapped).where(table.c.id == conversation_id), "conversation")
    return vault.encrypt(row.key_wrapped, text.strip())
