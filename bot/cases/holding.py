"""Who has a case: claim, assign, transfer, a second person, give back. Each is one transaction.

The clock of a case asks only whether a human has answered the child: holding a case never stops it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from bot.cases import events
from bot.errors import AlreadyClaimed, NotFound, StoreError
from bot.model import CaseState, Role, Urgency
from bot.store import conversations, schema
from bot.store.sql import insert_ignored, locked_conversation, one
from bot.store.vault import Vault

TABLE, HELPER, STAFF = schema.cases, schema.case_helper, schema.staff
HOLDERS = (Role.CASEWORKER, Role.SUPERVISOR, Role.LEAD, Role.ADMIN)
OPEN = (CaseState.OPEN, CaseState.CLAIMED)
NOBODY_ASKS = {"close_asked_by": None, "close_asked_at": None, "close_asked_reason": None}
CLOSED = "This case is closed. Reopen it first."


def locked_case(conn: Connection, case_id: str) -> Row[Any]:
    """Return a case's row, locked, its conversation's row locked before it; raise NotFound."""
    conversation_id = conn.execute(select(TABLE.c.conversation_id).where(TABLE.c.id == case_id)).scalar_one_or_none()
    if conversation_id is None:
        raise NotFound("no such case")
    locked_conversation(conn, conversation_id)
    return one(conn, select(TABLE).where(TABLE.c.id == case_id).with_for_update(), "case")


def read_case(conn: Connection, case_id: str) -> Row[Any]:
    """Return a case's row as it is; raise NotFound."""
    return one(conn, select(TABLE).where(TABLE.c.id == case_id), "case")


def name_of(conn: Connection, staff_id: str) -> str:
    """Return the name of a member of staff as colleagues see it."""
    name = conn.execute(select(STAFF.c.name).where(STAFF.c.id == staff_id)).scalar_one_or_none()
    return str(name or "Another person")


def held(conn: Connection, case_id: str, staff_id: str) -> Row[Any]:
    """Return a case's row, locked, for its holder or second person; raise StoreError or AlreadyClaimed for others."""
    case = locked_case(conn, case_id)
    if case.state == CaseState.CLOSED:
        raise StoreError(CLOSED)
    if case.holder == staff_id or staff_id in helpers(conn, case_id):
        return case
    if case.holder is None:
        raise StoreError("Claim this case first.")
    raise AlreadyClaimed(name_of(conn, case.holder))


def claim(conn: Connection, case_id: str, staff_id: str, *, now: datetime, cap: int = 0) -> None:
    """Take a case; the bot is silent in its conversation from now on.

    Raise AlreadyClaimed naming the holder when another has it, StoreError when it is closed or when one holds `cap`
    cases already (0: no limit); a case of urgency `now` waits for no cap. Claiming what one holds changes nothing.
    """
    case = locked_case(conn, case_id)
    if case.holder == staff_id:
        return
    if case.holder is not None:
        raise AlreadyClaimed(name_of(conn, case.holder))
    if case.state == CaseState.CLOSED:
        raise StoreError(CLOSED)
    if cap and case.urgency != Urgency.NOW and load(conn, staff_id) >= cap:
        raise StoreError(f"You hold {cap} cases, which is the limit. Ask a supervisor to give you this one.")
    _give(conn, case, staff_id)
    events.record(conn, case_id, "case_claimed", actor=staff_id, now=now)


def load(conn: Connection, staff_id: str) -> int:
    """Return how many open cases a member of staff holds."""
    statement = select(func.count()).select_from(TABLE).where(TABLE.c.holder == staff_id, TABLE.c.state.in_(OPEN))
    return int(conn.execute(statement).scalar_one())


def _give(conn: Connection, case: Row[Any], staff_id: str) -> None:
    conn.execute(update(TABLE).where(TABLE.c.id == case.id).values(holder=staff_id, state=CaseState.CLAIMED))
    conn.execute(delete(HELPER).where(HELPER.c.case_id == case.id, HELPER.c.staff_id == staff_id))
    conversations.change(conn, case.conversation_id, held_by=staff_id)


def assign(conn: Connection, case_id: str, to: str, by: str, *, now: datetime) -> None:
    """Give an open case to somebody, whoever has it and however many they hold; for supervisors. The clock goes on."""
    case = locked_case(conn, case_id)
    if case.state == CaseState.CLOSED:
        raise StoreError(CLOSED)
    if case.holder == to:
        return
    _check_can_hold(conn, case_id, to)
    _give(conn, case, to)
    events.record(conn, case_id, "case_assigned", actor=by, now=now, before=case.holder or "", to=to)


def transfer(conn: Connection, vault: Vault, case_id: str, staff_id: str, to: str, note: str, *, now: datetime) -> None:
    """Hand a held case to a colleague with a note that says what they must know; the clock goes on."""
    if not note.strip():
        raise StoreError("Write a note: the next person must know where things stand.")
    case = held(conn, case_id, staff_id)
    if to == case.holder:
        raise StoreError("This person has the case already.")
    _check_can_hold(conn, case_id, to)
    _give(conn, case, to)
    body = sealed(conn, vault, case.conversation_id, note)
    events.record(
        conn, case_id, "case_transferred", actor=staff_id, now=now, body=body, before=case.holder or "", to=to
    )


