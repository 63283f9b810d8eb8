"""What changed since a moment: the cases whose events are new. For live views in any number of processes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.cases import queue, talk
from bot.cases.queue import CaseView
from bot.cases.targets import Targets
from bot.model import Urgency
from bot.store import schema

GRACE = timedelta(seconds=5)
"""An event is committed at most this long after the time it carries."""
MOST = 2000
RAISING = frozenset({"case_opened", "finding_added"})


@dataclass(frozen=True)
class Look:
    """What one look found: changed cases, from whom some are kept, what waits, and the versions of watched talks."""

    cases: tuple[CaseView, ...]
    hidden: dict[str, frozenset[str]]
    counts: dict[str, int]
    newest_now: float
    talks: dict[str, str]


@dataclass
class Watch:
    """Remember which events were seen; `look` tells what is new since the last time."""

    targets: Targets
    since: datetime
    seen: dict[str, datetime] = field(default_factory=dict)
    newest_now: float = 0.0

    def begin(self, conn: Connection) -> None:
        """Take everything there is as seen."""
        self._new_cases(conn)
        self.newest_now = max(self.newest_now, queue.newest_now(conn))

    def look(self, conn: Connection, watched: tuple[str, ...], *, now: datetime) -> Look:
        """Return what is new; call it with one connection at a time."""
        changed = self._new_cases(conn)
        cases, hidden = self._read(conn, changed)
        self._forget(now)
        return Look(cases, hidden, queue.counts(conn), self.newest_now, talk.versions(conn, watched))

    def _new_cases(self, conn: Connection) -> tuple[str, ...]:
        event = schema.case_event
        statement = select(event.c.id, event.c.case_id, event.c.at, event.c.name, event.c.data)
        rows = conn.execute(statement.where(event.c.at >= self.since).order_by(event.c.at).limit(MOST)).all()
        new = [row for row in rows if row.id not in self.seen]
        for row in new:
            self.seen[row.id] = row.at
            if row.name in RAISING and row.data.get("urgency") == Urgency.NOW.code:
                self.newest_now = max(self.newest_now, row.at.timestamp())
        if len(rows) == MOST:  # more than one look can hold: the next goes on from here
            self.since = max(self.since, rows[-1].at - timedelta(milliseconds=1))
        return tuple(dict.fromkeys(row.case_id for row in new))

    def _read(
        self, conn: Connection, case_ids: tuple[str, ...]
    ) -> tuple[tuple[CaseView, ...], dict[str, frozenset[str]]]:
        if not case_ids:
            return (), {}
        rows = conn.execute(queue.views().where(schema.cases.c.id.in_(case_ids))).all()
        hidden: dict[str, set[str]] = {}
        table = schema.case_hidden
        for row in conn.execute(select(table).where(table.c.case_id.in_(case_ids))).all():
            hidden.setdefault(row.case_id, set()).add(row.staff_id)
        found = tuple(queue.view(row, self.targets) for row in rows)
        return found, {case_id: frozenset(staff) for case_id, staff in hidden.items()}

    def _forget(self, now: datetime) -> None:
        self.since = max(self.since, now - GRACE)
        for event_id, at in list(self.seen.items()):
            if at < self.since - GRACE:
                del self.seen[event_id]
