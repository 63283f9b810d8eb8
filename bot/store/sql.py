"""The few statements that SQLite and PostgreSQL spell differently, and identifiers."""

import uuid
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import NotFound
from bot.store import schema


def new_id() -> str:
    """Return a fresh random identifier: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def insert_ignored(conn: Connection, table: Table, **values: Any) -> bool:  # noqa: ANN401 (column values)
    """Insert a row unless a unique key forbids it; return whether it was inserted."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    return conn.execute(statement).rowcount == 1


def next_value(conn: Connection, name: str) -> int:
    """Return the next value of a named counter, starting at 1, without gaps among committed transactions."""
    insert_ignored(conn, schema.counter, name=name, value=0)
    statement = (
        update(schema.counter)
        .where(schema.counter.c.name == name)
        .values(value=schema.counter.c.value + 1)
        .returning(schema.counter.c.value)
    )
    return int(conn.execute(statement).scalar_one())


def one(conn: Connection, statement: Select[Any], what: str) -> Row[Any]:
    """Return the one row of a statement; raise NotFound naming `what` if there is none."""
    row = conn.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"no such {what}")
    return row


def locked_conversation(conn: Connection, conversation_id: str) -> Row[Any]:
    """Return a conversation's row, locked until the transaction ends (SQLite: by its single writer)."""
    table = schema.conversation
    return one(conn, select(table).where(table.c.id == conversation_id).with_for_update(), "conversation")
