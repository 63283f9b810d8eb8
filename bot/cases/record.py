"""The record of a case: the safe-contact card, tasks, links to other cases, and from whom it is kept.

Words about a person are encrypted under the key of their conversation, like everything they wrote.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update

from bot.cases import events
from bot.cases.holding import freed, held, locked_case, name_of, sealed
from bot.errors import NotFound, StoreError
from bot.store import schema
from bot.store.sql import insert_ignored, new_id, one
from bot.store.vault import Vault

TABLE, TASK, LINK, HIDDEN = schema.cases, schema.case_task, schema.case_link, schema.case_hidden
LINKS = ("sibling", "same_person", "same_device", "related")
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Card:
    """How a person can be reached without harm; every part may be empty, nothing is guessed."""

    times: str = ""
    code_word: str = ""
    others: str = ""
    channel: str = ""
    language: str = ""
    interpreter: str = ""

    @property
    def known(self) -> bool:
        """Return whether anything is written on it."""
        return any(asdict(self).values())


@dataclass(frozen=True)
class Task:
    """Something to do for a case; `late` when it is due and not done."""

    id: str
    case_id: str
    text: str
    due_at: datetime | None
    assigned_to: str | None
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True)
class Linked:
    """Another case that belongs to this one; `kind` is one of LINKS, "same_talk" where the conversation is the same."""

    id: str
    number: int
    kind: str
    state: str


def _key(conn: Connection, case_id: str) -> bytes | None:
    statement = select(schema.conversation.c.key_wrapped).join_from(TABLE, schema.conversation)
    return one(conn, statement.where(TABLE.c.id == case_id), "case").key_wrapped  # type: ignore[no-any-return]


def card(conn: Connection, vault: Vault, case_id: str) -> Card:
    """Return the safe-contact card of a case, empty when nothing is known."""
    row = one(conn, select(TABLE.c.card).where(TABLE.c.id == case_id), "case")
    return Card(**json.loads(vault.decrypt(_key(conn, case_id), row.card))) if row.card else Card()


def write_card(
    conn: Connection, vault: Vault, case_id: str, staff_id: str, values: dict[str, str], *, now: datetime
) -> None:
    """Write the safe-contact card; the event names the parts that changed, never what they say."""
    case = held(conn, case_id, staff_id)
    before = card(conn, vault, case_id)
    after = Card(**{one.name: values.get(one.name, "").strip()[:LONGEST] for one in fields(Card)})
    changed = [one.name for one in fields(Card) if getattr(before, one.name) != getattr(after, one.name)]
    if not changed:
        return
    body = sealed(conn, vault, case.conversation_id, json.dumps(asdict(after), ensure_ascii=False))
    conn.execute(update(TABLE).where(TABLE.c.id == case_id).values(card=body))
    events.record(conn, case_id, "card_changed", actor=staff_id, now=now, parts=changed)


def tasks(conn: Connection, vault: Vault, case_id: str) -> tuple[Task, ...]:
    """Return the tasks of a case: open ones first, by due time."""
    key = _key(conn, case_id)
    rows = conn.execute(select(TASK).where(TASK.c.case_id == case_id)).all()
    found = [
        Task(
            row.id,
            row.case_id,
            vault.decrypt(key, row.body) if row.body else "",
            row.due_at,
            row.assigned_to,
            row.done_at,
            row.done_by,
        )
        for row in rows
    ]
    return tuple(
        sorted(found, key=lambda one: (one.done_at is not None, one.due_at is None, one.due_at or one.done_at))
    )


def add_task(
    conn: Connection,
    vault: Vault,
    case_id: str,
    staff_id: str,
    text: str,
    *,
    due_at: datetime | None,
    assigned_to: str,
    now: datetime,
) -> str:
    """Add something to do, for oneself or a colleague; return its id."""
    if not text.strip():
        raise StoreError("Say what is to be done.")
    case = held(conn, case_id, staff_id)
    task_id = new_id()
    body = sealed(conn, vault, case.conversation_id, text[:LONGEST])
    conn.execute(
        TASK.insert().values(
            id=task_id,
            case_id=case_id,
            body=body,
            due_at=due_at,
            assigned_to=assigned_to or staff_id,
            created_by=staff_id,
            created_at=now,
        )
    )
    events.record(conn, case_id, "task_added", actor=staff_id, now=now, task=task_id, to=assigned_to or staff_id)
    return task_id


def finish_task(conn: Connection, case_id: str, staff_id: str, task_id: str, *, now: datetime) -> None:
    """Mark a task as done; doing so twice changes nothing. Raise NotFound for a task of another case."""
    locked_case(conn, case_id)
    row = one(conn, select(TASK).where(TASK.c.id == task_id, TASK.c.case_id == case_id), "task")
    if row.done_at is None:
        conn.execute(update(TASK).where(TASK.c.id == task_id).values(done_at=now, done_by=staff_id))
        events.record(conn, case_id, "task_done", actor=staff_id, now=now, task=task_id)


def link(conn: Connection, case_id: str, staff_id: str, number: str, kind: str, *, now: datetime) -> None:
    """Link a case to another by its number; both cases' timelines say so. A child has a case of its own (rule 9)."""
    if kind not in LINKS:
        raise StoreError(f"Choose how the cases belong together: {', '.join(LINKS)}.")
    other = _numbered(conn, number, staff_id)
    if other == case_id:
        raise StoreError("This is the same case.")
    first, second = sorted((case_id, other))
    for one_id in (first, second):
        locked_case(conn, one_id)
    if insert_ignored(conn, LINK, case_id=first, other_id=second, kind=kind, linked_by=staff_id, at=now):
        for one_id, there in ((first, second), (second, first)):
            events.record(conn, one_id, "case_linked", actor=staff_id, now=now, other=there, kind=kind)


