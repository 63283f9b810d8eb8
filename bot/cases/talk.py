"""The words of a case's conversation, both ways, with why the screen raised and what became of each reply."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.model import Kind, OutboxState
from bot.store import inbox, outbox, schema
from bot.store.sql import one
from bot.store.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message of a case's conversation: `author` is person, kite or staff; `reasons` why the screen raised.

    `gone` when its words were deleted.
    """

    id: str
    author: str
    text: str
    at: datetime
    kind: Kind
    state: str
    purpose: str = ""
    failed_code: str | None = None
    concerns: tuple[str, ...] = ()
    reasons: tuple[dict[str, Any], ...] = ()
    buttons: tuple[str, ...] = ()
    gone: bool = False
    held_until: datetime | None = None
    """Until when a caseworker's reply can be taken back."""


def versions(conn: Connection, case_ids: tuple[str, ...]) -> dict[str, str]:
    """Return for each case a value that changes whenever its conversation or its events could look different."""
    found: dict[str, list[str]] = {case_id: [] for case_id in case_ids}
    sent, event, got = schema.outbox, schema.case_event, schema.inbox
    told = (func.count(), func.sum(sent.c.attempts), func.count(sent.c.sent_at), func.count(sent.c.delivered_at))
    failed = func.count(sent.c.failed_code)
    for statement in (
        select(sent.c.case_id, *told, func.count(sent.c.read_at), failed)
        .where(sent.c.case_id.in_(case_ids))
        .group_by(sent.c.case_id),
        select(got.c.case_id, func.count()).where(got.c.case_id.in_(case_ids)).group_by(got.c.case_id),
        select(event.c.case_id, func.max(event.c.sequence))
        .where(event.c.case_id.in_(case_ids))
        .group_by(event.c.case_id),
    ):
        for row in conn.execute(statement).all():
            found[row[0]] += [str(value or 0) for value in row[1:]] + ["/"]
    return {case_id: "-".join(parts) for case_id, parts in found.items()}


def lines(conn: Connection, vault: Vault, case_id: str) -> tuple[Line, ...]:
    """Return the words of a case's conversation, both ways, oldest first, decrypted."""
    table = schema.cases
    statement = (
        select(schema.conversation.c.key_wrapped).join_from(table, schema.conversation).where(table.c.id == case_id)
    )
    key = one(conn, statement, "case").key_wrapped
    return tuple(
        sorted((*_inbound(conn, vault, key, case_id), *_outbound(conn, vault, key, case_id)), key=lambda line: line.at)
    )


def _inbound(conn: Connection, vault: Vault, key: bytes | None, case_id: str) -> list[Line]:
    found = schema.finding
    rows = conn.execute(
        select(schema.inbox, found.c.concerns, found.c.reasons)
        .outerjoin(found, found.c.inbox_id == schema.inbox.c.id)
        .where(schema.inbox.c.case_id == case_id)
        .order_by(schema.inbox.c.sequence)
    ).all()
    result = []
    for row in rows:
        message = inbox.read_message(vault, key, row)
        result.append(
            Line(
                id=row.id,
                author="person",
                text=message.text,
                at=row.received_at,
                kind=message.kind,
                state=row.state,
                gone=row.body is None,
                concerns=tuple(row.concerns or ()),
                reasons=tuple(row.reasons or ()),
            )
        )
    return result


def _outbound(conn: Connection, vault: Vault, key: bytes | None, case_id: str) -> list[Line]:
    rows = conn.execute(select(schema.outbox).where(schema.outbox.c.case_id == case_id)).all()
    result = []
    for row in rows:
        reply = outbox.read_reply(vault, key, row.body)
        result.append(
            Line(
                id=row.id,
                author="staff" if row.purpose == "staff" else "kite",
                text=reply.text,
                at=row.created_at,
                kind=Kind.TEXT,
                state=OutboxState(row.state),
                purpose=row.purpose,
                held_until=row.not_before if row.purpose == "staff" and row.state == OutboxState.PENDING else None,
                failed_code=row.failed_code,
                buttons=tuple(button.label for button in reply.buttons),
            )
        )
    return result
