"""Clocks: cases whose time runs out alert again and escalate; text whose time is over is purged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, and_, func, or_, select, update

from bot.cases import events
from bot.cases.targets import Targets
from bot.model import CaseState, Clock, Urgency
from bot.store import erasure, schema
from bot.store.store import Store

CASES = schema.cases
PURGE_EVERY = timedelta(minutes=1)
BATCH = 100
OPEN = (CaseState.OPEN, CaseState.CLAIMED)
LEAST = timedelta(minutes=2)
"""Two alerts of one case are at least this far apart."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timers:
    """Run what the clock decides; `keep_cases` is how long the text of a closed case stays."""

    store: Store
    clock: Clock
    keep_cases: timedelta
    targets: Targets = field(default_factory=Targets)
    purged: dict[str, datetime] = field(default_factory=dict)

    async def tick(self) -> None:
        """Do everything that is due now; alerts first, and no failure of one step stops another."""
        await self._try("alerts", self._alert)
        await self._try("erasures", self._erase)
        now = self.clock()
        if self.purged.get("at", now - PURGE_EVERY) <= now - PURGE_EVERY:
            self.purged["at"] = now
            await self._try("purges", self._purge)

    async def _try(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Exception as error:  # noqa: BLE001 (the next step and the next tick go on)
            log.error("timer_failed", loop=name, error=type(error).__name__)

    async def _alert(self) -> None:
        now = self.clock()
        for number, urgency, name in await self.store.write(lambda conn: alert_due(conn, self.targets, now=now)):
            log.warning(name, case=number, urgency=urgency)

    async def _erase(self) -> None:
        now = self.clock()
        await self.store.write(lambda conn: erasure.give_up_unfetched(conn, now=now))
        await self.store.write(erasure.finish_erasures)

    async def _purge(self) -> None:
        now = self.clock()
        await self.store.write(lambda conn: erasure.purge_idle(conn, now=now))
        await self.store.write(lambda conn: erasure.purge_cases(conn, now=now, keep=self.keep_cases))


def alert_due(conn: Connection, targets: Targets, *, now: datetime) -> list[tuple[int, str, str]]:
    """Alert for cases without a human answer: when half of the target is gone, and again each time it runs out.

    Return (case number, urgency, event) of each alert. Nobody's claim stops the clock, only an answer does
    (safeguarding rule 7).
    """
    half = {urgency: targets.since(urgency, now, part=0.5) for urgency in Urgency}
    due = or_(
        *(
            and_(CASES.c.urgency == int(urgency), func.coalesce(CASES.c.alerted_at, CASES.c.clock_at) <= since)
            for urgency, since in half.items()
        )
    )
    statement = select(CASES).where(
        CASES.c.state.in_(OPEN),
        CASES.c.answered_at.is_(None),
        due,
        or_(CASES.c.alerted_at.is_(None), CASES.c.alerted_at <= now - LEAST),
    )
    rows = conn.execute(statement.limit(BATCH).with_for_update(skip_locked=True)).all()
    return [_alerted(conn, targets, row, now=now) for row in rows]


def _alerted(conn: Connection, targets: Targets, row: Row[Any], *, now: datetime) -> tuple[int, str, str]:
    urgency = Urgency(row.urgency)
    name = "alert_escalated" if row.clock_at <= targets.since(urgency, now) else "alert_raised"
    conn.execute(update(CASES).where(CASES.c.id == row.id).values(alerted_at=now, alerts=row.alerts + 1))
    events.record(conn, row.id, name, now=now, urgency=urgency.code, alerts=row.alerts + 1)
    return row.number, urgency.code, name
