"""Saved views: a filter of the queue under a name, each member's own."""

from urllib.parse import urlencode

from sqlalchemy import Connection, delete, select

from bot.cases.queue import Filter
from bot.errors import StoreError
from bot.store import schema
from bot.store.sql import new_id

TABLE = schema.saved_view
MOST = 20


def saved(conn: Connection, staff_id: str) -> tuple[tuple[str, str], ...]:
    """Return (name, query string) of a member's views, by name."""
    rows = conn.execute(select(TABLE.c.name, TABLE.c.query).where(TABLE.c.staff_id == staff_id).order_by(TABLE.c.name))
    return tuple((row.name, row.query) for row in rows)


def save(conn: Connection, staff_id: str, name: str, wanted: Filter) -> str:
    """Keep a filter under a name, in place of an older one of that name; return its query string."""
    clean = " ".join(name.split())[:60]
    if not clean:
        raise StoreError("Give the view a name.")
    drop(conn, staff_id, clean)
    if len(saved(conn, staff_id)) >= MOST:
        raise StoreError(f"You have {MOST} views: delete one first.")
    query = urlencode(wanted.parts())
    conn.execute(TABLE.insert().values(id=new_id(), staff_id=staff_id, name=clean, query=query))
    return query


def drop(conn: Connection, staff_id: str, name: str) -> None:
    """Delete a view."""
    conn.execute(delete(TABLE).where(TABLE.c.staff_id == staff_id, TABLE.c.name == name))
