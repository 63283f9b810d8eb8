"""Alerts to people who are not looking at the console: by e-mail, in a staff group on Telegram, to a webhook.

Each event that asks for attention becomes one row a way and a target, unique, so that nothing is told twice by two
workers; rows are sent until they arrived, and what fails is shown in the console. An alert carries the case's number,
urgency and language and a link: nothing of the person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from bot.config import Settings
from bot.model import CaseState, Urgency
from bot.store import schema
from bot.store.sql import insert_ignored, new_id

TABLE, EVENT, CASES = schema.alert, schema.case_event, schema.cases
ASKS = ("case_opened", "finding_added", "alert_raised", "alert_escalated")
BACK = timedelta(hours=24)
"""How far back a worker that starts looks for events nobody was alerted to."""
GRACE = timedelta(seconds=30)
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
MANY = 500


@dataclass(frozen=True)
class Targets:
    """Where alerts go: (way, target) pairs for every alert, for late cases too, and for concerns about helpers."""

    every: tuple[tuple[str, str], ...] = ()
    late: tuple[tuple[str, str], ...] = ()
    lead: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Targets":
        """Return what the settings name."""
        every = [*_mails(settings.alert_email)]
        if settings.alert_telegram_token and settings.alert_telegram_chat:
            every.append(("telegram", settings.alert_telegram_chat))
        if settings.alert_webhook:
            every.append(("webhook", settings.alert_webhook))
        return cls(tuple(every), tuple(_mails(settings.alert_late_email)), tuple(_mails(settings.alert_lead_email)))

    def of_event(self, name: str, concerns: list[str]) -> tuple[tuple[str, str], ...]:
        """Return where an event is told."""
        found = [*self.every]
        if name == "alert_escalated":
            found += self.late
        if "abuse_by_helper" in concerns:
            found += self.lead
        return tuple(dict.fromkeys(found))


def _mails(text: str) -> list[tuple[str, str]]:
    return [("email", part.strip()) for part in text.split(",") if part.strip()]


@dataclass(frozen=True)
class Alert:
    """One alert on its way to one target."""

    id: str
    way: str
    target: str
    kind: str
    case_id: str
    number: int
    urgency: str
    language: str
    attempts: int


def plan(conn: Connection, targets: Targets, *, since: datetime, now: datetime) -> datetime:
    """Make the rows of all events since a moment; return the moment to go on from."""
    if not targets.every and not targets.late and not targets.lead:
        return now
    rows = conn.execute(
        select(EVENT.c.id, EVENT.c.name, EVENT.c.at, EVENT.c.data, EVENT.c.case_id, CASES.c.concerns)
        .join_from(EVENT, CASES, EVENT.c.case_id == CASES.c.id)
        .where(EVENT.c.at >= since, EVENT.c.name.in_(ASKS))
        .order_by(EVENT.c.at)
        .limit(MANY)
    ).all()
    for row in rows:
        if row.name == "finding_added" and row.data.get("urgency") != Urgency.NOW.code:
            continue  # the case is known; only a new danger is worth waking somebody
        for way, target in targets.of_event(row.name, list(row.concerns)):
            _add(conn, row, way, target, now=now)
    return rows[-1].at if len(rows) == MANY else max(since, now - GRACE)


def _add(conn: Connection, row: Any, way: str, target: str, *, now: datetime) -> None:  # noqa: ANN401 (a row)
    insert_ignored(
        conn,
        TABLE,
        id=new_id(),
        event_id=row.id,
        case_id=row.case_id,
        kind=row.name,
        way=way,
        target=target,
        state="pending",
        not_before=now,
        created_at=now,
    )


def take(conn: Connection, *, now: datetime) -> Alert | None:
    """Take the next alert that is due, under a lease; None when none is. What nobody needs any more is dropped."""
    due = and_(TABLE.c.state.in_(("pending", "sending")), TABLE.c.not_before <= now)
    statement = select(TABLE).where(due).order_by(TABLE.c.not_before).limit(1).with_for_update(skip_locked=True)
    row = conn.execute(statement).one_or_none()
    if row is None:
        return None
    case = conn.execute(select(CASES).where(CASES.c.id == row.case_id)).one()
    if case.state == CaseState.CLOSED or (case.answered_at is not None and row.attempts):
        conn.execute(update(TABLE).where(TABLE.c.id == row.id).values(state="dropped"))
        return take(conn, now=now)
    values = {"state": "sending", "attempts": row.attempts + 1, "not_before": now + LEASE}
    conn.execute(update(TABLE).where(TABLE.c.id == row.id).values(**values))
    urgency = Urgency(case.urgency).code
    return Alert(row.id, row.way, row.target, row.kind, case.id, case.number, urgency, case.language, row.attempts + 1)


def sent(conn: Connection, alert: Alert, *, now: datetime) -> None:
    """Write that an alert arrived."""
    conn.execute(update(TABLE).where(TABLE.c.id == alert.id).values(state="sent", sent_at=now, code=None))


def not_sent(conn: Connection, alert: Alert, code: str, *, now: datetime) -> None:
    """Write that an attempt failed; it is made again, later each time, ten times at most."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (alert.attempts - 1))
    state = "failed" if alert.attempts >= MAX_ATTEMPTS else "pending"
    values = {"state": state, "not_before": now + wait, "code": code[:64]}
    conn.execute(update(TABLE).where(TABLE.c.id == alert.id).values(**values))


def troubles(conn: Connection, *, now: datetime) -> dict[str, str]:
    """Return the ways that do not work, with the last error code: what failed within a day and no success since."""
    rows = conn.execute(
        select(TABLE.c.way, TABLE.c.code, TABLE.c.created_at)
        .where(
            TABLE.c.created_at > now - BACK,
            or_(TABLE.c.state == "failed", and_(TABLE.c.state.in_(("pending", "sending")), TABLE.c.attempts > 1)),
            TABLE.c.code.is_not(None),
        )
        .order_by(TABLE.c.created_at)
    ).all()
    arrived = select(TABLE.c.way, func.max(TABLE.c.sent_at).label("at")).where(TABLE.c.state == "sent")
    good = {row.way: row.at for row in conn.execute(arrived.group_by(TABLE.c.way)).all()}
    return {row.way: row.code for row in rows if good.get(row.way) is None or good[row.way] < row.created_at}
