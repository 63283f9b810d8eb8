"""Counts of "did this help?", without text or name."""

from sqlalchemy import Connection, update

from bot.store import schema
from bot.store.sql import insert_ignored

TABLE = schema.feedback


def count(conn: Connection, topic: str, language: str, value: str) -> None:
    """Count one answer (`yes` or `no`) for a topic in a language."""
    insert_ignored(conn, TABLE, topic=topic, language=language, value=value, count=0)
    conn.execute(
        update(TABLE)
        .where(TABLE.c.topic == topic, TABLE.c.language == language, TABLE.c.value == value)
        .values(count=TABLE.c.count + 1)
    )
