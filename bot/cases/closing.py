"""Closing a case: a second person signs where danger was ever near; reopening; each step is an event."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.cases import events, work
from bot.cases.holding import NOBODY_ASKS, held, locked_case, sealed
from bot.errors import StoreError
from bot.model import CaseState, Urgency
from bot.store import schema
from bot.store.vault import Vault

TABLE = schema.cases
NEEDS_ANSWER = frozenset({"helped", "referred", "other"})
"""Reasons that cannot be true while the person still waits for an answer."""


def needs_two(conn: Connection, case: Row[Any]) -> bool:
    """Return whether a second person must sign: the case is, or ever was, `now` or `today`.

    What the screen found counts too, so that lowering the urgency first is no way around it.
    """
    found = schema.finding
    worst = conn.execute(select(func.max(found.c.urgency)).where(found.c.case_id == case.id)).scalar() or 0
    return max(int(case.urgency), int(worst)) > Urgency.SOON


def ask(
    conn: Connection, vault: Vault, case_id: str, staff_id: str, reason: str, summary: str, *, now: datetime
) -> bool:
    """Close a held case, or ask a second person to; return whether it is closed now.

    Raise StoreError for an unknown reason, or without a summary of what was done.
    """
    if reason not in work.CLOSE_REASONS:
        raise StoreError(f"Choose a reason: {', '.join(work.CLOSE_REASONS)}.")
    if not summary.strip():
        raise StoreError("Write what was done and why the case can be closed.")
    case = held(conn, case_id, staff_id)
    if case.answered_at is None and reason in NEEDS_ANSWER:
        raise StoreError("The person waits for an answer: answer first, then close.")
    body = sealed(conn, vault, case.conversation_id, summary)
    if not needs_two(conn, case):
        events.record(conn, case_id, "note_written", actor=staff_id, now=now, body=body)
        work.closed(conn, case, staff_id, reason, now=now)
        return True
    asked = {"close_asked_by": staff_id, "close_asked_at": now, "close_asked_reason": reason}
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(**asked))
    events.record(conn, case_id, "close_asked", actor=staff_id, now=now, body=body, reason=reason)
    return False


def sign(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Close a case that a colleague asked to close; raise StoreError for the one who asked, or when nobody did."""
    case = _asked(conn, case_id)
    if case.close_asked_by == staff_id:
        raise StoreError("A second person has to sign: somebody else than the one who asked.")
    if case.answered_at is None and case.close_asked_reason in NEEDS_ANSWER:
        raise StoreError("The person waits for an answer: answer first, then close.")
    work.closed(conn, case, staff_id, case.close_asked_reason, now=now, asked_by=case.close_asked_by)


def refuse(conn: Connection, vault: Vault, case_id: str, staff_id: str, why: str, *, now: datetime) -> None:
    """Keep a case open that a colleague asked to close (or take back one's own wish), and say why."""
    if not why.strip():
        raise StoreError("Say what is still to be done.")
    case = _asked(conn, case_id)
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(**NOBODY_ASKS))
    body = sealed(conn, vault, case.conversation_id, why)
    events.record(conn, case_id, "close_refused", actor=staff_id, now=now, body=body)


def _asked(conn: Connection, case_id: str) -> Row[Any]:
    case = locked_case(conn, case_id)
    if case.state == CaseState.CLOSED or case.close_asked_by is None:
        raise StoreError("Nobody asks to close this case any more.")
    return case


def reopen(conn: Connection, vault: Vault, case_id: str, staff_id: str, why: str, *, now: datetime) -> None:
    """Open a closed case again, with a reason; its clock starts anew and nobody holds it."""
    if not why.strip():
        raise StoreError("Say why the case is opened again.")
    case = locked_case(conn, case_id)
    if case.state != CaseState.CLOSED:
        raise StoreError("This case is open.")
    if case.purged_at is not None:
        raise StoreError("The words of this case were deleted after its time: open a new one.")
    if not work.reopened(conn, case, now=now):
        raise StoreError("The same person has a newer open case: go on there.")
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(answered_at=None, alerted_at=None))
    body = sealed(conn, vault, case.conversation_id, why)
    events.record(conn, case_id, "note_written", actor=staff_id, now=now, body=body)
