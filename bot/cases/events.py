"""Case events: append-only, named in the past tense; they are the audit trail of a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.store import schema
from bot.store.sql import new_id
from bot.store.vault import Vault

TABLE = schema.case_event

NAMES = frozenset(
    {
        "case_opened",
        "finding_added",
        "person_wrote",
        "case_claimed",
        "case_released",
        "case_assigned",
        "case_transferred",
        "helper_added",
        "helper_removed",
        "handed_back",
        "reply_written",
        "reply_delivered",
        "reply_failed",
        "reply_undone",
        "note_written",
        "meaning_corrected",
        "contact_allowed",
        "contact_refused",
        "urgency_changed",
        "concerns_changed",
        "card_changed",
        "task_added",
        "task_done",
        "case_linked",
        "case_unlinked",
        "case_hidden",
        "case_shown",
        "case_exported",
        "close_asked",
        "close_refused",
        "alert_raised",
        "alert_escalated",
        "person_blocked",
        "deletion_asked",
        "case_closed",
        "case_reopened",
    }
)
SYSTEM = "kite"


@dataclass(frozen=True)
class CaseEvent:
    """One thing that happened to a case; `actor` is a staff id, "kite" or "person"; `text` is decrypted or ""."""

    id: str
    name: str
    at: datetime
    actor: str
    data: dict[str, Any]
    text: str


def record(
    conn: Connection,
    case_id: str,
    name: str,
    *,
    actor: str = SYSTEM,
    now: datetime,
    body: bytes | None = None,
    **data: Any,  # noqa: ANN401 (JSON values)
) -> None:
    """Append an event; the caller holds the case's or its conversation's row, so that the order is certain.

    `data` holds codes, ids and numbers only; words belong in `body`, encrypted. Raise ValueError for a name that is
    not in NAMES.
    """
    if name not in NAMES:
        raise ValueError(f"unknown case event {name}: add it to bot.cases.events.NAMES")
    last = conn.execute(select(func.max(TABLE.c.sequence)).where(TABLE.c.case_id == case_id)).scalar()
    conn.execute(
        TABLE.insert().values(
            id=new_id(), case_id=case_id, sequence=(last or 0) + 1, name=name, at=now, actor=actor, data=data, body=body
        )
    )


def timeline(conn: Connection, vault: Vault, case_id: str) -> tuple[CaseEvent, ...]:
    """Return all events of a case, oldest first."""
    key = conn.execute(
        select(schema.conversation.c.key_wrapped)
        .join_from(schema.cases, schema.conversation)
        .where(schema.cases.c.id == case_id)
    ).scalar_one_or_none()
    rows = conn.execute(select(TABLE).where(TABLE.c.case_id == case_id).order_by(TABLE.c.sequence)).all()
    return tuple(
        CaseEvent(row.id, row.name, row.at, row.actor, row.data, vault.decrypt(key, row.body) if row.body else "")
        for row in rows
    )
