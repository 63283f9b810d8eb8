"""The queue: cases by urgency, then by the clock, as one member of staff may see them; filters and search."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, exists, func, select

from bot.cases.targets import Targets
from bot.model import CaseState, Urgency
from bot.store import schema
from bot.store.sql import new_id, one
from bot.store.vault import Vault

TABLE = schema.cases
OPEN = (CaseState.OPEN, CaseState.CLAIMED)
PAGE = 50
COUNTED = 10_000
"""Counting stops here: who needs to see more narrows the queue."""
FOLLOWED = timedelta(minutes=5)
NOTES = 2000
"""The newest notes of a member of staff that a search reads: they are encrypted, so each is opened in turn."""


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
    due_at: datetime | None
    half_at: datetime | None
    close_asked_by: str | None = None
    close_asked_reason: str | None = None

    @property
    def order(self) -> tuple[int, bool, datetime]:
        """Return what the open queue is sorted by."""
        return (-self.urgency, self.answered_at is not None, self.clock_at)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What of the queue is shown; empty parts leave nothing out.

    `holder` is me, nobody, sign (what waits for my signature) or the id of a member.
    """

    show: str = "open"
    urgency: str = ""
    language: str = ""
    tier: str = ""
    country: str = ""
    concern: str = ""
    channel: str = ""
    holder: str = ""
    words: str = ""

    @classmethod
    def parse(cls, values: dict[str, str]) -> "Filter":
        """Return the filter of a query string; what it does not know is left out."""
        known = {one.name: values.get(one.name, "").strip()[:80] for one in fields(cls)}
        return cls(**{**known, "show": "closed" if known["show"] == "closed" else "open"})

    def parts(self) -> dict[str, str]:
        """Return what is set, for a query string."""
        pairs = ((one.name, str(getattr(self, one.name))) for one in fields(self))
        return {name: value for name, value in pairs if value and (name, value) != ("show", "open")}


