"""Clocks: cases whose time runs out alert again and escalate; text whose time is over is purged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, select, update

from bot.cases import events
from bot.cases.queue import TARGETS
from bot.model import CaseState, Clock, Urgency
from bot.store import erasure, schema
from bot.store.store import Store

CASES = schema.cases
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timers:
    """Run what the clock decides; `keep_cases` is how long the text of a closed case stays."""

    store: Store
    clock: Clock
    keep_cases: timedelta

    async def tick(self) -> None:
        """Do everything that is due now."""
        now = self.clock()
        await self.store.write(erasure.finish_erasures)
        await self.store.write(lambda conn: erasure.purge_idle(conn, now=now))
        await self.store.write(lambda conn: erasure.purge_cases(conn, now=now, keep=self.keep_cases))
        alerted = await self.store.write(lambda conn: alert_due(conn, now=now))
        for number, urgency, name in alerted:
            log.warning(name, case=number, urgency=urgency)


def alert_due(conn: Connection, *, now: datetime) -> list[tuple[int, str, str]]:
    """Alert for cases without a human answer: when half of the target is gone, and again each time it runs out.

    Return (case number, urgency, event) of each alert. Nobody's claim stops the clock, only an answer does
    (safeguarding rule 7).
    """
    rows = conn.execute(
        select(CASES).where(CASES.c.state != CaseState.CLOSED, CASES.c.answered_at.is_(None)).with_for_update()
    ).all()
    result = []
    for row in rows:
        target = TARGETS[Urgency(row.urgency)]
        since = row.alerted_at or row.clock_at
        wait = target / 2 if row.alerted_at is None else max(target / 2, timedelta(minutes=2))
        if now - since < wait:
            continue
        name = "alert_escalated" if now - row.clock_at >= target else "alert_raised"
        conn.execute(update(CASES).where(CASES.c.id == row.id).values(alerted_at=now, alerts=row.alerts + 1))
        events.record(conn, row.id, name, now=now, urgency=Urgency(row.urgency).code, alerts=row.alerts + 1)
        result.append((row.number, Urgency(row.urgency).code, name))
    return result