def _check_can_hold(conn: Connection, case_id: str, staff_id: str) -> None:
    """Raise StoreError unless somebody may see this case and work on it."""
    row = conn.execute(select(STAFF).where(STAFF.c.id == staff_id)).one_or_none()
    hidden = schema.case_hidden
    kept = select(hidden.c.case_id).where(hidden.c.case_id == case_id, hidden.c.staff_id == staff_id)
    if row is None or row.disabled_at is not None or row.role not in HOLDERS or conn.execute(kept).first():
        raise StoreError("This person cannot take this case.")


def helpers(conn: Connection, case_id: str) -> tuple[str, ...]:
    """Return the ids of the second people on a case."""
    return tuple(conn.execute(select(HELPER.c.staff_id).where(HELPER.c.case_id == case_id)).scalars())


def add_helper(conn: Connection, case_id: str, staff_id: str, helper: str, *, now: datetime) -> None:
    """Let a second person write in a held case."""
    case = held(conn, case_id, staff_id)
    if helper == case.holder:
        raise StoreError("This person has the case already.")
    _check_can_hold(conn, case_id, helper)
    if insert_ignored(conn, HELPER, case_id=case_id, staff_id=helper, at=now):
        events.record(conn, case_id, "helper_added", actor=staff_id, now=now, to=helper)


def remove_helper(conn: Connection, case_id: str, staff_id: str, helper: str, *, now: datetime) -> None:
    """End somebody's part as a second person."""
    held(conn, case_id, staff_id)
    if conn.execute(delete(HELPER).where(HELPER.c.case_id == case_id, HELPER.c.staff_id == helper)).rowcount:
        events.record(conn, case_id, "helper_removed", actor=staff_id, now=now, to=helper)


def colleagues(conn: Connection, case_id: str) -> tuple[tuple[str, str, int], ...]:
    """Return (id, name, open cases) of everybody who could take a case, the least loaded first."""
    hidden = schema.case_hidden
    kept = select(hidden.c.staff_id).where(hidden.c.case_id == case_id)
    loads = (
        select(TABLE.c.holder, func.count().label("cases"))
        .where(TABLE.c.state.in_(OPEN), TABLE.c.holder.is_not(None))
        .group_by(TABLE.c.holder)
        .subquery()
    )
    rows = conn.execute(
        select(STAFF.c.id, STAFF.c.name, func.coalesce(loads.c.cases, 0).label("cases"))
        .outerjoin(loads, loads.c.holder == STAFF.c.id)
        .where(STAFF.c.disabled_at.is_(None), STAFF.c.role.in_(HOLDERS), STAFF.c.id.not_in(kept))
        .order_by("cases", STAFF.c.name)
    ).all()
    return tuple((row.id, row.name, row.cases) for row in rows)


def release_all(conn: Connection, staff_id: str, *, now: datetime) -> int:
    """Give back every case of somebody who can no longer work; return how many."""
    conn.execute(delete(HELPER).where(HELPER.c.staff_id == staff_id))
    mine = list(conn.execute(select(TABLE.c.id).where(TABLE.c.holder == staff_id)).scalars())
    for case_id in mine:
        release(conn, case_id, staff_id, now=now)
    return len(mine)


def release(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Give a case back to the queue: nobody holds it, the clock runs again, the bot stays silent no longer."""
    freed(conn, held(conn, case_id, staff_id), now=now)
    events.record(conn, case_id, "case_released", actor=staff_id, now=now)


def freed(conn: Connection, case: Row[Any], *, now: datetime) -> None:
    """Write that nobody holds a locked case any more."""
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == case.id)
        .values(holder=None, state=CaseState.OPEN, answered_at=None, clock_at=now, alerted_at=None, **NOBODY_ASKS)
    )
    conn.execute(delete(HELPER).where(HELPER.c.case_id == case.id))
    conversations.change(conn, case.conversation_id, held_by=None)


def hand_back(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> str:
    """Let the bot answer again while the holder keeps the case; return the conversation's id."""
    case = held(conn, case_id, staff_id)
    conversations.change(conn, case.conversation_id, held_by=None)
    events.record(conn, case_id, "handed_back", actor=staff_id, now=now)
    return str(case.conversation_id)


def take_over(conn: Connection, case_id: str, staff_id: str, *, now: datetime) -> None:
    """Silence the bot again in a case the holder had handed back."""
    case = held(conn, case_id, staff_id)
    conversations.change(conn, case.conversation_id, held_by=case.holder)
    events.record(conn, case_id, "case_claimed", actor=staff_id, now=now, again=True)


def sealed(conn: Connection, vault: Vault, conversation_id: str, text: str) -> bytes:
    """Return words about a person, encrypted under the key of their conversation."""
    table = schema.conversation
    row = one(conn, select(table.c.key_wrapped).where(table.c.id == conversation_id), "conversation")
    return vault.encrypt(row.key_wrapped, text.strip())