def _numbered(conn: Connection, number: str, staff_id: str) -> str:
    text = number.strip().removeprefix("#")
    hidden = select(HIDDEN.c.case_id).where(HIDDEN.c.staff_id == staff_id)
    found = None
    if text.isdecimal() and len(text) < len(str(2**31)):
        statement = select(TABLE.c.id).where(TABLE.c.number == int(text), TABLE.c.id.not_in(hidden))
        found = conn.execute(statement).scalar_one_or_none()
    if found is None:
        raise StoreError("There is no case with this number.")
    return str(found)


def unlink(conn: Connection, case_id: str, staff_id: str, other: str, *, now: datetime) -> None:
    """Undo a link that was a mistake."""
    first, second = sorted((case_id, other))
    for one_id in (first, second):
        locked_case(conn, one_id)
    if conn.execute(delete(LINK).where(LINK.c.case_id == first, LINK.c.other_id == second)).rowcount:
        for one_id, there in ((first, second), (second, first)):
            events.record(conn, one_id, "case_unlinked", actor=staff_id, now=now, other=there)


def linked(conn: Connection, case_id: str, staff_id: str) -> tuple[Linked, ...]:
    """Return the cases that belong to this one: earlier ones of the same talk, and those that staff linked."""
    case = one(conn, select(TABLE.c.conversation_id).where(TABLE.c.id == case_id), "case")
    seen = TABLE.c.id.not_in(select(HIDDEN.c.case_id).where(HIDDEN.c.staff_id == staff_id))
    columns = (TABLE.c.id, TABLE.c.number, TABLE.c.state)
    same = conn.execute(
        select(*columns).where(TABLE.c.conversation_id == case.conversation_id, TABLE.c.id != case_id, seen)
    ).all()
    beside = and_(LINK.c.case_id == case_id, TABLE.c.id == LINK.c.other_id)
    behind = and_(LINK.c.other_id == case_id, TABLE.c.id == LINK.c.case_id)
    others = conn.execute(select(*columns, LINK.c.kind).where(or_(beside, behind), seen)).all()
    found = [Linked(row.id, row.number, "same_talk", row.state) for row in same]
    found += [Linked(row.id, row.number, row.kind, row.state) for row in others]
    return tuple(sorted(found, key=lambda each: each.number))


def hide(conn: Connection, case_id: str, by: str, staff_id: str, *, now: datetime) -> None:
    """Keep a case from somebody it is about (safeguarding rule 8); one who has it loses it, and the clock runs.

    The event names who did it, and not from whom: the timeline is read by colleagues.
    """
    case = locked_case(conn, case_id)
    if by == staff_id:
        raise StoreError("You cannot hide a case from yourself.")
    if name_of(conn, staff_id) == "Another person":
        raise NotFound("no such member of staff")
    if not insert_ignored(conn, HIDDEN, case_id=case_id, staff_id=staff_id, hidden_by=by, at=now):
        return
    helper = schema.case_helper
    conn.execute(delete(helper).where(helper.c.case_id == case_id, helper.c.staff_id == staff_id))
    if case.holder == staff_id:
        freed(conn, case, now=now)
    events.record(conn, case_id, "case_hidden", actor=by, now=now)


def show(conn: Connection, case_id: str, by: str, staff_id: str, *, now: datetime) -> None:
    """Let somebody see a case again."""
    locked_case(conn, case_id)
    if conn.execute(delete(HIDDEN).where(HIDDEN.c.case_id == case_id, HIDDEN.c.staff_id == staff_id)).rowcount:
        events.record(conn, case_id, "case_shown", actor=by, now=now)


def hidden_from(conn: Connection, case_id: str) -> tuple[str, ...]:
    """Return the ids of those a case is kept from."""
    return tuple(conn.execute(select(HIDDEN.c.staff_id).where(HIDDEN.c.case_id == case_id)).scalars())
