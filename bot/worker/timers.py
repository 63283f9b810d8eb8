"""Clocks: cases whose time runs out alert again and escalate; text whose time is over is purged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, and_, func, or_, select, update

from bot.cases import events
from bot.cases.queue import TARGETS
from bot.model import CaseState, Clock, Urgency
from bot.store import erasure, schema
from bot.store.store import Store

CASES = schema.cases
PURGE_EVERY = timedelta(minutes=1)
BATCH = 100
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timers:
    """Run what the clock decides; `keep_cases` is how long the text of a closed case stays."""

    store: Store
    clock: Clock
    keep_cases: timedelta
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
        for number, urgency, name in await self.store.write(lambda conn: alert_due(conn, now=now)):
            log.warning(name, case=number, urgency=urgency)

    async def _erase(self) -> None:
        now = self.clock()
        await self.store.write(lambda conn: erasure.give_up_unfetched(conn, now=now))
        await self.store.write(erasure.finish_erasures)

    async def _purge(self) -> None:
        now = self.clock()
        await self.store.write(lambda conn: erasure.purge_idle(conn, now=now))
        await self.store.write(lambda conn: erasure.purge_cases(conn, now=now, keep=self.keep_cases))


def alert_due(conn: Connection, *, now: datetime) -> list[tuple[int, str, str]]:
    """Alert for cases without a human answer: when half of the target is gone, and again each time it runs out.

    Return (case number, urgency, event) of each alert. Nobody's claim stops the clock, only an answer does
    (safeguarding rule 7).
    """
    due = or_(
        *(
            and_(
                CASES.c.urgency == int(urgency), func.coalesce(CASES.c.alerted_at, CASES.c.clock_at) <= now - target / 2
            )
            for urgency, target in TARGETS.items()
        )
    )
    statement = select(CASES).where(CASES.c.state != CaseState.CLOSED, CASES.c.answered_at.is_(None), due)
    rows = conn.execute(statement.limit(BATCH).with_for_update(skip_locked=True)).all()
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
