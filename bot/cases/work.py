"""What a caseworker does in a case: reply, take back, note, urgency, close. Each is one transaction.

Who has a case is `bot.cases.holding`, whose acts are offered here too.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.cases import events
from bot.cases.holding import (
    claim,
    hand_back,
    held,
    locked_case,
    release,
    release_all,
    sealed,
    take_over,
)
from bot.errors import StoreError
from bot.model import CaseState, OutboxState, Reply, Urgency
from bot.store import conversations, outbox, schema
from bot.store.sql import one
from bot.store.vault import Vault

__all__ = [
    "change_concerns",
    "change_urgency",
    "claim",
    "close",
    "hand_back",
    "note",
    "release",
    "release_all",
    "reopened",
    "reply",
    "reply_settled",
    "retry",
    "take_over",
    "undo",
]

TABLE = schema.cases
CLOSE_REASONS = ("helped", "referred", "no_contact", "not_a_concern", "duplicate", "other")
UNDONE = "undone"
MARGIN = timedelta(milliseconds=300)
"""A reply is taken back this long before it may leave at the latest: clocks of two processes differ a little."""


def reply(
    conn: Connection,
    vault: Vault,
    case_id: str,
    staff_id: str,
    text: str,
    *,
    request_id: str,
    now: datetime,
    wait: timedelta = timedelta(0),
) -> str | None:
    """Send a reply to the person after `wait`; return its outbox id, or None for a repeated `request_id`.

    The human answer is counted when it is delivered (web, WhatsApp) or accepted by the channel, not when written.
    Raise StoreError when the case is not held by this caseworker or the text is empty.
    """
    words = text.strip()
    if not words:
        raise StoreError("The reply is empty.")
    case = held(conn, case_id, staff_id)
    return _send(conn, vault, case, staff_id, words, key=f"staff:{case_id}:{request_id}", now=now, wait=wait)


def _send(
    conn: Connection,
    vault: Vault,
    case: Row[Any],
    staff_id: str,
    words: str,
    *,
    key: str,
    now: datetime,
    wait: timedelta = timedelta(0),
) -> str | None:
    conversation = conversations.load(conn, case.conversation_id)
    outbox_id = outbox.enqueue(
        conn,
        vault,
        case.conversation_id,
        Reply(text=words, language=conversation.language, from_person=True),
        dedupe_key=key,
        purpose="staff",
        now=now,
        case_id=case.id,
        not_before=now + wait,
    )
    if outbox_id is not None:
        events.record(conn, case.id, "reply_written", actor=staff_id, now=now, outbox_id=outbox_id)
    return outbox_id


def _own_reply(conn: Connection, case: Row[Any], outbox_id: str) -> Row[Any]:
    table, conv = schema.outbox, schema.conversation
    statement = (
        select(table, conv.c.key_wrapped)
        .join_from(table, conv, conv.c.id == table.c.conversation_id)
        .where(table.c.id == outbox_id, table.c.case_id == case.id, table.c.purpose == "staff")
        .with_for_update(of=table)
    )
    return one(conn, statement, "reply")


def undo(conn: Connection, vault: Vault, case_id: str, staff_id: str, outbox_id: str, *, now: datetime) -> str:
    """Take a reply back before it leaves and return its words; raise StoreError when it is too late."""
    case = held(conn, case_id, staff_id)
    row = _own_reply(conn, case, outbox_id)
    if row.state != OutboxState.PENDING or row.attempts or now >= row.not_before - MARGIN:
        raise StoreError("It is too late: the reply is on its way.")
    words = outbox.read_reply(vault, row.key_wrapped, row.body).text
    outbox.settle(conn, outbox_id, OutboxState.FAILED, now=now, failed_code=UNDONE, body=None)
    events.record(conn, case_id, "reply_undone", actor=staff_id, now=now, outbox_id=outbox_id)
    return words


def retry(conn: Connection, vault: Vault, case_id: str, staff_id: str, outbox_id: str, *, now: datetime) -> str | None:
    """Send a failed reply once more; return the new outbox id, or None when that was asked for before."""
    case = held(conn, case_id, staff_id)
    row = _own_reply(conn, case, outbox_id)
    if row.state != OutboxState.FAILED or row.failed_code == UNDONE or row.body is None:
        raise StoreError("This reply did not fail, or its words are gone.")
    words = outbox.read_reply(vault, row.key_wrapped, row.body).text
    return _send(conn, vault, case, staff_id, words, key=f"again:{outbox_id}", now=now)


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
        if case.state == CaseState.CLOSED:
            reopened(conn, case, now=now)


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


def reopened(conn: Connection, case: Row[Any], *, now: datetime) -> bool:
    """Open a closed case again, unless the conversation has a newer open one; return whether it was opened.

    The caller has locked the case and writes down why, if a person wanted it.
    """
    open_one = select(TABLE.c.id).where(
        TABLE.c.conversation_id == case.conversation_id, TABLE.c.state != CaseState.CLOSED
    )
    if conn.execute(open_one).first() is not None:
        return False
    values = {"state": CaseState.OPEN, "holder": None, "closed_at": None, "close_reason": None, "clock_at": now}
    conn.execute(update(TABLE).where(TABLE.c.id == case.id).values(**values))
    events.record(conn, case.id, "case_reopened", now=now)
    return True


def note(conn: Connection, vault: Vault, case_id: str, staff_id: str, text: str, *, now: datetime) -> None:
    """Write a note that staff alone see, encrypted like everything about a person."""
    if not text.strip():
        raise StoreError("The note is empty.")
    case = locked_case(conn, case_id)
    body = sealed(conn, vault, case.conversation_id, text)
    events.record(conn, case_id, "note_written", actor=staff_id, now=now, body=body)


def close(conn: Connection, case_id: str, staff_id: str, reason: str, *, now: datetime) -> None:
    """Close a held case with one of CLOSE_REASONS; the bot answers again. Raise StoreError for another reason.

    Whether a second person must sign is `bot.cases.closing`'s to say.
    """
    if reason not in CLOSE_REASONS:
        raise StoreError(f"Choose a reason: {', '.join(CLOSE_REASONS)}.")
    case = held(conn, case_id, staff_id)
    closed(conn, case, staff_id, reason, now=now)


def closed(conn: Connection, case: Row[Any], actor: str, reason: str, *, now: datetime, asked_by: str = "") -> None:
    """Write that a locked case is closed; `asked_by` asked for it where `actor` signed."""
    asked = {"close_asked_by": None, "close_asked_at": None, "close_asked_reason": None}
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == case.id)
        .values(state=CaseState.CLOSED, holder=None, closed_at=now, close_reason=reason, **asked)
    )
    conversations.change(conn, case.conversation_id, held_by=None)
    events.record(conn, case.id, "case_closed", actor=actor, now=now, reason=reason, asked_by=asked_by)


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
    case = held(conn, case_id, staff_id)
    after = Urgency.parse(urgency)
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(urgency=int(after)))
    body = sealed(conn, vault, case.conversation_id, why)
    before = Urgency(case.urgency).code
    events.record(conn, case_id, "urgency_changed", actor=staff_id, now=now, body=body, before=before, after=after.code)


def change_concerns(
    conn: Connection, vault: Vault, case_id: str, staff_id: str, concerns: list[str], why: str, *, now: datetime
) -> None:
    """Set the concerns of a held case, the main one first; only a human may take one away, and says why."""
    wanted = list(dict.fromkeys(concerns))
    if not wanted:
        raise StoreError("A case has at least one concern.")
    if not why.strip():
        raise StoreError("Say why the concerns change: others rely on it.")
    case = held(conn, case_id, staff_id)
    if wanted == list(case.concerns):
        raise StoreError("These are the concerns already.")
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(concerns=wanted))
    body = sealed(conn, vault, case.conversation_id, why)
    before = list(case.concerns)
    events.record(conn, case_id, "concerns_changed", actor=staff_id, now=now, body=body, before=before, after=wanted)
