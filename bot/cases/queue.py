"""Read cases: the queue by urgency and clock, and one case with its conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.model import CaseState, Kind, OutboxState, Urgency
from bot.store import inbox, outbox, schema
from bot.store.sql import new_id, one
from bot.store.vault import Vault

TABLE = schema.cases
TARGETS = {Urgency.NOW: timedelta(minutes=5), Urgency.TODAY: timedelta(hours=1), Urgency.SOON: timedelta(hours=24)}
"""Time to the first human reply, by urgency."""


FOLLOWED = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as the queue shows it; `due_at` is when a human answer is due, None once there is one."""

    id: str
    number: int
    conversation_id: str
    state: CaseState
    urgency: Urgency
    concerns: tuple[str, ...]
    flags: tuple[str, ...]
    language: str
    tier: str
    country: str | None
    channel: str
    holder: str | None
    holder_name: str | None
    opened_at: datetime
    clock_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None

    @property
    def due_at(self) -> datetime | None:
        """Return when a human answer is due."""
        if self.answered_at is not None or self.state == CaseState.CLOSED:
            return None
        return self.clock_at + TARGETS[self.urgency]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message of a case's conversation: `author` is person, kite or staff; `reasons` why the screen raised."""

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


def _view(row: Row[Any]) -> CaseView:
    return CaseView(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        state=CaseState(row.state),
        urgency=Urgency(row.urgency),
        concerns=tuple(row.concerns),
        flags=tuple(row.flags),
        language=row.language,
        tier=row.tier,
        country=row.country,
        channel=row.channel,
        holder=row.holder,
        holder_name=row.holder_name,
        opened_at=row.opened_at,
        clock_at=row.clock_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        close_reason=row.close_reason,
    )


def _views() -> Any:  # noqa: ANN401 (a Select over joined columns)
    return select(TABLE, schema.staff.c.name.label("holder_name")).outerjoin(
        schema.staff, schema.staff.c.id == TABLE.c.holder
    )


def queue(conn: Connection, *, closed: bool = False, limit: int = 200) -> tuple[CaseView, ...]:
    """Return open and claimed cases, most urgent first, then unanswered first, then by clock; or the closed ones."""
    if closed:
        statement = _views().where(TABLE.c.state == CaseState.CLOSED).order_by(TABLE.c.closed_at.desc())
    else:
        statement = (
            _views()
            .where(TABLE.c.state != CaseState.CLOSED)
            .order_by(TABLE.c.urgency.desc(), TABLE.c.answered_at.is_not(None), TABLE.c.clock_at)
        )
    return tuple(_view(row) for row in conn.execute(statement.limit(limit)).all())


def version(conn: Connection) -> str:
    """Return a value that changes whenever the queue could look different (cheap: for live views)."""
    event = schema.case_event
    newest = select(event.c.id, event.c.at).order_by(event.c.at.desc(), event.c.id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return "" if row is None else f"{row.id}-{row.at.timestamp()}"


def newest_now(conn: Connection) -> float:
    """Return when the newest finding of urgency `now` was made, in seconds since 1970; 0 when there is none."""
    table = schema.finding
    at = conn.execute(select(func.max(table.c.created_at)).where(table.c.urgency == int(Urgency.NOW))).scalar()
    return at.timestamp() if isinstance(at, datetime) else 0.0


def talk_version(conn: Connection) -> str:
    """Return a value that changes whenever a conversation of an open case could look different."""
    open_cases = select(TABLE.c.id).where(TABLE.c.state != CaseState.CLOSED)
    arrived = select(func.count()).where(schema.inbox.c.case_id.in_(open_cases)).scalar_subquery()
    sent = schema.outbox
    told = select(func.count(), func.sum(sent.c.attempts), func.count(sent.c.sent_at), func.count(sent.c.delivered_at))
    row = conn.execute(
        told.add_columns(func.count(sent.c.read_at), arrived).where(sent.c.case_id.in_(open_cases))
    ).one()
    return "-".join(str(value or 0) for value in row)


def case(conn: Connection, case_id: str) -> CaseView:
    """Return one case; raise NotFound."""
    return _view(one(conn, _views().where(TABLE.c.id == case_id), "case"))


def looked(conn: Connection, staff_id: str, case_id: str, action: str, *, now: datetime) -> None:
    """Write down that a member of staff looked at a case; following an open page counts once in FOLLOWED."""
    table = schema.access_log
    if action == "followed":
        recent = select(table.c.id).where(
            table.c.staff_id == staff_id, table.c.case_id == case_id, table.c.at > now - FOLLOWED
        )
        if conn.execute(recent.limit(1)).first() is not None:
            return
    conn.execute(table.insert().values(id=new_id(), staff_id=staff_id, case_id=case_id, action=action, at=now))


def lines(conn: Connection, vault: Vault, case_id: str) -> tuple[Line, ...]:
    """Return the words of a case's conversation, both ways, oldest first, decrypted."""
    view = case(conn, case_id)
    key = conn.execute(
        select(schema.conversation.c.key_wrapped).where(schema.conversation.c.id == view.conversation_id)
    ).scalar_one()
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
                author="staff" if reply.from_person else "kite",
                text=reply.text,
                at=row.created_at,
                kind=Kind.TEXT,
                state=OutboxState(row.state),
                purpose=row.purpose,
                failed_code=row.failed_code,
                buttons=tuple(button.label for button in reply.buttons),
            )
        )
    return result