@dataclass(frozen=True)
class Page:
    """One page of the queue: its cases, how many there are (COUNTED at most), and the number of the page from 0."""

    cases: tuple[CaseView, ...]
    total: int
    number: int

    @property
    def more(self) -> bool:
        """Return whether there are more cases than were counted."""
        return self.total == COUNTED

    @property
    def last(self) -> int:
        """Return the number of the last page."""
        return max(0, (self.total - 1) // PAGE)


def view(row: Row[Any], targets: Targets) -> CaseView:
    """Return the case of a row of `views()`."""
    urgency, waits = Urgency(row.urgency), row.answered_at is None and row.state != CaseState.CLOSED
    return CaseView(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        state=CaseState(row.state),
        urgency=urgency,
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
        due_at=targets.due(urgency, row.clock_at) if waits else None,
        half_at=targets.due(urgency, row.clock_at, part=0.5) if waits else None,
        close_asked_by=row.close_asked_by,
        close_asked_reason=row.close_asked_reason,
    )


def views() -> Any:  # noqa: ANN401 (a Select over joined columns)
    """Return the statement that reads cases with the name of who has them."""
    return select(TABLE, schema.staff.c.name.label("holder_name")).outerjoin(
        schema.staff, schema.staff.c.id == TABLE.c.holder
    )


def seen_by(statement: Any, staff_id: str) -> Any:  # noqa: ANN401 (a Select over any columns)
    """Leave out of a statement over cases what is kept from this member of staff (safeguarding rule 8)."""
    hidden = schema.case_hidden
    return statement.where(~exists().where(hidden.c.case_id == TABLE.c.id, hidden.c.staff_id == staff_id))


def page(conn: Connection, vault: Vault, targets: Targets, wanted: Filter, staff_id: str, *, number: int = 0) -> Page:
    """Return a page of the queue as this member of staff may see it.

    Open cases: most urgent first, the unanswered first, the longest waiting first. Closed ones: the newest first.
    """
    narrowed = _narrowed(conn, vault, wanted, staff_id)
    counted = narrowed(select(TABLE.c.id)).limit(COUNTED).subquery()
    total = int(conn.execute(select(func.count()).select_from(counted)).scalar_one())
    last = max(0, (total - 1) // PAGE)
    number = min(max(number, 0), last)
    order = (
        (TABLE.c.closed_at.desc(),)
        if wanted.show == "closed"
        else (TABLE.c.urgency.desc(), TABLE.c.answered_at.is_not(None), TABLE.c.clock_at, TABLE.c.number)
    )
    statement = narrowed(views()).order_by(*order).limit(PAGE).offset(number * PAGE)
    return Page(tuple(view(row, targets) for row in conn.execute(statement).all()), total, number)


def _narrowed(conn: Connection, vault: Vault, wanted: Filter, staff_id: str) -> Any:  # noqa: ANN401 (Select to Select)
    """Return a function that puts the conditions of a filter on a statement over cases."""
    conditions = list(_conditions(wanted, staff_id))
    if wanted.words:
        conditions.append(_found(conn, vault, wanted.words, staff_id))

    def put(statement: Select[Any]) -> Any:  # noqa: ANN401 (ditto)
        return seen_by(statement.where(*conditions), staff_id)

    return put


def _conditions(wanted: Filter, staff_id: str) -> Any:  # noqa: ANN401 (an iterator of SQL conditions)
    # a closed case is found by `= 'closed'`, an open one by IN: `<> 'closed'` would read the closed ones too
    yield TABLE.c.state == CaseState.CLOSED if wanted.show == "closed" else TABLE.c.state.in_(OPEN)
    if wanted.urgency in {one.code for one in Urgency}:
        yield TABLE.c.urgency == int(Urgency.parse(wanted.urgency))
    for column, value in (
        (TABLE.c.language, wanted.language),
        (TABLE.c.tier, wanted.tier),
        (TABLE.c.country, wanted.country.lower()),
        (TABLE.c.channel, wanted.channel),
    ):
        if value:
            yield column == value
    if wanted.concern:
        yield cast(TABLE.c.concerns, Text).contains(f'"{wanted.concern}"', autoescape=True)
    if wanted.holder == "nobody":
        yield TABLE.c.holder.is_(None)
    elif wanted.holder == "sign":
        yield TABLE.c.close_asked_by.is_not(None)
        yield TABLE.c.close_asked_by != staff_id
    elif wanted.holder:
        yield TABLE.c.holder == (staff_id if wanted.holder == "me" else wanted.holder)


def _found(conn: Connection, vault: Vault, words: str, staff_id: str) -> Any:  # noqa: ANN401 (an SQL condition)
    """Return the condition of a search: a case number, or words in this member's own notes."""
    number = words.removeprefix("#")
    if number.isdecimal():
        return TABLE.c.number == min(int(number), 2**31 - 1)
    return TABLE.c.id.in_(in_notes(conn, vault, words, staff_id))


def in_notes(conn: Connection, vault: Vault, words: str, staff_id: str) -> list[str]:
    """Return the cases in whose notes, written by this member of staff, all of the words stand."""
    event, conv = schema.case_event, schema.conversation
    rows = conn.execute(
        select(event.c.case_id, event.c.body, conv.c.key_wrapped)
        .join_from(event, TABLE, event.c.case_id == TABLE.c.id)
        .join(conv, conv.c.id == TABLE.c.conversation_id)
        .where(event.c.actor == staff_id, event.c.name == "note_written", event.c.body.is_not(None))
        .where(conv.c.key_wrapped.is_not(None))
        .order_by(event.c.at.desc())
        .limit(NOTES)
    ).all()
    wanted = words.casefold().split()
    found = (row.case_id for row in rows if _holds(vault.decrypt(row.key_wrapped, row.body), wanted))
    return list(dict.fromkeys(found))


def _holds(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def case(conn: Connection, targets: Targets, case_id: str, staff_id: str) -> CaseView:
    """Return one case; raise NotFound when there is none that this member of staff may see."""
    return view(one(conn, seen_by(views(), staff_id).where(TABLE.c.id == case_id), "case"), targets)


def check_seen(conn: Connection, case_id: str, staff_id: str) -> None:
    """Raise NotFound unless this member of staff may see the case."""
    one(conn, seen_by(select(TABLE.c.id), staff_id).where(TABLE.c.id == case_id), "case")


def choices(conn: Connection) -> dict[str, list[str]]:
    """Return the languages, countries and channels that open cases have, for the filters."""
    found = {}
    for name, column in (("language", TABLE.c.language), ("country", TABLE.c.country), ("channel", TABLE.c.channel)):
        values = conn.execute(select(column).where(TABLE.c.state.in_(OPEN)).distinct()).scalars()
        found[name] = sorted(value for value in values if value)
    return found


def counts(conn: Connection) -> dict[str, int]:
    """Return how many cases wait for a human answer, by urgency."""
    statement = (
        select(TABLE.c.urgency, func.count())
        .where(TABLE.c.state.in_(OPEN), TABLE.c.answered_at.is_(None))
        .group_by(TABLE.c.urgency)
    )
    found = {Urgency(row[0]).code: int(row[1]) for row in conn.execute(statement).all()}
    return {urgency.code: found.get(urgency.code, 0) for urgency in Urgency}


def newest_now(conn: Connection) -> float:
    """Return when a case last came to wait with urgency `now`, in seconds since 1970; 0 when none waits."""
    statement = select(func.max(TABLE.c.clock_at)).where(
        TABLE.c.state.in_(OPEN), TABLE.c.answered_at.is_(None), TABLE.c.urgency == int(Urgency.NOW)
    )
    at = conn.execute(statement).scalar()
    return at.timestamp() if isinstance(at, datetime) else 0.0


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
