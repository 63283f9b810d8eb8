"""Open a case for a finding, or add the finding to the open case of this conversation."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.cases import events
from bot.model import CaseState, Conversation, Finding
from bot.store import conversations, schema
from bot.store.sql import new_id, next_value

TABLE = schema.cases
SESSION = timedelta(minutes=60)
"""How far back the words of the same sitting belong to a case; ordinary text older than this is gone anyway."""


def open_case_of(conn: Connection, conversation_id: str) -> Row[Any] | None:
    """Return the case of a conversation that is not closed, locked, or None."""
    statement = select(TABLE).where(TABLE.c.conversation_id == conversation_id, TABLE.c.state != CaseState.CLOSED)
    return conn.execute(statement.with_for_update()).one_or_none()


def add_finding(
    conn: Connection, conversation: Conversation, inbox_id: str, finding: Finding, *, now: datetime
) -> tuple[str, bool]:
    """Write a finding and the case it belongs to; return (case id, whether the case is new).

    The caller has locked the conversation row. The case takes the text of the last hour with it. A new finding in
    a case makes its clock run again and never lowers its urgency (only a human does).
    """
    case = open_case_of(conn, conversation.id)
    case_id = _open(conn, conversation, finding, now=now) if case is None else case.id
    _write_finding(conn, conversation.id, case_id, inbox_id, finding, now=now)
    if case is not None:
        _raise_case(conn, case, finding, now=now)
    take_session(conn, conversation.id, case_id, now=now)
    conversations.change(conn, conversation.id, touched=True)
    return case_id, case is None


def _open(conn: Connection, conversation: Conversation, finding: Finding, *, now: datetime) -> str:
    case_id = new_id()
    number = next_value(conn, "case")
    conn.execute(
        TABLE.insert().values(
            id=case_id,
            number=number,
            conversation_id=conversation.id,
            state=CaseState.OPEN,
            urgency=int(finding.urgency),
            concerns=list(finding.concerns),
            flags=list(finding.flags),
            language=conversation.language,
            tier=conversation.tier,
            country=conversation.country,
            channel=conversation.channel,
            opened_at=now,
            clock_at=now,
        )
    )
    events.record(conn, case_id, "case_opened", now=now, concerns=list(finding.concerns), urgency=finding.urgency.code)
    return case_id


def _write_finding(
    conn: Connection, conversation_id: str, case_id: str, inbox_id: str, finding: Finding, *, now: datetime
) -> None:
    conn.execute(
        schema.finding.insert().values(
            id=new_id(),
            inbox_id=inbox_id,
            conversation_id=conversation_id,
            case_id=case_id,
            concerns=list(finding.concerns),
            flags=list(finding.flags),
            urgency=int(finding.urgency),
            reasons=[
                {"code": reason.code, "source": reason.source, "name": reason.name, "span": reason.span}
                for reason in finding.reasons
            ],
            created_at=now,
        )
    )


def _raise_case(conn: Connection, case: Row[Any], finding: Finding, *, now: datetime) -> None:
    concerns = (
        _merged(finding.concerns, case.concerns)
        if finding.urgency > case.urgency
        else _merged(case.concerns, finding.concerns)
    )
    conn.execute(
        update(TABLE)
        .where(TABLE.c.id == case.id)
        .values(
            urgency=max(case.urgency, int(finding.urgency)),
            concerns=concerns,
            flags=_merged(case.flags, finding.flags),
            clock_at=now if case.answered_at is not None or int(finding.urgency) > case.urgency else case.clock_at,
            answered_at=None,
            alerted_at=None,
        )
    )
    events.record(
        conn, case.id, "finding_added", now=now, concerns=list(finding.concerns), urgency=finding.urgency.code
    )


def _merged(first: object, second: object) -> list[str]:
    assert isinstance(first, list | tuple)
    assert isinstance(second, list | tuple)
    return list(dict.fromkeys([*first, *second]))


def take_session(conn: Connection, conversation_id: str, case_id: str, *, now: datetime) -> None:
    """Give a case the messages of the last hour, both ways, so that they are kept with it."""
    since = now - SESSION
    for table, at in ((schema.inbox, schema.inbox.c.received_at), (schema.outbox, schema.outbox.c.created_at)):
        conn.execute(
            update(table)
            .where(table.c.conversation_id == conversation_id, table.c.case_id.is_(None), at >= since)
            .values(case_id=case_id)
        )


def wait_again(conn: Connection, case: Row[Any], *, now: datetime) -> None:
    """Let the clock of an answered case run again: the person has written, and only the human who holds it answers."""
    if case.answered_at is not None:
        conn.execute(update(TABLE).where(TABLE.c.id == case.id).values(answered_at=None, clock_at=now, alerted_at=None))
        events.record(conn, case.id, "person_wrote", actor="person", now=now)
