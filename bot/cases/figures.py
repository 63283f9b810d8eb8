"""Figures for supervisors: how soon children were answered, what waits, who carries how much; counts, never words."""

import statistics
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select

from bot.cases.queue import OPEN, seen_by
from bot.cases.targets import Targets
from bot.model import Urgency
from bot.store import schema

CASES, EVENT, STAFF, LOG = schema.cases, schema.case_event, schema.staff, schema.access_log
AGES = ((timedelta(hours=1), "1 h"), (timedelta(hours=24), "24 h"), (timedelta(days=7), "7 d"), (None, "> 7 d"))
MOST = 50_000
LOOKS = 100


@dataclass(frozen=True)
class Timed:
    """One case of the period: when it opened, was claimed first, was answered first by a human, and was due."""

    id: str
    number: int
    urgency: str
    language: str
    concerns: tuple[str, ...]
    opened_at: datetime
    claimed_at: datetime | None
    answered_at: datetime | None
    due_at: datetime

    def late(self, now: datetime) -> bool:
        """Return whether the first human answer came, or comes, after it was due."""
        return (self.answered_at or now) > self.due_at


@dataclass(frozen=True)
class Spread:
    """How long something took, in minutes: how many, median, p90; and the share within the target, 0..1, or None."""

    count: int
    median: float | None
    p90: float | None
    within: float | None


@dataclass(frozen=True)
class Look:
    """A look at a case."""

    at: datetime
    staff: str
    number: int
    case_id: str
    action: str


def timed(conn: Connection, targets: Targets, staff_id: str, *, since: datetime, until: datetime) -> tuple[Timed, ...]:
    """Return the cases opened in a period that this member of staff may see, oldest first."""
    statement = select(CASES.c.id, CASES.c.number, CASES.c.language, CASES.c.concerns, CASES.c.opened_at, EVENT.c.data)
    opened = and_(EVENT.c.case_id == CASES.c.id, EVENT.c.name == "case_opened")
    narrowed = seen_by(statement.join_from(CASES, EVENT, opened), staff_id)
    rows = conn.execute(
        narrowed.where(EVENT.c.at >= since, EVENT.c.at < until).order_by(CASES.c.opened_at).limit(MOST)
    ).all()
    claims, answers = (_firsts(conn, name, since) for name in ("case_claimed", "reply_delivered"))
    return tuple(
        Timed(
            row.id,
            row.number,
            str(row.data.get("urgency", "soon")),
            row.language,
            tuple(row.concerns),
            row.opened_at,
            claims.get(row.id),
            answers.get(row.id),
            targets.due(Urgency.parse(str(row.data.get("urgency", "soon"))), row.opened_at),
        )
        for row in rows
    )


def _firsts(conn: Connection, name: str, since: datetime) -> dict[str, datetime]:
    """Return when each case first had an event of that name; nothing happens before a case opens."""
    statement = select(EVENT.c.case_id, func.min(EVENT.c.at).label("first")).where(EVENT.c.name == name)
    rows = conn.execute(statement.where(EVENT.c.at >= since).group_by(EVENT.c.case_id)).all()
    return {row.case_id: row.first for row in rows}


def spreads(cases: tuple[Timed, ...], *, now: datetime) -> dict[str, dict[str, Spread]]:
    """Return by urgency how long the claim and the first human answer took.

    The share within the target counts every case whose target is over or who was answered: none is left out because
    nobody has answered yet.
    """
    found = {}
    for urgency in reversed(Urgency):
        mine = [case for case in cases if case.urgency == urgency.code]
        claimed = [_minutes(case.opened_at, case.claimed_at) for case in mine if case.claimed_at]
        answered = [_minutes(case.opened_at, case.answered_at) for case in mine if case.answered_at]
        decided = [case for case in mine if case.answered_at or case.late(now)]
        within = sum(not case.late(now) for case in decided) / len(decided) if decided else None
        found[urgency.code] = {"claim": _spread(claimed, None), "answer": _spread(answered, within)}
    return found


def _minutes(start: datetime, end: datetime | None) -> float:
    assert end is not None
    return (end - start).total_seconds() / 60


def _spread(values: list[float], within: float | None) -> Spread:
    if not values:
        return Spread(0, None, None, within)
    ordered = sorted(values)
    p90 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
    return Spread(len(values), statistics.median(ordered), p90, within)


def breaches(cases: tuple[Timed, ...], *, now: datetime) -> tuple[Timed, ...]:
    """Return the cases whose first human answer is or was late, the newest first."""
    return tuple(case for case in reversed(cases) if case.late(now))


def waiting(conn: Connection, staff_id: str, *, now: datetime) -> dict[str, dict[str, int]]:
    """Return how many open cases there are by urgency and age."""
    statement = seen_by(select(CASES.c.urgency, CASES.c.opened_at), staff_id).where(CASES.c.state.in_(OPEN))
    table = {urgency.code: dict.fromkeys((words for _, words in AGES), 0) for urgency in reversed(Urgency)}
    for row in conn.execute(statement).all():
        table[Urgency(row.urgency).code][_age(now - row.opened_at)] += 1
    return table


def _age(age: timedelta) -> str:
    return next(words for limit, words in AGES if limit is None or age <= limit)


def loads(conn: Connection) -> tuple[tuple[str, int, int], ...]:
    """Return (name, open cases, of them unanswered) of everybody who holds a case, the most loaded first."""
    unanswered = func.count().filter(CASES.c.answered_at.is_(None))
    rows = conn.execute(
        select(STAFF.c.name, func.count().label("cases"), unanswered.label("waits"))
        .join_from(CASES, STAFF, STAFF.c.id == CASES.c.holder)
        .where(CASES.c.state.in_(OPEN))
        .group_by(STAFF.c.id, STAFF.c.name)
        .order_by(func.count().desc(), STAFF.c.name)
    ).all()
    return tuple((row.name, row.cases, row.waits) for row in rows)


def shares(cases: tuple[Timed, ...]) -> dict[str, list[tuple[str, int]]]:
    """Return the cases of a period by language and by concern (a case counts for each of its concerns)."""
    return {
        "language": Counter(case.language for case in cases).most_common(),
        "concern": Counter(code for case in cases for code in case.concerns).most_common(),
    }


def by_day(cases: tuple[Timed, ...], *, now: datetime) -> list[tuple[str, int, int]]:
    """Return (day, opened, of them late) for each day of the period that had cases."""
    opened = Counter(case.opened_at.date().isoformat() for case in cases)
    late = Counter(case.opened_at.date().isoformat() for case in cases if case.late(now))
    return [(day, count, late[day]) for day, count in sorted(opened.items())]


def looks(conn: Connection, staff_id: str) -> tuple[Look, ...]:
    """Return the newest looks at cases that this member of staff may see."""
    statement = (
        select(LOG.c.at, LOG.c.action, LOG.c.case_id, STAFF.c.name, CASES.c.number)
        .join_from(LOG, CASES, CASES.c.id == LOG.c.case_id)
        .join(STAFF, STAFF.c.id == LOG.c.staff_id)
    )
    rows = conn.execute(seen_by(statement, staff_id).order_by(LOG.c.at.desc()).limit(LOOKS)).all()
    return tuple(Look(row.at, row.name, row.number, row.case_id, row.action) for row in rows)
